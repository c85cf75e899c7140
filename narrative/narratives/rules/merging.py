"""Merging two texts that were both written on a third, keeping every word that either of them added. Pure.

Lines first; where both changed the same lines, words within them; where both changed the same words, both
wordings are kept, one paragraph after the other.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from narrative.narratives.rules.sequences import hunks

WORDS = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")


@dataclass(frozen=True)
class Merged:
    """The merged text. `conflicts` are the pairs (theirs, mine) of wordings that now both stand in it."""

    text: str
    conflicts: tuple[tuple[str, str], ...] = ()

    @property
    def conflict(self) -> bool:
        """Whether somewhere both wordings stand."""
        return bool(self.conflicts)


@dataclass(frozen=True)
class Chunk:
    """What stands in one place of the three texts."""

    base: Sequence[str]
    theirs: Sequence[str]
    mine: Sequence[str]


def merge(base: str, theirs: str, mine: str) -> Merged:
    """Return what `theirs` and `mine` both made of `base`.

    A deletion holds only where the other side left the words alone. Where both changed the same words, theirs
    comes first and mine after it, as paragraphs of their own.
    """
    lines: list[str] = []
    conflicts: list[tuple[str, str]] = []
    for chunk in _chunks(base.split("\n"), theirs.split("\n"), mine.split("\n")):
        settled = _settled(chunk)
        if settled is None:
            settled = _around(chunk)
        if settled is None:
            settled = _by_words(chunk)
        if settled is None:
            conflicts.append(("\n".join(chunk.theirs).strip("\n"), "\n".join(chunk.mine).strip("\n")))
            settled = [*chunk.theirs, "", *chunk.mine]
        lines += settled
    return Merged("\n".join(lines), tuple(conflicts))


def _settled(chunk: Chunk) -> Sequence[str] | None:
    """Return what a chunk becomes when at most one side changed it, or both in the same way; else None."""
    if chunk.mine in (chunk.base, chunk.theirs):
        return chunk.theirs
    return chunk.mine if chunk.theirs == chunk.base else None


def _around(chunk: Chunk) -> Sequence[str] | None:
    """Merge lines that one side changed and the other only wrote around; None where both changed them.

    This is how somebody types on while their text is merged with another's again and again: what they had
    stands in the merged text as a whole, and takes their next words without standing there twice.
    """
    if not any(line.strip() for line in chunk.base):
        return None
    wanted = "\n".join(["", *chunk.base, ""])
    for around, changed in ((chunk.theirs, chunk.mine), (chunk.mine, chunk.theirs)):
        before, found, after = "\n".join(["", *around, ""]).partition(wanted)
        if found:
            return [*before.split("\n")[1:], *changed, *after.split("\n")[:-1]]
    return None


def _by_words(chunk: Chunk) -> list[str] | None:
    """Merge the words of lines that both changed; None where both changed the same words."""
    if not chunk.base:
        return None
    words = [WORDS.findall("\n".join(side)) for side in (chunk.base, chunk.theirs, chunk.mine)]
    merged: list[str] = []
    for inner in _chunks(*words):
        settled = _settled(inner)
        if settled is None:
            return None
        merged += settled
    return "".join(merged).split("\n")


def _chunks(base: Sequence[str], theirs: Sequence[str], mine: Sequence[str]) -> Iterator[Chunk]:
    """Cut the three sequences where all three agree, and yield what stands between the cuts and at them."""
    to_theirs, to_mine = _positions(base, theirs), _positions(base, mine)
    start, other, own = 0, 0, 0
    for index in range(len(base)):
        there, here = to_theirs(index), to_mine(index)
        if there is None or here is None:
            continue
        if (index, there, here) != (start, other, own):
            yield Chunk(base[start:index], theirs[other:there], mine[own:here])
        yield Chunk(base[index : index + 1], theirs[there : there + 1], mine[here : here + 1])
        start, other, own = index + 1, there + 1, here + 1
    if start < len(base) or other < len(theirs) or own < len(mine):
        yield Chunk(base[start:], theirs[other:], mine[own:])


def _positions(base: Sequence[str], side: Sequence[str]) -> Callable[[int], int | None]:
    """Return a function that says where an element of `base` stands in `side`, or None where it is gone."""
    same = [(hunk.start, hunk.end, hunk.other_start) for hunk in hunks(base, side) if hunk.same]
    starts = [start for start, _end, _other in same]

    def position(index: int) -> int | None:
        found = bisect_right(starts, index) - 1
        if found < 0 or index >= same[found][1]:
            return None
        return same[found][2] + index - same[found][0]

    return position
