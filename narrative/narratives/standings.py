"""How every bucket's narrative of a quarter stands: one query, whatever their number.

One more where several people wrote what is not published yet: readers' pages never wait for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from narrative.database import db
from narrative.narratives.authors import named, names_of
from narrative.narratives.models import Narrative, Publication, Revision, SignOff
from narrative.narratives.rules import first_words, reading_minutes, standing
from narrative.people.models import Bucket, Person
from narrative.quarters.models import Quarter
from narrative.web.markdown import stored


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One bucket in one quarter. `head`, `signed` are revision numbers; `words` counts what is published."""

    bucket_id: int
    slug: str
    name: str
    owner_id: int
    owner: str
    narrative_id: int | None
    head: int
    signed: int | None
    state: str
    words: int
    opening: str
    expected_on: date | None
    late_because: str | None
    edited_at: datetime | None
    edited_by: str | None

    @property
    def published(self) -> bool:
        """Whether readers can see it."""
        return self.state == "published"

    @property
    def minutes(self) -> int:
        """How long reading takes."""
        return reading_minutes(self.words)

    @property
    def will_be_published(self) -> bool:
        """Whether publishing the quarter now publishes this."""
        return self.signed is not None and not self.published


def standings(quarter: Quarter) -> list[Standing]:
    """Return every bucket that belongs to the quarter, in the buckets' order.

    Until publication these are all buckets that are not archived; afterwards those that were published, and
    those that were late then and are not archived.
    """
    newest = select(func.max(Publication.number)).where(Publication.narrative_id == Narrative.id)
    is_newest = Publication.number == newest.correlate(Narrative).scalar_subquery()
    narratives = and_(Narrative.bucket_id == Bucket.id, Narrative.quarter_id == quarter.id)
    found = _columns().outerjoin(Narrative, narratives)
    found = found.outerjoin(SignOff, SignOff.narrative_id == Narrative.id)
    found = found.outerjoin(Publication, and_(Publication.narrative_id == Narrative.id, is_newest))
    edited = and_(Revision.narrative_id == Narrative.id, Revision.number == Narrative.head)
    found = found.outerjoin(Revision, edited).outerjoin(_author, _author.id == Revision.author_id)
    found = found.where(or_(Bucket.archived_at.is_(None), Publication.id.is_not(None)))
    if quarter.published_at is not None:
        found = found.where(Narrative.id.is_not(None))
    rows = db.session.execute(found.order_by(Bucket.position, Bucket.id))
    return _standings(rows.all(), quarter_published=quarter.published_at is not None)


_author, _owner = aliased(Person), aliased(Person)


def _columns() -> Select:  # type: ignore[type-arg]
    return select(
        Bucket.id.label("bucket_id"),
        Bucket.slug,
        Bucket.name,
        Bucket.owner_id,
        _owner.name.label("owner"),
        Narrative.id.label("narrative_id"),
        Narrative.head,
        Narrative.expected_on,
        Narrative.late_because,
        SignOff.revision_number.label("signed"),
        Publication.id.label("publication_id"),
        Publication.words,
        Publication.html["opening"].as_string().label("opening"),
        Revision.saved_at.label("edited_at"),
        Revision.author_id,
        Revision.authors,
        _author.name.label("edited_by"),
    ).join(_owner, _owner.id == Bucket.owner_id)


def _standings(rows: Sequence[Row], *, quarter_published: bool) -> list[Standing]:  # type: ignore[type-arg]
    names = names_of(author for row in rows if _written_together(row) for author in row.authors)
    return [_standing(row, names, quarter_published=quarter_published) for row in rows]


def _written_together(row: Row) -> bool:  # type: ignore[type-arg]
    return row.publication_id is None and len(row.authors or ()) > 1


def _standing(row: Row, names: Mapping[int, str], *, quarter_published: bool) -> Standing:  # type: ignore[type-arg]
    known = row._asdict()
    first, authors = known.pop("author_id"), known.pop("authors")
    if _written_together(row):
        known["edited_by"] = named(authors, names, first=first)
    published = known.pop("publication_id") is not None
    head = known.pop("head") or 0
    state = standing(head=head, signed=row.signed, published=published, quarter_published=quarter_published)
    known["opening"] = first_words(stored(row.opening or "").striptags())
    known["words"] = row.words or 0
    return Standing(head=head, state=state, **known)
