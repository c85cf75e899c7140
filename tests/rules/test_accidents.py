"""The check for accidents: what is found in a draft, and what is only suspected. And where links lead."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrative.narratives.rules import (
    LABELS,
    PROMPTS,
    Draft,
    Known,
    PriorityRow,
    missing_for_sign_off,
    prompt_lines,
    prompts_error,
    prompts_with,
)
from narrative.narratives.rules.links import Destination, addresses, destination
from narrative.narratives.rules.prompts import LONGEST_PROMPT, MOST_PROMPTS

ROW = PriorityRow(key="0" * 16, title="Ship it", measure="It is in the shop", owner_id=1)
FINISHED = Draft(opening="o", went_well="w", went_badly="b", next_priorities="n", priorities=(ROW,))


def found(text: str, known: Known | None = None) -> list[tuple[str, bool]]:
    """What the check says of a text, and whether hardly anybody means it."""
    lacks = missing_for_sign_off(replace(FINISHED, went_well=text), known)
    assert all(not lack.certain and lack.field == "went_well" for lack in lacks)
    return [(lack.sentence.removeprefix("“What went well” has "), lack.accident) for lack in lacks]


def test_a_comment_and_a_prompt_are_accidents_and_a_note_to_yourself_may_be_meant() -> None:
    assert found("Well. <!-- ask Ben -->") == [("a comment that was left in: “<!-- ask Ben -->”", True)]
    assert found("TODO: the figures") == [("a note to yourself: “TODO”", False)]
    assert found(f"> {PROMPTS['went_badly'][1]}") == [
        ("a prompt that was left in: “What do you know now that you did not kn…”", True)
    ]


def test_an_empty_section_is_no_accident() -> None:
    lacks = missing_for_sign_off(replace(FINISHED, went_badly=" "))
    assert [(lack.sentence, lack.accident) for lack in lacks] == [
        (f"“{LABELS['went_badly']}” is empty", False)
    ]


# Prompts of the company's own


def test_the_companys_prompts_are_looked_for_instead_of_ours() -> None:
    own = Known(prompts={"opening": ("What would you tell a neighbour?",)})
    assert found("What would you tell\na neighbour? That we sail.", own) == [
        ("a prompt that was left in: “What would you tell a neighbour?”", True)
    ]
    assert found(PROMPTS["opening"][0], own) == []


def test_a_short_prompt_counts_only_as_a_line_of_its_own() -> None:
    own = Known(prompts={"opening": ("Risks",)})
    assert found("Risks are few.", own) == []
    assert found("Well.\n\n## Risks", own) == [("a prompt that was left in: “Risks”", True)]


def test_prompts_are_lines_and_an_empty_field_has_ours() -> None:
    assert prompt_lines(" One?\n\n  Two  words? \n") == ("One?", "Two words?")
    assert prompts_with({"opening": "One?\nTwo?", "went_well": " \n"}) == {
        **PROMPTS,
        "opening": ("One?", "Two?"),
    }
    assert prompts_error("opening", "x" * LONGEST_PROMPT) is None
    assert prompts_error("opening", "\n".join("x" * (MOST_PROMPTS + 2))) == (
        f"Remove 2 of the prompts of “Opening”: it may have {MOST_PROMPTS}"
    )
    assert prompts_error("opening", "x" * (LONGEST_PROMPT + 7)) == (
        f"Shorten the longest prompt of “Opening” by 7 characters: it may have {LONGEST_PROMPT}"
    )


# Private notes

NOTES = Known(private_notes="- Ben is leaving in May, nobody knows\n\nok\n2. Ask about   the pump")


@pytest.mark.parametrize(
    "text",
    [
        "Sales rose. Ben is leaving\nin May, nobody knows. So be it.",
        "* **ben is leaving in may, nobody knows**",
    ],
)
def test_a_line_of_the_private_notes_is_found_however_it_is_set(text: str) -> None:
    assert found(text, NOTES) == [
        ("a line of the private notes: “Ben is leaving in May, nobody knows”", True)
    ]


def test_a_numbered_note_is_known_by_its_words_and_two_words_may_stand_anywhere() -> None:
    assert found("Ask about the pump", NOTES) == [("a line of the private notes: “Ask about the pump”", True)]
    assert found("ok", NOTES) == []
    assert found("Ben is leaving in June", NOTES) == []


def test_private_notes_are_found_in_priorities_too() -> None:
    lacks = missing_for_sign_off(
        replace(FINISHED, priorities=(replace(ROW, title="Ask about the pump"),)), NOTES
    )
    assert [(lack.field, lack.accident) for lack in lacks] == [("priorities-0-title", True)]


@given(st.text(max_size=500), st.text(max_size=500))
def test_whatever_stands_in_notes_and_prompts_the_check_never_fails(text: str, notes: str) -> None:
    missing_for_sign_off(
        replace(FINISHED, opening=text),
        Known(private_notes=notes, prompts={"opening": tuple(notes.split("\n"))}),
    )


def test_the_check_of_a_long_text_of_marks_does_not_take_long() -> None:
    text = "* " * 30_000 + "x"
    assert found(text, Known(private_notes=text)) == []


# Links

BASE = "https://narrative.example"


@pytest.mark.parametrize(
    ("address", "leads"),
    [
        ("#went-well", Destination("", "went-well")),
        ("/quarters/2026-q2", Destination("/quarters/2026-q2", "")),
        (
            "/narratives/2026-q2/product?beside=2026-q1#went-well-abc",
            Destination("/narratives/2026-q2/product", "went-well-abc"),
        ),
        ("https://NARRATIVE.example/people%20x", Destination("/people x", "")),
        ("https://narrative.example", Destination("/", "")),
        ("https://elsewhere.example/quarters/2026-q2", None),
        ("http://narrative.example.elsewhere.example/", None),
        ("https://narrative.example:8443/x", None),
        ("mailto:ada@narrative.example", None),
        ("//elsewhere.example/x", None),
        ("http://[broken", Destination("", "http://[broken")),
    ],
)
def test_where_a_link_leads(address: str, leads: Destination | None) -> None:
    assert destination(address, base_url=BASE) == leads


def test_the_addresses_of_rendered_links_each_once() -> None:
    twice = '<a href="/a?x=1&amp;y=2">a</a>'
    html = f'<p>{twice} <a rel="noopener" href="https://b.example">b</a> {twice} href="/d"</p>'
    assert addresses(html) == ["/a?x=1&y=2", "https://b.example"]


@given(st.text(max_size=100))
def test_whatever_an_address_is_reading_it_never_fails(address: str) -> None:
    destination(address, base_url=BASE)
