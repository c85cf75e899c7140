"""What is done with the tree that Python-Markdown has made: headings, links and pictures.

What is left afterwards is only what a page of the house may hold; the sanitiser that follows does not have
to be trusted alone, nor does this.
"""

import re
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from narrative.web.markdown_inline import HIDDEN

HIGHEST, LOWEST = 3, 6  # heading levels; the page itself has the first and the second

ADDRESS = re.compile(
    r"(?:https?://[a-z0-9\[]|mailto:[^\s@]+@|\#|/(?![/\\]))[^\s\\<>\"\x00-\x20\x7f-\x9f]*", re.IGNORECASE
)
HEADINGS = {f"h{level}": level for level in range(1, 7)}

DEFINITION = re.compile(
    r" {0,3}\[([^\[\]^][^\[\]]{0,299})\]: {0,9}(?:<([^<>]*)>|(\S+)) {0,9}"
    r"(?:\"[^\"]*\"|'[^']*'|\([^()]*\))? *$"
)
OPENS_HIDDEN = re.compile(r" {0,3}<(?:(!--)|(script)\b|(style)\b)", re.IGNORECASE)


def is_address(href: str) -> bool:
    """Say whether a link may lead to `href`: http, https, mailto, within the page, within the site."""
    try:
        urlsplit(href)
    except ValueError:  # brackets that no host has, which the sanitiser would leave as a link to nowhere
        return False
    return ADDRESS.fullmatch(href) is not None


class Hide(Preprocessor):
    """Leaves out comments, scripts and styles that begin a line, up to where they end."""

    def run(self, lines: list[str]) -> list[str]:
        """Give the lines that are left. What never ends is not hidden."""
        ends = {kind: self._last(lines, end) for kind, end in HIDDEN.items()}
        out: list[str] = []
        until = ""
        for number, line in enumerate(lines):
            rest = line
            if not until and (opening := OPENS_HIDDEN.match(line)):
                kind = next(group for group in opening.groups() if group).lower()
                if number <= ends[kind]:
                    until, rest = HIDDEN[kind], line[opening.end() :]
            if until:
                end = rest.lower().find(until)
                rest = "" if end < 0 else rest[end + len(until) :]
                until = until if end < 0 else ""
            out.append(rest)
        return out

    def _last(self, lines: list[str], end: str) -> int:
        return max((number for number, line in enumerate(lines) if end in line.lower()), default=-1)


class Definitions(Preprocessor):
    """Takes `[name]: address` lines out of the text and remembers the addresses; the first one counts."""

    def run(self, lines: list[str]) -> list[str]:
        """Give the lines that are left. Side effect: fills the converter's `references`."""
        return ["" if self._defines(line) else line for line in lines]

    def _defines(self, line: str) -> bool:
        found = DEFINITION.match(line) if "]:" in line else None
        if found:
            name = " ".join(found[1].lower().split())
            self.md.references.setdefault(name, (found[2] or found[3] or "", ""))
        return found is not None


class Tidy(Treeprocessor):
    """Shifts headings below the page's own, keeps only links that lead somewhere, strips every attribute."""

    def run(self, root: Element) -> None:
        """Change the tree in place."""
        for picture in root.iter("img"):
            self._describe(picture)
        for header in list(root.iter("th")):
            if not "".join(header.itertext()).strip():
                header.tag = "td"  # a corner is no header: nothing could be read out for it
        open_levels: list[int] = []
        for element in root.iter():
            attributes = dict(element.attrib)
            element.attrib.clear()
            if element.tag in HEADINGS:
                self._heading(element, open_levels)
            elif element.tag == "a":
                self._link(element, attributes.get("href", ""))
            elif element.tag == "th" and not "".join(element.itertext()).strip():
                element.tag = "td"  # the corner of a table heads nothing
            elif element.tag == "ol" and attributes.get("start", "1") != "1":
                element.set("start", attributes["start"])

    def _describe(self, picture: Element) -> None:
        """Make a link of a picture, with its description as text."""
        picture.tag = "a"
        picture.text = picture.get("alt") or None
        picture.set("href", picture.get("src", ""))

    def _heading(self, heading: Element, open_levels: list[int]) -> None:
        """Give a heading the level of its depth in the outline, so that none is skipped on the way down."""
        if not "".join(heading.itertext()).strip():
            heading.tag = "span"
            return
        level = HEADINGS[heading.tag]
        while open_levels and open_levels[-1] >= level:
            open_levels.pop()
        open_levels.append(level)
        heading.tag = f"h{min(HIGHEST + len(open_levels) - 1, LOWEST)}"

    def _link(self, link: Element, href: str) -> None:
        """Keep a link that leads somewhere, by its own address if it has no text; a link holds no other."""
        for inner in [each for each in link.iter("a") if each is not link]:
            inner.tag = "span"
        if not is_address(href):
            link.tag = "span"
            return
        link.set("href", href)
        if not "".join(link.itertext()).strip():
            link.text = href
