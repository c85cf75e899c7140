"""Marks and the words they are around, against what Yjs itself says; names; words found in a text."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrative.narratives.comments.marks import Letter, Mark, mark_of
from narrative.narratives.comments.places import Place, found, marked
from narrative.narratives.comments.rules import found_words, may_resolve, named, standing
from narrative.narratives.document.contents import loaded, text_of

# Made with Yjs 13: documents that three wrote in at once, marks made on the way, and where Yjs finds them.
VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "relative_positions.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", VECTORS)
def test_marks_are_found_where_yjs_finds_them(case: dict[str, Any]) -> None:
    doc = loaded(base64.b64decode(case["update"]))
    marks = {}
    for number, one in enumerate(case["marks"]):
        start, end = mark_of(one["start"]), mark_of(one["end"])
        assert start is not None
        assert end is not None
        assert (start.json["item"], end.json["item"]) == (one["start"]["item"], one["end"]["item"])
        marks[number] = ("opening", start, end)
    places = found(doc, marks)
    text = case["text"].encode()
    now = [(place.start, text[place.start : place.end].decode()) for _number, place in sorted(places.items())]
    assert now == [(one["at"], one["now"]) for one in case["marks"]]
    assert any(not words for _start, words in now) or case is not VECTORS[0]
    assert str(text_of(doc, "opening")) == case["text"]


@given(st.text("aö’語🙂 \n", min_size=1, max_size=12), st.data())
def test_marks_that_were_made_are_found_and_what_is_written_around_them_stays_outside(
    words: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    doc = loaded()
    text = text_of(doc, "opening")
    text.insert(0, words)
    place = Place("opening", len(words[:start].encode()), len(words[:end].encode()))
    marks = marked(doc, place)
    assert found(doc, {0: ("opening", *marks)}) == {0: place}
    text.insert(place.end, "behind")
    text.insert(place.start, "before")
    moved = Place("opening", place.start + 6, place.end + 6)
    assert found(doc, {0: ("opening", *marks)}) == {0: moved}
    del text[moved.start : moved.end]
    gone = found(doc, {0: ("opening", *marks)})[0]
    assert gone.start == gone.end


def test_marks_in_other_texts_or_of_nobody_are_nowhere() -> None:
    doc = loaded()
    text_of(doc, "opening").insert(0, "a🙂b")
    text_of(doc, "private_notes").insert(0, "secret")
    own, notes = (marked(doc, Place(part, 0, 1)) for part in ("opening", "private_notes"))
    client = own[0].letter.client
    strangers = [
        Mark(Letter(*letter), behind=behind) for letter in ((7, 0), (client, 99)) for behind in (0, 1)
    ]
    asked = {number: ("opening", mark, own[1]) for number, mark in enumerate([*strangers, *notes])}
    assert found(doc, asked) == {}
    assert found(doc, {0: ("opening", *own)}) == {0: Place("opening", 0, 1)}
    for clock in range(4):
        # Half a letter is a place as well, and nothing breaks over it.
        found(doc, {0: ("opening", Mark(Letter(client, clock), behind=True), own[1])})


@pytest.mark.parametrize(
    "nonsense",
    [
        None,
        [],
        {},
        {"item": None, "assoc": 0},
        {"tname": "opening", "assoc": 0},
        {"item": {"client": -1, "clock": 0}},
        {"item": {"client": 1, "clock": 2**32}},
        {"item": {"client": True, "clock": 0}},
        {"item": {"client": 2**60, "clock": 0}},
        {"item": {"client": 1.0, "clock": 0}, "assoc": 0},
        {"item": {"client": 1, "clock": 0}, "assoc": "0"},
    ],
)
def test_what_is_no_mark_is_none(nonsense: object) -> None:
    assert mark_of(nonsense) is None


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("It sank. It sank.", "It sank", "It sank"),
        ("It *sank* at\nonce.", "It sank at once", "It *sank* at\nonce"),
        ("See [the log](https://x.example/the/log).", "the log", "the log"),
        (
            "See [the log](https://x.example/a_(b)) here.",
            "the log here",
            "the log](https://x.example/a_(b)) here",
        ),
        ("“Ähem” 🙂 là", "Ähem là", "Ähem” 🙂 là"),
        ("It sank.", "sa", "sa"),
        ("It sank.", "It sa nk", None),
        ("It sank.", "  ", None),
        ("It sank.", "🙂", None),
        ("", "It", None),
    ],
)
def test_the_words_that_somebody_means_are_found(text: str, words: str, expected: str | None) -> None:
    place = found_words(text, words)
    assert (place and text[slice(*place)]) == expected


NAMES = {1: "Ada Lovelace", 2: "Ada Lovelace King", 3: "Łukasz Öz", 4: "Grace"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@Ada Lovelace, look.", {1}),
        ("@ada\nlovelace  king", {2}),
        ("(@Łukasz Öz) and @GRACE.", {3, 4}),
        ("@Graceful", set()),
        ("mail@Grace", set()),
        ("@@Grace", set()),
        ("Grace, and Grace@", set()),
        ("@", set()),
    ],
)
def test_names_behind_an_at_sign_are_mentions(text: str, expected: set[int]) -> None:
    assert named(text, NAMES) == expected


def test_two_of_one_name_are_both_meant() -> None:
    assert named("@Grace", {1: "Grace", 2: "grace", 3: "Gracen"}) == {1, 2}


def test_how_words_stand() -> None:
    asked = [("", None), ("a", None), ("a", ""), ("a", "a"), ("a", "b")]
    assert [standing(*one) for one in asked] == ["none", "removed", "removed", "there", "changed"]


def test_who_resolves() -> None:
    whos = [(1, False, 1), (2, True, 1), (2, False, 1)]
    asked = [may_resolve(person_id=one, may_write=writes, author_id=author) for one, writes, author in whos]
    assert asked == [True, True, False]
