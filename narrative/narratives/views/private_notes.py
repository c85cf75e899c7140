"""Private notes: what those who write here tell each other, and nobody else ever reads."""

from flask import Blueprint, abort, flash, redirect
from flask.typing import ResponseReturnValue

from narrative.narratives import noting
from narrative.narratives.comments.forms import NotesForm
from narrative.narratives.document.checks import TooLong
from narrative.narratives.locking import WritingClosed
from narrative.narratives.views.closed import why_closed
from narrative.narratives.views.room import Room, room_to_comment, writable
from narrative.web.access import access, current_person
from narrative.web.forms import refused

blueprint = Blueprint("private_notes", __name__)

SAVED = {
    False: "The private notes are saved.",
    True: "You and somebody else changed the same words of the private notes. Both wordings stand there now.",
}


@blueprint.post("/narratives/<quarter>/<bucket>/private-notes")
@access("employee")
def update(quarter: str, bucket: str) -> ResponseReturnValue:
    """Save the notes, together with what others wrote in them meanwhile."""
    room, form = writable(room_to_comment(quarter, bucket)), NotesForm()
    if not form.validate():
        return refused("private_notes/edit.html", form=form, room=room)
    try:
        both = save(room, form)
    except WritingClosed as closed:
        abort(409, why_closed(room, closed.state))
    except TooLong as too_long:
        form.add_error("private_notes", too_long.reason)
        return refused("private_notes/edit.html", form=form, room=room)
    flash(SAVED[both])
    return redirect(room.url("narratives.edit", _anchor="private-notes"), 303)


def save(room: Room, form: NotesForm) -> bool:
    """Save what was typed; tell whether two changed the same words."""
    typed = {"loaded": form.loaded.data or "", "typed": form.private_notes.data or ""}
    return noting.save_notes(room.quarter, room.bucket, **typed, by=current_person(), at=room.at)
