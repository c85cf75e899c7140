"""Resolving a thread, and taking it up again."""

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from narrative.narratives.comments import resolving
from narrative.narratives.comments.models import Comment
from narrative.narratives.comments.rules import may_resolve
from narrative.narratives.views.comments import ONE
from narrative.narratives.views.comments_page import done, refusals
from narrative.narratives.views.replies import thread_or_404
from narrative.narratives.views.room import Room, narrative_or_404, room_to_comment
from narrative.web.access import access, current_person

blueprint = Blueprint("comment_resolutions", __name__)


@blueprint.post(ONE + "/resolution")
@access("employee")
def create(quarter: str, bucket: str, comment_id: int) -> ResponseReturnValue:
    """Say that a thread is settled."""
    room = room_to_comment(quarter, bucket)
    root = thread_to_resolve(room, comment_id)
    with refusals(room):
        resolving.resolve(narrative_or_404(room), root.id, by=current_person(), at=room.at)
    return done(room, root.id, "Resolved. It can be reopened.")


@blueprint.post(ONE + "/reopening")
@access("employee")
def delete(quarter: str, bucket: str, comment_id: int) -> ResponseReturnValue:
    """Take a thread up again."""
    room = room_to_comment(quarter, bucket)
    root = thread_to_resolve(room, comment_id)
    with refusals(room):
        resolving.reopen(narrative_or_404(room), root.id, at=room.at)
    return done(room, root.id, "Open again.")


def thread_to_resolve(room: Room, comment_id: int) -> Comment:
    """Return the first comment of a thread, or answer 404, or 403 saying who may resolve it."""
    root = thread_or_404(room, comment_id)
    if not may_resolve(person_id=room.person_id, may_write=room.may_write, author_id=root.author_id):
        who = f"Only {root.author.name}, who began this thread, and those who write in {room.bucket.name}"
        abort(403, f"{who} can resolve or reopen it.")
    return root
