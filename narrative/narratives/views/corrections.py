"""Correcting a published narrative, and what each correction changed."""

from flask import Blueprint, abort, flash, redirect
from flask.typing import ResponseReturnValue

from narrative.narratives import queries
from narrative.narratives.correcting import NothingChanged, correct
from narrative.narratives.correction_forms import CorrectionForm
from narrative.narratives.document.settling import bring_up_to_date
from narrative.narratives.locking import NewerRevision
from narrative.narratives.signing_off import StillLacking
from narrative.narratives.views.comparison import correction_page
from narrative.narratives.views.correction_page import published_room, refusal_in_words
from narrative.narratives.views.edit_page import edit_page, fresh_form
from narrative.narratives.views.room import Room, narrative_or_404
from narrative.web.access import access, current_person

blueprint = Blueprint("corrections", __name__)


@blueprint.post("/narratives/<quarter>/<bucket>/corrections")
@access("employee")
def create(quarter: str, bucket: str) -> ResponseReturnValue:
    """Publish the revision that its author saw, in place of what readers see."""
    room, form = published_room(quarter, bucket), CorrectionForm()
    if not form.validate():
        return refused(room, form), 422
    try:
        correct(
            narrative_or_404(room),
            revision_number=form.revision_number,
            reason=form.reason.data or "",
            by=current_person(),
            at=room.at,
            accepted=form.accepted.data,
            seen=form.seen.data or "",
        )
    except (NewerRevision, NothingChanged, StillLacking) as refusal:
        problem, status = refusal_in_words(refusal)
        return refused(room, form, problem=problem), status
    flash("The correction is published. Readers see that it was made, and why.")
    return redirect(room.url("narratives.show", _anchor="corrections"), 303)


def refused(room: Room, form: CorrectionForm, *, problem: str = "") -> str:
    """Show the room again as it is now, with the reason that was typed and why nothing was published."""
    bring_up_to_date(room.narrative)
    written = fresh_form(room, queries.head_draft(room.narrative))
    return edit_page(room, written, correction_form=form, problem=problem)


@blueprint.get("/narratives/<quarter>/<bucket>/corrections/<int(max=999_999_999):number>")
@access("employee")
def show(quarter: str, bucket: str, number: int) -> ResponseReturnValue:
    """What publication `number` changed of the one before it."""
    page = correction_page(quarter, bucket, number)
    if page is None:
        abort(404)
    return page
