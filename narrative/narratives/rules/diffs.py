"""Word diffs of rendered text, paragraph by paragraph. Pure; texts have one paragraph a line."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from narrative.narratives.rules.sequences import Effort, hunks

WORDS = re.compile(r"\S+\s*")
# Below this share of common words two paragraphs are two paragraphs, not one that was changed.
ALIKE = 1 / 3
# When more than this share of a paragraph changed, one reads before and after more easily than a mixture.
REWRITTEN = 2 / 3
MOST_COMPARED = 5_000
# Pairs of equal words and words of paragraphs that are looked at in all comparisons of one page together.
MOST_PAIRS, MOST_WORDS = 120_000, 600_000


@dataclass(frozen=True)
class Piece:
    """Some words. `kind` is 'same', 'removed' or 'added'; `by` is who wrote what was added, if known."""

    kind: str
    text: str
    by: int | None = None


@dataclass(frozen=True)
class Paragraph:
    """One paragraph: 'same', 'changed' (pieces mix), 'rewritten' (before, after), 'removed' or 'added'."""

    kind: str
    pieces: tuple[Piece, ...]


@dataclass
class Looking:
    """What several comparisons may still look at together. Once it is spent, they tell changes coarsely."""

    order: Effort = field(default_factory=lambda: Effort(MOST_PAIRS))
    words: int = MOST_WORDS


def compare(before: str, after: str, looking: Looking | None = None) -> list[Paragraph]:
    """Return the paragraphs of both texts in reading order, each with what became of it."""
    old, new = _paragraphs(before), _paragraphs(after)
    looking = looking or Looking()
    compared: list[Paragraph] = []
    for hunk in hunks(old, new, looking.order):
        gone, come = old[hunk.start : hunk.end], new[hunk.other_start : hunk.other_end]
        if hunk.same:
            compared += [Paragraph("same", (Piece("same", text),)) for text in gone]
        else:
            compared += [_paragraph(one, other, looking) for one, other in _pairs(gone, come, looking)]
    return compared


def words_changed(before: str, after: str) -> int:
    """Return how many words differ: a word that took another's place counts once."""
    return sum(
        max(hunk.end - hunk.start, hunk.other_end - hunk.other_start)
        for hunk in hunks(before.split(), after.split())
        if not hunk.same
    )


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _pairs(
    gone: Sequence[str], come: Sequence[str], looking: Looking
) -> Iterator[tuple[str | None, str | None]]:
    """Pair paragraphs that are alike, in their order; the rest stand alone."""
    words = len(gone) * sum(map(_length, come)) + len(come) * sum(map(_length, gone))
    if len(gone) * len(come) > MOST_COMPARED or words > looking.words:
        yield from [(one, None) for one in gone]
        yield from [(None, other) for other in come]
        return
    looking.words -= words
    bags = [Counter(other.split()) for other in come]
    placed = 0
    for one in gone:
        bag = Counter(one.split())
        found = next((i for i in range(placed, len(come)) if _alike(bag, bags[i]) >= ALIKE), None)
        if found is None:
            yield one, None
            continue
        yield from [(None, other) for other in come[placed:found]]
        yield one, come[found]
        placed = found + 1
    yield from [(None, other) for other in come[placed:]]


def _length(text: str) -> int:
    return text.count(" ") + 1


def _alike(words: Counter[str], others: Counter[str]) -> float:
    return 2 * (words & others).total() / (words.total() + others.total())


def _paragraph(before: str | None, after: str | None, looking: Looking) -> Paragraph:
    if before is None or after is None:
        kind = "removed" if after is None else "added"
        return Paragraph(kind, (Piece(kind, (before if after is None else after) or ""),))
    old, new = WORDS.findall(before), WORDS.findall(after)
    pieces, changed = [], 0
    for hunk in hunks([word.strip() for word in old], [word.strip() for word in new], looking.order):
        removed, added = "".join(old[hunk.start : hunk.end]), "".join(new[hunk.other_start : hunk.other_end])
        if hunk.same:
            pieces.append(Piece("same", added))
            continue
        changed += max(hunk.end - hunk.start, hunk.other_end - hunk.other_start)
        pieces += [Piece(kind, text) for kind, text in (("removed", removed), ("added", added)) if text]
    if changed > REWRITTEN * max(len(old), len(new)):
        return Paragraph("rewritten", (Piece("removed", before), Piece("added", after)))
    return Paragraph("changed" if changed else "same", tuple(pieces))
