"""Taking a narrative in hand: locked, made if need be, and only while it can be written."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from narrative.database import locked
from narrative.narratives import queries
from narrative.narratives.models import Narrative
from narrative.narratives.rules import writing_state
from narrative.people.models import Bucket
from narrative.quarters.models import Quarter


class WritingClosed(Exception):
    """Nothing can be written now; `state` says why: 'early', 'published' or 'archived'."""

    def __init__(self, state: str) -> None:
        super().__init__(f"this narrative cannot be written: {state}")
        self.state = state


class NewerRevision(Exception):
    """Somebody saved since the page was loaded; `head` is the newest revision's number."""

    def __init__(self, head: int) -> None:
        super().__init__(f"there is a newer revision: {head}")
        self.head = head


def open_narrative(session: Session, quarter: Quarter, bucket: Bucket, *, at: datetime) -> Narrative:
    """Return the narrative, locked and made if need be; raise WritingClosed if it cannot be written."""
    narrative, state = _taken(session, quarter, bucket, at=at)
    if state != "open":
        raise WritingClosed(state)
    return narrative


def writable_narrative(session: Session, quarter: Quarter, bucket: Bucket, *, at: datetime) -> Narrative:
    """Return it as open_narrative does, also when it is published: then a correction is being written."""
    narrative, state = _taken(session, quarter, bucket, at=at)
    if state not in {"open", "published"}:
        raise WritingClosed(state)
    return narrative


def _taken(session: Session, quarter: Quarter, bucket: Bucket, *, at: datetime) -> tuple[Narrative, str]:
    narrative = locked(session, Narrative, _narrative_id(session, quarter, bucket))
    state = writing_state(
        drafting_opens_at=narrative.quarter.drafting_opens_at,
        published=queries.is_published(narrative),
        archived=narrative.bucket.archived_at is not None,
        at=at,
    )
    return narrative, state


def _narrative_id(session: Session, quarter: Quarter, bucket: Bucket) -> int:
    found = queries.narrative_for(quarter, bucket)
    if found is None:
        try:
            with session.begin_nested():
                session.add(Narrative(quarter_id=quarter.id, bucket_id=bucket.id))
        except IntegrityError:
            # Somebody else made it in this very moment.
            pass
        found = queries.narrative_for(quarter, bucket)
    assert found is not None  # noqa: S101 - one of the two has just made it
    return found.id
