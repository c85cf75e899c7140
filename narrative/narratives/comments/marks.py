"""Marks in a text as Yjs writes them: beside one letter, to which they stick wherever it moves.

A mark is a relative position in Yjs's JSON. What is written here in Yjs's update format (version 1) are
probes: letters put beside a mark in a copy of the document, which tell where it stands.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

LARGEST_CLIENT = 2**53 - 1
LARGEST_CLOCK = 2**31 - 1

_STRING, _ORIGIN, _RIGHT_ORIGIN = 4, 0x80, 0x40
_LEFT_OF, _RIGHT_OF = 0, -1


@dataclass(frozen=True)
class Letter:
    """One UTF-16 unit of a document: the client that wrote it, and its number among everything it wrote."""

    client: int
    clock: int


@dataclass(frozen=True)
class Mark:
    """A place beside a letter: behind it, or else before it."""

    letter: Letter
    behind: bool

    @property
    def json(self) -> dict[str, Any]:
        """The mark as Yjs writes a relative position."""
        item = {"client": self.letter.client, "clock": self.letter.clock}
        return {"item": item, "assoc": _RIGHT_OF if self.behind else _LEFT_OF}


def mark_of(json: object) -> Mark | None:
    """Read a relative position that sticks to a letter; None for anything else."""
    if not isinstance(json, dict) or not isinstance(json.get("item"), dict):
        return None
    client, clock, assoc = json["item"].get("client"), json["item"].get("clock"), json.get("assoc", 0)
    whole = all(type(number) is int for number in (client, clock, assoc))
    if not whole or not (0 <= client <= LARGEST_CLIENT and 0 <= clock <= LARGEST_CLOCK):
        return None
    return Mark(Letter(client, clock), behind=assoc < 0)


def probes(marks: Iterable[tuple[str, Mark]], *, lowest: int, highest: int) -> bytes:
    """Return the update that writes beside each mark the text that it comes with.

    Of what is written behind one letter by several, the lowest client's stands next to it; before a letter it
    is the highest client's. Those two must be nobody's yet.
    """
    written: dict[int, list[tuple[str, Mark]]] = {lowest: [], highest: []}
    for text, mark in marks:
        written[lowest if mark.behind else highest].append((text, mark))
    clients = [_client(client, items) for client, items in written.items() if items]
    return _number(len(clients)) + b"".join(clients) + _number(0)


def _client(client: int, items: list[tuple[str, Mark]]) -> bytes:
    found = [_number(len(items)), _number(client), _number(0)]
    for text, mark in items:
        place = _number(mark.letter.client) + _number(mark.letter.clock)
        words = text.encode()
        beside = _ORIGIN if mark.behind else _RIGHT_ORIGIN
        found += [bytes([_STRING | beside]), place, _number(len(words)), words]
    return b"".join(found)


def removed(update: bytes) -> tuple[Letter, int]:
    """Return which letters an update removes that does nothing else: the first of a row, and how many."""
    numbers, place = [], 0
    for _ in range(6):
        number, place = _read(update, place)
        numbers.append(number)
    # Nobody wrote anything; one client's letters are removed, in one row.
    if numbers[:2] != [0, 1] or numbers[3] != 1:
        raise ValueError("this update does more than to remove a row of letters")
    return Letter(numbers[2], numbers[4]), numbers[5]


def clients_of(state: bytes) -> set[int]:
    """Return everybody who has written in a document, out of its state vector."""
    count, place = _read(state, 0)
    found = set()
    for _ in range(count):
        client, place = _read(state, place)
        _clock, place = _read(state, place)
        found.add(client)
    return found


def _number(number: int) -> bytes:
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


def _read(update: bytes, place: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = update[place]
        number, shift, place = number | (byte & 127) << shift, shift + 7, place + 1
        if byte < 128:
            return number, place
