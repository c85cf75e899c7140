"""Correcting what is published: a new revision with a reason, which readers can see and compare."""

from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from narrative.database import db, locked, transaction
from narrative.narratives import queries
from narrative.narratives.checking import lacks_of_all
from narrative.narratives.destinations import Page
from narrative.narratives.diffs import words_changed
from narrative.narratives.document.settling import follow, settle
from narrative.narratives.freezing import Correction, freeze
from narrative.narratives.locking import NewerRevision
from narrative.narratives.models import Narrative, Publication
from narrative.narratives.noting import notes_of
from narrative.narratives.promises import promises, titles
from narrative.narratives.rendering import render_draft
from narrative.narratives.revising import append
from narrative.narratives.rules import Draft
from narrative.narratives.rules.publications import new_lacks
from narrative.narratives.signing_off import StillLacking
from narrative.people.models import Person

LONGEST_NOTE = 200


class NotPublished(Exception):
    """There is nothing to correct: the narrative is not published, and can simply be written."""


class NothingChanged(Exception):
    """The correction says what is published already."""


def correct(
    narrative: Narrative,
    *,
    draft: Draft,
    base: int,
    reason: str,
    by: Person,
    at: datetime,
    accepted: bool = False,
) -> int:
    """Publish `draft` in place of what readers see now, and return the publication's number.

    `base` is the narrative's newest revision as the author saw it, so that of two corrections at once one
    wins and the other is told. `accepted` says that the author looked at what seems unfinished and means it.
    Who may is for the caller to ask.

    Raises NewerRevision, NothingChanged, NotPublished, StillLacking (what the published text did not lack),
    and ValueError without a reason.
    """
    reason = reason.strip()
    if not reason:
        raise ValueError("a correction needs a reason")
    # Checked, rendered and compared before writers are kept waiting; the guard below says if it was in vain.
    seen = _newest(db.session(), narrative)
    before = queries.draft_of(queries.revision(narrative, seen.revision_number))
    _check(narrative, before, draft, accepted=accepted)
    rendered = render_draft(draft, before=seen.html)
    changed = words_changed(render_draft(before).plain, rendered.plain)
    correction = Correction(number=seen.number + 1, words_changed=changed, reason=reason)
    with transaction() as session:
        narrative = locked(session, Narrative, narrative.id)
        settle(session, narrative)
        if base != narrative.head or _newest(session, narrative).id != seen.id:
            raise NewerRevision(narrative.head)
        note = f"Correction: {reason}"[:LONGEST_NOTE]
        number = append(session, narrative, draft, base=base, by_id=by.id, at=at, note=note)
        follow(session, narrative, draft, by_id=by.id, at=at)
        freeze(session, (narrative.id, number), draft, rendered, by=by, at=at, correction=correction)
    return correction.number


def _newest(session: Session, narrative: Narrative) -> Publication:
    found = select(Publication).where(Publication.narrative_id == narrative.id)
    newest = session.scalar(found.order_by(Publication.number.desc()).limit(1))
    if newest is None:
        raise NotPublished
    return newest


def _check(narrative: Narrative, before: Draft, after: Draft, *, accepted: bool) -> None:
    if after == before:
        raise NothingChanged
    key = (narrative.quarter.name, narrative.bucket.slug)
    promised = titles(promises(narrative.quarter, narrative.bucket))
    beside = partial(Page, key=key, promised=promised, private_notes=notes_of(narrative))
    known, found = lacks_of_all([beside(draft=draft) for draft in (before, after)])
    lacks = new_lacks(known, found, accepted=accepted)
    if lacks:
        raise StillLacking(lacks)
