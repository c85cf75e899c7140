"""The base of every form, and how a refused one is shown."""

from typing import Any

from flask import render_template
from flask_wtf import FlaskForm


class Form(FlaskForm):  # type: ignore[misc, unused-ignore]
    """A form with a CSRF token; refused ones are shown again by `refused`."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc, unused-ignore]
        """The CSRF token lives as long as the session: a draft may stay open for days."""

        csrf_time_limit = None

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)  # type: ignore[no-untyped-call]

    def validate(self, extra_validators: Any = None) -> bool:
        """Tell whether everything sent may be used; leaves an error beside each field that may not."""
        return bool(super().validate(extra_validators))  # type: ignore[no-untyped-call]

    def add_error(self, name: str, message: str) -> None:
        """Add an error, found by an action, beside the field `name`."""
        self[name].errors = [*self[name].errors, message]


def storable(text: str | None) -> str | None:
    """Return what was typed without the one character that PostgreSQL cannot store."""
    return text and text.replace("\x00", "")


def refused(template: str, *, form: Form, **context: Any) -> tuple[str, int]:
    """Show the form again, with what was typed and what is wrong: status 422."""
    return render_template(template, form=form, errors=True, **context), 422
