"""Where marks stand in a text now, and making marks. Places are UTF-8 bytes.

The library's own sticky indices count letters beyond ASCII wrongly, and panic over a mark that is not there.
So marks are found by probing a copy of the document, which is thrown away.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from narrative.narratives.comments.marks import (
    LARGEST_CLIENT,
    Letter,
    Mark,
    clients_of,
    probes,
    removed,
)
from narrative.narratives.document.contents import SharedDoc, loaded, text_of

_END = ";"


@dataclass(frozen=True)
class Place:
    """Where something stands in one of the texts: from byte `start` to byte `end`."""

    part: str
    start: int
    end: int


def found(doc: SharedDoc, marks: Mapping[int, tuple[str, Mark, Mark]]) -> dict[int, Place]:
    """Return where the stretches between two marks of a part stand, by the keys they come with.

    A stretch whose letters are not in that part is left out; one whose words were all removed is empty.
    """
    copy = loaded(doc.get_update())
    told: dict[str, list[dict[str, Any]]] = {}
    parts = {part for part, _start, _end in marks.values()}
    kept = [text_of(copy, part).observe(_noting(told, part)) for part in parts]
    numbered = [
        (f"{key}{edge}{_END}", mark)
        for key, (_part, start, end) in marks.items()
        for edge, mark in (("a", start), ("b", end))
    ]
    known = clients_of(copy.get_state())
    lowest = next(one for one in count() if one not in known)
    highest = next(one for one in count(LARGEST_CLIENT, -1) if one not in known)
    copy.apply_update(probes(numbered, lowest=lowest, highest=highest))
    del kept
    edges = {part: _edges(delta) for part, delta in told.items()}
    return dict(_places(marks, edges))


def _noting(told: dict[str, list[dict[str, Any]]], part: str) -> Any:
    return lambda event: told.__setitem__(part, list(event.delta))


def _edges(delta: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Return the byte before which each probe was written, by its text."""
    place, edges = 0, {}
    for step in delta:
        place += step.get("retain", 0)
        for text in step.get("insert", "").split(_END)[:-1]:
            edges[text] = place
    return edges


def _places(
    marks: Mapping[int, tuple[str, Mark, Mark]], edges: Mapping[str, Mapping[str, int]]
) -> Iterable[tuple[int, Place]]:
    for key, (part, _start, _end) in marks.items():
        start, end = (edges.get(part, {}).get(f"{key}{edge}") for edge in "ab")
        if start is not None and end is not None:
            yield key, Place(part, start, max(start, end))


def marked(doc: SharedDoc, place: Place) -> tuple[Mark, Mark]:
    """Return the marks around a place that is not empty: before its first letter, and behind its last."""
    copy = loaded(doc.get_update())
    words = str(text_of(copy, place.part)).encode()[place.start : place.end].decode()
    last, units = _taken(copy, place.part, place.end - len(words[-1].encode()), place.end)
    behind = Mark(Letter(last.client, last.clock + units - 1), behind=True)
    if len(words) == 1:
        return Mark(last, behind=False), behind
    first, _units = _taken(copy, place.part, place.start, place.start + len(words[0].encode()))
    return Mark(first, behind=False), behind


def _taken(copy: SharedDoc, part: str, start: int, end: int) -> tuple[Letter, int]:
    """Remove one letter from the copy, and return which it was and how many units it has."""
    updates: list[bytes] = []
    noted = copy.observe(lambda event: updates.append(bytes(event.update)))
    del text_of(copy, part)[start:end]
    copy.unobserve(noted)
    return removed(updates[0])
