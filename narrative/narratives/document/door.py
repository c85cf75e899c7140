"""Who comes to a room to write, looked at in one query: everybody there is, every second."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, Select, Table, and_, bindparam, exists, select

from narrative.database import db
from narrative.narratives import rules
from narrative.narratives.document.models import Document
from narrative.narratives.models import Narrative, Publication
from narrative.people.models import Bucket, Contributor
from narrative.quarters.models import Quarter
from narrative.quarters.rules import is_name


@dataclass(frozen=True)
class Door:
    """What is behind a room's address. `state` is rules.writing_state's; `seq` None says: no document yet."""

    narrative_id: int | None
    seq: int | None
    state: str
    may_write: bool


def door(quarter: str, bucket: str, *, person_id: int, role: str, at: datetime) -> Door | None:
    """Return what is behind the address, for that person; None where there is nothing."""
    if not is_name(quarter) or "\x00" in bucket:
        return None
    asked = {"quarter": quarter, "bucket": bucket, "person_id": person_id}
    row = db.session.execute(_BEHIND, asked).one_or_none()
    return _door(row, person_id=person_id, role=role, at=at) if row else None


def _behind() -> Select[Any]:
    """Build the query, once: tables instead of classes, so that no session is filled with objects."""
    quarters, buckets, contributors, narratives, publications, documents = (
        cast("Table", kind.__table__)
        for kind in (Quarter, Bucket, Contributor, Narrative, Publication, Document)
    )
    writes = exists().where(
        contributors.c.bucket_id == buckets.c.id, contributors.c.person_id == bindparam("person_id")
    )
    published = exists().where(publications.c.narrative_id == narratives.c.id)
    here = and_(narratives.c.quarter_id == quarters.c.id, narratives.c.bucket_id == buckets.c.id)
    return (
        select(
            quarters.c.drafting_opens_at,
            buckets.c.owner_id,
            buckets.c.archived_at,
            narratives.c.id.label("narrative_id"),
            documents.c.seq,
            published.label("published"),
            writes.label("contributes"),
        )
        .select_from(quarters.join(buckets, buckets.c.slug == bindparam("bucket")))
        .outerjoin(narratives, here)
        .outerjoin(documents, documents.c.narrative_id == narratives.c.id)
        .where(quarters.c.name == bindparam("quarter"))
    )


_BEHIND = _behind()


def _door(row: Row, *, person_id: int, role: str, at: datetime) -> Door:  # type: ignore[type-arg]
    state = rules.writing_state(
        drafting_opens_at=row.drafting_opens_at,
        published=row.published,
        archived=row.archived_at is not None,
        at=at,
    )
    contributors = [person_id] if row.contributes else []
    may = rules.may_write(role=role, person_id=person_id, owner_id=row.owner_id, contributor_ids=contributors)
    return Door(row.narrative_id, row.seq, state, may)
