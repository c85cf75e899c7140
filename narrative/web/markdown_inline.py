"""What is understood within a line: code, escapes, emphasis, a few HTML tags. Other raw HTML stays text.

Python-Markdown's own patterns look to the end of the text from every backtick. These look no further than
SPAN, and pay for it.
"""

import html
import re
from re import Match
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.inlinepatterns import Delimiter, DelimiterProcessor
from markdown.util import AMP_SUBSTITUTE, ETX, STX, AtomicString

from narrative.web.markdown_bounds import NOTHING, SPAN, Budget, Handled, Inline, Metered

RAW_TAGS = {
    "b": "strong", "code": "code", "del": "del", "em": "em", "i": "em",
    "s": "del", "strong": "strong", "sub": "sub", "sup": "sup",
}  # fmt: skip
HIDDEN = {"!--": "-->", "script": "</script>", "style": "</style>"}
CLOSING = {
    name: re.compile(re.escape(end), re.IGNORECASE)
    for name, end in ({name: f"</{name}>" for name in RAW_TAGS} | HIDDEN).items()
}
REGION = 1_000  # steps for a pair of delimiters


class Token(Inline):
    """What is taken from left to right before all else: code, escapes, line ends, entities."""

    regex = (
        r"(?P<code>`+)"
        r"|\\(?P<escaped>[!-/:-@\[-`{-~])"
        r"|(?P<break>(?:(?<! ) {2,}|\\)\n)"
        r"|(?P<entity>&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});)"
    )
    ticks = re.compile(r"`+")

    def handleMatch(self, m: Match[str], data: str) -> Handled:  # type: ignore[override]  # noqa: N802
        """Give what the token stands for, or nothing when it stands for itself."""
        if m["code"]:
            return self._code(m, data)
        if m["break"]:
            return Element("br"), m.start(), m.end()
        if m["escaped"]:
            return f"{STX}{ord(m['escaped'])}{ETX}", m.start(), m.end()
        character = html.unescape(m[0])
        if character == m[0]:
            return NOTHING
        return character.replace("&", f"{AMP_SUBSTITUTE}amp;"), m.start(), m.end()

    def _code(self, m: Match[str], data: str) -> Handled:
        at = m.end()
        while (closing := self.look(self.ticks, data, at)) and closing.end() - m.end() < SPAN:
            if len(closing[0]) == len(m[0]):
                return (
                    holding("code", literal(data[m.end() : closing.start()].strip())),
                    m.start(),
                    closing.end(),
                )
            at = closing.end()
        return AtomicString(m[0]), m.start(), m.end()


class Span(Inline):
    """`~~struck out~~`, and the few HTML tags that people type: a pair, `<br>`, a picture, a comment."""

    regex = (
        r"(?P<strike>~~(?=[^\s~])(?P<struck>[^~]{1,2000})(?<!\s)~~)"
        r"|<(?i:(?P<break>br)\s*/?>|(?P<image>img)\s(?P<attributes>[^<>]{0,2000})>"
        r"|(?P<hidden>!--|(?:script|style)\b)|(?P<tag>" + "|".join(RAW_TAGS) + r")>)"
    )
    attribute = re.compile(r"""\b(alt|src)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)

    def handleMatch(self, m: Match[str], data: str) -> Handled:  # type: ignore[override]  # noqa: N802
        """Give the element; for a comment, a script or a style nothing is shown."""
        if m["strike"]:
            return holding("del", m["struck"]), m.start(), m.end()
        if m["break"]:
            return Element("br"), m.start(), m.end()
        if m["image"]:
            found = {name.lower(): a or b for name, a, b in self.attribute.findall(m["attributes"])}
            return Element("img", found), m.start(), m.end()
        name = (m["hidden"] or m["tag"]).lower()
        closing = self.look(CLOSING[name], data, m.end())
        if closing is None:
            return NOTHING
        if m["hidden"]:
            return "", m.start(), closing.end()
        text = data[m.end() : closing.start()]
        return holding(RAW_TAGS[name], literal(text) if name == "code" else text), m.start(), closing.end()


def holding(tag: str, text: str) -> Element:
    """Give an element that holds `text`."""
    made = Element(tag)
    made.text = text
    return made


def literal(text: str) -> AtomicString:
    """Give `text` as what is shown in code: no markup is looked for in it."""
    return AtomicString(html.escape(text, quote=False))


class Emphasis(Metered, DelimiterProcessor):
    """`*emphasis*` and `**strong**`, with `_` only at the edges of words."""

    def __init__(self, md: Markdown, budget: Budget) -> None:
        self.budget = budget
        super().__init__("*", "strong,em", md)
        self.add("_", "strong,em", smart=True)

    def add_region(self, delim: Delimiter, a: int, b: int, c: int, d: int, size: int) -> None:
        """Note a pair, paying for its element and for its place among the others."""
        self.budget.spend(REGION + len(self.regions))
        super().add_region(delim, a, b, c, d, size)

    def search(self, data: str, start: int) -> Match[str] | None:
        """Find the next delimiter, paying for the way to it and for those that are still open."""
        found = super().search(data, start)
        way = (found.end() if found else len(data)) - start
        self.budget.spend(10 * way + sum(len(each.stack) for each in self.delimiters.values()))
        return found
