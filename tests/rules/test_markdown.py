"""The renderer: what people write comes out as they meant it, and nothing else comes out."""

import re
import string
import sys
from html.parser import HTMLParser
from types import FrameType

import bleach
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from narrative.web.markdown import LONGEST_FORMATTED, TAGS, as_typed, plain_text, render
from narrative.web.markdown_tree import is_address
from tests.hostile_markdown import HOSTILE, filled
from tests.real_input import real_files

MOST_CALLS = 1_500_000  # of functions, and returns, for one text; an unbounded renderer needs many times that
ELSEWHERE = "noopener nofollow noreferrer"


class Reader(HTMLParser):
    """Every tag with its attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.odd: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_comment(self, data: str) -> None:
        self.odd.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def assert_safe(html: str) -> None:
    """Nothing but the tags and attributes that are allowed, as an HTML parser reads them."""
    read = Reader(html)
    assert not read.odd
    for tag, attributes in read.tags:
        assert tag in TAGS
        href = attributes.pop("href", None)
        rel = attributes.pop("rel", None)
        start = attributes.pop("start", None) if tag == "ol" else None
        assert not attributes
        assert start is None or start.isdecimal()
        if tag == "a":
            assert href is not None
            assert is_address(href)
            assert rel == (ELSEWHERE if href.lower().startswith("http") else None)


fragments = st.sampled_from(
    [
        *("<script>", "</script>", "<img src=x onerror=y>", "javascript:1", "<a href='x'>", "<svg>"),
        *("[", "](", ")", "![", "`", "```\n", "~~", "**", "_", "<b>", "</b>", "<!--", "-->", "]]>"),
        *("&lt;", "&#60;", "&colon;", "\n", "\n\n", "- ", "> ", "1. ", "# ", "|", "|-|-|", "\\"),
        *("\x02wzxhzdk:0\x03", "\x02klzzwxh:0000\x03", "https://a.b", "http://", "//c", "mailto:"),
        *("[a]: ", '"', "'", "=", " onclick=x", "style=", "\t", "    ", "\r", "\0", "a", "\ud800"),
        *("<math>", "<![CDATA[", "\x02", "\x03", "data:,x", "İ", "\u2028"),
    ]
)


@given(st.lists(fragments, max_size=40).map("".join))
def test_whatever_is_written_only_what_is_allowed_comes_out(text: str) -> None:
    html = render(text)
    assert isinstance(html, Markup)
    assert_safe(html)
    assert "\x02" not in html
    html.encode()


@pytest.mark.parametrize(
    "text", ["https://a.b[", "<https://a.b]>", "[x](https://a.b[)", "[x]\n\n[x]: https://[a"]
)
def test_what_no_browser_could_open_is_no_link(text: str) -> None:
    assert "<a" not in render(text)


@given(st.text(max_size=300))
def test_any_text_is_rendered(text: str) -> None:
    assert_safe(render(text))


@given(st.lists(fragments, max_size=25).map("".join))
def test_another_look_by_the_sanitiser_finds_nothing(text: str) -> None:
    html = str(render(text))
    allowed = {"a": ["href", "rel"], "ol": ["start"]}
    again = bleach.clean(html, tags=TAGS, attributes=allowed, protocols={"https", "http", "mailto"})
    assert Reader(again).tags == Reader(html).tags


@given(st.lists(st.text(string.ascii_letters + string.digits, min_size=1), min_size=1).map(" ".join))
def test_plain_words_are_plain_words(text: str) -> None:
    assert render(text) == f"<p>{text}</p>"


@pytest.mark.parametrize(
    "href",
    [
        "javascript:123",
        "JaVaScRiPt:alert(1)",
        "java&#115;cript:1",
        "data:text/html,x",
        "vbscript:x",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "https:evil.example",
        "https://",
        "ftp://a.example",
        "page.html",
        "?q",
        "mailto:",
        "&#x6A;avascript:1",
    ],
)
def test_a_link_that_leads_elsewhere_than_it_may_is_its_text(href: str) -> None:
    for text in (f"[words]({href})", f"[words](<{href}>)", f"[words][1]\n\n[1]: {href}", f"![words]({href})"):
        html = str(render(text))
        assert "<a" not in html.replace(f'<a rel="{ELSEWHERE}" href="https://evil.example">', "")
        assert "words" in html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("[a](https://b.example/c?d=1&e=2)", '<a rel="R" href="https://b.example/c?d=1&amp;e=2">a</a>'),
        ("[a](HTTP://b.example)", '<a rel="R" href="http://b.example">a</a>'),
        ("[a](/quarters/2026-q3)", '<a href="/quarters/2026-q3">a</a>'),
        ("[a](/)", '<a href="/">a</a>'),
        ("[a](#went-well)", '<a href="#went-well">a</a>'),
        ("[a](mailto:b@c.example)", '<a href="mailto:b@c.example">a</a>'),
        ("<b@c.example>", '<a href="mailto:b@c.example">b@c.example</a>'),
        ("<https://b.example>", '<a rel="R" href="https://b.example">https://b.example</a>'),
        ("(https://b.example/c_d_e).", '(<a rel="R" href="https://b.example/c_d_e">https://b.example/c_d_e</a>).'),
        ("https://b.example/c_(d)", '<a rel="R" href="https://b.example/c_(d)">https://b.example/c_(d)</a>'),
        ("[a][B c] [b  C]\n\n[b c]: https://d.example 'T'", '<a rel="R" href="https://d.example">a</a> '
         '<a rel="R" href="https://d.example">b  C</a>'),
        ("[](https://b.example)", '<a rel="R" href="https://b.example">https://b.example</a>'),
        ("[https://b.example](https://c.example)", '<a rel="R" href="https://c.example">https://b.example</a>'),
        ("[a `]` b](/c)", '<a href="/c">a <code>]</code> b</a>'),
        ("[x] and [y] [z]", "[x] and [y] [z]"),
    ],
)  # fmt: skip
def test_links(text: str, html: str) -> None:
    assert render(text) == f"<p>{html.replace('R', ELSEWHERE)}</p>"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("![a chart](https://b.example/c.png)", '<a rel="R" href="https://b.example/c.png">a chart</a>'),
        ("![a chart](c.png)", "a chart"),
        ('<img src="c.png" alt="a chart" />', "a chart"),
        ("[![a badge](https://b.example/c.svg)](/d)", '<a href="/d">a badge</a>'),
    ],
)
def test_pictures_are_links_or_their_words(text: str, html: str) -> None:
    assert render(text) == f"<p>{html.replace('R', ELSEWHERE)}</p>"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("H<sub>2</sub>O", "H<sub>2</sub>O"),
        ("<b>bold *too*</b><br>x", "<strong>bold <em>too</em></strong><br>\nx"),
        ("a <script>alert(1)</script> b <style>p{}</style> c <!-- d --> e", "a  b  c  e"),
        ("<b onclick=x>a</b>", "&lt;b onclick=x&gt;a&lt;/b&gt;"),
        ('<p style="color:red" data-hx-get="/x">', '&lt;p style="color:red" data-hx-get="/x"&gt;'),
        ("List<String> and <kib@>", "List&lt;String&gt; and &lt;kib@&gt;"),
        ("`<b>&amp;</b>`", "<code>&lt;b&gt;&amp;amp;&lt;/b&gt;</code>"),
        ("&copy; &amp;lt; &nonsense;", "© &amp;lt; &amp;nonsense;"),
        ("~~gone~~ a_b_c *d* __e__", "<del>gone</del> a_b_c <em>d</em> <strong>e</strong>"),
        ("2 * 3 * 4 = 24", "2 * 3 * 4 = 24"),
        ("a\\\nb  \nc \\*d\\* \\<b>", "a<br>\nb<br>\nc *d* &lt;b&gt;"),
    ],
)
def test_within_a_line(text: str, html: str) -> None:
    assert render(text) == f"<p>{html}</p>"


def test_what_is_hidden_over_several_paragraphs_is_hidden() -> None:
    assert (
        render("a\n\n<!-- b\n\n# c -->\n\nd\n\n<script>\ne\n\nf</script> g") == "<p>a</p>\n<p>d</p>\n<p>g</p>"
    )
    assert "b" in plain_text(render("a\n\n<!-- b\n\nnever closed"))


def test_headings_begin_at_the_third_and_skip_none_on_the_way_down() -> None:
    text = "# a\n\n## b\n\n##### c\n\n## d\n\n###### e\n\n# f\n\n#\n\ng\n==="
    levels = re.findall(r"<h(\d)>(\w)", render(text))
    assert levels == [("3", "a"), ("4", "b"), ("5", "c"), ("4", "d"), ("5", "e"), ("3", "f"), ("3", "g")]
    deep = "\n\n".join("#" * level + " x" for level in range(1, 7))
    assert re.findall(r"<h(\d)>", render(deep)) == ["3", "4", "5", "6", "6", "6"]


def test_a_word_with_a_hash_is_no_heading() -> None:
    assert render("#freebsd on EFNet\n#other") == "<p>#freebsd on EFNet\n#other</p>"


def test_tables() -> None:
    html = render("| a | b |\n|:--|--:|\n| 1 `|` | **2** |\n| 3 |")
    cells = re.findall(r"<(t[hd])>(.*?)</t[hd]>", html)
    assert cells == [
        ("th", "a"),
        ("th", "b"),
        ("td", "1 <code>|</code>"),
        ("td", "<strong>2</strong>"),
        ("td", "3"),
        ("td", ""),
    ]


def test_control_characters_and_halves_of_characters_do_not_come_out() -> None:
    assert render("a\0b\x0bc\x02d\x7f\ud800e") == "<p>abcd\ufffde</p>"


def test_a_text_that_is_too_long_or_too_costly_is_shown_as_it_was_typed() -> None:
    for text in ("**a** <b>\n" * (LONGEST_FORMATTED // 9), filled("[a](b ") + "\n\n**x** <b>"):
        html = render(text)
        assert html == as_typed(text)
        assert_safe(html)
        assert str(escape("**x** <b>" if "**x" in text else "**a** <b>")) in html


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_costs_no_more_than_it_may_and_stays_readable(name: str) -> None:
    text = HOSTILE[name]
    calls = 0

    def count(_frame: FrameType, _event: str, _argument: object) -> None:
        nonlocal calls
        calls += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        html = render(text)
    finally:
        sys.setprofile(before)
    assert calls < MOST_CALLS
    assert_safe(html)


@pytest.mark.parametrize(
    "name",
    [
        *("open brackets", "open pictures", "unfinished links", "items within items", "quotes within quotes"),
        *(
            "deeper and deeper lists",
            "mixed emphasis",
            "wide table",
            "table of backticks",
            "headings",
            "rules",
        ),
    ],
)
def test_what_would_take_too_long_is_shown_as_it_was_typed(name: str) -> None:
    assert render(HOSTILE[name]) == as_typed(HOSTILE[name])


def test_real_reports_are_far_from_too_costly() -> None:
    for path in real_files():
        text = path.read_text(encoding="utf-8")
        four_times = "\n\n".join([text] * max(1, 20_000 // len(text)))
        html = render(four_times)
        assert html != as_typed(four_times), path
        assert_safe(html)


def test_plain_text_has_a_line_for_each_block() -> None:
    text = "# A *b*\n\nc\nd  \ne & f\n\n- g\n- h\n  - i\n\n| j | k |\n|---|---|\n| l | m |\n\n"
    text += "```\nn  o\n\n  p\n```\n"
    lines = ["A b", "c d", "e & f", "g", "h", "i", "j", "k", "l", "m", "n  o", "  p"]
    assert plain_text(render(text)) == "\n".join(lines)
    assert plain_text("") == ""


def test_the_empty_corner_of_a_table_is_no_heading() -> None:
    html = render("| | a |\n|---|---|\n| x | 1 |")
    assert "<td></td>\n<th>a</th>" in html
