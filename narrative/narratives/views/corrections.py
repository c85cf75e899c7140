"""Correcting a published narrative, and what each correction changed."""

from flask import Blueprint, abort, flash, redirect, request
from flask.typing import ResponseReturnValue

from narrative.narratives.correcting import NothingChanged, correct
from narrative.narratives.locking import NewerRevision
from narrative.narratives.signing_off import StillLacking
from narrative.narratives.views.comparison import correction_page
from narrative.narratives.views.correction_page import (
    filled_form,
    form_page,
    published_room,
    rearranged_form,
    refused_for,
    typed_form,
)
from narrative.narratives.views.room import narrative_or_404
from narrative.web.access import access, current_person

blueprint = Blueprint("corrections", __name__)


@blueprint.get("/narratives/<quarter>/<bucket>/corrections/new")
@access("employee")
def new(quarter: str, bucket: str) -> str:
    """The published texts, to be corrected."""
    room = published_room(quarter, bucket)
    return form_page(room, filled_form(room))


@blueprint.post("/narratives/<quarter>/<bucket>/corrections")
@access("employee")
def create(quarter: str, bucket: str) -> ResponseReturnValue:
    """Publish the correction."""
    room = published_room(quarter, bucket)
    form = typed_form(room)
    if request.form.get("row"):
        return form_page(room, rearranged_form(room, form, request.form["row"]))
    if not form.validate():
        return form_page(room, form), 422
    try:
        correct(
            narrative_or_404(room),
            draft=form.draft(),
            base=form.base_number,
            reason=form.reason.data or "",
            by=current_person(),
            at=room.at,
            accepted=form.accepted.data,
        )
    except (NewerRevision, NothingChanged, StillLacking) as refusal:
        return refused_for(refusal, room, form)
    flash("The correction is published. Readers see that it was made, and why.")
    return redirect(room.url("narratives.show", _anchor="corrections"), 303)


@blueprint.get("/narratives/<quarter>/<bucket>/corrections/<int(max=999_999_999):number>")
@access("employee")
def show(quarter: str, bucket: str, number: int) -> ResponseReturnValue:
    """What publication `number` changed of the one before it."""
    page = correction_page(quarter, bucket, number)
    if page is None:
        abort(404)
    return page
