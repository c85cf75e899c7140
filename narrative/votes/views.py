"""The address of votes, which takes no cookie."""

from flask import Blueprint, abort, jsonify
from flask.typing import ResponseReturnValue

from narrative.encoding import from_base64url
from narrative.passes.token import TOKEN_LENGTH
from narrative.quarters.models import Quarter
from narrative.quarters.views import quarter_or_404
from narrative.questions.asking import NotOpen, PassRefused
from narrative.questions.views.bodies import read_body
from narrative.votes.casting import NoSuchQuestion, TooFewHold, cast
from narrative.web.access import access
from narrative.web.moments import format_moment, request_instant

blueprint = Blueprint("votes", __name__, url_prefix="/votes")

LAST_SLOT = 1_000_000
GENERIC = "This was not accepted and your vote stands as it was. If your pass is good, it still is."

TOO_FEW = (
    "Votes for this question are taken when enough colleagues hold passes for it: {held} of at least {floor} "
    "do. They get them by reading. Your vote stands as it was."
)


@blueprint.post(f"/<quarter>/<int(min=1, max={LAST_SLOT}):slot>")
@access("cookieless")
def create(quarter: str, slot: int) -> ResponseReturnValue:
    """Take a vote or take it back. Answers in JSON: 202, or 400, 404, 409 with a sentence."""
    found, at = quarter_or_404(quarter), request_instant()
    token, wanted = read_body("token", "vote", refusal=GENERIC)
    presented = from_base64url(token, length=TOKEN_LENGTH) if isinstance(token, str) else None
    if presented is None or not isinstance(wanted, bool):
        abort(400, GENERIC)
    try:
        tick = cast(found, slot, token=presented, wanted=wanted, at=at)
    except PassRefused:
        return jsonify(error=GENERIC), 400
    except NoSuchQuestion:
        return jsonify(error="There is no such question yet. Nothing was stored."), 404
    except NotOpen:
        return jsonify(error=_not_open(found), reason="not open"), 409
    except TooFewHold as few:
        return jsonify(error=TOO_FEW.format(held=few.held, floor=few.floor), reason="not open"), 409
    return jsonify(received=True, counted_after=tick and tick.isoformat()), 202


def _not_open(quarter: Quarter) -> str:
    closed = format_moment(quarter.questions_close_at)
    return f"Votes are taken while questions are open. These closed {closed}. Your vote stands as it was."
