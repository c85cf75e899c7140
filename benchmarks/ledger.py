"""The ledger's proofs for 10,000 questions, against computing them from all leaves.

`python -m benchmarks.ledger [QUESTIONS]` fills a ledger (SQLite, on disk; also PostgreSQL where
NARRATIVE_TEST_POSTGRES names a server) with ticks, questions and answers, and asks for a proof of inclusion
together with a proof of consistency, from stored nodes and then from every leaf. Prints minimum, median and
maximum in milliseconds, and the ratio.
"""

import os
import secrets
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import psycopg
from sqlalchemy import select

from narrative import clock
from narrative.app import create_app, create_tables
from narrative.config import Settings
from narrative.database import db, transaction
from narrative.ledger import queries
from narrative.ledger.actions import append
from narrative.ledger.models import LedgerLeaf
from narrative.ledger.rules import entries, merkle
from narrative.quarters.models import Quarter

ROUNDS = 50
AT_ONCE = 100
QUARTER = "2026-q3"
DAY = date(2026, 8, 3)


def fill(questions: int) -> None:
    """Store a quarter and so many questions, each answered, a hundred to a tick."""
    names = ("drafting_opens_at", "drafts_due_at", "publishes_at")
    names += ("questions_open_at", "questions_close_at", "answers_due_at")
    instants = {name: clock.now() + timedelta(days=number) for number, name in enumerate(names)}
    with transaction() as session:
        session.add(Quarter(name=QUARTER, **instants))
    for start in range(0, questions, AT_ONCE):
        ids = [secrets.token_hex(16) for _ in range(start, min(start + AT_ONCE, questions))]
        about = [{"quarter": QUARTER, "id": one, "day": DAY} for one in ids]
        made = [entries.tick(quarter=QUARTER, released=len(ids), day=DAY)]
        made += [
            entries.question(**one, mark="m" * 43, commitment=secrets.token_urlsafe(32)) for one in about
        ]
        made += [entries.answer(**one, number=1, text="Yes.") for one in about]
        with transaction() as session:
            append(session, *made)


def from_nodes(position: int, old: int, size: int) -> tuple[list[bytes], list[bytes]]:
    """Both proofs as the server makes them."""
    db.session.rollback()
    return queries.inclusion(position, size), queries.consistency(old, size)


def from_leaves(position: int, old: int, size: int) -> tuple[list[bytes], list[bytes]]:
    """Both proofs from every leaf's hash."""
    db.session.rollback()
    hashes = list(db.session.scalars(select(LedgerLeaf.hash).order_by(LedgerLeaf.position)))
    known: dict[tuple[int, int], bytes] = {}
    for place, leaf in enumerate(hashes):
        known[0, place] = leaf
        known.update(
            ((level, at), found)
            for level, at, found in merkle.completed(place, leaf, lambda *where: known[where])
        )
    lookup = lambda level, place: known[level, place]  # noqa: E731
    return merkle.inclusion_proof(position, size, lookup), merkle.consistency_proof(old, size, lookup)


def timed(make: Callable[[int, int, int], object], position: int, old: int, size: int) -> float:
    """Return the milliseconds that it takes."""
    started = time.perf_counter()
    make(position, old, size)
    return (time.perf_counter() - started) * 1000


def measure(settings: Settings, questions: int) -> None:
    """Fill a ledger and print what its proofs cost."""
    app = create_app(settings)
    with app.app_context():
        create_tables()
        fill(questions)
        size = queries.size()
        places = [(secrets.randbelow(size), 1 + secrets.randbelow(size), size) for _ in range(ROUNDS)]
        assert all(from_nodes(*place) == from_leaves(*place) for place in places[:2])
        stored = [timed(from_nodes, *place) for place in places]
        whole = [timed(from_leaves, *place) for place in places[: ROUNDS // 5]]
        say("stored nodes", stored)
        say("every leaf", whole)
        print(f"  ratio {statistics.median(whole) / statistics.median(stored):.0f}, {size} entries")
        db.session.remove()
        db.engine.dispose()


def say(name: str, times: list[float]) -> None:
    """Print a line of figures."""
    print(f"  {name:13} {min(times):8.2f} {statistics.median(times):8.2f} {max(times):8.2f} ms")


@contextmanager
def empty_database(server: str) -> Iterator[str]:
    """Give the URL of a fresh database, dropped at the end."""
    name = f"narrative_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield server.rsplit("/", 1)[0].replace("postgresql:", "postgresql+psycopg:") + "/" + name
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def main() -> None:
    """Measure on each engine that is there."""
    questions = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), secret_key="x" * 32)
        print(f"SQLite, {questions} questions: minimum, median, maximum of a proof of each kind")
        measure(settings, questions)
        server = os.environ.get("NARRATIVE_TEST_POSTGRES")
        if server:
            with empty_database(server) as url:
                print("PostgreSQL")
                measure(replace(settings, database_url=url), questions)


if __name__ == "__main__":
    main()
