"""Revisions: who wrote when, what changed between two of them, and making an earlier one the newest again."""

from flask import Blueprint, flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from narrative.narratives import queries
from narrative.narratives.views.revision_names import revision_or_404
from narrative.narratives.views.revision_page import revision_page
from narrative.narratives.views.room import room_to_read, room_to_write
from narrative.narratives.views.saved import parts_of_page
from narrative.web.access import access
from narrative.web.errors import wants_json

blueprint = Blueprint("revisions", __name__)

LARGEST_NUMBER = 999_999_999


@blueprint.get("/narratives/<quarter>/<bucket>/revisions")
@access("employee")
def index(quarter: str, bucket: str) -> str:
    """Who wrote when, in sessions, the latest first."""
    room = room_to_read(quarter, bucket)
    before, only_named = _number_asked_for("before"), request.args.get("named") == "1"
    sessions = queries.recent_sessions(room.narrative, before=before, only_named=only_named)
    found = [revision.number for session in sessions for revision in session.revisions]
    older = min(found) if len(found) == queries.LISTED else None
    return render_template(
        "narratives/revisions.html",
        room=room,
        sessions=sessions,
        before=before,
        older=older,
        only_named=only_named,
        publications=queries.publications_by_revision(room.narrative),
    )


@blueprint.post("/narratives/<quarter>/<bucket>/revisions")
@access("employee")
def create(quarter: str, bucket: str) -> ResponseReturnValue:
    """Make what is typed now a revision."""
    room = room_to_write(quarter, bucket)
    if wants_json():
        return jsonify(parts_of_page(room))
    flash("Kept as a revision.")
    return redirect(room.url("revisions.index"), 303)


@blueprint.get("/narratives/<quarter>/<bucket>/revisions/<int(max=999_999_999):number>")
@access("employee")
def show(quarter: str, bucket: str, number: int) -> str:
    """One revision: what it changed against another (the session before it, unless told), and its text."""
    room = room_to_read(quarter, bucket)
    return revision_page(room, revision_or_404(room, number), against=_number_asked_for("against"))


def _number_asked_for(name: str) -> int | None:
    """Return the revision's number given in the address, or None where there is none or it can be none."""
    number = request.args.get(name, type=int)
    return number if number is not None and abs(number) <= LARGEST_NUMBER else None
