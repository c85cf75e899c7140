"""Revisions as people remember them: a few minutes of writing by the same people, not every autosave."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

SESSION = timedelta(minutes=10)
KEEPS_EVERYTHING = timedelta(hours=24)


class Saved(Protocol):
    """What must be known of a revision to sort it."""

    @property
    def number(self) -> int: ...
    @property
    def base(self) -> int: ...
    @property
    def authors(self) -> Sequence[int]: ...
    @property
    def saved_at(self) -> datetime: ...
    @property
    def note(self) -> str: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class Session:
    """Revisions of the same authors, oldest first, all within ten minutes of the first."""

    revisions: tuple[Saved, ...]

    @property
    def last(self) -> Saved:
        """The revision that the session ended with."""
        return self.revisions[-1]

    @property
    def first(self) -> Saved:
        """The revision that the session began with."""
        return self.revisions[0]


def stands_alone(revision: Saved) -> bool:
    """Tell whether a revision is more than an autosave: named, restored, a merge, or merged into the next."""
    return bool(revision.note or revision.name) or revision.base != revision.number - 1


def sessions(revisions: Iterable[Saved]) -> list[Session]:
    """Group revisions, given in the order of their numbers, into sessions, in the order of their last ones.

    Those who write at the same time, each in a page of their own, have sessions of their own; those who wrote
    a revision together have one together. What stands alone is one by itself.
    """
    finished: list[list[Saved]] = []
    open_by_authors: dict[frozenset[int], list[Saved]] = {}
    for revision in revisions:
        authors = frozenset(revision.authors)
        running = open_by_authors.get(authors)
        if stands_alone(revision):
            open_by_authors.pop(authors, None)
            finished.append([revision])
        elif running and revision.saved_at - running[0].saved_at <= SESSION:
            running.append(revision)
        else:
            open_by_authors[authors] = [revision]
            finished.append(open_by_authors[authors])
    return sorted((Session(tuple(found)) for found in finished), key=lambda session: session.last.number)


def superseded(revisions: Sequence[Saved], *, pinned: Iterable[int], at: datetime) -> list[int]:
    """Return the numbers of the old autosaves that nobody will miss.

    Kept are the last of each session, what stands alone, what is pinned, the newest of all, and everything
    of the last 24 hours.
    """
    kept = {session.last.number for session in sessions(revisions)} | set(pinned)
    kept.update(revision.number for revision in revisions[-1:])
    return [
        revision.number
        for revision in revisions
        if revision.number not in kept and revision.saved_at < at - KEEPS_EVERYTHING
    ]
