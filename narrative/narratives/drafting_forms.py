"""The forms of the drafting room. What is typed is cleaned, never cut short."""

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Self

from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms import Form as Part
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from narrative.narratives import rules
from narrative.narratives.promises import Promise
from narrative.narratives.rules import LABELS, Draft, OutcomeRow, PriorityRow
from narrative.narratives.rules.outcomes import (
    LONGEST_SENTENCE,
    OUTCOMES,
    key_of_carried,
    number_in,
    said,
)
from narrative.people.models import Person
from narrative.web.forms import Form
from narrative.web.moments import today

MOST_ROWS_READ = 100
NOTHING_KNOWN = -1
NOBODYS = -1
OUTCOME_PARTS = ("key", "state", "sentence")

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
        filters=[cleaned],
        validators=[AtMost(rules.LONGEST_TEXT)],
    )


def _owner(value: Any) -> int | None:
    """Return an owner's id; one that is nobody's for what is not a number, and None for nobody yet."""
    if value in (None, ""):
        return None
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else NOBODYS


def _state(value: Any) -> str:
    return str(value or "")


class PriorityForm(Part):
    """One priority row."""

    key = HiddenField()
    carries = HiddenField()
    title = StringField("Priority", filters=[on_one_line], validators=[AtMost(rules.LONGEST_TITLE)])
    measure = TextAreaField("How we will know", filters=[cleaned], validators=[AtMost(rules.LONGEST_MEASURE)])
    owner_id = SelectField("Owner", coerce=_owner, validate_choice=False)

    def validate_owner_id(self, field: Any) -> None:
        """Refuse an owner who was not offered."""
        if field.data not in {_owner(value) for value, _label in field.choices}:
            raise ValidationError("Choose the owner from the list")


class OutcomeForm(Part):
    """What became of one earlier promise."""

    key = HiddenField()
    state = RadioField(
        "What became of it",
        choices=[SelectChoice("", "Not said yet"), *(SelectChoice(*one) for one in OUTCOMES.items())],
        coerce=_state,
        validate_choice=False,
    )
    sentence = TextAreaField("In one sentence", filters=[cleaned], validators=[AtMost(LONGEST_SENTENCE)])

    def validate_state(self, field: Any) -> None:
        """Refuse what no outcome is called."""
        if field.data not in {"", *OUTCOMES}:
            raise ValidationError("Choose what became of it")


class DraftForm(Form):
    """The four texts, the priorities, what became of earlier promises, and the revision they were written on.

    `promised` are the promises that are shown, by their keys, once they were offered.
    """

    base = HiddenField()
    opening = _text("opening")
    went_well = _text("went_well")
    went_badly = _text("went_badly")
    next_priorities = _text("next_priorities")
    priorities = FieldList(FormField(PriorityForm), max_entries=MOST_ROWS_READ)
    outcomes = FieldList(FormField(OutcomeForm), max_entries=MOST_ROWS_READ)

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.promised: dict[str, Promise] = {}
        self.owner_ids: set[int] = set()

    def offer_promises(self, found: Iterable[Promise]) -> None:
        """Set which promises can be reported and carried over."""
        self.promised = {promise.key: promise for promise in found}

    def offer_prompts(self, prompts: Mapping[str, Sequence[str]]) -> None:
        """Set what helps to start each text: shown beside it, never in it."""
        for name, lines in prompts.items():
            self[name].description = " ".join(lines)

    def offer_owners(self, people: Iterable[Person]) -> None:
        """Set who can be chosen as a priority's owner."""
        gone = {True: " (left)", False: ""}
        named = [(person.id, person.name + gone[person.deactivated_at is not None]) for person in people]
        self.owner_ids = {number for number, _name in named}
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
        """Return the rows that say something, after `command`, each with its own key.

        `command` rearranges them (rules.rearranged) or carries a promise over ('carry-priority-17').
        """
        rows = rules.rearranged([self._row(entry.form) for entry in self.priorities], command)
        known: set[str] = set()
        kept = []
        for row in rows:
            key = row.key if _KEY.fullmatch(row.key) and row.key not in known else new_key()
            known.add(key)
            kept.append(replace(row, key=key))
        kept = [row for row in kept if not row.blank]
        promise = self.promised.get(command.removeprefix("carry-"))
        if promise is not None and promise.key not in {row.carries for row in kept}:
            kept.append(self._carried(promise))
        return tuple(kept)

    def draft(self, command: str = "") -> Draft:
        """Return what was typed."""
        texts = {name: self[name].data for name in rules.TEXTS}
        told = said(
            OutcomeRow(**{name: row.form[name].data or "" for name in OUTCOME_PARTS}) for row in self.outcomes
        )
        return Draft(**texts, priorities=self.rows(command), outcomes=told)

    def _carried(self, promise: Promise) -> PriorityRow:
        """A promise as a priority of the next quarter; where its owner cannot be chosen, of nobody yet."""
        return PriorityRow(
            key=key_of_carried(promise.key),
            title=promise.title,
            measure=promise.measure,
            owner_id=promise.owner_id if promise.owner_id in self.owner_ids else None,
            carries=promise.key,
        )

    @staticmethod
    def _row(part: Any) -> PriorityRow:
        carries = part.carries.data or ""
        return PriorityRow(
            key=part.key.data or "",
            title=part.title.data,
            measure=part.measure.data,
            owner_id=part.owner_id.data,
            carries=carries if number_in(carries) is not None else None,
        )


def shown(draft: Draft, *, base: int, blank: bool, promised: Iterable[Promise] = ()) -> dict[str, Any]:
    """Return a draft as the data of a DraftForm, with a row for each promise in their order.

    There is one empty priority more if `blank`, or if there is none.
    """
    rows = [vars(row) for row in draft.priorities]
    if blank or not rows:
        rows.append(vars(PriorityRow(key=new_key())))
    told = {row.key: row for row in draft.outcomes}
    outcomes = [vars(told.get(one.key) or OutcomeRow(key=one.key)) for one in promised]
    return {**draft.texts, "base": str(base), "priorities": rows, "outcomes": outcomes}


class RevisionNameForm(Form):
    """What a revision is called from now on, and what it was called on the page."""

    name = StringField(
        "Name",
        description="A revision with a name is kept for good. Leave it empty for none.",
        filters=[on_one_line],
        validators=[AtMost(rules.LONGEST_NAME)],
    )
    seen = HiddenField(filters=[cleaned])

    def after(self, name: str, message: str) -> Self:
        """Return the form, to be sent again by somebody who knows that the revision is called `name` now."""
        self.seen.data = name
        self.add_error("name", message.format(name=f"“{name}”" if name else "nothing"))
        return self


class PinnedForm(Form):
    """Somebody's word for one revision, the one that they saw.

    `seen` is what looked unfinished on their page (gate.fingerprint).
    """

    revision = HiddenField()
    seen = HiddenField()
    accepted = BooleanField("I have looked at these. They are meant as they are.")

    @property
    def revision_number(self) -> int:
        """The revision that the person saw; NOTHING_KNOWN if the form does not say."""
        seen = self.revision.data or ""
        return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else NOTHING_KNOWN


class SignOffForm(PinnedForm):
    """The owner's word that it may be published."""


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
