"""Group commit: writers of one process that come at the same time share one transaction, and so one commit.

A commit waits for the disk and costs the same whatever is in it. While one is under way the next writers
gather behind the first of them, who leads: it opens the transaction, lets each in turn do its part in its own
thread, commits, and tells all of them. Nobody goes on before what they wrote is on the disk.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Connection

# So many share a commit at most: whoever came first waits for all of them.
MOST = 64


class NotWritten(Exception):
    """The transaction that was shared could not be committed; its cause says why. Nothing was stored."""


class _Member:
    """One writer: waits for its turn, then says that it has had it."""

    def __init__(self) -> None:
        self.turn = threading.Event()
        self.had = threading.Event()


class _Group:
    """Those who share a commit. `failure` is why nothing was committed."""

    def __init__(self) -> None:
        self.members: list[_Member] = []
        self.connection: Connection | None = None
        self.ended = threading.Event()
        self.failure: BaseException | None = None


class GroupCommit:
    """Gathers the writers of one process. `transaction` gives a connection, and commits when it is left.

    `is_open` tells whether a connection's transaction still stands; `after` is called after each commit, when
    all who shared it have been told.
    """

    def __init__(
        self,
        transaction: Callable[[], AbstractContextManager[Connection]],
        *,
        is_open: Callable[[Connection], bool],
        after: Callable[[], None],
    ) -> None:
        self._transaction, self._is_open, self._after = transaction, is_open, after
        self._lock = threading.Lock()
        self._gathering: _Group | None = None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection for one writer, whose work is all or nothing: it is committed when this is left.

        Raises what `transaction` raises, in every thread whose work was lost by it.
        """
        group, member = self._join()
        if member is None:
            yield from self._lead(group)
        else:
            yield from self._follow(group, member)

    def _join(self) -> tuple[_Group, _Member | None]:
        """Return the group that gathers and one's place in it; None for who is the first and leads it."""
        with self._lock:
            if self._gathering is None:
                self._gathering = _Group()
                return self._gathering, None
            group, member = self._gathering, _Member()
            group.members.append(member)
            if len(group.members) + 1 >= MOST:
                self._gathering = None
            return group, member

    def _lead(self, group: _Group) -> Iterator[Connection]:
        refused: BaseException | None = None
        try:
            with self._transaction() as connection:
                group.connection = connection
                try:
                    with connection.begin_nested():
                        yield connection
                except BaseException as problem:
                    # One's own work is undone; that of the others is committed all the same.
                    refused = problem
                self._let_others(group, connection)
        except BaseException as problem:
            group.failure = refused or problem
            raise group.failure from None
        finally:
            self._dismiss(group)
        self._after()
        if refused is not None:
            raise refused

    def _let_others(self, group: _Group, connection: Connection) -> None:
        """Give each its turn. Raises NotWritten when the transaction is gone: a full disk can end it, and
        what is written after that would be committed without what came before."""
        served = 0
        while self._is_open(connection):
            member = self._next(group, served)
            if member is None:
                return
            member.turn.set()
            member.had.wait()
            served += 1
        raise NotWritten

    def _next(self, group: _Group, served: int) -> _Member | None:
        """Return the next in turn; when there is none, nobody joins this group any more."""
        with self._lock:
            if served < len(group.members):
                return group.members[served]
            if self._gathering is group:
                self._gathering = None
            return None

    def _dismiss(self, group: _Group) -> None:
        with self._lock:
            if self._gathering is group:
                self._gathering = None
        group.ended.set()
        for member in group.members:
            member.turn.set()

    def _follow(self, group: _Group, member: _Member) -> Iterator[Connection]:
        member.turn.wait()
        if group.failure is not None or group.connection is None:
            raise NotWritten from group.failure
        try:
            with group.connection.begin_nested():
                yield group.connection
        finally:
            member.had.set()
        group.ended.wait()
        if group.failure is not None:
            raise NotWritten from group.failure
