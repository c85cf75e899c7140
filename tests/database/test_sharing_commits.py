"""Writers of the anonymous store that come at once share a commit; none is told before it is on the disk."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select

from narrative.passes.scrubbing import Scrubber
from narrative.passes.store import AnonymousStore, StorageFull, insert_unless_there
from narrative.passes.store_engines import SQLITE_DISCIPLINE, SqliteDiscipline
from narrative.passes.store_groups import MOST, NotWritten
from narrative.passes.store_tables import votes
from tests.database.test_anonymous_store import MAIN

WRITERS = 24


@pytest.fixture
def store(tmp_path: Path) -> Iterator[AnonymousStore]:
    made = AnonymousStore(f"sqlite:///{tmp_path / 'anon.db'}", main_url=MAIN)
    made.prepare()
    yield made
    made.engine.dispose()


def mark(number: int) -> bytes:
    return number.to_bytes(32, "big")


def write(store: AnonymousStore, number: int) -> bool:
    with store.transaction() as connection:
        row = {"spent_mark": mark(number), "quarter": "2026-q2", "slot": 1}
        return insert_unless_there(connection, votes, **row)


def kept(store: AnonymousStore) -> int:
    with store.reading() as connection:
        return connection.execute(select(func.count()).select_from(votes)).scalar_one()


def at_once(work: Callable[[int], Any], count: int = WRITERS) -> list[Any]:
    """What each returned or raised."""
    together, results = threading.Barrier(count), [None] * count

    def run(number: int) -> None:
        together.wait(timeout=30)
        try:
            results[number] = work(number)
        except Exception as problem:
            results[number] = problem

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive()
    return results


def give_and_take_back(url: str, first: int) -> None:
    """In a process of its own: four threads at one pass that all share, and at passes of their own."""
    store = AnonymousStore(url, main_url=MAIN)

    def work(number: int) -> None:
        for _turn in range(10):
            write(store, 0)
            with store.transaction() as connection:
                connection.execute(votes.delete().where(votes.c.spent_mark == mark(0)))
        write(store, 0)
        write(store, first + number)

    assert at_once(work, 4) == [None] * 4
    store.engine.dispose()


def test_two_processes_that_give_and_take_back_one_vote_leave_one(store: AnonymousStore) -> None:
    url = store.engine.url.render_as_string(hide_password=False)
    context = get_context("spawn")
    both = [context.Process(target=give_and_take_back, args=(url, first)) for first in (100, 200)]
    for process in both:
        process.start()
    for process in both:
        process.join(timeout=120)
        assert process.exitcode == 0
    write(store, 0)
    assert kept(store) == 1 + 8


def commits(store: AnonymousStore) -> list[int]:
    """A list that grows with each commit."""
    made: list[int] = []
    event.listen(store.engine, "commit", lambda _connection: made.append(1))
    return made


def test_many_at_once_share_few_commits_and_all_is_kept(store: AnonymousStore) -> None:
    made = commits(store)
    assert at_once(lambda number: write(store, number)) == [True] * WRITERS
    assert kept(store) == WRITERS
    assert len(made) < WRITERS


def test_more_than_may_share_a_commit_are_all_served(store: AnonymousStore) -> None:
    count = MOST + 9
    assert at_once(lambda number: write(store, number), count) == [True] * count
    assert kept(store) == count


def test_of_the_same_at_once_one_is_new(store: AnonymousStore) -> None:
    assert sorted(at_once(lambda _number: write(store, 7))) == [False] * (WRITERS - 1) + [True]


def test_what_fails_is_undone_alone(store: AnonymousStore) -> None:
    class Refused(Exception):
        pass

    def work(number: int) -> None:
        with store.transaction() as connection:
            connection.execute(votes.insert().values(spent_mark=mark(number), quarter="2026-q2", slot=1))
            if number % 3 == 0:
                raise Refused

    results = at_once(work)
    assert [isinstance(result, Refused) for result in results] == [n % 3 == 0 for n in range(WRITERS)]
    assert [result for result in results if result is not None and not isinstance(result, Refused)] == []
    assert kept(store) == WRITERS * 2 // 3
    assert write(store, WRITERS + 1) is True


def test_nobody_is_told_before_the_commit(store: AnonymousStore, tmp_path: Path) -> None:
    """Each looks, as soon as it is told, by a connection that sees only what is committed."""

    def work(number: int) -> int:
        write(store, number)
        with sqlite3.connect(tmp_path / "anon.db", timeout=30) as other:
            found = other.execute("SELECT count(*) FROM votes WHERE spent_mark = ?", (mark(number),))
            return int(found.fetchone()[0])

    assert at_once(work) == [1] * WRITERS


def test_a_commit_that_fails_is_told_to_everybody_who_shared_it(
    store: AnonymousStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failed(Exception):
        pass

    def fail(_connection: object) -> None:
        raise Failed

    event.listen(store.engine, "commit", fail)
    results = at_once(lambda number: write(store, number))
    event.remove(store.engine, "commit", fail)
    assert {type(result) for result in results} <= {Failed, NotWritten}
    assert kept(store) == 0
    assert at_once(lambda number: write(store, number)) == [True] * WRITERS


def test_a_store_that_cannot_be_opened_keeps_nobody_waiting(store: AnonymousStore) -> None:
    def fail(*_arguments: object) -> None:
        raise OSError("gone")

    event.listen(store.engine, "begin", fail)
    results = at_once(lambda number: write(store, number))
    event.remove(store.engine, "begin", fail)
    assert {type(result) for result in results} <= {OSError, NotWritten}
    assert write(store, 1) is True


def test_a_full_disk_loses_nothing_that_was_acknowledged(store: AnonymousStore) -> None:
    """SQLite may roll back everything that shares the transaction: then nobody is told that it was stored."""

    def narrow(connection: Any, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    def work(number: int) -> list[Any]:
        results: list[Any] = []
        for step in range(40):
            try:
                results.append(write(store, number * 1000 + step))
            except (StorageFull, NotWritten) as problem:
                results.append(problem)
        return results

    event.listen(store.engine, "connect", narrow)
    results = [result for one in at_once(work, 8) for result in one]
    event.remove(store.engine, "connect", narrow)
    acknowledged = results.count(True)
    refused = [result for result in results if isinstance(result, StorageFull)]
    assert refused
    assert kept(store) == acknowledged
    assert 0 < acknowledged < len(results)
    assert write(store, 999_999) is True


# When it is scrubbed


def scrubs_of(store: AnonymousStore, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    made: list[float] = []
    scrub = SqliteDiscipline.scrub

    def noted(self: SqliteDiscipline, connection: Any) -> bool:
        made.append(time.monotonic())
        return scrub(self, connection)

    monkeypatch.setattr(SqliteDiscipline, "scrub", noted)
    return made


def test_a_lone_write_is_scrubbed_before_it_is_answered(
    store: AnonymousStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    scrubs = scrubs_of(store, monkeypatch)
    write(store, 1)
    assert len(scrubs) == 1


def test_under_load_scrubs_are_grouped_and_the_last_comes_without_another_write(
    store: AnonymousStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scrubs = scrubs_of(store, monkeypatch)
    for number in range(40):
        write(store, number)
    assert len(scrubs) < 40
    before = len(scrubs)
    until = time.monotonic() + 30
    while len(scrubs) == before:
        assert time.monotonic() < until, "what was written last stayed where it lay"
        time.sleep(0.05)
    # Rebuilt once more by hand the file stays as it is: nothing of the order was left.
    with store._writers:
        left = (tmp_path / "anon.db").read_bytes()[100:]
    with sqlite3.connect(tmp_path / "anon.db") as other:
        other.execute("VACUUM")
    assert (tmp_path / "anon.db").read_bytes()[100:] == left


def test_a_scrub_that_could_not_be_done_is_tried_again() -> None:
    done, tries = threading.Event(), []

    def scrub() -> bool:
        tries.append(1)
        if len(tries) == 3:
            done.set()
        return len(tries) >= 3

    Scrubber(scrub, window=0.01).written()
    assert done.wait(timeout=30)
    assert len(tries) == 3


def test_a_store_that_somebody_holds_is_scrubbed_later(
    store: AnonymousStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written is safe by then: whoever wrote it must not be told otherwise."""
    monkeypatch.setitem(SQLITE_DISCIPLINE, "busy_timeout", ("10", 10))
    other = sqlite3.connect(tmp_path / "anon.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert store._scrub() is False
    other.execute("ROLLBACK")
    other.close()
    assert store._scrub() is True


def test_a_tick_that_cannot_scrub_has_it_tried_again() -> None:
    done, tries = threading.Event(), []

    def scrub() -> bool:
        tries.append(1)
        if len(tries) == 2:
            done.set()
        return len(tries) > 1

    Scrubber(scrub, window=0.01).now()
    assert done.wait(timeout=30)


def test_ending_in_good_order_scrubs_what_is_left() -> None:
    tries: list[int] = []
    scrubber = Scrubber(lambda: tries.append(1) is None, window=3600)
    scrubber.written()
    scrubber.written()
    assert len(tries) == 1
    scrubber.finish()
    assert len(tries) == 2
    scrubber.finish()
    assert len(tries) == 2
