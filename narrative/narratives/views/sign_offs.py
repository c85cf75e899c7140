"""Signing off, and taking it back: only the accountable owner."""

from flask import Blueprint, abort, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from narrative.narratives import signing_off
from narrative.narratives.drafting_forms import SignOffForm
from narrative.narratives.locking import NewerRevision, WritingClosed
from narrative.narratives.views.closed import why_closed
from narrative.narratives.views.edit_page import sign_off_context
from narrative.narratives.views.room import Room, narrative_or_404, room_to_read
from narrative.web.access import access, current_person

blueprint = Blueprint("sign_offs", __name__)


def room_to_sign(quarter: str, bucket: str) -> Room:
    """Return the room, or answer 404, or 403 saying who may."""
    room = room_to_read(quarter, bucket)
    if not room.may_sign_off:
        abort(403, f"Only {room.bucket.owner.name}, who owns {room.bucket.name}, can sign off its narrative.")
    return room


@blueprint.post("/narratives/<quarter>/<bucket>/sign-off")
@access("employee")
def create(quarter: str, bucket: str) -> ResponseReturnValue:
    """Sign off the revision that its owner saw."""
    room, form = room_to_sign(quarter, bucket), SignOffForm()
    number = form.revision_number
    try:
        signing_off.sign_off(
            narrative_or_404(room),
            revision_number=number,
            by=current_person(),
            at=room.at,
            accepted=form.accepted.data,
            seen=form.seen.data or "",
        )
    except NewerRevision as newer:
        return refused(room, 409, seen=number, newer=newer.head)
    except signing_off.StillLacking:
        return refused(room, 422)
    except WritingClosed as closed:
        abort(409, why_closed(room, closed.state))
    flash(f"Signed off. Revision {number} is what will be published.")
    return redirect(room.url("narratives.edit", _anchor="sign-off"), 303)


@blueprint.post("/narratives/<quarter>/<bucket>/sign-off/withdrawal")
@access("employee")
def delete(quarter: str, bucket: str) -> ResponseReturnValue:
    """Take the sign-off back."""
    room = room_to_sign(quarter, bucket)
    try:
        signing_off.withdraw_sign_off(narrative_or_404(room), at=room.at)
    except WritingClosed as closed:
        abort(409, why_closed(room, closed.state))
    flash("The sign-off is withdrawn.")
    return redirect(room.url("narratives.edit", _anchor="sign-off"), 303)


def refused(room: Room, status: int, **facts: int) -> ResponseReturnValue:
    """Say why the sign-off was refused, on a page with everything that leads on from there."""
    context = sign_off_context(room)
    return render_template("narratives/sign_off_refused.html", errors=True, **context, **facts), status
