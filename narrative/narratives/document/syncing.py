"""Synchronising: a page sends what it typed and gets what others did. Asked for every second or so.

*Saved* is for the page to say, by comparing state vectors: an update whose forerunner is missing is taken
without an error and changes nothing.
"""

from collections.abc import Iterable
from datetime import datetime

from pycrdt import merge_updates
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from narrative.database import db, transaction
from narrative.narratives import queries
from narrative.narratives.document import presence
from narrative.narratives.document.checks import (
    LARGEST_DOCUMENT,
    LARGEST_UPDATE,
    STRANGE,
    Changes,
    Refused,
    owner_ids,
)
from narrative.narratives.document.contents import SharedDoc, loaded, make_room_for, seeded
from narrative.narratives.document.editing import edited
from narrative.narratives.document.messages import Here, Sent, Told
from narrative.narratives.document.models import Document
from narrative.narratives.document.settling import bring_up_to_date
from narrative.narratives.document.updates import (
    COMPACTED_EVERY,
    add_update,
    kept_documents,
    newest,
    updates_after,
)
from narrative.narratives.locking import writable_narrative
from narrative.narratives.models import Narrative
from narrative.narratives.promises import promises
from narrative.people.models import Bucket, Person
from narrative.quarters.models import Quarter

_LOCK = select(Narrative.id).where(Narrative.id == bindparam("narrative_id")).with_for_update()

TOO_LARGE = (
    "This would make the text larger than the server takes. It is kept on this device. Copy it, and put it "
    "in again in parts."
)


def synchronise(narrative_id: int, sent: Sent, *, seq: int, by_id: int, at: datetime) -> Told:
    """Take what a page typed, note that it is here, and return what it is told.

    The narrative has a document, whose newest number is `seq` or was a moment ago; who may write in it is for
    the caller to ask. Raises Refused, with nothing stored.
    """
    pages = presence.here(narrative_id, at=at)
    if sent.update:
        return push(narrative_id, sent, pages, by_id=by_id, at=at)
    others = others_than(sent, pages)
    told = Told(seq=seq, state=None, update=b"", here=others)
    if sent.seq != seq:
        told = pull(narrative_id, sent, others)
    if presence.is_news(pages, sent, at=at):
        presence.note_alone(narrative_id, sent, person_id=by_id, at=at)
    return told


def push(narrative_id: int, sent: Sent, pages: list[Here], *, by_id: int, at: datetime) -> Told:
    """Store what a page typed, and return what it lacks. What is stored already is not stored again."""
    if len(sent.update) > LARGEST_UPDATE:
        raise Refused(TOO_LARGE, status=413)
    with transaction(shown=False) as session:
        session.execute(_LOCK, {"narrative_id": narrative_id})
        document = session.get_one(Document, narrative_id)
        doc = newest(session, document)
        answer = _since(session, document, doc, sent)
        stored = _apply(session, document, doc, sent.update, by_id=by_id, at=at)
        if presence.is_news(pages, sent, at=at):
            presence.note(session, narrative_id, sent, person_id=by_id, at=at)
    if stored:
        # What changed nothing may wait in it for a forerunner that never comes.
        kept_documents().give(narrative_id, document.seq, doc)
    if document.seq - document.snapshot_seq >= COMPACTED_EVERY:
        bring_up_to_date(db.session.get(Narrative, narrative_id))
    return Told(seq=document.seq, state=document.state, update=answer, here=others_than(sent, pages))


def pull(narrative_id: int, sent: Sent, others: list[Here]) -> Told:
    """Return what a page lacks that typed nothing itself."""
    session = db.session()
    document = session.get_one(Document, narrative_id, populate_existing=True)
    answer = _since(session, document, None, sent)
    return Told(seq=document.seq, state=document.state, update=answer, here=others)


def others_than(sent: Sent, pages: list[Here]) -> list[Here]:
    """Return the pages besides the one that sent this."""
    return [page for page in pages if page.tab != sent.tab]


def open_document(quarter: Quarter, bucket: Bucket, *, at: datetime) -> None:
    """Make the narrative and its document, unless somebody has before. Raises WritingClosed."""
    with transaction(shown=False) as session:
        narrative = writable_narrative(session, quarter, bucket, at=at)
        document_of(session, narrative, at=at)


def offer_promises(narrative: Narrative | None, keys: Iterable[str], *, at: datetime) -> None:
    """Let what became of each of these promises be said in the narrative's document, if there is one.

    For those that came after it was made: promised in an answer, or in an earlier narrative that was late.
    """
    if narrative is None or db.session.get(Document, narrative.id) is None:
        return
    with transaction(shown=False) as session:
        session.execute(_LOCK, {"narrative_id": narrative.id})
        document = session.get_one(Document, narrative.id)
        with edited(session, document, by_id=None, at=at) as doc:
            make_room_for(doc, keys)


def document_of(session: Session, narrative: Narrative, *, at: datetime) -> Document:
    """Return the document; seeded, once, here, by the newest revision: two that seed give two copies."""
    known = session.get(Document, narrative.id)
    if known is not None:
        return known
    doc = seeded(queries.head_draft(narrative))
    make_room_for(doc, [promise.key for promise in promises(narrative.quarter, narrative.bucket)])
    snapshot = doc.get_update()
    made = Document(narrative_id=narrative.id, snapshot=snapshot, size=len(snapshot), state=doc.get_state())
    made.snapshot_seq = made.seq = made.settled_seq = 0
    made.written_at = at
    session.add(made)
    return made


def _apply(
    session: Session, document: Document, doc: SharedDoc, update: bytes, *, by_id: int, at: datetime
) -> bool:
    """Apply an update and store what it changed; tell whether it changed anything. Raises Refused."""
    owners, changed = owner_ids(doc), Changes(doc)
    try:
        doc.apply_update(update)
    except ValueError as unreadable:
        raise Refused(STRANGE) from unreadable
    finally:
        changed.stop()
    if not changed.updates:
        return False
    changed.check()
    _check_owners(session, owner_ids(doc) - owners)
    if document.size + len(update) > LARGEST_DOCUMENT:
        raise Refused(TOO_LARGE, status=413)
    for change in changed.updates:
        add_update(session, document, change, by_id=by_id, at=at)
    document.state = doc.get_state()
    return True


def _check_owners(session: Session, new: set[int]) -> None:
    """Raise Refused if a priority was given to somebody who cannot own one."""
    if not new:
        return
    leading = Person.role.in_(("leader", "organiser")) & Person.deactivated_at.is_(None)
    known = session.scalar(select(func.count()).select_from(Person).where(Person.id.in_(new), leading))
    if known != len(new):
        raise Refused(STRANGE)


def _since(session: Session, document: Document, doc: SharedDoc | None, sent: Sent) -> bytes:
    """Return what the page lacks: the updates behind its number, or what its state vector does not count."""
    if sent.seq is not None and document.snapshot_seq <= sent.seq <= document.seq:
        payloads = [row.payload for row in updates_after(session, document, sent.seq)]
        return merge_updates(*payloads) if payloads else b""
    everything = doc or loaded(document.snapshot, *_payloads(session, document))
    try:
        return bytes(everything.get_update(sent.state))
    except ValueError as unreadable:
        raise Refused(STRANGE) from unreadable


def _payloads(session: Session, document: Document) -> list[bytes]:
    return [row.payload for row in updates_after(session, document, document.snapshot_seq)]
