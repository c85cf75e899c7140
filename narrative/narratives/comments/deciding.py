"""Deciding on suggestions: the text takes the wording, or does not. Of two who decide at once, one does."""

from datetime import datetime

from sqlalchemy.orm import Session

from narrative.database import transaction
from narrative.narratives.comments import queries
from narrative.narratives.comments.models import Comment, Suggestion, SuggestionDecision
from narrative.narratives.comments.refusals import Decided, WordsChanged
from narrative.narratives.comments.resolving import resolve_thread
from narrative.narratives.comments.saying import own
from narrative.narratives.document.contents import rewrite, text_of
from narrative.narratives.document.editing import edited
from narrative.narratives.document.models import Document
from narrative.narratives.locking import writable_narrative
from narrative.narratives.models import Narrative
from narrative.people.models import Person


def accept(narrative: Narrative, comment_id: int, *, by: Person, at: datetime) -> None:
    """Put the suggested wording into the shared text, as words of who suggested it, and resolve the thread.

    Raises Decided, WordsChanged where other words stand there now, Refused where the text would become too
    long, WritingClosed and LookupError. Who may is for the caller to ask.
    """
    with transaction(shown=False) as session:
        narrative = writable_narrative(session, narrative.quarter, narrative.bucket, at=at)
        comment, suggestion = _undecided(session, narrative, comment_id)
        document = session.get_one(Document, narrative.id, populate_existing=True)
        with edited(session, document, by_id=comment.author_id, at=at) as doc:
            place = queries.places_of(doc, [comment]).get(comment.id)
            now = queries.words_at(doc, place) if place else ""
            if place is None or now != comment.quote:
                raise WordsChanged(now)
            with doc.transaction():
                words = text_of(doc, comment.part)
                rewrite(words, suggestion.replacement, start=place.start, end=place.end)
        _decide(session, comment, suggestion, accepted=True, sentence="", by=by, at=at)


def decline(narrative: Narrative, comment_id: int, *, sentence: str, by: Person, at: datetime) -> None:
    """Leave the text as it is, perhaps with a sentence why, and resolve the thread.

    Raises Decided, WritingClosed and LookupError.
    """
    with transaction(shown=False) as session:
        narrative = writable_narrative(session, narrative.quarter, narrative.bucket, at=at)
        comment, suggestion = _undecided(session, narrative, comment_id)
        _decide(session, comment, suggestion, accepted=False, sentence=sentence, by=by, at=at)


def _undecided(session: Session, narrative: Narrative, comment_id: int) -> tuple[Comment, Suggestion]:
    comment = own(session, narrative, comment_id)
    suggestion = session.get(Suggestion, comment_id, populate_existing=True)
    if suggestion is None:
        raise LookupError(f"comment {comment_id} suggests nothing")
    if suggestion.decision is not None:
        raise Decided(suggestion.decision)
    return comment, suggestion


def _decide(
    session: Session,
    comment: Comment,
    suggestion: Suggestion,
    *,
    accepted: bool,
    sentence: str,
    by: Person,
    at: datetime,
) -> None:
    facts = {"accepted": accepted, "sentence": sentence, "decided_by_id": by.id, "decided_at": at}
    suggestion.decision = SuggestionDecision(**facts)
    resolve_thread(session, comment, by=by, at=at)
