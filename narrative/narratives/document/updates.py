"""The log of updates: loading a document from it, adding to it, cutting it short."""

import threading
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, cast

from flask import Flask, current_app
from sqlalchemy import Row, Table, bindparam, delete, select
from sqlalchemy.orm import Session

from narrative.narratives.document.contents import SharedDoc, loaded
from narrative.narratives.document.models import Document, DocumentUpdate

COMPACTED_EVERY = 200
MOST_KEPT = 40

# Everybody who writes asks for these every second: they are built once, and fill no session with objects.
_LOG = cast("Table", DocumentUpdate.__table__)
_ADD = _LOG.insert()
_AFTER = (
    select(_LOG)
    .where(_LOG.c.narrative_id == bindparam("narrative_id"), _LOG.c.seq > bindparam("seq"))
    .order_by(_LOG.c.seq)
)


class KeptDocuments:
    """Documents that a process keeps in memory, each with the number of its newest update.

    Whoever takes one out has it alone, and gives it back only if it says what is stored.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[int, tuple[int, SharedDoc]] = {}

    def take(self, narrative_id: int) -> tuple[int, SharedDoc] | None:
        """Return the document with its number and forget it, or None."""
        with self._lock:
            return self._kept.pop(narrative_id, None)

    def give(self, narrative_id: int, seq: int, doc: SharedDoc) -> None:
        """Keep a document; the one that was given first is forgotten when there are too many."""
        with self._lock:
            self._kept.pop(narrative_id, None)
            self._kept[narrative_id] = (seq, doc)
            if len(self._kept) > MOST_KEPT:
                del self._kept[next(iter(self._kept))]


def register(app: Flask) -> None:
    """Give `app` its kept documents."""
    app.extensions["narrative.documents"] = KeptDocuments()


def kept_documents() -> KeptDocuments:
    """Return the documents that this process keeps."""
    kept: KeptDocuments = current_app.extensions["narrative.documents"]
    return kept


def newest(session: Session, document: Document) -> SharedDoc:
    """Return the document as it stands, for the caller alone: from memory as far as it is there."""
    known = kept_documents().take(document.narrative_id)
    if known is not None and document.snapshot_seq <= known[0] <= document.seq:
        since, doc = known
    else:
        since, doc = document.snapshot_seq, loaded(document.snapshot)
    for row in updates_after(session, document, since):
        doc.apply_update(row.payload)
    return doc


def document_now(session: Session, narrative_id: int) -> SharedDoc | None:
    """Return a copy of the document as it stands, or None where nobody has opened one."""
    document = session.get(Document, narrative_id)
    if document is None:
        return None
    later = updates_after(session, document, document.snapshot_seq)
    return loaded(document.snapshot, *(row.payload for row in later))


def documents_now(session: Session, narrative_ids: Collection[int]) -> dict[int, SharedDoc]:
    """Return copies of the documents as they stand, by their narratives' ids: two queries."""
    here = Document.narrative_id.in_(narrative_ids)
    rows = session.execute(
        select(Document.narrative_id, Document.snapshot_seq, Document.snapshot).where(here)
    )
    found = {row.narrative_id: (row.snapshot_seq, loaded(row.snapshot)) for row in rows}
    log = session.execute(select(_LOG).where(_LOG.c.narrative_id.in_(found)).order_by(_LOG.c.seq))
    for row in log:
        since, doc = found[row.narrative_id]
        if row.seq > since:
            doc.apply_update(row.payload)
    return {narrative_id: doc for narrative_id, (_since, doc) in found.items()}


def as_settled(session: Session, document: Document) -> SharedDoc:
    """Return the document as the newest revision says it."""
    doc = loaded(document.snapshot)
    for row in updates_after(session, document, document.snapshot_seq):
        if row.seq <= document.settled_seq:
            doc.apply_update(row.payload)
    return doc


def updates_after(session: Session, document: Document, seq: int) -> Sequence[Row[Any]]:
    """Return the updates behind number `seq`, in their order: rows of the log."""
    if seq >= document.seq:
        return ()
    return session.execute(_AFTER, {"narrative_id": document.narrative_id, "seq": seq}).all()


def add_update(
    session: Session, document: Document, payload: bytes, *, by_id: int | None, at: datetime
) -> None:
    """Put an update behind the newest one."""
    document.seq += 1
    document.size += len(payload)
    document.written_at = at
    facts = {"payload": payload, "author_id": by_id, "received_at": at}
    session.execute(_ADD, {"narrative_id": document.narrative_id, "seq": document.seq, **facts})


def compact(session: Session, document: Document, doc: SharedDoc) -> None:
    """Replace the log by what it makes. `doc` is the newest state, and all of it stands in revisions."""
    document.snapshot, document.snapshot_seq = doc.get_update(), document.seq
    document.size = len(document.snapshot)
    here = DocumentUpdate.narrative_id == document.narrative_id
    session.execute(delete(DocumentUpdate).where(here, DocumentUpdate.seq <= document.seq))
