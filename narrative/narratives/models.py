"""Tables of what leaders write. A state that has a who and a when is a row."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from narrative.database import Base
from narrative.people.models import Bucket, Person
from narrative.quarters.models import Quarter
from narrative.quarters.rules import parse_name


class Narrative(Base):
    """One bucket's narrative for one quarter. Its text is in its revisions, the newest being `head`."""

    __tablename__ = "narratives"
    __table_args__ = (UniqueConstraint("quarter_id", "bucket_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    quarter_id: Mapped[int] = mapped_column(ForeignKey("quarters.id"))
    bucket_id: Mapped[int] = mapped_column(ForeignKey("buckets.id"))
    head: Mapped[int] = mapped_column(default=0)
    expected_on: Mapped[date | None]
    late_because: Mapped[str | None] = mapped_column(Text)

    quarter: Mapped[Quarter] = relationship(lazy="joined", innerjoin=True)
    bucket: Mapped[Bucket] = relationship(lazy="joined", innerjoin=True)
    sign_off: Mapped["SignOff | None"] = relationship(back_populates="narrative", lazy="joined")


class Revision(Base):
    """A saved version of a narrative, never changed. Numbered from 1 within its narrative.

    `base` is the number it was written on; a revision whose base is not the one before it is somebody's
    text that was then merged into the next. `priorities` is a list of
    `{"key", "title", "measure", "owner_id", "carries"}`, `outcomes` one of `{"key", "state", "sentence"}`.
    `name` is what people call it, if they do. Several may have written it: `authors` are their ids,
    `author_id` whoever wrote most; `authorship` maps each of the four texts to runs
    `[person's id or None, bytes of UTF-8]` (rules.authorship).
    """

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("narrative_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    narrative_id: Mapped[int] = mapped_column(ForeignKey("narratives.id"))
    number: Mapped[int]
    base: Mapped[int]
    opening: Mapped[str] = mapped_column(Text, default="")
    went_well: Mapped[str] = mapped_column(Text, default="")
    went_badly: Mapped[str] = mapped_column(Text, default="")
    next_priorities: Mapped[str] = mapped_column(Text, default="")
    priorities: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    outcomes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    note: Mapped[str] = mapped_column(String(200), default="")
    name: Mapped[str] = mapped_column(String(80), default="")
    authors: Mapped[list[int]] = mapped_column(JSON, default=list)
    authorship: Mapped[dict[str, list[list[int | None]]]] = mapped_column(JSON, default=dict)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    saved_at: Mapped[datetime]

    author: Mapped[Person | None] = relationship()


class SignOff(Base):
    """The accountable owner's word that one pinned revision may be published."""

    __tablename__ = "sign_offs"

    narrative_id: Mapped[int] = mapped_column(ForeignKey("narratives.id"), primary_key=True)
    revision_number: Mapped[int]
    signed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    signed_at: Mapped[datetime]

    narrative: Mapped[Narrative] = relationship(back_populates="sign_off")
    signed_by: Mapped[Person] = relationship()


class Publication(Base):
    """A revision that readers can see: number 1 is the first, every later one a correction with a reason.

    `html` maps each of the four texts to its rendered HTML with block ids; it is rendered anew when
    `renderer_version` is behind. `anyway_because` says why a late one was published although something in it
    looked unfinished; of a whole quarter, AnywayReason says it.
    """

    __tablename__ = "publications"
    __table_args__ = (UniqueConstraint("narrative_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    narrative_id: Mapped[int] = mapped_column(ForeignKey("narratives.id"))
    number: Mapped[int]
    revision_number: Mapped[int]
    html: Mapped[dict[str, str]] = mapped_column(JSON)
    renderer_version: Mapped[int]
    words: Mapped[int]
    words_changed: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(Text, default="")
    anyway_because: Mapped[str] = mapped_column(Text, default="")
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    published_at: Mapped[datetime]

    published_by: Mapped[Person | None] = relationship()


class Priority(Base):
    """One thing intended for the next quarter, as published. `key` carries it through corrections.

    `carries` is the key of the promise that it carries over, and `carried` how often that has been done in a
    row. One that a correction took out stays as `removed`: later narratives may speak of it.
    """

    __tablename__ = "priorities"
    __table_args__ = (UniqueConstraint("narrative_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    narrative_id: Mapped[int] = mapped_column(ForeignKey("narratives.id"))
    key: Mapped[str] = mapped_column(String(16))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    measure: Mapped[str] = mapped_column(Text, default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    carries: Mapped[str | None] = mapped_column(String(30))
    carried: Mapped[int] = mapped_column(default=0)
    removed: Mapped[bool] = mapped_column(default=False)

    owner: Mapped[Person | None] = relationship()


class AnywayReason(Base):
    """Why a quarter was published although something was missing or looked unfinished, and who said so.

    A row, and not columns of the quarter: questions refer to quarters, and no way may lead on to a person.
    """

    __tablename__ = "anyway_reasons"

    quarter_id: Mapped[int] = mapped_column(ForeignKey("quarters.id"), primary_key=True)
    because: Mapped[str] = mapped_column(Text)
    said_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    said_by: Mapped[Person | None] = relationship(lazy="joined")


class Reading(Base):
    """A leader's word that they have read a draft, and which revision of it: the newest that they marked.

    Drafts are read by leaders and organisers only, and only who says so stands here. No employee ever does,
    and nothing is kept of who opens what is published: that would help to guess who asked.
    """

    __tablename__ = "readings"

    narrative_id: Mapped[int] = mapped_column(ForeignKey("narratives.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    revision_number: Mapped[int]
    read_at: Mapped[datetime]


class Nudge(Base):
    """An organiser's asking a bucket's owner how its narrative is coming along: once a day at most."""

    __tablename__ = "nudges"

    quarter_id: Mapped[int] = mapped_column(ForeignKey("quarters.id"), primary_key=True)
    bucket_id: Mapped[int] = mapped_column(ForeignKey("buckets.id"), primary_key=True)
    sent_on: Mapped[date] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    sent_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    sent_at: Mapped[datetime]


class Prompts(Base):
    """The company's own prompts for one of the four texts, one a line. Without a row it has ours."""

    __tablename__ = "prompts"

    text: Mapped[str] = mapped_column(String(20), primary_key=True)
    lines: Mapped[str] = mapped_column(Text)


class Commitment(Base):
    """Something promised in an answer, to be reported in the bucket's narrative of the quarter `due_in`.

    `made_in` says in which answer: the end of its address on the board. Whether it was kept is told by the
    outcomes; until one is published it is open. It names who keeps it, and nothing of who asked.
    """

    __tablename__ = "commitments"

    id: Mapped[int] = mapped_column(primary_key=True)
    bucket_id: Mapped[int] = mapped_column(ForeignKey("buckets.id"), index=True)
    due_in: Mapped[str] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(String(200))
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    made_in: Mapped[str] = mapped_column(String(50), index=True)
    made_at: Mapped[datetime]

    owner: Mapped[Person] = relationship()

    @property
    def due_title(self) -> str:
        """Return the quarter in which it is due as people read it: 'Q4 2026'."""
        return parse_name(self.due_in).title


class Outcome(Base):
    """What a published narrative says of one earlier promise; `title` is that promise's as it was then.

    A promise of which it said nothing has its row too, as 'not reported': readers see the silence.
    """

    __tablename__ = "outcomes"
    __table_args__ = (
        UniqueConstraint("narrative_id", "priority_id"),
        UniqueConstraint("narrative_id", "commitment_id"),
        CheckConstraint("(priority_id IS NULL) <> (commitment_id IS NULL)", name="promise"),
        CheckConstraint(
            "state IN ('done', 'partly', 'not done', 'dropped', 'not reported')",
            name="state",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    narrative_id: Mapped[int] = mapped_column(ForeignKey("narratives.id"))
    priority_id: Mapped[int | None] = mapped_column(ForeignKey("priorities.id"), index=True)
    commitment_id: Mapped[int | None] = mapped_column(ForeignKey("commitments.id"), index=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(12))
    sentence: Mapped[str] = mapped_column(Text, default="")

    narrative: Mapped[Narrative] = relationship()

    @property
    def key(self) -> str:
        """Return by what the promise is known in drafts: 'priority-17' or 'commitment-3'."""
        return f"priority-{self.priority_id}" if self.priority_id else f"commitment-{self.commitment_id}"
