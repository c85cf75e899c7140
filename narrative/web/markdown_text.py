"""The words of rendered HTML, without the HTML."""

from collections.abc import Collection
from html.parser import HTMLParser

INLINE = frozenset({"em", "strong", "del", "a", "sup", "sub", "code"})


class PlainText(HTMLParser):
    """Collects text; every tag that is not within a line ends one.

    A link whose address is among `saying` says it behind its words, in brackets.
    """

    def __init__(self, saying: Collection[str] = ()) -> None:
        super().__init__(convert_charrefs=True)
        self.saying = saying
        self.address = ""
        self.lines: list[str] = []
        self.line: list[str] = []
        self.in_code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """End the line, if the tag is not one within a line."""
        if tag == "a":
            self.address = dict(attrs).get("href") or ""
        if tag not in INLINE:
            self.end_line()
        if tag == "pre":
            self.in_code = True

    def handle_endtag(self, tag: str) -> None:
        """End the line, if the tag is not one within a line."""
        if tag == "a" and self.address in self.saying and not "".join(self.line).endswith(self.address):
            self.line.append(f" ({self.address})")
        if tag not in INLINE:
            self.end_line()
        if tag == "pre":
            self.in_code = False

    def handle_data(self, data: str) -> None:
        """Add to the line."""
        self.line.append(data)

    def end_line(self) -> None:
        """Keep what the line holds, unless it is blank."""
        text, self.line = "".join(self.line), []
        if self.in_code:
            self.lines += [line.rstrip() for line in text.split("\n") if line.strip()]
        elif words := text.split():
            self.lines.append(" ".join(words))

    def text(self) -> str:
        """Give the lines collected."""
        self.end_line()
        return "\n".join(self.lines)
