"""Saying that one has read a draft: other leaders, and organisers. No employee, and nothing published."""

from flask import Blueprint, abort, flash, redirect, request
from flask.typing import ResponseReturnValue

from narrative.narratives.locking import WritingClosed
from narrative.narratives.readings import mark_read
from narrative.narratives.views.closed import why_closed
from narrative.narratives.views.room import Room, narrative_or_404, room_to_read
from narrative.web.access import access, current_person

blueprint = Blueprint("readings", __name__)

LARGEST_NUMBER = 999_999_999


@blueprint.post("/narratives/<quarter>/<bucket>/reading")
@access("employee")
def create(quarter: str, bucket: str) -> ResponseReturnValue:
    """Note that the revision which the page showed was read."""
    room = room_to_review(quarter, bucket)
    seen = min(request.form.get("revision", 0, type=int), LARGEST_NUMBER)
    try:
        mark_read(narrative_or_404(room), revision_number=seen, by=current_person(), at=room.at)
    except LookupError:
        abort(409, "Nothing was noted: there is no such revision. Read the draft again.")
    except WritingClosed as closed:
        abort(409, why_closed(room, closed.state))
    flash(f"{room.bucket.owner.name} sees that you have read revision {seen}.")
    return redirect(room.url("drafting.show"), 303)


def room_to_review(quarter: str, bucket: str) -> Room:
    """Return the room, or answer 404, or 403 to its owner, whose word is the sign-off."""
    room = room_to_read(quarter, bucket)
    if room.may_sign_off:
        abort(403, f"You own {room.bucket.name}: your word for its narrative is the sign-off.")
    return room
