"""Publishing, one by one, what was late when the quarter was published."""

from collections.abc import Sequence

from flask import Blueprint, abort, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from narrative.narratives.gate import NeedsReason
from narrative.narratives.publication_forms import SAY_WHY, AnywayForm
from narrative.narratives.publishing import CannotPublish, publish_late
from narrative.narratives.rules import Lack
from narrative.narratives.rules.publications import may_publish_late
from narrative.narratives.views.room import Room, narrative_or_404, room_to_read
from narrative.web.access import access, current_person

blueprint = Blueprint("late_publications", __name__)


def reason_asked_for(room: Room, form: AnywayForm, lacks: Sequence[Lack]) -> str:
    """Say what looks unfinished, and ask why it is published anyway."""
    if not form.errors:
        form.add_error("because", SAY_WHY)
    return render_template("publications/late.html", room=room, form=form, lacks=lacks, errors=True)


@blueprint.post("/narratives/<quarter>/<bucket>/publication")
@access("employee")
def create(quarter: str, bucket: str) -> ResponseReturnValue:
    """Publish one narrative that was late."""
    room = room_to_read(quarter, bucket)
    if not may_publish_late(role=room.role, person_id=room.person_id, owner_id=room.bucket.owner_id):
        owner = f"{room.bucket.owner.name}, who owns {room.bucket.name},"
        abort(403, f"Only {owner} and organisers can publish this narrative.")
    form = AnywayForm()
    because = (form.because.data or "") if form.validate() else ""
    try:
        publish_late(narrative_or_404(room), by=current_person(), at=room.at, because=because)
    except CannotPublish as problem:
        abort(409, f"Nothing was published. {problem.reason}")
    except NeedsReason as refusal:
        return reason_asked_for(room, form, refusal.lacks), 422
    flash(f"{room.bucket.name} is published.")
    return redirect(room.url("narratives.show"), 303)
