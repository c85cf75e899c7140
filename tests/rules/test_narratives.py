"""What a draft may say, who may write it, what its sign-off lacks, and which autosaves go."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrative.narratives.rules import (
    KEEPS_EVERYTHING,
    LABELS,
    PROMPTS,
    SESSION,
    TEXTS,
    Draft,
    PriorityRow,
    clean_text,
    leftovers,
    length_error,
    may_read_drafts,
    may_sign_off,
    may_write,
    missing_for_sign_off,
    rearranged,
    sessions,
    superseded,
    writing_state,
)

MONDAY = datetime(2026, 6, 29, 9, tzinfo=UTC)
READY = PriorityRow(key="0" * 16, title="Ship it", measure="It is in the shop", owner_id=1)
FINISHED = Draft(opening="o", went_well="w", went_badly="b", next_priorities="n", priorities=(READY,))


# What is typed


def test_one_kind_of_line_break_and_no_character_that_cannot_be_stored() -> None:
    assert clean_text("a\r\nb\rc\x00\x1bd\te") == "a\nb\ncd\te"
    assert clean_text("half \ud83d pair") == "half \ufffd pair"
    assert clean_text("e\u0301 🛠 \u200f") == "e\u0301 🛠 \u200f"


@given(st.text(st.characters(codec=None, categories=None)))
def test_a_cleaned_text_can_always_be_stored_and_stays_as_it_is(text: str) -> None:
    cleaned = clean_text(text)
    cleaned.encode("utf-8")
    assert "\x00" not in cleaned
    assert clean_text(cleaned) == cleaned


def test_the_length_error_says_by_how_much() -> None:
    assert length_error("Opening", "x" * 10, 10) is None
    assert length_error("Opening", "x" * 1_310, 10) == (
        "Shorten “Opening” by 1,300 characters: it may have 10"
    )


# Who may


@pytest.mark.parametrize(
    ("role", "person_id", "expected"),
    [
        ("leader", 1, True),
        ("leader", 2, True),
        ("leader", 3, False),
        ("organiser", 3, True),
        ("employee", 1, False),
        ("employee", 2, False),
    ],
)
def test_the_owner_contributors_and_organisers_write(role: str, person_id: int, expected: bool) -> None:
    assert may_write(role=role, person_id=person_id, owner_id=1, contributor_ids=[2]) is expected


def test_only_the_owner_signs_off() -> None:
    assert may_sign_off(role="leader", person_id=1, owner_id=1)
    assert not may_sign_off(role="organiser", person_id=2, owner_id=1)
    assert not may_sign_off(role="employee", person_id=1, owner_id=1)


def test_drafts_do_not_exist_for_employees() -> None:
    assert [role for role in ("employee", "leader", "organiser") if may_read_drafts(role)] == [
        "leader",
        "organiser",
    ]


def test_writing_opens_with_drafting_and_ends_with_the_narratives_own_publication() -> None:
    def state(at: datetime, *, published: bool = False, archived: bool = False) -> str:
        return writing_state(drafting_opens_at=MONDAY, published=published, archived=archived, at=at)

    assert state(MONDAY - timedelta(seconds=1)) == "early"
    assert state(MONDAY) == "open"
    assert state(MONDAY + timedelta(days=400)) == "open"
    assert state(MONDAY, published=True) == "published"
    assert state(MONDAY, archived=True) == "archived"
    assert state(MONDAY, published=True, archived=True) == "published"


# What a sign-off lacks


def test_a_finished_draft_lacks_nothing() -> None:
    assert missing_for_sign_off(FINISHED) == []


def test_an_empty_draft_lacks_every_text_and_a_priority() -> None:
    lacks = missing_for_sign_off(Draft(opening=" \n"))
    assert [lack.field for lack in lacks] == [*TEXTS, "priorities-0-title"]
    assert all(lack.certain for lack in lacks)
    assert lacks[2].sentence == f"“{LABELS['went_badly']}” is empty"


def test_a_section_may_be_left_empty_and_nothing_be_promised_if_it_is_meant_so() -> None:
    lacks = missing_for_sign_off(Draft(opening="All of it is in here."))
    assert {lack.field: lack.certain for lack in lacks} == dict.fromkeys(
        ("went_well", "went_badly", "next_priorities", "priorities-0-title"), False
    )


def test_priorities_alone_are_enough_for_the_last_section() -> None:
    assert missing_for_sign_off(replace(FINISHED, next_priorities="")) == []


def test_a_priority_needs_a_title_a_measure_and_an_owner() -> None:
    rows = (
        READY,
        PriorityRow(key="1" * 16, title="Move"),
        PriorityRow(key="2" * 16, measure="x", owner_id=1),
    )
    assert [
        (lack.field, lack.sentence) for lack in missing_for_sign_off(replace(FINISHED, priorities=rows))
    ] == [
        ("priorities-1-measure", "“Move” does not say how we will know"),
        ("priorities-1-owner_id", "“Move” has no owner"),
        ("priorities-2-title", "Priority 3 has no title"),
    ]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Sales rose.\n<!-- ask Ben -->", "a comment that was left in: “<!-- ask Ben -->”"),
        ("Sales rose. <!-- never closed", "a comment that was left in: “<!-- never closed”"),
        ("TODO: the figures", "a note to yourself: “TODO”"),
        ("Launch date TBD", "a note to yourself: “TBD”"),
        ("We grew by xxx percent", "a placeholder: “xxx”"),
        ("We grew by ??? percent", "a placeholder: “???”"),
        ("Thanks to [insert names]", "a placeholder: “[insert names]”"),
        ("Lorem ipsum dolor", "a placeholder: “Lorem ipsum”"),
        ("TODO one, TBD two", "a note to yourself: “TODO”, “TBD”"),
        ("TODO one, TODO two", "a note to yourself: “TODO” and 1 more"),
        ("TODO TBD TBC TBA TODO", "a note to yourself: “TODO”, “TBD”, “TBC” and 2 more"),
        ("please don’t include in the public version", "something not meant for readers: “don’t include”"),
        (f"Well.\n\n{PROMPTS['opening'][0]}", f"a prompt that was left in: “{PROMPTS['opening'][0][:40]}…”"),
    ],
)
def test_what_looks_forgotten_is_named_but_left_to_the_author(text: str, what: str) -> None:
    lacks = missing_for_sign_off(replace(FINISHED, went_well=text))
    assert [(lack.field, lack.sentence, lack.certain) for lack in lacks] == [
        ("went_well", f"“What went well” has {what}", False)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The todo list is empty.",
        "Our method of payment",
        "See [your account](https://shop.example) for more.",
        "A < B and C > D, a -> b, 4 - 2 -- 1",
        "What was this quarter about? Boats.",
        "XXL sizes sold out.",
    ],
)
def test_ordinary_writing_is_not_suspected(text: str) -> None:
    assert leftovers(text) == []


def test_leftovers_are_found_in_priorities_too() -> None:
    rows = (replace(READY, measure="TBD"),)
    lacks = missing_for_sign_off(replace(FINISHED, priorities=rows))
    assert [(lack.field, lack.certain) for lack in lacks] == [("priorities-0-measure", False)]


@given(st.text(max_size=3000))
def test_looking_for_leftovers_never_fails(text: str) -> None:
    leftovers(text)


# Rows


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("remove-1", "ac"),
        ("up-1", "bac"),
        ("up-0", "abc"),
        ("down-0", "bac"),
        ("down-2", "abc"),
        ("remove-9", "abc"),
        ("add", "abc"),
        ("", "abc"),
        ("remove--1", "abc"),
    ],
)
def test_rows_are_moved_and_removed(command: str, expected: str) -> None:
    assert "".join(rearranged("abc", command)) == expected


# Sessions


@dataclass(frozen=True)
class Kept:
    """A revision, as far as sessions know it."""

    number: int
    authors: tuple[int, ...]
    saved_at: datetime
    base: int
    note: str = ""
    name: str = ""


def saves(*facts: tuple[int | tuple[int, ...], float]) -> list[Kept]:
    """One revision for each (author or authors, minutes after the beginning)."""
    return [
        Kept(
            number,
            (author,) if isinstance(author, int) else author,
            MONDAY + timedelta(minutes=minutes),
            number - 1,
        )
        for number, (author, minutes) in enumerate(facts, start=1)
    ]


def grouped(revisions: list[Kept]) -> list[list[int]]:
    """The numbers in each session."""
    return [[one.number for one in session.revisions] for session in sessions(revisions)]


def test_a_session_is_one_authors_ten_minutes() -> None:
    assert grouped(saves((1, 0), (1, 4), (1, 10), (1, 10.1), (1, 12))) == [[1, 2, 3], [4, 5]]


def test_authors_who_write_at_once_have_sessions_of_their_own() -> None:
    assert grouped(saves((1, 0), (2, 1), (1, 2), (2, 3))) == [[1, 3], [2, 4]]


def test_those_who_write_together_have_a_session_of_their_own() -> None:
    facts = (((1, 2), 0), ((1,), 2), ((2, 1), 3), ((1, 2, 3), 4), ((), 5), ((1,), 6), ((), 7))
    assert grouped(saves(*facts)) == [[1, 3], [4], [2, 6], [5, 7]]


def test_what_is_more_than_an_autosave_stands_alone() -> None:
    revisions = saves((1, 0), (1, 1), (1, 2), (1, 3))
    revisions[1] = replace(revisions[1], base=0)
    revisions[2] = replace(revisions[2], note="Merged with what Grace Hopper had saved")
    assert grouped(revisions) == [[1], [2], [3], [4]]
    named = saves((1, 0), (1, 1), (1, 2), (1, 3))
    named[1] = replace(named[1], name="Before the board")
    assert grouped(named) == [[1], [2], [3, 4]]


def test_old_autosaves_go_and_the_last_of_each_session_stays() -> None:
    revisions = saves((1, 0), (1, 1), (2, 2), (1, 3), (2, 4), (1, 60))
    later = MONDAY + timedelta(days=2)
    assert superseded(revisions, pinned=[], at=later) == [1, 2, 3]
    assert superseded(revisions, pinned=[2], at=later) == [1, 3]
    assert superseded(revisions, pinned=[], at=MONDAY + timedelta(hours=24, minutes=1)) == [1]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([1, 2, 3, (1, 2), (1, 2, 3), ()]),
            st.integers(0, 4000),
            st.sampled_from(["", "note", "name"]),
        ),
        max_size=40,
    ),
    st.sets(st.integers(1, 40)),
    st.integers(0, 9000),
)
def test_thinning_never_takes_what_must_stay(
    facts: list[tuple[int | tuple[int, ...], int, str]], pinned: set[int], age: int
) -> None:
    facts.sort(key=lambda fact: fact[1])
    revisions = [
        replace(kept, **({said: "Before the board"} if said else {}))
        for kept, (_author, _minutes, said) in zip(saves(*((a, m) for a, m, _ in facts)), facts, strict=True)
    ]
    at = MONDAY + timedelta(minutes=age)
    gone = set(superseded(revisions, pinned=pinned, at=at))
    for revision in revisions:
        said = revision.note or revision.name
        if revision.number in pinned or said or revision.saved_at >= at - KEEPS_EVERYTHING:
            assert revision.number not in gone
    # Of whatever goes, the same authors have something that stays, at most one session later.
    kept = [revision for revision in revisions if revision.number not in gone]
    for revision in revisions:
        if revision.number in gone:
            assert any(
                one.authors == revision.authors
                and one.number > revision.number
                and one.saved_at - revision.saved_at <= SESSION
                for one in kept
            )


def test_what_people_read_has_the_apostrophes_of_books() -> None:
    said = [*LABELS.values(), *(line for lines in PROMPTS.values() for line in lines)]
    assert "'" not in "".join(said)
