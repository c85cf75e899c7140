"""Markdown as people write it, made into HTML that a page may hold. Nothing else marks HTML safe.

Every answer comes in bounded time: a text that would take too much work is shown as the plain paragraphs
that were typed.
"""

import re
from collections.abc import Collection
from html import unescape

import bleach
from markupsafe import Markup, escape

from narrative.web.markdown_bounds import Budget, TooCostly
from narrative.web.markdown_dialect import Dialect
from narrative.web.markdown_text import PlainText
from narrative.web.markdown_tree import is_address

RENDERER_VERSION = 2  # raise it when the same text is to give other HTML: what is published is rendered anew
LONGEST_FORMATTED = 100_000  # characters; a longer text is shown as plain paragraphs
TAG, ATTRIBUTE, ENTITY = 1_300, 1_200, 900  # steps that each costs the sanitiser

TAGS = {
    *("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code"),
    *(
        "em",
        "strong",
        "del",
        "a",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "sup",
        "sub",
        "dl",
        "dt",
        "dd",
    ),
}
CONTROLS = dict.fromkeys([*range(0x09), 0x0B, *range(0x0E, 0x20), *range(0x7F, 0xA0)])
SURROGATES = re.compile(r"[\ud800-\udfff]")
HREF = re.compile(r'<a [^>]*?href="([^"]*)"')
OUTWARDS = re.compile('<a href="http', re.IGNORECASE)  # after sanitising, only a link can hold this
ELSEWHERE = "noopener nofollow noreferrer"
BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


def render(text: str) -> Markup:
    """Give the HTML of the Markdown in `text`, safe to put into a page.

    Answers within bounded time for any input; where the formatting asks for too much work, with the
    text as it was typed, in paragraphs. Headings begin at h3.
    """
    text = readable(text)
    budget = Budget(len(text))
    try:
        return Markup(clean(convert(text, budget), budget))  # noqa: S704 -- the one place: sanitised just now
    except (TooCostly, RecursionError):
        return as_typed(text)


def readable(text: str) -> str:
    """Give `text` with normal line ends and without control characters and halves of characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(CONTROLS)
    return SURROGATES.sub("\ufffd", text)


def convert(text: str, budget: Budget) -> str:
    """Give the HTML of `text` as Python-Markdown sees it, not yet sanitised. Raises TooCostly."""
    if len(text) > LONGEST_FORMATTED:
        raise TooCostly
    return Dialect(budget).convert(text)


def clean(html: str, budget: Budget) -> str:
    """Give `html` with nothing but the tags and attributes allowed here. Raises TooCostly."""
    budget.spend(TAG * html.count("<") + ATTRIBUTE * html.count('="') + ENTITY * html.count("&"))
    cleaned = bleach.clean(
        html,
        tags=TAGS,
        attributes=_allows,
        protocols={"http", "https", "mailto"},
        strip=True,
    )
    return OUTWARDS.sub(f'<a rel="{ELSEWHERE}" href="http', cleaned)


def _allows(tag: str, name: str, value: str) -> bool:
    if (tag, name) == ("a", "href"):
        return is_address(value)
    return (tag, name) == ("ol", "start") and value.isascii() and value.isdecimal() and len(value) < 10


def as_typed(text: str) -> Markup:
    """Give `text` as it was typed, escaped: a paragraph for each stretch between blank lines."""
    parts = (part.strip("\n") for part in BLANK_LINES.split(str(escape(text))) if part.strip())
    return Markup("\n".join(f"<p>{part.replace(chr(10), '<br>' + chr(10))}</p>" for part in parts))  # noqa: S704


def stored(html: str) -> Markup:
    """Give HTML that `render` made and a table kept since."""
    return Markup(html)  # noqa: S704 -- only what render gave is ever stored


def addresses(html: str) -> set[str]:
    """Give the addresses to which the links of rendered `html` lead."""
    return {unescape(found) for found in HREF.findall(html)}


def plain_text(html: str, *, saying: Collection[str] = ()) -> str:
    """Give the text of rendered `html`: each block on a line of its own, the lines of code as they are.

    A block is a paragraph, a heading, an item, a cell; white space within it is a single space. This is
    the text that words are counted in and that passages are found in. A link whose address is among `saying`
    says it behind its words, in brackets.
    """
    reader = PlainText(saying)
    reader.feed(html)
    reader.close()
    return reader.text()
