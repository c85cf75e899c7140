"""Who wrote which words: runs over a text's UTF-8 bytes, carried through every change. Pure.

A change is a list of steps from the beginning of the text, as editors tell them: keep so many bytes, remove
so many, insert these words.
"""

import re
from collections.abc import Iterable, Iterator

from narrative.narratives.rules.sequences import hunks

Runs = tuple[tuple[int | None, int], ...]
Step = tuple[str, int | str]
Kept = Iterable[Iterable[int | None]]

WORDS = re.compile(r"\w+|\s+|[^\w\s]")


def runs_of(kept: Kept) -> Runs:
    """Return runs out of the lists of pairs in which they are kept."""
    return tuple((author, size or 0) for author, size in kept)


def steps(before: str, after: str) -> list[Step]:
    """Return the change that turns `before` into `after`, word by word.

    Steps are ('keep', bytes), ('remove', bytes) and ('insert', text).
    """
    old, new = WORDS.findall(before), WORDS.findall(after)
    found: list[Step] = []
    for hunk in hunks(old, new):
        gone, come = "".join(old[hunk.start : hunk.end]), "".join(new[hunk.other_start : hunk.other_end])
        if hunk.same:
            found.append(("keep", len(gone.encode())))
            continue
        if gone:
            found.append(("remove", len(gone.encode())))
        if come:
            found.append(("insert", come))
    return found


def carried(runs: Runs, change: Iterable[Step], *, by: int | None) -> Runs:
    """Return the runs after `change`, whose inserted words were written by the person `by`."""
    pending = list(reversed(runs))
    result: list[tuple[int | None, int]] = []
    for kind, what in change:
        if isinstance(what, str):
            result.append((by, len(what.encode())))
            continue
        for run in _taken(pending, what):
            if kind == "keep":
                result.append(run)
    return _joined([*result, *reversed(pending)])


def overlaid(runs: Runs, others: Runs) -> Runs:
    """Return `runs` with what is nobody's in them as `others` say, which are of the same text."""
    pending = list(reversed(runs))
    result: list[tuple[int | None, int]] = []
    for author, size in others:
        result += [(one if one is not None else author, length) for one, length in _taken(pending, size)]
    return _joined(result)


def _taken(pending: list[tuple[int | None, int]], length: int) -> Iterator[tuple[int | None, int]]:
    """Take runs of `length` bytes from the end of `pending`; what nobody is known for is nobody's."""
    while length > 0:
        author, size = pending.pop() if pending else (None, length)
        if size > length:
            pending.append((author, size - length))
        yield author, min(size, length)
        length -= size


def _joined(runs: Iterable[tuple[int | None, int]]) -> Runs:
    joined: list[tuple[int | None, int]] = []
    for author, size in runs:
        if joined and joined[-1][0] == author:
            joined[-1] = (author, joined[-1][1] + size)
        elif size:
            joined.append((author, size))
    return tuple(joined)


def written_by(text: str, runs: Runs) -> list[tuple[int | None, str]]:
    """Return the text in pieces, each with the id of whoever wrote it, None where that is not known."""
    encoded, place, pieces = text.encode(), 0, []
    for author, size in runs:
        words = encoded[place : place + size].decode(errors="ignore")
        if words:
            pieces.append((author, words))
        place += size
    rest = encoded[place:].decode(errors="ignore")
    return [*pieces, (None, rest)] if rest else pieces
