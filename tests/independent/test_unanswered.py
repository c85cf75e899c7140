"""A server that cannot answer just now is not accused of anything, and costs nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from narrative.encoding import to_base64url
from narrative.independent import asking, server
from narrative.independent.keep import Keep
from narrative.independent.receipts import Receipt
from narrative.independent.refusals import KeyMismatch, LedgerMismatch, NotSent, Refusal
from narrative.independent.server import Answer, Nobody
from narrative.independent.watching import committed_names, look

NOBODY = Nobody("https://narrative.example")
PROXY = b"<!DOCTYPE html><title>502 Bad Gateway</title>"
CHECKPOINT = "narrative.example/ledger\n3\nAAAA\n\n\N{EM DASH} narrative.example/ledger AAAA\n"


def answering(monkeypatch: pytest.MonkeyPatch, *answers: Answer) -> None:
    """Let the next requests be answered so, and the last answer be repeated."""
    left = list(answers)
    monkeypatch.setattr(server, "_send", lambda *_args, **_kw: left.pop(0) if left[1:] else left[0])


@pytest.fixture
def keep(tmp_path: Path) -> Keep:
    """A file that knows the ledger's key already."""
    made = Keep(tmp_path / "mine.json")
    made.content["ledger"] = {
        "key": to_base64url(bytes(32)),
        "name": "narrative.example",
        "checkpoint": "",
    }
    return made


@pytest.mark.parametrize("status", [200, 302, 429, 500, 502, 503])
def test_no_answer_is_no_forgery(keep, monkeypatch, status):
    answering(monkeypatch, Answer(status, PROXY))
    for work in (
        lambda: look(keep, NOBODY),
        lambda: committed_names(keep, NOBODY, issuer="narrative.example", quarter="2026-q3"),
    ):
        with pytest.raises(Refusal, match="could not answer just now") as refused:
            work()
        assert not isinstance(refused.value, LedgerMismatch | KeyMismatch)


def test_what_is_signed_by_another_key_is_still_refused(keep, monkeypatch):
    answering(monkeypatch, Answer(200, CHECKPOINT.encode()))
    with pytest.raises(LedgerMismatch, match="another key"):
        look(keep, NOBODY)


def test_keys_that_are_not_in_the_ledger_are_still_refused(keep, monkeypatch):
    answering(monkeypatch, Answer(404, b"{}"))
    with pytest.raises(KeyMismatch):
        committed_names(keep, NOBODY, issuer="narrative.example", quarter="2026-q3")


def test_a_receipt_is_given_although_the_promise_cannot_be_checked(keep, monkeypatch):
    del keep.content["ledger"]
    held: dict[str, Any] = {"purpose": "ask", "slot": 0, "index": 0, "token": "AAAA"}
    keep.holding("2026-q3").update(seed=to_base64url(bytes(16)), passes=[held])
    taken = Answer(202, json.dumps({"promise": CHECKPOINT}).encode())
    answering(monkeypatch, taken, Answer(502, PROXY))
    received = asking.ask(keep, NOBODY, "2026-q3", quarter="2026-q3", bucket=None, text="Why?")
    assert received.receipt.code == Receipt.of_pass(bytes(16), 0).code
    assert received.doubt is not None


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(503, b'{"error": "The disk is full."}'), "The disk is full."),
        (Answer(503, PROXY), "may or may not have arrived"),
        (Answer(500, b'{"error": "Something went wrong."}'), "may or may not have arrived"),
    ],
    ids=["full", "proxy", "broken"],
)
def test_what_could_not_be_stored_is_said_in_the_words_of_the_server(monkeypatch, answer, said):
    answering(monkeypatch, answer)
    with pytest.raises(NotSent, match=said):
        NOBODY.post("/questions/2026-q3", "{}")
