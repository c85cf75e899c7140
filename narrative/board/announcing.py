"""The text with which an organiser tells everybody, by mail or chat, that a quarter can be read."""

from flask import url_for

from narrative.config import settings_of
from narrative.ledger import queries as ledger
from narrative.passes.keys import ISSUING_STAGES
from narrative.quarters.models import Quarter
from narrative.web.moments import format_moment, request_instant

OPENS = (
    "Questions open {opens} and close {closes}. Read before that: whoever reads can ask, and nobody can tell "
    "who asked."
)
OPEN = "Questions are open until {closes}. Whoever reads can ask, and nobody can tell who asked."
CHECK = "Check words: {words}. They must be the same on everybody’s screen: {ledger}"


def announcement(quarter: Quarter) -> str | None:
    """Return the announcement of a quarter; None before it is published, and once questions are over.

    Without the check words as long as the keys for which they stand are being made.
    """
    stage = quarter.stage(request_instant())
    if stage not in ISSUING_STAGES:
        return None
    moments = {
        "opens": format_moment(quarter.questions_open_at),
        "closes": format_moment(quarter.questions_close_at),
    }
    words = ledger.words(quarter.name, ledger.size())
    parts = [
        f"The narratives of {quarter.title} are published: {_address('reading.show', quarter)}",
        (OPENS if stage == "reading" else OPEN).format(**moments),
        CHECK.format(words=words, ledger=_address("ledger.show", quarter)) if words else "",
    ]
    return "\n\n".join(part for part in parts if part)


def check_words(quarter: Quarter) -> str | None:
    """Return the four words of a quarter's keys, None before these are made."""
    return ledger.words(quarter.name, ledger.size())


def _address(endpoint: str, quarter: Quarter) -> str:
    return f"{settings_of().base_url}{url_for(endpoint, quarter=quarter.name)}"
