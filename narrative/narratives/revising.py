"""The row-keeping of revisions: appending one, finding what one was written on, thinning old autosaves."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from narrative.database import changed_rows
from narrative.narratives import queries
from narrative.narratives.models import Narrative, Revision
from narrative.narratives.rules import Draft, superseded
from narrative.narratives.rules.authorship import carried, overlaid, runs_of, steps

THINNED_EVERY = 100

Authorship = dict[str, list[list[int | None]]]


def append(
    session: Session,
    narrative: Narrative,
    draft: Draft,
    *,
    base: int,
    by_id: int | None,
    at: datetime,
    note: str = "",
    authors: list[int] | None = None,
    authorship: Authorship | None = None,
) -> int:
    """Store `draft` as the next revision and return its number. Thins out old ones now and then.

    Where `authorship` is not known better, the words by which it differs from the newest one are `by_id`'s.
    """
    if authorship is None:
        authorship = authorship_after(queries.revision(narrative, narrative.head), draft, by_id=by_id)
    narrative.head += 1
    revision = Revision(narrative_id=narrative.id, number=narrative.head, base=base, note=note, saved_at=at)
    revision.author_id, revision.authorship = by_id, authorship
    revision.authors = ([by_id] if by_id else []) if authors is None else authors
    for name, text in draft.texts.items():
        setattr(revision, name, text)
    revision.priorities = [asdict(row) for row in draft.priorities]
    revision.outcomes = [asdict(row) for row in draft.outcomes]
    session.add(revision)
    session.flush()
    if narrative.head % THINNED_EVERY == 0:
        _thin(session, narrative, at=at)
    return narrative.head


def authorship_after(before: Revision | None, draft: Draft, *, by_id: int | None) -> Authorship:
    """Return who wrote what in `draft`, if `by_id` wrote all by which it differs from `before`."""
    known, said = (before.authorship if before else {}), queries.draft_of(before)
    runs = {
        name: carried(runs_of(known.get(name, ())), steps(said.texts[name], text), by=by_id)
        for name, text in draft.texts.items()
    }
    return {name: [[author, size] for author, size in found] for name, found in runs.items() if found}


def filled(known: Authorship, other: Authorship) -> Authorship:
    """Return who wrote what as `known` says; where that knows nobody, as `other` does of the same texts."""
    runs = {name: overlaid(runs_of(known.get(name, ())), runs_of(found)) for name, found in other.items()}
    return {name: [[author, size] for author, size in found] for name, found in runs.items()}


def draft_at(narrative: Narrative, base: int) -> Draft:
    """Return what revision `base` said; the nearest older one that is kept, if it was thinned out.

    A number that never was (a page older than a restored backup) counts as nothing, which keeps all words.
    """
    return queries.draft_of(
        queries.revision_at_or_before(narrative, base if 0 <= base <= narrative.head else 0)
    )


def stored_already(
    session: Session, narrative: Narrative, draft: Draft, *, base: int, by_id: int | None
) -> int | None:
    """Return the number of the revision that this very save made when it was first sent, or None."""
    same = select(Revision).filter_by(narrative_id=narrative.id, base=base, author_id=by_id, **draft.texts)
    for revision in session.scalars(same.where(Revision.number > base).order_by(Revision.number)):
        if queries.draft_of(revision) == draft:
            return revision.number
    return None


def _thin(session: Session, narrative: Narrative, *, at: datetime) -> int:
    every = queries.light_revisions(narrative, limit=narrative.head)
    numbers = superseded(every, pinned=queries.pinned_numbers(narrative), at=at)
    old = delete(Revision).where(Revision.narrative_id == narrative.id, Revision.number.in_(numbers))
    return changed_rows(session, old) if numbers else 0
