"""Publishing: one act for a whole quarter, exactly once; late narratives one by one afterwards."""

from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from narrative.database import changed_rows, db, locked, transaction
from narrative.narratives import queries
from narrative.narratives.freezing import freeze
from narrative.narratives.models import Narrative, Revision, SignOff
from narrative.narratives.rendering import render_draft
from narrative.narratives.rules import Draft
from narrative.narratives.standings import Standing, standings
from narrative.people.models import Bucket, Person
from narrative.quarters.models import Quarter


class NothingSignedOff(Exception):
    """There would be nothing to read: no narrative is signed off."""


class MoreMissing(Exception):
    """More buckets would be left out than the organiser was told; `names` are the new ones."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"not signed off any more: {', '.join(names)}")
        self.names = names


class CannotPublish(Exception):
    """A late narrative cannot be published yet; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def publish_quarter(
    quarter: Quarter, *, by: Person | None, at: datetime, without: Collection[int] | None = None
) -> bool:
    """Show every signed-off narrative to everybody, all in one moment; return False if that was done before.

    What is published of each is the revision that its owner signed off, whatever was written since. `without`
    are the buckets whose lack was seen and accepted (ids; None: whichever they are). Buckets that are not
    signed off are late from now on.

    Raises NothingSignedOff, and MoreMissing when a bucket lacks a sign-off that is not in `without`; then
    nothing was published.
    """
    if quarter.published_at is not None:
        return False
    # Rendering is slow; done here, it does not keep writers waiting.
    ready = {pinned: render_draft(draft) for pinned, draft in _signed_off(db.session(), quarter)}
    with transaction() as session:
        if not _open(session, quarter, at=at):
            return False
        _check_missing(standings(quarter), without)
        for pinned, draft in _signed_off(session, quarter):
            freeze(session, pinned, draft, ready.get(pinned) or render_draft(draft), by=by, at=at)
    return True


def publish_if_due(quarter: Quarter, at: datetime) -> bool:
    """Publish the quarter if its instant has come and every bucket is signed off; tell whether it did.

    Where something is missing, an organiser decides.
    """
    if quarter.published_at is not None or at < quarter.publishes_at:
        return False
    if not all(one.will_be_published for one in standings(quarter)):
        return False
    try:
        return publish_quarter(quarter, by=None, at=at, without=())
    except (NothingSignedOff, MoreMissing):
        # Somebody took a sign-off back in this very moment.
        return False


def publish_past(quarter: Quarter, narrative_ids: Collection[int], *, at: datetime) -> None:
    """Publish narratives as they stand, without a sign-off: what was published elsewhere, long ago.

    Only in a quarter whose instant of publication has passed; else raises CannotPublish. What is signed off
    in it is published as well, everything else is late. What is published already stays as it is.
    """
    if at < quarter.publishes_at:
        raise CannotPublish(
            "The quarter is not over yet; what is imported is signed off by its owners first."
        )
    with transaction() as session:
        if _open(session, quarter, at=at):
            for pinned, draft in _signed_off(session, quarter):
                freeze(session, pinned, draft, render_draft(draft), by=None, at=at)
        for narrative_id in sorted(narrative_ids):
            narrative = locked(session, Narrative, narrative_id)
            if not queries.is_published(narrative):
                draft = queries.head_draft(narrative)
                pinned = (narrative_id, narrative.head)
                freeze(session, pinned, draft, render_draft(draft), by=None, at=at)


def publish_late(narrative: Narrative, *, by: Person, at: datetime) -> bool:
    """Publish a narrative that was signed off after its quarter was published; False if it is published.

    Who may is for the caller to ask. Raises CannotPublish.
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
        freeze(session, pinned, draft, render_draft(draft), by=by, at=at)
    return True


def _signed_off(session: Session, quarter: Quarter) -> Iterator[tuple[tuple[int, int], Draft]]:
    pinned = (Revision.narrative_id == SignOff.narrative_id) & (Revision.number == SignOff.revision_number)
    found = select(Revision).join(SignOff, pinned).join(Narrative, Narrative.id == SignOff.narrative_id)
    found = found.join(Bucket, Bucket.id == Narrative.bucket_id)
    found = found.where(Narrative.quarter_id == quarter.id, Bucket.archived_at.is_(None))
    for revision in session.scalars(found.order_by(Revision.narrative_id)):
        yield (revision.narrative_id, revision.number), queries.draft_of(revision)


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


def _check_missing(found: list[Standing], without: Collection[int] | None) -> None:
    missing = [one for one in found if not one.will_be_published]
    if len(missing) == len(found):
        raise NothingSignedOff
    unseen = [one.name for one in missing if without is not None and one.bucket_id not in without]
    if unseen:
        raise MoreMissing(unseen)
