"""Read TOML tables and narrative pages, and say in which file and table something is missing."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

from narrative.story.shapes import StoryError, Texts

FENCE = "+++"
HEADINGS = ("What went well", "What didn't", "Next priorities")


@dataclass(frozen=True, slots=True)
class Table:
    """A TOML table that knows where it stands; every method raises StoryError naming that place."""

    where: str
    entries: dict[str, Any]

    def __contains__(self, key: str) -> bool:
        return key in self.entries

    def text(self, key: str) -> str:
        """A text that is not empty, without the white space around it."""
        found = self._typed(key, str).strip()
        if not found:
            raise StoryError(f"{self.where}: {key} is empty")
        return str(found)

    def texts(self, key: str) -> tuple[str, ...]:
        return tuple(str(entry) for entry in self._typed(key, list))

    def number(self, key: str, default: int | None = None) -> int:
        if default is not None and key not in self.entries:
            return default
        return int(self._typed(key, int))

    def flag(self, key: str) -> bool:
        return key in self.entries and bool(self._typed(key, bool))

    def one_of(self, key: str, choices: tuple[Any, ...]) -> Any:
        """One of the given words; the caller's Literal type says which."""
        found = self.text(key)
        if found not in choices:
            raise StoryError(f"{self.where}: {key} is {found!r}, expected one of {', '.join(choices)}")
        return found

    def table(self, key: str) -> Table:
        return Table(f"{self.where}, {key}", self._typed(key, dict))

    def rows(self, key: str) -> tuple[Table, ...]:
        """The rows of an array of tables, counted from 1; none if there is no such array."""
        if key not in self.entries:
            return ()
        rows = self._typed(key, list)
        return tuple(Table(f"{self.where}, {key} {count}", row) for count, row in enumerate(rows, start=1))

    def _typed(self, key: str, kind: type) -> Any:
        if key not in self.entries:
            raise StoryError(f"{self.where}: {key} is missing")
        found = self.entries[key]
        if type(found) is not kind:
            raise StoryError(f"{self.where}: {key} should be {kind.__name__}, is {type(found).__name__}")
        return found


def read_toml(folder: Traversable, name: str) -> Table:
    return parse_toml((folder / name).read_text(encoding="utf-8"), where=f"{folder.name}/{name}")


def parse_toml(source: str, *, where: str) -> Table:
    try:
        return Table(where, tomllib.loads(source))
    except tomllib.TOMLDecodeError as error:
        raise StoryError(f"{where}: {error}") from error


def read_page(folder: Traversable, name: str) -> tuple[Table, Texts]:
    """A narrative's page: its rows between +++ lines, which may be absent, and its four texts."""
    return parse_page((folder / name).read_text(encoding="utf-8"), where=f"{folder.name}/{name}")


def parse_page(source: str, *, where: str) -> tuple[Table, Texts]:
    front = ""
    if source.startswith(FENCE + "\n"):
        parts = source.split(FENCE + "\n", 2)
        if len(parts) != 3:
            raise StoryError(f"{where}: the rows at the top are not closed by {FENCE}")
        _, front, source = parts
    return parse_toml(front, where=where), _texts(source, where=where)


def _texts(source: str, *, where: str) -> Texts:
    """Cut at the three headings, each of which stands there once, in this order."""
    sections = []
    for heading in HEADINGS:
        before, found, source = source.partition(f"\n## {heading}\n")
        if not found:
            raise StoryError(f"{where}: the heading '{heading}' is missing or not in its place")
        sections.append(before.strip())
    sections.append(source.strip())
    for section in sections:
        if re.search(r"^##? ", section, re.MULTILINE):
            raise StoryError(f"{where}: a fourth heading of the second level")
    opening, went_well, did_not, next_priorities = sections
    return Texts(opening, went_well, did_not, next_priorities)
