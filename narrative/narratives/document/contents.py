"""What a shared document says, and changing it as an editor would: by the words that differ.

A document is a Yjs document with the root types named here and no others. Offsets are UTF-8 bytes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pycrdt import Doc, Map, Text

from narrative.narratives.rules import TEXTS, Draft, OutcomeRow, PriorityRow, clean_text
from narrative.narratives.rules.authorship import steps
from narrative.narratives.rules.outcomes import said

NOTES = "private_notes"
PRIORITIES, OUTCOMES = "priorities", "outcomes"
TEXT_ROOTS = (*TEXTS, NOTES)
# Everything is in root types of different kinds, so a document has no one type of them.
SharedDoc = Doc[Any]
Row = Map[Any]
ROOTS = frozenset({*TEXT_ROOTS, PRIORITIES, OUTCOMES})


@dataclass(frozen=True)
class Contents:
    """What a document says: the draft, and the private notes, which are no part of it."""

    draft: Draft = field(default_factory=Draft)
    notes: str = ""


def loaded(*updates: bytes) -> SharedDoc:
    """Return the document that these updates make. Raises ValueError for bytes that are none."""
    doc: SharedDoc = Doc(allow_multithreading=True)
    for update in updates:
        doc.apply_update(update)
    return doc


def seeded(draft: Draft) -> SharedDoc:
    """Return a new document that says what `draft` says."""
    doc = loaded()
    write(doc, draft)
    return doc


def text_of(doc: SharedDoc, name: str) -> Text:
    """Return one of the document's texts."""
    found: Text = doc.get(name, type=Text)
    return found


def rows_of(doc: SharedDoc, name: str) -> Iterator[tuple[str, Row]]:
    """Yield the rows of a root map by their keys; what is no map is no row."""
    root = doc.get(name, type=Map)
    for key in root.keys():  # noqa: SIM118 - a shared map is no dict
        row = root[key]
        if type(row) is Map:
            yield key, row


def read(doc: SharedDoc) -> Contents:
    """Return what the document says."""
    texts = {name: clean_text(str(text_of(doc, name))) for name in TEXTS}
    rows = [(_place(row), key, row) for key, row in rows_of(doc, PRIORITIES) if not row.get("gone")]
    priorities = [priority(key, row) for _place, key, row in sorted(rows, key=lambda one: one[:2])]
    kept = tuple(row for row in priorities if not row.blank)
    told = said(outcome(key, row) for key, row in rows_of(doc, OUTCOMES))
    draft = Draft(**texts, priorities=kept, outcomes=told)
    return Contents(draft, clean_text(str(text_of(doc, NOTES))))


def priority(key: str, row: Row) -> PriorityRow:
    """Return one priority as it stands in the document."""
    owner_id = row.get("owner_id")
    return PriorityRow(
        key=key,
        title=" ".join(clean_text(str(row.get("title") or "")).split("\n")),
        measure=clean_text(str(row.get("measure") or "")),
        owner_id=int(owner_id) if isinstance(owner_id, int | float) else None,
        carries=row.get("carries") or None,
    )


def outcome(key: str, row: Row) -> OutcomeRow:
    """Return what is said of one promise."""
    return OutcomeRow(key=key, state=row["state"], sentence=clean_text(str(row["sentence"])))


def _place(row: Row) -> float:
    place = row.get("place")
    return float(place) if isinstance(place, int | float) else 0.0


def write(doc: SharedDoc, draft: Draft) -> None:
    """Change the document so that it says what `draft` says. What stands there already stays as it is."""
    with doc.transaction():
        for name, text in draft.texts.items():
            rewrite(text_of(doc, name), text)
        _write_priorities(doc, draft)
        _write_outcomes(doc, draft)


def make_room_for(doc: SharedDoc, keys: Iterable[str]) -> None:
    """Give each of these promises a row in which its outcome is said, unless it has one.

    Here and not in the pages: of two pages that made it at once, one would lose what was typed into its own.
    """
    root = doc.get(OUTCOMES, type=Map)
    known = set(root.keys())
    with doc.transaction():
        for key in keys:
            if key not in known:
                root[key] = Map({"state": "", "sentence": Text()})


def rewrite(text: Text, after: str, *, start: int = 0, end: int | None = None) -> None:
    """Edit a text, or what stands between two bytes of it, word by word.

    So whoever writes in it meanwhile loses nothing.
    """
    place = start
    for kind, what in steps(str(text).encode()[start:end].decode(), after):
        if isinstance(what, str):
            text.insert(place, what)
            place += len(what.encode())
        elif kind == "remove":
            del text[place : place + what]
        else:
            place += what


def _write_priorities(doc: SharedDoc, draft: Draft) -> None:
    root = doc.get(PRIORITIES, type=Map)
    known = dict(rows_of(doc, PRIORITIES))
    kept = {row.key for row in draft.priorities}
    for key, row in known.items():
        if key not in kept and not row.get("gone"):
            row["gone"] = True
    last = float("-inf")
    for wanted in draft.priorities:
        row = known.get(wanted.key) or _new_row(root, wanted.key)
        rewrite(row["title"], wanted.title)
        rewrite(row["measure"], wanted.measure)
        last = _put_behind(row, last)
        for name, value in (("owner_id", wanted.owner_id), ("gone", False), ("carries", wanted.carries)):
            if row.get(name) != value:
                row[name] = value


def _write_outcomes(doc: SharedDoc, draft: Draft) -> None:
    told = {row.key: row for row in draft.outcomes}
    make_room_for(doc, told)
    for key, row in rows_of(doc, OUTCOMES):
        wanted = told.get(key) or OutcomeRow(key=key)
        rewrite(row["sentence"], wanted.sentence)
        if row["state"] != wanted.state:
            row["state"] = wanted.state


def _new_row(root: Row, key: str) -> Row:
    facts = {"place": 0.0, "owner_id": None, "gone": False, "carries": None}
    root[key] = Map({**facts, "title": Text(), "measure": Text()})
    row: Row = root[key]
    return row


def _put_behind(row: Row, last: float) -> float:
    """Give the row a place behind `last`, its own where that is; return it."""
    place = _place(row)
    if place <= last:
        place = row["place"] = last + 1.0
    return place
