"""Everything that real deployments keep is attacked: nobody may be linked better than by guessing.

A short form by default; `make linker` plays 200 runs of forty people on each of the deployments that are
recommended, and prints every attack. Each rule of the anonymous store is left out once, and must be missed.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.anonymity.linker.controls import CONTROLS, MODULE, WHICH
from tests.anonymity.linker.deployment import PEOPLE, RUNS_A_QUARTER, UNSCRUBBED, Run, deployed
from tests.anonymity.linker.playing import play
from tests.anonymity.linker.report import Report
from tests.anonymity.linker.statistics import Score, at_least, better_than_chance
from tests.database.conftest import fresh_database

pytestmark = pytest.mark.slow

LONG = int(os.environ.get("NARRATIVE_TEST_LINKER_RUNS", "0"))
RUNS = LONG or 3
CONTROL_RUNS = 3 if LONG else 1
POSTGRES_RUNS = LONG // 5 or 1
STORE_RUNS = LONG // 10 or 1
LOGGED = 3 if LONG else 1

# The error allowed in one report: CI runs often, and a false alarm there would teach to look away.
ALPHA = 0.001 if LONG else 1e-6

# A server's files grow with every quarter; a new one now and then keeps the search short.
RUNS_A_SERVER = 2 * RUNS_A_QUARTER


# What was written within the last two seconds is not scrubbed yet: said, and measured in test_exposure.py.
PROMISED = re.compile(f"(?!(votes )?{UNSCRUBBED})")
JOURNAL = {"anon.db-journal"}  # while the store is rebuilt


def show(report: Report) -> Report:
    """Print the report; seen with `pytest -s`, which `make linker` is."""
    print(f"\n{report.table()}\n")
    return report


def played(
    folder: Path, *, runs: int, logged: int = 0, postgres: dict[str, str] | None = None
) -> Iterator[Run]:
    """So many runs of one kind of deployment, on as many servers as they need.

    `postgres` says which stores are databases of which server of PostgreSQL, by the name of their URL.
    """
    for number in range(0, runs, RUNS_A_SERVER):
        with ExitStack() as stack:
            urls = {
                name: stack.enter_context(fresh_database(server)) for name, server in (postgres or {}).items()
            }
            deployment = stack.enter_context(deployed(folder / str(number), **urls))
            here = min(RUNS_A_SERVER, runs - number)
            yield from play(deployment, runs=here, logged=0 if number else logged)


def caught(report: Report) -> list[str]:
    """The attacks that link better than chance, but for what is not promised."""
    return [name for name in report.caught(alpha=ALPHA) if PROMISED.match(name)]


def test_nobody_is_linked_by_anything_that_is_kept(tmp_path: Path) -> None:
    report = show(Report("SQLite and SQLite").attack(played(tmp_path, runs=RUNS)))
    assert report.runs == RUNS
    assert caught(report) == []
    assert report.votings >= 1
    assert any(name.startswith("votes before the tick, two of one person: anon.db") for name in report.scores)
    # Asking and voting change the one file, and nothing of what was taken back stays in it.
    assert report.changed - JOURNAL == {"anon.db"}
    assert report.spare_pages == 0
    assert report.left_over == set()
    # Copies that are made while the store is rebuilt hide a little.
    assert report.watched > 0.8 * PEOPLE * (report.runs + report.votings)


def test_nobody_is_linked_with_postgresql_as_main_database(postgres_server: str, tmp_path: Path) -> None:
    postgres = {"main_url": postgres_server}
    runs = played(tmp_path, runs=POSTGRES_RUNS, logged=LOGGED, postgres=postgres)
    report = show(Report("PostgreSQL, with anon.db beside it").attack(runs))
    assert caught(report) == []
    assert any(name.startswith("archived log") for name in report.scores)
    assert report.changed - JOURNAL == {"anon.db"}


def test_what_an_anonymous_store_on_postgresql_tells_is_what_is_written(
    postgres_server: str, tmp_path: Path
) -> None:
    """Until the tick the order of arrivals, and in an archived log for ever that of spent passes: no more."""
    postgres = {"main_url": postgres_server, "anonymous_url": postgres_server}
    runs = played(tmp_path, runs=STORE_RUNS, logged=LOGGED, postgres=postgres)
    report = show(Report("PostgreSQL and PostgreSQL, which is advised against").attack(runs))
    moments = f"(votes )?({UNSCRUBBED}|before the tick)(, two of one person)?"
    told = re.compile(f"{moments}: anonymous: .*|archived log: .* pass")
    assert [name for name in report.caught(alpha=ALPHA) if not told.fullmatch(name)] == []
    assert report.scores["before the tick: anonymous: pending_questions by xmin"].rate == PEOPLE
    assert report.scores["votes before the tick: anonymous: votes by xmin"].rate == PEOPLE
    assert report.scores["archived log: write-ahead log, bytes: first pass"].rate == PEOPLE


@pytest.mark.parametrize("name", CONTROLS)
def test_a_rule_that_is_left_out_is_seen_at_once(name: str, tmp_path: Path) -> None:
    report, (_leave_out, where) = Report(f"control: {name}"), CONTROLS[name]
    for number in range(CONTROL_RUNS):
        settings = {WHICH: name, "PYTHONPATH": str(Path(__file__).parents[2])}
        changed = {"settings": settings, "module": MODULE, "signed_in": False, "scrubs": False}
        with deployed(tmp_path / str(number), **changed) as deployment:
            report.attack(play(deployment, runs=1, voting=where.startswith("votes")))
    show(report)
    seen = [attack for attack in report.caught(alpha=ALPHA) if re.fullmatch(where, attack)]
    assert PEOPLE in {report.scores[attack].rate for attack in seen}
    if where.startswith("votes"):
        assert len(seen) == 2  # by the order of people, and by their pairs


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
