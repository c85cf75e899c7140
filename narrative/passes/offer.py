"""What a page says to the browser about a quarter's passes: the signed-in side of the comparison of keys."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime

from flask import Flask

from narrative.passes.keys import ISSUING_STAGES, PublishedKey, published_keys
from narrative.quarters.models import Quarter
from narrative.web.moments import request_instant
from narrative.web.page_cache import reader_id


@dataclass(frozen=True)
class Offer:
    """The passes that a page offers: `keys` are names like "ask/0/<key id>" in their order, `count` is how
    many passes each person gets to ask with."""

    quarter: str
    issuer: str
    count: int
    keys: tuple[str, ...]


def pass_offer(quarter: Quarter, *, at: datetime) -> Offer | None:
    """Return what a quarter offers at `at`, or None when it gives no passes."""
    keys = published_keys(quarter.name) if quarter.stage(at) in ISSUING_STAGES else []
    if not keys:
        return None
    return Offer(quarter.name, keys[0].issuer, quarter.passes_each, tuple(key_name(key) for key in keys))


def key_name(key: PublishedKey) -> str:
    """Return a key's name as the browser writes it too (static/js/passes/keys.js)."""
    key_id = urlsafe_b64encode(key.public.key_id).rstrip(b"=").decode()
    return f"{key.purpose}/{key.slot}/{key_id}"


def register(app: Flask) -> None:
    """Give templates `pass_offer(quarter)` and `reader_id()`."""
    app.add_template_global(lambda quarter: pass_offer(quarter, at=request_instant()), "pass_offer")
    app.add_template_global(reader_id)
