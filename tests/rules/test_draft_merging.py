"""Whole drafts merged three ways: texts by words, priorities by their keys, and somebody who types on."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from narrative.narratives.rules import LONGEST_TITLE, Draft, PriorityRow
from narrative.narratives.rules.draft_merging import merge_drafts, merge_rows
from narrative.narratives.rules.merging import merge

A, B, C, D = (PriorityRow(key=key * 16, title=key, measure=f"m{key}", owner_id=1) for key in "abcd")


def merged(base: tuple[PriorityRow, ...], theirs: tuple[PriorityRow, ...], mine: tuple[PriorityRow, ...]):  # type: ignore[no-untyped-def]
    """The titles that came out, and whether both changed the same."""
    rows, both = merge_rows(base, theirs=theirs, mine=mine)
    return [row.title for row in rows], both


def test_rows_added_by_both_are_both_there_in_their_places() -> None:
    assert merged((A, B), (A, C, B), (A, B, D)) == (["a", "c", "b", "d"], False)


def test_a_row_taken_out_stays_out_unless_the_other_changed_it() -> None:
    assert merged((A, B), (A,), (A, B)) == (["a"], False)
    assert merged((A, B), (A, B), (B,)) == (["b"], False)
    changed = replace(B, title="b, changed")
    assert merged((A, B), (A,), (A, changed)) == (["a", "b, changed"], True)
    assert merged((A, B), (A, changed), (A,)) == (["a", "b, changed"], True)


def test_the_order_of_whoever_moved_rows_holds() -> None:
    assert merged((A, B, C), (A, B, C), (C, A, B)) == (["c", "a", "b"], False)
    assert merged((A, B, C), (C, A, B), (A, B, C)) == (["c", "a", "b"], False)
    assert merged((A, B), (A, B, D), (B, A)) == (["b", "d", "a"], False)


def test_different_parts_of_one_row_are_joined() -> None:
    rows, both = merge_rows(
        (A,), theirs=(replace(A, measure="better"),), mine=(replace(A, title="new", owner_id=2),)
    )
    assert rows == (replace(A, title="new", measure="better", owner_id=2),)
    assert not both


def test_two_titles_for_one_row_both_stand_in_it() -> None:
    rows, both = merge_rows((A,), theirs=(replace(A, title="Hull"),), mine=(replace(A, title="Mast"),))
    assert [row.title for row in rows] == ["Hull / Mast"]
    assert both
    long, other = "x" * LONGEST_TITLE, "y" * LONGEST_TITLE
    rows, _ = merge_rows((A,), theirs=(replace(A, title=long),), mine=(replace(A, title=other),))
    assert rows == (replace(A, title=other, measure=f"ma\n{long}"),)


def test_the_parts_in_which_both_wordings_stand_are_named() -> None:
    base = Draft(opening="It went.", went_well="Sails.", priorities=(A,))
    theirs = replace(base, opening="It flew.", priorities=(replace(A, title="t"),))
    mine = replace(base, opening="It sank.", went_well="Sails, all.", priorities=(replace(A, title="m"),))
    both = merge_drafts(base, theirs=theirs, mine=mine)
    assert both.conflicts == ("opening", "priorities")
    assert both.draft.went_well == "Sails, all."
    assert "It flew." in both.draft.opening
    assert "It sank." in both.draft.opening


KEYS = "abcde"
ROWS = st.lists(
    st.tuples(st.sampled_from(KEYS), st.integers(0, 2), st.integers(1, 2)),
    unique_by=lambda row: row[0],
    max_size=5,
).map(
    lambda rows: tuple(
        PriorityRow(key=key * 16, title=f"{key}{version}", owner_id=owner) for key, version, owner in rows
    )
)


@given(ROWS, ROWS, ROWS)
def test_merging_rows_keeps_keys_single_and_every_new_title(
    base: tuple[PriorityRow, ...], theirs: tuple[PriorityRow, ...], mine: tuple[PriorityRow, ...]
) -> None:
    rows, _ = merge_rows(base, theirs=theirs, mine=mine)
    keys = [row.key for row in rows]
    assert len(set(keys)) == len(keys)
    everything = " ".join(row.title for row in rows)
    known = {row.title for row in base}
    for row in (*theirs, *mine):
        if row.title not in known:
            assert row.title in everything


@given(ROWS, ROWS)
def test_merging_rows_with_one_who_changed_nothing_gives_the_others(
    base: tuple[PriorityRow, ...], other: tuple[PriorityRow, ...]
) -> None:
    assert merge_rows(base, theirs=other, mine=base) == (other, False)
    assert merge_rows(base, theirs=base, mine=other)[0] == other
    assert merge_rows(base, theirs=other, mine=other) == (other, False)


# Somebody types on while their text is merged again and again


class Desk:
    """The server and two pages on which people type without a pause, each saving in turn."""

    def __init__(self, start: str) -> None:
        self.revisions = [start]
        self.head = 0
        self.bases = [0, 0]
        self.pages = [start, start]
        self.conflicts = 0

    def save(self, page: int) -> None:
        """Save as writing.save does; the page goes on from its own revision, as a typing page must."""
        text, base = self.pages[page], self.bases[page]
        self.revisions.append(text)
        own = len(self.revisions) - 1
        if base == self.head:
            self.bases[page] = self.head = own
            return
        both = merge(self.revisions[base], self.revisions[self.head], text)
        self.conflicts += len(both.conflicts)
        self.revisions.append(both.text)
        self.bases[page], self.head = own, len(self.revisions) - 1

    @property
    def text(self) -> str:
        """The newest revision."""
        return self.revisions[self.head]


@given(
    st.sampled_from(["", "We began.", "One.\n\nTwo.", "- a\n- b"]), st.lists(st.integers(0, 1), max_size=20)
)
def test_whoever_types_on_loses_nothing_and_is_not_doubled(start: str, turns: list[int]) -> None:
    desk = Desk(start)
    words = []
    for number, page in enumerate(turns):
        words.append(f"word{page}x{number}")
        desk.pages[page] += f" {words[-1]}"
        desk.save(page)
    found = desk.text.split()
    assert {word: found.count(word) for word in words} == dict.fromkeys(words, 1)
    assert desk.conflicts <= 1


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 60), st.text("ab \n", max_size=6)), max_size=12))
def test_the_merge_never_loses_a_word_whoever_types_wherever(
    edits: list[tuple[int, int, str]],
) -> None:
    desk = Desk("first line\n\nsecond line of words\n\nthird")
    words = []
    for number, (page, place, around) in enumerate(edits):
        words.append(f"W{number}W")
        text = desk.pages[page]
        desk.pages[page] = f"{text[:place]}{around} {words[-1]} {text[place:]}"
        desk.save(page)
    # A later edit of the same page may cut a word in two, as a person would: those do not count.
    whole = [word for word in words if any(word in text.split() for text in desk.pages)]
    assert [word for word in whole if word not in desk.text.split()] == []
