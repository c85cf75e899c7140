"""Who wrote the words that readers see, out of who wrote the Markdown behind them. Pure."""

import re
from collections import Counter
from collections.abc import Iterator

from narrative.narratives.rules.authorship import Runs, written_by
from narrative.narratives.rules.sequences import Effort, hunks

TOKENS = re.compile(r"\w+")
# Pairs of equal words that may be looked at in one text.
MOST_PAIRS = 120_000

Author = int | None
Votes = Counter[Author]


def authors_of_words(typed: str, runs: Runs, plain: str) -> list[Author]:
    """Return who wrote each word of `plain`, which is the text that `typed` was rendered to.

    A word belongs to whoever wrote most of it. One that stands nowhere in the Markdown (a sign put in by the
    renderer, a mark in the middle of a word) goes with the word before it.
    """
    votes = _votes(_tokens(typed, runs), plain)
    authors: list[Author] = []
    last = next((_most(vote) for vote in votes if vote), None)
    for vote in votes:
        last = _most(vote) if vote else last
        authors.append(last)
    return authors


def _tokens(typed: str, runs: Runs) -> list[tuple[str, Author]]:
    """Return the words of the Markdown, each with whoever wrote most of it."""
    by_character = [author for author, words in written_by(typed, runs) for _ in words]
    found = []
    for match in TOKENS.finditer(typed):
        found.append((match[0], _most(Counter(by_character[match.start() : match.end()]))))
    return found


def _votes(tokens: list[tuple[str, Author]], plain: str) -> list[Votes]:
    """Return, for each word of `plain`, how many of its letters each author wrote."""
    places = list(_places(plain))
    votes: list[Votes] = [Counter() for _ in plain.split()]
    typed, seen = [word for word, _author in tokens], [word for word, _place in places]
    for hunk in hunks(typed, seen, Effort(MOST_PAIRS)):
        if not hunk.same:
            continue
        for (word, author), (_word, place) in zip(
            tokens[hunk.start : hunk.end], places[hunk.other_start : hunk.other_end], strict=True
        ):
            votes[place][author] += len(word)
    return votes


def _places(plain: str) -> Iterator[tuple[str, int]]:
    for place, word in enumerate(plain.split()):
        yield from ((token, place) for token in TOKENS.findall(word))


def _most(votes: Votes) -> Author:
    return votes.most_common(1)[0][0] if votes else None
