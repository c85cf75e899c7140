"""Passes asked for twice in the same instant are given once. Real connections, both engines."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from narrative.database import db, locked, transaction
from narrative.ledger.actions import append
from narrative.ledger.models import LedgerLeaf
from narrative.ledger.rules.entries import Entry, reopened
from narrative.passes import keys
from narrative.passes.issue import AlreadyIssued, NotIssuing, issue
from narrative.passes.keys import create_keys, create_next_round, destroy_keys, published_keys
from narrative.passes.models import Issuance, PassKey
from narrative.passes.rsa_keys import PrivateKey
from narrative.people.models import Person
from narrative.quarters.models import Quarter
from tests.factories import MONDAY, make_person, make_quarter
from tests.pass_holder import holder_for

READING = MONDAY + timedelta(days=11)
ROUNDS = 5


def at_once(app: Flask, *works: Callable[[], object]) -> list[object]:
    """Run each work in a thread and a connection of its own, all at once; what each returned or raised."""
    barrier = threading.Barrier(len(works))
    results: list[object] = [None] * len(works)

    def run(number: int, work: Callable[[], object]) -> None:
        with app.app_context():
            try:
                barrier.wait(timeout=30)
                results[number] = work()
            except Exception as error:
                results[number] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def issuing(person_id: int, quarter_id: int, blinded: list[bytes]) -> Callable[[], list[bytes]]:
    def work() -> list[bytes]:
        person, quarter = db.session.get_one(Person, person_id), db.session.get_one(Quarter, quarter_id)
        return issue(person, quarter, blinded, at=READING)

    return work


def held(quarter: Quarter) -> tuple[int, int]:
    """How many issuances are noted, and how many the quarter counts."""
    db.session.rollback()
    noted = db.session.scalar(select(func.count()).where(Issuance.quarter_id == quarter.id)) or 0
    db.session.refresh(quarter)
    return noted, quarter.passes_held


@pytest.fixture
def quarter(app: Flask) -> Quarter:
    made = make_quarter(published_at=MONDAY + timedelta(days=10))
    create_keys(made, at=READING)
    return made


def test_two_different_requests_of_one_person_at_once(app: Flask, quarter: Quarter) -> None:
    for turn in range(ROUNDS):
        person = make_person()
        works = [issuing(person.id, quarter.id, holder_for(quarter).blinded) for _ in range(2)]
        results = at_once(app, *works)
        assert sorted(type(result).__name__ for result in results) == ["AlreadyIssued", "list"]
        assert held(quarter) == (turn + 1, turn + 1)


def test_the_same_request_twice_at_once(app: Flask, quarter: Quarter) -> None:
    person, holder = make_person(), holder_for(quarter)
    first, second = at_once(app, *[issuing(person.id, quarter.id, holder.blinded)] * 2)
    assert isinstance(first, list)
    assert first == second
    assert len(holder.tokens(first)) == 3
    assert held(quarter) == (1, 1)


def test_many_people_at_once_are_all_counted(app: Flask, quarter: Quarter) -> None:
    works = [issuing(make_person().id, quarter.id, holder_for(quarter).blinded) for _ in range(8)]
    assert all(isinstance(result, list) for result in at_once(app, *works))
    assert held(quarter) == (8, 8)


def test_keys_made_by_many_at_once_are_made_once(app: Flask) -> None:
    """Whoever finds somebody of the same process at it goes on without."""
    quarter = make_quarter(published_at=MONDAY + timedelta(days=10))
    quarter_id = quarter.id

    def making() -> bool:
        return create_keys(db.session.get_one(Quarter, quarter_id), at=READING)

    assert sorted(at_once(app, *[making] * 4), key=str) == [False, False, False, True]
    assert db.session.scalar(select(func.count()).select_from(PassKey)) == 5
    assert len(published_keys("2026-q2")) == 5


class Unlocked:
    """A lock that everybody gets, as if each were in a process of its own."""

    def acquire(self, *, blocking: bool) -> bool:
        return True

    def release(self) -> None:
        pass


@pytest.mark.parametrize("further", [False, True], ids=["first", "next"])
def test_a_round_made_by_several_processes_at_once_is_made_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch, further: bool
) -> None:
    """Processes share no lock: each has made its keys before it can know of the others."""
    quarter = make_quarter(published_at=MONDAY + timedelta(days=10))
    quarter_id, make = quarter.id, create_keys
    if further:
        create_keys(quarter, at=READING)
        make = create_next_round
    together, take = threading.Barrier(3), keys._made_keys

    def made_together(count: int) -> list[PrivateKey]:
        together.wait(timeout=30)
        return take(count)

    monkeypatch.setattr(keys, "_making", Unlocked())
    monkeypatch.setattr(keys, "_made_keys", made_together)
    results = at_once(app, *[lambda: make(db.session.get_one(Quarter, quarter_id), at=READING)] * 3)
    assert sorted(results, key=str) == [False, False, True]
    assert db.session.scalar(select(func.count()).select_from(PassKey)) == (9 if further else 5)
    entries = db.session.scalar(select(func.count()).where(LedgerLeaf.kind == "keys"))
    assert entries == (2 if further else 1)


def test_a_round_is_made_while_somebody_writes_into_the_ledger(
    app: Flask, quarter: Quarter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither holds what the other waits for: an entry names the quarter, whose row the round has locked."""
    locked_the_quarter, written = threading.Event(), threading.Event()
    quarter_id = quarter.id
    db.session.rollback()

    def append_late(session: Session, *entries: Entry) -> list[int]:
        locked_the_quarter.set()
        written.wait(1)
        return append(session, *entries)

    def make() -> bool:
        return create_next_round(db.session.get_one(Quarter, quarter_id), at=READING)

    def write() -> int:
        locked_the_quarter.wait(60)
        with transaction() as session:
            positions = append(session, reopened(quarter="2026-q2", id="0" * 32, day=READING.date()))
        written.set()
        return len(positions)

    monkeypatch.setattr(keys, "append", append_late)
    assert at_once(app, make, write) == [True, 1]


def test_issuing_while_the_quarter_closes_leaves_nothing_behind(app: Flask, quarter: Quarter) -> None:
    def closing() -> str:
        with transaction() as session:
            found = locked(session, Quarter, quarter.id)
            found.closed_at = READING
            destroy_keys(session, found, at=READING)
        return "closed"

    works = [issuing(make_person().id, quarter.id, holder_for(quarter).blinded) for _ in range(4)]
    *results, closed = at_once(app, *works, closing)
    assert closed == "closed"
    assert all(isinstance(result, list | NotIssuing) for result in results)
    assert held(quarter)[0] == 0


def test_after_closing_a_lost_answer_stays_lost(app: Flask, quarter: Quarter) -> None:
    person, holder = make_person(), holder_for(quarter)
    assert len(issue(person, quarter, holder.blinded, at=READING)) == 7
    with pytest.raises(AlreadyIssued):
        issue(person, quarter, holder_for(quarter).blinded, at=READING)
    with transaction() as session:
        destroy_keys(session, quarter, at=READING)
    with pytest.raises(NotIssuing):
        issue(person, quarter, holder.blinded, at=READING)
