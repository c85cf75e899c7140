"""Rearranging priority rows, as the buttons beside them say."""

import re
from collections.abc import Sequence
from typing import TypeVar

Row = TypeVar("Row")

_COMMAND = re.compile(r"(remove|up|down)-(\d{1,3})")


def rearranged(rows: Sequence[Row], command: str) -> list[Row]:
    """Return the rows after 'remove-2', 'up-2' or 'down-2', counted from 0; else they stay as they are."""
    kept = list(rows)
    match = _COMMAND.fullmatch(command)
    if match is None or int(match[2]) >= len(kept):
        return kept
    verb, index = match[1], int(match[2])
    row = kept.pop(index)
    if verb != "remove":
        kept.insert(max(0, index - 1) if verb == "up" else index + 1, row)
    return kept
