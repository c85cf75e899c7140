"""Tables of quarters, and of what was changed about them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from narrative.database import Base
from narrative.quarters.rules import QuarterName, Timetable, parse_name, stage


class Quarter(Base):
    """A scheduled quarter. Its stage is derived; only what happened is kept.

    `passes_held` counts the people who hold passes, `ticked_at` is the last tick that was carried out, and
    `closed_at` says that what closing destroys is gone.
    """

    __tablename__ = "quarters"
    __table_args__ = (CheckConstraint("tick_minutes > 0", name="tick_minutes"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(8), unique=True)
    drafting_opens_at: Mapped[datetime]
    drafts_due_at: Mapped[datetime]
    publishes_at: Mapped[datetime]
    questions_open_at: Mapped[datetime]
    questions_close_at: Mapped[datetime]
    answers_due_at: Mapped[datetime]
    tick_minutes: Mapped[int] = mapped_column(default=1440)
    passes_each: Mapped[int] = mapped_column(default=3)
    passes_held: Mapped[int] = mapped_column(default=0)
    published_at: Mapped[datetime | None]
    ticked_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    @property
    def timetable(self) -> Timetable:
        """Return the six instants."""
        return Timetable(**{name: getattr(self, name) for name in Timetable.__dataclass_fields__})

    @property
    def parsed_name(self) -> QuarterName:
        """Return the name as year and number."""
        return parse_name(self.name)

    @property
    def title(self) -> str:
        """Return 'Q3 2026'."""
        return self.parsed_name.title

    def stage(self, at: datetime) -> str:
        """Return the stage at the instant `at`."""
        return stage(self.timetable, published_at=self.published_at, at=at)


class TimetableChange(Base):
    """An instant that was moved after people had been told another one."""

    __tablename__ = "timetable_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    quarter_id: Mapped[int] = mapped_column(ForeignKey("quarters.id"), index=True)
    instant: Mapped[str] = mapped_column(String(30))
    was: Mapped[datetime]
    now: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text)
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    changed_at: Mapped[datetime]
