"""Ids of blocks: one for each, unique, and kept through corrections."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrative.web import blocks
from narrative.web.blocks import Block, blocks_of, identify, without_ids
from narrative.web.markdown import render

TEXT = """Nine weeks of rain, and the roof held.

- the north side was sealed
- the gutters were not

## Figures

None.

None.

> They said so.

| Week | Litres |
|---|---|
| 9 | 120 |
"""


def html_of(text: str) -> str:
    return str(render(text))


def first(text: str) -> list[Block]:
    return identify(html_of(text), None, section="went-well").blocks


def corrected(before: str, after: str) -> dict[str, str]:
    """The ids after a correction, by the blocks' texts."""
    return {b.text: b.id for b in identify(html_of(after), first(before), section="went-well").blocks}


def test_every_block_has_an_id_of_its_own_with_the_sections_name() -> None:
    html = identify(html_of(TEXT), None, section="went-well").html
    ids = re.findall(r'<(p|ul|h3|blockquote|table) id="(went-well-[a-z2-7]{6})">', html)
    assert [tag for tag, _ in ids] == ["p", "ul", "h3", "p", "p", "blockquote", "table"]
    assert len({made for _, made in ids}) == 7
    assert html.count(" id=") == 7


def test_nothing_but_ids_is_added() -> None:
    made = identify(html_of(TEXT), None, section="went-well")
    assert without_ids(made.html) == html_of(TEXT)
    assert blocks_of(made.html) == made.blocks
    assert identify(made.html, None, section="went-well") == made


def test_the_same_text_keeps_its_ids() -> None:
    assert identify(html_of(TEXT), first(TEXT), section="went-well").blocks == first(TEXT)


def test_a_block_of_which_half_the_words_are_left_keeps_its_id() -> None:
    before = "One two three four.\n\nAnother thing entirely."
    after = "Put before it.\n\nOne two three four and then five.\n\nAnother thing entirely."
    ids = corrected(before, after)
    assert ids["One two three four and then five."] == first(before)[0].id
    assert ids["Another thing entirely."] == first(before)[1].id
    assert ids["Put before it."] not in {block.id for block in first(before)}


def test_a_block_with_less_than_half_of_the_words_is_another_block() -> None:
    before = "We shipped the north wing in May as planned."
    ids = corrected(before, "We did nothing in the end.")
    assert set(ids.values()).isdisjoint(block.id for block in first(before))


def test_a_block_that_moved_keeps_its_id_and_so_does_the_one_it_passed() -> None:
    before = "Alpha beta gamma delta.\n\nEpsilon zeta eta theta."
    after = "Epsilon zeta eta theta.\n\nAlpha beta gamma iota delta."
    ids = corrected(before, after)
    assert list(ids.values()) == [block.id for block in reversed(first(before))]


def test_of_two_heirs_the_one_more_alike_is_chosen() -> None:
    before = "The fan is old and loud and it stays."
    after = "The fan is old and new people came.\n\nThe fan is old and loud and it stays here."
    ids = corrected(before, after)
    assert ids["The fan is old and loud and it stays here."] == first(before)[0].id
    assert ids["The fan is old and new people came."] != first(before)[0].id


def test_of_two_equal_blocks_the_first_keeps_the_first_id() -> None:
    assert corrected("None.\n\nNone.", "None.")["None."] == first("None.\n\nNone.")[0].id


def test_a_text_that_comes_back_gets_its_old_id() -> None:
    made = identify(html_of("Gone for now, but not for good."), None, section="opening").blocks
    without = identify(html_of("Something else was said."), made, section="opening").blocks
    again = identify(html_of("Gone for now, but not for good."), without, section="opening").blocks
    assert again == made


def test_what_people_write_as_an_id_is_not_one() -> None:
    html = identify(html_of('<p id="evil">x</p>\n\n[a](#evil) id="evil"'), None, section="opening").html
    assert 'id="evil"' not in re.sub(r">[^<]*<", "><", html)


def test_a_long_text_of_the_same_few_words_is_answered() -> None:
    words = ["the", "and", "of", "to", "in"]
    text = "\n\n".join(" ".join(words[i:] + words[:i]) * 9 + f" {n} {i}" for i in range(5) for n in range(40))
    before = first(text)
    after = identify(html_of(text.replace("the", "a")), before, section="went-well").blocks
    assert len({block.id for block in after}) == len(after) == 200


@given(st.lists(st.sampled_from(["a b c d", "a b x d", "- i", "# h", "> q", "e f", "---"])), st.data())
def test_ids_are_unique_whatever_was_before(parts: list[str], data: st.DataObject) -> None:
    others = data.draw(st.permutations([*parts, "new one"]))
    blocks = identify(html_of("\n\n".join(others)), first("\n\n".join(parts)), section="went-well").blocks
    assert len({block.id for block in blocks}) == len(blocks)


def test_thousands_of_equal_blocks_take_turns_in_linear_work(monkeypatch: pytest.MonkeyPatch) -> None:
    made = 0
    real = blocks.sha256

    def counted(data: bytes) -> Any:
        nonlocal made
        made += 1
        return real(data)

    monkeypatch.setattr(blocks, "sha256", counted)
    found = identify("<p>a</p>\n" * 3_000, None, section="opening").blocks
    assert len({block.id for block in found}) == 3_000
    assert made == 3_000
