"""Marking sentences in rendered HTML, wherever their tags begin and end. Nothing is taken out of it."""

import html as entities
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

from markupsafe import escape

from narrative.web.markdown_text import INLINE

HEADINGS = frozenset({"h3", "h4", "h5", "h6"})
VOID = frozenset({"br", "hr"})
# Cuts the text of one line into sentences, each with whether it is to be marked; joined they are the text.
Cut = Callable[[str], list[tuple[str, bool]]]


@dataclass(frozen=True)
class Marked:
    """HTML with marked sentences; how many words there are outside its headings, and how many are marked."""

    html: str
    words: int
    marked: int


@dataclass(frozen=True)
class Notes:
    """What is said, to those who hear a page, before a block that is marked wholly, or in part."""

    whole: str
    part: str


def mark_sentences(html: str, cut: Cut, notes: Notes) -> Marked:
    """Put each sentence of `html`, as `render` made it, that `cut` chooses into a span of class 'repeated'.

    A paragraph, item or cell is cut by itself; headings stay as they are. One note, which is not seen, stands
    at the beginning of each top-level block in which something is marked.
    """
    marker = _Marker(cut, notes)
    marker.feed(html)
    marker.close()
    marker.end_line()
    return Marked("".join(marker.out), marker.words, marker.marked)


class _Marker(HTMLParser):
    """Copies HTML as it is, and comes back to the text of each line once that has ended."""

    def __init__(self, cut: Cut, notes: Notes) -> None:
        super().__init__(convert_charrefs=False)
        self.cut, self.notes = cut, notes
        self.out: list[str] = []
        self.words = self.marked = 0
        self._line: list[tuple[int, str]] = []  # places in `out` that hold its text, and what that says
        self._open: list[str] = []
        self._begins: int | None = None  # where the present block's first words are
        self._before = (0, 0)  # words and marked ones before the present block

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        """Copy it; it ends a line if it is not one within a line, and may begin a block."""
        if tag not in INLINE:
            self.end_line()
        if not self._open:
            self._begins, self._before = None, (self.words, self.marked)
        if tag not in VOID:
            self._open.append(tag)
        self.out.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        """Copy it, and say at a block's end what is marked in it."""
        if tag not in INLINE:
            self.end_line()
        if self._open:
            self._open.pop()
        self.out.append(f"</{tag}>")
        if not self._open:
            self._note()

    def handle_data(self, data: str) -> None:
        """Copy text, and remember where it is."""
        self._text(data, data)

    def handle_entityref(self, name: str) -> None:
        """Copy a character that is written by its name."""
        self._text(f"&{name};", entities.unescape(f"&{name};"))

    def handle_charref(self, name: str) -> None:
        """Copy a character that is written by its number."""
        self._text(f"&#{name};", entities.unescape(f"&#{name};"))

    def end_line(self) -> None:
        """Mark the sentences of the line that ends here."""
        line, self._line = self._line, []
        text = "".join(said for _place, said in line)
        if not text.strip() or HEADINGS & set(self._open):
            return
        if self._begins is None:
            self._begins = next(place for place, said in line if said.strip())
        lines = text.splitlines(keepends=True) if "pre" in self._open else [text]
        cut = [sentence for one in lines for sentence in self.cut(one)]
        self.words += len(text.split())
        self.marked += sum(len(sentence.split()) for sentence, chosen in cut if chosen)
        chosen = [False] * len(text)
        at = 0
        for sentence, is_chosen in cut:
            end = at + len(sentence.rstrip())
            chosen[at:end] = [is_chosen] * (end - at)
            at += len(sentence)
        self._mark(line, chosen)

    def _mark(self, line: list[tuple[int, str]], chosen: list[bool]) -> None:
        at = 0
        for place, said in line:
            here = chosen[at : at + len(said)]
            at += len(said)
            raw = self.out[place]
            parts = _runs(raw, here) if raw == said else [(raw, here[0])]
            self.out[place] = "".join(
                f'<span class="repeated">{part}</span>' if marked and part.strip() else part
                for part, marked in parts
            )

    def _text(self, raw: str, said: str) -> None:
        self._line.append((len(self.out), said))
        self.out.append(raw)

    def _note(self) -> None:
        words, marked = self.words - self._before[0], self.marked - self._before[1]
        if marked and self._begins is not None:
            note = self.notes.whole if marked == words else self.notes.part
            begins = self.out[self._begins]
            self.out[self._begins] = f'<span class="visually-hidden">{escape(note)} </span>{begins}'


def _runs(text: str, chosen: list[bool]) -> Iterator[tuple[str, bool]]:
    """Cut `text` where what is chosen changes."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or chosen[place] != chosen[start]:
            yield text[start:place], chosen[start]
            start = place
