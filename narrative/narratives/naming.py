"""Giving revisions names, by which people find them again. A named one is kept for good."""

from narrative.database import locked, transaction
from narrative.narratives import queries
from narrative.narratives.models import Narrative


class NamedMeanwhile(Exception):
    """Somebody named the revision since the page was loaded; `name` is what it is called now."""

    def __init__(self, name: str) -> None:
        super().__init__(f"it is called {name!r} now")
        self.name = name


def name_revision(narrative: Narrative, number: int, *, name: str, seen: str | None = None) -> None:
    """Call a revision by a name, instead of whatever it was called; an empty one takes its name away.

    `seen` is the name that the person saw; None where they saw none. Raises NamedMeanwhile when it is called
    something else by now, and LookupError for a revision that is not there.
    """
    with transaction() as session:
        revision = queries.revision(locked(session, Narrative, narrative.id), number)
        if revision is None:
            raise LookupError(f"no revision {number}")
        if seen is not None and revision.name not in {seen, name}:
            raise NamedMeanwhile(revision.name)
        revision.name = name
