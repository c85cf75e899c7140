"""What two sequences have in common, in their order, in bounded time. Pure.

The standard library's matcher is good and, on hostile input, cubic: what it would have to look at is counted
first. Where that is too much, the sequences are cut at what occurs once in both; a stretch that still asks
for too much is taken as wholly changed.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

MOST_PAIRS = 60_000
MOST_CUTS = 12


@dataclass(frozen=True)
class Hunk:
    """One stretch: `before[start:end]` became `after[other_start:other_end]`; `same` when nothing changed."""

    same: bool
    start: int
    end: int
    other_start: int
    other_end: int


@dataclass
class Effort:
    """How many pairs of equal items may still be looked at; shared by comparisons that belong together."""

    left: int = MOST_PAIRS


def hunks(before: Sequence[str], after: Sequence[str], effort: Effort | None = None) -> Iterator[Hunk]:
    """Yield the stretches that turn `before` into `after`, same and changed ones, in order, none empty.

    What is looked at is taken from `effort`; its own, when none is given.
    """
    head = _common(before, after)
    rest = min(len(before), len(after)) - head
    tail = _common(before[::-1][:rest], after[::-1][:rest])
    ends = len(before) - tail, len(after) - tail
    middle = _Middle(before, after, effort or Effort())
    found = [Hunk(True, 0, head, 0, head), *middle.hunks(head, ends[0], head, ends[1])]
    yield from _joined([*found, Hunk(True, ends[0], len(before), ends[1], len(after))])


def _joined(found: Iterable[Hunk]) -> Iterator[Hunk]:
    """Join neighbours of one kind, and leave out what is empty."""
    last: Hunk | None = None
    for hunk in found:
        if hunk.start == hunk.end and hunk.other_start == hunk.other_end:
            continue
        if last and last.same == hunk.same:
            last = replace(last, end=hunk.end, other_end=hunk.other_end)
            continue
        if last:
            yield last
        last = hunk
    if last:
        yield last


def _common(before: Sequence[str], after: Sequence[str]) -> int:
    length = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            break
        length += 1
    return length


class _Middle:
    """What two sequences have in common between given places."""

    def __init__(self, before: Sequence[str], after: Sequence[str], effort: Effort) -> None:
        self.before, self.after, self.effort = before, after, effort

    def hunks(
        self, start: int, end: int, other_start: int, other_end: int, *, cuts: int = MOST_CUTS
    ) -> Iterator[Hunk]:
        """Yield the hunks of a stretch, in order; it may be cut within cuts that often."""
        before, after = self.before[start:end], self.after[other_start:other_end]
        counts = Counter(after)
        pairs = sum(counts[one] for one in before)
        if pairs <= self.effort.left:
            self.effort.left -= pairs
            for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
                yield Hunk(tag == "equal", start + a, start + b, other_start + c, other_start + d)
            return
        here, there = start, other_start
        anchors = _anchors(before, after) if cuts else []
        for place, other in [(start + a, other_start + b) for a, b in anchors]:
            yield from self.hunks(here, place, there, other, cuts=cuts - 1)
            yield Hunk(True, place, place + 1, other, other + 1)
            here, there = place + 1, other + 1
        if anchors:
            yield from self.hunks(here, end, there, other_end, cuts=cuts - 1)
        else:
            yield Hunk(False, start, end, other_start, other_end)


def _anchors(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """Return the places of what occurs once in each, as many as stand in the same order in both."""
    once = {one for one, count in Counter(before).items() if count == 1}
    others = Counter(after)
    places = {one: place for place, one in enumerate(after) if one in once and others[one] == 1}
    pairs = [(place, places[one]) for place, one in enumerate(before) if one in places]
    tops: list[int] = []  # the lowest place with which a row of each length can end
    last: list[int] = []  # which pair that is
    earlier: list[int] = []  # for each pair, the one before it in its row
    for index, (_, place) in enumerate(pairs):
        length = bisect_left(tops, place)
        tops[length : length + 1], last[length : length + 1] = [place], [index]
        earlier.append(last[length - 1] if length else -1)
    row, index = [], last[-1] if last else -1
    while index >= 0:
        row.append(pairs[index])
        index = earlier[index]
    return row[::-1]
