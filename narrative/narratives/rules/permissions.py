"""Who may read, write and sign off a draft, and when it can be written."""

from collections.abc import Iterable
from datetime import datetime


def may_read_drafts(role: str) -> bool:
    """Tell whether drafts exist at all for somebody of that role."""
    return role in {"leader", "organiser"}


def may_write(*, role: str, person_id: int, owner_id: int, contributor_ids: Iterable[int]) -> bool:
    """Tell whether a person may write a bucket's narrative: its owner, its contributors, organisers."""
    if not may_read_drafts(role):
        return False
    return role == "organiser" or person_id == owner_id or person_id in set(contributor_ids)


def may_sign_off(*, role: str, person_id: int, owner_id: int) -> bool:
    """Tell whether a person may sign off: only the one accountable owner."""
    return may_read_drafts(role) and person_id == owner_id


def writing_state(*, drafting_opens_at: datetime, published: bool, archived: bool, at: datetime) -> str:
    """Return whether a narrative can be written at `at`: 'open', 'early', 'published' or 'archived'.

    What counts is whether this bucket's narrative is published, not the quarter: a late one stays open. What
    was published can be corrected for good, also when its bucket was archived since.
    """
    if published:
        return "published"
    if archived:
        return "archived"
    return "early" if at < drafting_opens_at else "open"
