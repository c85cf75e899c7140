"""Passes that are spent over HTTP as fast as they are acknowledged: what votes.py and questions.py share.

Two workers serve the real application on a loopback port (SQLite), as it is and with a VACUUM after every
write, in turn. Each request spends another pass, and is on the disk before it is acknowledged.
"""

import http.client
import json
import os
import secrets
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from narrative import clock
from narrative.app import create_app
from narrative.cli.demo import demo_settings
from narrative.config import Settings
from narrative.database import transaction
from narrative.migrations.run import upgrade
from narrative.passes.keys import create_keys
from narrative.passes.scrubbing import SCRUB_WINDOW
from narrative.passes.store_engines import SqliteDiscipline
from narrative.quarters.models import Quarter
from narrative.questions.models import Question
from tests.asking import make_passes
from tests.pass_holder import to_base64url

from ._servers import served

CONNECTIONS = 16
WORKERS, THREADS = 2, 4
SLOT = 1
PASSES_A_SECOND = 700
NAME = "2026-q1"
IN_PROCESS = 300


@dataclass(frozen=True)
class Spending:
    """What passes are spent on: `purpose` and `slot` say which, `body` what is sent with each token.

    `table` is where in the anonymous store each leaves a row.
    """

    name: str
    purpose: str
    slot: int
    address: str
    table: str
    body: Callable[[str], dict[str, object]]


def make_company(settings: Settings, spending: Spending, passes: int) -> list[bytes]:
    """Fill a fresh installation with a quarter that asks and one question; return as many bodies."""
    opened = clock.now() - timedelta(days=1)
    days = {"drafting_opens_at": -30, "drafts_due_at": -20, "publishes_at": -14, "questions_open_at": 0}
    days |= {"questions_close_at": 7, "answers_due_at": 20}
    app = create_app(settings)
    with app.app_context():
        upgrade(report=lambda _line: None)
        with transaction() as session:
            quarter = Quarter(name=NAME, published_at=opened - timedelta(days=14), passes_held=50)
            quarter.ticked_at = opened + timedelta(days=30)
            for instant, day in days.items():
                setattr(quarter, instant, opened + timedelta(days=day))
            session.add(quarter)
            session.flush()
            row = {
                "id": secrets.token_hex(16),
                "text": "Why?",
                "mark": secrets.token_urlsafe(32),
                "slot": SLOT,
            }
            session.add(Question(quarter_id=quarter.id, released_on=opened.date(), **row))
        create_keys(quarter, at=clock.now())
        tokens = make_passes(quarter, passes, purpose=spending.purpose, slot=spending.slot)
    return [json.dumps(spending.body(to_base64url(token))).encode() for token in tokens]


@dataclass
class Load:
    """Connections that send as fast as they are answered. `times` are the seconds each answer took."""

    address: str
    path: str
    bodies: list[bytes]
    taken: int = 0
    bad: int = 0
    times: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, seconds: float) -> float:
        """Send for so long; return how many were acknowledged a second."""
        begun = time.monotonic()
        threads = [threading.Thread(target=self._send, args=(begun + seconds,)) for _ in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return len(self.times) / (time.monotonic() - begun)

    def _next(self) -> bytes:
        with self.lock:
            self.taken += 1
            return self.bodies[self.taken - 1]

    def _send(self, until: float) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", urlsplit(self.address).port or 80)
        headers = {"Content-Type": "application/json"}
        while time.monotonic() < until and self.taken < len(self.bodies):
            body, begun = self._next(), time.perf_counter()
            connection.request("POST", self.path, body=body, headers=headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status == 202:
                self.times.append(time.perf_counter() - begun)
            else:
                self.bad += 1
        connection.close()


def stored(settings: Settings, table: str) -> int:
    """How many rows stand in a table of the file."""
    with sqlite3.connect(settings.data / "anon.db", timeout=30) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def measured(target: str, spending: Spending, seconds: float) -> float:
    """Serve `target` for a fresh company and send; print and return the rate."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir()
        (data / "secret-key").write_text(secrets.token_urlsafe(48))
        settings = demo_settings(data, 8000)
        bodies = make_company(settings, spending, int(seconds * PASSES_A_SECOND))
        own = {name: value for name, value in os.environ.items() if not name.startswith("NARRATIVE_")}
        environment = {**own, "NARRATIVE_DATA": str(data), "NARRATIVE_BASE_URL": settings.base_url}
        with served(
            target, environment=environment, workers=WORKERS, threads=THREADS, factory=True
        ) as address:
            load = Load(address, spending.address, bodies)
            rate = load.run(seconds)
            found = stored(settings, spending.table)
            exposed = unscrubbed(data / "anon.db")
        assert load.bad == 0, f"{load.bad} were refused"
        assert found == len(load.times), f"{len(load.times)} were acknowledged, {found} are stored"
        shown = f"{rate:7.0f} a second, slowest answer {max(load.times) * 1000:5.0f} ms"
        print(f"{target:<28} {shown}, scrubbed {exposed:.2f} s after the last", flush=True)
        return rate


def unscrubbed(path: Path) -> float:
    """How many seconds after the last answer the file was last written: by the scrubbing."""
    ended = time.time()
    time.sleep(SCRUB_WINDOW * 2)
    return max(0.0, path.stat().st_mtime - ended)


def redemption(spending: Spending) -> float:
    """The CPU time of one redemption in this process, without scrubbing, in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        settings = demo_settings(Path(folder) / "data", 8000)
        settings.data.mkdir()
        bodies = make_company(settings, spending, IN_PROCESS + 20)
        app = create_app(settings)
        scrub, SqliteDiscipline.scrub = SqliteDiscipline.scrub, lambda *_: True  # type: ignore[method-assign]
        client = app.test_client(use_cookies=False)
        for number, body in enumerate(bodies):
            if number == 20:
                begun = time.process_time()
            answer = client.post(spending.address, data=body, content_type="application/json")
            assert answer.status_code == 202
        taken = time.process_time() - begun
        SqliteDiscipline.scrub = scrub  # type: ignore[method-assign]
        return taken / IN_PROCESS * 1000


def compare(spending: Spending) -> None:
    """Measure both in turn, for the seconds and rounds of the command line, and print."""
    seconds, rounds = (int(one) for one in sys.argv[1:3]) if len(sys.argv) > 2 else (8, 3)
    print(f"{CONNECTIONS} connections, {WORKERS} workers of {THREADS} threads, {seconds} s each", flush=True)
    grouped, naive = [], []
    for _ in range(rounds):
        grouped.append(measured("narrative.app:create_app", spending, seconds))
        naive.append(measured("benchmarks._naive:create_app", spending, seconds))
    ratios = [one / other for one, other in zip(grouped, naive, strict=True)]
    print(f"acknowledged {spending.name}: median {statistics.median(grouped):.0f} a second")
    print(f"with a VACUUM after each: median {statistics.median(naive):.0f} a second")
    print(f"ratio: {min(ratios):.1f} {statistics.median(ratios):.1f} {max(ratios):.1f} (least, median, most)")
    print(f"CPU time of one redemption, without scrubbing: {redemption(spending):.2f} ms")
