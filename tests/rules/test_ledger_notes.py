"""Signed notes: written as the standard says, read back, and refused in every other form."""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from narrative.independent import notes as independent
from narrative.ledger.rules.notes import (
    Checkpoint,
    MalformedNote,
    checkpoint_name,
    checkpoint_text,
    key_id,
    parse_checkpoint,
    promise_name,
    promise_text,
    verifier_key,
)
from narrative.ledger.signing import Signer, opened, opened_checkpoint

ISSUER = "ask.example"
KEY = Signer(ISSUER, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
CHECKPOINT = Checkpoint(checkpoint_name(ISSUER), 7, bytes(32))
NOTE = KEY.note(checkpoint_text(CHECKPOINT), name=checkpoint_name(ISSUER))
CLOSE = datetime(2026, 8, 3, 12, tzinfo=UTC)
PROMISE = {"issuer": ISSUER, "quarter": "2026-q3", "commitment": "c" * 43, "mark": "m" * 43}


def test_the_example_of_the_standard() -> None:
    """The key, the text and the signature that the standard and Go's implementation of it show."""
    name, public = "PeterNeumann", "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    text = "If you think cryptography is the answer to your problem,\n"
    text += "then you don't know what your problem is.\n"
    line = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    key = b64decode(public)[1:]
    assert verifier_key(name, key) == f"{name}+c74f20a3+{public}"
    assert opened(f"{text}\n— {name} {line}\n", name=name, public_key=key) == text
    assert independent.opened(f"{text}\n— {name} {line}\n", name=name, key=key) == text


def test_a_checkpoint_is_three_lines_and_a_signature() -> None:
    text, signature = NOTE.split("\n\n")
    assert text == f"ask.example/ledger\n7\n{b64encode(bytes(32)).decode()}"
    assert signature.startswith("— ask.example/ledger ")
    assert opened_checkpoint(NOTE, issuer=ISSUER, public_key=KEY.public_key) == CHECKPOINT
    read = independent.read_checkpoint(NOTE, key=KEY.public_key, issuer=ISSUER)
    assert (read.origin, read.size, read.root) == (CHECKPOINT.origin, 7, bytes(32))


def test_the_key_id_binds_the_name() -> None:
    assert key_id("a", bytes(32)) != key_id("b", bytes(32))
    assert verifier_key("a", bytes(32)) == f"a+{key_id('a', bytes(32)).hex()}+{'AQ' + 'A' * 42}"


def test_a_promise_is_the_same_in_every_time_zone_and_every_time() -> None:
    elsewhere = CLOSE.astimezone(timezone(timedelta(hours=5)))
    text = promise_text(**PROMISE, close=CLOSE)
    assert promise_text(**PROMISE, close=elsewhere) == text
    note = KEY.note(text, name=promise_name(ISSUER))
    assert KEY.note(text, name=promise_name(ISSUER)) == note
    assert opened(note, name=promise_name(ISSUER), public_key=KEY.public_key) == text
    assert independent.read_promise(note, key=KEY.public_key, issuer=ISSUER).close == CLOSE


def test_a_promise_is_no_checkpoint_and_a_checkpoint_no_promise() -> None:
    promise = KEY.note(promise_text(**PROMISE, close=CLOSE), name=promise_name(ISSUER))
    refused(promise)
    with pytest.raises(MalformedNote):
        opened(NOTE, name=promise_name(ISSUER), public_key=KEY.public_key)


@pytest.mark.parametrize(
    "bent",
    [
        NOTE.replace("\n7\n", "\n8\n"),
        NOTE.replace("\n7\n", "\n07\n"),
        NOTE.replace("ask.example/ledger\n", "other.example/ledger\n", 1),
        NOTE.replace("\n\n— ", "\n— "),
        NOTE.replace("— ", "- "),
        NOTE.removesuffix("\n"),
        NOTE + "\n",
        "",
        "\n\n",
        NOTE.split("\n\n")[0] + "\n\n",
        NOTE[:-8] + "AAAA==\n",
    ],
    ids=range(11),
)
def test_a_bent_checkpoint_is_refused(bent: str) -> None:
    refused(bent)


def refused(note: str) -> None:
    with pytest.raises(MalformedNote):
        opened_checkpoint(note, issuer=ISSUER, public_key=KEY.public_key)


def test_another_key_of_the_same_name_is_refused() -> None:
    other = Signer(ISSUER, Ed25519PrivateKey.generate())
    refused(other.note(checkpoint_text(CHECKPOINT), name=checkpoint_name(ISSUER)))


def test_a_checkpoint_says_nothing_but_origin_size_and_root() -> None:
    for text in (checkpoint_text(CHECKPOINT) + "more\n", "\n7\n" + b64encode(bytes(32)).decode() + "\n", ""):
        with pytest.raises(MalformedNote):
            parse_checkpoint(text)
