"""Every block of a published text carries a link to itself, whatever the text says."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrative.web.block_links import with_links
from narrative.web.blocks import blocks_of, identify
from narrative.web.markdown import plain_text, render


def published(text: str) -> str:
    return identify(str(render(text)), None, section="went-well").html


def links(html: str) -> list[str]:
    return re.findall(r'<a class="paragraph-link" href="#([^"]*)"', html)


TEXTS = {
    "paragraphs": "One.\n\nTwo *three*.",
    "list": "- one\n- two\n    - three",
    "loose list": "1. one\n\n2. two",
    "quote": "> said\n> so",
    "code": "```\nx = 1\n```",
    "table": "| a | b |\n|---|---|\n| 1 | 2 |",
    "heading and rule": "### Part\n\n---\n\nafter",
    "words that look like an id": 'See `<p id="went-well-aaaaaa">` and <p id="x">.\n\nSecond.',
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_each_block_has_one_link_to_itself(text: str) -> None:
    html = published(text)
    assert blocks_of(html)
    assert links(with_links(html)) == [block.id for block in blocks_of(html)]


def test_the_link_is_the_last_thing_of_its_block() -> None:
    html = with_links(published("One.\n\n- a\n- b"))
    ends = re.findall(r">¶</a>(</[a-z]+>)", html)
    assert ends == ["</p>", "</li>"]


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_nothing_but_links_is_added(text: str) -> None:
    html = published(text)
    linked = with_links(html)
    assert re.sub(r'<a class="paragraph-link" href="#[^"]*" aria-label="[^"]*">¶</a>', "", linked) == html
    words = [plain_text(one).replace("¶", "").split() for one in (linked, html)]
    assert words[0] == words[1]


def test_a_note_stands_in_its_block_before_the_link_and_is_escaped() -> None:
    html = '<p id="a-1">One.</p><ul id="a-2"><li>Two.</li></ul>'
    linked = with_links(html, {"a-2": ("corrected <today>", "/there?a=1&b=2"), "a-9": ("never", "/")})
    note = '<a class="block-note" href="/there?a=1&amp;b=2">corrected &lt;today&gt;</a>'
    assert linked.count("block-note") == 1
    assert f'<li>Two. {note}<a class="paragraph-link" href="#a-2"' in linked
