"""Who comes to a room to write, looked at in one query: everybody there is, every second."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, and_, exists, select

from narrative.database import db
from narrative.narratives import rules
from narrative.narratives.document.models import Document
from narrative.narratives.models import Narrative, Publication
from narrative.people.models import Bucket, Contributor
from narrative.quarters.models import Quarter


@dataclass(frozen=True)
class Door:
    """What is behind a room's address. `state` is rules.writing_state's; `seq` None says: no document yet."""

    quarter_id: int
    bucket_id: int
    owner_id: int
    narrative_id: int | None
    head: int
    seq: int | None
    state: str
    may_write: bool


def door(quarter: str, bucket: str, *, person_id: int, role: str, at: datetime) -> Door | None:
    """Return what is behind the address, for that person; None where there is nothing."""
    writes = exists().where(Contributor.bucket_id == Bucket.id, Contributor.person_id == person_id)
    published = exists().where(Publication.narrative_id == Narrative.id).correlate(Narrative)
    here = and_(Narrative.quarter_id == Quarter.id, Narrative.bucket_id == Bucket.id)
    found = (
        select(
            Quarter.id,
            Bucket.id.label("bucket_id"),
            Bucket.owner_id,
            Bucket.archived_at,
            Quarter.drafting_opens_at,
            Narrative.id.label("narrative_id"),
            Narrative.head,
            Document.seq,
            published.label("published"),
            writes.label("contributes"),
        )
        .select_from(Quarter)
        .join(Bucket, Bucket.slug == bucket)
    )
    found = found.outerjoin(Narrative, here).outerjoin(Document, Document.narrative_id == Narrative.id)
    row = db.session.execute(found.where(Quarter.name == quarter)).one_or_none()
    return _door(row, person_id=person_id, role=role, at=at) if row else None


def _door(row: Row, *, person_id: int, role: str, at: datetime) -> Door:  # type: ignore[type-arg]
    state = rules.writing_state(
        drafting_opens_at=row.drafting_opens_at,
        published=row.published,
        archived=row.archived_at is not None,
        at=at,
    )
    contributors = [person_id] if row.contributes else []
    may = rules.may_write(role=role, person_id=person_id, owner_id=row.owner_id, contributor_ids=contributors)
    return Door(row.id, row.bucket_id, row.owner_id, row.narrative_id, row.head or 0, row.seq, state, may)
