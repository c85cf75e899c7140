"""The attacks: every order that anything in the evidence has, as a guess of the order of arrival.

None knows a table, a column or a file by name, so what is added later is attacked as well.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from tests.anonymity.linker.evidence import MAGIC, Evidence, Request, Row, sqlite_tables

# For each request where it stands, by anything that can be compared; None where it was not found.
Places = list[Any]

SQLITE_PAGE, POSTGRES_PAGE = 4096, 8192
FULLEST = 2
SHORTEST_ALIAS = 16  # shorter values (a quarter, a state, a day) belong to many


def places(evidence: Evidence, requests: Sequence[Request]) -> dict[str, Places]:
    """Every attack that finds anything, by name, with where it finds each request."""
    found = dict(_in_bytes(evidence, requests))
    found |= _by_times(evidence, found, len(requests))
    tables = {**dict(sqlite_tables(evidence.files)), **evidence.tables}
    found |= dict(_in_rows(tables, requests))
    return {name: values for name, values in found.items() if _tells(values)}


def _tells(values: Places) -> bool:
    return len({repr(value) for value in values if value is not None}) > 1


def _in_bytes(evidence: Evidence, requests: Sequence[Request]) -> Iterator[tuple[str, Places]]:
    """By the place in a file: the first trace, the last, and as cells fill a page, from its end."""
    for name, data in evidence.files.items():
        page = SQLITE_PAGE if data.startswith(MAGIC) or name.endswith("-wal") else POSTGRES_PAGE
        for trace in requests[0].traces:
            first = [_found(data.find(request.traces[trace])) for request in requests]
            if not _tells(first):
                continue
            yield f"{name}, bytes: first {trace}", first
            last = [
                _found(data.rfind(request.traces[trace])) if place is not None else None
                for request, place in zip(requests, first, strict=True)
            ]
            yield f"{name}, bytes: last {trace}", last
            cells = [None if place is None else (place // page, -place) for place in first]
            yield f"{name}, cells of pages: {trace}", cells
            for number, values in enumerate(_fullest_pages(data, [r.traces[trace] for r in requests], page)):
                yield f"{name}, cells of page {number + 1} by fullness: {trace}", values


def _fullest_pages(data: bytes, traces: Sequence[bytes], size: int) -> list[Places]:
    """The cells of each of the pages that hold the most of the traces: an index may be all on one."""
    pages: dict[int, Places] = {}
    for number, trace in enumerate(traces):
        place = data.find(trace)
        while place >= 0:
            pages.setdefault(place // size, [None] * len(traces))[number] = -place
            place = data.find(trace, place + 1)
    fullness = {page: sum(place is not None for place in values) for page, values in pages.items()}
    return [pages[page] for page in sorted(pages, key=lambda page: (-fullness[page], page))[:FULLEST]]


def _found(place: int) -> int | None:
    return place if place >= 0 else None


def _by_times(evidence: Evidence, found: dict[str, Places], count: int) -> dict[str, Places]:
    """By the time of the oldest file that holds a trace."""
    times: Places = [None] * count
    for name, values in found.items():
        at = evidence.times.get(name.split(", ")[0])
        for number, place in enumerate(values):
            if at is not None and place is not None:
                times[number] = at if times[number] is None else min(at, times[number])
    return {"times of files": times}


def _in_rows(tables: dict[str, list[Row]], requests: Sequence[Request]) -> Iterator[tuple[str, Places]]:
    """By every column of every table whose rows can be tied to a request, the engine's own columns too."""
    known = {value: number for number, request in enumerate(requests) for value in request.traces.values()}
    known |= _aliases(tables, known)
    for table, rows in tables.items():
        tied = {number: row for row in rows if (number := _request_of(row, known)) is not None}
        for column in rows[0] if tied else ():
            values = [tied[number][column] if number in tied else None for number in range(len(requests))]
            yield f"{table} by {column}", [_comparable(value) for value in values]


def _aliases(tables: dict[str, list[Row]], known: dict[bytes, int]) -> dict[bytes, int]:
    """Other long values that stand in the same row as something known: ids, keys, commitments."""
    learned: dict[bytes, set[int]] = {}
    for row in (row for rows in tables.values() for row in rows):
        number = _request_of(row, known)
        if number is not None:
            for value in _long_values(row):
                learned.setdefault(value, set()).add(number)
    return {value: numbers.pop() for value, numbers in learned.items() if len(numbers) == 1}


def _request_of(row: Row, known: dict[bytes, int]) -> int | None:
    for value in row.values():
        data = _bytes(value)
        if data in known:
            return known[data]
    return None


def _long_values(row: Row) -> Iterable[bytes]:
    return (data for value in row.values() if len(data := _bytes(value)) >= SHORTEST_ALIAS)


def _bytes(value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode()
    return bytes(value) if isinstance(value, bytes | memoryview) else b""


def _comparable(value: Any) -> Any:
    if value is None or isinstance(value, int | float | tuple):
        return value
    return _bytes(value) or str(value).encode()


def guess(values: Places, chance: random.Random) -> list[int]:
    """The requests in the order of their places; what has the same place, or none, in random order."""
    drawn = list(range(len(values)))
    chance.shuffle(drawn)
    return sorted(drawn, key=lambda number: (values[number] is None, _key(values[number])))


def _key(value: Any) -> tuple[int, Any]:
    # Numbers before bytes, since a column may hold both.
    if value is None:
        return (0, 0)
    return (1, value) if isinstance(value, int | float) else (2, value)


def as_issued(order: Sequence[int], requests: Sequence[Request], issued: Sequence[int]) -> list[int]:
    """The same guess when it is taken for the order in which people were given passes.

    `issued` are the persons in that order; returns which request is guessed for each request's sender.
    """
    senders = {request.person for request in requests}
    rank = {person: place for place, person in enumerate(one for one in issued if one in senders)}
    return [order[rank[request.person]] for request in requests]


def newly_found(before: Evidence, after: Evidence, requests: Sequence[Request]) -> list[int]:
    """The requests of which a trace is in `after` and was not in `before`: what somebody who watches sees."""
    changed = [name for name, data in after.files.items() if before.files.get(name) is not data]
    rows = {name: rows for name, rows in after.tables.items() if before.tables.get(name) != rows}
    values = {_bytes(value) for kept in rows.values() for row in kept for value in row.values()}
    former = {_bytes(value) for name in rows for row in before.tables.get(name, []) for value in row.values()}
    return [
        number
        for number, request in enumerate(requests)
        if any(
            # Anywhere: a journal holds what was in the database before.
            (
                any(trace in after.files[name] for name in changed)
                and not any(trace in data for data in before.files.values())
            )
            or (trace in values and trace not in former)
            for trace in request.traces.values()
        )
    ]


def as_paired(
    one: Sequence[int], other: Sequence[int], requests: Sequence[Request], beside: Sequence[Request]
) -> list[int]:
    """Two guesses of an order when the first of one is taken for the same person as the first of the other.

    Returns, for each place in the one, the place in the other at which the same person is.
    """
    place = {beside[number].person: place for place, number in enumerate(other)}
    return [place[requests[number].person] for number in one]


def side_by_side(order: Sequence[int], size: int) -> int:
    """How many of the persons whose two things are `n` and `size + n` have them beside each other."""
    return sum(one % size == next_one % size for one, next_one in pairwise(order))
