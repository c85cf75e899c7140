"""Saying something about a draft, replying, and changing or deleting what one said."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from narrative.database import transaction
from narrative.narratives.comments import queries
from narrative.narratives.comments.marks import Mark
from narrative.narratives.comments.mentioning import forget_mentions, mention
from narrative.narratives.comments.models import Comment, Suggestion
from narrative.narratives.comments.places import Place, found, marked
from narrative.narratives.comments.refusals import TooMany, TooManyWords, WordsNeeded, WordsNotFound
from narrative.narratives.comments.rules import LONGEST_QUOTE, MOST_COMMENTS, found_words
from narrative.narratives.document.contents import SharedDoc, text_of
from narrative.narratives.document.syncing import document_of
from narrative.narratives.document.updates import document_now
from narrative.narratives.locking import writable_narrative
from narrative.narratives.models import Narrative
from narrative.people.models import Bucket, Person
from narrative.quarters.models import Quarter


@dataclass(frozen=True, kw_only=True)
class Said:
    """What somebody says about a part: about the whole of it, or about `words` in it.

    `marks` are where a browser says that these words stand; else they are looked for. `replacement` is the
    wording suggested for them, None for none.
    """

    part: str
    text: str
    words: str = ""
    marks: tuple[Mark, Mark] | None = None
    replacement: str | None = None


def say(quarter: Quarter, bucket: Bucket, said: Said, *, by: Person, at: datetime) -> int:
    """Begin a thread, and return its id. Raises a NotSaid, and WritingClosed. Who may, the caller asks."""
    with transaction(shown=False) as session:
        narrative = writable_narrative(session, quarter, bucket, at=at)
        _make_room(session, narrative)
        made = Comment(narrative_id=narrative.id, part=said.part, author_id=by.id, text=said.text, said_at=at)
        if said.words.strip() or said.marks:
            document_of(session, narrative, at=at)
            session.flush()
            doc = document_now(session, narrative.id)
            if doc is None:
                raise WordsNotFound
            _put_around(made, doc, _place(doc, said))
        elif said.replacement is not None:
            raise WordsNeeded
        if said.replacement is not None:
            made.suggestion = Suggestion(replacement=said.replacement)
        _add(session, made)
        return made.id


def reply(narrative: Narrative, root_id: int, *, text: str, by: Person, at: datetime) -> int:
    """Reply in a thread, and return the reply's id. Raises TooMany, WritingClosed, and LookupError."""
    with transaction(shown=False) as session:
        narrative = writable_narrative(session, narrative.quarter, narrative.bucket, at=at)
        root = session.get(Comment, root_id)
        if root is None or root.narrative_id != narrative.id or root.root_id is not None:
            raise LookupError(f"no thread {root_id}")
        _make_room(session, narrative)
        facts = {"root_id": root.id, "part": root.part, "author_id": by.id, "text": text, "said_at": at}
        made = Comment(narrative_id=narrative.id, **facts)
        _add(session, made)
        return made.id


def edit(narrative: Narrative, comment_id: int, *, text: str, at: datetime) -> None:
    """Change what somebody said. Raises WritingClosed and LookupError. Whose it is, the caller asks."""
    with transaction(shown=False) as session:
        narrative = writable_narrative(session, narrative.quarter, narrative.bucket, at=at)
        changed = own(session, narrative, comment_id)
        if changed.text == text:
            return
        changed.text, changed.edited_at = text, at
        touch(session, changed)
        mention(session, changed)


def delete(narrative: Narrative, comment_id: int, *, at: datetime) -> None:
    """Take back what somebody said: its words, its quote and its suggestion go; its place stays for replies.

    Raises WritingClosed and LookupError.
    """
    with transaction(shown=False) as session:
        narrative = writable_narrative(session, narrative.quarter, narrative.bucket, at=at)
        gone = own(session, narrative, comment_id)
        gone.deleted_at, gone.text, gone.quote, gone.starts, gone.ends = at, "", "", None, None
        if gone.suggestion is not None:
            if gone.suggestion.decision is not None:
                session.delete(gone.suggestion.decision)
                session.flush()
            session.delete(gone.suggestion)
        forget_mentions(session, gone)
        touch(session, gone)
        session.expire(gone, ["suggestion"])


def own(session: Session, narrative: Narrative, comment_id: int) -> Comment:
    """Return the comment, read anew within the transaction. Raises LookupError for one that is gone."""
    known = session.get(Comment, comment_id, populate_existing=True)
    if known is None or known.narrative_id != narrative.id or known.deleted_at is not None:
        raise LookupError(f"no comment {comment_id}")
    return known


def touch(session: Session, comment: Comment) -> None:
    """Let pages know that something about the comment changed. The narrative must be locked."""
    comment.version = queries.newest_version(comment.narrative_id) + 1
    session.flush()


def _add(session: Session, made: Comment) -> None:
    made.version = queries.newest_version(made.narrative_id) + 1
    session.add(made)
    session.flush()
    mention(session, made)


def _make_room(session: Session, narrative: Narrative) -> None:
    here = select(func.count(Comment.id)).where(Comment.narrative_id == narrative.id)
    if (session.scalar(here.where(Comment.deleted_at.is_(None))) or 0) >= MOST_COMMENTS:
        raise TooMany


def _place(doc: SharedDoc, said: Said) -> Place:
    """Return where the words stand: where the browser says, if they do still; else the first such place."""
    pointed = found(doc, {0: (said.part, *said.marks)}).get(0) if said.marks else None
    if pointed and pointed.start < pointed.end:
        there = queries.words_at(doc, pointed)
        if there == said.words or said.replacement is None:
            return pointed
    text = str(text_of(doc, said.part))
    between = found_words(text, said.words)
    if between is None:
        raise WordsNotFound
    start, end = (len(text[:index].encode()) for index in between)
    return Place(said.part, start, end)


def _put_around(comment: Comment, doc: SharedDoc, place: Place) -> None:
    comment.quote = queries.words_at(doc, place)
    if len(comment.quote) > LONGEST_QUOTE:
        raise TooManyWords
    start, end = marked(doc, place)
    comment.starts, comment.ends = start.json, end.json
