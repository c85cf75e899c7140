"""Writing narratives: saving, restoring, saying that one is late. A revision, once stored, is never changed.

Every action locks the narrative first, so that two people who act at once come one after the other.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from narrative.database import transaction
from narrative.narratives import queries
from narrative.narratives.document.settling import follow, settle
from narrative.narratives.locking import NewerRevision, WritingClosed, open_narrative, writable_narrative
from narrative.narratives.models import Narrative, Revision
from narrative.narratives.revising import append, authorship_after, draft_at, filled, stored_already
from narrative.narratives.rules import Draft, together
from narrative.narratives.rules.draft_merging import merge_drafts
from narrative.people.models import Bucket, Person
from narrative.quarters.models import Quarter

__all__ = ["NewerRevision", "Saved", "WritingClosed", "restore", "save", "say_late"]

LONGEST_NOTE = 200


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What became of a save.

    `number` is the revision that says what was sent, `head` the newest one, which says `draft`. They differ
    when others (`meanwhile`, their names) had saved since. If it was merged with theirs, `note` says so, and
    `conflicts` names the parts in which both wordings now stand.
    """

    number: int
    head: int
    draft: Draft
    meanwhile: tuple[str, ...] = ()
    note: str = ""
    conflicts: tuple[str, ...] = ()


def save(
    quarter: Quarter,
    bucket: Bucket,
    *,
    draft: Draft,
    base: int,
    by: Person | None,
    at: datetime,
    note: str = "",
) -> Saved:
    """Store `draft`, which was written on revision `base` (0: on nothing), and lose nobody's words.

    On the newest revision it becomes the next one. Otherwise it is stored as it is, and then merged with
    what others saved meanwhile into one more. What changes nothing, or was stored already and is merely sent
    again because the answer was lost, adds no revision. Thins out old autosaves now and then.

    Once the narrative is published, it is a correction that is being written: readers see none of it until
    that is published. Raises WritingClosed before drafting opens, and for what an archived bucket
    never published.
    """
    with transaction() as session:
        narrative = writable_narrative(session, quarter, bucket, at=at)
        settle(session, narrative)
        head = queries.head_draft(narrative)
        if draft == head:
            return Saved(number=narrative.head, head=narrative.head, draft=head)
        by_id = by.id if by else None
        if base != narrative.head:
            saved = _save_stale(session, narrative, draft=draft, base=base, by_id=by_id, at=at)
        else:
            number = append(session, narrative, draft, base=base, by_id=by_id, at=at, note=note)
            saved = Saved(number=number, head=number, draft=draft)
        follow(session, narrative, saved.draft, by_id=by_id, at=at)
        return saved


def _save_stale(
    session: Session, narrative: Narrative, *, draft: Draft, base: int, by_id: int | None, at: datetime
) -> Saved:
    before, head = draft_at(narrative, base), narrative.head
    newest = queries.revision(narrative, head)
    theirs = queries.draft_of(newest)
    names = tuple(queries.authors_since(narrative, base, besides=by_id))
    number = base if draft == before else stored_already(session, narrative, draft, base=base, by_id=by_id)
    if number is not None:
        return Saved(number=number, head=head, draft=theirs, meanwhile=names)
    merged = merge_drafts(before, theirs=theirs, mine=draft)
    authorship = authorship_after(newest, merged.draft, by_id=by_id)
    number = append(session, narrative, draft, base=base, by_id=by_id, at=at)
    others = together(names) or "another page of the same author"
    note = f"Merged with what {others} had saved"[:LONGEST_NOTE]
    head = append(
        session, narrative, merged.draft, base=number, by_id=by_id, at=at, note=note, authorship=authorship
    )
    return Saved(
        number=number, head=head, draft=merged.draft, meanwhile=names, note=note, conflicts=merged.conflicts
    )


def restore(narrative: Narrative, number: int, *, head: int, by: Person, at: datetime) -> int:
    """Make what revision `number` says the newest revision again, and return its number.

    Nothing is taken away: the revisions between stay, and what others wrote since the revision `head` that
    the person saw is merged with it, wherever it was. Raises NewerRevision when they wrote in the same words,
    WritingClosed, and LookupError for a revision that is not there.
    """
    with transaction() as session:
        narrative = writable_narrative(session, narrative.quarter, narrative.bucket, at=at)
        settle(session, narrative)
        revision, newest = (queries.revision(narrative, one) for one in (number, narrative.head))
        if revision is None:
            raise LookupError(f"no revision {number}")
        draft, authorship = queries.draft_of(revision), revision.authorship
        if newest is not None and head != newest.number:
            draft = _with_what_came(draft, seen=draft_at(narrative, head), newest=newest)
            theirs = authorship_after(newest, draft, by_id=by.id)
            authorship = filled(authorship_after(revision, draft, by_id=None), theirs)
        note = f"Restored from revision {number}"
        base, by_id = narrative.head, by.id
        restored = append(
            session, narrative, draft, base=base, by_id=by_id, at=at, note=note, authorship=authorship
        )
        follow(session, narrative, draft, by_id=by.id, at=at)
        return restored


def _with_what_came(draft: Draft, *, seen: Draft, newest: Revision) -> Draft:
    """Return `draft` with what was written since `seen`, which `newest` has; raises NewerRevision."""
    now = queries.draft_of(newest)
    merged = merge_drafts(seen, theirs=now, mine=draft)
    if merged.conflicts or merged.draft == now:
        raise NewerRevision(newest.number)
    return merged.draft


def say_late(
    quarter: Quarter, bucket: Bucket, *, expected_on: date | None, because: str, at: datetime
) -> None:
    """Say that a narrative will be late: when it is expected, and why, for readers to see.

    `expected_on` None takes it back. Raises WritingClosed.
    """
    with transaction() as session:
        narrative = open_narrative(session, quarter, bucket, at=at)
        narrative.expected_on = expected_on
        narrative.late_because = (because.strip() or None) if expected_on else None
