"""Publishing, one by one, what was late when the quarter was published."""

from flask import Blueprint, abort, flash, redirect
from flask.typing import ResponseReturnValue

from narrative.narratives.publishing import CannotPublish, publish_late
from narrative.narratives.rules.publications import may_publish_late
from narrative.narratives.views.room import narrative_or_404, room_to_read
from narrative.web.access import access, current_person

blueprint = Blueprint("late_publications", __name__)


@blueprint.post("/narratives/<quarter>/<bucket>/publication")
@access("employee")
def create(quarter: str, bucket: str) -> ResponseReturnValue:
    """Publish one narrative that was late."""
    room = room_to_read(quarter, bucket)
    if not may_publish_late(role=room.role, person_id=room.person_id, owner_id=room.bucket.owner_id):
        owner = f"{room.bucket.owner.name}, who owns {room.bucket.name},"
        abort(403, f"Only {owner} and organisers can publish this narrative.")
    try:
        publish_late(narrative_or_404(room), by=current_person(), at=room.at)
    except CannotPublish as problem:
        abort(409, f"Nothing was published. {problem.reason}")
    flash(f"{room.bucket.name} is published.")
    return redirect(room.url("narratives.show"), 303)
