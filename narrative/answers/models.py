"""Tables of the queue. They name leaders, who answer in public; never anybody who asked."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from narrative.database import Base
from narrative.people.models import Person
from narrative.questions.models import Question


class Claim(Base):
    """Who has taken a question, and by which day it is answered. One row a question: its owner."""

    __tablename__ = "claims"

    question_id: Mapped[str] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    due_on: Mapped[date]
    claimed_at: Mapped[datetime]

    owner: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    question: Mapped[Question] = relationship()


class HandOff(Base):
    """A question that went from one leader to another: shown to everybody."""

    __tablename__ = "hand_offs"

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[str] = mapped_column(ForeignKey("questions.id"), index=True)
    from_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    handed_at: Mapped[datetime]

    from_person: Mapped[Person | None] = relationship(foreign_keys=[from_id])
    to_person: Mapped[Person] = relationship(foreign_keys=[to_id])


class Draft(Base):
    """An answer that is being written. `version` rises with each save, so that no save overwrites another.

    `promised` is what was typed of a promise: `{"title", "owner_id", "due_in", "bucket_id"}`, or nothing.
    """

    __tablename__ = "drafts"

    question_id: Mapped[str] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    promised: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    version: Mapped[int] = mapped_column(default=1)
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    saved_at: Mapped[datetime]

    saved_by: Mapped[Person] = relationship()


class Answer(Base):
    """A published answer, from number 1; a later one corrects it, with a reason, or follows a reopening."""

    __tablename__ = "answers"
    __table_args__ = (UniqueConstraint("question_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[str] = mapped_column(ForeignKey("questions.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    renderer_version: Mapped[int]
    reason: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    published_at: Mapped[datetime]

    author: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class Decline(Base):
    """A question that was declined: for which published reason, and a sentence to whoever asked."""

    __tablename__ = "declines"
    __table_args__ = (Index("ix_declines_question_id", "question_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[str] = mapped_column(ForeignKey("questions.id"))
    reason: Mapped[str] = mapped_column(String(20))
    sentence: Mapped[str] = mapped_column(Text)
    declined_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    declined_at: Mapped[datetime]

    declined_by: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class Reopening(Base):
    """A question that was put back to waiting, by whom and why."""

    __tablename__ = "reopenings"

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[str] = mapped_column(ForeignKey("questions.id"), index=True)
    was: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text)
    reopened_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    reopened_at: Mapped[datetime]

    reopened_by: Mapped[Person] = relationship()


class Withholding(Base):
    """That an organiser took a question's text from view, for a reason of the published policy."""

    __tablename__ = "withholdings"

    question_id: Mapped[str] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(20))
    sentence: Mapped[str] = mapped_column(Text)
    withheld_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    withheld_at: Mapped[datetime]

    withheld_by: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
