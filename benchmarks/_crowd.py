"""A hundred programs that write in twenty documents over HTTP, with the pauses of the page."""

import os
import random
import secrets
import statistics
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks._company import cookie_of, make_company
from benchmarks._servers import served_process
from narrative.app import create_app
from narrative.config import Settings
from tests.scripted_writer import ScriptedWriter, Unreachable

WRITERS, DOCUMENTS = 100, 20
WORKERS, THREADS = 2, 8
PAUSE = 1.2
SETTLES_WITHIN = 20
MARK = "edit"


@dataclass
class Seen:
    """When each edit was typed, and how long until somebody else's page had it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    typed: dict[str, float] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    exchanges: int = 0


def crowd(seconds: float) -> None:
    """Let them write for so long, and print what came out."""
    key = secrets.token_hex(32)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), secret_key=key)
        app = create_app(settings)
        with app.app_context():
            company = make_company(buckets=DOCUMENTS, writers=WRITERS)
            cookies = [cookie_of(app, person) for person in company.writers]
        own = {name: value for name, value in os.environ.items() if not name.startswith("NARRATIVE_")}
        environment = {**own, "NARRATIVE_DATA": folder, "NARRATIVE_SECRET_KEY": key}
        size = {"workers": WORKERS, "threads": THREADS}
        target = "narrative.app:create_app"
        with served_process(target, environment=environment, factory=True, **size) as (address, process):
            rooms = [company.rooms[number % DOCUMENTS] for number in range(WRITERS)]
            writers = [
                ScriptedWriter(address=address + room, cookie=cookie)
                for room, cookie in zip(rooms, cookies, strict=True)
            ]
            _run(writers, process.pid, seconds)


def _run(writers: list[ScriptedWriter], pid: int, seconds: float) -> None:
    seen, done = Seen(), threading.Event()
    threads = [
        threading.Thread(target=_write, args=(writer, number, seen, done))
        for number, writer in enumerate(writers)
    ]
    for writer in writers:
        writer.sync()
    before, begun = _cpu_seconds(pid), time.monotonic()
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    used, lasted = _cpu_seconds(pid) - before, time.monotonic() - begun
    done.set()
    for thread in threads:
        thread.join()
    agree = _agree(writers)
    for writer in writers:
        writer.close()
    errors = [error for writer in writers for error in writer.errors]
    print(f"{WRITERS} writers in {DOCUMENTS} documents for {lasted:.0f} s, {seen.exchanges:,} exchanges:")
    print(f"  the server used {100 * used / lasted:.0f} % of one core, {len(errors)} errors")
    waits = sorted(seen.waits)
    tail = waits[int(len(waits) * 0.95)]
    print(
        f"  an edit was seen by another after {statistics.median(waits):.2f} s (median), {tail:.2f} s (95 %)"
    )
    print(f"  documents that everybody sees alike in the end: {agree} of {DOCUMENTS}")
    if errors or agree < DOCUMENTS:
        raise SystemExit(f"not as it should be: {errors[:3]}")


def _write(writer: ScriptedWriter, number: int, seen: Seen, done: threading.Event) -> None:
    chance = random.Random(number)
    time.sleep(chance.random() * PAUSE)
    edits = 0
    while not done.is_set():
        if chance.random() < 0.5:
            edits += 1
            mark = f"{MARK}{number}x{edits}"
            with seen.lock:
                seen.typed[mark] = time.monotonic()
            writer.type_somewhere(mark, chance)
        before = _marks(writer)
        try:
            writer.sync()
        except Unreachable:
            continue
        _note(seen, _marks(writer) - before)
        done.wait(PAUSE * (0.8 + 0.4 * chance.random()))


def _marks(writer: ScriptedWriter) -> set[str]:
    texts = (str(writer.text(name)) for name in ("opening", "went_well", "went_badly", "next_priorities"))
    return {word for text in texts for word in text.split()}


def _note(seen: Seen, new: set[str]) -> None:
    at = time.monotonic()
    with seen.lock:
        seen.exchanges += 1
        seen.waits += [at - seen.typed[mark] for mark in new if mark in seen.typed]


def _agree(writers: list[ScriptedWriter]) -> int:
    """Exchange until nobody has news, and return in how many documents everybody sees the same."""
    for _ in range(3):
        for writer in writers:
            writer.sync()
    texts: dict[str, set[str]] = {}
    for writer in writers:
        said = "\n".join(
            str(writer.text(name)) for name in ("opening", "went_well", "went_badly", "next_priorities")
        )
        texts.setdefault(writer.address, set()).add(said)
    return sum(len(one) == 1 for one in texts.values())


def _cpu_seconds(pid: int) -> float:
    """Return the processor time of a process and its children so far, in seconds (proc(5), Linux)."""
    own = Path(f"/proc/{pid}")
    children = (own / "task" / str(pid) / "children").read_text().split()
    ticks = 0
    for one in (str(pid), *children):
        fields = (Path("/proc") / one / "stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
