"""What issuing one person's passes of a round costs the server: three to ask with and one for each vote slot.

`python -m benchmarks.passes [SLOTS] [ROUNDS]` prints minimum, median and maximum of the time of one request,
in the process (SQLite), with gmpy2 where it is there and without; the time in which the keys of a round are
made; and what a page's offer costs when it is remembered and when it is not.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from narrative import clock
from narrative.app import create_app
from narrative.cli.demo import demo_settings
from narrative.database import db, transaction
from narrative.migrations.run import upgrade
from narrative.passes import blind_rsa, offer
from narrative.passes.issue import issue
from narrative.passes.keys import create_keys
from narrative.people.actions import invite
from narrative.people.models import Person
from narrative.quarters.models import Quarter
from tests.factories import make_quarter
from tests.pass_holder import holder_for

NAME = "2026-q1"


def milliseconds(work: Callable[[], object], rounds: int) -> list[float]:
    """Return how long each run took."""
    taken = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begun) * 1000)
    return taken


def show(name: str, values: list[float]) -> None:
    """Print minimum, median and maximum."""
    print(
        f"{name:<44} {min(values):8.2f} {statistics.median(values):8.2f} {max(values):8.2f}  ms", flush=True
    )


def ready_quarter() -> Quarter:
    """Return a quarter that is being read, with its keys; print how long these took."""
    opens = clock.now() - timedelta(days=12)
    quarter = make_quarter(NAME, drafting_opens_at=opens, published_at=opens + timedelta(days=10))
    show(
        "keys of the first round, once a quarter",
        milliseconds(lambda: create_keys(quarter, at=clock.now()), 1),
    )
    return quarter


def issuing(quarter: Quarter, power: blind_rsa.Power, rounds: int) -> list[float]:
    """Return how long the first request of each of so many people took."""
    sign = blind_rsa.blind_sign
    people = [new_person(number) for number in range(rounds)]
    requests = iter([(person, holder_for(quarter).blinded) for person in people])

    def one() -> None:
        person, blinded = next(requests)
        issue(person, quarter, blinded, at=clock.now())

    with patch.object(blind_rsa, "blind_sign", lambda key, message: sign(key, message, power=power)):
        return milliseconds(one, rounds)


_numbers = iter(range(10**6))


def new_person(_number: int) -> Person:
    """Return a colleague who holds no passes yet."""
    person, _link = invite("Emil Roth", f"emil{next(_numbers)}@hart.example", "employee", at=clock.now())
    return person


def forget_offer(quarter: Quarter) -> None:
    """Change something, so that the offer is made anew."""
    with transaction() as session:
        session.get_one(Quarter, quarter.id).tick_minutes += 1
    offer.pass_offer(quarter, at=clock.now())


def main() -> None:
    """Measure and print."""
    slots, rounds = (int(one) for one in [*sys.argv[1:3], "64", "15"][:2]) if len(sys.argv) > 2 else (64, 15)
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(demo_settings(Path(folder), 8000), vote_slots=slots)
        app = create_app(settings)
        with app.app_context():
            upgrade(report=lambda _line: None)
            print(
                f"{f'{slots} vote slots and 3 passes to ask with':<44} {'least':>8} {'median':>8} {'most':>8}"
            )
            quarter = ready_quarter()
            if blind_rsa.fastest_power is not blind_rsa.plain_power:
                show("issuing with gmpy2", issuing(quarter, blind_rsa.fastest_power, rounds))
            show("issuing without", issuing(quarter, blind_rsa.plain_power, max(3, rounds // 3)))
            show(
                "the offer on a page, remembered",
                milliseconds(lambda: offer.pass_offer(quarter, at=clock.now()), 200),
            )
            show("the offer and the change that forgets it", milliseconds(lambda: forget_offer(quarter), 30))
            db.session.remove()


if __name__ == "__main__":
    main()
