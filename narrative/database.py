"""The main database: one declarative base, one session, one way to write."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeVar, cast

from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Table,
    UpdateBase,
    event,
    inspect,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept in UTC on both engines."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times: they mean another instant on another machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give back an aware instant in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The declarative base of every table in the main database."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar = {datetime: Instant()}


Row = TypeVar("Row", bound=Base)

db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})
migrate = Migrate()

# What is deleted is overwritten: some builds of SQLite leave it in the file.
SQLITE_SETTINGS = (
    *("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON"),
    "secure_delete=ON",
)

_writers = threading.Lock()


def prepare_engine(engine: Engine) -> None:
    """Give SQLite what it needs to be safe with several writers; PostgreSQL needs nothing.

    On either engine no error, and so no log, holds what was written: drafts, addresses, who got passes.
    """
    engine.hide_parameters = True
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own BEGIN is deferred and late; ours is explicit.
    connection.isolation_level = None
    for pragma in SQLITE_SETTINGS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextmanager
def transaction(*, shown: bool = True) -> Iterator[Session]:
    """One write transaction: everything inside is committed together, or nothing is.

    `shown` False says that no kept page shows anything of it (a try to sign in, passes handed out), so
    that none needs to be built anew.

    What was loaded before is read again inside, so an action never decides on what was true a moment ago.
    On SQLite writers queue in the process first (an ordinary lock), then with BEGIN IMMEDIATE across
    processes: the engine's own busy handler is unfair, its slowest caller waits seconds.

    Raises RuntimeError when a transaction is already open, since an action is one transaction.
    """
    session = db.session()
    if session.info.get("writing"):
        raise RuntimeError("an action is one transaction; this one is already inside another")
    session.commit()
    sqlite = db.engine.dialect.name == "sqlite"
    if sqlite:
        _writers.acquire()
    session.info["writing"], session.info["unshown"] = True, not shown
    try:
        session.connection(execution_options={"immediate": True})
        session.expire_all()
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info["writing"] = session.info["unshown"] = False
        if sqlite:
            _writers.release()


def empty_write_ahead_log() -> None:
    """Bring SQLite's log into the database and cut it off: it still holds the pages that were replaced.

    Waits for readers as long as for any lock; where one stays, the log is emptied with a later call. Does
    nothing on PostgreSQL, whose log is its server's.
    """
    if db.engine.dialect.name != "sqlite":
        return
    db.session.commit()
    with db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def locked(session: Session, kind: type[Row], key: object, *, others_refer: bool = False) -> Row:
    """Return the row with that key as it stands now, and keep it so until the transaction ends.

    Nobody can insert a row that refers to it meanwhile, unless `others_refer`.

    Locked first and read then: PostgreSQL answers a statement that had to wait with the one changed row, and
    with everything joined to it as it was before the wait. SQLite has one writer anyway.
    """
    (column,) = inspect(kind).primary_key
    session.execute(select(column).where(column == key).with_for_update(key_share=others_refer))
    return session.get_one(kind, key, populate_existing=True)


def insertion(bound: Session | Connection, table: type[Base] | Table) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT into `table` that can say what happens on a conflict: each engine has its own kind.

    Better than catching an error, which would end the transaction on PostgreSQL and stand in its log.
    """
    engine = bound.get_bind() if isinstance(bound, Session) else bound
    return sqlite.insert(table) if engine.dialect.name == "sqlite" else postgresql.insert(table)


def changed_rows(session: Session, statement: UpdateBase) -> int:
    """Execute an UPDATE or DELETE and return how many rows it met: 0 says that a guard refused it."""
    return cast("CursorResult[Any]", session.execute(statement)).rowcount
