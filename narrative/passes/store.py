"""The anonymous store: spent passes, and questions before their release. Never part of the main database.

An engine of its own with a discipline of its own (store_engines.py), so that not even whoever has every file
of this server can tell in which order things arrived. No table has a date, a counter or a reference.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import URL, Connection, Table, make_url
from sqlalchemy.exc import OperationalError

from narrative.config import settings_of
from narrative.database import insertion
from narrative.passes.scrubbing import Scrubber
from narrative.passes.store_engines import UnsafeStore, discipline_for
from narrative.passes.store_groups import GroupCommit, NotWritten

EXTENSION = "narrative.anonymous"
POSTGRES_PORT = 5432

_creating = threading.Lock()


class StorageFull(Exception):
    """There is no room on the disk. Nothing was stored, and what was there before is whole."""


class NewerStore(Exception):
    """The anonymous store was made by a newer version of Narrative."""


class AnonymousStore:
    """One anonymous store, on either engine. Its tables are made with the first use."""

    def __init__(self, url: str, *, main_url: str) -> None:
        if same_database(make_url(url), make_url(main_url)):
            raise UnsafeStore("The anonymous store needs a database of its own, not the main one.")
        self._discipline = discipline_for(make_url(url))
        self.engine = self._discipline.make_engine(make_url(url))
        self._writers = threading.Lock()
        self._scrubber = Scrubber(self._scrub)
        self._groups = GroupCommit(
            self._alone, is_open=self._discipline.is_open, after=self._scrubber.written
        )
        self._prepared = False

    def prepare(self) -> None:
        """Check the engine's settings, bring the tables up to date, and scrub what a crash may have left.

        Raises UnsafeStore or NewerStore.
        """
        self.migrate(len(self._discipline.steps))

    def migrate(self, to: int) -> None:
        """Take the tables to the version `to`, up or down; 0 drops them with all they hold."""
        newest = len(self._discipline.steps)
        with self._writers, self.engine.connect() as connection:
            with connection.begin():
                version = self._discipline.version(connection)
                if version > newest:
                    raise NewerStore(
                        "The anonymous store was made by a newer version of Narrative: update it."
                    )
                for statement in self._statements(version, to):
                    connection.exec_driver_sql(statement)
                if version != to:
                    self._discipline.set_version(connection, to)
            self._discipline.scrub(connection)
        self._prepared = to == newest

    def _statements(self, version: int, to: int) -> list[str]:
        steps = self._discipline.steps
        up = [statement for step in steps[version:to] for statement in step.up]
        down = [statement for step in reversed(steps[to:version]) for statement in step.down]
        return up + down

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read from; what it sees stands still."""
        self._ensure_prepared()
        with self.engine.connect().execution_options(reading=True) as connection:
            yield connection

    @contextmanager
    def transaction(self, *, at_tick: bool = False) -> Iterator[Connection]:
        """One write transaction, all or nothing, that is on the disk when this is left; scrubbed afterwards.

        Writers of this process that come at once share a commit where the engine gains by it. `at_tick` has
        the whole store to itself, leaves every row rewritten in random order, and is scrubbed at once.

        Raises StorageFull or NotWritten; then nothing was stored.
        """
        self._ensure_prepared()
        try:
            with self._writing(at_tick=at_tick) as connection:
                yield connection
                if at_tick:
                    self._discipline.rewrite(connection)
        except (OperationalError, NotWritten) as problem:
            cause = problem if isinstance(problem, OperationalError) else problem.__cause__
            if self._discipline.is_full(getattr(cause, "orig", None)):
                raise StorageFull from None
            raise
        if at_tick:
            self._scrubber.now()

    def _writing(self, *, at_tick: bool) -> AbstractContextManager[Connection]:
        if at_tick or not self._discipline.shares_commits:
            return self._alone(at_tick=at_tick)
        return self._groups.writing()

    @contextmanager
    def _alone(self, *, at_tick: bool = False) -> Iterator[Connection]:
        with self._writers, self.engine.connect() as connection, connection.begin():
            self._discipline.lock(connection, at_tick=at_tick)
            yield connection

    def _scrub(self) -> bool:
        """Leave no trace of order in the files; tell whether it could be done."""
        try:
            with self._writers, self.engine.connect() as connection:
                return self._discipline.scrub(connection)
        except (OperationalError, UnsafeStore):
            return False

    def touch(self) -> None:
        """Set the times of the store's file and folder to now; they would say when the last question came.

        Does nothing for PostgreSQL, nor where the account may not.
        """
        if self.engine.dialect.name == "sqlite":
            path = Path(self.engine.url.database or "")
            for place in (path, path.parent):
                with suppress(OSError):
                    os.utime(place)

    def _ensure_prepared(self) -> None:
        if not self._prepared:
            self.prepare()


def same_database(one: URL, other: URL) -> bool:
    """Tell whether two URLs name one database, however each is written."""
    return _named(one) == _named(other)


def _named(url: URL) -> tuple[object, ...]:
    if url.get_backend_name() == "sqlite":
        return ("sqlite", Path(url.database or "").resolve())
    return (url.get_backend_name(), url.host, url.port or POSTGRES_PORT, url.database)


def anonymous_store() -> AnonymousStore:
    """Return the present application's anonymous store, made when first asked for. Raises UnsafeStore."""
    with _creating:
        if EXTENSION not in current_app.extensions:
            settings = settings_of()
            made = AnonymousStore(settings.anonymous_database, main_url=settings.main_database)
            current_app.extensions[EXTENSION] = made
        store: AnonymousStore = current_app.extensions[EXTENSION]
        return store


@contextmanager
def anonymous_transaction(*, at_tick: bool = False) -> Iterator[Connection]:
    """One write transaction in the present application's anonymous store, scrubbed afterwards."""
    with anonymous_store().transaction(at_tick=at_tick) as connection:
        yield connection


@contextmanager
def anonymous_reading() -> Iterator[Connection]:
    """A connection to read from the present application's anonymous store."""
    with anonymous_store().reading() as connection:
        yield connection


def insert_unless_there(connection: Connection, table: Table, **values: Any) -> bool:
    """Insert a row and tell whether it is new. A row that would break a unique key is left out silently.

    Never by catching an error: PostgreSQL writes each into its log, with the key and the time.
    """
    statement = insertion(connection, table).values(**values).on_conflict_do_nothing()
    return connection.execute(statement.returning(*table.primary_key)).first() is not None
