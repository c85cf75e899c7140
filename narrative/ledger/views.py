"""The addresses by which anybody checks the ledger: without a cookie, and the same bytes for everybody.

A number that is left out means the ledger as it stands.
"""

import re

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue

from narrative.encoding import to_base64url
from narrative.ledger import queries
from narrative.ledger.queries import MOST_LEAVES, NotThere
from narrative.ledger.signing import NoKey, signer
from narrative.quarters.rules import is_name
from narrative.web.access import access
from narrative.web.errors import problem

checkpoints = Blueprint("checkpoints", __name__, url_prefix="/ledger/checkpoint")
ledger_keys = Blueprint("ledger_keys", __name__, url_prefix="/ledger/key")
consistencies = Blueprint("consistencies", __name__, url_prefix="/ledger/consistency")
inclusions = Blueprint("inclusions", __name__, url_prefix="/ledger/inclusion")
leaves = Blueprint("leaves", __name__, url_prefix="/ledger/leaves")
committed_keys = Blueprint("committed_keys", __name__, url_prefix="/ledger/keys")

BLUEPRINTS = (checkpoints, ledger_keys, consistencies, inclusions, leaves, committed_keys)

_NUMBER = re.compile("[0-9]{1,9}")


def answer_missing(_problem: Exception) -> ResponseReturnValue:
    """Answer 404 for entries that are not there, and before there is anything at all."""
    return problem(404)


def keep_nothing(response: Response) -> Response:
    """Keep every answer out of caches: an old one would look like a ledger that was cut."""
    response.headers["Cache-Control"] = "no-store"
    return response


for blueprint in BLUEPRINTS:
    blueprint.register_error_handler(NotThere, answer_missing)
    blueprint.register_error_handler(NoKey, answer_missing)
    blueprint.after_request(keep_nothing)


@checkpoints.get("", endpoint="show")
@access("cookieless")
def show_checkpoint() -> ResponseReturnValue:
    """The signed note of how long the ledger is and what its root is."""
    return Response(queries.checkpoint(), content_type="text/plain; charset=utf-8")


@ledger_keys.get("", endpoint="show")
@access("cookieless")
def show_key() -> ResponseReturnValue:
    """The key that signs checkpoints and promises."""
    known = signer()
    return jsonify(name=known.issuer, public_key=to_base64url(known.public_key))


@consistencies.get("", endpoint="show")
@access("cookieless")
def show_consistency() -> ResponseReturnValue:
    """The proof that the ledger of one size begins with that of a smaller."""
    new = _number("to", otherwise=queries.size())
    return jsonify(proof=_texts(queries.consistency(_number("from", otherwise=new), new)))


@inclusions.get("", endpoint="show")
@access("cookieless")
def show_inclusion() -> ResponseReturnValue:
    """The proof that an entry, the last by default, is in the ledger of a size."""
    size = _number("size", otherwise=queries.size())
    return jsonify(proof=_texts(queries.inclusion(_number("position", otherwise=size - 1), size)))


@leaves.get("", endpoint="index")
@access("cookieless")
def index_leaves() -> ResponseReturnValue:
    """The entries from one position to before another, at most 1,000 at once."""
    start = _number("from", otherwise=0)
    end = _number("to", otherwise=min(start + MOST_LEAVES, queries.size()))
    return jsonify(leaves=queries.leaves(start, end))


@committed_keys.get("/<quarter>", endpoint="index")
@access("cookieless")
def index_committed_keys(quarter: str) -> ResponseReturnValue:
    """Every round of a quarter's keys, each proven to be in the checkpoint that comes along."""
    if not is_name(quarter):
        abort(404)
    size = queries.size()
    entries = [
        {"position": position, "body": body, "proof": _texts(queries.inclusion(position, size))}
        for position, body in queries.keys_entries(quarter, size)
    ]
    if not entries:
        abort(404)
    return jsonify(entries=entries, checkpoint=queries.checkpoint_at(size).decode())


def _number(name: str, *, otherwise: int) -> int:
    """Return a number of the address, or answer 404."""
    given = request.args.getlist(name)
    if not given:
        return otherwise
    if len(given) != 1 or not _NUMBER.fullmatch(given[0]):
        abort(404)
    return int(given[0])


def _texts(hashes: list[bytes]) -> list[str]:
    return [to_base64url(one) for one in hashes]
