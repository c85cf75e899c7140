"""Ticks and closing: all that came in is shown, once, whoever comes and wherever a run is cut short."""

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from narrative.clock import now
from narrative.config import Settings
from narrative.database import db
from narrative.passes.keys import private_keys, published_keys
from narrative.passes.models import Issuance
from narrative.passes.store import anonymous_reading, anonymous_store, anonymous_transaction
from narrative.passes.store_tables import pending_questions
from narrative.quarters.models import Quarter
from narrative.questions import queries, releasing
from narrative.questions.models import Question
from narrative.questions.releasing import close_if_due, tick_if_due
from tests.asking import (
    ASKING,
    CLOSES,
    FIRST_TICK,
    OPENS,
    ask,
    body,
    make_passes,
    open_quarter,
    send,
    spent_count,
    waiting_texts,
)
from tests.factories import make_bucket, make_person, make_quarter
from tests.pass_holder import to_base64url

CLOSED = CLOSES + timedelta(hours=1)
STORES = [("sqlite", "sqlite"), ("postgresql", "sqlite"), ("postgresql", "postgresql")]


@pytest.fixture(params=STORES, ids="-".join)
def engine_names(request: pytest.FixtureRequest) -> Any:
    """The engines of the main database and of the anonymous store."""
    return request.param


@pytest.fixture
def engine_name(engine_names: tuple[str, str]) -> str:
    return engine_names[0]


@pytest.fixture
def settings(settings: Settings, engine_names: tuple[str, str], request: pytest.FixtureRequest) -> Settings:
    if engine_names[1] == "sqlite":
        return settings
    return replace(settings, anonymous_url=request.getfixturevalue("anonymous_postgres_url"))


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(ASKING, tick=False) as travelling:
        yield travelling


@pytest.fixture
def quarter(app: Flask) -> Iterator[Quarter]:
    yield open_quarter()
    anonymous_store().migrate(0)
    anonymous_store().engine.dispose()


def shown_texts() -> list[str]:
    """The texts of the released questions, sorted."""
    db.session.rollback()
    return sorted(db.session.scalars(select(Question.text)))


def texts(number: int, start: int = 1) -> list[str]:
    return [f"Question {n:02}?" for n in range(start, start + number)]


def counted() -> dict[tuple[int, str], int]:
    """The questions as the database counts them, by bucket and state."""
    grouped = select(Question.bucket_id, Question.state, func.count()).group_by(
        Question.bucket_id, Question.state
    )
    return {(bucket or 0, state): number for bucket, state, number in db.session.execute(grouped)}


def test_two_wait_and_three_go(app, quarter):
    ask(app, quarter, *texts(2))
    assert tick_if_due(quarter, FIRST_TICK) == 0
    assert (shown_texts(), waiting_texts()) == ([], texts(2))
    assert quarter.ticked_at == FIRST_TICK
    ask(app, quarter, *texts(1, start=3))
    assert tick_if_due(quarter, FIRST_TICK) is None
    second = FIRST_TICK + timedelta(days=1)
    assert tick_if_due(quarter, second) == 3
    assert (shown_texts(), waiting_texts()) == (texts(3), [])
    assert db.session.scalars(select(Question.released_on)).all() == [second.date()] * 3
    assert not {"asked", "created", "received", "at"} & set(Question.__table__.columns.keys())


def test_every_question_that_came_in_is_shown_once(app, quarter, clock):
    sales = make_bucket("Sales")
    for day in range(7):
        clock.move_to(OPENS + timedelta(days=day, hours=3))
        ask(app, quarter, *texts(day, start=10 * day), bucket="sales" if day % 2 else None)
        tick_if_due(quarter, now())
    assert tick_if_due(quarter, CLOSES) is not None
    received = [text for day in range(7) for text in texts(day, start=10 * day)]
    assert shown_texts() == sorted(received)
    assert waiting_texts() == []
    assert queries.counts(quarter)["received"] == len(received) == 21
    assert queries.tallies(quarter) == counted() == {(sales.id, "waiting"): 9, (0, "waiting"): 12}


def test_what_is_public_has_new_ids_and_another_order(app, quarter):
    sent = ask(app, quarter, *texts(12))
    with anonymous_reading() as connection:
        keys = {bytes(key).hex() for key in connection.scalars(select(pending_questions.c.key))}
    waiting = [one.text for one in releasing._waiting_questions(quarter)]
    tick_if_due(quarter, FIRST_TICK)
    questions = db.session.scalars(select(Question)).all()
    assert {question.mark for question in questions} == {one["mark"] for one in sent}
    assert not keys & {question.id for question in questions}
    assert all(len(question.id) == 32 for question in questions)
    place = "rowid" if db.engine.dialect.name == "sqlite" else "ctid"
    stored = db.session.scalars(select(Question.text).order_by(db.text(place))).all()
    assert sorted(stored) == sorted(waiting) == texts(12)
    assert stored not in (texts(12), waiting)  # one in 12! would fail


def test_nothing_is_released_before_the_first_tick(app, quarter):
    ask(app, quarter, *texts(5))
    for at in (OPENS, ASKING, FIRST_TICK - timedelta(seconds=1)):
        assert tick_if_due(quarter, at) is None
    assert quarter.ticked_at is None
    assert shown_texts() == []


def test_a_quarter_that_is_not_published_has_no_ticks(app, quarter):
    unpublished = make_quarter("2026-q3")
    assert tick_if_due(unpublished, CLOSES) is None
    assert close_if_due(unpublished, CLOSED) is False


def test_ticks_that_nobody_carried_out_are_made_up_for_by_one(app, quarter):
    ask(app, quarter, *texts(3))
    late = FIRST_TICK + timedelta(days=3, hours=5)
    assert tick_if_due(quarter, late) == 3
    assert quarter.ticked_at == FIRST_TICK + timedelta(days=3)
    assert set(db.session.scalars(select(Question.released_on))) == {quarter.ticked_at.date()}


def test_the_day_is_that_of_the_companys_zone(app, quarter):
    app.config["COMPANY_ZONE"] = ZoneInfo("Pacific/Auckland")
    ask(app, quarter, *texts(3))
    tick = quarter.questions_open_at + timedelta(hours=4)
    quarter.tick_minutes = 240
    db.session.commit()
    assert tick_if_due(quarter, tick) == 3
    # 13:00 on the 23rd in UTC is 01:00 on the 24th in Auckland.
    assert set(db.session.scalars(select(Question.released_on))) == {date(2026, 7, 24)}


def test_other_quarters_wait_for_their_own_tick(app, quarter):
    other = open_quarter("2026-q3", tick_minutes=60)
    ask(app, quarter, *texts(3))
    ask(app, other, *texts(3, start=50))
    assert tick_if_due(other, OPENS + timedelta(hours=2)) == 3
    assert shown_texts() == texts(3, start=50)
    assert waiting_texts() == texts(3)


def test_a_bucket_that_was_archived_meanwhile_is_still_named(app, quarter):
    bucket = make_bucket("Sales")
    ask(app, quarter, *texts(3), bucket="sales")
    bucket.archived_at = ASKING
    db.session.commit()
    tick_if_due(quarter, FIRST_TICK)
    assert set(db.session.scalars(select(Question.bucket_id))) == {bucket.id}


# Exactly once


class PowerCut(Exception):
    """The process ends here."""


def cut(*_arguments: object, **_named: object) -> None:
    raise PowerCut


def test_a_crash_between_the_two_commits_releases_nothing_twice(app, quarter, monkeypatch):
    ask(app, quarter, *texts(3))
    with monkeypatch.context() as patch:
        patch.setattr(releasing, "_forget", cut)
        with pytest.raises(PowerCut):
            tick_if_due(quarter, FIRST_TICK)
    assert shown_texts() == waiting_texts() == texts(3)  # the first commit stands, the second never came
    db.session.rollback()
    assert tick_if_due(quarter, FIRST_TICK) is None
    # Those that were shown already do not help two new ones over the three.
    ask(app, quarter, *texts(2, start=4))
    assert tick_if_due(quarter, FIRST_TICK + timedelta(days=1)) == 0
    assert (shown_texts(), waiting_texts()) == (texts(3), texts(2, start=4))
    assert queries.counts(quarter) == {"received": 3, "waiting": 3}


def test_a_crash_before_the_first_commit_changes_nothing(app, quarter, monkeypatch):
    ask(app, quarter, *texts(3))
    with monkeypatch.context() as patch:
        patch.setattr(releasing, "count", cut)
        with pytest.raises(PowerCut):
            tick_if_due(quarter, FIRST_TICK)
    assert (shown_texts(), waiting_texts()) == ([], texts(3))
    assert tick_if_due(quarter, FIRST_TICK) == 3


def at_once(app: Flask, act: Any, runs: int = 2) -> list[Any]:
    """Run `act(quarter)` in threads that start together, each with its own session; return the results."""
    together, results = threading.Barrier(runs), []

    def run() -> None:
        with app.app_context():
            found = db.session.scalars(select(Quarter).where(Quarter.name == "2026-q2")).one()
            together.wait()
            results.append(act(found))
            db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(runs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_several_at_once_one_carries_out_the_tick(app, quarter):
    ask(app, quarter, *texts(7))
    db.session.rollback()
    results = at_once(app, lambda found: tick_if_due(found, FIRST_TICK), runs=4)
    assert Counter(results) == {None: 3, 7: 1}
    assert (shown_texts(), waiting_texts()) == (texts(7), [])
    assert queries.counts(quarter) == {"received": 7, "waiting": 7}


def test_of_two_with_clocks_that_differ_none_releases_twice(app, quarter):
    ask(app, quarter, *texts(7))
    db.session.rollback()
    clocks = iter([FIRST_TICK, FIRST_TICK + timedelta(days=1)])
    at_once(app, lambda found: tick_if_due(found, next(clocks)))
    assert (shown_texts(), waiting_texts()) == (texts(7), [])
    assert queries.counts(quarter) == {"received": 7, "waiting": 7}


def test_a_pass_that_is_spent_by_many_at_once_asks_once(app, quarter):
    [token] = make_passes(quarter)
    db.session.rollback()
    different = iter([body(token, f"Question {number}?") for number in range(4)])
    answers = at_once(app, lambda _found: send(app, next(different)).status_code, runs=4)
    assert Counter(answers) == {202: 1, 409: 3}
    assert len(waiting_texts()) == spent_count() == 1


def test_questions_that_come_in_during_a_tick_wait_or_go_but_stay(app, quarter):
    ask(app, quarter, *texts(3))
    sent = [body(token, text) for token, text in zip(make_passes(quarter, 6), texts(6, start=4), strict=True)]
    db.session.rollback()
    todo = iter([*sent, None])

    def ask_or_tick(found: Quarter) -> int | None:
        one = next(todo)
        return tick_if_due(found, FIRST_TICK) if one is None else send(app, one).status_code

    results = at_once(app, ask_or_tick, runs=7)
    assert results.count(202) == 6
    assert sorted(shown_texts() + waiting_texts()) == texts(9)
    tick_if_due(quarter, CLOSES)
    assert (shown_texts(), waiting_texts()) == (texts(9), [])


# Closing


def test_the_last_tick_releases_even_one(app, quarter):
    ask(app, quarter, *texts(1))
    assert tick_if_due(quarter, CLOSES) == 1
    assert (shown_texts(), waiting_texts()) == (texts(1), [])
    assert tick_if_due(quarter, CLOSED) is None


def test_keys_spent_passes_and_request_hashes_are_destroyed_an_hour_after_closing(app, quarter):
    other = open_quarter("2026-q3")
    for one in (quarter, other):
        db.session.add(Issuance(quarter_id=one.id, person_id=make_person().id, request_hash=bytes(32)))
        db.session.commit()
        ask(app, one, *texts(3))
    tick_if_due(quarter, CLOSES)
    assert close_if_due(quarter, CLOSED - timedelta(seconds=1)) is False
    assert published_keys(quarter.name) != []
    assert spent_count() == 6
    assert close_if_due(quarter, CLOSED + timedelta(days=4)) is True
    db.session.refresh(quarter)
    assert quarter.closed_at == CLOSED
    assert list(private_keys(quarter)) == []
    assert db.session.scalars(select(Issuance.quarter_id)).all() == [other.id]
    assert spent_count() == 3
    assert published_keys(other.name) != []
    assert close_if_due(quarter, CLOSED + timedelta(days=5)) is False


def test_what_came_in_on_the_stroke_of_closing_is_shown_too(app, quarter, clock):
    clock.move_to(CLOSES - timedelta(seconds=1))
    ask(app, quarter, *texts(1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(releasing, "_waiting_questions", lambda _quarter: [])
        assert tick_if_due(quarter, CLOSES) == 0
    assert close_if_due(quarter, CLOSED) is True
    assert (shown_texts(), waiting_texts()) == (texts(1), [])
    assert queries.counts(quarter) == {"received": 1, "waiting": 1}


@pytest.mark.parametrize("cut_at", ["_forget", "anonymous_transaction", "destroy_keys"])
def test_closing_that_was_cut_short_is_finished_by_the_next(app, quarter, monkeypatch, cut_at):
    ask(app, quarter, *texts(1))
    with monkeypatch.context() as patch:
        patch.setattr(releasing, cut_at, cut)
        with pytest.raises(PowerCut):
            close_if_due(quarter, CLOSED)
    db.session.rollback()
    assert quarter.closed_at is None
    assert close_if_due(quarter, CLOSED) is True
    assert (shown_texts(), waiting_texts(), spent_count()) == (texts(1), [], 0)
    assert list(private_keys(quarter)) == []


def vote_for_first(app: Flask, quarter: Quarter, number: int) -> None:
    """Give so many votes for the question in slot 1."""
    client = app.test_client(use_cookies=False)
    for token in make_passes(quarter, number, purpose="vote", slot=1):
        sent = {"token": to_base64url(token), "vote": True}
        assert client.post(f"/votes/{quarter.name}/1", json=sent).status_code == 202


def kept_votes() -> dict[int | None, int]:
    """The votes that are kept beside each question, by slot."""
    db.session.rollback()
    rows = db.session.execute(select(Question.slot, Question.votes))
    return {row.slot: row.votes for row in rows}


def test_closing_that_was_cut_short_after_deleting_the_votes_keeps_what_they_counted(
    app, quarter, monkeypatch
):
    ask(app, quarter, *texts(3))
    tick_if_due(quarter, FIRST_TICK)
    vote_for_first(app, quarter, 2)
    with monkeypatch.context() as patch:
        patch.setattr(releasing, "destroy_keys", cut)
        with pytest.raises(PowerCut):
            close_if_due(quarter, CLOSED)
    assert kept_votes() == {1: 2, 2: 0, 3: 0}
    assert close_if_due(quarter, CLOSED) is True
    assert kept_votes() == {1: 2, 2: 0, 3: 0}


def test_of_several_at_once_one_closes(app, quarter):
    ask(app, quarter, *texts(2))
    db.session.rollback()
    results = at_once(app, lambda found: close_if_due(found, CLOSED), runs=3)
    assert sorted(results) == [False, False, True]
    assert (shown_texts(), waiting_texts()) == (texts(2), [])
    assert queries.counts(quarter) == {"received": 2, "waiting": 2}


def test_rewriting_the_store_loses_nothing(app, quarter):
    ask(app, quarter, *texts(2))
    with anonymous_transaction(at_tick=True):
        pass
    assert waiting_texts() == texts(2)
