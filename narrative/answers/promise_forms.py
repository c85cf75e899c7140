"""The optional part of an answer's form: something that is promised in it."""

from dataclasses import dataclass
from typing import Any

from wtforms import SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from narrative.narratives.committing import Promised
from narrative.narratives.rules import LONGEST_TITLE
from narrative.people.models import Bucket, Person
from narrative.quarters.rules import QuarterName
from narrative.web.forms import Form, storable

QUARTERS_OFFERED = 4


def _number(value: object) -> int:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _on_one_line(text: str | None) -> str:
    return " ".join((storable(text) or "").split())


@dataclass(frozen=True, kw_only=True)
class Offers:
    """Who can keep a promise, which bucket can report it, and after which quarter it is due."""

    leaders: list[Person]
    buckets: list[Bucket]
    quarter: QuarterName

    def due_in(self) -> list[QuarterName]:
        """Return the quarters in which a promise can be due: the four after the question's own."""
        return [self.quarter.shifted(number) for number in range(1, QUARTERS_OFFERED + 1)]


class PromiseForm(Form):
    """What is promised, who keeps it, and in which narrative it is reported. Without a title, nothing is."""

    promise_title = StringField(
        "What is promised", filters=[_on_one_line], validators=[Length(max=LONGEST_TITLE)]
    )
    promise_owner = SelectField("Who keeps it", coerce=_number, validate_choice=False)
    promise_bucket = SelectField("Reported by", coerce=_number, validate_choice=False)
    promise_due = SelectField("Reported in the narrative of", validate_choice=False)

    def __init__(self, *args: Any, offers: Offers, **values: Any) -> None:
        super().__init__(*args, **values)
        people = [SelectChoice(str(one.id), one.name) for one in offers.leaders]
        self.promise_owner.choices = [SelectChoice("", "Choose a colleague"), *people]
        buckets = [SelectChoice(str(one.id), one.name) for one in offers.buckets]
        self.promise_bucket.choices = [SelectChoice("", "Choose a bucket"), *buckets]
        self.promise_due.choices = [SelectChoice(str(one), one.title) for one in offers.due_in()]

    def typed_promise(self) -> dict[str, Any]:
        """Return what was typed of a promise, perhaps half of it; nothing without a title."""
        if not self.promise_title.data:
            return {}
        return {
            "title": self.promise_title.data,
            "owner_id": self.promise_owner.data,
            "due_in": self.promise_due.data or "",
            "bucket_id": self.promise_bucket.data,
        }

    def promised(self) -> Promised | None:
        """Return the promise, once it was found complete, or None."""
        typed = self.typed_promise()
        return Promised(**typed) if typed else None


def as_data(promise: dict[str, Any]) -> dict[str, Any]:
    """Return what typed_promise gave as the data of a form."""
    names = {
        "title": "promise_title",
        "owner_id": "promise_owner",
        "due_in": "promise_due",
        "bucket_id": "promise_bucket",
    }
    return {names[name]: value for name, value in promise.items()}


def chosen(message: str) -> Any:
    """Return a validator: where something is promised, one of what was offered must be chosen."""

    def validate(form: PromiseForm, field: SelectField) -> None:
        offered = {str(choice.value) for choice in field.choices or [] if choice.value}
        if form.promise_title.data and str(field.data) not in offered:
            raise ValidationError(message)

    return validate
