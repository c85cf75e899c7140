"""What a page says to the browser about a quarter's passes: the signed-in side of the comparison of keys."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app

from narrative.data_version import Kept, number_in_session
from narrative.encoding import to_base64url
from narrative.passes.keys import ISSUING_STAGES, PublishedKey, published_keys, rounds_of
from narrative.quarters.models import Quarter
from narrative.web.moments import request_instant
from narrative.web.page_cache import reader_id

EXTENSION = "narrative.offers"
MOST_OFFERS = 100


@dataclass(frozen=True)
class Offer:
    """The passes that a page offers: `count` is how many each person gets to ask with, `slots` how many vote
    slots each of `rounds` rounds has, `fingerprint` that of the names of all keys."""

    quarter: str
    issuer: str
    count: int
    slots: int
    rounds: int
    fingerprint: str


def pass_offer(quarter: Quarter, *, at: datetime) -> Offer | None:
    """Return what a quarter offers at `at`, or None when it gives no passes.

    From memory while the main database stands still: every page of a published quarter says it.
    """
    if quarter.stage(at) not in ISSUING_STAGES:
        return None
    offers: Kept[Offer | tuple[()]] = current_app.extensions[EXTENSION]
    number = number_in_session()
    kept = offers.get(quarter.id, number=number)
    if kept is None:
        kept = _made(quarter) or ()
        offers.put(quarter.id, kept, number=number)
    return kept or None


def _made(quarter: Quarter) -> Offer | None:
    keys, rounds = published_keys(quarter.name), rounds_of(quarter)
    if not keys:
        return None
    return Offer(
        quarter=quarter.name,
        issuer=keys[0].issuer,
        count=quarter.passes_each,
        slots=rounds.slots,
        rounds=rounds.number,
        fingerprint=fingerprint(keys),
    )


def fingerprint(keys: Sequence[PublishedKey]) -> str:
    """Return SHA-256 over the names of the keys, one a line, as base64url without padding."""
    digest = hashlib.sha256("\n".join(key.name for key in keys).encode()).digest()
    return to_base64url(digest)


def register(app: Flask) -> None:
    """Give templates `pass_offer(quarter)` and `reader_id()`."""
    app.extensions[EXTENSION] = Kept[Offer | tuple[()]](most=MOST_OFFERS)
    app.add_template_global(lambda quarter: pass_offer(quarter, at=request_instant()), "pass_offer")
    app.add_template_global(reader_id)
