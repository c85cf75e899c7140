"""What readers read: the published narratives, their corrections, and what stands before and after them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

from narrative.database import db
from narrative.narratives.models import Narrative, Priority, Publication, Revision
from narrative.narratives.outcomes import Report, reports_on_priorities
from narrative.narratives.queries import draft_of
from narrative.narratives.rules import carried_in_words
from narrative.narratives.rules.publications import is_tiny, reading_minutes
from narrative.people.models import Bucket, Person
from narrative.quarters.models import Quarter


@dataclass(frozen=True)
class Edition:
    """One line of the ledger: the first publication, or a correction of the one before.

    `states` says what is told of each earlier promise ("done", …) by its key, `states_before` what was told.
    """

    number: int
    reason: str
    words_changed: int
    published_at: datetime
    by: str | None
    states: Mapping[str, str]
    states_before: Mapping[str, str]

    @property
    def tiny(self) -> bool:
        """Whether it is a matter of a comma. One word is not, where "done" became "dropped"."""
        return is_tiny(self.words_changed) and self.states == self.states_before


@dataclass(frozen=True)
class PublishedPriority:
    """One priority as readers see it.

    `key` is what it is known by through corrections, `report` what a later narrative said of it, if one did.
    """

    title: str
    measure: str
    owner: str | None
    key: str
    carries: str | None
    carried: int
    report: Report | None

    @property
    def carried_in_words(self) -> str:
        """Return 'carried 3 quarters', or nothing for a new one."""
        return carried_in_words(self.carried)


def newest_publication(quarter: Quarter, bucket: Bucket) -> Publication | None:
    """Return what readers see of the bucket in that quarter, or None."""
    return db.session.scalar(_publications(quarter, bucket).order_by(Publication.number.desc()).limit(1))


def publication(quarter: Quarter, bucket: Bucket, number: int) -> Publication | None:
    """Return the publication with that number, or None: 1 is the first, every later one a correction."""
    return db.session.scalar(_publications(quarter, bucket).where(Publication.number == number))


def published_text(publication: Publication) -> Revision | None:
    """Return the revision that a publication froze."""
    here = Revision.narrative_id == publication.narrative_id
    found = select(Revision).where(here, Revision.number == publication.revision_number)
    return db.session.scalar(found)


def is_being_corrected(publication: Publication) -> bool:
    """Tell whether the newest revision says something else than this publication, the newest one."""
    newest = select(Revision).where(Revision.narrative_id == publication.narrative_id)
    head = db.session.scalar(newest.order_by(Revision.number.desc()).limit(1))
    if head is None or head.number == publication.revision_number:
        return False
    return draft_of(head) != draft_of(published_text(publication))


def history(narrative_id: int) -> list[Edition]:
    """Return every publication of a narrative without its text, the latest correction first."""
    light = (
        Publication.number,
        Publication.reason,
        Publication.words_changed,
        Publication.published_at,
        Person.name,
        Revision.outcomes,
    )
    found = select(*light).outerjoin(Person, Person.id == Publication.published_by_id)
    here = Revision.narrative_id == Publication.narrative_id
    found = found.join(Revision, here & (Revision.number == Publication.revision_number))
    found = found.where(Publication.narrative_id == narrative_id)
    editions: list[Edition] = []
    for row in db.session.execute(found.order_by(Publication.number)):
        states = {one["key"]: one["state"] for one in row.outcomes if one["state"]}
        before = editions[-1].states if editions else states
        facts = (row.number, row.reason, row.words_changed, row.published_at, row.name)
        editions.append(Edition(*facts, states, before))
    return editions[::-1]


def published_priorities(narrative_id: int) -> list[PublishedPriority]:
    """Return the priorities of a published narrative, in their order: two queries."""
    found = select(Priority, Person.name).outerjoin(Person, Person.id == Priority.owner_id)
    found = found.where(Priority.narrative_id == narrative_id, Priority.removed.is_(False))
    reports = reports_on_priorities(narrative_id)
    return [
        PublishedPriority(
            row.title, row.measure, owner, row.key, row.carries, row.carried, reports.get(row.id)
        )
        for row, owner in db.session.execute(found.order_by(Priority.position))
    ]


def earlier_quarter(quarter: Quarter, bucket: Bucket) -> Quarter | None:
    """Return the latest quarter before this one in which the bucket was published, or None."""
    found = select(Quarter).join(Narrative, Narrative.quarter_id == Quarter.id)
    found = found.join(Publication, (Publication.narrative_id == Narrative.id) & (Publication.number == 1))
    found = found.where(Narrative.bucket_id == bucket.id, Quarter.name < quarter.name)
    return db.session.scalar(found.order_by(Quarter.name.desc()).limit(1))


def minutes(publication: Publication) -> int:
    """Return how long reading a publication takes."""
    return reading_minutes(publication.words)


def _publications(quarter: Quarter, bucket: Bucket) -> Select[Publication]:
    found = select(Publication).join(Narrative, Narrative.id == Publication.narrative_id)
    return found.where(Narrative.quarter_id == quarter.id, Narrative.bucket_id == bucket.id)
