"""What a question may be, when it may be asked, and what becomes of it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from narrative.quarters.rules import STAGES, Timetable
from narrative.questions.rules import (
    BLANKS,
    ERASED_WORDS,
    LONGEST_QUESTION,
    MESSAGES_LAST,
    STATE_WORDS,
    STATES,
    TRANSITIONS,
    asking_phase,
    enough_to_release,
    follow_up_error,
    is_mark,
    is_slug,
    may_become,
    message_tick_after,
    message_tick_at_or_before,
    normal_text,
    question_error,
    tick_words,
)


def test_questions_are_asked_in_one_stage_and_only_among_enough() -> None:
    phases = {stage: asking_phase(stage, passes_held=8, floor=8) for stage in STAGES}
    assert phases == {
        "upcoming": "before",
        "drafting": "before",
        "reading": "before",
        "asking": "open",
        "answering": "over",
        "closed": "over",
    }
    assert asking_phase("asking", passes_held=7, floor=8) == "too few"
    assert asking_phase("answering", passes_held=7, floor=8) == "over"


def test_three_go_together_and_the_last_tick_takes_all() -> None:
    assert [enough_to_release(number, last=False) for number in range(5)] == [False, False, False, True, True]
    assert [enough_to_release(number, last=True) for number in range(5)] == [False, True, True, True, True]


@given(st.text())
def test_normal_text_is_normal(text: str) -> None:
    once = normal_text(text)
    assert normal_text(once) == once
    assert "\r" not in once
    assert once == once.strip(BLANKS)


@given(st.text(alphabet=st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1))
def test_every_readable_text_up_to_the_limit_is_a_question(text: str) -> None:
    assert question_error((text * LONGEST_QUESTION)[:LONGEST_QUESTION]) is None
    assert "2,000" in (question_error((text * (LONGEST_QUESTION + 1))[: LONGEST_QUESTION + 1]) or "")


@given(st.text())
def test_what_is_accepted_can_be_stored(text: str) -> None:
    if question_error(text) is None:
        stored = normal_text(text).encode("utf-8")
        assert 0 < len(stored) <= 4 * LONGEST_QUESTION
        assert b"\x00" not in stored


def test_half_a_character_cannot_be_stored() -> None:
    assert question_error("Why \ud83d?") == "Remove the unreadable character from your question"


def test_marks_and_slugs() -> None:
    assert is_mark("A-_9" * 10 + "abc")
    assert not is_mark("A" * 42)
    assert not is_mark("A" * 43 + "\n")
    assert not is_mark("A" * 42 + "B")  # the same key, written another way
    assert is_slug("people-2")
    assert not is_slug("People")
    assert not is_slug("people\n")
    assert not is_slug("")


def test_how_often_is_said_in_words() -> None:
    words = {minutes: tick_words(minutes) for minutes in (5, 60, 1440)}
    assert words == {5: "every 5 minutes", 60: "every hour", 1440: "once a day"}


def test_every_state_has_its_words_and_none_is_a_dead_end() -> None:
    assert set(STATE_WORDS) == set(STATES)
    reached = {other for after in TRANSITIONS.values() for other in after}
    # What is erased is gone for good; its words say so.
    assert reached - set(TRANSITIONS) == set(ERASED_WORDS)
    assert may_become("waiting", "answered")
    assert not may_become("waiting", "waiting")
    assert not may_become("declined", "answered")


def test_a_follow_up_is_as_long_as_a_question() -> None:
    assert follow_up_error(" x ") is None
    assert follow_up_error(" ") == "Write your follow-up"
    assert "2,001" in (follow_up_error("x" * 2001) or "")


OPENS = datetime(2026, 10, 20, 7, tzinfo=UTC)
CLOSES = OPENS + timedelta(days=3)
QUARTER = Timetable(
    drafting_opens_at=OPENS - timedelta(days=24),
    drafts_due_at=OPENS - timedelta(days=17),
    publishes_at=OPENS - timedelta(days=14),
    questions_open_at=OPENS,
    questions_close_at=CLOSES,
    answers_due_at=CLOSES + timedelta(days=9),
)
TICKS = {"tick_minutes": 1440, "zone": ZoneInfo("Europe/Berlin")}


def test_messages_are_shown_at_ticks_and_then_daily_on_the_same_hour() -> None:
    """The clocks go back two days after questions close: nine o'clock stays nine o'clock."""
    shown, at = [], OPENS
    while (tick := message_tick_after(QUARTER, at=at, **TICKS)) is not None:
        shown.append(tick)
        at = tick
    assert shown[:3] == [OPENS + timedelta(days=day) for day in (1, 2, 3)]
    assert {tick.astimezone(TICKS["zone"]).hour for tick in shown} == {9}
    assert len(shown) == 3 + MESSAGES_LAST.days


@given(st.integers(min_value=-3 * 24 * 60, max_value=70 * 24 * 60))
def test_no_instant_at_which_messages_are_shown_is_passed_over(minutes: int) -> None:
    at = OPENS + timedelta(minutes=minutes)
    before = message_tick_at_or_before(QUARTER, at=at, **TICKS)
    after = message_tick_after(QUARTER, at=at, **TICKS)
    assert before is None or before <= at
    assert after is None or after > at
    if before is not None and after is not None:
        assert message_tick_after(QUARTER, at=before, **TICKS) == after
