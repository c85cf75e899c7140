"""A real deployment with forty people: its server, real requests, and copies of all that it keeps.

A *run* is what happens up to one tick: everybody, in an order drawn anew, opens the form signed in and then
sends one question without a cookie. Everything is copied after each request, before the tick once it was
scrubbed, after the tick, and once the quarter is closed. Ten runs share a quarter, and with it keys and one
issuance, in its own order; after the first of them everybody votes (voting.py).
"""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select, update

from narrative.app import create_app
from narrative.config import load
from narrative.database import db, transaction
from narrative.migrations.run import upgrade
from narrative.passes.keys import ASK, VOTE, create_keys
from narrative.passes.store import anonymous_store
from narrative.passes.token import spent_mark
from narrative.people.actions import make_link
from narrative.quarters.models import Quarter
from narrative.questions.models import Question
from tests.anonymity.linker import evidence
from tests.anonymity.linker.evidence import Evidence, Request, now
from tests.anonymity.linker.rounds import fetch, make_room, nobodys_passes
from tests.asking import body
from tests.factories import make_person, make_quarter
from tests.insistent import Visitor
from tests.server import Installation

PEOPLE = 40
RUNS_A_QUARTER = 10
LEAST_AT_A_RANDOM_MOMENT = 20
RELEASES_WITHIN = 60
SCRUBS_WITHIN = 60
VOTE_SLOTS = 8

# Copied at once after a request, while the store may not be scrubbed yet (passes/scrubbing.py).
UNSCRUBBED = "unscrubbed"

_quarters = count()


@dataclass
class Run:
    """One run: what was sent in the order in which it was, and the copies, by the moment they were taken.

    `beside` is what each of the same people sent as well, in the same order of people; `taken_back` are the
    traces of what was given and taken back.
    """

    requests: list[Request]
    issued: list[int]
    moments: dict[str, Evidence] = field(default_factory=dict)
    snapshots: list[Evidence] = field(default_factory=list)
    at_random: int = 0
    beside: list[Request] = field(default_factory=list)
    taken_back: list[bytes] = field(default_factory=list)


@dataclass
class Deployment:
    """A server, this process's view of its databases, and everybody, by person: None where nobody signs in.

    `main_url` and `anonymous_url` are given where a store is on PostgreSQL. `scrubs` is false where the rule
    that is left out is that one.
    """

    installation: Installation
    app: Flask
    main_url: str = ""
    anonymous_url: str = ""
    people: dict[int, Visitor | None] = field(default_factory=dict)
    scrubs: bool = True

    def scrubbed_copy(self) -> Evidence:
        """Copy all that is kept, once the store was scrubbed after the last write."""
        until = time.monotonic() + SCRUBS_WITHIN
        while self.scrubs and not self.anonymous_url and not evidence.is_scrubbed(self.copy(deep=False)):
            assert time.monotonic() < until, "the anonymous store was not scrubbed"
            time.sleep(0.1)
        return self.copy()

    def copy(self, before: Evidence | None = None, *, deep: bool = True) -> Evidence:
        """Copy all that is kept; of what is on PostgreSQL only the anonymous rows unless `deep`."""
        folder = self.installation.data
        files = evidence.files_of(folder, folder.parent / "server.log", before=before)
        tables = evidence.postgres_tables(self.anonymous_url, name="anonymous") if self.anonymous_url else {}
        if deep:
            for name, url in (("main", self.main_url), ("anonymous", self.anonymous_url)):
                if url:
                    tables |= evidence.postgres_tables(url, name=name)
                    files.files.update(evidence.postgres_files(url, name=name))
        return Evidence(files.files, files.times, tables)

    def sign_in(self) -> None:
        """Let everybody sign in, through the pages."""
        for _ in range(PEOPLE):
            person = make_person()
            visitor = Visitor(self.installation)
            self.people[person.id] = visitor.sign_in(make_link(person, at=now()))


@contextmanager
def deployed(
    folder: Path,
    *,
    main_url: str = "",
    anonymous_url: str = "",
    signed_in: bool = True,
    scrubs: bool = True,
    **installation: Any,
) -> Iterator[Deployment]:
    """A deployment that is being served, with everybody signed in. PostgreSQL's databases must be empty.

    Without `signed_in` nobody is, and nobody is given passes: they are signed here, and only spent there.
    """
    urls = {"NARRATIVE_DATABASE_URL": main_url, "NARRATIVE_ANONYMOUS_URL": anonymous_url}
    settings = {
        "NARRATIVE_SECRET_KEY": secrets.token_hex(16),
        "NARRATIVE_VOTE_SLOTS": str(VOTE_SLOTS),
        **{name: url for name, url in urls.items() if url},
    }
    settings |= installation.pop("settings", {})
    server = Installation(folder / "data", settings, **installation)
    server.data.mkdir(parents=True)
    given = {name: text for name, text in server.environment.items() if name.startswith("NARRATIVE_")}
    app = create_app(load(given))
    with app.app_context():
        upgrade(report=lambda _line: None)
        # Whoever serves makes the anonymous store, since a control makes another one.
        (server.data / "anon.db").unlink(missing_ok=True)
        try:
            server.start()
            made = Deployment(server, app, plain(main_url), plain(anonymous_url), scrubs=scrubs)
            if signed_in:
                made.sign_in()
            else:
                made.people.update(dict.fromkeys(range(PEOPLE)))
            yield made
        finally:
            server.kill()
            anonymous_store().engine.dispose()
            db.session.remove()
            db.engine.dispose()


def plain(url: str) -> str:
    """A URL as PostgreSQL's own driver takes it."""
    return url.replace("postgresql+psycopg:", "postgresql:")


@dataclass
class OpenQuarter:
    """A quarter in which questions can be asked, and everybody's passes, by person: to ask, and by slot."""

    deployment: Deployment
    quarter: Quarter
    issued: list[int]
    passes: dict[int, list[bytes]]
    votes: dict[int, dict[int, bytes]]

    def run(self, *, logged_since: bool = False, short: bool = True) -> Run:
        """One run, up to and with its tick. `logged_since` copies PostgreSQL's write-ahead log as well."""
        deployment, requests = self.deployment, []
        make_room(self.quarter, self.released() + PEOPLE + VOTE_SLOTS)
        arrivals = random.sample(sorted(self.passes), len(self.passes))
        made = Run(requests, self.issued)
        made.at_random = random.randrange(LEAST_AT_A_RANDOM_MOMENT, len(arrivals))
        position = evidence.log_position(deployment.main_url) if logged_since else ""
        made.snapshots.append(deployment.copy(deep=False))
        for person in arrivals:
            requests.append(self.ask(person, question(short=short)))
            made.snapshots.append(deployment.copy(made.snapshots[-1], deep=False))
            if len(requests) == made.at_random:
                made.moments[UNSCRUBBED] = deployment.copy()
        made.moments["before the tick"] = deployment.scrubbed_copy()
        self.tick()
        made.moments["after the tick"] = deployment.copy()
        if position:
            log = {"write-ahead log": evidence.write_ahead_log(deployment.main_url, since=position)}
            made.moments["archived log"] = Evidence(log)
        return made

    def ask(self, person: int, text: str) -> Request:
        """Open the form as that person, then send a question as nobody."""
        name = self.quarter.name
        visitor = self.deployment.people[person]
        assert visitor is None or visitor.get(f"/questions/{name}/new").status == 200
        token = self.passes[person].pop()
        sent = body(token, text)
        answer = Visitor(self.deployment.installation).post_json(f"/questions/{name}", sent)
        assert answer.status == 202, answer.body
        spent = spent_mark(token[2:34], quarter=name, purpose=ASK, slot=0)
        return Request(person, {"text": text.encode(), "mark": sent["mark"].encode(), "pass": spent})

    def tick(self) -> None:
        """Make a tick due and let a visit to the server carry it out."""
        before = self.released()
        self.until(lambda: self.released() == before + len(self.passes), ticked_at=None)

    def close(self) -> Evidence:
        """Close the quarter by a visit two hours after questions close, and copy what is kept for good."""
        ago = {"questions_close_at": now() - timedelta(hours=2)}
        self.until(self.is_closed, ticked_at=None, **ago)
        return self.deployment.copy()

    def released(self) -> int:
        """How many questions of the quarter are shown."""
        chosen = select(func.count()).select_from(Question).where(Question.quarter_id == self.quarter.id)
        with db.engine.connect() as connection:
            return connection.scalar(chosen) or 0

    def is_closed(self) -> bool:
        """Whether what closing destroys is gone."""
        with db.engine.connect() as connection:
            return (
                connection.scalar(select(Quarter.closed_at).where(Quarter.id == self.quarter.id)) is not None
            )

    def until(self, done: Callable[[], bool], **values: Any) -> None:
        """Change the quarter, and visit the server until that is done."""
        with transaction() as session:
            session.execute(update(Quarter).where(Quarter.id == self.quarter.id).values(**values))
        until = time.monotonic() + RELEASES_WITHIN
        while not done():
            assert time.monotonic() < until, "what was due was not done"
            Visitor(self.deployment.installation).get("/sign-in")
            time.sleep(0.02)


def open_quarter(deployment: Deployment, *, runs: int) -> OpenQuarter:
    """A quarter that has been open for a day and a half; everybody is given passes, in a random order."""
    number = next(_quarters)
    began = now() - timedelta(days=25, hours=12)
    quarter = make_quarter(
        f"{2001 + number // 4}-q{number % 4 + 1}",
        drafting_opens_at=began,
        published_at=began + timedelta(days=10),
        passes_each=runs,
        passes_held=PEOPLE if None in deployment.people.values() else 0,
    )
    create_keys(quarter, at=now())
    issued = random.sample(sorted(deployment.people), len(deployment.people))
    unasked = nobodys_passes(quarter, PEOPLE, count=runs) if None in deployment.people.values() else {}
    passes, votes = {}, {}
    for person in issued:
        visitor = deployment.people[person]
        held = fetch(visitor, quarter, count=runs) if visitor else unasked
        passes[person] = held[ASK, 0][-runs:]
        votes[person] = {slot: tokens[-1] for (purpose, slot), tokens in held.items() if purpose == VOTE}
        unasked = {use: tokens[: -(runs if use == (ASK, 0) else 1)] for use, tokens in unasked.items()}
    db.session.rollback()  # closing waits for whoever reads
    return OpenQuarter(deployment, quarter, issued, passes, votes)


def question(*, short: bool) -> str:
    """A question like no other. Short ones lie together on a page, long ones fill many."""
    words = [
        secrets.token_hex(random.randrange(2, 6)) for _ in range(1 if short else random.randrange(8, 60))
    ]
    return f"Why {secrets.token_hex(3)} {' '.join(words)}?"
