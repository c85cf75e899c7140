"""Settling: what was typed since the newest revision becomes revisions, one for each stretch of writing."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, exists, select
from sqlalchemy.orm import Session

from narrative.database import db, locked, transaction
from narrative.narratives import queries
from narrative.narratives.document.authors import Authors
from narrative.narratives.document.contents import read, write
from narrative.narratives.document.editing import edited
from narrative.narratives.document.models import Document, Presence
from narrative.narratives.document.updates import (
    COMPACTED_EVERY,
    as_settled,
    compact,
    updates_after,
)
from narrative.narratives.models import Narrative
from narrative.narratives.revising import Authorship, append
from narrative.narratives.rules import SESSION, Draft

# A text that nobody touches for so long becomes a revision with the next request, whoever makes it.
RESTS_FOR = timedelta(minutes=1)


def settle(session: Session, narrative: Narrative) -> None:
    """Make what was typed since the newest revision into revisions, in the caller's transaction.

    Each says what stood there at the end of at most ten minutes of writing, who wrote in them, and who wrote
    which words. Afterwards the newest revision says what the document says. The narrative must be locked.
    """
    document = session.get(Document, narrative.id)
    if document is None or document.seq == document.settled_seq:
        return
    doc = as_settled(session, document)
    head = queries.revision(narrative, narrative.head)
    said = queries.draft_of(head)
    authors = Authors(doc, head.authorship if head else {})
    for stretch in stretches(updates_after(session, document, document.settled_seq)):
        for update in stretch:
            authors.by = update.author_id
            doc.apply_update(update.payload)
        draft = read(doc).draft
        if draft != said:
            _append(session, narrative, draft, stretch, authors())
            said = draft
    document.settled_seq = document.seq
    if document.seq - document.snapshot_seq >= COMPACTED_EVERY:
        compact(session, document, doc)


def _append(
    session: Session,
    narrative: Narrative,
    draft: Draft,
    stretch: list[Row[Any]],
    authorship: Authorship,
) -> None:
    wrote = Counter(update.author_id for update in stretch if update.author_id is not None)
    by_id = wrote.most_common(1)[0][0] if wrote else None
    at = stretch[-1].received_at
    append(
        session,
        narrative,
        draft,
        base=narrative.head,
        by_id=by_id,
        at=at,
        authors=sorted(wrote),
        authorship=authorship,
    )


def stretches(updates: Iterable[Row[Any]]) -> Iterator[list[Row[Any]]]:
    """Cut the log where ten minutes have passed since a stretch began."""
    stretch: list[Row[Any]] = []
    for update in updates:
        if stretch and update.received_at - stretch[0].received_at > SESSION:
            yield stretch
            stretch = []
        stretch.append(update)
    if stretch:
        yield stretch


def follow(session: Session, narrative: Narrative, draft: Draft, *, by_id: int | None, at: datetime) -> None:
    """Let the document say what the newest revision, `draft`, says: for what was not typed in the document.

    It was settled before. Where nobody has opened a document there is none to follow. Two texts that were
    each short enough may be too long as one: nobody's words are dropped for that, and whoever writes next is
    told to shorten it.
    """
    document = session.get(Document, narrative.id)
    if document is None:
        return
    with edited(session, document, by_id=by_id, at=at, bounded=False) as doc:
        write(doc, draft)
    document.settled_seq = document.seq


def bring_up_to_date(narrative: Narrative | None) -> None:
    """Let the newest revision say what is typed in the document now. For pages that show revisions."""
    if narrative is None or not _unsettled(narrative.id):
        return
    with transaction() as session:
        settle(session, locked(session, Narrative, narrative.id))


def _unsettled(narrative_id: int) -> bool:
    here = Document.narrative_id == narrative_id
    return bool(db.session.scalar(select(exists().where(here, Document.seq > Document.settled_seq))))


def settle_what_rests(at: datetime) -> int:
    """Settle the documents that nobody has written in for a minute, and return how many.

    Forgets as well who had a room open and left without a word.
    """
    resting = select(Document.narrative_id).where(Document.seq > Document.settled_seq)
    found = db.session.scalars(resting.where(Document.written_at <= at - RESTS_FOR)).all()
    for narrative_id in found:
        with transaction() as session:
            settle(session, locked(session, Narrative, narrative_id))
    if db.session.scalar(select(exists().where(Presence.seen_at <= at - RESTS_FOR))):
        with transaction(shown=False) as session:
            session.execute(delete(Presence).where(Presence.seen_at <= at - RESTS_FOR))
    return len(found)
