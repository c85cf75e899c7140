"""Votes through their address: one a person and question, given and taken back, counted at ticks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from narrative.database import db
from narrative.passes.keys import create_next_round
from narrative.passes.store import anonymous_reading, anonymous_store
from narrative.passes.store_tables import votes
from narrative.quarters.models import Quarter
from narrative.questions.models import Question
from narrative.questions.releasing import close_if_due, tick_if_due
from tests.anonymity.test_passes import everything_kept
from tests.asking import ASKING, CLOSES, FIRST_TICK, ask, body, make_passes, open_quarter, send
from tests.factories import make_person, make_question
from tests.pages import Pages
from tests.pass_holder import fetch_round, to_base64url

SECOND_TICK = FIRST_TICK + timedelta(days=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(ASKING, tick=False) as travelling:
        yield travelling


@pytest.fixture
def quarter(app: Flask) -> Quarter:
    """A quarter with three questions that were released at the first tick, in slots 1 to 3."""
    made = open_quarter()
    ask(app, made, "Why?", "How?", "When?")
    assert tick_if_due(made, FIRST_TICK) == 3
    return made


def vote(app: Flask, token: bytes, slot: int = 1, wanted: Any = True, **options: Any) -> TestResponse:
    client = app.test_client(use_cookies=False)
    sent = {"token": to_base64url(token), "vote": wanted}
    return client.post(f"/votes/2026-q2/{slot}", json=sent, **options)


def vote_passes(quarter: Quarter, count: int, slot: int = 1) -> list[bytes]:
    return make_passes(quarter, count, purpose="vote", slot=slot)


def standing() -> list[int]:
    """The slots of the votes that stand."""
    with anonymous_reading() as connection:
        return sorted(connection.scalars(select(votes.c.slot)))


def counted() -> dict[int | None, int]:
    """The votes that are kept beside each question, by slot."""
    db.session.rollback()
    return {row[0]: row[1] for row in db.session.execute(select(Question.slot, Question.votes))}


def test_each_released_question_takes_the_next_slot_in_no_order(app, quarter):
    slots = dict(db.session.execute(select(Question.text, Question.slot)).all())
    assert sorted(slots.values()) == [1, 2, 3]
    assert set(slots) == {"Why?", "How?", "When?"}
    ask(app, quarter, "Where?", "Who?", "What?")
    tick_if_due(quarter, SECOND_TICK)
    assert sorted(counted()) == [1, 2, 3, 4, 5, 6]


def test_a_vote_is_counted_at_the_next_tick_and_not_before(app, quarter):
    for slot, number in ((1, 3), (3, 1)):
        for token in vote_passes(quarter, number, slot):
            answer = vote(app, token, slot)
            assert answer.status_code == 202
            assert answer.json == {"received": True, "counted_after": FIRST_TICK.isoformat()}
    assert counted() == {1: 0, 2: 0, 3: 0}
    tick_if_due(quarter, SECOND_TICK)
    assert counted() == {1: 3, 2: 0, 3: 1}


def test_giving_and_taking_back_may_be_repeated_and_the_last_counts(app, quarter):
    [token] = vote_passes(quarter, 1)
    for wanted in (True, True, False, False, True, False):
        assert vote(app, token, wanted=wanted).status_code == 202
        assert standing() == ([1] if wanted else [])
    tick_if_due(quarter, SECOND_TICK)
    assert counted()[1] == 0
    vote(app, token)
    tick_if_due(quarter, SECOND_TICK + timedelta(days=1))
    assert counted()[1] == 1
    vote(app, token, wanted=False)
    tick_if_due(quarter, SECOND_TICK + timedelta(days=2))
    assert counted()[1] == 0


def test_a_person_has_one_vote_a_question_whatever_they_try(app, quarter):
    made = fetch_round(Pages(app).sign_in(make_person()), quarter)
    own = {slot: tokens[0] for (purpose, slot), tokens in made.items() if purpose == "vote"}
    for slot in (1, 2, 3):
        for token in own.values():
            for _again in range(2):
                vote(app, token, slot)
        for token in made["ask", 0]:
            assert vote(app, token, slot).status_code == 400
    assert standing() == [1, 2, 3]


def test_a_pass_to_vote_asks_no_question(app, quarter):
    [token] = vote_passes(quarter, 1)
    assert send(app, body(token)).status_code == 400


@pytest.mark.parametrize("slot", ["4", "5", "9999", "0", "-1", "x", "1.0", "99999999999999999999", "%00"])
def test_what_has_no_question_takes_no_vote(app, quarter, slot):
    [token] = vote_passes(quarter, 1, slot=4)
    assert vote(app, token, slot).status_code == 404
    assert standing() == []


def test_a_refused_pass_says_nothing_of_why(app, quarter):
    other = open_quarter("2026-q3")
    [good] = vote_passes(quarter, 1)
    wrong = [
        b"",
        good[:-1],
        bytes([*good[:-1], good[-1] ^ 1]),
        good[:2] + bytes(32) + good[34:],
        vote_passes(quarter, 1, slot=2)[0],
        make_passes(quarter, 1)[0],
        make_passes(other, 1, purpose="vote", slot=1)[0],
    ]
    answers = [vote(app, token) for token in wrong]
    assert {answer.status_code for answer in answers} == {400}
    assert len({answer.get_data() for answer in answers}) == 1
    assert standing() == []


@pytest.mark.parametrize(
    "sent",
    [
        *(None, [], {}, {"token": "x"}, {"vote": True}, {"token": "x", "vote": True, "more": 1}),
        *({"token": 7, "vote": True}, {"token": None, "vote": True}, {"token": "ä", "vote": True}),
    ],
    ids=repr,
)
def test_other_bodies_are_refused(app, quarter, sent):
    client = app.test_client(use_cookies=False)
    assert client.post("/votes/2026-q2/1", json=sent).status_code == 400


@pytest.mark.parametrize("wanted", [1, 0, "true", None, [], 1.0])
def test_a_vote_is_true_or_false(app, quarter, wanted):
    [token] = vote_passes(quarter, 1)
    assert vote(app, token, wanted=wanted).status_code == 400
    assert standing() == []


def test_a_body_that_is_no_json_or_too_large_is_refused(app, quarter):
    client = app.test_client(use_cookies=False)
    assert client.post("/votes/2026-q2/1", data="vote=1").status_code == 400
    huge = {"token": "A" * 40_000, "vote": True}
    assert client.post("/votes/2026-q2/1", json=huge).status_code == 413


def test_a_request_with_a_cookie_is_refused(app, quarter):
    [token] = vote_passes(quarter, 1)
    signed_in = Pages(app).sign_in(make_person()).client
    sent = {"token": to_base64url(token), "vote": True}
    assert signed_in.post("/votes/2026-q2/1", json=sent).status_code == 400
    for name in ("session", "narrative", "anything"):
        assert vote(app, token, headers={"Cookie": f"{name}=1"}).status_code == 400
    assert standing() == []
    answer = vote(app, token)
    assert answer.status_code == 202
    assert "Set-Cookie" not in answer.headers


def test_voting_writes_nothing_into_the_main_database(app, quarter):
    [token] = vote_passes(quarter, 1)
    vote(app, token)  # the connections are made
    before = everything_kept(app)
    statements: list[str] = []
    listener = lambda *arguments: statements.append(arguments[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    vote(app, token, wanted=False)
    vote(app, token)
    event.remove(db.engine, "before_cursor_execute", listener)
    assert statements
    assert {statement.split()[0] for statement in statements} <= {"SELECT", "BEGIN"}
    if db.engine.dialect.name == "postgresql":
        assert everything_kept(app) == before


def test_a_vote_is_checked_with_one_key_of_all(app, quarter):
    for _round in range(2):
        create_next_round(quarter, at=ASKING)
    [token] = vote_passes(quarter, 1)
    rows: list[int] = []

    def note(_connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        if "pass_keys" in statement:
            rows.append(statement.count("pass_keys.slot ="))

    event.listen(db.engine, "after_cursor_execute", note)
    assert vote(app, token).status_code == 202
    event.remove(db.engine, "after_cursor_execute", note)
    assert rows == [1]


def test_votes_end_with_the_questions_and_say_until_when(app, quarter, clock):
    given, late = vote_passes(quarter, 2)
    vote(app, given)
    clock.move_to(CLOSES)
    answer = vote(app, late)
    assert (answer.status_code, answer.json["reason"]) == (409, "not open")
    assert "Your vote stands as it was" in answer.json["error"]
    assert vote(app, given, wanted=False).status_code == 409
    tick_if_due(quarter, CLOSES)
    assert counted()[1] == 1
    close_if_due(quarter, CLOSES + timedelta(hours=1))
    assert counted()[1] == 1
    assert standing() == []
    # With the key gone no pass is any good.
    assert vote(app, given).status_code == 400


def test_a_vote_on_the_stroke_of_closing_counts(app, quarter, clock):
    [token] = vote_passes(quarter, 1)
    tick_if_due(quarter, CLOSES)
    clock.move_to(CLOSES - timedelta(seconds=1))
    assert vote(app, token).status_code == 202
    close_if_due(quarter, CLOSES + timedelta(hours=1))
    assert counted()[1] == 1


def test_closing_deletes_the_votes_of_its_quarter_only(app, quarter):
    other = open_quarter("2026-q3")
    make_question(other, slot=1)
    vote(app, vote_passes(quarter, 1)[0])
    client = app.test_client(use_cookies=False)
    [token] = make_passes(other, 1, purpose="vote", slot=1)
    sent = {"token": to_base64url(token), "vote": True}
    assert client.post("/votes/2026-q3/1", json=sent).status_code == 202
    assert standing() == [1, 1]
    close_if_due(quarter, CLOSES + timedelta(hours=1))
    assert standing() == [1]


def test_a_full_disk_is_said_and_the_pass_is_kept(app, quarter, settings):
    """A limit on the pages of the file ends writing as a full disk does."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("the store is a file on either engine; once is enough")
    store = anonymous_store()
    size = 4096 * 8

    def narrow(connection: Any, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    event.listen(store.engine, "connect", narrow)
    answers = [vote(app, token) for token in vote_passes(quarter, size // 100)]
    event.remove(store.engine, "connect", narrow)
    taken = sum(answer.status_code == 202 for answer in answers)
    full = next(answer for answer in answers if answer.status_code != 202)
    assert full.status_code == 503
    assert "disk is full" in full.json["error"]
    assert "still good" in full.json["error"]
    assert len(standing()) == taken
    refused = answers.index(full)
    assert vote(app, vote_passes(quarter, 1)[0]).status_code == 202
    assert len(standing()) == taken + 1
    assert 0 < refused < len(answers)


def test_quarters_of_before_there_were_votes_go_on_without(app, clock):
    settings = app.extensions["narrative.settings"]
    app.extensions["narrative.settings"] = replace(settings, vote_slots=0)
    old = open_quarter("2026-q3")
    ask(app, old, "Why?", "How?", "When?")
    assert tick_if_due(old, FIRST_TICK) == 3
    assert counted() == {None: 0}
