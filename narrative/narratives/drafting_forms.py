"""The forms of the drafting room. What is typed is cleaned, never cut short."""

import re
import secrets
from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms import Form as Part
from wtforms.validators import Optional

from narrative.narratives import rules
from narrative.narratives.rules import LABELS, PROMPTS, Draft, PriorityRow
from narrative.people.models import Person
from narrative.web.forms import Form
from narrative.web.moments import today

MOST_ROWS_READ = 100
NOTHING_KNOWN = -1
NOBODYS = -1

_KEY = re.compile(r"[0-9a-f]{16}")


def new_key() -> str:
    """Return a key for a new priority."""
    return secrets.token_hex(8)


def cleaned(text: str | None) -> str:
    """Return what was typed, without what cannot be stored."""
    return rules.clean_text(text or "")


def on_one_line(text: str | None) -> str:
    """Return what was typed into a field of one line, white space folded."""
    return " ".join(cleaned(text).split())


class AtMost:
    """Refuses more than `limit` characters and says by how many."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __call__(self, _form: Any, field: Any) -> None:
        """Raise ValidationError if the text is too long."""
        error = rules.length_error(field.label.text, field.data or "", self.limit)
        if error:
            raise ValidationError(error)


def _text(name: str) -> TextAreaField:
    return TextAreaField(
        LABELS[name],
        description=" ".join(PROMPTS[name]),
        filters=[cleaned],
        validators=[AtMost(rules.LONGEST_TEXT)],
    )


def _owner(value: Any) -> int | None:
    """Return an owner's id; one that is nobody's for what is not a number, and None for nobody yet."""
    if value in (None, ""):
        return None
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else NOBODYS


class PriorityForm(Part):
    """One priority row."""

    key = HiddenField()
    title = StringField("Priority", filters=[on_one_line], validators=[AtMost(rules.LONGEST_TITLE)])
    measure = TextAreaField("How we will know", filters=[cleaned], validators=[AtMost(rules.LONGEST_MEASURE)])
    owner_id = SelectField("Owner", coerce=_owner, validate_choice=False)

    def validate_owner_id(self, field: Any) -> None:
        """Refuse an owner who was not offered."""
        if field.data not in {_owner(value) for value, _label in field.choices}:
            raise ValidationError("Choose the owner from the list")


class DraftForm(Form):
    """The four texts, the priorities, and the revision that they were written on."""

    base = HiddenField()
    opening = _text("opening")
    went_well = _text("went_well")
    went_badly = _text("went_badly")
    next_priorities = _text("next_priorities")
    priorities = FieldList(FormField(PriorityForm), max_entries=MOST_ROWS_READ)

    def offer_owners(self, people: Iterable[Person]) -> None:
        """Set who can be chosen as a priority's owner."""
        gone = {True: " (left)", False: ""}
        named = [(person.id, person.name + gone[person.deactivated_at is not None]) for person in people]
        for row in self.priorities:
            row.form.owner_id.choices = [("", "Nobody yet"), *named]

    def validate_priorities(self, _field: Any) -> None:
        """Refuse more priorities than anybody can keep."""
        over = len(self.rows()) - rules.MOST_PRIORITIES
        if over > 0:
            raise ValidationError(f"Remove {over} of the priorities: there may be {rules.MOST_PRIORITIES}")

    @property
    def base_number(self) -> int:
        """The revision that this was written on; -1 where that cannot be read."""
        text = str(self.base.data or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else NOTHING_KNOWN

    def rows(self, command: str = "") -> tuple[PriorityRow, ...]:
        """Return the rows that say something, after `command` (rules.rearranged), each with its own key."""
        rows = rules.rearranged([self._row(entry.form) for entry in self.priorities], command)
        known: set[str] = set()
        kept = []
        for row in rows:
            key = row.key if _KEY.fullmatch(row.key) and row.key not in known else new_key()
            known.add(key)
            kept.append(PriorityRow(key=key, title=row.title, measure=row.measure, owner_id=row.owner_id))
        return tuple(row for row in kept if not row.blank)

    def draft(self, command: str = "") -> Draft:
        """Return what was typed."""
        return Draft(**{name: self[name].data for name in rules.TEXTS}, priorities=self.rows(command))

    @staticmethod
    def _row(part: Any) -> PriorityRow:
        owner_id = part.owner_id.data
        return PriorityRow(
            key=part.key.data or "", title=part.title.data, measure=part.measure.data, owner_id=owner_id
        )


def shown(draft: Draft, *, base: int, blank: bool) -> dict[str, Any]:
    """Return a draft as the data of a DraftForm; with one empty row more if `blank`, or if there is none."""
    rows = [vars(row) for row in draft.priorities]
    if blank or not rows:
        rows.append(vars(PriorityRow(key=new_key())))
    return {**draft.texts, "base": str(base), "priorities": rows}


class NameForm(Form):
    """What people call a revision."""

    name = StringField(
        "Name",
        description="A revision with a name is kept for good. Leave it empty for none.",
        filters=[on_one_line],
        validators=[AtMost(rules.LONGEST_NAME)],
    )


class RevisionNameForm(NameForm):
    """What a revision is called from now on, and what it was called on the page."""

    seen = HiddenField(filters=[cleaned])

    def after(self, name: str, message: str) -> Self:
        """Return the form, to be sent again by somebody who knows that the revision is called `name` now."""
        self.seen.data = name
        self.add_error("name", message.format(name=f"“{name}”" if name else "nothing"))
        return self


class SignOffForm(Form):
    """The owner's word for one revision."""

    revision = HiddenField()
    accepted = BooleanField("I have looked at these. They are meant as they are.")


class LateForm(Form):
    """When a late narrative is expected, and why."""

    expected_on = DateField(
        "Expected on", validators=[Optional()], description="Leave it empty to take it back."
    )
    because = TextAreaField(
        "Why it is late", filters=[cleaned], validators=[AtMost(rules.LONGEST_LATE_REASON)]
    )

    def validate_expected_on(self, field: Any) -> None:
        """Refuse a day that has passed."""
        day: date | None = field.data
        if day is not None and day < today():
            raise ValidationError("Choose today or a later day")
