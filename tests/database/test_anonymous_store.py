"""The anonymous store keeps its discipline on both engines; its file does not tell the order of things."""

import hashlib
import random
import sqlite3
import stat
from collections.abc import Iterator
from multiprocessing import get_context
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import insert, inspect, select
from sqlalchemy.exc import IntegrityError

from narrative.passes.store import AnonymousStore, NewerStore, insert_unless_there
from narrative.passes.store_engines import POSTGRES_DISCIPLINE, SQLITE_DISCIPLINE, UnsafeStore
from narrative.passes.store_tables import TABLES, pending_messages, pending_questions, spent_passes

MAIN = "sqlite:////nowhere/narrative.db"


@pytest.fixture
def url(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Where the store of this test is."""
    if engine_name == "sqlite":
        return f"sqlite:///{tmp_path / 'anon.db'}"
    return str(request.getfixturevalue("postgres_url")).replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture
def store(url: str) -> Iterator[AnonymousStore]:
    """An empty store on each engine."""
    made = AnonymousStore(url, main_url=MAIN)
    yield made
    made.migrate(0)
    made.engine.dispose()


def question(number: int, text: str = "") -> dict[str, Any]:
    """A waiting question as `receive` would insert it."""
    key = hashlib.sha256(str(number).encode()).digest()
    mark = hashlib.sha256(key).hexdigest()[:43]
    text = text or f"Question {number}: " + "why? " * (number % 90)
    return {"key": key[:16], "quarter": "2026-q2", "bucket": None, "text": text, "mark": mark}


def spent(number: int) -> dict[str, Any]:
    """A spent pass."""
    mark = hashlib.sha256(b"spent" + str(number).encode()).digest()
    return {"spent_mark": mark, "quarter": "2026-q2", "body_hash": hashlib.sha256(mark).digest()}


def receive(store: AnonymousStore, number: int) -> None:
    """What one question writes."""
    with store.transaction() as connection:
        connection.execute(spent_passes.insert(), spent(number))
        connection.execute(pending_questions.insert(), question(number))


def test_sqlite_keeps_the_discipline_on_every_connection(tmp_path: Path) -> None:
    store = AnonymousStore(f"sqlite:///{tmp_path / 'anon.db'}", main_url=MAIN)
    for _again in range(2):
        with store.reading() as connection:
            kept = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in SQLITE_DISCIPLINE}
        assert kept == {
            "journal_mode": "delete",
            "secure_delete": 1,
            "synchronous": 2,
            "busy_timeout": 10_000,
            "temp_store": 2,
        }


def test_sqlite_refuses_a_file_that_stays_in_wal_mode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "anon.db"
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("CREATE TABLE t (x)")
        other.execute("INSERT INTO t VALUES (1)")
        other.commit()
        other.execute("BEGIN")
        other.execute("SELECT * FROM t").fetchall()
        store = AnonymousStore(f"sqlite:///{path}", main_url=MAIN)
        # Somebody reads, so the mode cannot change.
        monkeypatch.setitem(SQLITE_DISCIPLINE, "busy_timeout", ("1", 1))
        with pytest.raises(UnsafeStore, match="journal_mode"):
            store.prepare()
    other.close()


def test_a_setting_that_is_not_kept_is_refused_by_name(url: str, engine_name: str) -> None:
    table, name, wanted = {
        "sqlite": (SQLITE_DISCIPLINE, "synchronous", ("FULL", 3)),
        "postgresql": (POSTGRES_DISCIPLINE, "log_statement", "all"),
    }[engine_name]
    store = AnonymousStore(url, main_url=MAIN)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(table, name, wanted)
        with pytest.raises(UnsafeStore, match=name):
            store.prepare()
    store.engine.dispose()


@pytest.mark.parametrize(
    "setting", ["log_statement=all", "log_min_duration_statement=0", "log_duration=on", "log_statement=mod"]
)
def test_postgresql_refuses_to_start_where_statements_are_logged(postgres_url: str, setting: str) -> None:
    url = postgres_url.replace("postgresql://", "postgresql+psycopg://") + f"?options=-c%20{setting}"
    store = AnonymousStore(url, main_url=MAIN)
    with pytest.raises(UnsafeStore, match=setting):
        store.prepare()
    store.engine.dispose()


def test_the_main_database_is_refused_as_a_store(url: str) -> None:
    with pytest.raises(UnsafeStore, match="of its own"):
        AnonymousStore(url, main_url=url + "?")


def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    AnonymousStore(f"sqlite:///{tmp_path / 'anon.db'}", main_url=MAIN).prepare()
    assert stat.S_IMODE((tmp_path / "anon.db").stat().st_mode) == 0o600


def test_tables_are_as_declared_and_go_both_ways(store: AnonymousStore) -> None:
    store.prepare()
    found = inspect(store.engine)
    for table in TABLES:
        columns = {column["name"]: column["nullable"] for column in found.get_columns(table.name)}
        assert columns == {column.name: column.nullable for column in table.columns}
        assert found.get_pk_constraint(table.name)["constrained_columns"] == [
            column.name for column in table.primary_key.columns
        ]
        assert found.get_foreign_keys(table.name) == []
    store.migrate(0)
    ours = {table.name for table in TABLES} | {"anonymous_store_version"}
    assert not ours & set(inspect(store.engine).get_table_names())
    store.prepare()
    assert {table.name for table in TABLES} <= set(inspect(store.engine).get_table_names())


def test_what_waits_is_kept_by_the_step_that_adds_signatures_and_by_its_way_back(
    store: AnonymousStore,
) -> None:
    store.migrate(2)
    waiting = {"key": bytes(16), "quarter": "2026-q2", "mark": "m" * 43, "number": 1, "text": "And?"}
    with store.engine.begin() as connection:
        connection.execute(insert(pending_messages).values(**waiting))
    store.prepare()
    with store.reading() as connection:
        [row] = connection.execute(select(pending_messages)).mappings()
    assert dict(row) == {**waiting, "salt": None, "signature": None}
    store.migrate(2)
    kept = [pending_messages.c[name] for name in waiting]
    with store.engine.begin() as connection:
        assert [dict(row) for row in connection.execute(select(*kept)).mappings()] == [waiting]
    store.prepare()


def test_nothing_in_the_tables_is_a_date_a_counter_or_a_trigger(store: AnonymousStore) -> None:
    store.prepare()
    columns = [(t.name, c) for t in TABLES for c in inspect(store.engine).get_columns(t.name)]
    numbers = {(table, c["name"]) for table, c in columns if str(c["type"]) == "INTEGER"}
    # Whose question a vote is for, and which message of one's own: neither counts what arrives.
    assert numbers == {("votes", "slot"), ("pending_messages", "number")}
    kinds = {str(c["type"]).split("(")[0] for _table, c in columns}
    assert kinds <= {"BLOB", "TEXT", "BYTEA", "VARCHAR", "INTEGER"}
    if store.engine.dialect.name == "sqlite":
        with store.reading() as connection:
            made = dict(connection.exec_driver_sql("SELECT name, sql FROM sqlite_master").all())
        assert [sql for sql in made.values() if sql and "TRIGGER" in sql.upper()] == []
        assert all("WITHOUT ROWID" in made[table.name] for table in TABLES)
    else:
        with store.reading() as connection:
            logged = connection.exec_driver_sql(
                "SELECT relpersistence FROM pg_class WHERE relname = 'pending_questions'"
            )
            assert logged.scalar_one() == "u"


def test_a_store_of_a_newer_version_is_refused(store: AnonymousStore) -> None:
    store.prepare()
    newer = 99
    with store.transaction() as connection:
        store._discipline.set_version(connection, newer)
    with pytest.raises(NewerStore):
        store.prepare()
    with store.transaction() as connection:
        store._discipline.set_version(connection, len(store._discipline.steps))


def test_a_transaction_is_all_or_nothing(store: AnonymousStore) -> None:
    receive(store, 1)

    def receive_the_same_question_with_another_pass() -> None:
        with store.transaction() as connection:
            connection.execute(spent_passes.insert(), spent(2))
            connection.execute(pending_questions.insert(), question(1))

    with pytest.raises(IntegrityError):
        receive_the_same_question_with_another_pass()
    with store.reading() as connection:
        marks = connection.scalars(select(spent_passes.c.spent_mark)).all()
    assert [bytes(mark) for mark in marks] == [spent(1)["spent_mark"]]


def test_what_is_there_already_is_left_out_without_an_error(store: AnonymousStore) -> None:
    same_mark = {**question(2), "mark": question(1)["mark"]}
    with store.transaction() as connection:
        inserted = [
            insert_unless_there(connection, pending_questions, **values)
            for values in (question(1), question(1), same_mark, question(3))
        ]
    assert inserted == [True, False, False, True]


def filled(path: Path, order: list[int], *, release: list[int]) -> bytes:
    """The bytes of a store after these questions came in this order and some of them left again."""
    store = AnonymousStore(f"sqlite:///{path}", main_url=MAIN)
    for number in order:
        receive(store, number)
    with store.transaction(at_tick=True) as connection:
        keys = [question(number)["key"] for number in release]
        connection.execute(pending_questions.delete().where(pending_questions.c.key.in_(keys)))
    return path.read_bytes()


def test_the_same_questions_in_another_order_leave_the_same_bytes(tmp_path: Path) -> None:
    numbers = list(range(60))
    shuffled = random.Random(7).sample(numbers, len(numbers))
    one = filled(tmp_path / "one.db", numbers, release=[3, 5, 8])
    other = filled(tmp_path / "other.db", shuffled, release=[8, 3, 5])
    assert one == other
    assert len(one) > 4 * 4096  # several pages of rows, or nothing was compared


def test_without_scrubbing_the_bytes_would_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("narrative.passes.store_engines.SqliteDiscipline.scrub", lambda *_: True)
    numbers = list(range(60))
    shuffled = random.Random(7).sample(numbers, len(numbers))
    one = filled(tmp_path / "one.db", numbers, release=[])
    assert one != filled(tmp_path / "other.db", shuffled, release=[])


def test_what_was_released_is_in_no_file_any_more(tmp_path: Path) -> None:
    store = AnonymousStore(f"sqlite:///{tmp_path / 'anon.db'}", main_url=MAIN)
    with store.transaction() as connection:
        connection.execute(pending_questions.insert(), question(1, "a canary in the text"))
    assert any(b"a canary" in path.read_bytes() for path in tmp_path.iterdir())
    with store.transaction(at_tick=True) as connection:
        connection.execute(pending_questions.delete())
    assert [path.name for path in tmp_path.iterdir() if b"a canary" in path.read_bytes()] == []


def test_postgresql_rewrites_everything_in_one_transaction_at_a_tick(postgres_url: str) -> None:
    store = AnonymousStore(postgres_url.replace("postgresql://", "postgresql+psycopg://"), main_url=MAIN)
    try:
        for number in range(12):
            receive(store, number)
        assert len(set(transaction_ids(postgres_url))) == 12  # what an unshuffled table tells
        before = heap_order(postgres_url)
        with store.transaction(at_tick=True):
            pass
        assert len(set(transaction_ids(postgres_url))) == 1
        after = heap_order(postgres_url)
        assert sorted(before) == sorted(after)
        assert before != after  # one in 12! would fail
    finally:
        store.migrate(0)
        store.engine.dispose()


def transaction_ids(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT xmin::text::int FROM spent_passes").fetchall()]


def heap_order(url: str) -> list[bytes]:
    with psycopg.connect(url) as connection:
        return [
            row[0]
            for row in connection.execute("SELECT spent_mark FROM spent_passes ORDER BY ctid").fetchall()
        ]


def spend(url: str, results: "Queue[bool]") -> None:
    """Spend one pass, in a process of its own."""
    store = AnonymousStore(url, main_url=MAIN)
    with store.transaction() as connection:
        results.put(insert_unless_there(connection, spent_passes, **spent(1)))
    store.engine.dispose()


def test_two_processes_spend_a_pass_once(store: AnonymousStore, url: str) -> None:
    store.prepare()
    store.engine.dispose()
    context = get_context("spawn")
    results: Queue[bool] = context.Queue()
    both = [context.Process(target=spend, args=(url, results)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join(timeout=60)
        assert process.exitcode == 0
    assert sorted(results.get() for _ in both) == [False, True]
