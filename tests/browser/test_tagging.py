"""A server that would mark a person's passes by keys of their own is refused, whichever way it tries."""

import hashlib
import json
from dataclasses import replace

import pytest

from narrative.ledger.rules import entries
from tests.browser.pass_page import HONEST, KEYS, OTHER_KEY, ROUND_1, hold, owner, run
from tests.browser.pass_server import ISSUER, QUARTER, Ledger, PassServer
from tests.pass_holder import to_base64url

pytestmark = pytest.mark.browser

OTHERS = PassServer([OTHER_KEY, *ROUND_1[1:]])
OTHER_VOTE = PassServer([*ROUND_1[:-1], OTHER_KEY])


def fingerprint(names: list[str]) -> str:
    return to_base64url(hashlib.sha256("\n".join(names).encode()).digest())


def entry(names: list[str], **changes: object) -> str:
    """A body of the ledger that names these keys."""
    named = {"quarter": QUARTER, "issuer": ISSUER, "client": "0" * 64, "round": 1, **changes}
    return entries.keys(keys=names, **named).body  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "page_says",
    [
        {"fingerprint": OTHERS.offer["fingerprint"]},
        {"fingerprint": OTHER_VOTE.offer["fingerprint"]},
        {"fingerprint": ""},
        {"fingerprint": fingerprint(OTHERS.names[:1]), "slots": 0},
        {"rounds": 2},
        {"issuer": "seventh.person.example"},
    ],
    ids=["another key", "another vote key", "nothing", "a key alone", "a round more", "another issuer"],
)
def test_a_page_that_says_other_than_the_public_keys_is_refused(page, server, page_says):
    assert hold(page, **page_says)["name"] == "KeyMismatch"
    assert server.issuances == []


@pytest.mark.parametrize("tampered", [OTHERS, OTHER_VOTE], ids=["ask", "vote"])
def test_a_tampered_key_page_is_refused(page, server, tampered):
    server.keys = tampered.keys
    assert hold(page)["name"] == "KeyMismatch"
    assert server.issuances == []


@pytest.mark.parametrize("tampered", [OTHERS, OTHER_VOTE], ids=["ask", "vote"])
def test_keys_that_are_not_in_the_ledger_are_refused(page, server, tampered):
    """Page and key page agree, and only the ledger, which everybody sees, says otherwise."""
    server.keys = tampered.keys
    refused = hold(page, **tampered.offer)
    assert refused["name"] == "KeyMismatch"
    assert "not the same for everybody" in refused["message"]
    assert server.issuances == []


@pytest.mark.parametrize(
    "bodies",
    [
        [],
        [entry(OTHERS.names), entry(PassServer(list(ROUND_1)).names)],
        [entry(PassServer(list(ROUND_1)).names[:-1])],
        [entry(PassServer(list(ROUND_1)).names, round=2)],
        [entry(PassServer(list(ROUND_1)).names, quarter="2026-q2")],
        [entry(PassServer(list(ROUND_1)).names, issuer="seventh.person.example")],
    ],
    ids=["no entry", "a second entry", "a key missing", "another round", "another quarter", "another issuer"],
)
def test_only_the_first_entry_of_the_quarter_counts(page, server, bodies):
    server.ledger.bodies = [entries.client(client="1" * 64).body, *bodies]
    assert hold(page)["name"] == "KeyMismatch"
    assert server.issuances == []


def test_an_entry_that_is_not_in_the_signed_tree_is_refused(page, server, monkeypatch):
    shown = server.ledger.keys()
    shown["entries"][0]["body"] = entry(OTHERS.names)
    monkeypatch.setattr(Ledger, "keys", lambda _ledger: shown)
    server.keys = OTHERS.keys
    assert hold(page, **OTHERS.offer)["name"] == "KeyMismatch"
    assert server.issuances == []


def test_a_checkpoint_of_another_key_is_refused(page, server):
    assert hold(page) == 3
    honest = server.ledger
    server.ledger = Ledger(bodies=list(honest.bodies))
    page.reload()
    assert hold(page, person=8)["name"] == "KeyMismatch"
    server.ledger = honest
    assert hold(page, person=8) == 3


def test_a_ledger_that_was_written_anew_is_refused(page, server):
    """The same key signs a history in which the keys were others from the start."""
    assert hold(page) == 3
    server.keys = OTHERS.keys
    server.ledger.bodies = [entry(OTHERS.names), entries.client(client="1" * 64).body]
    page.evaluate("indexedDB.deleteDatabase('narrative-passes')")
    assert hold(page, **OTHERS.offer)["name"] == "KeyMismatch"
    assert len(server.issuances) == 1


def test_keys_that_change_after_they_were_seen_are_refused(page, server):
    server.lost_signatures = 1
    assert hold(page)["name"] == "NotIssued"
    server.keys = OTHERS.keys
    assert hold(page, **OTHERS.offer)["name"] == "KeyMismatch"
    assert len(server.issuances) == 1
    server.keys = list(ROUND_1)
    assert hold(page) == 3


def test_one_key_for_one_person_and_another_for_the_next_is_refused(page, server):
    """Two people read in one browser; for the second the server changes page, key page and ledger alike."""
    assert hold(page) == 3
    server.keys, server.ledger = OTHERS.keys, replace(server.ledger, bodies=[entry(OTHERS.names)])
    assert hold(page, person=8, **OTHERS.offer)["name"] == "KeyMismatch"
    assert len(server.issuances) == 1


def test_a_further_round_may_not_change_the_one_before(page, server):
    assert hold(page) == 3
    server.keys = [*OTHER_VOTE.keys, *KEYS[len(ROUND_1) :]]
    server.commit()
    assert hold(page, **server.offer)["name"] == "KeyMismatch"
    assert [json.loads(one.body)["round"] for one in server.issuances] == [1]


def test_a_ledger_that_does_not_answer_is_tried_again_later(page, server, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(PassServer, "tell_of_ledger", lambda *_given: (503, b"{}"))
        assert hold(page)["name"] == "NotIssued"
        assert server.issuances == []
    assert hold(page) == 3


def test_honest_readers_of_one_browser_get_passes_each(page, server):
    assert hold(page) == hold(page, person=8) == 3
    asked = server.to(f"/ledger/keys/{QUARTER}")
    assert len(asked) == 2
    assert not any("cookie" in request.headers or "referer" in request.headers for request in asked)
    assert (
        run(page, "return (await m.holding.holdingOf(v.owner)).rounds;", owner=owner(8)) == HONEST["rounds"]
    )
