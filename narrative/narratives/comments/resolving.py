"""Resolving threads, and reopening them."""

from datetime import datetime

from sqlalchemy.orm import Session

from narrative.database import transaction
from narrative.narratives.comments.models import Comment, CommentResolution
from narrative.narratives.comments.saying import touch
from narrative.narratives.locking import writable_narrative
from narrative.narratives.models import Narrative
from narrative.people.models import Person


def resolve(narrative: Narrative, thread_id: int, *, by: Person, at: datetime) -> None:
    """Say that a thread is resolved. Saying it again is harmless. Raises WritingClosed and LookupError."""
    with transaction(shown=False) as session:
        narrative = writable_narrative(session, narrative.quarter, narrative.bucket, at=at)
        resolve_thread(session, thread(session, narrative, thread_id), by=by, at=at)


def reopen(narrative: Narrative, thread_id: int, *, at: datetime) -> None:
    """Take a thread up again. Raises WritingClosed and LookupError."""
    with transaction(shown=False) as session:
        narrative = writable_narrative(session, narrative.quarter, narrative.bucket, at=at)
        root = thread(session, narrative, thread_id)
        if root.resolution is not None:
            session.delete(root.resolution)
            touch(session, root)
            session.expire(root, ["resolution"])


def thread(session: Session, narrative: Narrative, thread_id: int) -> Comment:
    """Return the first comment of a thread, read anew within the transaction. Raises LookupError."""
    root = session.get(Comment, thread_id, populate_existing=True)
    if root is None or root.narrative_id != narrative.id or root.root_id is not None:
        raise LookupError(f"no thread {thread_id}")
    return root


def resolve_thread(session: Session, root: Comment, *, by: Person, at: datetime) -> None:
    """Resolve a thread in the caller's transaction, unless it is already."""
    if root.resolution is None:
        root.resolution = CommentResolution(resolved_by_id=by.id, resolved_at=at)
        touch(session, root)
