"""The row-keeping of revisions: appending one, finding what one was written on, thinning old autosaves."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from narrative.database import changed_rows, locked, transaction
from narrative.narratives import queries
from narrative.narratives.models import Narrative, Revision
from narrative.narratives.rules import Draft, superseded
from narrative.people.models import Person

THINNED_EVERY = 100


def append(
    session: Session,
    narrative: Narrative,
    draft: Draft,
    *,
    base: int,
    by: Person | None,
    at: datetime,
    note: str = "",
) -> int:
    """Store `draft` as the next revision and return its number. Thins out old ones now and then."""
    narrative.head += 1
    revision = Revision(narrative_id=narrative.id, number=narrative.head, base=base, note=note, saved_at=at)
    revision.author_id = by.id if by else None
    for name, text in draft.texts.items():
        setattr(revision, name, text)
    revision.priorities = [asdict(row) for row in draft.priorities]
    revision.outcomes = [asdict(row) for row in draft.outcomes]
    session.add(revision)
    session.flush()
    if narrative.head % THINNED_EVERY == 0:
        _thin(session, narrative, at=at)
    return narrative.head


def draft_at(narrative: Narrative, base: int) -> Draft:
    """Return what revision `base` said; the nearest older one that is kept, if it was thinned out.

    A number that never was (a page older than a restored backup) counts as nothing, which keeps all words.
    """
    return queries.draft_of(queries.revision_at_or_before(narrative, base if base <= narrative.head else 0))


def stored_already(
    session: Session, narrative: Narrative, draft: Draft, *, base: int, by: Person | None
) -> int | None:
    """Return the number of the revision that this very save made when it was first sent, or None."""
    same = select(Revision).filter_by(
        narrative_id=narrative.id, base=base, author_id=by.id if by else None, **draft.texts
    )
    for revision in session.scalars(same.where(Revision.number > base).order_by(Revision.number)):
        if queries.draft_of(revision) == draft:
            return revision.number
    return None


def thin_revisions(narrative: Narrative, *, at: datetime) -> int:
    """Delete the old autosaves that nobody will miss (rules.superseded), and return how many."""
    with transaction() as session:
        return _thin(session, locked(session, Narrative, narrative.id), at=at)


def _thin(session: Session, narrative: Narrative, *, at: datetime) -> int:
    every = queries.light_revisions(narrative, limit=narrative.head)
    numbers = superseded(every, pinned=queries.pinned_numbers(narrative), at=at)
    old = delete(Revision).where(Revision.narrative_id == narrative.id, Revision.number.in_(numbers))
    return changed_rows(session, old) if numbers else 0
