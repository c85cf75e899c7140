"""The addresses of passes: what is promised, the keys, which nobody reads by name, and the issuing."""

from typing import NoReturn

from flask import Blueprint, abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import make_url

from narrative.config import settings_of
from narrative.encoding import from_base64url, to_base64url
from narrative.passes.blind_rsa import MalformedBlindedMessage
from narrative.passes.issue import AlreadyIssued, NotIssuing, WrongCount, issue
from narrative.passes.keys import FIRST_ROUND, published_keys, rounds_of
from narrative.passes.protection import protections
from narrative.passes.rsa_keys import MODULUS_BITS
from narrative.passes.scrubbing import SCRUB_WINDOW
from narrative.passes.store import StorageFull
from narrative.passes.store_groups import NotWritten
from narrative.quarters.models import Quarter
from narrative.quarters.views import quarter_or_404
from narrative.web.access import access, current_person
from narrative.web.errors import problem
from narrative.web.moments import request_instant

blueprint = Blueprint("passes", __name__)

MALFORMED = (
    "Send {“round”: number, “blinded”: [one base64url text of 256 bytes for each pass]}. Nothing was issued."
)
MOST_ROUNDS = 10_000
ELSEWHERE = "Your passes for this quarter were given to another browser. Ask from there."
FULL = (
    "The server’s disk is full, so nothing was stored. Your pass is still good. Keep your text, tell whoever "
    "runs this server, and send it again once there is room."
)
NOT_WRITTEN = "This could not be stored just now. Your pass is still good. Send it again in a minute."
OVER = "Questions are closed for this quarter, so it gives no passes any more."


class MalformedRequest(ValueError):
    """A request for passes is of another form than MALFORMED says."""


@blueprint.app_errorhandler(StorageFull)
def answer_full(_problem: StorageFull) -> ResponseReturnValue:
    """Say that there was no room, to whoever asked, voted or added something."""
    return problem(503, FULL)


@blueprint.app_errorhandler(NotWritten)
def answer_not_written(_problem: NotWritten) -> ResponseReturnValue:
    """Say that it failed together with what others sent at the same moment."""
    return problem(503, NOT_WRITTEN)


@blueprint.get("/anonymity")
@access("public")
def show() -> str:
    """How anonymous this is: the promise, what is stored, and what is not promised, as plainly."""
    settings = settings_of()
    own_file = make_url(settings.anonymous_database).get_backend_name() == "sqlite"
    return render_template(
        "passes/show.html",
        settings=settings,
        own_file=own_file,
        scrub_window=round(SCRUB_WINDOW),
        protections=protections(settings),
    )


@blueprint.get("/passes/<quarter>/keys")
@access("cookieless")
def index(quarter: str) -> ResponseReturnValue:
    """The keys in force, for everybody the same."""
    found, keys = quarter_or_404(quarter), published_keys(quarter)
    if not keys:
        abort(404)
    shown = [{"purpose": key.purpose, "slot": key.slot, "n": key.public.jwk["n"]} for key in keys]
    response = jsonify(issuer=keys[0].issuer, keys=shown, slots=rounds_of(found).slots)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/passes/<quarter>/issuance")
@access("employee")
def create(quarter: str) -> ResponseReturnValue:
    """Sign the reader's blinded messages."""
    found = quarter_or_404(quarter)
    try:
        number, blinded = _request_for_passes()
        signatures = issue(current_person(), found, blinded, number=number, at=request_instant())
    except NotIssuing:
        _refuse_stage(found)
    except AlreadyIssued:
        abort(409, ELSEWHERE)
    except (MalformedBlindedMessage, WrongCount, MalformedRequest):
        abort(422, MALFORMED)
    return jsonify(signatures=[to_base64url(one) for one in signatures])


def _request_for_passes() -> tuple[int, list[bytes]]:
    """Return the round and the blinded messages. Raises MalformedRequest."""
    try:
        sent = request.get_json(silent=True)
    except RecursionError:
        sent = None
    number = sent.get("round", FIRST_ROUND) if isinstance(sent, dict) else None
    texts = sent.get("blinded") if isinstance(sent, dict) else None
    if type(number) is not int or not 0 < number <= MOST_ROUNDS:
        raise MalformedRequest("not a round")
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise MalformedRequest("not a list of texts")
    blinded = [data for text in texts if (data := from_base64url(text, length=MODULUS_BITS // 8)) is not None]
    if len(blinded) != len(texts):
        raise MalformedRequest("not base64url, or of another length")
    return number, blinded


def _refuse_stage(quarter: Quarter) -> NoReturn:
    # What is not published yet does not exist for a reader.
    if quarter.stage(request_instant()) in {"upcoming", "drafting", "reading"}:
        abort(404)
    abort(409, OVER)
