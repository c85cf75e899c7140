"""Receipts: the page on which a browser finds its own questions, without asking for them."""

from datetime import datetime

from flask import Blueprint, render_template

from narrative.quarters.models import Quarter
from narrative.questions import asking, queries
from narrative.questions.rules import RETRIES_LAST, STATE_WORDS
from narrative.web.access import access
from narrative.web.moments import request_instant

blueprint = Blueprint("receipts", __name__, url_prefix="/receipts")

# A receipt says nothing of its quarter, so those of the past three years are looked through.
QUARTERS_LOOKED_THROUGH = 12


def _appear(quarter: Quarter, at: datetime) -> datetime | None:
    """Return when questions appear next. What came in at the very end does when the keys are destroyed."""
    last = None if quarter.closed_at else quarter.questions_close_at + RETRIES_LAST
    return asking.next_tick(quarter, at) or last


@blueprint.get("")
@access("employee")
def show() -> str:
    """The quarters to look through, and the words for each state. The rest happens in the browser."""
    at = request_instant()
    quarters = queries.quarters_asked_in(at, most=QUARTERS_LOOKED_THROUGH)
    return render_template(
        "questions/receipts.html",
        quarters=quarters,
        issuers=queries.issuers(quarters),
        ticks={quarter.id: _appear(quarter, at) for quarter in quarters},
        states=STATE_WORDS,
    )
