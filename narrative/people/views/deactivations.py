"""Ending a person's access, and giving it back."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from narrative.people import actions
from narrative.people.refusals import Refusal
from narrative.people.views.people import about, filled_form, person_or_404
from narrative.web.access import access
from narrative.web.forms import refused
from narrative.web.moments import request_instant

blueprint = Blueprint("deactivations", __name__, url_prefix="/people")


@blueprint.post("/<int:person_id>/deactivation")
@access("organiser")
def create(person_id: int) -> ResponseReturnValue:
    """End a person's access."""
    person = person_or_404(person_id)
    try:
        actions.deactivate(person, at=request_instant())
    except Refusal as refusal:
        form = filled_form(person)
        form.form_errors = [str(refusal)]
        return refused("people/edit.html", form=form, **about(person))[0], 409
    flash(f"{person.name} is deactivated and signed out everywhere.")
    return redirect(url_for("people.edit", person_id=person.id))


@blueprint.post("/<int:person_id>/reactivation")
@access("organiser")
def delete(person_id: int) -> ResponseReturnValue:
    """Give a person their access back."""
    person = person_or_404(person_id)
    actions.reactivate(person)
    flash(f"{person.name} is active again. Make a one-time link if they have no password.")
    return redirect(url_for("people.edit", person_id=person.id))
