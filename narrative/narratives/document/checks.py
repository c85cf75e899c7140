"""What a shared document may hold. Whoever sends anything else is refused, and nothing of it is stored."""

import math
import re
from collections.abc import Iterator
from typing import Any

from pycrdt import Map, Text

from narrative.narratives.document.contents import (
    NOTES,
    OUTCOMES,
    PRIORITIES,
    ROOTS,
    Row,
    SharedDoc,
    rows_of,
    text_of,
)
from narrative.narratives.rules import (
    LABELS,
    LONGEST_MEASURE,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_PRIORITIES,
    TEXTS,
    length_error,
)

LARGEST_UPDATE = 300_000
LARGEST_DOCUMENT = 3_000_000
LONGEST_NOTES = 20_000
MOST_ROWS = 300
LARGEST_ID = 2**31 - 1

KEY = re.compile(r"[0-9a-f]{16}")
PARTS: dict[str, dict[str, type | tuple[type, ...]]] = {
    PRIORITIES: {
        "place": (int, float),
        "title": Text,
        "measure": Text,
        "owner_id": (int, float, type(None)),
        "gone": bool,
    },
    OUTCOMES: {"state": str, "sentence": Text},
}
LIMITS = {"title": LONGEST_TITLE, "measure": LONGEST_MEASURE}
STRANGE = "This is not a text that the drafting room writes, so nothing of it was stored."


class Refused(Exception):
    """An update that is not taken; `reason` says why, to whoever sent it, and `status` is HTTP's."""

    def __init__(self, reason: str, *, status: int = 422) -> None:
        super().__init__(reason)
        self.reason, self.status = reason, status


def check(doc: SharedDoc) -> None:
    """Raise Refused if the document holds what it may not, or more than it may."""
    if not set(doc.keys()) <= ROOTS:
        raise Refused(STRANGE)
    for name in (*TEXTS, NOTES):
        _check_text(text_of(doc, name))
    for root, parts in PARTS.items():
        for _key, row in _rows(doc, root):
            _check_row(row, parts)
    too_long = next(_too_long(doc), None)
    if too_long:
        raise Refused(f"{too_long}. Until then what you write is kept on this device only.")


def owner_ids(doc: SharedDoc) -> set[int]:
    """Return the ids of the people to whom priorities belong, of a document that was checked."""
    found = (row.get("owner_id") for _key, row in rows_of(doc, PRIORITIES) if not row.get("gone"))
    return {int(one) for one in found if one is not None}


def _rows(doc: SharedDoc, root: str) -> Iterator[tuple[str, Row]]:
    everything = list(rows_of(doc, root))
    keys = set(doc.get(root, type=Map).keys())
    strange = root == PRIORITIES and any(not KEY.fullmatch(key) for key in keys)
    if len(everything) != len(keys) or len(keys) > MOST_ROWS or strange:
        raise Refused(STRANGE)
    yield from everything


def _check_text(text: Any) -> None:
    # Formatting and embedded things cannot be seen in the text, and would come to light elsewhere.
    if any(attributes or not isinstance(words, str) for words, attributes in text.diff()):
        raise Refused(STRANGE)


def _check_row(row: Row, parts: dict[str, type | tuple[type, ...]]) -> None:
    if set(row.keys()) != set(parts):
        raise Refused(STRANGE)
    for name, kind in parts.items():
        value = row[name]
        if kind is Text:
            if type(value) is not Text:
                raise Refused(STRANGE)
            _check_text(value)
        elif not isinstance(value, kind) or (isinstance(value, str) and len(value) > LONGEST_TITLE):
            raise Refused(STRANGE)
    _check_numbers(row)


def _check_numbers(row: Row) -> None:
    owner_id = row.get("owner_id")
    if owner_id is not None and not (0 < owner_id <= LARGEST_ID and owner_id == int(owner_id)):
        raise Refused(STRANGE)
    if not math.isfinite(row.get("place") or 0):
        raise Refused(STRANGE)


def _too_long(doc: SharedDoc) -> Iterator[str]:
    """Say of each part that is too long by how much it must be shortened."""
    for name in TEXTS:
        yield from _over(LABELS[name], str(text_of(doc, name)), LONGEST_TEXT)
    yield from _over("Private notes", str(text_of(doc, NOTES)), LONGEST_NOTES)
    rows = [row for _key, row in rows_of(doc, PRIORITIES) if not row.get("gone")]
    if len(rows) > MOST_PRIORITIES:
        over = len(rows) - MOST_PRIORITIES
        yield f"Remove {over} of the priorities: there may be {MOST_PRIORITIES}"
    for row in rows:
        for name, limit in LIMITS.items():
            yield from _over(str(row["title"])[:40] or "A priority", str(row[name]), limit)


def _over(label: str, text: str, limit: int) -> Iterator[str]:
    found = length_error(label, text, limit)
    if found:
        yield found
