"""What two sequences have in common, in their order, in bounded time. Pure.

The standard library's matcher is good and, on hostile input, cubic: what it would have to look at is counted
first, and a stretch that asks for too much is taken as wholly changed.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

MOST_PAIRS = 60_000


@dataclass(frozen=True)
class Hunk:
    """One stretch: `before[start:end]` became `after[other_start:other_end]`; `same` when nothing changed."""

    same: bool
    start: int
    end: int
    other_start: int
    other_end: int


def hunks(before: Sequence[str], after: Sequence[str]) -> Iterator[Hunk]:
    """Yield the stretches that turn `before` into `after`, same and changed ones, in order, none empty."""
    head = _common(before, after)
    rest = min(len(before), len(after)) - head
    tail = _common(before[::-1][:rest], after[::-1][:rest])
    middle = before[head : len(before) - tail], after[head : len(after) - tail]
    if head:
        yield Hunk(True, 0, head, 0, head)
    for hunk in _middle(*middle):
        yield Hunk(
            hunk.same, hunk.start + head, hunk.end + head, hunk.other_start + head, hunk.other_end + head
        )
    if tail:
        yield Hunk(True, len(before) - tail, len(before), len(after) - tail, len(after))


def _common(before: Sequence[str], after: Sequence[str]) -> int:
    length = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            break
        length += 1
    return length


def _middle(before: Sequence[str], after: Sequence[str]) -> Iterator[Hunk]:
    if not before and not after:
        return
    counts = Counter(after)
    if sum(counts[one] for one in before) > MOST_PAIRS:
        yield Hunk(False, 0, len(before), 0, len(after))
        return
    for tag, *places in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        yield Hunk(tag == "equal", *places)
