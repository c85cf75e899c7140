"""Word diffs: what is shown adds up to both texts, and highlights what changed."""

from hypothesis import given
from hypothesis import strategies as st

from narrative.narratives.diffs import Paragraph, Piece, compare, words_changed

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
