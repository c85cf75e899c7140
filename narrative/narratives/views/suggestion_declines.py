"""Declining a suggested wording, perhaps with a sentence why."""

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from narrative.narratives.comments import deciding
from narrative.narratives.comments.forms import DecliningForm
from narrative.narratives.comments.refusals import Decided
from narrative.narratives.views.acceptances import decided_already, suggestion_to_decide
from narrative.narratives.views.comments import ONE
from narrative.narratives.views.comments_page import attempted, done
from narrative.narratives.views.room import narrative_or_404, room_to_comment
from narrative.web.access import access, current_person

blueprint = Blueprint("suggestion_declines", __name__)


@blueprint.post(ONE + "/decline")
@access("employee")
def create(quarter: str, bucket: str, comment_id: int) -> ResponseReturnValue:
    """Leave the text as it is."""
    room, form = room_to_comment(quarter, bucket), DecliningForm()
    comment, narrative = suggestion_to_decide(room, comment_id), narrative_or_404(room)

    def act() -> ResponseReturnValue:
        sentence = form.sentence.data or ""
        try:
            deciding.decline(narrative, comment.id, sentence=sentence, by=current_person(), at=room.at)
        except Decided as faster:
            abort(409, decided_already(faster.decision))
        return done(room, comment.id, "Declined. The text is unchanged.")

    return attempted(room, form, "comments/decline.html", act, comment=comment)
