"""Replying in a thread."""

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from narrative.narratives.comments import queries, saying
from narrative.narratives.comments.forms import TextForm
from narrative.narratives.comments.models import Comment
from narrative.narratives.views.comments import ONE
from narrative.narratives.views.comments_page import attempted, done
from narrative.narratives.views.room import Room, narrative_or_404, room_to_comment
from narrative.web.access import access, current_person

blueprint = Blueprint("replies", __name__)


@blueprint.post(ONE + "/replies")
@access("employee")
def create(quarter: str, bucket: str, comment_id: int) -> ResponseReturnValue:
    """Reply in a thread."""
    room, form = room_to_comment(quarter, bucket), TextForm()
    narrative, root = narrative_or_404(room), thread_or_404(room, comment_id)

    def act() -> ResponseReturnValue:
        saying.reply(narrative, root.id, text=form.text.data, by=current_person(), at=room.at)
        return done(room, root.id, "Your reply is there.")

    return attempted(room, form, "comments/reply.html", act, comment=root)


def thread_or_404(room: Room, comment_id: int) -> Comment:
    """Return the first comment of a thread, also one that was deleted and has replies, or answer 404."""
    root = queries.root(narrative_or_404(room), comment_id)
    if root is None:
        abort(404)
    return root
