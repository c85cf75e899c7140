"""Private notes: a text of the shared document that is in no revision, and so can never be published."""

from collections.abc import Collection
from datetime import datetime

from narrative.database import db, transaction
from narrative.narratives.document.contents import NOTES, read, rewrite, text_of
from narrative.narratives.document.editing import edited
from narrative.narratives.document.syncing import document_of
from narrative.narratives.document.updates import document_now, documents_now
from narrative.narratives.locking import writable_narrative
from narrative.narratives.models import Narrative
from narrative.narratives.rules.merging import merge
from narrative.people.models import Bucket, Person
from narrative.quarters.models import Quarter


def notes_of(narrative: Narrative | None) -> str:
    """Return a narrative's private notes. Who may see them is for the caller to ask: those who write here."""
    doc = document_now(db.session(), narrative.id) if narrative else None
    return read(doc).notes if doc else ""


def notes_of_all(narrative_ids: Collection[int]) -> dict[int, str]:
    """Return the private notes of several narratives by their ids, to look for them elsewhere."""
    return {one: read(doc).notes for one, doc in documents_now(db.session(), narrative_ids).items()}


def save_notes(
    quarter: Quarter, bucket: Bucket, *, loaded: str, typed: str, by: Person, at: datetime
) -> bool:
    """Store the notes that were `typed` into a page that showed `loaded`, beside what others wrote meanwhile.

    Return whether both changed the same words, and both wordings stand there now. Raises Refused and
    WritingClosed.
    """
    with transaction(shown=False) as session:
        narrative = writable_narrative(session, quarter, bucket, at=at)
        document = document_of(session, narrative, at=at)
        session.flush()
        with edited(session, document, by_id=by.id, at=at) as doc:
            merged = merge(loaded, read(doc).notes, typed)
            with doc.transaction():
                rewrite(text_of(doc, NOTES), merged.text)
        return merged.conflict
