"""Who wrote what: in a whole text, paragraph by paragraph, and in what a comparison shows as new. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from narrative.narratives.rules.diffs import WORDS, Paragraph, Piece
from narrative.narratives.rules.word_authors import Author


@dataclass(frozen=True)
class Written:
    """One paragraph: whoever wrote most of it, and its words in pieces, each with the id of who wrote them.

    An id is None where it is not known.
    """

    author: Author
    pieces: tuple[tuple[Author, str], ...]


def written(plain: str, authors: Iterable[Author]) -> list[Written]:
    """Return the paragraphs of `plain`, a line each; `authors` are those of its words, in their order."""
    remaining = iter(authors)
    found = []
    for line in plain.split("\n"):
        pieces = tuple(_by_author(line, remaining))
        if pieces:
            found.append(Written(_most(pieces), pieces))
    return found


def attributed(paragraphs: Iterable[Paragraph], authors: Iterable[Author]) -> list[Paragraph]:
    """Return compared paragraphs whose added pieces say who wrote them, cut where somebody else did.

    `authors` are those of the words of the newer text, in their order.
    """
    remaining = iter(authors)
    return [replace(one, pieces=tuple(_attributed(one.pieces, remaining))) for one in paragraphs]


def _attributed(pieces: Iterable[Piece], remaining: Iterator[Author]) -> Iterator[Piece]:
    for piece in pieces:
        if piece.kind == "removed":
            yield piece
            continue
        by_author = list(_by_author(piece.text, remaining))
        if piece.kind == "same":
            yield piece
        else:
            yield from (Piece("added", words, author) for author, words in by_author)


def _by_author(text: str, remaining: Iterator[Author]) -> Iterator[tuple[Author, str]]:
    words = [(next(remaining, None), word) for word in WORDS.findall(text)]
    for author, group in groupby(words, key=lambda one: one[0]):
        yield author, "".join(word for _author, word in group)


def _most(pieces: Iterable[tuple[Author, str]]) -> Author:
    letters: Counter[Author] = Counter()
    for author, words in pieces:
        letters[author] += len(words)
    return letters.most_common(1)[0][0]
