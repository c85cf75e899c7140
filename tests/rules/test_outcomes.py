"""What is said of earlier promises: keys, what a sign-off lacks, merging, comparing, counting."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrative.narratives.comparing import OUTCOMES as CHANGED
from narrative.narratives.comparing import compare_drafts
from narrative.narratives.rendering import render_draft
from narrative.narratives.rules import (
    OUTCOMES,
    Draft,
    Known,
    OutcomeRow,
    PriorityRow,
    carried_in_words,
    missing_for_sign_off,
)
from narrative.narratives.rules.draft_merging import merge_drafts, merge_outcomes
from narrative.narratives.rules.outcomes import key_of_carried, number_in, numbers_in, said
from tests.rules.test_narratives import FINISHED

PROMISED = {"priority-17": "Ship it", "commitment-3": "Ask them"}


def row(key: str = "priority-17", state: str = "", sentence: str = "") -> OutcomeRow:
    return OutcomeRow(key=key, state=state, sentence=sentence)


# Keys


@pytest.mark.parametrize("key", ["priority-17", "commitment-3", "priority-999999999"])
def test_a_key_names_one_promise(key: str) -> None:
    kind, number = key.split("-")
    assert number_in(key) == number_in(key, kind) == int(number)
    other = "commitment" if kind == "priority" else "priority"
    assert number_in(key, other) is None


@pytest.mark.parametrize(
    "key", ["", "17", "priority-", "priority-0", "priority-017", "priority-1 ", "question-1", "priority-1١"]
)
def test_what_is_no_key_names_nothing(key: str) -> None:
    assert number_in(key) is None
    assert said([row(key, "done")]) == ()


def test_numbers_are_taken_of_one_kind() -> None:
    assert numbers_in(["priority-1", "commitment-2", "priority-3", "x"], "priority") == {1, 3}


def test_a_promise_carried_over_by_two_people_is_one_row() -> None:
    assert key_of_carried("priority-17") == key_of_carried("priority-17") != key_of_carried("priority-18")
    assert len(key_of_carried("priority-17")) == 16
    assert int(key_of_carried("priority-17"), 16)


def test_what_says_nothing_is_left_out_and_the_order_is_one() -> None:
    rows = [row("priority-2", "done"), row("priority-1"), row("commitment-9", "", "Yes.")]
    assert said(rows) == said(rows[::-1]) == (rows[2], rows[0])


def test_carried_is_said_in_words() -> None:
    assert [carried_in_words(number) for number in (0, 1, 3)] == [
        "",
        "carried 1 quarter",
        "carried 3 quarters",
    ]


# What a sign-off lacks


def lacks(*rows: OutcomeRow) -> list[tuple[str, str, bool]]:
    found = missing_for_sign_off(replace(FINISHED, outcomes=rows), Known(promised=PROMISED))
    return [(lack.field, lack.sentence, lack.certain) for lack in found]


def test_a_promise_of_which_nothing_is_said_is_asked_about() -> None:
    assert lacks(row("commitment-3", "done")) == [
        ("outcomes-0-state-0", "What became of “Ship it” is not said", False)
    ]


@pytest.mark.parametrize("state", sorted(OUTCOMES))
def test_every_outcome_but_done_owes_its_sentence(state: str) -> None:
    found = lacks(row(state=state, sentence=" \n"), row("commitment-3", "done"))
    owed = [("outcomes-0-sentence", f"“Ship it” is {state}: say why in one sentence", True)]
    assert found == ([] if state == "done" else owed)
    assert lacks(row(state=state, sentence="It rained."), row("commitment-3", "done")) == []


def test_what_was_left_in_a_sentence_is_asked_about() -> None:
    found = lacks(row(state="partly", sentence="TODO ask Grace"), row("commitment-3", "done"))
    assert found == [("outcomes-0-sentence", "“Ship it” has a note to yourself: “TODO”", False)]


def test_a_sentence_without_an_outcome_is_not_taken_for_one() -> None:
    found = lacks(row(sentence="It went well."), row("commitment-3", "done"))
    assert found == [("outcomes-0-state-0", "What became of “Ship it” is not said", False)]


def test_where_nothing_was_promised_nothing_is_lacking() -> None:
    assert missing_for_sign_off(FINISHED, Known()) == missing_for_sign_off(FINISHED) == []


# Merging


def test_outcomes_of_different_promises_are_both_kept() -> None:
    theirs, mine = row(state="done"), row("commitment-3", "partly", "Half.")
    assert merge_outcomes((), theirs=(theirs,), mine=(mine,)) == ((mine, theirs), False)


def test_a_state_and_a_sentence_of_one_promise_are_joined() -> None:
    was, theirs, mine = row(sentence="So."), row(state="done", sentence="So."), row(sentence="So it was.")
    merged, both = merge_outcomes((was,), theirs=(theirs,), mine=(mine,))
    assert (merged, both) == ((row(state="done", sentence="So it was."),), False)


def test_of_two_sentences_both_stand_and_of_two_states_mine() -> None:
    theirs, mine = row(state="done", sentence="All of it."), row(state="partly", sentence="Half of it.")
    (merged,), both = merge_outcomes((), theirs=(theirs,), mine=(mine,))
    assert both
    assert merged.state == "partly"
    assert merged.sentence.split("\n\n") == ["All of it.", "Half of it."]


def test_what_one_took_back_is_gone_unless_the_other_changed_it() -> None:
    was = row(state="done", sentence="Yes.")
    assert merge_outcomes((was,), theirs=(was,), mine=()) == ((), False)
    changed = replace(was, state="partly")
    (kept,), _both = merge_outcomes((was,), theirs=(changed,), mine=())
    assert kept.state == "partly"
    (kept,), _both = merge_outcomes((was,), theirs=(replace(was, sentence="Yes, all of it."),), mine=())
    assert "all of it." in kept.sentence


def test_the_part_that_both_changed_is_named() -> None:
    base = Draft(opening="It went.")
    theirs = replace(base, outcomes=(row(state="done", sentence="One."),))
    mine = replace(base, outcomes=(row(state="done", sentence="Two."),))
    both = merge_drafts(base, theirs=theirs, mine=mine)
    assert both.conflicts == ("outcomes",)
    assert both.draft.opening == "It went."


KEYS = st.sampled_from(["priority-1", "priority-2", "commitment-1"])
ROWS = st.lists(
    st.builds(
        OutcomeRow,
        key=KEYS,
        state=st.sampled_from(["", *OUTCOMES]),
        sentence=st.text("ab .\n", max_size=8),
    ),
    max_size=4,
).map(said)


@given(ROWS, ROWS)
def test_merging_with_one_who_changed_nothing_gives_the_others(
    base: tuple[OutcomeRow, ...], other: tuple[OutcomeRow, ...]
) -> None:
    assert merge_outcomes(base, theirs=other, mine=base) == (other, False)
    assert merge_outcomes(base, theirs=base, mine=other) == (other, False)
    assert merge_outcomes(base, theirs=other, mine=other) == (other, False)


@given(ROWS, st.sampled_from(["x1", "x2 x3"]), st.sampled_from(["y1", "y2 y3"]))
def test_no_word_of_two_sentences_is_lost(base: tuple[OutcomeRow, ...], theirs: str, mine: str) -> None:
    known = {one.key: one for one in base}
    was = known.get("priority-1", row("priority-1"))
    others = said([*base, replace(was, sentence=f"{was.sentence} {theirs}")])
    own = said([*base, replace(was, sentence=f"{mine} {was.sentence}")])
    merged, _both = merge_outcomes(base, theirs=others, mine=own)
    (found,) = [one.sentence for one in merged if one.key == "priority-1"]
    assert set(f"{theirs} {mine}".split()) <= set(found.split())


def test_a_row_keeps_what_it_carries_whoever_merges() -> None:
    carried = PriorityRow(key="a" * 16, title="Ship it", carries="priority-17")
    theirs = Draft(priorities=(carried,))
    mine = Draft(priorities=(replace(carried, carries=None, measure="Seen"),))
    (merged,) = merge_drafts(Draft(), theirs=theirs, mine=mine).draft.priorities
    assert merged == replace(carried, measure="Seen")


# Comparing, and what readers read


def test_a_changed_outcome_is_told_in_words() -> None:
    before = replace(FINISHED, outcomes=(row(state="done"),))
    after = replace(FINISHED, outcomes=(row(state="partly", sentence="Half of it."),))
    (part,) = compare_drafts(before, after, owners={}, promised=PROMISED)
    assert part.label == CHANGED
    (paragraph,) = part.paragraphs
    assert "".join(piece.text for piece in paragraph.pieces if piece.kind != "added") == "Ship it: done."
    said_now = "".join(piece.text for piece in paragraph.pieces if piece.kind != "removed")
    assert " ".join(said_now.split()) == "Ship it: partly. Half of it."
    assert compare_drafts(before, before, owners={}, promised=PROMISED) == []


def test_what_is_said_of_a_promise_counts_as_words_that_are_read() -> None:
    told = replace(
        FINISHED, outcomes=(row(state="not done", sentence="It rained."), row("priority-2", "", "x"))
    )
    assert render_draft(told).words == render_draft(FINISHED).words + 4
