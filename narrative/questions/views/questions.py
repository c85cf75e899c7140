"""Asking, and the feed of what was asked."""

from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from narrative.config import settings_of
from narrative.encoding import from_base64url
from narrative.passes.token import TOKEN_LENGTH
from narrative.people import queries as people
from narrative.quarters.models import Quarter
from narrative.quarters.views import quarter_or_404
from narrative.questions import asking, queries
from narrative.questions.commitments import SALT_LENGTH
from narrative.questions.feed import feed
from narrative.questions.models import Question
from narrative.questions.rules import BESIDE_THE_BUTTON, LONGEST_QUESTION, REASSURANCE, tick_words
from narrative.questions.views.bodies import read_body
from narrative.web.access import access
from narrative.web.moments import format_moment, request_instant

blueprint = Blueprint("questions", __name__, url_prefix="/questions")

GENERIC = "This was not accepted and nothing was stored. If your pass is good, it still is."
SPENT = "This pass was spent on another question. Nothing was stored now."


def question_or_404(quarter: str, question_id: str) -> tuple[Quarter, Question]:
    """Return a published quarter and one of its released questions, or answer 404."""
    found, question = quarter_or_404(quarter), queries.question(question_id)
    if question is None or question.quarter_id != found.id or found.published_at is None:
        abort(404)
    return found, question


@blueprint.get("/<quarter>/new")
@access("employee")
def new(quarter: str) -> str:
    """The page on which a question is written. It reads nothing of who reads it but the person's number."""
    found, at = quarter_or_404(quarter), request_instant()
    return render_template(
        "questions/new.html",
        quarter=found,
        phase=asking.phase(found, at),
        next_tick=asking.next_tick(found, at),
        how_often=tick_words(found.tick_minutes),
        buckets=people.buckets(),
        names=people.known_names(),
        chosen=request.args.get("bucket"),
        clauses=[clause for clause, _test in REASSURANCE],
        beside_button=BESIDE_THE_BUTTON[0],
        longest=LONGEST_QUESTION,
        # The address that people type, whatever the request says of its host: it is kept with the receipt.
        receipts_address=settings_of().base_url + url_for("receipts.show"),
        **_passes(found),
    )


@blueprint.post("/<quarter>")
@access("cookieless")
def create(quarter: str) -> ResponseReturnValue:
    """Take a question. Answers in JSON: 202, or 400, 409, 413, 422 with a sentence for the asker."""
    found, at = quarter_or_404(quarter), request_instant()
    sent = _sent()
    try:
        taken = asking.receive(found, **sent, at=at)
    except asking.PassRefused:
        return jsonify(error=GENERIC), 400
    except asking.AlreadySpent:
        return jsonify(error=SPENT, reason="spent"), 409
    except asking.NotOpen as closed:
        return jsonify(error=_not_open(found, closed.phase), reason="not open"), 409
    except asking.QuestionRefused as problem:
        return jsonify(error=f"{problem}. Your pass is still good.", field=problem.field), 422
    after = taken.tick and taken.tick.isoformat()
    return jsonify(received=True, released_after=after, promise=taken.promise), 202


@blueprint.get("/<quarter>")
@access("employee")
def index(quarter: str) -> ResponseReturnValue:
    """Every released question's id, mark, state and day: the same bytes for everybody."""
    found = feed(quarter_or_404(quarter))
    response = Response(found.body, mimetype="application/json")
    response.set_etag(found.tag)
    return response.make_conditional(request)


def _sent() -> dict[str, Any]:
    """Read the body: token, text, bucket, mark, salt. Answers 400 for anything else, 413 when too large."""
    token, text, bucket, mark, salt = read_body("token", "text", "bucket", "mark", "salt", refusal=GENERIC)
    kinds = isinstance(text, str) and isinstance(mark, str) and (bucket is None or isinstance(bucket, str))
    if not kinds or not isinstance(token, str) or not isinstance(salt, str):
        abort(400, GENERIC)
    decoded, salted = from_base64url(token, length=TOKEN_LENGTH), from_base64url(salt, length=SALT_LENGTH)
    if decoded is None or salted is None:
        abort(400, GENERIC)
    return {"token": decoded, "text": text, "bucket": bucket, "mark": mark, "salt": salted}


def _not_open(quarter: Quarter, phase: str) -> str:
    kept = "Nothing was stored; your pass is still good."
    if phase == "before":
        return f"Questions open {format_moment(quarter.questions_open_at)}. {kept}"
    if phase == "too few":
        held = f"{quarter.passes_held} of at least {settings_of().asking_floor}"
        return f"Asking opens when enough colleagues hold passes: {held} do. {kept}"
    return f"Questions closed {format_moment(quarter.questions_close_at)}. Nothing was stored."


def _passes(quarter: Quarter) -> dict[str, Any]:
    return {
        "held": quarter.passes_held,
        "floor": settings_of().asking_floor,
        "colleagues": queries.colleagues(),
        "issuer": queries.issuers([quarter]).get(quarter.id, ""),
    }
