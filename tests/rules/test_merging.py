"""Merging: no word that anybody added is lost, whatever the texts."""

import random

from hypothesis import given
from hypothesis import strategies as st

from narrative.narratives.rules.merging import merge

words = st.text(alphabet="abc*- .", min_size=0, max_size=6)
texts = st.lists(words, max_size=12).map("\n".join)


@given(texts, texts)
def test_where_only_one_side_wrote_the_result_is_theirs(base: str, other: str) -> None:
    assert merge(base, base, other).text == other
    assert merge(base, other, base).text == other
    assert merge(base, other, other).text == other
    assert not merge(base, base, other).conflict


numbers = st.lists(st.integers(0, 5), max_size=4)


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, str, str, set[str]]:
    """A text and two edits of it, each adding words of its own and deleting some; and all added words."""
    seed = draw(st.integers(0, 10**9))
    chance = random.Random(seed)
    base = [
        [chance.choice(["alpha", "beta", "gamma", "delta", "and", "the"]) for _ in range(8)] for _ in range(5)
    ]
    added: set[str] = set()

    def edit(author: str) -> str:
        lines = [list(line) for line in base]
        for number in range(chance.randint(0, 6)):
            line = chance.choice(lines) if lines else None
            if line is None or chance.random() < 0.15:
                lines.append([f"{author}{number}new"])
                added.add(f"{author}{number}new")
            elif chance.random() < 0.4 and line:
                del line[chance.randrange(len(line))]
            elif chance.random() < 0.1:
                lines.remove(line)
            else:
                line.insert(chance.randint(0, len(line)), f"{author}{number}")
        return "\n".join(" ".join(line) for line in lines)

    theirs, mine = edit("theirs"), edit("mine")
    present = {word for word in added if word in f"{theirs}\n{mine}".split()}
    return "\n".join(" ".join(line) for line in base), theirs, mine, present


@given(edited())
def test_every_word_that_either_side_added_is_in_the_result(case: tuple[str, str, str, set[str]]) -> None:
    base, theirs, mine, added = case
    assert added <= set(merge(base, theirs, mine).text.split())


def test_edits_in_different_sentences_of_one_paragraph_are_joined() -> None:
    base = "The fan is old. We ordered a new one. It comes in May."
    merged = merge(base, base.replace("old", "nineteen years old"), base.replace("May", "June"))
    assert merged.text == "The fan is nineteen years old. We ordered a new one. It comes in June."
    assert not merged.conflict


def test_two_wordings_of_one_sentence_both_stay_theirs_first() -> None:
    merged = merge(
        "Intro.\n\nWe were late.\n\nEnd.",
        "Intro.\n\nWe shipped in May.\n\nEnd.",
        "Intro.\n\nNothing arrived.\n\nEnd.",
    )
    assert merged.text == "Intro.\n\nWe shipped in May.\n\nNothing arrived.\n\nEnd."
    assert merged.conflicts == (("We shipped in May.", "Nothing arrived."),)


def test_a_paragraph_that_one_deletes_and_the_other_changes_stays() -> None:
    merged = merge("One.\n\nTwo is here.\n\nThree.", "One.\n\nThree.", "One.\n\nTwo was here.\n\nThree.")
    assert "Two was here." in merged.text
    assert merged.conflict


def test_what_both_wrote_on_an_empty_page_both_stays() -> None:
    merged = merge("", "Ada's opening.", "Grace's opening.")
    assert merged.text == "Ada's opening.\n\nGrace's opening."
    assert merged.conflict


def test_two_items_added_to_different_ends_of_a_list_are_no_conflict() -> None:
    base = "- one\n- two\n- three"
    merged = merge(base, "- zero\n" + base, base + "\n- four")
    assert merged.text == "- zero\n- one\n- two\n- three\n- four"
    assert not merged.conflict


def test_texts_that_repeat_one_thing_thousands_of_times_are_merged_too() -> None:
    for piece in ("a ", "\n", "- x\n", "the the\n"):
        base = piece * (20_000 // len(piece))
        merged = merge(
            base, "first " + base + "theirs", "other " + base.replace(piece, piece + "q", 1) + " mine"
        )
        assert "theirs" in merged.text
        assert "mine" in merged.text
