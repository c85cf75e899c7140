"""Whether an attack links better than chance: sums over runs, exact or normal tails, Bonferroni. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


def at_least(hits: int, *, runs: int) -> float:
    """The chance of so many hits or more, summed over runs, when everybody is guessed.

    How many of n things a random order puts in their own places is Poisson with mean 1, but for a difference
    below 2^n / n!, which is 1e-12 for the 20 of the smallest evidence that is scored.
    """
    if hits <= 0:
        return 1.0
    logarithm = -runs + hits * math.log(runs) - math.lgamma(hits + 1)
    term, total, number = math.exp(logarithm), 0.0, hits
    while total == 0.0 or term > total * 1e-17 or number <= runs:
        total += term
        number += 1
        term *= runs / number
        if term == 0.0:
            break
    return min(1.0, total)


def order_kept(order: Sequence[int]) -> float:
    """Spearman's rank correlation of an order with 0, 1, 2, …: 1 kept, −1 reversed, 0 expected by chance."""
    size = len(order)
    apart = sum((place - one) ** 2 for place, one in enumerate(order))
    return 1 - 6 * apart / (size * (size * size - 1))


def hits(order: Sequence[int]) -> int:
    """How many stand in their own places."""
    return sum(place == one for place, one in enumerate(order))


@dataclass
class Score:
    """What one attack achieved in all runs.

    `orders` is how many orders were tried as a guess in each run; each has its own sum of hits, and the best
    is judged. Beside it the correlation with the true order, which sees also what would link only a little.
    """

    size: int
    runs: int = 0
    oldest_first: int = 0
    newest_first: int = 0
    by_issuance: int = 0
    neighbours: int = 0
    kept: float = 0.0
    variance: float = 0.0

    def add(self, order: Sequence[int], by_issuance: Sequence[int] = (), *, neighbours: int = 0) -> None:
        """Count one run: the guessed order of arrivals, and the guess made with the order of issuance.

        Where two things of each person are paired: the places of the one in the order of the other, and how
        many pairs are `neighbours`, of which chance makes one (each of 2 n − 1 places is, once in 2 n − 1).
        """
        self.runs += 1
        self.oldest_first += hits(order)
        self.newest_first += hits(list(reversed(order)))
        self.by_issuance += hits(by_issuance)
        self.neighbours += neighbours
        self.kept += order_kept(order)
        self.variance += 1 / (len(order) - 1)

    @property
    def most(self) -> int:
        """The best sum of hits."""
        return max(self.oldest_first, self.newest_first, self.by_issuance, self.neighbours)

    @property
    def rate(self) -> float:
        """The best mean of hits of a run."""
        return self.most / self.runs

    @property
    def chance(self) -> float:
        """How probable it is that guessing does as well: the least of the five, times five."""
        deviations = abs(self.kept) / math.sqrt(self.variance)
        tails = (at_least(self.most, runs=self.runs), math.erfc(deviations / math.sqrt(2)))
        return min(1.0, 5 * min(tails)) if self.runs else 1.0


def better_than_chance(scores: dict[str, Score], *, alpha: float) -> list[str]:
    """The names of the attacks that link better than chance, all of them together erring once in 1/alpha."""
    return [name for name, score in scores.items() if score.chance < alpha / len(scores)]
