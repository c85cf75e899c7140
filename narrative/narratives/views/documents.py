"""Writing together: what a page typed comes in here every second or so, and what others did goes out."""

from flask import Blueprint, abort, g, jsonify
from flask.typing import ResponseReturnValue

from narrative.narratives.document import messages
from narrative.narratives.document.checks import STRANGE, Refused, TooLong
from narrative.narratives.document.door import Door, door
from narrative.narratives.document.syncing import open_document, synchronise
from narrative.narratives.locking import WritingClosed
from narrative.narratives.rules import may_read_drafts
from narrative.narratives.views.closed import why_closed
from narrative.narratives.views.room import room_to_read
from narrative.web.access import access
from narrative.web.bodies import read_json
from narrative.web.moments import request_instant

blueprint = Blueprint("documents", __name__)

LARGEST_BODY = 1_000_000


@blueprint.post("/narratives/<quarter>/<bucket>/document")
@access("employee")
def update(quarter: str, bucket: str) -> ResponseReturnValue:
    """Take what a page typed, and answer with what it lacks and who else is here."""
    found, body = door_or_404(quarter, bucket), read_json(largest=LARGEST_BODY, refusal=STRANGE)
    try:
        sent, found, at = messages.sent(body), opened(quarter, bucket, found), request_instant()
        where = {"narrative_id": found.narrative_id or 0, "seq": found.seq or 0}
        told = synchronise(**where, sent=sent, by_id=g.person.id, at=at)
        published = found.state == "published"
        return jsonify(messages.answer(told, published=published, at=at))
    except TooLong as long:
        sentence = f"{long.reason}. Until then what you write is kept on this device only."
        return jsonify(error=sentence), long.status
    except Refused as refused:
        return jsonify(error=refused.reason), refused.status
    except WritingClosed as closed:
        sentence = why_closed(room_to_read(quarter, bucket), closed.state)
        return jsonify(error=sentence, state=closed.state), 409


def door_or_404(quarter: str, bucket: str) -> Door:
    """Return what is behind the address, or answer 404, or 403 saying who may write."""
    found = None
    if may_read_drafts(g.person.role):
        at = request_instant()
        found = door(quarter, bucket, person_id=g.person.id, role=g.person.role, at=at)
    if found is None:
        abort(404)
    if not found.may_write:
        abort(403, "You no longer write in this bucket. What you wrote is kept on this device; copy it.")
    return found


def opened(quarter: str, bucket: str, found: Door) -> Door:
    """Return the door once there is a document behind it. Raises WritingClosed."""
    if found.state not in {"open", "published"}:
        raise WritingClosed(found.state)
    if found.seq is not None:
        return found
    room = room_to_read(quarter, bucket)
    open_document(room.quarter, room.bucket, at=room.at)
    return door_or_404(quarter, bucket)
