"""Tables of what is said about a draft. Readers never see any of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from narrative.database import Base
from narrative.people.models import Person


class Comment(Base):
    """Something said about a part of a narrative: the first of a thread, or a reply to it (`root_id`).

    `quote` are the words it is about, as they were when it was said, and `starts` and `ends` the marks
    around them (Yjs relative positions); without words it is about the whole part. What was deleted keeps
    its place without its words. `version` numbers every change within the narrative, so that a page can ask
    for news.
    """

    __tablename__ = "comments"
    __table_args__ = (Index("ix_comments_narrative_id", "narrative_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    narrative_id: Mapped[int] = mapped_column(ForeignKey("narratives.id"))
    root_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"))
    part: Mapped[str] = mapped_column(String(20))
    author_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    text: Mapped[str] = mapped_column(Text)
    quote: Mapped[str] = mapped_column(Text, default="")
    starts: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    ends: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    said_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    version: Mapped[int]

    author: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    suggestion: Mapped["Suggestion | None"] = relationship(lazy="joined")
    resolution: Mapped["CommentResolution | None"] = relationship(lazy="joined")


class CommentResolution(Base):
    """Somebody's word that a thread is resolved. Reopening it takes the row away."""

    __tablename__ = "comment_resolutions"

    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id"), primary_key=True)
    resolved_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    resolved_at: Mapped[datetime]

    resolved_by: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class Suggestion(Base):
    """The wording that a comment proposes for the words it is about; an empty one would remove them."""

    __tablename__ = "suggestions"

    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id"), primary_key=True)
    replacement: Mapped[str] = mapped_column(Text)

    decision: Mapped["SuggestionDecision | None"] = relationship(lazy="joined")


class SuggestionDecision(Base):
    """What became of a suggestion: the text says it now, or does not, perhaps with a `sentence` why."""

    __tablename__ = "suggestion_decisions"

    comment_id: Mapped[int] = mapped_column(ForeignKey("suggestions.comment_id"), primary_key=True)
    accepted: Mapped[bool]
    sentence: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime]

    decided_by: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class Mention(Base):
    """A colleague named in a comment; `seen_at` is when they next opened the room."""

    __tablename__ = "mentions"

    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    seen_at: Mapped[datetime | None]
