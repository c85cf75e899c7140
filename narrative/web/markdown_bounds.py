"""How much work one text may cause. Whoever asks for more gets the text as plain paragraphs.

Python-Markdown has many places that take quadratic time or recurse on input made for it, and more will be
found; so nothing here knows the bad inputs. Every block and every inline pattern is counted as it runs, in
steps of roughly ten nanoseconds, and the count has an end.
"""

import re
from collections.abc import Iterator
from re import Match
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor
from markdown.extensions.tables import TableProcessor
from markdown.inlinepatterns import InlineProcessor

STEPS = 6_000_000  # for a text of up to ORDINARY_LENGTH; longer ones get more, in proportion
ORDINARY_LENGTH = 20_480
DEEPEST = 24  # lists and quotes within each other

BLOCK, BLOCK_CHARACTER = 1_000, 3
LINES_JOINED = 1_000  # characters copied in a step when an item is put together line by line
SEARCH, MATCH, CHARACTER = 170, 1_300, 2
COPIED = 100  # characters copied in a step when a match is replaced in its text
CELL = 400
LOOK, LOOKED_AT = 100, 4  # steps for looking once; characters looked at for one more
SPAN = 2_000  # characters that a link's text, a code span or a comment may be long

Handled = tuple[Element | str | None, int | None, int | None]
NOTHING: Handled = (None, None, None)


class TooCostly(Exception):
    """A text asks for more work than it may."""


class Budget:
    """What is left to spend on one text of `length` characters."""

    def __init__(self, length: int) -> None:
        self.left = STEPS * max(length, ORDINARY_LENGTH) // ORDINARY_LENGTH

    def spend(self, steps: int) -> None:
        """Take `steps` away; raises TooCostly when there are not as many left."""
        self.left -= steps
        if self.left < 0:
            raise TooCostly


class BlockMeter(BlockProcessor):
    """Asked about every block before all other processors; counts it and claims none."""

    def __init__(self, parser: BlockParser, budget: Budget) -> None:
        super().__init__(parser)
        self.budget = budget

    def test(self, parent: Element, block: str) -> bool:  # noqa: ARG002
        """Say no. Raises TooCostly on too much work and on nesting that is too deep."""
        lines = block.count("\n")
        self.budget.spend(BLOCK + len(block) * BLOCK_CHARACTER + len(block) * lines // LINES_JOINED)
        if len(self.parser.state) > DEEPEST:
            raise TooCostly
        return False


class MeteredTables(TableProcessor):
    """Tables whose cells are counted before they are made: short rows are filled up to the header's width."""

    def __init__(self, parser: BlockParser, budget: Budget) -> None:
        super().__init__(parser, {"use_align_attribute": False})
        self.budget = budget

    def test(self, parent: Element, block: str) -> bool:
        """Say whether `block` is a table: its second line has only bars, dashes, colons and spaces."""
        _, _, rest = block.partition("\n")
        underline, _, _ = rest.partition("\n")
        if "-" not in underline or not set(underline) <= set("|:- "):
            return False
        columns, rows = underline.count("|") + 1, block.count("\n") + 1
        self.budget.spend(CELL * columns * rows)
        for row in block.split("\n"):
            ticks = row.count("`")
            self.budget.spend(ticks * (ticks + row.count("|")))
        return super().test(parent, block)


class Metered(InlineProcessor):
    """An inline pattern that pays for each search, for each match, and for what its matches look at."""

    budget: Budget

    def getCompiledRegExp(self) -> Any:  # noqa: N802
        """Give what Python-Markdown searches with: this object itself, for its `finditer`."""
        return self

    def finditer(self, data: str, start: int = 0) -> Iterator[Match[str]]:
        """Give the matches of the pattern in `data` from `start` on, paying for each and the way to it."""
        at = start
        for match in self.compiled_re.finditer(data, start):
            self.budget.spend(MATCH + (match.start() - at) * CHARACTER + len(data) // COPIED)
            at = match.start()
            yield match
        self.budget.spend(SEARCH + (len(data) - at) * CHARACTER)


class Inline(Metered):
    """A pattern of the house's own."""

    regex = ""

    def __init__(self, md: Markdown, budget: Budget) -> None:
        super().__init__(self.regex, md)
        self.budget = budget

    def look(self, regex: re.Pattern[str], data: str, start: int) -> Match[str] | None:
        """Search `data` from `start`, no further than SPAN, and pay for it."""
        found = regex.search(data, start, start + SPAN)
        end = found.end() if found else min(len(data), start + SPAN)
        self.budget.spend(LOOK + (end - start) // LOOKED_AT)
        return found
