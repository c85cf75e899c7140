"""Everything that real deployments keep is attacked: nobody may be linked better than by guessing.

A short form by default; `make linker` plays 200 runs of forty people on each of the deployments that are
recommended, and prints every attack. Each rule of the anonymous store is left out once, and must be missed.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.anonymity.linker.controls import CONTROLS, MODULE, WHICH
from tests.anonymity.linker.deployment import PEOPLE, RUNS_A_QUARTER, Run, deployed, play
from tests.anonymity.linker.report import Report
from tests.anonymity.linker.statistics import Score, at_least, better_than_chance

pytestmark = pytest.mark.slow

LONG = int(os.environ.get("NARRATIVE_TEST_LINKER_RUNS", "0"))
RUNS = LONG or 3
CONTROL_RUNS = 3 if LONG else 1
POSTGRES_RUNS = 20 if LONG else 1
LOGGED = 3 if LONG else 1

# The error allowed in one report: CI runs often, and a false alarm there would teach to look away.
ALPHA = 0.001 if LONG else 1e-6

# A server's files grow with every quarter; a new one now and then keeps the search short.
RUNS_A_SERVER = 2 * RUNS_A_QUARTER


def show(report: Report) -> Report:
    """Print the report; seen with `pytest -s`, which `make linker` is."""
    print(f"\n{report.table()}\n")
    return report


def played(folder: Path, *, runs: int, **options: str) -> Iterator[Run]:
    """So many runs of one kind of deployment, on as many servers as they need."""
    for number in range(0, runs, RUNS_A_SERVER):
        with deployed(folder / str(number), **options) as deployment:
            yield from play(deployment, runs=min(RUNS_A_SERVER, runs - number))


def test_nobody_is_linked_by_anything_that_is_kept(tmp_path: Path) -> None:
    report = show(Report("SQLite and SQLite").attack(played(tmp_path, runs=RUNS)))
    assert report.runs == RUNS
    assert report.caught(alpha=ALPHA) == []
    # Asking changes the one file, and leaves no journal beside it.
    assert report.changed == {"anon.db"}
    assert report.spare_pages == 0
    assert report.watched == PEOPLE * RUNS


@pytest.mark.parametrize("name", CONTROLS)
def test_a_rule_that_is_left_out_is_seen_at_once(name: str, tmp_path: Path) -> None:
    report = Report(f"control: {name}")
    for number in range(CONTROL_RUNS):
        settings = {WHICH: name, "PYTHONPATH": str(Path(__file__).parents[2])}
        with deployed(tmp_path / str(number), settings=settings, module=MODULE) as deployment:
            report.attack(play(deployment, runs=1))
    _leave_out, where = CONTROLS[name]
    show(report)
    assert where in report.caught(alpha=ALPHA)
    assert report.scores[where].rate == PEOPLE


def test_the_statistics_see_what_they_should() -> None:
    chance = random.Random(7)
    everybody = list(range(PEOPLE))
    scores = {"guessing": Score(PEOPLE), "one more": Score(PEOPLE), "a little order": Score(PEOPLE)}
    for _ in range(200):
        drawn = chance.sample(everybody, PEOPLE)
        scores["guessing"].add(drawn, chance.sample(everybody, PEOPLE))
        scores["one more"].add([0, *chance.sample(everybody[1:], PEOPLE - 1)], drawn)
        nearly = sorted(everybody, key=lambda number: number + chance.uniform(0, 4 * PEOPLE))
        scores["a little order"].add(nearly, drawn)
    assert better_than_chance(scores, alpha=0.001) == ["one more", "a little order"]
    assert at_least(1, runs=1) == pytest.approx(0.6321, abs=1e-4)
    assert at_least(4, runs=2) == pytest.approx(0.1429, abs=1e-4)
    assert at_least(40, runs=1) < 1e-47
