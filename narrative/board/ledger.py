"""The ledger's page: a quarter's account in one line, which the reader's browser checks, and the export."""

import json

from flask import Blueprint, Response, abort, render_template, stream_with_context
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from narrative.answers.models import Withholding
from narrative.answers.rules import WITHHOLD_REASONS
from narrative.board.announcing import announcement, check_words
from narrative.board.export import export_pieces
from narrative.board.views import published_quarter
from narrative.config import settings_of
from narrative.database import db
from narrative.encoding import to_base64url
from narrative.ledger import queries as ledger
from narrative.ledger.rules.notes import checkpoint_name, verifier_key
from narrative.ledger.signing import NoKey, signer
from narrative.quarters.models import Quarter
from narrative.quarters.queries import latest_published_quarter
from narrative.questions import queries
from narrative.questions.models import Question
from narrative.web.access import access

# The order in which an account is told: what has an end first, what is still open last.
TOLD = ("answered", "declined", "merged", "withdrawn", "withheld", "waiting")

pages = Blueprint("ledger", __name__, url_prefix="/ledger")
exports = Blueprint("exports", __name__, url_prefix="/ledger")
BLUEPRINTS = (pages, exports)

# For the organiser's pages, whose rooms lie below.
for function in (announcement, check_words):
    pages.add_app_template_global(function)


@pages.get("", endpoint="show")
@pages.get("/<quarter>", endpoint="show")
@access("employee")
def show(quarter: str | None = None) -> str:
    """The account of a quarter, the latest published one by default."""
    found = published_quarter(quarter) if quarter else latest_published_quarter()
    size, counts = account(found) if found else (ledger.size(), {"received": 0})
    return render_template(
        "ledger/show.html",
        quarter=found,
        size=size,
        counts=counts,
        counts_text=json.dumps(counts, sort_keys=True),
        told=[(counts[state], state) for state in TOLD if counts.get(state)],
        withheld=withheld(found) if found else [],
        reasons=WITHHOLD_REASONS,
        words=ledger.words(found.name, size) if found else None,
        key=_key(),
        checkpoint=ledger.checkpoint_at(size).decode() if _key() else None,
        others=published_quarters(),
    )


@exports.get("/export.json", endpoint="show")
@access("employee")
def show_export() -> ResponseReturnValue:
    """Everything that is needed to check the ledger elsewhere, without this server."""
    if not _key():
        abort(404)
    response = Response(stream_with_context(export_pieces()), content_type="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="ledger.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


def account(quarter: Quarter) -> tuple[int, dict[str, int]]:
    """Return how long the ledger was, and a quarter's counts at that very moment."""
    while True:
        before = ledger.size()
        counts = {state: number for state, number in queries.counts(quarter).items() if number}
        if ledger.size() == before:
            return before, {"received": 0, **counts}


def withheld(quarter: Quarter) -> list[tuple[Question, Withholding]]:
    """Return a quarter's withheld questions, each with who withheld it and why, the first one first."""
    rows = select(Question, Withholding).join(Withholding, Withholding.question_id == Question.id)
    mine = rows.where(Question.quarter_id == quarter.id, Question.state == "withheld")
    found = db.session.execute(mine.order_by(Withholding.withheld_at, Question.id))
    return [(question, withholding) for question, withholding in found]


def published_quarters() -> list[Quarter]:
    """Return every published quarter, the newest first."""
    published = select(Quarter).where(Quarter.published_at.is_not(None))
    return list(db.session.scalars(published.order_by(Quarter.name.desc())))


def _key() -> dict[str, str] | None:
    """Return the ledger's key as people and programs write it, or None before there is one."""
    try:
        known = signer()
    except NoKey:
        return None
    plain = to_base64url(known.public_key)
    whole = verifier_key(checkpoint_name(known.issuer), known.public_key)
    return {"plain": plain, "whole": whole, "address": settings_of().base_url}
