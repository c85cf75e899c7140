"""Accepting a suggested wording: the text says it then."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from narrative.narratives.comments import deciding
from narrative.narratives.comments.models import Comment, SuggestionDecision
from narrative.narratives.comments.refusals import Decided, WordsChanged
from narrative.narratives.document.checks import Refused
from narrative.narratives.views.comments import ONE
from narrative.narratives.views.comments_page import comment_or_404, done, refusals, sent_from
from narrative.narratives.views.room import Room, narrative_or_404, room_to_comment
from narrative.web.access import access, current_person
from narrative.web.errors import problem, wants_json

blueprint = Blueprint("acceptances", __name__)

CHANGED = (
    "The words that this was suggested for were changed meanwhile, so the text was left as it is. "
    "Compare both, and write what is right."
)


@blueprint.post(ONE + "/acceptance")
@access("employee")
def create(quarter: str, bucket: str, comment_id: int) -> ResponseReturnValue:
    """Put the suggested wording into the text."""
    room = room_to_comment(quarter, bucket)
    comment = suggestion_to_decide(room, comment_id)
    try:
        with refusals(room):
            deciding.accept(narrative_or_404(room), comment.id, by=current_person(), at=room.at)
    except Decided as faster:
        abort(409, decided_already(faster.decision))
    except WordsChanged as changed:
        return words_changed(room, comment, changed.now)
    except Refused as refused:
        abort(refused.status, f"The text was not changed. {refused.reason}.")
    return done(room, comment.id, "Accepted. The text says it now.")


def suggestion_to_decide(room: Room, comment_id: int) -> Comment:
    """Return a comment that suggests a wording, or answer 404, or 403 saying who may decide on it."""
    comment = comment_or_404(room, comment_id)
    if comment.suggestion is None:
        abort(404)
    if not room.may_write:
        who = f"Only {room.bucket.owner.name}, who owns {room.bucket.name}, its contributors, and organisers"
        abort(403, f"{who} can accept or decline a suggestion.")
    return comment


def decided_already(decision: SuggestionDecision) -> str:
    """Say who was faster, and what they decided."""
    word = "accepted" if decision.accepted else "declined"
    return f"{decision.decided_by.name} has {word} this suggestion already. Nothing was changed."


def words_changed(room: Room, comment: Comment, now: str) -> ResponseReturnValue:
    """Say that the wording cannot be put in, and show what was suggested beside what stands there."""
    if wants_json():
        return problem(409, CHANGED)
    return render_template(
        "comments/words_changed.html", room=room, comment=comment, now=now, said=CHANGED, page=sent_from()
    ), 409
