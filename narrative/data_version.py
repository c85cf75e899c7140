"""One number that rises with every commit that changed the main database.

What a process keeps in memory (who is signed in, whole pages) it keeps under this number, so that nothing has
to be told what became stale. The number rises inside the transaction that made the change: whoever sees the
new number sees the change.

Asking for the number is cheap on SQLite and a journey to the server on PostgreSQL. There a process may go on
with the number it read last for up to `RECENT_LASTS` seconds where that is good enough (`recent_number`).
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

from flask import Flask, current_app
from sqlalchemy import Engine, TextClause, event, text
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, UOWTransaction, mapped_column

from narrative.database import Base, db

RAISE = text(
    "INSERT INTO data_version (id, number) VALUES (1, 1) "
    "ON CONFLICT (id) DO UPDATE SET number = data_version.number + 1"
)
NUMBER = "SELECT number FROM data_version WHERE id = 1"
RECENT_LASTS = 1.0


class DataVersion(Base):
    """The number, in the table's only row; no row means 0."""

    __tablename__ = "data_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]


Value = TypeVar("Value")


class Kept(Generic[Value]):
    """What a process remembers while the main database stands still: values under a key and a number."""

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._values: dict[Hashable, tuple[int, Value]] = {}

    def get(self, key: Hashable, *, number: int) -> Value | None:
        """Return what was kept under `key` at exactly that number, or None."""
        kept = self._values.get(key)
        return kept[1] if kept is not None and kept[0] == number else None

    def put(self, key: Hashable, value: Value, *, number: int) -> None:
        """Keep a value that was read no earlier than the number. When full, everything is forgotten."""
        if len(self._values) >= self._most:
            self._values.clear()
        self._values[key] = (number, value)


class Recent:
    """The number that a process read last, for `lasts` seconds or until it commits a change of its own."""

    def __init__(self, *, lasts: float) -> None:
        self._lasts = lasts
        self._lock = threading.Lock()
        self._forgotten = 0
        self._number = 0
        self._read_at = float("-inf")

    def get(self) -> int | None:
        """Return the number if it was read recently enough, or None."""
        with self._lock:
            return self._number if time.monotonic() < self._read_at + self._lasts else None

    def read(self, ask: Callable[[], int]) -> int:
        """Return what `ask` answers, and remember it unless this process committed a change meanwhile."""
        with self._lock:
            started, forgotten = time.monotonic(), self._forgotten
        number = ask()
        with self._lock:
            # As old as the question, not as the answer, which may have been long under way.
            if forgotten == self._forgotten and started > self._read_at:
                self._number, self._read_at = number, started
        return number

    def forget(self) -> None:
        """Ask again next time: whoever changed something must see it."""
        with self._lock:
            self._forgotten += 1
            self._read_at = float("-inf")


def _note_statement(state: ORMExecuteState) -> None:
    statement = state.statement
    plain = isinstance(statement, TextClause) and str(statement).lstrip()[:6].upper() == "SELECT"
    if not (plain or state.is_select):
        state.session.info["changed"] = True


def _note_flush(session: Session, _context: UOWTransaction) -> None:
    session.info["changed"] = True


def _raise_number(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    if session.info.get("changed") and not session.info.get("unshown"):
        # Last before the commit: on PostgreSQL every writer queues for this row, for that moment only.
        session.execute(RAISE)
        session.info["raised"] = True
    session.info["changed"] = False


def _forget_recent(session: Session) -> None:
    if session.info.pop("raised", False):
        _recent().forget()


def _forget(session: Session) -> None:
    session.info["changed"] = session.info["raised"] = False


event.listen(db.session, "do_orm_execute", _note_statement)
event.listen(db.session, "after_flush", _note_flush)
event.listen(db.session, "before_commit", _raise_number)
event.listen(db.session, "after_commit", _forget_recent)
event.listen(db.session, "after_rollback", _forget)


class QuickReader:
    """Kept driver connections for the one or two tiny reads that every request needs.

    A pool's checkout, a transaction's begin and end, and the ORM each cost more than the read itself. Every
    read is a transaction of its own.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: deque[Any] = deque()
        self._error = engine.dialect.loaded_dbapi.Error
        self._numbered = engine.dialect.paramstyle == "qmark"
        event.listen(engine, "engine_disposed", self._close)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Return what a SELECT finds; `?` stands for each of `values` on either engine."""
        sql = sql if self._numbered else sql.replace("?", "%s")
        try:
            connection = self._idle.pop()
        except IndexError:
            return self._read(self._connect(), sql, values)
        try:
            return self._read(connection, sql, values)
        except self._error:
            # Kept connections break when the server restarts; a fresh one says whether it is back.
            return self._read(self._connect(), sql, values)

    def _read(self, connection: Any, sql: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        try:
            found: list[tuple[Any, ...]] = connection.execute(sql, values).fetchall()
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        return found

    def _connect(self) -> Any:
        pooled = self._engine.raw_connection()
        connection: Any = pooled.driver_connection
        pooled.detach()
        if self._engine.dialect.name == "postgresql":
            connection.autocommit = True
        return connection

    def _close(self, _engine: Engine) -> None:
        while self._idle:
            self._idle.pop().close()


def register(app: Flask) -> None:
    """Give `app` its quick reader. Needs an application context; opens no connection yet."""
    app.extensions["narrative.quick"] = QuickReader(db.engine)
    far = db.engine.dialect.name == "postgresql"
    app.extensions["narrative.recent"] = Recent(lasts=RECENT_LASTS if far else 0)


def quick_rows(sql: str, *values: object) -> list[tuple[Any, ...]]:
    """Read by a kept driver connection, outside every session and transaction."""
    reader: QuickReader = current_app.extensions["narrative.quick"]
    return reader.rows(sql, *values)


def current_number() -> int:
    """Return the number now, by the quick reader."""
    return _recent().read(_ask)


def recent_number() -> int | None:
    """Return the number as this process knows it, at most `RECENT_LASTS` seconds old; None says to ask.

    What another process changed within that time is missed, what this one changed never. SQLite is always
    asked.
    """
    return _recent().get()


def number_in_session() -> int:
    """Return the number as the session's present transaction sees it: what it reads is at least that new."""
    return _recent().read(lambda: db.session.scalar(text(NUMBER)) or 0)


def _ask() -> int:
    found = quick_rows(NUMBER)
    return int(found[0][0]) if found else 0


def _recent() -> Recent:
    recent: Recent = current_app.extensions["narrative.recent"]
    return recent
