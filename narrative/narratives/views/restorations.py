"""Making what an earlier revision says the newest text again."""

from flask import Blueprint, abort, flash, redirect, request
from flask.typing import ResponseReturnValue

from narrative.narratives import writing
from narrative.narratives.views.closed import why_closed
from narrative.narratives.views.room import narrative_or_404, room_to_write
from narrative.web.access import access, current_person

MEANWHILE = "Nothing was restored: the text was changed meanwhile, in revision {head}. Look at it first."

blueprint = Blueprint("restorations", __name__)


@blueprint.post("/narratives/<quarter>/<bucket>/revisions/<int(max=999_999_999):number>/restoration")
@access("employee")
def create(quarter: str, bucket: str, number: int) -> ResponseReturnValue:
    """Make what this revision says the newest again."""
    room = room_to_write(quarter, bucket)
    seen = request.form.get("head", "")
    head = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0
    try:
        writing.restore(narrative_or_404(room), number, head=head, by=current_person(), at=room.at)
    except LookupError:
        abort(404)
    except writing.NewerRevision as newer:
        abort(409, MEANWHILE.format(head=newer.head))
    except writing.WritingClosed as closed:
        abort(409, why_closed(room, closed.state))
    flash(f"Revision {number} is the newest text again. What stood there before is kept as a revision.")
    return redirect(room.url("narratives.edit"), 303)
