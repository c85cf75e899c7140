"""The board's first page with 10,000 questions against its page with 100, and what an idle worker weighs.

`python -m benchmarks.board [MANY] [FEW]` starts the real server on a loopback port (SQLite) and asks for both
pages in turn. Prints minimum, median and maximum of each page's time and of the ratio, pair by pair; then the
resident memory of each worker.
"""

import http.client
import re
import secrets
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import insert

from narrative import clock
from narrative.app import create_app
from narrative.cli.demo import demo_settings
from narrative.database import transaction
from narrative.migrations.run import upgrade
from narrative.people.actions import invite, make_bucket
from narrative.people.models import Person
from narrative.quarters.models import Quarter
from narrative.questions.models import Question, Tally
from tests.server import Installation

ROUNDS = 300


def make_quarter(name: str, bucket_id: int, questions: int) -> None:
    """Store a published quarter with so many released questions, and their count."""
    opened = clock.now() - timedelta(days=2)
    days = {"drafting_opens_at": -30, "drafts_due_at": -20, "publishes_at": -14, "questions_open_at": 0}
    days |= {"questions_close_at": 7, "answers_due_at": 20}
    with transaction() as session:
        quarter = Quarter(name=name, published_at=opened - timedelta(days=14), ticked_at=clock.now())
        for instant, day in days.items():
            setattr(quarter, instant, opened + timedelta(days=day))
        session.add(quarter)
        session.flush()
        rows = [
            {
                "id": secrets.token_hex(16),
                "quarter_id": quarter.id,
                "bucket_id": bucket_id,
                "text": f"Question {number}: " + "why is it so, and since when? " * 8,
                "mark": secrets.token_urlsafe(32),
                "released_on": (opened + timedelta(days=number % 2)).date(),
                "state": "waiting",
            }
            for number in range(questions)
        ]
        session.execute(insert(Question), rows)
        session.add(Tally(quarter_id=quarter.id, bucket_id=bucket_id, state="waiting", number=questions))


def cookie_of(app: Flask, person: Person) -> str:
    """Return the session cookie of somebody signed in."""
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    value = serializer.dumps({"person": person.id, "epoch": person.session_epoch, "_permanent": True})
    return f"{app.config['SESSION_COOKIE_NAME']}={value}"


def make_company(data: Path, port: int, many: int, few: int) -> str:
    """Fill a fresh installation, and return an employee's cookie."""
    app = create_app(demo_settings(data, port))
    with app.app_context():
        upgrade(report=print)
        owner, _ = invite("Ada Wirth", "ada@hart.example", "leader", at=clock.now())
        reader, _ = invite("Emil Roth", "emil@hart.example", "employee", at=clock.now())
        bucket = make_bucket("Workshop", owner_id=owner.id)
        make_quarter("2026-q1", bucket.id, few)
        make_quarter("2026-q2", bucket.id, many)
        return cookie_of(app, reader)


def milliseconds(connection: http.client.HTTPConnection, address: str, cookie: str) -> float:
    """Return how long one answer took."""
    begun = time.perf_counter()
    connection.request("GET", address, headers={"Cookie": cookie})
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200 and body.count(b'class="question"') == 50, answer.status  # noqa: PT018
    return (time.perf_counter() - begun) * 1000


def show(name: str, values: list[float], unit: str) -> None:
    """Print minimum, median and maximum."""
    print(f"{name:<32} {min(values):8.2f} {statistics.median(values):8.2f} {max(values):8.2f}  {unit}")


def weigh(installation: Installation) -> None:
    """Print the resident memory of every process of the server."""
    assert installation.process is not None
    for status in sorted(Path("/proc").glob("[0-9]*/status")):
        try:
            text = status.read_text()
        except OSError:
            continue
        parent = re.search(r"^PPid:\t(\d+)", text, re.M)
        if (
            parent
            and int(parent[1]) == installation.process.pid
            and (held := re.search(r"^VmRSS:\s+(\d+)", text, re.M))
        ):
            print(f"worker {status.parent.name:<25} {int(held[1]) / 1024:8.0f} MB resident")


def main() -> None:
    """Measure and print."""
    many, few = (int(one) for one in [*sys.argv[1:3], "10000", "100"][:2])
    with tempfile.TemporaryDirectory() as folder:
        installation = Installation(Path(folder) / "data")
        installation.data.mkdir()
        (installation.data / "secret-key").write_text(secrets.token_urlsafe(48))
        cookie = make_company(installation.data, installation.port, many, few)
        installation.start()
        connection = http.client.HTTPConnection("127.0.0.1", installation.port)
        times: dict[str, list[float]] = {"2026-q1": [], "2026-q2": []}
        for number in range(ROUNDS + 20):
            for name, taken in times.items():
                one = milliseconds(connection, f"/board/{name}", cookie)
                if number >= 20:
                    taken.append(one)
        print(f"{'first page of the board':<32} {'least':>8} {'median':>8} {'most':>8}")
        show(f"with {few:,} questions", times["2026-q1"], "ms")
        show(f"with {many:,} questions", times["2026-q2"], "ms")
        ratios = [large / small for small, large in zip(*times.values(), strict=True)]
        quotient = statistics.median(times["2026-q2"]) / statistics.median(times["2026-q1"])
        show("ratio", ratios, f"(quotient of the medians {quotient:.2f})")
        weigh(installation)
        connection.close()
        installation.stop()


if __name__ == "__main__":
    main()
