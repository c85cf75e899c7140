"""What tests of asking share: a quarter that is open, passes for it, and the request a browser would send."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from narrative.database import db
from narrative.passes.blind_rsa import blind_sign
from narrative.passes.keys import create_keys
from narrative.passes.models import PassKey
from narrative.passes.rsa_keys import PrivateKey
from narrative.passes.store import anonymous_reading
from narrative.passes.store_tables import pending_questions, spent_passes
from narrative.quarters.models import Quarter
from narrative.questions import commitments
from narrative.questions.messaging import Message
from narrative.questions.rules import normal_text
from tests.factories import MONDAY, make_quarter
from tests.pass_holder import single_holder, to_base64url

PUBLISHED = MONDAY + timedelta(days=10)
OPENS = MONDAY + timedelta(days=24)
ASKING = OPENS + timedelta(hours=2)
FIRST_TICK = OPENS + timedelta(days=1)
CLOSES = MONDAY + timedelta(days=31)
ANSWERING = CLOSES + timedelta(hours=2)

# The keys of the marks that were made here, as the browsers of whoever asked keep them.
_signing_keys: dict[str, Ed25519PrivateKey] = {}


def open_quarter(name: str = "2026-q2", **values: Any) -> Quarter:
    """A published quarter with keys, of which enough people hold passes."""
    quarter = make_quarter(name, **{"published_at": PUBLISHED, "passes_held": 8, **values})
    create_keys(quarter, at=PUBLISHED + timedelta(minutes=1))
    return quarter


def make_passes(quarter: Quarter, count: int = 1, *, purpose: str = "ask", slot: int = 0) -> list[bytes]:
    """Passes signed with one of the quarter's keys, without anybody to hold them."""
    holder = single_holder(quarter, purpose, slot, count=count)
    row = db.session.get_one(PassKey, (quarter.id, purpose, slot), populate_existing=True)
    key = PrivateKey.from_der(row.private_key or b"")
    return holder.tokens([blind_sign(key, blinded) for blinded in holder.blinded])


def new_mark() -> str:
    """The mark of a fresh receipt; `sign` signs with its key."""
    key = Ed25519PrivateKey.generate()
    mark = to_base64url(key.public_key().public_bytes_raw())
    _signing_keys[mark] = key
    return mark


def new_salt() -> str:
    """A salt as a browser sends it."""
    return to_base64url(secrets.token_bytes(commitments.SALT_LENGTH))


def body(token: bytes, text: str = "Why?", **values: Any) -> dict[str, Any]:
    """What a browser sends."""
    own = {"mark": new_mark(), "salt": new_salt()}
    return {"token": to_base64url(token), "text": text, "bucket": None, **own, **values}


def sign(mark: str, message: bytes) -> str:
    """The signature of whoever holds the receipt of this mark, which `new_mark` made."""
    return to_base64url(_signing_keys[mark].sign(message))


def message(mark: str, number: int = 1, text: str = "", *, quarter: str = "2026-q2") -> dict[str, Any]:
    """A signed follow-up as a browser sends it; the number 0 with no text is a withdrawal."""
    salt = salt_of(mark, number) if number else None
    sent = Message(mark, number, normal_text(text), salt)
    signed = commitments.message(quarter=quarter, mark=mark, number=number, text_hash=sent.text_hash)
    said = {"mark": mark, "number": number, "text": text, "salt": salt and to_base64url(salt)}
    return {**said, "signature": sign(mark, signed)}


def salt_of(mark: str, number: int) -> bytes:
    """The salt of a follow-up: the same each time, as browsers derive it from the receipt."""
    return hashlib.sha256(f"{mark} {number}".encode()).digest()[: commitments.SALT_LENGTH]


def send_message(app: Flask, sent: Any, name: str = "2026-q2", **options: Any) -> TestResponse:
    """Send a message of whoever asked, as JSON and without a cookie."""
    client = app.test_client(use_cookies=False)
    return client.post(f"/questions/{name}/messages", json=sent, **options)


def send(app: Flask, sent: Any, name: str = "2026-q2", **options: Any) -> TestResponse:
    """Send a question as the browser does: as JSON and without a cookie."""
    client = app.test_client(use_cookies=False)
    return client.post(f"/questions/{name}", json=sent, **options)


def ask(app: Flask, quarter: Quarter, *texts: str, **values: Any) -> list[dict[str, Any]]:
    """Ask each of the texts with a pass of its own; return what was sent."""
    passes = make_passes(quarter, len(texts))
    sent = [body(token, text, **values) for token, text in zip(passes, texts, strict=True)]
    for one in sent:
        answer = send(app, one, quarter.name)
        assert answer.status_code == 202, answer.get_data(as_text=True)
    return sent


def waiting_texts() -> list[str]:
    """The texts in the anonymous store, sorted."""
    with anonymous_reading() as connection:
        return sorted(connection.scalars(select(pending_questions.c.text)))


def spent_count() -> int:
    """How many passes are spent."""
    with anonymous_reading() as connection:
        return len(connection.scalars(select(spent_passes.c.spent_mark)).all())


def day_of(at: datetime) -> str:
    """The date of an instant in the tests' zone, which is UTC."""
    return at.date().isoformat()
