"""Naming colleagues in comments, and noting that they have seen it."""

from datetime import datetime

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from narrative.database import db, transaction
from narrative.narratives.comments.models import Comment, Mention
from narrative.narratives.comments.rules import named
from narrative.narratives.models import Narrative
from narrative.people.queries import leaders


def mention(session: Session, comment: Comment) -> None:
    """Note whom the comment names now: only those who may read drafts, and never its author.

    Who was named before and still is stays as they are; who no longer is, is forgotten.
    """
    names = {person.id: person.name for person in leaders() if person.id != comment.author_id}
    now = named(comment.text, names)
    before = set(session.scalars(select(Mention.person_id).where(Mention.comment_id == comment.id)))
    no_longer = Mention.person_id.in_(before - now)
    session.execute(delete(Mention).where(Mention.comment_id == comment.id, no_longer))
    session.add_all(Mention(comment_id=comment.id, person_id=one) for one in sorted(now - before))


def forget_mentions(session: Session, comment: Comment) -> None:
    """Let a comment name nobody any more."""
    session.execute(delete(Mention).where(Mention.comment_id == comment.id))


def see_mentions(narrative: Narrative | None, person_id: int, *, at: datetime) -> None:
    """Note that somebody opened the room, and so saw where they were mentioned; mostly they were not."""
    if narrative is None:
        return
    here = select(Comment.id).where(Comment.narrative_id == narrative.id)
    unseen = (Mention.person_id == person_id, Mention.seen_at.is_(None), Mention.comment_id.in_(here))
    if not db.session.scalar(select(exists().where(*unseen))):
        return
    with transaction(shown=False) as session:
        session.execute(update(Mention).where(*unseen).values(seen_at=at))
