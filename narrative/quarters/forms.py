"""The forms by which an organiser schedules a quarter."""

from datetime import UTC, datetime
from typing import Any

from wtforms import DateTimeLocalField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from narrative.quarters.models import Quarter
from narrative.quarters.rules import INSTANT_LABELS, Timetable, timetable_errors
from narrative.web.forms import Form, storable
from narrative.web.moments import company_zone

TICKS = [
    SelectChoice("1440", "Once a day"),
    SelectChoice("60", "Every hour"),
    SelectChoice("5", "Every 5 minutes, for a live session"),
]
HINTS = {
    "drafting_opens_at": "Leaders can begin to write.",
    "drafts_due_at": "Owners have signed off by then.",
    "publishes_at": "Everything that is signed off appears to everybody at once.",
    "questions_open_at": "Leave people days to read first: everybody who reads collects passes meanwhile.",
    "questions_close_at": "No new questions after this.",
    "answers_due_at": "Every question is answered or declined by then.",
}


def _instant(name: str) -> DateTimeLocalField:
    required = InputRequired(f"Enter when: {INSTANT_LABELS[name].lower()}")
    return DateTimeLocalField(
        INSTANT_LABELS[name], description=HINTS[name], validators=[required], format="%Y-%m-%dT%H:%M"
    )


class TimetableForm(Form):
    """The six instants, in the company's zone, and how often questions are released."""

    published = False

    drafting_opens_at = _instant("drafting_opens_at")
    drafts_due_at = _instant("drafts_due_at")
    publishes_at = _instant("publishes_at")
    questions_open_at = _instant("questions_open_at")
    questions_close_at = _instant("questions_close_at")
    answers_due_at = _instant("answers_due_at")
    tick_minutes = SelectField(
        "New questions appear",
        choices=TICKS,
        coerce=int,
        default=1440,
        description="Questions wait and appear together, at least three at a time, so that nobody can tell "
        "from the hour who asked. The longer the wait, the better.",
    )

    def timetable(self) -> Timetable:
        """Return what was entered as instants."""
        return Timetable(**{name: _aware(self[name].data) for name in INSTANT_LABELS})

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each field, then their order."""
        if not super().validate(extra_validators):
            return False
        wrong = timetable_errors(self.timetable(), published=self.published)
        for name, message in wrong.items():
            self.add_error(name, message)
        return not wrong


class NewQuarterForm(TimetableForm):
    """A quarter to schedule."""

    name = StringField(
        "Quarter",
        description="Year and number, such as 2026-q4.",
        validators=[InputRequired("Enter the quarter, such as 2026-q4")],
    )


class MoveForm(TimetableForm):
    """New dates for a scheduled quarter."""

    note = TextAreaField(
        "Why the dates move",
        description="Shown to everybody beside the new dates.",
        filters=[storable],
        validators=[Length(max=500, message="Shorten the note to 500 characters")],
    )


def local_values(timetable: Timetable) -> dict[str, datetime]:
    """Return the instants as the form shows them: the company's wall clock."""
    return {name: at.astimezone(company_zone()).replace(tzinfo=None) for name, at in timetable.instants()}


def shown(quarter: Quarter) -> dict[str, Any]:
    """Return a quarter's present values for the form."""
    return {**local_values(quarter.timetable), "tick_minutes": quarter.tick_minutes}


def _aware(value: datetime) -> datetime:
    return value.replace(tzinfo=company_zone()).astimezone(UTC)
