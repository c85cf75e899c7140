"""Links and pictures within a line, and bare addresses, which become links."""

import re
from re import Match
from xml.etree.ElementTree import Element

from markdown.util import AMP_SUBSTITUTE, ETX, STX, AtomicString

from narrative.web.markdown_bounds import LOOK, LOOKED_AT, NOTHING, SPAN, Handled, Inline

BRACKETS = 4  # within a link's text
PUNCTUATION = ".,;:!?'*_~"
ESCAPED = re.compile(f"{STX}([0-9]+){ETX}")


class Link(Inline):
    """`[text](address "title")`, `[text][name]` and `[name]`; the title is not kept."""

    regex = r"(?<!!)\["
    tag, address = "a", "href"
    brackets = re.compile(r"[\[\]]")
    target = re.compile(
        r"""\(\s{0,9}(?:<([^<>\n]*)>|([^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*))"""
        r"""(?:\s{1,9}(?:"[^"]*"|'[^']*'|\([^()]*\)))?\s{0,9}\)"""
    )
    name = re.compile(r" ?\[([^\[\]]*)\]")

    def handleMatch(self, m: Match[str], data: str) -> Handled:  # type: ignore[override]  # noqa: N802
        """Give a link element, or nothing when brackets do not close or the name is not defined."""
        closing = self._closing(data, m.end())
        if closing is None:
            return NOTHING
        text, end = data[m.end() : closing], closing + 1
        window = data[end : end + SPAN]
        if window.startswith(("(", "[", " [")):
            self.budget.spend(len(window) // LOOKED_AT)
        if target := self.target.match(window):
            return self.element(text, target[1] or target[2] or ""), m.start(), end + target.end()
        if (named := self.name.match(window)) and (address := self._defined(named[1] or text)):
            return self.element(text, address), m.start(), end + named.end()
        if address := self._defined(text):
            return self.element(text, address), m.start(), end
        return NOTHING

    def element(self, text: str, address: str) -> Element:
        """Give the element for `text` that leads to `address`."""
        plain = self.unescape(address).replace(f"{AMP_SUBSTITUTE}amp;", "&")
        made = Element(self.tag, {self.address: ESCAPED.sub(lambda code: chr(int(code[1])), plain)})
        made.text = text
        return made

    def _closing(self, data: str, start: int) -> int | None:
        depth, at = 1, start
        while depth <= BRACKETS and (bracket := self.look(self.brackets, data, at)):
            at = bracket.end()
            if at - start > SPAN:
                break
            depth += 1 if bracket[0] == "[" else -1
            if not depth:
                return bracket.start()
        return None

    def _defined(self, name: str) -> str | None:
        found = self.md.references.get(" ".join(name.lower().split()))
        return found[0] if found else None


class Image(Link):
    """`![text](address)`: pictures from elsewhere are not shown; a link to them is made of it later."""

    regex = r"!\["
    tag, address = "img", "src"

    def element(self, text: str, address: str) -> Element:
        """Give an `img` element with its text as `alt`."""
        made = super().element("", address)
        made.set("alt", self.unescape(text))
        return made


class Address(Inline):
    """`https://…` as it stands, `<https://…>`, `<mailto:…>`, `<someone@somewhere>`."""

    regex = (
        r"<(https?://[^\s<>\x02\x03]*|mailto:[^\s<>\x02\x03]*"
        r"|[^\s<>@:\x02\x03]{1,64}@[^\s<>@\x02\x03]{1,255})>"
        r"|\bhttps?://[^\s<>\"\x02\x03]{1,2000}"
    )
    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(self, m: Match[str], data: str) -> Handled:  # type: ignore[override]  # noqa: ARG002, N802
        """Give a link element; punctuation after a bare address is not part of it."""
        shown, end = m[1] or "", m.end()
        if not shown:
            shown = m[0].rstrip(PUNCTUATION)
            while shown.endswith(")") and shown.count(")") > shown.count("("):
                shown = shown[:-1].rstrip(PUNCTUATION)
                self.budget.spend(LOOK + len(shown) // LOOKED_AT)
            end = m.start() + len(shown)
        link = Element("a", {"href": shown if ":" in shown else f"mailto:{shown}"})
        link.text = AtomicString(shown.removeprefix("mailto:"))
        return link, m.start(), end
