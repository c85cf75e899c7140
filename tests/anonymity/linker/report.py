"""Scores of many runs, and the table that is printed."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.anonymity.linker.attacks import (
    Places,
    as_issued,
    as_paired,
    guess,
    newly_found,
    places,
    side_by_side,
)
from tests.anonymity.linker.deployment import PEOPLE, UNSCRUBBED, Run
from tests.anonymity.linker.evidence import Evidence, Request
from tests.anonymity.linker.statistics import Score, better_than_chance

HEADER = ("attack", "runs", "oldest first", "newest first", "as issued", "beside", "kept", "p")
WIDTHS = (110, 6, 14, 14, 13, 13, 7, 8)
PAIRED = ", two of one person"

# Memory that readers and writers of the main database share; it is no file that anybody keeps.
SHARED_MEMORY = "narrative.db-shm"
POSTGRES_FILE = ": file of "


def spare_pages(file: bytes) -> int:
    """How many unused pages a SQLite file has; its header says it at byte 36."""
    return int.from_bytes(file[36:40], "big")


def left_over(evidence: Evidence, traces: list[bytes]) -> set[str]:
    """The names of the files that hold any of the traces."""
    return {name for name, data in evidence.files.items() if any(trace in data for trace in traces)}


@dataclass
class Report:
    """What every attack achieved against one deployment.

    `runs` are those of questions, `votings` those of votes. `watched` are the hits of whoever compares copies
    made before and after each request, `changed` the files that asking and voting changed, made or removed.
    Once the store was scrubbed, `spare_pages` is how many unused ones its file has, and `left_over` where a
    vote that was taken back is still found.
    """

    title: str
    scores: dict[str, Score] = field(default_factory=dict)
    runs: int = 0
    votings: int = 0
    watched: int = 0
    changed: set[str] = field(default_factory=set)
    searched: set[str] = field(default_factory=set)
    spare_pages: int = 0
    left_over: set[str] = field(default_factory=set)
    chance: random.Random = field(default_factory=random.SystemRandom)

    def attack(self, runs: Iterable[Run]) -> Report:
        """Attack each run with everything."""
        for run in runs:
            self.runs += not run.beside
            self.votings += bool(run.beside)
            for moment, evidence in run.moments.items():
                self.searched |= set(evidence.files) - {SHARED_MEMORY}
                if UNSCRUBBED not in moment:
                    self.spare_pages += spare_pages(evidence.files.get("anon.db", b""))
                    self.left_over |= left_over(evidence, run.taken_back)
                sent = run.requests[: run.at_random] if moment == UNSCRUBBED else run.requests
                for name, values in places(evidence, [*sent, *run.beside]).items():
                    self._score(run, sent, values, moment, name)
            self._watch(run)
        return self

    def _score(self, run: Run, sent: list[Request], values: Places, moment: str, name: str) -> None:
        order = guess(values[: len(sent)], self.chance)
        score = self.scores.setdefault(f"{moment}: {name}", Score(len(run.requests)))
        score.add(order, as_issued(order, sent, run.issued))
        if run.beside:
            other = guess(values[len(sent) :], self.chance)
            paired = as_paired(order, other, sent, run.beside)
            neighbours = side_by_side(guess(values, self.chance), len(sent))
            score = self.scores.setdefault(f"{moment}{PAIRED}: {name}", Score(len(run.requests)))
            score.add(paired, neighbours=neighbours)

    def _watch(self, run: Run) -> None:
        for number, (before, after) in enumerate(zip(run.snapshots, run.snapshots[1:], strict=False)):
            self.watched += newly_found(before, after, run.requests) == [number]
            changed = {name for name, data in after.files.items() if before.files.get(name) is not data}
            self.changed |= (changed | set(before.files) - set(after.files)) - {SHARED_MEMORY}

    @property
    def empty(self) -> set[str]:
        """The files in which no attack found anything at any moment."""
        found = {name.split(": ", 1)[1].split(",")[0] for name in self.scores}
        return {file for file in self.searched if file not in found}

    def caught(self, *, alpha: float) -> list[str]:
        """The attacks that link better than chance."""
        return better_than_chance(self.scores, alpha=alpha)

    def table(self) -> str:
        """The whole report in words and numbers; hits are means of a run."""
        runs = f"{self.runs} runs of questions, {self.votings} of votes"
        lines = [f"== {self.title}: {runs}, {len(self.scores)} attacks that found anything"]
        lines.append("".join(text.ljust(width) for text, width in zip(HEADER, WIDTHS, strict=True)))
        for name, score in sorted(self.scores.items()):
            sums = (score.oldest_first, score.newest_first, score.by_issuance, score.neighbours)
            means = [f"{number / score.runs:.2f} of {score.size}" for number in sums]
            numbers = (str(score.runs), *means, f"{score.kept / score.runs:+.2f}", f"{score.chance:.2g}")
            lines.append(
                "".join(text.ljust(width) for text, width in zip((name, *numbers), WIDTHS, strict=True))
            )
        return "\n".join([*lines, *self._words()])

    def _words(self) -> list[str]:
        names = sorted(name for name in self.empty if POSTGRES_FILE not in name)
        more = len(self.empty) - len(names)
        changed = ", ".join(sorted(self.changed)) or "no file"
        return [
            f"Nothing of a question or a pass was found in {', '.join(names)}"
            + (f", nor in {more} files of PostgreSQL." if more else "."),
            f"Asking changed {changed}. Whoever compares copies from before and after each request links "
            f"{self.watched / (self.runs + self.votings):.2f} of {PEOPLE}: that is not promised.",
        ]
