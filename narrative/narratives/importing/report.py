"""Somebody else's report, sorted into the four texts of a narrative. Pure.

Nothing is lost but front matter, the title and the headings that mean one of the four texts; all else
stands in exactly one of them, and where it went and why is said line by line.
"""

import re
from dataclasses import dataclass, field

from narrative.narratives.importing.rows import offered_rows
from narrative.narratives.importing.segments import segments, without_front_matter
from narrative.narratives.importing.sorting import Sorter
from narrative.narratives.rules import clean_text

LONGEST_LINE = 20_000  # bytes; a line of five million is not a line that a person wrote


class UnreadableFile(ValueError):
    """A file that cannot be taken for a narrative; its message says why and what to do."""


class WrongEncoding(UnreadableFile):
    """A file that is not UTF-8."""


class LineTooLong(UnreadableFile):
    """A file with a line that nobody wrote by hand."""


@dataclass
class Imported:
    """What was made of a file: its title, the four texts by name, and each decision with its line.

    `rows` are the titles that the priorities could have, if they were a short flat list; they stand in the
    text as well.
    """

    title: str
    texts: dict[str, str]
    rows: tuple[str, ...]
    decisions: list[str] = field(default_factory=list)


def decode(data: bytes) -> str:
    """Give the text of a file. A byte order mark of UTF-8 is left out.

    Raises WrongEncoding for anything but UTF-8, and LineTooLong.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise WrongEncoding("The file is in UTF-16. Save it as UTF-8 and import it again.")
    for number, line in enumerate(re.split(rb"\r\n?|\n", data), start=1):
        if len(line) > LONGEST_LINE:
            size = f"{len(line):,} bytes, more than {LONGEST_LINE:,}"
            raise LineTooLong(f"Line {number} has {size}. Break it up, or leave the file out.")
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            odd = f"Line {number} is not UTF-8: byte 0x{line[error.start]:02x} at place {error.start + 1}."
            raise WrongEncoding(f"{odd} Save the file as UTF-8 and import it again.") from None
        if b"\0" in line:
            raise WrongEncoding(f"Line {number} holds a null byte: this is not a text file.")
    return data.decode("utf-8-sig")


def sort_out(text: str) -> Imported:
    """Sort the Markdown in `text` into the four texts.

    A heading that means one of them (see `import_headings`), with all below it, goes there; other headings
    stay as they are, under what went well. What comes before the first heading, and lines about contacts and
    links, make the opening; where there is no heading, only the first paragraph does. A list under a line
    such as "Work in progress:" goes where that line points.
    """
    lines, first, title, said = without_front_matter(clean_text(text).split("\n"))
    sorter = Sorter(list(segments(lines, first=first)), title)
    texts = sorter.sort()
    rows, why = offered_rows(sorter.placed["next_priorities"])
    decisions = sorted([*sorter.decisions, *why], key=lambda said: int(said.split()[1].rstrip(":")))
    return Imported(sorter.title, texts, rows, [*said, *decisions])
