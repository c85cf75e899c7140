"""Editing a shared document on the server, as a page would: what changes is stored as updates."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.orm import Session

from narrative.narratives.document.checks import Changes
from narrative.narratives.document.contents import SharedDoc
from narrative.narratives.document.models import Document
from narrative.narratives.document.updates import add_update, newest


@contextmanager
def edited(
    session: Session, document: Document, *, by_id: int | None, at: datetime, bounded: bool = True
) -> Iterator[SharedDoc]:
    """Give the document as it stands to the caller, and store what they change in it as that person's.

    In the caller's transaction, with the narrative locked. Raises Refused for what no document may hold,
    unless it is not `bounded`: then what is stored elsewhere already is taken as it is.
    """
    doc = newest(session, document)
    changes = Changes(doc)
    yield doc
    changes.stop()
    if bounded:
        changes.check()
    for update in changes.updates:
        add_update(session, document, update, by_id=by_id, at=at)
    document.state = doc.get_state()
