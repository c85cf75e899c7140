"""How near the renderer comes to CommonMark: `python -m benchmarks.markdown_structure FOLDER`.

For each `*.md` below FOLDER the blocks are compared (headings, paragraphs, lists, items, code, quotes,
tables) with those that markdown-it makes, once as Python-Markdown renders the file by itself and once as the
house does. Needs markdown-it-py, which comes with djlint.
"""

import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import markdown
from markdown_it import MarkdownIt

from narrative.narratives.importing.segments import without_front_matter
from narrative.web.markdown import render

BLOCKS = {"p", "ul", "ol", "li", "pre", "blockquote", "table", "tr", "hr"}


class Blocks(HTMLParser):
    """The blocks of some HTML in their order; a heading is a heading, whatever its level."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        """Note a block."""
        self._note(tag, "")

    def handle_endtag(self, tag: str) -> None:
        """Note the end of a block that may hold others."""
        if tag in {"ul", "ol", "blockquote"}:
            self._note(tag, "/")

    def _note(self, tag: str, mark: str) -> None:
        if tag in BLOCKS or re.fullmatch("h[1-6]", tag):
            self.found.append(mark + ("h" if tag[1:].isdigit() else tag))


def blocks(html: str) -> list[str]:
    """Return the blocks of `html`."""
    reader = Blocks()
    reader.feed(html)
    return reader.found


def main() -> None:
    """Compare, print the figures and the files that differ."""
    common = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    alone, house, items, files = 0, 0, 0, sorted(Path(sys.argv[1]).glob("*/*/*.md"))
    for path in files:
        lines, *_ = without_front_matter(path.read_text(encoding="utf-8").split("\n"))
        text = "\n".join(lines)
        wanted = common.render(text)
        by_itself = markdown.markdown(text, extensions=["tables", "fenced_code"])
        ours = str(render(text))
        alone += blocks(by_itself) == blocks(wanted)
        house += blocks(ours) == blocks(wanted)
        items += ours.count("<li>") == wanted.count("<li>")
        if blocks(ours) != blocks(wanted):
            print(f"differs: {path}")
        print(f"{wanted.count('<li>'):4} items  {path.relative_to(sys.argv[1])}")
    print(
        f"{len(files)} files; same blocks as CommonMark: {alone} by itself, {house} here; same items: {items}"
    )


if __name__ == "__main__":
    main()
