"""What two sequences have in common: true of any two, and found in long ones too."""

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from narrative.narratives.rules.sequences import hunks

letters = st.lists(st.sampled_from("abcdefgh"), max_size=30)


@given(letters, letters)
def test_hunks_tell_how_one_becomes_the_other(before: list[str], after: list[str]) -> None:
    here = there = 0
    kinds = []
    for hunk in hunks(before, after):
        assert (hunk.start, hunk.other_start) == (here, there)
        assert (hunk.end, hunk.other_end) != (here, there)
        same = before[hunk.start : hunk.end] == after[hunk.other_start : hunk.other_end]
        assert same if hunk.same else True
        here, there = hunk.end, hunk.other_end
        kinds.append(hunk.same)
    assert (here, there) == (len(before), len(after))
    assert all(one != other for one, other in pairwise(kinds))


@given(letters)
def test_the_same_is_the_same(before: list[str]) -> None:
    assert [hunk.same for hunk in hunks(before, before)] == [True] * bool(before)


def changed(before: list[str], after: list[str]) -> int:
    return sum(hunk.end - hunk.start for hunk in hunks(before, after) if not hunk.same)


def test_two_words_changed_in_a_long_text_of_common_words_are_two() -> None:
    chance = random.Random(1)
    common = ["the", "and", "of", "to", "in", "we", "it"]
    before = [chance.choice(common) if n % 2 else f"word{chance.randrange(900)}" for n in range(4_000)]
    after = list(before)
    after[100], after[-100] = "here", "there"
    assert changed(before, after) == 2


def test_texts_without_a_word_of_their_own_are_taken_as_changed() -> None:
    chance = random.Random(1)
    before, after = ([chance.choice("abc") for _ in range(9_000)] for _ in range(2))
    assert changed(before, after) > 8_000
