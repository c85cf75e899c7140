"""What is due is done by the next request, once; never by an anonymous one; and a failure breaks no page."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, text

from narrative.data_version import current_number
from narrative.database import db
from narrative.due import Watch, look, run_due
from narrative.narratives.models import Publication
from narrative.passes.models import PassKey
from narrative.passes.store import anonymous_store
from narrative.people.models import Person
from narrative.quarters.actions import move
from narrative.quarters.models import Quarter
from narrative.questions.models import Question
from tests.asking import ASKING, CLOSES, FIRST_TICK, PUBLISHED, ask, body, make_passes, send, waiting_texts
from tests.factories import make_bucket, make_person, make_quarter
from tests.pages import Pages
from tests.writing import signed

DESTROYED = CLOSES + timedelta(hours=1)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(PUBLISHED - SECOND, tick=False) as travelling:
        yield travelling


@pytest.fixture
def quarter(app: Flask) -> Quarter:
    """A quarter whose only narrative is signed off."""
    made = make_quarter(passes_held=8)
    signed(made, make_bucket("Workshop"))
    return made


@pytest.fixture
def reader(pages: Pages) -> Pages:
    return pages.sign_in(make_person())


def done(quarter: Quarter) -> dict[str, Any]:
    """What was carried out so far."""
    db.session.rollback()
    db.session.expire_all()
    return {
        "published_at": quarter.published_at,
        "publications": db.session.scalar(select(func.count()).select_from(Publication)),
        "keys": db.session.scalar(select(func.count()).select_from(PassKey)),
        "ticked_at": quarter.ticked_at,
        "released": db.session.scalar(select(func.count()).select_from(Question)),
        "closed_at": quarter.closed_at,
    }


NOTHING = {
    "published_at": None,
    "publications": 0,
    "keys": 0,
    "ticked_at": None,
    "released": 0,
    "closed_at": None,
}
READ = {**NOTHING, "published_at": PUBLISHED, "publications": 1, "keys": 5}
# Three questions that wait leave one slot of four: too few, so another round of keys is made.
ASKED = {**READ, "keys": 9}


def test_the_first_request_after_the_instant_publishes_and_the_next_changes_nothing(
    quarter: Quarter, reader: Pages, clock: Any
) -> None:
    reader.get("/")
    assert done(quarter) == NOTHING
    clock.move_to(PUBLISHED)
    page = reader.get("/quarters/2026-q2")
    assert "Workshop" in page.text
    assert done(quarter) == READ
    clock.move_to(PUBLISHED + timedelta(hours=5))
    reader.get("/quarters/2026-q2")
    assert done(quarter) == READ


def test_a_stranger_at_the_door_is_enough(quarter: Quarter, pages: Pages, clock: Any) -> None:
    clock.move_to(PUBLISHED)
    pages.get("/sign-in")
    assert done(quarter) == READ


def test_a_tick_and_the_closing_come_with_the_next_request(
    app: Flask, quarter: Quarter, reader: Pages, clock: Any
) -> None:
    run_due(PUBLISHED)
    clock.move_to(ASKING)
    reader.get("/")
    ask(app, quarter, "Why?", "How?", "When?")
    clock.move_to(ASKING + SECOND)
    reader.get("/")
    assert done(quarter) == ASKED
    clock.move_to(FIRST_TICK)
    assert "Why?" in reader.get("/board/2026-q2").text
    ticked = {**ASKED, "ticked_at": FIRST_TICK, "released": 3}
    assert done(quarter) == ticked
    clock.move_to(DESTROYED - SECOND)
    reader.get("/")
    assert done(quarter) == {**ticked, "ticked_at": CLOSES}
    clock.move_to(DESTROYED + timedelta(hours=2))
    reader.get("/")
    assert done(quarter) == {**ticked, "ticked_at": CLOSES, "closed_at": DESTROYED}
    clock.move_to(CLOSES + timedelta(days=2))
    reader.get("/")
    assert done(quarter)["ticked_at"] == CLOSES + timedelta(days=2)  # for what whoever asked adds


def test_after_a_month_without_visitors_everything_is_made_up_for(
    app: Flask, quarter: Quarter, reader: Pages, clock: Any
) -> None:
    clock.move_to(CLOSES + timedelta(days=30))
    reader.get("/")
    found = done(quarter)
    assert found["published_at"] is not None
    assert (found["closed_at"], found["ticked_at"]) == (DESTROYED, CLOSES + timedelta(days=30))


def test_no_anonymous_request_and_no_static_file_does_it(app: Flask, quarter: Quarter, clock: Any) -> None:
    run_due(PUBLISHED)
    clock.move_to(ASKING)
    ask(app, quarter, "Why?", "How?", "When?")
    sent = body(make_passes(quarter)[0])
    clock.move_to(FIRST_TICK + SECOND)
    client = app.test_client(use_cookies=False)
    assert client.get("/passes/2026-q2/keys").status_code == 200
    assert client.get(f"/static/{app.extensions['narrative.assets'][0]}/css/layout.css").status_code == 200
    assert client.get("/nowhere").status_code == 404
    assert send(app, sent).status_code == 202
    assert done(quarter) == READ
    assert len(waiting_texts()) == 4
    client.get("/sign-in")  # the control: any other request does it
    assert done(quarter)["released"] == 4


def test_of_many_at_once_one_does_it(app: Flask, quarter: Quarter, clock: Any) -> None:
    run_due(PUBLISHED)
    clock.move_to(ASKING)
    ask(app, quarter, "Why?", "How?", "When?")
    clock.move_to(FIRST_TICK)
    said: list[str] = []
    barrier = threading.Barrier(6)

    def work() -> None:
        with app.app_context():
            barrier.wait(timeout=30)
            said.extend(run_due(FIRST_TICK))
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(said) == [
        "Q2 2026: a tick released 3 questions.",
        "Q2 2026: another round of keys was made.",
    ]
    assert done(quarter)["released"] == 3


def test_what_was_done_is_said_in_its_order(app: Flask, quarter: Quarter) -> None:
    assert run_due(PUBLISHED - SECOND) == []
    assert run_due(PUBLISHED) == ["Q2 2026 was published.", "Q2 2026: the keys of its passes were made."]
    assert run_due(PUBLISHED) == []
    with time_machine.travel(ASKING, tick=False):
        ask(app, quarter, "Why?")
    assert run_due(DESTROYED) == [
        "Q2 2026: a tick released 1 question.",
        "Q2 2026 was closed to questions; its keys and passes are destroyed.",
    ]
    assert run_due(DESTROYED) == []


def test_a_quarter_that_lacks_a_sign_off_waits_for_an_organiser(
    quarter: Quarter, reader: Pages, clock: Any
) -> None:
    make_bucket("Rounds")
    clock.move_to(PUBLISHED + timedelta(days=1))
    reader.get("/")
    assert done(quarter) == NOTHING


def test_a_failing_store_breaks_no_page_and_what_is_due_is_done_once_it_is_back(
    app: Flask, quarter: Quarter, reader: Pages, clock: Any, caplog: pytest.LogCaptureFixture
) -> None:
    run_due(PUBLISHED)
    clock.move_to(ASKING)
    ask(app, quarter, "Why?", "How?", "When?")
    with anonymous_store().transaction() as connection:
        connection.exec_driver_sql("ALTER TABLE pending_questions RENAME TO elsewhere")
    clock.move_to(FIRST_TICK)
    reader.get("/board/2026-q2")
    assert "what is due could not be done: OperationalError" in caplog.text
    assert done(quarter) == READ
    with anonymous_store().transaction() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO pending_questions")
    clock.move_to(FIRST_TICK + SECOND)
    reader.get("/board/2026-q2")
    assert done(quarter) == {**ASKED, "ticked_at": FIRST_TICK, "released": 3}


def test_a_failure_of_any_kind_breaks_no_page(
    app: Flask, quarter: Quarter, reader: Pages, clock: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """A store that a newer version has touched: not one of the database's own errors."""
    run_due(PUBLISHED)
    anonymous_store().prepare()
    with anonymous_store().transaction() as connection:
        connection.exec_driver_sql("PRAGMA user_version = 99")
    app.extensions.pop("narrative.anonymous")
    clock.move_to(FIRST_TICK)
    reader.get("/board/2026-q2")
    assert "what is due could not be done: NewerStore" in caplog.text
    assert done(quarter) == READ


def test_a_failure_is_logged_without_the_question_that_caused_it(
    app: Flask, quarter: Quarter, reader: Pages, clock: Any, caplog: pytest.LogCaptureFixture
) -> None:
    run_due(PUBLISHED)
    clock.move_to(ASKING)
    ask(app, quarter, "canary-one", "canary-two", "canary-three")
    db.session.execute(text("ALTER TABLE questions RENAME COLUMN mark TO elsewhere"))
    db.session.commit()
    clock.move_to(FIRST_TICK)
    reader.get("/sign-in")
    db.session.rollback()
    db.session.execute(text("ALTER TABLE questions RENAME COLUMN elsewhere TO mark"))
    db.session.commit()
    assert "what is due could not be done: " in caplog.text
    assert "canary" not in caplog.text
    clock.move_to(FIRST_TICK + SECOND)
    reader.get("/sign-in")
    assert done(quarter)["released"] == 3


def test_one_look_a_second_is_enough_and_a_clock_set_back_stops_nothing() -> None:
    watch, at = Watch(), datetime.fromisoformat("2026-07-09T09:00:00+00:00")
    hours = timedelta(hours=3)
    asked = [at, at, at + SECOND / 2, at + SECOND, at + SECOND, at - hours, at - hours, at - hours + SECOND]
    answers = [watch.is_time(one, number=7) for one in asked]
    assert answers == [True, False, False, True, False, True, False, True]


def test_a_change_is_looked_at_within_the_same_second() -> None:
    """A date may have been moved to just now."""
    watch, at = Watch(), datetime.fromisoformat("2026-07-09T09:00:00+00:00")
    answers = [watch.is_time(at, number=number) for number in (7, 7, 8, 8)]
    assert answers == [True, False, True, False]


def test_a_date_that_was_moved_to_now_counts_with_the_very_next_request(
    quarter: Quarter, reader: Pages, clock: Any
) -> None:
    reader.get("/quarters")
    at = PUBLISHED - SECOND  # the clock stands still
    earlier = replace(quarter.timetable, publishes_at=at)
    move(quarter, timetable=earlier, tick_minutes=1440, note="Now.", by=make_person("organiser"), at=at)
    reader.get("/quarters")
    assert done(quarter)["published_at"] == at


def test_of_threads_that_ask_in_the_same_second_one_looks() -> None:
    watch, at = Watch(), datetime.fromisoformat("2026-07-09T09:00:00+00:00")
    barrier, answers = threading.Barrier(8), []

    def work() -> None:
        barrier.wait(timeout=30)
        answers.append(watch.is_time(at, number=7))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False] * 7 + [True]


def test_who_comes_while_somebody_looks_waits_for_the_outcome(quarter: Quarter, app: Flask) -> None:
    """Otherwise a page would show what was before, though its reader knows of the change."""
    watch, numbers = Watch(), list[int]()
    before = current_number()

    def come() -> None:
        with app.app_context():
            numbers.append(look(watch, PUBLISHED, before))
            db.session.remove()

    watch.looking.acquire()
    comer = threading.Thread(target=come)
    comer.start()
    comer.join(timeout=0.2)
    assert numbers == []
    assert run_due(PUBLISHED) != []
    assert watch.is_time(PUBLISHED, before)
    watch.looking.release()
    comer.join(timeout=30)
    assert numbers == [current_number()]
    assert numbers[0] > before


def test_nobody_is_needed_to_be_signed_in_as(quarter: Quarter, app: Flask) -> None:
    """What is done when it is due is nobody's act."""
    run_due(PUBLISHED)
    assert db.session.scalars(select(Publication.published_by_id)).all() == [None]
    assert db.session.scalar(select(func.count()).select_from(Person)) == 1
