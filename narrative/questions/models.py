"""Released questions and what was added to them. No column here says who asked, and none may: see
docs/anonymity.md. Whoever asks back does so by name."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from narrative.database import Base
from narrative.people.models import Person
from narrative.questions.rules import ERASED_WORDS, STATES


class Question(Base):
    """A question after its release.

    `id` is 128 random bits in hex, drawn at the tick; `mark` is the Ed25519 public key by which the asker's
    browser finds it and with which its follow-ups are checked; `salt` opens its commitment in the ledger, and
    is gone, like the text, when the question is withdrawn or withheld; `slot` says which passes vote for it,
    and `votes` is how many had at the last tick; `released_on` is a day, never a time.
    """

    __tablename__ = "questions"
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(state) for state in STATES)})", name="state"),
        CheckConstraint("slot > 0", name="slot"),
        UniqueConstraint("quarter_id", "slot"),
        Index("ix_questions_board", "quarter_id", "released_on", "id"),
        Index("ix_questions_state", "quarter_id", "state", "released_on", "id"),
        Index("ix_questions_bucket", "quarter_id", "bucket_id", "released_on", "id"),
        Index("ix_questions_votes", "quarter_id", "votes", "id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    quarter_id: Mapped[int] = mapped_column(ForeignKey("quarters.id"))
    bucket_id: Mapped[int | None] = mapped_column(ForeignKey("buckets.id"))
    text: Mapped[str] = mapped_column(Text)
    mark: Mapped[str] = mapped_column(String(43), unique=True)
    released_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    salt: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    slot: Mapped[int | None]
    votes: Mapped[int] = mapped_column(default=0)

    @property
    def shown(self) -> str:
        """The text, or the words that stand in its place where it is erased."""
        return ERASED_WORDS.get(self.state, self.text)


class FollowUp(Base):
    """What whoever asked a question added to it, signed with the key of its mark. `shown_on` is a day.

    `salt` opens its commitment in the ledger, and goes when the question's text does.
    """

    __tablename__ = "follow_ups"
    __table_args__ = (CheckConstraint("number BETWEEN 1 AND 5", name="number"),)

    question_id: Mapped[str] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    shown_on: Mapped[date]


class AskBack(Base):
    """What a leader asked whoever asked a question, by name. `number` counts them, from 1."""

    __tablename__ = "ask_backs"

    question_id: Mapped[str] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime]

    author: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class Tally(Base):
    """How many questions of a quarter and bucket are in a state: kept, so that no page counts rows.

    `bucket_id` is 0 for questions that name no bucket.
    """

    __tablename__ = "tallies"
    __table_args__ = (CheckConstraint("number >= 0", name="number"),)

    quarter_id: Mapped[int] = mapped_column(ForeignKey("quarters.id"), primary_key=True)
    bucket_id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(20), primary_key=True)
    number: Mapped[int] = mapped_column(default=0)
