"""Keys, issuing and redeeming, through the routes and the two modules that never meet."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import render_template_string
from sqlalchemy import event, func, select
from werkzeug.test import TestResponse

from narrative.database import db, transaction
from narrative.ledger.models import LedgerLeaf
from narrative.passes import redeem
from narrative.passes.keys import (
    Rounds,
    create_keys,
    create_next_round,
    destroy_keys,
    private_keys,
    published_keys,
    rounds_of,
)
from narrative.passes.models import Issuance, PassKey
from narrative.passes.offer import Offer, pass_offer
from narrative.passes.rsa_keys import PublicKey
from narrative.passes.token import spent_mark
from narrative.quarters.models import Quarter
from narrative.web.access import access
from narrative.web.page_cache import kept_page
from tests.factories import MONDAY, make_person, make_quarter
from tests.pages import Pages
from tests.pass_holder import (
    Holder,
    RoundHolder,
    fetch_passes,
    fetch_round,
    from_base64url,
    holder_for,
    to_base64url,
)

READING = MONDAY + timedelta(days=11)
ASKING = MONDAY + timedelta(days=25)
ANSWERING = MONDAY + timedelta(days=32)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(READING, tick=False) as travelling:
        yield travelling


@pytest.fixture
def quarter(pages: Pages) -> Quarter:
    """A published quarter with its keys, being read."""
    made = make_quarter(published_at=MONDAY + timedelta(days=10))
    assert create_keys(made, at=READING)
    return made


def request_passes(pages: Pages, quarter: Quarter, sent: Any) -> TestResponse:
    headers = {"X-CSRFToken": pages.csrf_token()}
    return pages.client.post(f"/passes/{quarter.name}/issuance", json=sent, headers=headers)


def held(quarter: Quarter) -> tuple[int, int]:
    """How many issuances are noted, and how many the quarter counts."""
    db.session.rollback()
    noted = db.session.scalar(select(func.count()).where(Issuance.quarter_id == quarter.id)) or 0
    db.session.refresh(quarter)
    return noted, quarter.passes_held


def close(quarter: Quarter) -> None:
    with transaction() as session:
        destroy_keys(session, quarter, at=ANSWERING)


# Keys


def test_keys_are_made_once(quarter):
    before = published_keys(quarter.name)
    uses = [("ask", 0), *(("vote", slot) for slot in range(1, 5))]
    assert [(key.purpose, key.slot) for key in before] == uses
    assert {(key.round, key.issuer) for key in before} == {(1, "localhost:8000")}
    assert create_keys(quarter, at=READING) is False
    assert published_keys(quarter.name) == before


def test_two_quarters_have_two_keys(quarter):
    other = make_quarter("2026-q3", published_at=MONDAY + timedelta(days=10))
    create_keys(other, at=READING)
    assert published_keys(other.name)[0].public != published_keys(quarter.name)[0].public


@pytest.mark.parametrize(
    ("published", "at"), [(False, READING), (True, MONDAY + timedelta(days=9)), (True, ANSWERING)]
)
def test_no_keys_are_made_before_publication_or_after_asking(pages, published, at):
    quarter = make_quarter(published_at=MONDAY + timedelta(days=10) if published else None)
    assert create_keys(quarter, at=at) is False
    assert published_keys(quarter.name) == []


def test_destroyed_keys_are_gone_and_never_made_again(pages, quarter):
    fetch_passes(pages.sign_in(make_person()), quarter)
    assert held(quarter) == (1, 1)
    close(quarter)
    assert published_keys(quarter.name) == []
    assert list(private_keys(quarter)) == []
    rows = db.session.scalars(select(PassKey)).all()
    assert {(row.private_key, row.destroyed_at) for row in rows} == {(None, ANSWERING)}
    assert {PublicKey.from_spki(row.public_key).size for row in rows} == {256}
    assert held(quarter) == (0, 1)
    assert create_keys(quarter, at=READING) is False


def test_the_public_keys_are_for_everybody_the_same(pages, quarter):
    visitor = pages.app.test_client(use_cookies=False)
    answer = visitor.get("/passes/2026-q2/keys")
    ask, *votes = [key.public.jwk["n"] for key in published_keys("2026-q2")]
    assert answer.json == {
        "issuer": "localhost:8000",
        "keys": [
            {"purpose": "ask", "slot": 0, "n": ask},
            *({"purpose": "vote", "slot": slot, "n": n} for slot, n in enumerate(votes, start=1)),
        ],
        "slots": 4,
    }
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert "cookie" not in answer.headers.get("Vary", "").lower()


def test_whoever_shows_a_cookie_gets_no_keys(pages, quarter):
    for name in ("session", "narrative", "anything"):
        answer = pages.app.test_client(use_cookies=False).get(
            "/passes/2026-q2/keys", headers={"Cookie": f"{name}=1"}
        )
        assert answer.status_code == 400
        assert key_text(quarter) not in answer.get_data(as_text=True)


def key_text(quarter: Quarter) -> str:
    return published_keys(quarter.name)[0].public.jwk["n"]


@pytest.mark.parametrize("name", ["2026-q3", "2026-q9", "%00", "x" * 500])
def test_unknown_quarters_have_no_keys(pages, quarter, name):
    assert pages.app.test_client(use_cookies=False).get(f"/passes/{name}/keys").status_code == 404


def test_a_page_offers_the_same_keys(quarter):
    offer = pass_offer(quarter, at=READING)
    assert offer is not None
    names = [
        f"{key.purpose}/{key.slot}/{to_base64url(hashlib.sha256(key.public.spki).digest())}"
        for key in published_keys(quarter.name)
    ]
    fingerprint = to_base64url(hashlib.sha256("\n".join(names).encode()).digest())
    assert offer == Offer("2026-q2", "localhost:8000", count=3, slots=4, rounds=1, fingerprint=fingerprint)
    create_next_round(quarter, at=ASKING)
    further = pass_offer(quarter, at=ASKING)
    assert (further.slots, further.rounds) == (4, 2)
    assert further.fingerprint != fingerprint
    assert pass_offer(quarter, at=ANSWERING) is None
    close(quarter)
    assert pass_offer(quarter, at=READING) is None


def test_an_offer_costs_one_query_while_nothing_changes(quarter):
    pass_offer(quarter, at=READING)
    made = []
    listener = lambda *arguments: made.append(arguments[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    pass_offer(quarter, at=READING)
    event.remove(db.engine, "before_cursor_execute", listener)
    assert [one for one in made if "pass_keys" in one] == []


def test_a_page_kept_for_everybody_names_each_reader(pages, quarter):
    page = """{% from "components/pass_holder.html" import pass_holder %}{{ pass_holder(quarter) }}"""
    built = []

    @access("employee")
    def show():
        return kept_page("shared", lambda: built.append(1) or render_template_string(page, quarter=quarter))

    pages.app.add_url_rule("/shared", view_func=show)
    readers = [make_person() for _ in range(3)]
    shown = [
        pages.another().sign_in(reader).client.get("/shared").get_data(as_text=True) for reader in readers
    ]
    attributes = [dict(re.findall(r'data-(\w+)="([^"]*)"', one)) for one in shown]
    assert [one["person"] for one in attributes] == [str(reader.id) for reader in readers]
    assert len({one["csrf"] for one in attributes}) == 3
    names = ("issuer", "quarter", "count", "slots", "rounds", "fingerprint")
    [offer] = {tuple(one[name] for name in names) for one in attributes}
    expected = pass_offer(quarter, at=READING)
    assert offer == (expected.issuer, expected.quarter, "3", "4", "1", expected.fingerprint)
    assert len(built) == 1


# Issuing


def test_a_reader_gets_passes_that_are_good(pages, quarter):
    tokens = fetch_passes(pages.sign_in(make_person()), quarter)
    marks = {redeem.verify(token, quarter_name="2026-q2", purpose="ask") for token in tokens}
    assert marks == {spent_mark(token[2:34], quarter="2026-q2", purpose="ask") for token in tokens}
    assert len(marks) == 3
    assert held(quarter) == (1, 1)


@pytest.mark.parametrize("role", ["employee", "leader", "organiser"])
def test_everybody_gets_passes(pages, quarter, role):
    assert len(fetch_passes(pages.sign_in(make_person(role)), quarter)) == 3


def test_the_same_request_is_answered_again(pages, quarter):
    pages.sign_in(make_person())
    holder = holder_for(quarter)
    first = request_passes(pages, quarter, holder.request)
    again = request_passes(pages, quarter, holder.request)
    assert first.json == again.json
    assert held(quarter) == (1, 1)


@pytest.mark.parametrize("change", ["other", "reordered"])
def test_a_different_request_is_refused(pages, quarter, change):
    pages.sign_in(make_person())
    holder = holder_for(quarter)
    assert request_passes(pages, quarter, holder.request).status_code == 200
    other = {"other": holder_for(quarter).request, "reordered": {"blinded": holder.request["blinded"][::-1]}}
    answer = request_passes(pages, quarter, other[change])
    assert answer.status_code == 409
    assert "another browser" in answer.json["error"]
    assert "signatures" not in answer.json
    assert held(quarter) == (1, 1)


def test_two_people_may_even_send_the_same_request(pages, quarter):
    """Nothing compares the requests of two people."""
    holder = holder_for(quarter)
    one = request_passes(pages.sign_in(make_person()), quarter, holder.request)
    other = request_passes(pages.another().sign_in(make_person()), quarter, holder.request)
    assert one.json == other.json
    assert held(quarter) == (2, 2)


GOOD = (2).to_bytes(256, "big")


@pytest.mark.parametrize(
    "sent",
    [
        [],
        7,
        "text",
        {},
        {"blinded": None},
        {"blinded": "text"},
        {"blinded": {}},
        {"blinded": []},
        {"blinded": [to_base64url(GOOD)] * 6},
        {"blinded": [to_base64url(GOOD)] * 8},
        {"blinded": [to_base64url(GOOD)] * 6 + [7]},
        {"blinded": [to_base64url(GOOD)] * 6 + [None]},
        {"blinded": [to_base64url(GOOD)] * 6 + ["ä" * 342]},
        {"blinded": [to_base64url(GOOD)] * 6 + ["*" * 342]},
        {"blinded": [to_base64url(GOOD)] * 6 + ["a"]},
        {"blinded": [to_base64url(GOOD)] * 6 + [to_base64url(GOOD[1:])]},
        {"blinded": [to_base64url(GOOD)] * 6 + [to_base64url(b"\0" + GOOD)]},
        {"blinded": [to_base64url(GOOD)] * 6 + [to_base64url(bytes(256))]},
        {"blinded": [to_base64url(GOOD)] * 6 + [to_base64url(b"\xff" * 256)]},
        {"blinded": [to_base64url(b"\xff" * 256)] + [to_base64url(GOOD)] * 6},
        {"round": 2, "blinded": [to_base64url(GOOD)] * 4},
        {"round": 2, "blinded": []},
        {"round": 0, "blinded": [to_base64url(GOOD)] * 7},
        {"round": -1, "blinded": [to_base64url(GOOD)] * 7},
        {"round": 10**30, "blinded": [to_base64url(GOOD)] * 7},
        {"round": "1", "blinded": [to_base64url(GOOD)] * 7},
        {"round": True, "blinded": [to_base64url(GOOD)] * 7},
        {"round": 1.0, "blinded": [to_base64url(GOOD)] * 7},
        {"round": None, "blinded": [to_base64url(GOOD)] * 7},
    ],
    ids=repr,
)
def test_malformed_requests_are_refused_and_cost_nothing(pages, quarter, sent):
    pages.sign_in(make_person())
    answer = request_passes(pages, quarter, sent)
    assert answer.status_code == 422
    assert "Nothing was issued" in answer.json["error"]
    assert held(quarter) == (0, 0)
    assert len(fetch_passes(pages, quarter)) == 3


def test_a_request_that_is_no_json_is_refused(pages, quarter):
    pages.sign_in(make_person())
    headers = {"X-CSRFToken": pages.csrf_token(), "Content-Type": "application/json"}
    deep = b"[" * 400_000
    huge = b'{"round": ' + b"9" * 5000 + b', "blinded": []}'
    for body in (b"", b"{", b"\xff", b"null", deep, huge, b'{"round": NaN, "blinded": []}'):
        answer = pages.client.post("/passes/2026-q2/issuance", data=body, headers=headers)
        assert answer.status_code == 422
    assert held(quarter) == (0, 0)


def test_one_request_brings_a_pass_for_each_use(pages, quarter):
    made = fetch_round(pages.sign_in(make_person()), quarter)
    assert {use: len(tokens) for use, tokens in made.items()} == {
        ("ask", 0): 3,
        **{("vote", slot): 1 for slot in range(1, 5)},
    }
    marks = {
        redeem.verify(token, quarter_name="2026-q2", purpose=purpose, slot=slot)
        for (purpose, slot), tokens in made.items()
        for token in tokens
    }
    assert len(marks) == 7


def test_further_rounds_are_issued_once_each_and_count_nobody_twice(pages, quarter, clock):
    clock.move_to(ASKING)
    pages.sign_in(make_person())
    fetch_round(pages, quarter)
    assert create_next_round(quarter, at=ASKING)
    assert [key.slot for key in published_keys(quarter.name) if key.round == 2] == [5, 6, 7, 8]
    made = fetch_round(pages, quarter, number=2)
    assert set(made) == {("vote", slot) for slot in (5, 6, 7, 8)}
    again = request_passes(pages, quarter, holder_for(quarter, number=2).request)
    assert again.status_code == 409
    assert held(quarter) == (2, 1)


def test_how_many_slots_a_round_has_is_fixed_by_the_first(pages, quarter):
    settings = pages.app.extensions["narrative.settings"]
    pages.app.extensions["narrative.settings"] = replace(settings, vote_slots=9)
    create_next_round(quarter, at=ASKING)
    assert rounds_of(quarter) == Rounds(2, 4)
    other = make_quarter("2026-q3", published_at=MONDAY + timedelta(days=10))
    create_keys(other, at=READING)
    assert rounds_of(other) == Rounds(1, 9)


def test_each_round_of_keys_stands_in_the_ledger_before_anybody_gets_a_pass(quarter):
    create_next_round(quarter, at=ASKING)
    bodies = [json.loads(body) for body in db.session.scalars(select(LedgerLeaf.body).order_by("position"))]
    names = [key.name for key in published_keys(quarter.name)]
    assert [(body["kind"], body["round"], body["keys"]) for body in bodies] == [
        ("keys", 1, names[:5]),
        ("keys", 2, names[5:]),
    ]
    assert {body["issuer"] for body in bodies} == {"localhost:8000"}


def test_passes_need_a_session_and_its_token(pages, quarter):
    holder = holder_for(quarter)
    outsider = pages.client.post("/passes/2026-q2/issuance", json=holder.request)
    assert outsider.status_code in {302, 400}
    pages.sign_in(make_person())
    forged = pages.client.post("/passes/2026-q2/issuance", json=holder.request)
    assert forged.status_code == 400
    assert held(quarter) == (0, 0)


def test_passes_are_given_from_publication_until_questions_close(pages, quarter, clock):
    reader, request = make_person(), holder_for(quarter).request
    expected = {
        MONDAY + timedelta(days=9): 404,
        ASKING: 200,
        ANSWERING: 409,
        MONDAY + timedelta(days=60): 409,
    }
    for at, status in expected.items():
        clock.move_to(at)
        pages.sign_in(reader)
        assert request_passes(pages, quarter, request).status_code == status, at


def test_no_passes_for_a_quarter_that_is_not_there(pages, quarter):
    pages.sign_in(make_person())
    headers = {"X-CSRFToken": pages.csrf_token()}
    answer = pages.client.post("/passes/2031-q1/issuance", json={"blinded": []}, headers=headers)
    assert answer.status_code == 404


# Redeeming


@pytest.fixture
def token(pages: Pages, quarter: Quarter) -> bytes:
    return fetch_passes(pages.sign_in(make_person()), quarter)[0]


def verify(token: bytes, name: str = "2026-q2", purpose: str = "ask", slot: int = 0) -> bytes:
    return redeem.verify(token, quarter_name=name, purpose=purpose, slot=slot)


def test_redeeming_writes_nothing_and_can_be_repeated(token):
    assert verify(token) == verify(token)
    assert not db.session.new
    assert not db.session.dirty


def test_every_refusal_has_its_name(token, quarter):
    other = make_quarter("2026-q3", published_at=MONDAY + timedelta(days=10))
    create_keys(other, at=READING)
    flipped = bytes([*token[:-1], token[-1] ^ 1])
    other_key = token[:66] + published_keys("2026-q3")[0].public.key_id + token[98:]
    refusals = {
        redeem.MalformedToken: [(b"",), (token[:-1],), (token + b"\0",), (b"\0\1" + token[2:],)],
        redeem.OtherChallenge: [(token, "2026-q3"), (token, "2026-q2", "vote", 1)],
        redeem.OtherKey: [(other_key,)],
        redeem.InvalidSignature: [(flipped,), (token[:2] + bytes(32) + token[34:],)],
        redeem.NoKey: [(token, "2031-q1"), (token, "2026-q2", "vote", 5), (token, "2026-q2", "ask", 1)],
    }
    for refusal, attempts in refusals.items():
        for attempt in attempts:
            with pytest.raises(refusal):
                verify(*attempt)
    assert set(refusals) == set(redeem.REFUSALS)
    assert len(verify(token)) == 32


def test_a_pass_signed_by_another_quarters_key_is_refused(pages, quarter):
    other = make_quarter("2026-q3", published_at=MONDAY + timedelta(days=10))
    create_keys(other, at=READING)
    ask, *votes = holder_for(other).holders
    holder = RoundHolder([Holder(ask.key, "2026-q2", 3), *votes])
    answer = request_passes(pages.sign_in(make_person()), other, holder.request)
    [smuggled, *_] = holder.tokens([from_base64url(text) for text in answer.json["signatures"]])
    with pytest.raises(redeem.OtherKey):
        verify(smuggled)
    with pytest.raises(redeem.OtherChallenge):
        verify(smuggled, "2026-q3")


def test_passes_end_with_their_keys(token, quarter):
    assert len(verify(token)) == 32
    close(quarter)
    with pytest.raises(redeem.NoKey):
        verify(token)


def test_passes_outlive_a_change_of_address(pages, token):
    settings = pages.app.extensions["narrative.settings"]
    pages.app.extensions["narrative.settings"] = replace(settings, base_url="https://elsewhere.example")
    assert len(verify(token)) == 32
