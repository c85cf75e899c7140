"""Importing: every line of somebody's report stands in one of the four texts, and each decision is said."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from narrative.narratives.importing.report import (
    LONGEST_LINE,
    Imported,
    LineTooLong,
    UnreadableFile,
    WrongEncoding,
    decode,
    sort_out,
)
from narrative.narratives.importing.segments import DEFINITION, HEADING, UNDERLINE, without_front_matter
from narrative.narratives.rules import TEXTS, clean_text
from tests.real_input import real_files

REPORT = """# Bicycle workshop #

Contact: Ada
Contact: Grace

We repaired more than we broke.
A short quarter.

## Highlights ##

- 1,402 brakes
- no fire

### Known problems of the lift

It squeaks.

## What didn’t go well

The paint.

Looking ahead
-------------

1. a new lift
2. dry paint

## Odds and ends

Lost: one glove.
"""


def test_headings_send_what_is_below_them_where_they_mean() -> None:
    made = sort_out(REPORT)
    assert made.title == "Bicycle workshop"
    assert made.texts == {
        "opening": "We repaired more than we broke.\nA short quarter.\n\nContact: Ada  \nContact: Grace",
        "went_well": "- 1,402 brakes\n- no fire\n\n### Known problems of the lift\n\nIt squeaks.\n\n"
        "## Odds and ends\n\nLost: one glove.",
        "went_badly": "The paint.",
        "next_priorities": "1. a new lift\n2. dry paint",
    }
    assert made.rows == ("a new lift", "dry paint")
    assert made.decisions == [
        'line 1: heading "Bicycle workshop" -> the title',
        "line 3: contacts and links -> opening",
        'line 9: heading "Highlights" -> what went well (synonym)',
        'line 18: heading "What didn’t go well" -> what didn’t (synonym)',
        'line 22: heading "Looking ahead" -> next priorities (synonym)',
        "line 25: 2 items -> offered as priorities",
        'line 28: heading "Odds and ends" -> what went well (no synonym; the heading stays)',
    ]


@pytest.mark.parametrize(
    ("heading", "text"),
    [
        ("## Q3 2025 Accomplishments", "went_well"),
        ("## What went well this quarter", "went_well"),
        ("## Done!", "went_well"),
        ("### Known Problems", "went_badly"),
        ("# Challenges in 2024", "went_badly"),
        ("## Q4 Plans", "next_priorities"),
        ("## Next quarter's priorities", "next_priorities"),
        ("## TODO", "next_priorities"),
        ("## Help wanted", "next_priorities"),
        ("**Lessons learned:**", "went_badly"),
        ("## Overview", "opening"),
    ],
)
def test_synonyms(heading: str, text: str) -> None:
    made = sort_out(f"Before.\n\n{heading}\n\nBelow it.")
    assert made.texts[text].endswith("Below it.")
    assert heading not in "".join(made.texts.values())


def test_a_longer_heading_that_only_mentions_a_text_stays() -> None:
    made = sort_out("Before.\n\n## Roadmap for the lift\n\nBelow it.")
    assert made.texts["next_priorities"] == "## Roadmap for the lift\n\nBelow it."
    assert (
        'line 3: heading "Roadmap for the lift" -> next priorities (says "Roadmap"; the heading stays)'
        in (made.decisions)
    )


def test_last_quarters_priorities_are_not_the_next() -> None:
    made = sort_out("Before.\n\n## Priorities of last quarter\n\nBelow it.")
    assert made.texts["next_priorities"] == ""
    assert "Below it." in made.texts["went_well"]


def test_without_headings_the_first_paragraph_opens_and_lines_above_lists_lead() -> None:
    made = sort_out(
        "Who we are,\nand what we do.\n\nWe did it.\n\n"
        "Todo:\n* the rest\n\n* and more\n\nThen this.\n\nSponsor: A"
    )
    assert made.texts == {
        "opening": "Who we are,\nand what we do.\n\nSponsor: A",
        "went_well": "We did it.\n\nThen this.",
        "went_badly": "",
        "next_priorities": "Todo:\n\n* the rest\n\n* and more",
    }
    assert made.rows == ("the rest", "and more")


def test_front_matter_goes_and_its_title_stays() -> None:
    toml = '+++\ntitle = "Recap"\n[extra]\nteam = "X"\n+++\n\nText.\n'
    yaml = "---\ntitle: Recap\ntags:\n  - a\n---\nText.\n"
    for text, lines in ((toml, 5), (yaml, 5)):
        made = sort_out(text)
        assert (made.title, made.texts["opening"]) == ("Recap", "Text.")
        assert made.decisions[0] == f"lines 1-{lines}: front matter -> left out"


def test_a_rule_at_the_beginning_is_not_front_matter() -> None:
    for line in ("Some words here.", "- item"):
        assert line in "".join(sort_out(f"---\n{line}\n\n---\n\nMore.").texts.values())


def test_headings_in_code_are_code() -> None:
    made = sort_out("Before.\n\n## Done\n\n```\n# Plans\n\n## Todo\n```\n\nAfter.")
    assert made.texts["went_well"] == "```\n# Plans\n\n## Todo\n```\n\nAfter."


def test_an_address_defined_in_one_text_and_used_in_another_is_copied() -> None:
    made = sort_out("Before.\n\n## Done\n\nx [a]\n\n[a]: https://a.example\n\n## Next\n\ny [A]")
    assert made.texts["next_priorities"] == "y [A]\n\n[a]: https://a.example"
    assert "line 7: [a] -> next priorities as well, where it is used" in made.decisions


@pytest.mark.parametrize(
    ("items", "why"),
    [
        (["- a", "  - b"], "it is not flat"),
        ([f"- {n}" for n in range(11)], "it has 11 items, more than 10"),
        (["- " + "x" * 121], "an item has 121 characters, more than 120"),
        (["- a", "", "### Part", "", "- b"], "it is one part under several headings"),
    ],
)
def test_only_a_short_flat_list_is_offered_as_priorities(items: list[str], why: str) -> None:
    made = sort_out("\n".join(["Before.", "", "## Next", "", *items]))
    assert made.rows == ()
    assert made.decisions[-1] == f"line 5: the list of next priorities -> text only ({why})"


def test_rows_are_plain_text() -> None:
    made = sort_out("## Next\n\n- the **new** [lift](https://l.example)\n  in May\n")
    assert made.rows == ("the new lift in May",)


def test_decoding_takes_utf_8_with_or_without_a_mark() -> None:
    assert decode("Grüße\r\n".encode()) == "Grüße\r\n"
    assert decode("Grüße".encode("utf-8-sig")) == "Grüße"


@pytest.mark.parametrize(
    ("data", "error", "says"),
    [
        ("ok\nGrüße".encode("latin-1"), WrongEncoding, "Line 2 is not UTF-8: byte 0xfc at place 3."),
        ("Grüße".encode("utf-16"), WrongEncoding, "The file is in UTF-16."),
        (b"a\nb\0c", WrongEncoding, "Line 2 holds a null byte"),
        (b"a\n" + b"x" * (LONGEST_LINE + 1), LineTooLong, "Line 2 has 20,001 bytes, more than 20,000."),
        (b"x" * 5_000_000, LineTooLong, "Line 1 has 5,000,000 bytes"),
    ],
)
def test_decoding_refuses_by_name(data: bytes, error: type[UnreadableFile], says: str) -> None:
    with pytest.raises(error, match=says.replace(".", r"\.")):
        decode(data)


def lines_of(made: Imported) -> list[str]:
    return [line.rstrip() for text in made.texts.values() for line in text.split("\n") if line.strip()]


pieces = st.sampled_from(
    [
        *(
            "# h",
            "## Done",
            "## Plans",
            "### sub",
            "**Todo**",
            "- item",
            "  - nested",
            "1. one",
            "text",
            "ends:",
        ),
        *("Contact: a", "Links:", "Todo:", "```", "", "", "> quote", "    code", "---", "===", "| a | b |"),
    ]
)


@given(st.lists(pieces, max_size=25))
def test_every_line_but_headings_is_in_exactly_one_text(parts: list[str]) -> None:
    unique = [f"{part} {n}" if part[-1:].isalpha() else part for n, part in enumerate(parts)]
    made = sort_out("\n".join(unique))
    kept = lines_of(made)
    assume(not any("front matter" in said for said in made.decisions))
    assert len(kept) <= len([line for line in unique if line])
    for line, below in zip(unique, [*unique, ""][1:], strict=True):
        heading = line.startswith(("#", "**")) or line == made.title or UNDERLINE.match(below)
        if line[-1:].isdigit() and not heading:
            assert kept.count(line) == 1, line


@given(st.lists(st.sampled_from(["Links:", "Todo:", "> quote", "- item", "", "```"])))
def test_lines_that_repeat_stay_as_often_as_they_were(parts: list[str]) -> None:
    assert sorted(lines_of(sort_out("\n".join(parts)))) == sorted(part for part in parts if part)


@given(st.text(alphabet="ab#-*:=+`>[]\n \t1.", max_size=200))
def test_nothing_else_is_lost_whatever_the_text(text: str) -> None:
    made = sort_out(text)
    said = " ".join(made.decisions)
    kept = lines_of(made)
    for line in clean_text(text).split("\n"):
        if line.strip() and line.rstrip() not in kept:
            bare = line.strip()
            assert (
                HEADING.match(line) or UNDERLINE.match(line) or "front matter" in said or f'"{bare}"' in said
            )


def test_on_real_reports_every_line_is_in_exactly_one_text() -> None:
    for path in real_files():
        text = decode(path.read_bytes())
        made = sort_out(text)
        kept = lines_of(made)
        lines, _, _, _ = without_front_matter(clean_text(text).split("\n"))
        source = [line.rstrip() for line in lines if line.strip()]
        for line in dict.fromkeys(source):
            if DEFINITION.match(line):
                assert kept.count(line) >= source.count(line), (path, line)
            elif not HEADING.match(line):
                assert kept.count(line) == source.count(line), (path, line)
        assert set(kept) <= set(source), path


def test_real_reports_are_sorted_sensibly() -> None:
    for path in real_files():
        made = sort_out(decode(path.read_bytes()))
        assert list(made.texts) == list(TEXTS)
        assert made.title
        assert made.texts["opening"], path
        assert made.texts["went_well"], path
        if path.parent.parent.name == "rust":
            assert made.texts["next_priorities"], path
            assert "Accomplishments" not in "".join(made.texts.values())
