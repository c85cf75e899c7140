"""Writing a narrative: the drafting room, and saving in it."""

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from narrative.narratives import queries, writing
from narrative.narratives.document.syncing import offer_promises
from narrative.narratives.views.closed import why_closed
from narrative.narratives.views.edit_page import edit_page, fresh_form, typed_form
from narrative.narratives.views.room import room_to_write
from narrative.narratives.views.saved import refused_answer, saved_answer
from narrative.narratives.views.shared import blueprint
from narrative.web.access import access, current_person
from narrative.web.errors import wants_json


@blueprint.get("/narratives/<quarter>/<bucket>/edit")
@access("employee")
def edit(quarter: str, bucket: str) -> ResponseReturnValue:
    """The drafting room; for a script that lost its session, a new token."""
    room = room_to_write(quarter, bucket)
    if wants_json():
        return jsonify(csrf_token=generate_csrf(), person=room.person_id)
    if room.state not in {"open", "published"}:
        return render_template("narratives/closed.html", room=room)
    form = fresh_form(room, queries.head_draft(room.narrative), blank=request.args.get("row") == "new")
    offer_promises(room.narrative, form.promised, at=room.at)
    return edit_page(room, form)


@blueprint.post("/narratives/<quarter>/<bucket>/edit")
@access("employee")
def update(quarter: str, bucket: str) -> ResponseReturnValue:
    """Save what was typed: as a form, or by a script, which gets JSON."""
    room = room_to_write(quarter, bucket)
    form = typed_form(room)
    if not form.validate():
        return refused_answer(room, form)
    command = request.form.get("row", "")
    try:
        saved = writing.save(
            room.quarter,
            room.bucket,
            draft=form.draft(command),
            base=form.base_number,
            by=current_person(),
            at=room.at,
        )
    except writing.WritingClosed as closed:
        return refused_answer(room, form, problem=why_closed(room, closed.state), status=409)
    return saved_answer(room, saved, command)
