"""Deployments that each leave one rule of the anonymous store out: the linker must catch every one.

Served by `python -m tests.anonymity.linker.controls` in processes of their own, over HTTP, with everything
else as it is. The environment's LINKER_CONTROL says which rule is left out.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from sqlalchemy import QueuePool

from narrative.app import create_app
from narrative.config import load
from narrative.passes import store_engines
from narrative.passes.store_tables import SQLITE_STEPS, Step
from narrative.questions import releasing

WHICH = "LINKER_CONTROL"
MODULE = "tests.anonymity.linker.controls"
QUESTIONS = "CREATE TABLE pending_questions"
VOTES = "CREATE TABLE votes"
KEY = '"key" BLOB NOT NULL PRIMARY KEY'
COUNTED = 'number INTEGER PRIMARY KEY AUTOINCREMENT, "key" BLOB NOT NULL UNIQUE'
TIMED = "received_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')), "


class Unshuffled:
    """Leaves everything in the order in which it is."""

    def shuffle(self, _rows: list[Any]) -> None:
        """Do nothing."""


def naive_schema() -> None:
    """A counter as primary key, as an ordinary table has it."""
    rewrite_table(KEY, COUNTED, " WITHOUT ROWID", "")


def write_ahead_log() -> None:
    """The journal that is recommended everywhere, and connections that are kept."""
    store_engines.SQLITE_DISCIPLINE["journal_mode"] = ("WAL", "wal")
    store_engines.NullPool = QueuePool


def no_vacuum() -> None:
    """Nothing is rebuilt after a write."""
    store_engines.SqliteDiscipline.scrub = lambda _self, _connection: None


def exact_timestamps() -> None:
    """A column that says when each came in."""
    rewrite_table(KEY, TIMED + KEY)


def insertion_order() -> None:
    """The tick takes what waits as it came in, and shuffles nothing."""
    naive_schema()
    releasing._shuffler = Unshuffled()


def naive_votes() -> None:
    """A counter as primary key of the votes."""
    mark = "spent_mark BLOB NOT NULL PRIMARY KEY"
    counted = "number INTEGER PRIMARY KEY AUTOINCREMENT, spent_mark BLOB NOT NULL UNIQUE"
    rewrite_table(mark, counted, " WITHOUT ROWID", "", table=VOTES)


# What is left out, and by which attack (a regular expression) the linker must see it.
CONTROLS: dict[str, tuple[Callable[[], None], str]] = {
    "a naive schema": (naive_schema, "before the tick: anon.db: pending_questions by number"),
    "WAL mode": (write_ahead_log, "before the tick: anon.db-wal, bytes: first text"),
    # Forty rows may need two pages, but never more than one in the index of their marks.
    "no VACUUM": (no_vacuum, "before the tick: anon.db, cells of page . by fullness: (text|mark)"),
    "exact timestamps": (exact_timestamps, "before the tick: anon.db: pending_questions by received_at"),
    "insertion order": (insertion_order, "at the end: narrative.db: questions by row number"),
    "naive votes": (naive_votes, "votes before the tick(, two of one person)?: anon.db: votes by number"),
}


def rewrite_table(*replacements: str, table: str = QUESTIONS) -> None:
    """Make a table, that of waiting questions, another one; `replacements` are what and by what, in turns."""
    pairs = list(zip(replacements[::2], replacements[1::2], strict=True))
    changed = [
        Step(tuple(_replaced(statement, pairs, table) for statement in step.up), step.down)
        for step in SQLITE_STEPS
    ]
    store_engines.SqliteDiscipline.steps = tuple(changed)


def _replaced(statement: str, pairs: list[tuple[str, str]], table: str) -> str:
    if statement.startswith(table):
        for what, other in pairs:
            assert what in statement
            statement = statement.replace(what, other)
    return statement


def make_app() -> Flask:
    """The application without the rule that the environment names."""
    CONTROLS[os.environ[WHICH]][0]()
    return create_app()


def serve() -> None:
    """Serve it as `narrative serve` does, but for the application."""
    settings = load()
    Granian(
        f"{MODULE}:make_app",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=4,
        websockets=False,
        log_access=False,
    ).serve()


if __name__ == "__main__":
    serve()
