"""Word diffs: what is shown adds up to both texts, and highlights what changed."""

import sys
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from narrative.narratives.comparing import compare_drafts
from narrative.narratives.rules import Draft
from narrative.narratives.rules.diffs import Looking, Paragraph, Piece, compare, words_changed
from narrative.narratives.rules.sequences import Effort

MOST_CALLS = 400_000  # of functions of Python; rendered and compared one by one, these texts need millions

texts = st.lists(
    st.lists(st.sampled_from(["ant", "bee", "cow", "dog", "elk"]), max_size=8).map(" ".join), max_size=8
).map("\n".join)


def words_of(paragraphs: list[Paragraph], *kinds: str) -> list[str]:
    return [
        word
        for one in paragraphs
        for piece in one.pieces
        if piece.kind in kinds
        for word in piece.text.split()
    ]


@given(texts, texts)
def test_what_is_shown_is_the_old_text_and_the_new_one(before: str, after: str) -> None:
    compared = compare(before, after)
    assert words_of(compared, "same", "added") == after.split()
    assert sorted(words_of(compared, "same", "removed")) == sorted(before.split())


@given(texts, texts)
def test_words_changed_is_zero_for_the_same_words_only(before: str, after: str) -> None:
    assert (words_changed(before, after) == 0) == (before.split() == after.split())
    assert words_changed(before, after) <= max(len(before.split()), 0) + len(after.split())


def test_one_word_is_one_word() -> None:
    before = "First paragraph.\nWe washed 1,402 beds in week nine, as planned.\nLast one."
    after = before.replace("1,402", "1,420")
    assert words_changed(before, after) == 1
    (first, second, third) = compare(before, after)
    assert (first.kind, third.kind) == ("same", "same")
    assert second.pieces == (
        Piece("same", "We washed "),
        Piece("removed", "1,402 "),
        Piece("added", "1,420 "),
        Piece("same", "beds in week nine, as planned."),
    )


def test_a_paragraph_that_is_mostly_new_is_shown_before_and_after() -> None:
    before = "We hoped to finish the brakes by the end of May."
    after = "We hoped for too much: the brakes stand where they stood in the spring, by our own fault alone."
    compared = compare("Same.\n" + before, "Same.\n" + after)
    assert compared[0].kind == "same"
    assert words_of(compared, "removed") == before.split()
    assert words_of(compared, "added") == after.split()


def test_a_paragraph_put_in_between_leaves_its_neighbours_alone() -> None:
    compared = compare("One two three.\nFour five six.", "One two three.\nBrand new words.\nFour five six.")
    assert [one.kind for one in compared] == ["same", "added", "same"]


def test_hostile_repetition_is_answered() -> None:
    for piece in ("a ", "\n", "x\n", "a b\n"):
        before = piece * (20_000 // len(piece))
        after = "q " + before[: len(before) // 2] + " z " + before[len(before) // 2 :] + "w"
        assert words_of(compare(before, after), "same", "added") == after.split()


@given(texts, texts, st.integers(0, 30), st.integers(0, 60))
def test_what_could_not_be_looked_at_is_still_the_old_text_and_the_new_one(
    before: str, after: str, pairs: int, words: int
) -> None:
    looking = Looking(Effort(pairs), words)
    compared = compare(before, after, looking)
    assert words_of(compared, "same", "added") == after.split()
    assert sorted(words_of(compared, "same", "removed")) == sorted(before.split())
    assert looking.order.left >= 0
    assert looking.words >= 0


def long_draft(last: str) -> Draft:
    """Four texts of 50 kB, made so that everything resembles everything."""
    lines = [f"w{number % 40} w{number * 7 % 40} {last}" for number in range(5_000)]
    names = ("opening", "went_well", "went_badly", "next_priorities")
    return Draft(**{name: "\n\n".join(lines)[:50_000] for name in names}, priorities=())


def test_long_texts_are_compared_as_typed_with_one_bound_for_all_of_them() -> None:
    """Rendering them would take longer than comparing them; a page of four costs no more than one."""
    calls = 0

    def counting(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    drafts = long_draft("ant"), long_draft("bee")
    sys.setprofile(counting)
    try:
        parts = compare_drafts(*drafts, owners={})
    finally:
        sys.setprofile(None)
    assert [part.as_typed for part in parts] == [True] * 4
    assert all(part.changed for part in parts)
    assert calls < MOST_CALLS


def test_ordinary_texts_are_compared_as_they_are_read() -> None:
    draft = Draft(opening="We *washed* 1,402 beds.", went_well="", went_badly="", next_priorities="")
    other = replace(draft, opening="We **washed** 1,402 beds.")
    (part,) = compare_drafts(draft, other, owners={})
    assert part.only_marks
    assert not part.as_typed
