"""The calendar: names, timetables, stages, ticks."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrative.quarters.rules import (
    STAGES,
    QuarterName,
    Timetable,
    first_day,
    fiscal_quarter,
    parse_name,
    proposed_timetable,
    stage,
    tick_after,
    tick_at_or_before,
    timetable_errors,
)

BERLIN = ZoneInfo("Europe/Berlin")
names = st.builds(QuarterName, st.integers(2000, 2998), st.integers(1, 4))
months = st.integers(1, 12)
OCTOBER = Timetable(
    drafting_opens_at=datetime(2026, 9, 24, 7, tzinfo=UTC),
    drafts_due_at=datetime(2026, 10, 1, 15, tzinfo=UTC),
    publishes_at=datetime(2026, 10, 5, 7, tzinfo=UTC),
    questions_open_at=datetime(2026, 10, 22, 7, tzinfo=UTC),  # 09:00 in Berlin, summer time
    questions_close_at=datetime(2026, 10, 29, 16, tzinfo=UTC),
    answers_due_at=datetime(2026, 11, 9, 16, tzinfo=UTC),
)


@given(names)
def test_a_name_is_read_as_it_is_written(name: QuarterName) -> None:
    assert parse_name(str(name)) == name


@given(names, st.integers(-8, 8))
def test_shifting_there_and_back(name: QuarterName, by: int) -> None:
    assert name.shifted(by).shifted(-by) == name


@given(names, months)
def test_a_quarters_first_day_lies_in_it_and_the_day_before_does_not(name: QuarterName, starts: int) -> None:
    day = first_day(name, fiscal_year_starts=starts)
    assert fiscal_quarter(day, fiscal_year_starts=starts) == name
    assert fiscal_quarter(day - timedelta(days=1), fiscal_year_starts=starts) == name.shifted(-1)


def test_a_fiscal_year_is_named_after_the_year_it_ends_in() -> None:
    assert fiscal_quarter(date(2026, 4, 1), fiscal_year_starts=4) == QuarterName(2027, 1)
    assert fiscal_quarter(date(2026, 3, 31), fiscal_year_starts=4) == QuarterName(2026, 4)
    assert fiscal_quarter(date(2026, 7, 1), fiscal_year_starts=1) == QuarterName(2026, 3)


@given(names, months)
def test_what_is_proposed_is_in_order_and_on_working_days(name: QuarterName, starts: int) -> None:
    proposed = proposed_timetable(name, fiscal_year_starts=starts, zone=BERLIN)
    assert timetable_errors(proposed) == {}
    assert all(at.astimezone(BERLIN).weekday() < 5 for _name, at in proposed.instants())


@given(st.integers(-100, 100).map(lambda days: OCTOBER.questions_open_at + timedelta(days=days)))
def test_stages_follow_one_another_and_never_go_back(at: datetime) -> None:
    def index(moment: datetime) -> int:
        return STAGES.index(stage(OCTOBER, published_at=OCTOBER.publishes_at, at=moment))

    assert index(at) <= index(at + timedelta(hours=1))


def test_each_instant_begins_its_stage() -> None:
    begun = [at for name, at in OCTOBER.instants() if name != "drafts_due_at"]
    assert [stage(OCTOBER, published_at=OCTOBER.publishes_at, at=at) for at in begun] == list(STAGES[1:])
    just_before = [at - timedelta(seconds=1) for at in begun]
    assert [stage(OCTOBER, published_at=OCTOBER.publishes_at, at=at) for at in just_before] == list(
        STAGES[:-1]
    )


def test_nothing_is_read_or_asked_before_publication_whatever_the_timetable_says() -> None:
    assert stage(OCTOBER, published_at=None, at=OCTOBER.questions_open_at) == "drafting"
    assert stage(OCTOBER, published_at=None, at=OCTOBER.answers_due_at) == "drafting"


def ticks_between(start: datetime, end: datetime, minutes: int) -> list[datetime]:
    """Every tick after `start`, found by asking for the next one."""
    found, at = [], start
    while (tick := tick_after(OCTOBER, tick_minutes=minutes, zone=BERLIN, at=at)) is not None and tick <= end:
        found.append(tick)
        at = tick
    return found


def test_daily_ticks_keep_their_hour_when_clocks_change() -> None:
    ticks = ticks_between(OCTOBER.questions_open_at, OCTOBER.questions_close_at, 1440)
    assert len(ticks) == 8
    assert {tick.astimezone(BERLIN).hour for tick in ticks[:-1]} == {9}
    assert ticks[-1] == OCTOBER.questions_close_at
    assert {later - earlier for earlier, later in pairwise(ticks[:4])} == {
        timedelta(hours=24),
        timedelta(hours=25),
    }


@pytest.mark.parametrize("minutes", [5, 60, 1440])
@given(
    st.integers(0, 8 * 24 * 3600).map(lambda seconds: OCTOBER.questions_open_at + timedelta(seconds=seconds))
)
def test_the_tick_before_and_the_tick_after_are_neighbours(minutes: int, at: datetime) -> None:
    before = tick_at_or_before(OCTOBER, tick_minutes=minutes, zone=BERLIN, at=at)
    after = tick_after(OCTOBER, tick_minutes=minutes, zone=BERLIN, at=at)
    assert before is None or before <= at
    if at >= OCTOBER.questions_close_at:
        assert (before, after) == (OCTOBER.questions_close_at, None)
        return
    assert after is not None
    assert after > at
    following = tick_after(OCTOBER, tick_minutes=minutes, zone=BERLIN, at=before or OCTOBER.questions_open_at)
    assert following == after


def test_no_tick_is_due_before_questions_open_nor_at_that_instant() -> None:
    for at in (OCTOBER.publishes_at, OCTOBER.questions_open_at):
        assert tick_at_or_before(OCTOBER, tick_minutes=5, zone=BERLIN, at=at) is None
