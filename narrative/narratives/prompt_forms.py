"""The form by which an organiser sets the company's prompts."""

from typing import Any

from wtforms import TextAreaField, ValidationError

from narrative.narratives.drafting_forms import cleaned
from narrative.narratives.rules import LABELS, PROMPTS, TEXTS, prompt_lines, prompts_error
from narrative.web.forms import Form


def _known(_form: Any, field: Any) -> None:
    error = prompts_error(field.short_name, field.data or "")
    if error:
        raise ValidationError(error)


def _prompts(name: str) -> TextAreaField:
    return TextAreaField(LABELS[name], filters=[cleaned], validators=[_known])


class PromptsForm(Form):
    """A text for each of the four texts: a prompt a line."""

    opening = _prompts("opening")
    went_well = _prompts("went_well")
    went_badly = _prompts("went_badly")
    next_priorities = _prompts("next_priorities")

    def typed(self) -> dict[str, str]:
        """Return what was typed by the names of the texts; what says the same as ours says nothing."""
        typed = {name: str(self[name].data or "") for name in TEXTS}
        return {name: "" if prompt_lines(text) == PROMPTS[name] else text for name, text in typed.items()}
