"""Lists as people write them, put into the only shape in which Python-Markdown sees them.

CommonMark starts a list without a blank line and nests by the column of the parent's text; Python-Markdown
wants a blank line and four columns a level, and otherwise makes a paragraph of the whole list. This walks
the lines once, keeps CommonMark's account of which item a line belongs to, and writes them out anew.
Headings, rules and fenced code come apart from their neighbours on the way.
"""

import html
import re
from collections.abc import Callable

from markdown import Markdown
from markdown.preprocessors import Preprocessor

from narrative.web.markdown_bounds import Budget

MARKER = re.compile(r"( *)([-+*]|\d{1,9}[.)])(?:( +)(.*)|$)")
FENCE = re.compile(r" *(`{3,}(?=[^`]*$)|~{3,})")
RULE = re.compile(r" *([-*_])(?: *\1){2,} *$")
HEADING = re.compile(r"#{1,6}(?: |$)")
QUOTE = re.compile(r" *> ?")
LOOKS_LIKE_MARKER = re.compile(r"(\d*)([-+*.)])")

OPENERS = frozenset("-+*_=#>`~0123456789")  # no line that begins otherwise is more than text
LINE = 400  # steps
COLUMNS = 4  # that Python-Markdown wants for a level
DEEPEST_UNROLLED = 12  # items opened on one line (`- - - a`), quotes within quotes; deeper ones stay text

APART = "<!-- -->"  # between two lists of different kinds, which would otherwise become one

Keep = Callable[[str], str]  # takes finished HTML, gives the line that stands for it


class ListPreprocessor(Preprocessor):
    """Reshapes lists and takes fenced code out of the text, after tabs and line ends are normal."""

    def __init__(self, md: Markdown, budget: Budget) -> None:
        super().__init__(md)
        self.budget = budget

    def run(self, lines: list[str]) -> list[str]:
        """Give the reshaped lines. Side effect: code blocks are put into the converter's stash."""
        return [*shape(lines, keep=self.md.htmlStash.store, budget=self.budget), "", ""]


def shape(lines: list[str], *, keep: Keep, budget: Budget) -> list[str]:
    """Give `lines` with every list, heading and fence in the shape that Python-Markdown recognises.

    `keep` is called with the HTML of each fenced block; the line it returns stands in the block's place.
    Each line is paid for; raises TooCostly.
    """
    return _Shaper(lines, keep, budget).run()


def indent_of(line: str) -> int:
    """Count the spaces at the beginning of `line`."""
    return len(line) - len(line.lstrip(" "))


class _Shaper:
    """One pass over lines, `quoted` of which quotes stand around. For each open item, `columns` holds the
    column at which its text begins and `kinds` whether it is numbered."""

    def __init__(self, lines: list[str], keep: Keep, budget: Budget, quoted: int = 0) -> None:
        self.lines, self.keep, self.budget, self.quoted = list(lines), keep, budget, quoted
        self.out: list[str] = []
        self.columns: list[int] = []
        self.kinds: list[bool] = []
        self.in_text = False  # the last line was text, which the next may continue
        self.first_text = False  # … and nothing but text has come in its item yet
        self.quote_text = False  # … or the text is within a quote
        self.at = 0

    def run(self) -> list[str]:
        while self.at < len(self.lines):
            line = self.lines[self.at]
            self.budget.spend(LINE + len(line))
            if line.strip():
                self._line(line)
            else:
                self.out.append("")
                self.in_text = self.first_text = self.quote_text = False
            self.at += 1
        return self.out

    def _line(self, line: str) -> None:
        if self.in_text and line.lstrip(" ")[0] not in OPENERS:
            self._continue(line)
            return
        indent = indent_of(line)
        depth = sum(1 for column in self.columns if column <= indent)
        beyond = indent - (self.columns[depth - 1] if depth else 0)
        if beyond >= COLUMNS:
            if self.in_text:
                self._continue(line)
            else:
                self._write(depth, " " * beyond + line.lstrip(" "), text=False)
            return
        marker = MARKER.match(line)
        if self._underlines(line, depth):
            self.out.append(" " * COLUMNS * depth + line.strip())
        elif RULE.match(line) or HEADING.match(line, indent):
            self._alone(depth, line.lstrip(" "))
        elif fence := FENCE.match(line):
            self._fence(fence, depth)
        elif marker and self._may_open(marker, depth):
            self._item(marker, depth)
        elif QUOTE.match(line):
            self._quote(depth)
        elif self.in_text:
            self._continue(line)
        else:
            text = LOOKS_LIKE_MARKER.sub(r"\1\\\2", _plain(line), count=1) if marker else _plain(line)
            self._write(depth, text, text=True)

    def _underlines(self, line: str, depth: int) -> bool:
        """Say whether `line` is the underline that makes a heading of the text above it."""
        return self.in_text and depth == len(self.columns) and set(line.strip()) in ({"-"}, {"="})

    def _may_open(self, marker: re.Match[str], depth: int) -> bool:
        """Say whether an item may begin here: an item of a new list may only break into text if it has
        text itself and is a bullet or number one, so that a year at the start of a line stays a year."""
        if depth == len(self.columns) and not marker[4] and self._stays_bare(marker):
            return False
        if not self.in_text or self.quote_text or depth < len(self.columns):
            return True
        return bool(marker[4]) and (marker[2] in "-+*" or marker[2][:-1] == "1")

    def _stays_bare(self, marker: re.Match[str]) -> bool:
        """Say whether a number alone on its line has nothing below it either: "17." is an answer, no list."""
        below = self.lines[self.at + 1] if self.at + 1 < len(self.lines) else ""
        within = below.strip() and indent_of(below) > len(marker[1]) + len(marker[2])
        return marker[2] not in "-+*" and not within and not MARKER.match(below)

    def _item(self, marker: re.Match[str], depth: int) -> None:
        spaces, sign, gap, rest = marker[1], marker[2], marker[3] or "", marker[4] or ""
        numbered = sign[-1] in ".)"
        if not self.first_text:
            self._gap()
        if depth < len(self.columns) and self.kinds[depth] != numbered:
            self._alone(depth, self.keep(APART))
        width = len(gap) if rest and len(gap) <= COLUMNS else 1
        column = len(spaces) + len(sign) + width
        self.columns[depth:], self.kinds[depth:] = [column], [numbered]
        within = " " * (len(gap) - width) + rest if rest else ""
        unroll = depth < DEEPEST_UNROLLED and (MARKER.match(within) or FENCE.match(within))
        sign = sign.replace(")", ".")
        self.out.append(" " * COLUMNS * depth + f"{sign} " + ("" if unroll else within))
        self.in_text, self.first_text, self.quote_text = bool(rest), True, False
        if unroll and not RULE.match(within):
            self.in_text = False
            self.lines[self.at] = " " * column + within
            self.at -= 1
        elif unroll:
            self.out[-1] += within

    def _fence(self, opening: re.Match[str], depth: int) -> None:
        mark, indent = opening[1], indent_of(opening.string)
        floor = self.columns[depth - 1] if depth else 0
        code: list[str] = []
        while self.at + 1 < len(self.lines):
            line = self.lines[self.at + 1]
            if line.strip() and indent_of(line) < floor:
                break
            self.at += 1
            closing = line.strip()
            if len(closing) >= len(mark) and set(closing) == {mark[0]}:
                break
            code.append(line[min(indent, indent_of(line)) :])
        else:
            while code and not code[-1].strip():
                code.pop()
        text = html.escape("\n".join(code), quote=False)
        self._alone(depth, self.keep(f"<pre><code>{text}\n</code></pre>"))

    def _quote(self, depth: int) -> None:
        first = self.at
        while self.at + 1 < len(self.lines) and QUOTE.match(self.lines[self.at + 1]):
            self.at += 1
        lines = [QUOTE.sub("", line, count=1) for line in self.lines[first : self.at + 1]]
        in_text = bool(lines[-1].strip())
        if self.quoted < DEEPEST_UNROLLED:
            inner = _Shaper(lines, self.keep, self.budget, self.quoted + 1)
            lines, in_text = inner.run(), inner.in_text
        del self.columns[depth:], self.kinds[depth:]
        if not self.quote_text:
            self._gap()
        while lines and not lines[-1].strip():
            lines.pop()
        self.out += [" " * COLUMNS * depth + f"> {line}" for line in lines]
        self.in_text = self.quote_text = in_text
        self.first_text = False
        if not in_text:
            self._gap()

    def _alone(self, depth: int, line: str) -> None:
        """Write a heading, a rule or a code block, with a blank line on either side."""
        self._gap()
        self._write(depth, line, text=False)
        self._gap()

    def _write(self, depth: int, line: str, *, text: bool) -> None:
        del self.columns[depth:], self.kinds[depth:]
        self.out.append(" " * COLUMNS * depth + line)
        self.in_text, self.first_text, self.quote_text = text, False, False

    def _continue(self, line: str) -> None:
        """Write more of the same text, not indented: Python-Markdown joins it to the item all the same."""
        plain = _plain(line)
        if (self.columns or self.quote_text) and MARKER.match(plain):
            plain = LOOKS_LIKE_MARKER.sub(r"\1\\\2", plain, count=1)
        self.out.append(plain)

    def _gap(self) -> None:
        if self.out and self.out[-1]:
            self.out.append("")


def _plain(line: str) -> str:
    """Give `line` as text: a `#` that begins no heading (a channel, a ticket) is not to become one."""
    text = line.lstrip(" ")
    return "\\" + text if text.startswith("#") else text
