"""The feed: every released question of a quarter, the same bytes for everybody.

A browser finds its own questions in it by their marks, without asking anybody for them.
"""

import json
from dataclasses import asdict, dataclass
from hashlib import sha256

from flask import current_app

from narrative.data_version import Kept, number_in_session
from narrative.quarters.models import Quarter
from narrative.questions import queries

EXTENSION = "narrative.feeds"
MOST_FEEDS = 100


@dataclass(frozen=True)
class Feed:
    """The bytes and their strong entity tag."""

    body: bytes
    tag: str


def feed(quarter: Quarter) -> Feed:
    """Return a quarter's feed: from memory while the main database stands still."""
    feeds: Kept[Feed] = current_app.extensions.setdefault(EXTENSION, Kept[Feed](most=MOST_FEEDS))
    number = number_in_session()
    known = feeds.get(quarter.id, number=number)
    if known is None:
        known = _made(quarter)
        feeds.put(quarter.id, known, number=number)
    return known


def _made(quarter: Quarter) -> Feed:
    questions = [
        {**asdict(one), "released_on": one.released_on.isoformat()} for one in queries.released(quarter)
    ]
    body = json.dumps({"quarter": quarter.name, "questions": questions}, separators=(",", ":")).encode()
    return Feed(body, sha256(body).hexdigest())
