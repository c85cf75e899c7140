"""The forms of the queue."""

from typing import Any

from wtforms import HiddenField, IntegerField, RadioField, SelectField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from narrative.answers.promise_forms import PromiseForm, chosen
from narrative.answers.rules import (
    DECLINE_REASONS,
    LONGEST_SENTENCE,
    WITHHOLD_REASONS,
    answer_error,
    sentence_error,
)
from narrative.people.models import Person
from narrative.questions.rules import ask_back_error
from narrative.web.forms import Form, storable


def _answer(_form: Form, field: TextAreaField) -> None:
    problem = answer_error(field.data or "")
    if problem:
        raise ValidationError(problem)


def _ask_back(_form: Form, field: TextAreaField) -> None:
    problem = ask_back_error(field.data or "")
    if problem:
        raise ValidationError(problem)


def _sentence(_form: Form, field: TextAreaField) -> None:
    problem = sentence_error(field.data or "")
    if problem:
        raise ValidationError(problem)


class AnswerForm(PromiseForm):
    """An answer being written, with what it promises; `seen` is the draft's version it was written on."""

    text = TextAreaField(
        "Answer",
        description="Markdown. Everybody reads it, with your name.",
        filters=[storable],
        validators=[_answer],
    )
    seen = IntegerField(widget=HiddenInput(), default=0)


class FinalAnswerForm(AnswerForm):
    """An answer that is published: what it promises must be complete."""

    validate_promise_owner = staticmethod(chosen("Choose who keeps the promise"))
    validate_promise_bucket = staticmethod(chosen("Choose in which bucket’s narrative it is reported"))
    validate_promise_due = staticmethod(chosen("Choose the quarter in which it is reported"))


class CorrectionForm(Form):
    """A published answer, corrected; `seen` is the number of the answer that was corrected."""

    text = TextAreaField("Answer", filters=[storable], validators=[_answer])
    reason = TextAreaField(
        "What you corrected",
        description="Shown to everybody beside the answer. The former one stays readable.",
        filters=[storable],
        validators=[InputRequired("Say what you corrected"), Length(max=LONGEST_SENTENCE)],
    )
    seen = IntegerField(widget=HiddenInput(), default=0)


class DeclineForm(Form):
    """A reason of the published policy, and a sentence."""

    reason = RadioField(
        "Reason",
        choices=[SelectChoice(name, words) for name, words in DECLINE_REASONS.items()],
        validators=[InputRequired("Choose a reason")],
    )
    sentence = TextAreaField(
        "A sentence to the person who asked",
        description="Shown to everybody.",
        filters=[storable],
        validators=[_sentence],
    )


def _person_id(value: object) -> int:
    return int(str(value)) if value else 0


class HandOffForm(Form):
    """To whom a question goes; `holder` is who held it when the form was shown, empty for nobody."""

    to = SelectField("Hand to", coerce=_person_id, validators=[InputRequired("Choose a colleague")])
    note = TextAreaField(
        "Note",
        description="Shown to everybody.",
        filters=[storable],
        validators=[Length(max=LONGEST_SENTENCE)],
    )
    holder = HiddenField()

    def __init__(self, *args: Any, leaders: list[Person], **values: Any) -> None:
        super().__init__(*args, **values)
        # Nobody is chosen beforehand: a hand-off is public.
        people = [SelectChoice(str(leader.id), leader.name) for leader in leaders]
        self.to.choices = [SelectChoice("", "Choose a colleague"), *people]


class ReopenForm(Form):
    """Why a question is put back to waiting; `was` is the state that was seen."""

    note = TextAreaField(
        "Why it is reopened", description="Shown to everybody.", filters=[storable], validators=[_sentence]
    )
    was = HiddenField()


class AskBackForm(Form):
    """What a leader asks whoever asked; `seen` is how many ask-backs there were."""

    text = TextAreaField(
        "What do you want to know?",
        id="ask-back",
        description="Plain text. Everybody reads it, with your name; whoever asked answers without one.",
        filters=[storable],
        validators=[_ask_back],
    )
    seen = IntegerField(id="ask-back-seen", widget=HiddenInput(), default=0)


class WithholdForm(Form):
    """For which published reason a text is erased, and a sentence; `was` is the state that was seen."""

    reason = RadioField(
        "Reason",
        choices=[SelectChoice(name, words) for name, words in WITHHOLD_REASONS.items()],
        validators=[InputRequired("Choose a reason")],
    )
    sentence = TextAreaField(
        "A sentence to the person who asked",
        description="Shown to everybody, with your name. Repeat nothing of what is erased.",
        filters=[storable],
        validators=[_sentence],
    )
    was = HiddenField()
