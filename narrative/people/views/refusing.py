"""Showing a form again because an action refused it."""

import math
from typing import Any

from flask.typing import ResponseReturnValue

from narrative.people.forms import RefusableForm
from narrative.people.refusals import Refusal, TooManyTries
from narrative.web.forms import refused


def refused_by(
    refusal: Refusal, template: str, *, form: RefusableForm, **context: Any
) -> ResponseReturnValue:
    """Show the form again with what was typed and the refusal, under the refusal's own status."""
    form.take(refusal)
    page, _status = refused(template, form=form, **context)
    if isinstance(refusal, TooManyTries):
        return page, refusal.status, {"Retry-After": str(math.ceil(refusal.wait.total_seconds()))}
    return page, refusal.status
