"""Correcting what is published: a newer revision takes its place, with a reason, for readers to see."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from narrative.database import db, locked, transaction
from narrative.narratives import queries
from narrative.narratives.checking import lacks_of_all
from narrative.narratives.comparing import words_between
from narrative.narratives.destinations import Page
from narrative.narratives.document.settling import settle
from narrative.narratives.freezing import Correction, freeze
from narrative.narratives.gate import fingerprint_of_one, refused
from narrative.narratives.locking import NewerRevision
from narrative.narratives.models import Narrative, Publication
from narrative.narratives.noting import notes_of
from narrative.narratives.promises import promises, titles
from narrative.narratives.rendering import render_draft
from narrative.narratives.rules import Draft, Lack
from narrative.narratives.rules.publications import new_lacks
from narrative.narratives.signing_off import StillLacking
from narrative.people.models import Person


class NotPublished(Exception):
    """There is nothing to correct: the narrative is not published, and can simply be written."""


class NothingChanged(Exception):
    """The correction says what is published already."""


@dataclass(frozen=True)
class Pending:
    """What readers see now, and what the newest revision says: a correction in the making, if they differ.

    `lacks` are what it would break: the newest revision lacks them and the published text did not. `seen` is
    their fingerprint.
    """

    published: Publication
    before: Draft
    after: Draft
    lacks: list[Lack]

    @property
    def differs(self) -> bool:
        """Whether there is anything to publish."""
        return self.before != self.after

    @property
    def seen(self) -> str:
        """What differs when the check finds something else."""
        return fingerprint_of_one(self.lacks)


def pending(narrative: Narrative) -> Pending:
    """Return what a correction would publish now. Raises NotPublished."""
    published = _newest(db.session(), narrative)
    before = queries.draft_of(queries.revision(narrative, published.revision_number))
    after = queries.head_draft(narrative)
    return Pending(published, before, after, _lacks(narrative, before, after))


def correct(
    narrative: Narrative,
    *,
    revision_number: int,
    reason: str,
    by: Person,
    at: datetime,
    accepted: bool = False,
    seen: str | None = None,
) -> int:
    """Publish revision `revision_number` in place of what readers see now; return the publication's number.

    It must be the newest revision, the one that the author saw, so that of two corrections at once one wins
    and the other is told. Sent twice by the same person, it is published once. `accepted` and `seen` are what
    they say of what looks unfinished (`gate.refused`). Who may is for the caller to ask.

    Raises NewerRevision, NothingChanged, NotPublished, StillLacking (what the published text did not lack),
    and ValueError without a reason.
    """
    if not (reason := reason.strip()):
        raise ValueError("a correction needs a reason")
    # Checked, rendered and compared before writers are kept waiting; the guard below says if it was in vain.
    found = pending(narrative)
    if _is(found.published, revision_number, reason=reason, by=by):
        return found.published.number
    _check(found, narrative.head, revision_number, refused(found.lacks, accepted=accepted, seen=seen))
    rendered = render_draft(found.after, before=found.published.html)
    changed = words_between(found.before, found.after)
    correction = Correction(number=found.published.number + 1, words_changed=changed, reason=reason)
    pinned = (narrative.id, revision_number)
    with transaction() as session:
        narrative = locked(session, Narrative, narrative.id)
        settle(session, narrative)
        newest = _newest(session, narrative)
        if _is(newest, revision_number, reason=reason, by=by):
            return newest.number
        if revision_number != narrative.head or newest.id != found.published.id:
            raise NewerRevision(narrative.head)
        freeze(session, pinned, found.after, rendered, by=by, at=at, correction=correction)
    return correction.number


def _is(publication: Publication, revision_number: int, *, reason: str, by: Person) -> bool:
    """Tell whether it is this very correction, sent once more because the answer was lost."""
    said = (publication.revision_number, publication.reason, publication.published_by_id)
    return publication.number > 1 and said == (revision_number, reason, by.id)


def _check(found: Pending, head: int, revision_number: int, lacks: list[Lack]) -> None:
    if revision_number != head:
        raise NewerRevision(head)
    if not found.differs:
        raise NothingChanged
    if lacks:
        raise StillLacking(lacks)


def _newest(session: Session, narrative: Narrative) -> Publication:
    found = select(Publication).where(Publication.narrative_id == narrative.id)
    newest = session.scalar(found.order_by(Publication.number.desc()).limit(1))
    if newest is None:
        raise NotPublished
    return newest


def _lacks(narrative: Narrative, before: Draft, after: Draft) -> list[Lack]:
    if before == after:
        return []
    key = (narrative.quarter.name, narrative.bucket.slug)
    promised = titles(promises(narrative.quarter, narrative.bucket))
    beside = partial(Page, key=key, promised=promised, private_notes=notes_of(narrative))
    known, found = lacks_of_all([beside(draft=draft) for draft in (before, after)])
    return new_lacks(known, found)
