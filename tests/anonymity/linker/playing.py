"""What is played on a deployment: runs of questions, and after the first of each quarter the votes."""

from __future__ import annotations

from collections.abc import Iterator

from tests.anonymity.linker.deployment import RUNS_A_QUARTER, Deployment, Run, open_quarter
from tests.anonymity.linker.voting import vote


def play(deployment: Deployment, *, runs: int, logged: int = 0, voting: bool = True) -> Iterator[Run]:
    """Play so many runs in as many quarters as they need, each yielded once its quarter is closed.

    Every second run has long questions. Of the first `logged` PostgreSQL's write-ahead log is kept. With
    `voting` there is one more for each quarter, of its votes.
    """
    while runs:
        here = min(runs, RUNS_A_QUARTER)
        opened = open_quarter(deployment, runs=here)
        played = []
        for number in range(here):
            played.append(opened.run(short=number % 2 == 0, logged_since=number < logged))
            if voting and number == 0:
                played.append(vote(opened))
        final = opened.close()
        for run in played:
            run.moments["votes at the end" if run.beside else "at the end"] = final
            yield run
        runs, logged = runs - here, 0
