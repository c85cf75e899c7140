"""Reading what is said about a draft, and where the words stand that it is about."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from narrative.database import db
from narrative.narratives.comments.marks import Mark, mark_of
from narrative.narratives.comments.models import Comment, CommentResolution, Mention
from narrative.narratives.comments.places import Place, found
from narrative.narratives.comments.rules import standing
from narrative.narratives.document.contents import SharedDoc, text_of
from narrative.narratives.document.updates import document_now
from narrative.narratives.models import Narrative
from narrative.narratives.rules import TEXTS, clean_text
from narrative.people.models import Bucket, Person
from narrative.quarters.models import Quarter

MOST_MENTIONS = 20


@dataclass(frozen=True)
class Thread:
    """A comment with its replies. `now` are the words it is about as they stand now, None without any."""

    root: Comment
    replies: tuple[Comment, ...]
    place: Place | None
    now: str | None

    @property
    def said(self) -> tuple[Comment, ...]:
        """Everything in it, in the order in which it was said."""
        return (self.root, *self.replies)

    @property
    def resolved(self) -> bool:
        """Whether somebody said that it is resolved."""
        return self.root.resolution is not None

    @property
    def standing(self) -> str:
        """How the words stand that it is about (rules.standing)."""
        return standing(self.root.quote, self.now)

    @property
    def order(self) -> tuple[int, int, int]:
        """Its place on the page: by part, then where its words stand, then as they were said."""
        return TEXTS.index(self.root.part), self.place.start if self.place else 0, self.root.id


def threads(narrative: Narrative | None) -> list[Thread]:
    """Return every thread about a narrative, in the order of its text, but what was deleted unanswered."""
    if narrative is None:
        return []
    said = _said(narrative.id)
    roots = [one for one in said if one.root_id is None]
    replies: dict[int, list[Comment]] = {one.id: [] for one in roots}
    for one in said:
        if one.root_id is not None and one.deleted_at is None:
            replies[one.root_id].append(one)
    shown = [one for one in roots if one.deleted_at is None or replies[one.id]]
    doc = document_now(db.session(), narrative.id) if any(one.quote for one in shown) else None
    places = places_of(doc, shown) if doc else {}
    made = [_thread(doc, one, replies[one.id], places.get(one.id)) for one in shown]
    return sorted(made, key=lambda thread: thread.order)


def _said(narrative_id: int) -> Sequence[Comment]:
    everything = select(Comment).where(Comment.narrative_id == narrative_id).order_by(Comment.id)
    return db.session.scalars(everything).all()


def _thread(doc: SharedDoc | None, root: Comment, replies: list[Comment], place: Place | None) -> Thread:
    now = words_at(doc, place) if doc and place else None
    return Thread(root, tuple(replies), place, now)


def places_of(doc: SharedDoc, comments: Iterable[Comment]) -> dict[int, Place]:
    """Return where the words stand that comments are about, by the comments' ids."""
    return found(doc, dict(_marks(comments)))


def _marks(comments: Iterable[Comment]) -> Iterator[tuple[int, tuple[str, Mark, Mark]]]:
    for comment in comments:
        start, end = mark_of(comment.starts), mark_of(comment.ends)
        if start and end:
            yield comment.id, (comment.part, start, end)


def words_at(doc: SharedDoc, place: Place) -> str:
    """Return the words that stand at a place."""
    text = str(text_of(doc, place.part)).encode()[place.start : place.end]
    return clean_text(text.decode(errors="ignore"))


def comment(narrative: Narrative, comment_id: int) -> Comment | None:
    """Return one comment about the narrative, unless it was deleted; or None."""
    here = select(Comment).where(Comment.narrative_id == narrative.id, Comment.id == comment_id)
    return db.session.scalar(here.where(Comment.deleted_at.is_(None)))


def root(narrative: Narrative, comment_id: int) -> Comment | None:
    """Return the first comment of a thread, deleted or not; or None."""
    here = select(Comment).where(Comment.narrative_id == narrative.id, Comment.id == comment_id)
    return db.session.scalar(here.where(Comment.root_id.is_(None)))


def newest_version(narrative_id: int) -> int:
    """Return the number of the latest change in what is said about a narrative; 0 while nothing is."""
    newest = select(func.max(Comment.version)).where(Comment.narrative_id == narrative_id)
    return db.session.scalar(newest) or 0


def open_threads(narrative: Narrative | None) -> int:
    """Return how many threads nobody has resolved."""
    if narrative is None:
        return 0
    reply = aliased(Comment)
    answered = select(reply.id).where(reply.root_id == Comment.id, reply.deleted_at.is_(None)).exists()
    resolved = select(CommentResolution.comment_id).where(CommentResolution.comment_id == Comment.id).exists()
    roots = select(func.count(Comment.id)).where(Comment.narrative_id == narrative.id)
    here = roots.where(Comment.root_id.is_(None), Comment.deleted_at.is_(None) | answered, ~resolved)
    return db.session.scalar(here) or 0


@dataclass(frozen=True)
class Named:
    """Where somebody was mentioned, by whom."""

    comment_id: int
    by: str
    bucket: str
    slug: str
    quarter: str

    @property
    def anchor(self) -> str:
        """Where the comment stands on a page."""
        return f"comment-{self.comment_id}"


def unseen_mentions(person_id: int) -> list[Named]:
    """Return where somebody was mentioned since they opened that room, the latest first."""
    said = select(Comment.id, Person.name, Bucket.name, Bucket.slug, Quarter.name)
    said = said.join(Mention, Mention.comment_id == Comment.id).join(Person, Person.id == Comment.author_id)
    said = said.join(Narrative, Narrative.id == Comment.narrative_id)
    said = said.join(Bucket, Bucket.id == Narrative.bucket_id).join(
        Quarter, Quarter.id == Narrative.quarter_id
    )
    unseen = said.where(Mention.person_id == person_id, Mention.seen_at.is_(None))
    rows = db.session.execute(unseen.order_by(Comment.id.desc()).limit(MOST_MENTIONS))
    return [Named(*row) for row in rows]
