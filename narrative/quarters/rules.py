"""Quarters, timetables, stages, ticks: pure, no database, no clock."""

import re
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

STAGES = ("upcoming", "drafting", "reading", "asking", "answering", "closed")
DAILY = 1440

INSTANT_LABELS = {
    "drafting_opens_at": "Drafting opens",
    "drafts_due_at": "Drafts due",
    "publishes_at": "Published",
    "questions_open_at": "Questions open",
    "questions_close_at": "Questions close",
    "answers_due_at": "Answers due",
}

_NAME = re.compile(r"(2\d{3})-q([1-4])")


@dataclass(frozen=True, order=True)
class QuarterName:
    """A fiscal quarter, written `2026-q3`. The year is the one in which the fiscal year ends."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}-q{self.number}"

    @property
    def title(self) -> str:
        """Return the name as people read it: 'Q3 2026'."""
        return f"Q{self.number} {self.year}"

    def shifted(self, quarters: int) -> "QuarterName":
        """Return the quarter so many quarters later (earlier, when negative)."""
        total = self.year * 4 + self.number - 1 + quarters
        return QuarterName(total // 4, total % 4 + 1)


def parse_name(text: str) -> QuarterName:
    """Read '2026-q3'. Raises ValueError for anything else."""
    match = _NAME.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a quarter; write it as 2026-q3")
    return QuarterName(int(match[1]), int(match[2]))


def is_name(text: str) -> bool:
    """Tell whether `text` is written as quarters are."""
    return _NAME.fullmatch(text) is not None


def fiscal_quarter(day: date, *, fiscal_year_starts: int) -> QuarterName:
    """Return the quarter that holds `day`, for a fiscal year starting on the 1st of the given month."""
    months = (day.month - fiscal_year_starts) % 12
    starts_later = fiscal_year_starts > 1 and day.month >= fiscal_year_starts
    return QuarterName(day.year + (1 if starts_later else 0), months // 3 + 1)


def first_day(name: QuarterName, *, fiscal_year_starts: int) -> date:
    """Return the quarter's first day."""
    month = fiscal_year_starts - 1 + (name.number - 1) * 3
    year = name.year - (1 if fiscal_year_starts > 1 else 0)
    return date(year + month // 12, month % 12 + 1, 1)


@dataclass(frozen=True, kw_only=True)
class Timetable:
    """The six instants of a quarter, each strictly later than the one before."""

    drafting_opens_at: datetime
    drafts_due_at: datetime
    publishes_at: datetime
    questions_open_at: datetime
    questions_close_at: datetime
    answers_due_at: datetime

    def instants(self) -> list[tuple[str, datetime]]:
        """Return (field name, instant) in their order."""
        return [(field.name, getattr(self, field.name)) for field in fields(self)]


def timetable_errors(timetable: Timetable, *, published: bool = False) -> dict[str, str]:
    """Return, per field, what is wrong with its instant; empty when all are in order.

    Once the quarter is published, when that was planned and drafts were due binds nothing any more.
    """
    over = {"drafts_due_at", "publishes_at"} if published else set()
    errors = {}
    for (before, earlier), (name, later) in pairwise(
        [(name, at) for name, at in timetable.instants() if name not in over]
    ):
        if later <= earlier:
            errors[name] = f"“{INSTANT_LABELS[name]}” must be later than “{INSTANT_LABELS[before]}”"
    return errors


def was_announced(timetable: Timetable, *, at: datetime) -> bool:
    """Tell whether people have been told the dates: from the day drafting opens they are on the home page."""
    return at >= timetable.drafting_opens_at


def moved_instants(before: Timetable, after: Timetable) -> list[tuple[str, datetime]]:
    """Return (name, former instant) of those that differ by a minute or more: forms know no seconds."""
    return [
        (name, was)
        for name, was in before.instants()
        if was.replace(second=0) != getattr(after, name).replace(second=0)
    ]


def move_errors(
    before: Timetable, after: Timetable, *, published_at: datetime | None, note: str, at: datetime
) -> dict[str, str]:
    """Return, per field, why a timetable cannot be changed like this; empty when it can.

    What has happened cannot be moved. Publication has happened when it was carried out, not when it was due.
    """
    errors = {}
    moved = moved_instants(before, after)
    for name, was in moved:
        happened = published_at is not None if name == "publishes_at" else was <= at
        if happened:
            errors[name] = f"“{INSTANT_LABELS[name]}” has passed and cannot be moved"
    if moved and was_announced(before, at=at) and not note.strip():
        errors["note"] = "Say why the dates move: people were told other ones"
    return errors


def proposed_timetable(name: QuarterName, *, fiscal_year_starts: int, zone: ZoneInfo) -> Timetable:
    """Propose a timetable from the quarter's dates.

    Writing begins in the quarter's last week, is due a week into the next, is published three working
    days later; questions open two weeks after that, for a week, and are answered within ten days.
    Working days only (Saturdays and Sundays move to Monday); 09:00, and 17:00 for what is due.
    """
    end = first_day(name.shifted(1), fiscal_year_starts=fiscal_year_starts)

    def on(days: int, hour: int) -> datetime:
        day = end + timedelta(days=days)
        day += timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= 5 else 0)
        return datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)

    return Timetable(
        drafting_opens_at=on(-7, 9),
        drafts_due_at=on(7, 17),
        publishes_at=on(10, 9),
        questions_open_at=on(24, 9),
        questions_close_at=on(31, 17),
        answers_due_at=on(42, 17),
    )


def stage(timetable: Timetable, *, published_at: datetime | None, at: datetime) -> str:
    """Return where the quarter stands at the instant `at`.

    Before publication nothing can be read or asked, whatever the timetable says; a quarter that is
    published late opens its questions in time or at once, and one published early is read early.
    """
    if published_at is None or at < published_at:
        return "upcoming" if at < timetable.drafting_opens_at else "drafting"
    if at < timetable.questions_open_at:
        return "reading"
    if at < timetable.questions_close_at:
        return "asking"
    return "answering" if at < timetable.answers_due_at else "closed"


def tick_at_or_before(
    timetable: Timetable, *, tick_minutes: int, zone: ZoneInfo, at: datetime
) -> datetime | None:
    """Return the latest tick that is due at `at`, or None before the first.

    Ticks come every `tick_minutes` after questions open, the last one when questions close. Daily ticks
    keep their hour of the company's day when clocks change.
    """
    if at >= timetable.questions_close_at:
        return timetable.questions_close_at
    due = None
    for tick in _around(timetable, tick_minutes=tick_minutes, zone=zone, at=at):
        if timetable.questions_open_at < tick <= at:
            due = tick
    return due


def tick_after(timetable: Timetable, *, tick_minutes: int, zone: ZoneInfo, at: datetime) -> datetime | None:
    """Return the first tick later than `at`, or None when there is none left."""
    if at >= timetable.questions_close_at:
        return None
    at = max(at, timetable.questions_open_at)
    later = [tick for tick in _around(timetable, tick_minutes=tick_minutes, zone=zone, at=at) if tick > at]
    return min([*later, timetable.questions_close_at])


def _around(timetable: Timetable, *, tick_minutes: int, zone: ZoneInfo, at: datetime) -> list[datetime]:
    opens = timetable.questions_open_at
    index = int((at - opens) / timedelta(minutes=tick_minutes))
    return [_tick(opens, index + step, tick_minutes, zone) for step in (-1, 0, 1, 2)]


def _tick(opens: datetime, index: int, tick_minutes: int, zone: ZoneInfo) -> datetime:
    if tick_minutes % DAILY:
        return opens + timedelta(minutes=tick_minutes * index)
    # Aware arithmetic within one zone is on the wall clock, which is what "daily at nine" means.
    return (opens.astimezone(zone) + timedelta(days=tick_minutes // DAILY * index)).astimezone(UTC)
