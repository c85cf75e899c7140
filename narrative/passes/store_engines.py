"""What each engine must be made to do, so that the order of what arrived can be read from no file.

Every setting is asserted on every connection: one that was silently ignored would break the promise silently.
"""

import logging
import secrets
import sqlite3
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, insert, select, text

from narrative.passes.store_tables import POSTGRES_STEPS, SQLITE_STEPS, TABLES, Step

BUSY_MILLISECONDS = 10_000
LOGGING_NAME = "anonymous"
DISK_FULL = "53100"  # PostgreSQL, appendix A
CREATION_LOCK = 7_235_416_209  # any number of our own

# SQLite's names and the values it answers with.
SQLITE_DISCIPLINE = {
    "journal_mode": ("DELETE", "delete"),  # WAL keeps each write in its order
    "secure_delete": ("ON", 1),  # what is deleted is overwritten
    "synchronous": ("FULL", 2),  # what was acknowledged survives
    "busy_timeout": (str(BUSY_MILLISECONDS), BUSY_MILLISECONDS),
    "temp_store": ("MEMORY", 2),  # VACUUM writes the whole store into a temporary file
}

# Settings of the server by which statements, their values or their times would be written down.
POSTGRES_DISCIPLINE = {
    "log_statement": "none",
    "log_duration": "off",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
    "log_parameter_max_length_on_error": "0",
    "track_commit_timestamp": "off",
}

_shuffler = secrets.SystemRandom()


class UnsafeStore(Exception):
    """The anonymous store cannot keep what is promised of it; the message says which setting is wrong."""


class Discipline(Protocol):
    """What one engine needs. `shares_commits`: it gains by several writers in one transaction."""

    steps: tuple[Step, ...]
    shares_commits: bool

    def make_engine(self, url: URL) -> Engine:
        """Return an engine whose every connection is checked. Raises UnsafeStore when connecting."""

    def lock(self, connection: Connection, *, at_tick: bool) -> None:
        """Take what the transaction needs to be alone, at its beginning."""

    def version(self, connection: Connection) -> int:
        """Return the version of the tables, 0 when there are none."""

    def set_version(self, connection: Connection, version: int) -> None:
        """Note the version of the tables."""

    def rewrite(self, connection: Connection) -> None:
        """Write every row anew in random order, inside the tick's transaction."""

    def scrub(self, connection: Connection) -> bool:
        """Leave no trace of order in the files, after a commit; tell whether it could be done."""

    def is_open(self, connection: Connection) -> bool:
        """Tell whether the connection's transaction still stands."""

    def is_full(self, problem: object) -> bool:
        """Tell whether the engine's own error says that the disk is full."""


def _engine(url: URL, **options: Any) -> Engine:
    """An engine that tells no log what it is doing: `hide_parameters` hides values, not rows."""
    logging.getLogger(f"sqlalchemy.engine.Engine.{LOGGING_NAME}").setLevel(logging.WARNING)
    return create_engine(url, hide_parameters=True, logging_name=LOGGING_NAME, **options)


class SqliteDiscipline:
    """A file of its own: rollback journal, overwritten on deletion, rebuilt by VACUUM."""

    steps = SQLITE_STEPS
    shares_commits = True

    def make_engine(self, url: URL) -> Engine:
        path = Path(url.database or "")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        # No pool: a kept connection keeps pages. Writers that share a commit take turns at one connection.
        engine = _engine(url, poolclass=NullPool, connect_args={"check_same_thread": False})
        event.listen(engine, "connect", self._prepare)
        event.listen(engine, "begin", self._begin)
        return engine

    @staticmethod
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        # First, since changing the journal waits for other connections.
        for name in ("busy_timeout", *SQLITE_DISCIPLINE):
            given, expected = SQLITE_DISCIPLINE[name]
            try:
                connection.execute(f"PRAGMA {name}={given}")
                answered = connection.execute(f"PRAGMA {name}").fetchone()[0]
            except sqlite3.OperationalError as problem:
                answered = f"({problem})"
            if answered != expected:
                connection.close()
                raise UnsafeStore(f"SQLite keeps {name}={answered} for the anonymous store, not {expected}.")

    @staticmethod
    def _begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    def lock(self, connection: Connection, *, at_tick: bool) -> None:
        """BEGIN IMMEDIATE was enough."""

    def version(self, connection: Connection) -> int:
        return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())

    def set_version(self, connection: Connection, version: int) -> None:
        connection.exec_driver_sql(f"PRAGMA user_version = {version}")

    def rewrite(self, connection: Connection) -> None:
        """VACUUM does it after the commit, in the order of random keys."""

    def scrub(self, connection: Connection) -> bool:
        """Rebuild the file: inside a page, cells lie in the order in which they came.

        That takes 11 to 23 ms while the store is small (a quarter's questions); scrubbing.py says when.
        """
        driver: Any = connection.connection.driver_connection
        try:
            driver.execute("VACUUM")
        except sqlite3.OperationalError:
            # Somebody else is writing, or there is no room; what was written is safe.
            logging.getLogger("narrative").warning("the anonymous store was busy; it is scrubbed soon")
            return False
        return True

    def is_open(self, connection: Connection) -> bool:
        """A full disk or another failure of the file rolls the whole transaction back, at times."""
        driver: Any = connection.connection.driver_connection
        return bool(driver.in_transaction)

    def is_full(self, problem: object) -> bool:
        return getattr(problem, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL


class PostgresDiscipline:
    """Tables of their own, rewritten in random order at each tick; what waits is UNLOGGED."""

    steps = POSTGRES_STEPS
    shares_commits = False
    _names = ", ".join(table.name for table in TABLES)

    def make_engine(self, url: URL) -> Engine:
        engine = _engine(url, pool_pre_ping=True)
        event.listen(engine, "connect", self._check)
        return engine

    @staticmethod
    def _check(connection: Any, _record: object) -> None:
        for name, expected in POSTGRES_DISCIPLINE.items():
            answered = connection.execute(f"SHOW {name}").fetchone()[0]
            if answered != expected:
                connection.close()
                raise UnsafeStore(
                    f"PostgreSQL has {name}={answered} for the anonymous store, not {expected}."
                )
        connection.rollback()

    def lock(self, connection: Connection, *, at_tick: bool) -> None:
        if at_tick:
            connection.exec_driver_sql(f"LOCK TABLE {self._names} IN ACCESS EXCLUSIVE MODE")

    def version(self, connection: Connection) -> int:
        # One process at a time may look and then create.
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({CREATION_LOCK})")
        if connection.exec_driver_sql("SELECT to_regclass('anonymous_store_version')").scalar() is None:
            return 0
        return int(connection.exec_driver_sql("SELECT version FROM anonymous_store_version").scalar_one())

    def set_version(self, connection: Connection, version: int) -> None:
        connection.exec_driver_sql("DROP TABLE IF EXISTS anonymous_store_version")
        if version:
            connection.exec_driver_sql("CREATE TABLE anonymous_store_version (version INTEGER NOT NULL)")
            connection.execute(
                text("INSERT INTO anonymous_store_version VALUES (:version)"), {"version": version}
            )

    def rewrite(self, connection: Connection) -> None:
        """Empty each table and fill it in random order: xmin counts arrivals, and VACUUM FULL keeps it."""
        for table in TABLES:
            rows = [dict(row) for row in connection.execute(select(table)).mappings()]
            connection.exec_driver_sql(f"TRUNCATE {table.name}")
            _shuffler.shuffle(rows)
            if rows:
                connection.execute(insert(table), rows)

    def scrub(self, _connection: Connection) -> bool:
        """Nothing after a single write: the tick rewrites everything."""
        return True

    def is_open(self, _connection: Connection) -> bool:
        """A failed statement leaves its transaction open, to be rolled back."""
        return True

    def is_full(self, problem: object) -> bool:
        return getattr(problem, "sqlstate", None) == DISK_FULL


def discipline_for(url: URL) -> Discipline:
    """Return what the engine of `url` needs."""
    return SqliteDiscipline() if url.get_backend_name() == "sqlite" else PostgresDiscipline()
