"""Saying that a narrative will be late, and when it is expected."""

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue

from narrative.narratives import queries, writing
from narrative.narratives.drafting_forms import LateForm
from narrative.narratives.views.closed import why_closed
from narrative.narratives.views.edit_page import edit_page, fresh_form
from narrative.narratives.views.room import Room, room_to_write
from narrative.web.access import access

blueprint = Blueprint("lateness", __name__)


@blueprint.post("/narratives/<quarter>/<bucket>/lateness")
@access("employee")
def update(quarter: str, bucket: str) -> ResponseReturnValue:
    """Say when a late narrative is expected, or take it back."""
    room, form = room_to_write(quarter, bucket), LateForm()
    if not form.validate():
        return shown_again(room, form), 422
    expected_on, because = form.expected_on.data, form.because.data or ""
    try:
        writing.say_late(room.quarter, room.bucket, expected_on=expected_on, because=because, at=room.at)
    except writing.WritingClosed as closed:
        return shown_again(room, form, problem=why_closed(room, closed.state)), 409
    flash("Readers will see when it is expected." if expected_on else "It is no longer shown as late.")
    return redirect(room.url("narratives.edit"), 303)


def shown_again(room: Room, form: LateForm, *, problem: str = "") -> str:
    """Render the drafting room with what was typed about being late."""
    draft = queries.head_draft(room.narrative)
    return edit_page(room, fresh_form(room, draft), late_form=form, problem=problem)
