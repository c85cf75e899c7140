"""What whoever asked adds to a question or takes back."""

from typing import Any

from flask import Blueprint, abort, jsonify
from flask.typing import ResponseReturnValue

from narrative.encoding import from_base64url
from narrative.quarters.views import quarter_or_404
from narrative.questions import messaging
from narrative.questions.commitments import SALT_LENGTH
from narrative.questions.views.bodies import read_body
from narrative.web.access import access
from narrative.web.moments import request_instant

blueprint = Blueprint("messages", __name__, url_prefix="/questions")

GENERIC = "This was not accepted and nothing was stored."
# Why a good message is not taken, by messaging.NOT_TAKEN.
REASONS = {
    "other text": "Another text was received as this follow-up. That one stands; nothing was stored now.",
    "out of turn": "The follow-up before this one is missing: send that one first. Nothing was stored.",
    "too many": "A question has at most five follow-ups. Nothing was stored.",
    "erased": "This question is withdrawn or withheld: nothing can be added to it. Nothing was stored.",
    "answered": "This question is answered or declined by now and cannot be withdrawn. Nothing changed.",
    "over": "This quarter takes no follow-ups and withdrawals any more. Nothing was stored.",
}


@blueprint.post("/<quarter>/messages")
@access("cookieless")
def create(quarter: str) -> ResponseReturnValue:
    """Take a follow-up or a withdrawal. Answers in JSON: 202, or 400, 409, 413, 422 with a sentence."""
    found, at = quarter_or_404(quarter), request_instant()
    sent = _sent()
    try:
        tick = messaging.receive(found, **sent, at=at)
    except messaging.MessageRefused:
        return jsonify(error=GENERIC), 400
    except messaging.MessageNotTaken as problem:
        return jsonify(error=REASONS[problem.reason], reason=problem.reason), 409
    except messaging.TextRefused as problem:
        return jsonify(error=f"{problem}. Nothing was stored.", field="text"), 422
    return jsonify(received=True, released_after=tick and tick.isoformat()), 202


def _sent() -> dict[str, Any]:
    """Read the body: mark, number, text, salt (null for a withdrawal) and signature.

    Answers 400 for anything else, 413 when it is too large.
    """
    names = ("mark", "number", "text", "salt", "signature")
    sent = dict(zip(names, read_body(*names, refusal=GENERIC), strict=True))
    salt = sent["salt"]
    texts = [sent["mark"], sent["text"], sent["signature"], "" if salt is None else salt]
    if not all(isinstance(one, str) for one in texts) or type(sent["number"]) is not int:
        abort(400, GENERIC)
    if salt is not None:
        sent["salt"] = from_base64url(salt, length=SALT_LENGTH) or abort(400, GENERIC)
    return sent
