"""Reading narratives, their revisions, and what they say."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from narrative.database import db
from narrative.narratives.authors import named, names_of
from narrative.narratives.models import Narrative, Prompts, Publication, Reading, Revision
from narrative.narratives.rules import (
    Draft,
    OutcomeRow,
    PriorityRow,
    Session,
    prompts_with,
    sessions,
    stands_alone,
)
from narrative.people.models import Bucket, Person
from narrative.quarters.models import Quarter
from narrative.quarters.queries import previous_quarter

LISTED = 400


@dataclass(frozen=True)
class LightRevision:
    """A revision without its texts. `by` names everybody who wrote it; '' where it was imported."""

    number: int
    base: int
    note: str
    name: str
    authors: tuple[int, ...]
    saved_at: datetime
    by: str


_LIGHT = (
    Revision.number,
    Revision.base,
    Revision.note,
    Revision.name,
    Revision.author_id,
    Revision.authors,
    Revision.saved_at,
)


def narrative_for(quarter: Quarter, bucket: Bucket) -> Narrative | None:
    """Return the bucket's narrative of that quarter, or None while nobody has written anything."""
    found = select(Narrative).where(Narrative.quarter_id == quarter.id, Narrative.bucket_id == bucket.id)
    return db.session.scalar(found)


def revision(narrative: Narrative, number: int) -> Revision | None:
    """Return the revision with that number, or None: it never was, or was thinned out."""
    found = select(Revision).where(Revision.narrative_id == narrative.id, Revision.number == number)
    return db.session.scalar(found)


def revision_at_or_before(narrative: Narrative, number: int) -> Revision | None:
    """Return the newest revision that is still kept with at most that number, or None."""
    found = select(Revision).where(Revision.narrative_id == narrative.id, Revision.number <= number)
    return db.session.scalar(found.order_by(Revision.number.desc()).limit(1))


def draft_of(revision: Revision | None) -> Draft:
    """Return what a revision says; nothing, when there is none."""
    if revision is None:
        return Draft()
    return Draft(
        opening=revision.opening,
        went_well=revision.went_well,
        went_badly=revision.went_badly,
        next_priorities=revision.next_priorities,
        priorities=tuple(PriorityRow(**row) for row in revision.priorities),
        outcomes=tuple(OutcomeRow(**row) for row in revision.outcomes),
    )


def head_draft(narrative: Narrative | None) -> Draft:
    """Return what the newest revision says."""
    return draft_of(revision(narrative, narrative.head) if narrative else None)


def is_published(narrative: Narrative | None) -> bool:
    """Tell whether readers can see this narrative."""
    return narrative is not None and published_number(narrative) is not None


def published_number(narrative: Narrative) -> int | None:
    """Return the number of the revision that readers see, or None."""
    found = select(Publication.revision_number).where(Publication.narrative_id == narrative.id)
    return db.session.scalar(found.order_by(Publication.number.desc()).limit(1))


def publications_by_revision(narrative: Narrative | None) -> dict[int, int]:
    """Return which publication (1: the first, then its corrections) each published revision became."""
    if narrative is None:
        return {}
    found = select(Publication.revision_number, Publication.number)
    rows = db.session.execute(found.where(Publication.narrative_id == narrative.id))
    return {row.revision_number: row.number for row in rows}


def pinned_numbers(narrative: Narrative) -> set[int]:
    """Return the numbers of the revisions that were signed off, published, or marked as read."""
    published = select(Publication.revision_number).where(Publication.narrative_id == narrative.id)
    read = select(Reading.revision_number).where(Reading.narrative_id == narrative.id)
    signed = {narrative.sign_off.revision_number} if narrative.sign_off else set()
    return set(db.session.scalars(published.union(read))) | signed


def light_revisions(
    narrative: Narrative, *, before: int | None = None, limit: int = LISTED, only_named: bool = False
) -> list[LightRevision]:
    """Return the newest revisions without their texts, oldest first; only those numbered below `before`."""
    found = select(*_LIGHT).where(Revision.narrative_id == narrative.id)
    if before is not None:
        found = found.where(Revision.number < before)
    if only_named:
        found = found.where(Revision.name != "")
    rows = list(db.session.execute(found.order_by(Revision.number.desc()).limit(limit)))[::-1]
    names = names_of(author for row in rows for author in row.authors)
    return [
        LightRevision(
            number=row.number,
            base=row.base,
            note=row.note,
            name=row.name,
            authors=tuple(row.authors),
            saved_at=row.saved_at,
            by=named(row.authors, names, first=row.author_id),
        )
        for row in rows
    ]


def recent_sessions(
    narrative: Narrative | None,
    *,
    before: int | None = None,
    limit: int = LISTED,
    only_named: bool = False,
) -> list[Session]:
    """Return who wrote when, the latest session first; of at most `limit` revisions below `before`."""
    if narrative is None:
        return []
    return sessions(light_revisions(narrative, before=before, limit=limit, only_named=only_named))[::-1]


def authors_since(narrative: Narrative, number: int, *, besides: int | None) -> list[str]:
    """Return the names of all who wrote what came after revision `number`, without the person `besides`."""
    found = select(Revision.authors).where(Revision.narrative_id == narrative.id, Revision.number > number)
    wrote = {author for authors in db.session.scalars(found) for author in authors}
    return sorted(names_of(wrote - {besides}).values())


def priority_owners(chosen: Iterable[int]) -> list[Person]:
    """Return who can own a priority: active leaders and organisers, and whoever is chosen already."""
    leading = Person.role.in_(("leader", "organiser")) & Person.deactivated_at.is_(None)
    found = select(Person).where(leading | Person.id.in_(set(chosen)))
    return list(db.session.scalars(found.order_by(Person.name, Person.id)))


def published_before(quarter: Quarter, bucket: Bucket) -> Revision | None:
    """Return what the bucket published in the quarter before this one, or None."""
    earlier = previous_quarter(quarter)
    narrative = narrative_for(earlier, bucket) if earlier else None
    number = published_number(narrative) if narrative else None
    return revision(narrative, number) if narrative and number is not None else None


def owner_names(draft: Draft) -> dict[int, str]:
    """Return the names of the draft's priorities' owners by their ids."""
    chosen = {row.owner_id for row in draft.priorities if row.owner_id is not None}
    found = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(chosen)))
    return {row.id: row.name for row in found}


def revision_before(narrative: Narrative, revision: Revision) -> Revision | None:
    """Return what a revision is compared with first: the end of the session before its own, or its base."""
    if stands_alone(revision):
        return revision_at_or_before(narrative, min(revision.base, revision.number - 1))
    for session in recent_sessions(narrative, before=revision.number + 1):
        if revision.number not in {one.number for one in session.revisions}:
            return revision_at_or_before(narrative, session.last.number)
    return None


def own_prompts() -> dict[str, str]:
    """Return the prompts that the company set itself, by the names of the texts, a line each."""
    return {row.text: row.lines for row in db.session.execute(select(Prompts.text, Prompts.lines))}


def prompts() -> dict[str, tuple[str, ...]]:
    """Return the prompts of every text: the company's own, and ours where it has none."""
    return prompts_with(own_prompts())
