"""The ledger with several writers, and after a transaction that failed. Real connections, both engines."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from narrative.database import db, transaction
from narrative.ledger import actions, queries
from narrative.ledger.models import LedgerKey, LedgerLeaf, LedgerNode
from narrative.ledger.rules import entries, merkle
from narrative.ledger.rules.entries import Entry
from tests.database.test_issuing_races import at_once
from tests.factories import make_quarter

WRITERS, ROUNDS = 6, 8


def client_entry(number: int) -> Entry:
    return entries.client(client=f"{number:064x}")


def append(*made: Entry) -> list[int]:
    with transaction() as session:
        return actions.append(session, *made)


def bodies() -> list[str]:
    """Every body, in the order of the positions, which must have no gaps."""
    db.session.rollback()
    rows = db.session.execute(select(LedgerLeaf.position, LedgerLeaf.body).order_by(LedgerLeaf.position))
    found = rows.all()
    assert [position for position, _body in found] == list(range(len(found)))
    return [body for _position, body in found]


def assert_sound() -> None:
    """Stored nodes are exactly those that the leaves make, and so is every root."""
    hashes = [merkle.leaf_hash(body.encode()) for body in bodies()]
    assert list(db.session.scalars(select(LedgerLeaf.hash).order_by(LedgerLeaf.position))) == hashes
    for size in range(len(hashes) + 1):
        assert queries.root(size) == merkle.root_of_leaves(hashes[:size])
    complete = sum(len(hashes) >> level for level in range(1, len(hashes).bit_length()))
    assert db.session.scalar(select(func.count()).select_from(LedgerNode)) == complete


def writing(number: int) -> Callable[[], list[list[int]]]:
    """Append again and again, one and two and three entries at a time."""

    def work() -> list[list[int]]:
        first = number * 1000
        return [
            append(*(client_entry(first + 10 * turn + place) for place in range(1 + turn % 3)))
            for turn in range(ROUNDS)
        ]

    return work


def test_writers_at_once_neither_collide_nor_leave_gaps(app: Flask) -> None:
    """Among them the very first, who find no key."""
    results = at_once(app, *(writing(number) for number in range(WRITERS)))
    assert [one for one in results if isinstance(one, Exception)] == []
    given = [position for work in results for turn in work for position in turn]  # type: ignore[attr-defined]
    assert sorted(given) == list(range(len(given)))
    assert len(bodies()) == len(given) == WRITERS * sum(1 + turn % 3 for turn in range(ROUNDS))
    assert db.session.scalar(select(func.count()).select_from(LedgerKey)) == 1
    assert_sound()


def test_one_append_after_the_other_gives_the_tree_of_one_append(app: Flask) -> None:
    for size in (1, 2, 3, 5, 8):
        append(*(client_entry(100 * size + place) for place in range(size)))
        assert_sound()


def test_two_who_need_the_key_make_one(app: Flask) -> None:
    results = at_once(app, *[actions.ensure_key] * 4)
    assert results == [None] * 4
    assert db.session.scalar(select(func.count()).select_from(LedgerKey)) == 1


def test_what_was_rolled_back_leaves_nothing_and_is_in_no_checkpoint(app: Flask) -> None:
    append(client_entry(1))
    before = queries.checkpoint()

    def fail() -> None:
        with transaction() as session:
            actions.append(session, client_entry(2), client_entry(3))
            assert queries.checkpoint() != before
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert queries.checkpoint() == before
    append(client_entry(4), client_entry(5))
    assert queries.checkpoint() == queries.checkpoint_at(3)
    assert [client_entry(number).body for number in (1, 4, 5)] == bodies()
    assert_sound()


def test_a_checkpoint_of_a_failed_transaction_is_not_shown_later_in_place_of_another(app: Flask) -> None:
    """Both ledgers have two entries: the one that was kept by mistake would sign what never was."""
    append(client_entry(1))

    def fail() -> bytes:
        with transaction() as session:
            actions.append(session, client_entry(2))
            seen.append(queries.checkpoint())
            raise ZeroDivisionError

    seen: list[bytes] = []
    with pytest.raises(ZeroDivisionError):
        fail()
    append(client_entry(3))
    assert queries.checkpoint() != seen[0]


def test_an_entry_of_a_quarter_that_is_not_scheduled_is_refused_with_everything_around_it(
    app: Flask,
) -> None:
    make_quarter("2026-q2")
    with pytest.raises(actions.UnknownQuarter, match="2030-q1"):
        append(client_entry(1), entries.regrant(quarter="2030-q1", number=1))
    assert bodies() == []


def test_nothing_appended_is_nothing_written(app: Flask) -> None:
    assert append() == []
    assert db.session.scalar(select(func.count()).select_from(LedgerKey)) == 0


def test_proofs_take_the_same_few_queries_however_long_the_ledger_is(app: Flask) -> None:
    counts = []
    for size in (10, 1000):
        append(*(client_entry(size * 10 + place) for place in range(size)))
        statements: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            statements.append(statement)  # noqa: B023

        event.listen(db.engine, "before_cursor_execute", note)
        queries.inclusion(3, queries.size())
        queries.consistency(7, queries.size())
        event.remove(db.engine, "before_cursor_execute", note)
        counts.append(sum(statement.startswith("SELECT") for statement in statements))
    assert counts[0] == counts[1] <= 8
