"""A published narrative to a signed-in reader, against a bare Flask view that returns the same bytes.

1.00 would mean that knowing the reader, their role and whether anything changed since costs nothing.
"""

import argparse
import os
import secrets
import statistics
import sys
import tempfile
import uuid
from datetime import timedelta
from pathlib import Path

import psycopg

from benchmarks._servers import measure, served
from narrative import clock
from narrative.app import create_app, create_tables
from narrative.config import Settings
from narrative.narratives.publishing import publish_quarter
from narrative.narratives.queries import narrative_for
from narrative.narratives.rules import Draft, PriorityRow
from narrative.narratives.signing_off import sign_off
from narrative.narratives.writing import save
from narrative.people.actions.buckets import make_bucket
from narrative.people.actions.people import invite
from narrative.people.models import Person
from narrative.quarters.actions import schedule
from narrative.quarters.rules import INSTANT_LABELS, QuarterName, Timetable

SENTENCE = (
    "In week nine we moved *every* bed twice, and learnt that [the lift](https://lift.example) was slow. "
)
BUCKETS = ("Product", "People", "Finance", "Support", "Sales", "Research")
PAGE = "/narratives/2026-q2/product"


def main() -> None:
    """Measure on SQLite, and on PostgreSQL where NARRATIVE_TEST_POSTGRES names a server."""
    options = read_options()
    print(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        report("SQLite", Path(folder), "", options)
    server = os.environ.get("NARRATIVE_TEST_POSTGRES", "")
    if not server:
        print("PostgreSQL: not measured, NARRATIVE_TEST_POSTGRES is not set.")
        return
    name = f"bench_{uuid.uuid4().hex[:10]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url = server.rsplit("/", 1)[0].replace("postgresql:", "postgresql+psycopg:") + "/" + name
    try:
        with tempfile.TemporaryDirectory() as folder:
            report("PostgreSQL", Path(folder), url, options)
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def read_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=20, help="kB of Markdown in the narrative")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3, help="for each of the two in each round")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def report(engine: str, data: Path, url: str, options: argparse.Namespace) -> None:
    """Make a company, serve it and the bare view side by side, and print what came out."""
    key = secrets.token_hex(32)
    cookie, page = make_company(Settings(data=data, secret_key=key, database_url=url), options.size)
    (data / "page.html").write_bytes(page)
    own = {name: value for name, value in os.environ.items() if not name.startswith("NARRATIVE_")}
    environment = {**own, "BENCH_PAGE": str(data / "page.html"), "PYTHONPATH": str(Path(__file__).parents[1])}
    environment |= {"NARRATIVE_DATA": str(data), "NARRATIVE_SECRET_KEY": key}
    environment |= {"NARRATIVE_DATABASE_URL": url.replace("+psycopg", "")} if url else {}
    size = {"workers": options.workers, "threads": options.threads}
    with (
        served("narrative.app:create_app", environment=environment, factory=True, **size) as real,
        served("benchmarks._bare:app", environment=environment, **size) as bare,
    ):
        ratios, errors = [], 0
        for number in range(options.rounds + 1):
            without = measure(f"{bare}/", seconds=options.seconds)
            with_all = measure(f"{real}{PAGE}", cookie=cookie, seconds=options.seconds)
            if number == 0:  # the first round fills caches and is not counted
                continue
            errors += without.errors + with_all.errors
            ratios.append(with_all.rate / without.rate)
            print(f"  round {number}: bare {without.rate:,.0f}/s, narrative {with_all.rate:,.0f}/s")
    middle = statistics.median(ratios)
    print(f"{engine}, {len(page):,} bytes a page: ratio {min(ratios):.2f} / {middle:.2f} / {max(ratios):.2f}")
    print(f"(minimum / median / maximum of {len(ratios)} rounds), {errors} errors\n")
    if errors:
        sys.exit(1)


def make_company(settings: Settings, size: int) -> tuple[str, bytes]:
    """Publish a quarter of six buckets, one with `size` kB; return a reader's cookie and the page."""
    app = create_app(settings)
    with app.app_context():
        create_tables()
        at = clock.now()
        owner, _token = invite("Ada Wirth", "ada@bench.example", "leader", at=at)
        reader, _token = invite("Emil Roth", "emil@bench.example", "employee", at=at)
        days = dict(zip(INSTANT_LABELS, (-20, -10, -5, 5, 10, 20), strict=True))
        timetable = Timetable(**{name: at + timedelta(days=number) for name, number in days.items()})
        quarter = schedule(QuarterName(2026, 2), timetable=timetable, tick_minutes=1440, passes_each=3)
        for name in BUCKETS:
            bucket = make_bucket(name, owner_id=owner.id)
            draft = long_draft(size if name == "Product" else 2, owner)
            save(quarter, bucket, draft=draft, base=0, by=owner, at=at - timedelta(days=12))
            narrative = narrative_for(quarter, bucket)
            if narrative is not None:
                sign_off(narrative, revision_number=1, by=owner, at=at - timedelta(days=11), accepted=True)
        publish_quarter(quarter, by=None, at=at - timedelta(days=5))
        signed_in = {"person": reader.id, "epoch": reader.session_epoch}
    client = app.test_client()
    with client.session_transaction() as session:
        session.update(signed_in)
    page = client.get(PAGE)
    if page.status_code != 200:
        raise RuntimeError(f"the page answered {page.status}")
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    return f"{app.config['SESSION_COOKIE_NAME']}={cookie.value if cookie else ''}", page.data


def long_draft(size: int, owner: Person) -> Draft:
    """Return a draft of about `size` kB, mostly in one text, in paragraphs of five sentences."""
    paragraphs = "\n\n".join([SENTENCE * 5] * (size * 1000 // (len(SENTENCE) * 5)))
    row = PriorityRow(key="0" * 16, title="A second lift", measure="It moves.", owner_id=owner.id)
    return Draft(
        opening=SENTENCE,
        went_well=paragraphs,
        went_badly=SENTENCE,
        next_priorities=SENTENCE,
        priorities=(row,),
    )


if __name__ == "__main__":
    main()
