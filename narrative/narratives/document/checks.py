"""What a shared document may hold. Whoever sends anything else is refused, and nothing of it is stored."""

import math
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from pycrdt import Map, Text

from narrative.narratives.document.contents import (
    OUTCOMES,
    PRIORITIES,
    ROOTS,
    TEXT_ROOTS,
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
    length_error,
)
from narrative.narratives.rules.outcomes import LONGEST_SENTENCE, number_in
from narrative.narratives.rules.outcomes import OUTCOMES as STATES_OF_OUTCOMES

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
        "carries": (str, type(None)),
    },
    OUTCOMES: {"state": str, "sentence": Text},
}
LIMITS = {"title": LONGEST_TITLE, "measure": LONGEST_MEASURE}
STATES = frozenset({"", *STATES_OF_OUTCOMES})
STRANGE = "This is not a text that the drafting room writes, so nothing of it was stored."


class Refused(Exception):
    """An update that is not taken; `reason` says why, to whoever sent it, and `status` is HTTP's."""

    def __init__(self, reason: str, *, status: int = 422) -> None:
        super().__init__(reason)
        self.reason, self.status = reason, status


class TooLong(Refused):
    """One that would make some part too long; `reason` says by how much it is to be shortened."""


class Changes:
    """What the updates that are applied to a document change in it, until `stop`.

    Only what changed is looked at: the rest was, when it came. `updates` holds what was new in each.
    """

    def __init__(self, doc: SharedDoc) -> None:
        self.updates: list[bytes] = []
        self._doc = doc
        self._texts: set[str] = set()
        self._rows: set[str] = set()
        self._strange = False
        self._observed: list[tuple[Any, Any]] = [(doc, doc.observe(self._note))]
        for name in TEXT_ROOTS:
            text = text_of(doc, name)
            self._observed.append((text, text.observe(partial(self._note_text, name))))
        for name in PARTS:
            rows = doc.get(name, type=Map)
            self._observed.append((rows, rows.observe_deep(partial(self._note_rows, name))))

    def stop(self) -> None:
        """Look no longer."""
        for observed, subscription in self._observed:
            observed.unobserve(subscription)

    def check(self) -> None:
        """Raise Refused if the document now holds what it may not, or more than it may."""
        if self._strange or not set(self._doc.keys()) <= ROOTS:
            raise Refused(STRANGE)
        for root in self._rows:
            for _key, row in _rows(self._doc, root):
                _check_row(row, PARTS[root])
        too_long = next(_too_long(self._doc, self._texts, self._rows), None)
        if too_long:
            raise TooLong(too_long)

    def _note(self, event: Any) -> None:
        self.updates.append(bytes(event.update))

    def _note_text(self, name: str, event: Any) -> None:
        self._texts.add(name)
        # Formatting and embedded things cannot be seen in the text, and would come to light elsewhere.
        for step in event.delta:
            if "attributes" in step or not isinstance(step.get("insert", ""), str):
                self._strange = True

    def _note_rows(self, name: str, _events: Any) -> None:
        self._rows.add(name)


def owner_ids(doc: SharedDoc) -> set[int]:
    """Return the ids of the people to whom priorities belong, of a document that was checked."""
    found = (row.get("owner_id") for _key, row in rows_of(doc, PRIORITIES) if not row.get("gone"))
    return {int(one) for one in found if one is not None}


def _rows(doc: SharedDoc, root: str) -> Iterator[tuple[str, Row]]:
    everything = list(rows_of(doc, root))
    keys = set(doc.get(root, type=Map).keys())
    is_key = KEY.fullmatch if root == PRIORITIES else number_in
    strange = any(is_key(key) is None for key in keys)
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
    _check_values(row)


def _check_values(row: Row) -> None:
    owner_id = row.get("owner_id")
    if owner_id is not None and not (0 < owner_id <= LARGEST_ID and owner_id == int(owner_id)):
        raise Refused(STRANGE)
    if not math.isfinite(row.get("place") or 0):
        raise Refused(STRANGE)
    carries = row.get("carries")
    if (carries and number_in(carries) is None) or row.get("state", "") not in STATES:
        raise Refused(STRANGE)


def _too_long(doc: SharedDoc, texts: set[str], roots: set[str]) -> Iterator[str]:
    """Say of each part that is too long by how much it must be shortened."""
    for name in texts:
        label, limit = (LABELS[name], LONGEST_TEXT) if name in LABELS else ("Private notes", LONGEST_NOTES)
        text = text_of(doc, name)
        # Its length is told in bytes: where that is not too long, its characters are not either.
        if len(text) > limit:
            yield from _over(label, str(text), limit)
    if OUTCOMES in roots:
        for _key, row in rows_of(doc, OUTCOMES):
            yield from _over("What became of it", str(row["sentence"]), LONGEST_SENTENCE)
    if PRIORITIES not in roots:
        return
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
