"""What a question may be, when it may be asked, and what becomes of it."""

from hypothesis import given
from hypothesis import strategies as st

from narrative.quarters.rules import STAGES
from narrative.questions.rules import (
    LONGEST_QUESTION,
    STATE_WORDS,
    STATES,
    TRANSITIONS,
    asking_phase,
    enough_to_release,
    is_mark,
    is_slug,
    may_become,
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
    assert once == once.strip()


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
    assert is_slug("people-2")
    assert not is_slug("People")
    assert not is_slug("people\n")
    assert not is_slug("")


def test_how_often_is_said_in_words() -> None:
    words = {minutes: tick_words(minutes) for minutes in (5, 60, 1440)}
    assert words == {5: "every 5 minutes", 60: "every hour", 1440: "once a day"}


def test_every_state_has_its_words_and_none_is_a_dead_end() -> None:
    assert set(STATE_WORDS) == set(STATES)
    assert {other for after in TRANSITIONS.values() for other in after} == set(TRANSITIONS)
    assert may_become("waiting", "answered")
    assert not may_become("waiting", "waiting")
    assert not may_become("declined", "answered")
