"""Writing together: what one exchange costs, and a hundred writers in twenty documents for a minute.

`python -m benchmarks.documents [SECONDS]` measures, in this order: the time of one exchange in a text of
20 kB with 5,000 edits, and of opening one with 50,000 (in process, with everything that a request does, and
beside them a request for a constant page, in the same run); what hostile updates cost until they are refused;
and 100 programs that write over HTTP with the pauses of the page: the server's share of one core, how long
until an edit was seen by the others, and whether all documents agree in the end.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from pycrdt import Doc, Text

from benchmarks._company import Company, make_company
from benchmarks._crowd import crowd
from narrative.app import create_app
from narrative.config import Settings
from narrative.database import db, transaction
from narrative.encoding import to_base64url
from narrative.narratives.document.models import Document
from narrative.narratives.document.updates import kept_documents
from tests.document_page import WritingPage
from tests.pages import Pages

TIMES = 100


def main() -> None:
    """Measure everything and print it."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    print(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), secret_key="k" * 40)
        app = create_app(settings)
        with app.app_context():
            company = make_company(buckets=1, writers=2)
            in_process(app, company)
            db.session.remove()
    crowd(seconds)


def in_process(app: Flask, company: Company) -> None:
    """Exchanges and openings, one after the other, by the application in this process."""
    visitor = Pages(app).sign_in(company.writers[0])
    page = WritingPage(visitor=visitor, address=f"{company.rooms[0]}/document")
    page.sync()
    bare = app.test_client()
    constant = timed(lambda: bare.get("/sign-in"))
    report("a page for comparison (the sign-in form)", constant, constant)
    edit(page, company, edits=5_000)
    report("one exchange, 20 kB with 5,000 edits", timed(lambda: exchange(page)), constant)
    cold = timed(lambda: exchange(page), before=lambda: kept_documents().take(company.narratives[0]))
    report("the same, with nothing in memory", cold, constant)
    report("refusing 300 kB at random", timed(lambda: hostile(page, random.randbytes(300_000))), constant)
    huge = one_text(299_000)
    report("refusing one text of 299 kB", timed(lambda: hostile(page, huge)), constant)
    tiny = many_tiny(11_000)
    report(f"refusing 11,000 tiny inserts, {len(tiny):,} bytes", timed(lambda: hostile(page, tiny)), constant)
    edit(page, company, edits=50_000)
    opening = timed(lambda: WritingPage(visitor=visitor, address=page.address, token=page.token).sync())
    report("opening a document with 50,000 edits", opening, constant)


def timed(act: Callable[[], object], *, before: Callable[[], object] = lambda: None) -> list[float]:
    """Return how many milliseconds `act` took, each time."""
    found = []
    for _ in range(TIMES):
        before()
        begun = time.perf_counter()
        act()
        found.append(1000 * (time.perf_counter() - begun))
    return found


def report(what: str, times: list[float], constant: list[float]) -> None:
    """Print minimum, median and maximum, and the ratio of the medians."""
    middle = statistics.median(times)
    ratio = middle / statistics.median(constant)
    print(f"{what}: {min(times):.2f} / {middle:.2f} / {max(times):.2f} ms, ratio {ratio:.2f}")


def exchange(page: WritingPage) -> None:
    """Type a word and exchange it, as a page does."""
    page.type("word ")
    page.sync()


def hostile(page: WritingPage, update: bytes) -> None:
    """Send an update that must be refused."""
    page.send(update=to_base64url(update), status=422)


def one_text(size: int) -> bytes:
    """An update that writes far too much."""
    doc: Doc[Text] = Doc()
    doc.get("went_well", type=Text).insert(0, "y" * size)
    return doc.get_update()


def many_tiny(count: int) -> bytes:
    """An update of thousands of inserts at random places, in a text that no document has."""
    doc: Doc[Text] = Doc()
    text = doc.get("elsewhere", type=Text)
    with doc.transaction():
        for number in range(count):
            text.insert(random.randrange(number + 1), "z")
    return doc.get_update()


def edit(page: WritingPage, company: Company, *, edits: int) -> None:
    """Let the document be one that was edited so often, at random places, and is 20 kB long; all stored."""
    text = page.text("went_well")
    missing = 20_000 - len(text)
    if missing > 0:
        text.insert(0, "x " * (missing // 2))
    for _ in range(edits):
        place = random.randrange(len(text) - 1)
        if random.random() < 0.67:
            del text[place : place + 1]
        else:
            text.insert(place, "ab")
    with transaction() as session:
        document = session.get_one(Document, company.narratives[0])
        document.snapshot, document.state = page.doc.get_update(), page.doc.get_state()
        document.size = len(document.snapshot)
        document.snapshot_seq = document.settled_seq = document.seq
    kept_documents().take(company.narratives[0])
    page.confirmed = page.doc.get_state()


if __name__ == "__main__":
    main()
