"""Sentences: cut where a reader would, told apart by their words, marked whatever tags stand in them."""

import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrative.narratives.repeating import Repeats, repeats
from narrative.narratives.rules.sentences import all_normal, normal, sentences, told_apart
from narrative.web.markdown import plain_text, render
from narrative.web.marked_sentences import Notes, mark_sentences
from tests.real_input import real_files

NOTES = Notes(whole="As in Q1:", part="In part as in Q1:")
MOST_CALLS = 2_000_000


def cut(text: str) -> list[str]:
    return [sentence.strip() for sentence in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two? Three! Four", ["One.", "Two?", "Three!", "Four"]),
        ("He said “Stop.” Then he left.", ["He said “Stop.”", "Then he left."]),
        ("It broke (twice!). We mended it.", ["It broke (twice!).", "We mended it."]),
        ("Wait… Now.", ["Wait…", "Now."]),
        ("Version 3.5 is out. See v1.2.3 for more.", ["Version 3.5 is out.", "See v1.2.3 for more."]),
        ("We shipped in 2019. The rest waits.", ["We shipped in 2019.", "The rest waits."]),
        ("1. Ship the boat. 2. Paint it.", ["1. Ship the boat.", "2. Paint it."]),
        ("See www.freebsd.org. It has all.", ["See www.freebsd.org.", "It has all."]),
        (
            "Some boats, e.g. Calypso, leak. Others, i.e. Ada's, do not.",
            ["Some boats, e.g. Calypso, leak.", "Others, i.e. Ada's, do not."],
        ),
        ("Dr. Hopper and Mr. J. Smith met vs. Ada.", ["Dr. Hopper and Mr. J. Smith met vs. Ada."]),
        ("See fig. 3 and no. 4 of Oct. 5.", ["See fig. 3 and no. 4 of Oct. 5."]),
        (
            "The answer is no. We asked in Oct. The end.",
            ["The answer is no.", "We asked in Oct.", "The end."],
        ),
        (
            "Nets, ropes, etc. were bought. Sails etc. Next.",
            ["Nets, ropes, etc. were bought.", "Sails etc.", "Next."],
        ),
        ("So did I. Nobody else.", ["So did I.", "Nobody else."]),
        ("and so on ... until it ended.", ["and so on ... until it ended."]),
        ("Hard\nwrapped. Over\nlines.", ["Hard\nwrapped.", "Over\nlines."]),
        ("船は出た。帰った！よし", ["船は出た。", "帰った！", "よし"]),
        ("¿Qué? ¡Sí! «Vale.» Bien.", ["¿Qué?", "¡Sí!", "«Vale.»", "Bien."]),
        ("", []),
    ],
)
def test_a_sentence_ends_where_a_reader_would_end_it(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


@given(st.text(st.sampled_from('aB1 .!?…\n"”)(。“é🙂'), max_size=60))
def test_sentences_joined_are_the_text(text: str) -> None:
    assert "".join(sentences(text)) == text
    assert all(sentences(text))


def test_what_makes_a_sentence_the_same_are_its_words() -> None:
    assert normal("We *sailed*,\n far!") == normal("we sailed far.") == "we sailed far"
    assert normal("We sailed 3 miles.") != normal("We sailed 4 miles.")
    assert list(all_normal("One. — Two.\n…\nThree")) == ["one", "two", "three"]
    assert told_apart("One. Two.", {"two"}) == [("One. ", False), ("Two.", True)]


@pytest.mark.parametrize("piece", [".", ". ", "a. ", '."', "。", "!?", ".)", "e.g. ", "1. ", "(" * 9 + "."])
def test_hostile_repetition_is_answered(piece: str) -> None:
    calls = 0

    def counting(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    text = piece * (60_000 // len(piece))
    sys.setprofile(counting)
    try:
        assert "".join(sentences(text)) == text
    finally:
        sys.setprofile(None)
    assert calls < MOST_CALLS


def marked(text: str, *known: str) -> str:
    """Markdown as HTML in which the sentences with these words are marked."""
    found = mark_sentences(str(render(text)), lambda line: told_apart(line, set(known)), NOTES)
    assert unmarked(found.html) == str(render(text))
    return found.html


def unmarked(html: str) -> str:
    """HTML without the marks and the notes."""
    html = re.sub(r'<span class="visually-hidden">[^<]*</span>', "", html)
    return re.sub(r'<span class="repeated">(.*?)</span>', r"\1", html, flags=re.DOTALL)


def test_a_sentence_is_marked_across_the_tags_in_it() -> None:
    assert marked("One *two. Three* [four](https://a.example/). Five & six.", "three four", "five six") == (
        '<p><span class="visually-hidden">In part as in Q1: </span>One <em>two. '
        '<span class="repeated">Three</span></em> '
        '<a rel="noopener nofollow noreferrer" href="https://a.example/">'
        '<span class="repeated">four</span></a>'
        '<span class="repeated">.</span> <span class="repeated">Five </span>'
        '<span class="repeated">&amp;</span><span class="repeated"> six.</span></p>'
    )


def test_a_block_is_announced_once_and_headings_are_left_alone() -> None:
    html = marked(
        "## Old heading\n\n- a\n- b\n  - c\n\nNew.\n\n```\nold line\nnew line\n```", *"abc", "old line"
    )
    assert html.count("visually-hidden") == 2
    assert "<h3>Old heading</h3>" in html
    assert html.index("As in Q1:") < html.index("a</span>")
    assert '<span class="repeated">old line</span>' in html
    assert "In part as in Q1:" in html


def test_what_is_marked_is_counted_in_words() -> None:
    before = {"opening": str(render("We wash beds. Calm."))}
    after = {
        "opening": str(render("# Calm\n\nCalm. It rained for weeks.")),
        "went_well": str(render("We wash *beds*.")),
    }
    found = repeats(after, before, title="Q1 2026")
    assert (found.words, found.repeated, found.percent) == (8, 4, 50)
    assert Repeats().percent == 0
    assert repeats({"opening": str(render("Calm. " + "Rain fell. " * 300))}, before, title="Q1").percent == 1


@given(st.text(st.sampled_from("ab.* \n&<>`-1_[]()"), max_size=60))
def test_marking_changes_nothing_but_marks(text: str) -> None:
    html = str(render(text))
    found = mark_sentences(html, lambda line: [(one, True) for one in sentences(line)], NOTES)
    assert unmarked(found.html) == html
    assert found.marked == found.words


def former(path: Path) -> Path | None:
    """The same team's narrative of the period before."""
    periods = sorted(folder.name for folder in path.parents[1].iterdir())
    place = periods.index(path.parent.name)
    found = path.parents[1] / periods[place - 1] / path.name
    return found if place and found.is_file() else None


def test_real_narratives_repeat_a_quarter_of_their_words_and_lose_none() -> None:
    words = repeated = 0
    for path in real_files():
        html = str(render(path.read_text(encoding="utf-8")))
        before = former(path)
        if before is None:
            continue
        found = repeats({"opening": html}, {"opening": str(render(before.read_text("utf-8")))}, title="Q1")
        assert unmarked(found.html["opening"]) == html, path
        words, repeated = words + found.words, repeated + found.repeated
    assert 0.20 <= repeated / words <= 0.29


def test_real_sentences_are_sentences() -> None:
    """No real line is cut after an abbreviation, and hardly any piece is a scrap or a page."""
    found = [
        sentence
        for path in real_files()
        for line in plain_text(render(path.read_text(encoding="utf-8"))).split("\n")
        for sentence in cut(line)
    ]
    assert [one for one in found if re.search(r"\b(e\.g|i\.e|vs|Dr|Mr|Mrs)\.\Z", one)] == []
    assert [one for one in found if re.match(r"[a-z]", one) and len(one.split()) > 60] == []
    inside = [one for one in found if re.search(r"[a-z]{3}[.!?] [A-Z][a-z]", one)]
    assert inside == []
