"""Publishing: one act for a whole quarter, exactly once; late narratives one by one afterwards."""

from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import datetime

from flask import current_app
from sqlalchemy import exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from narrative.data_version import Kept, number_in_session
from narrative.database import changed_rows, db, locked, transaction
from narrative.narratives import queries
from narrative.narratives.checking import lacks_in
from narrative.narratives.destinations import Page
from narrative.narratives.freezing import freeze
from narrative.narratives.gate import (
    Decision,
    MoreMissing,
    NeedsReason,
    NothingSignedOff,
    Pinned,
    pass_gate,
    prepared,
    reason_for,
)
from narrative.narratives.models import AnywayReason, Narrative, Revision, SignOff
from narrative.narratives.noting import notes_of_all
from narrative.narratives.promises import promises_of_all, titles
from narrative.narratives.rendering import render_draft
from narrative.narratives.standings import standings
from narrative.people.models import Bucket, Person
from narrative.quarters.models import Quarter

MOST_HELD_BACK = 50
IMPORTED = "Imported as it was published elsewhere. Nothing in it was checked."


class CannotPublish(Exception):
    """A late narrative cannot be published yet; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def publish_quarter(
    quarter: Quarter, *, by: Person | None, at: datetime, decision: Decision | None = None
) -> bool:
    """Show every signed-off narrative to everybody, all in one moment; return False if that was done before.

    What is published of each is the revision that its owner signed off, whatever was written since. Buckets
    that are not signed off are late from now on. When something is missing or looks unfinished, the reason in
    `decision` is kept with the quarter.

    Raises what `gate.pass_gate` raises; then nothing was published.
    """
    if quarter.published_at is not None:
        return False
    ready = prepared(_signed_off(db.session(), quarter))
    with transaction() as session:
        if not _open(session, quarter, at=at):
            return False
        signed = dict(_signed_off(session, quarter))
        # What was signed off in this very moment.
        ready |= prepared((pinned, page) for pinned, page in signed.items() if pinned not in ready)
        ready = {pinned: ready[pinned] for pinned in signed}
        because = pass_gate(standings(quarter), ready.values(), decision or Decision())
        _say_why(session, quarter, because, by=by)
        for pinned, one in ready.items():
            freeze(session, pinned, one.page.draft, one.rendered, by=by, at=at)
    return True


def publish_if_due(quarter: Quarter, at: datetime) -> bool:
    """Publish the quarter if its instant has come and nothing stands against it; tell whether it did.

    Every bucket has to be signed off, and the check to find no accident; otherwise an organiser decides.
    """
    if quarter.published_at is not None or at < quarter.publishes_at:
        return False
    if not all(one.will_be_published for one in standings(quarter)):
        return False
    # Asked every second while it waits: checking anew, before anything changed, would find the same.
    number, held_back = number_in_session(), _held_back()
    if held_back.get(quarter.id, number=number):
        return False
    try:
        return publish_quarter(quarter, by=None, at=at, decision=Decision(without=(), by_itself=True))
    except (NothingSignedOff, MoreMissing, NeedsReason):
        # An accident; or somebody took a sign-off back in this very moment.
        held_back.put(quarter.id, True, number=number)
        return False


def _held_back() -> Kept[bool]:
    kept: Kept[bool] = current_app.extensions.setdefault(
        "narrative.held_back", Kept[bool](most=MOST_HELD_BACK)
    )
    return kept


def publish_past(quarter: Quarter, narrative_ids: Collection[int], *, at: datetime) -> None:
    """Publish narratives as they stand, without a sign-off: what was published elsewhere, long ago.

    Only in a quarter whose instant of publication has passed; else raises CannotPublish. What is signed off
    in it is published as well, everything else is late. What is published already stays as it is.

    The one path past the gate: what was published elsewhere is not checked, and the quarter says so.
    """
    if at < quarter.publishes_at:
        raise CannotPublish(
            "The quarter is not over yet; what is imported is signed off by its owners first."
        )
    with transaction() as session:
        opened = _open(session, quarter, at=at)
        if opened:
            _say_why(session, quarter, IMPORTED, by=None)
            for pinned, page in _signed_off(session, quarter):
                freeze(session, pinned, page.draft, render_draft(page.draft), by=None, at=at)
        for narrative_id in sorted(narrative_ids):
            narrative = locked(session, Narrative, narrative_id)
            if not queries.is_published(narrative):
                draft = queries.head_draft(narrative)
                pinned, rendered = (narrative_id, narrative.head), render_draft(draft)
                anyway = "" if opened else IMPORTED
                freeze(session, pinned, draft, rendered, by=None, at=at, anyway_because=anyway)


def publish_late(narrative: Narrative, *, by: Person, at: datetime, because: str = "") -> bool:
    """Publish a narrative that was signed off after its quarter was published; False if it is published.

    `because` says why, if the check finds something in it. Who may is for the caller to ask. Raises
    CannotPublish, and NeedsReason.
    """
    with transaction() as session:
        narrative = locked(session, Narrative, narrative.id)
        if narrative.quarter.published_at is None:
            raise CannotPublish("The quarter is not published yet; this narrative will be published with it.")
        if queries.is_published(narrative):
            return False
        if narrative.sign_off is None:
            raise CannotPublish("It is not signed off yet; its owner signs off first.")
        pinned = (narrative.id, narrative.sign_off.revision_number)
        draft = queries.draft_of(queries.revision(narrative, pinned[1]))
        anyway = reason_for(lacks_in(narrative, draft), because) or ""
        freeze(session, pinned, draft, render_draft(draft), by=by, at=at, anyway_because=anyway)
    return True


def _signed_off(session: Session, quarter: Quarter) -> Iterator[tuple[Pinned, Page]]:
    pinned = (Revision.narrative_id == SignOff.narrative_id) & (Revision.number == SignOff.revision_number)
    found = (
        select(Revision, Bucket).join(SignOff, pinned).join(Narrative, Narrative.id == SignOff.narrative_id)
    )
    found = found.join(Bucket, Bucket.id == Narrative.bucket_id)
    found = found.where(Narrative.quarter_id == quarter.id, Bucket.archived_at.is_(None))
    rows = session.execute(found.order_by(Revision.narrative_id)).all()
    notes = notes_of_all([revision.narrative_id for revision, _bucket in rows])
    promised = promises_of_all(quarter, [bucket.id for _revision, bucket in rows])
    for revision, bucket in rows:
        page = Page(
            key=(quarter.name, bucket.slug),
            draft=queries.draft_of(revision),
            private_notes=notes.get(revision.narrative_id, ""),
            promised=titles(promised[bucket.id]),
        )
        yield (revision.narrative_id, revision.number), page


def _say_why(session: Session, quarter: Quarter, because: str | None, *, by: Person | None) -> None:
    """Keep with the quarter why it was published although something was missing or looked unfinished."""
    if because is not None:
        session.add(AnywayReason(quarter_id=quarter.id, because=because, said_by_id=by.id if by else None))


def _open(session: Session, quarter: Quarter, *, at: datetime) -> bool:
    """Make the quarter published, once; False if it was.

    Gives every bucket a narrative, so that what is late now is known as late, and locks them all.
    """
    once = update(Quarter).where(Quarter.id == quarter.id, Quarter.published_at.is_(None))
    if changed_rows(session, once.values(published_at=at)) == 0:
        return False
    here = exists().where(Narrative.bucket_id == Bucket.id, Narrative.quarter_id == quarter.id)
    for bucket_id in session.scalars(select(Bucket.id).where(Bucket.archived_at.is_(None), ~here)).all():
        # Somebody may begin to write it in this very moment.
        with suppress(IntegrityError), session.begin_nested():
            session.add(Narrative(quarter_id=quarter.id, bucket_id=bucket_id))
    rows = select(Narrative.id).where(Narrative.quarter_id == quarter.id).order_by(Narrative.id)
    session.execute(rows.with_for_update())
    return True
