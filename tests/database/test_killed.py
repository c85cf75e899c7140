"""A real server is killed anywhere: what was acknowledged is there once; the rest can be sent again."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from narrative.answers.models import Answer, Claim
from narrative.answers.models import Draft as AnswerDraft
from narrative.app import create_app
from narrative.config import load
from narrative.database import db, transaction
from narrative.migrations.run import upgrade
from narrative.narratives import queries as narratives
from narrative.narratives.models import Revision
from narrative.passes.models import Issuance, PassKey
from narrative.passes.store import anonymous_store
from narrative.people.actions import make_link
from narrative.people.models import Person
from narrative.quarters.models import Quarter
from narrative.questions import queries as questions
from narrative.questions.models import Question
from tests.asking import ask, body, create_keys, spent_count, waiting_texts
from tests.factories import make_bucket, make_person, make_quarter, make_question
from tests.insistent import Visitor
from tests.pass_holder import Holder, from_base64url, holder_for
from tests.server import Installation

pytestmark = pytest.mark.slow

KILLS = 3
HOUR = timedelta(hours=1)


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@dataclass
class Running:
    """A real server, and this process's own view of its databases."""

    installation: Installation
    app: Flask

    def visitor(self, person: Person) -> Visitor:
        """Somebody who is signed in."""
        return Visitor(self.installation).sign_in(make_link(person, at=now()))

    def kill_and_start(self) -> None:
        """A power cut, and power again."""
        self.installation.kill()
        self.installation.start()

    def survive(self, *works: Callable[[threading.Event], None]) -> None:
        """Do the works at once while the server is killed and started again, then say that it is over."""
        failed: list[BaseException] = []
        over = threading.Event()

        def run(work: Callable[[threading.Event], None]) -> None:
            try:
                work(over)
            except BaseException as error:
                failed.append(error)

        threads = [threading.Thread(target=run, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        for _ in range(KILLS):
            time.sleep(random.uniform(0.2, 0.9))
            self.kill_and_start()
        over.set()
        for thread in threads:
            thread.join(timeout=90)
        assert not any(thread.is_alive() for thread in threads)
        if failed:
            raise failed[0]
        db.session.rollback()
        db.session.expire_all()


@pytest.fixture
def running(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Running]:
    """An installation that is being served, both of its stores on the same engine."""
    urls = {}
    if engine_name == "postgresql":
        urls = {
            "NARRATIVE_DATABASE_URL": request.getfixturevalue("empty_postgres_url"),
            "NARRATIVE_ANONYMOUS_URL": request.getfixturevalue("anonymous_postgres_url"),
        }
    own = {"NARRATIVE_SECRET_KEY": "for-tests-only-" + "x" * 32, "NARRATIVE_ASKING_FLOOR": "5"}
    installation = Installation(tmp_path / "data", {**urls, **own})
    installation.data.mkdir()
    given = {name: text for name, text in installation.environment.items() if name.startswith("NARRATIVE_")}
    app = create_app(load(given))
    with app.app_context():
        upgrade(report=lambda _line: None)
        installation.start()
        yield Running(installation, app)
        installation.kill()
        anonymous_store().migrate(0)
        anonymous_store().engine.dispose()
        db.session.remove()
        db.engine.dispose()


# Saves


PAGE = "/narratives/2026-q2/workshop/edit"
EMPTY = {"opening": "", "went_well": "", "went_badly": "", "next_priorities": ""}


def writer(
    running: Running, person: Person, field: str, written: list[str]
) -> Callable[[threading.Event], None]:
    """Somebody who adds a paragraph to one of the texts with every save, and notes what was acknowledged."""
    visitor = running.visitor(person)

    def write(over: threading.Event) -> None:
        base, texts = 0, EMPTY
        while not over.is_set():
            paragraph = f"{field}-{len(written)}"
            texts = {**texts, field: "\n\n".join([*written, paragraph])}
            answer = visitor.post(PAGE, {**texts, "base": base}, Accept="application/json")
            assert answer.status == 200, answer.body
            written.append(paragraph)
            base, texts = answer.json["head"], answer.json.get("texts", texts)
        assert visitor.repeated > 0

    return write


def test_no_acknowledged_save_is_lost_or_doubled(running: Running) -> None:
    quarter = make_quarter(drafting_opens_at=now() - timedelta(days=1))
    ada, grace = make_person("leader"), make_person("organiser")
    bucket = make_bucket("Workshop", owner=ada)
    opening, well = [], []
    running.survive(writer(running, ada, "opening", opening), writer(running, grace, "went_well", well))
    narrative = narratives.narrative_for(quarter, bucket)
    assert narrative is not None
    head = narratives.head_draft(narrative)
    assert min(len(opening), len(well)) > KILLS
    assert head.opening.split("\n\n") == opening
    assert head.went_well.split("\n\n") == well
    revisions = db.session.scalars(select(Revision).where(Revision.narrative_id == narrative.id)).all()
    assert [revision.number for revision in revisions] == list(range(1, narrative.head + 1))
    sent = Counter((one.author_id, one.opening, one.went_well) for one in revisions if not one.note)
    assert {key: number for key, number in sent.items() if number > 1} == {}


# Questions


def asker(
    running: Running, visitor: Visitor, holder: Holder, asked: list[str]
) -> Callable[[threading.Event], None]:
    """Somebody who fetches passes and spends each on a question, noting what was acknowledged."""
    anonymous = Visitor(running.installation)

    def fetch_and_ask(_over: threading.Event) -> None:
        issued = visitor.post_json("/passes/2026-q2/issuance", holder.request)
        assert issued.status == 200, issued.body
        signatures = [from_base64url(signature) for signature in issued.json["signatures"]]
        for number, token in enumerate(holder.tokens(signatures)):
            text = f"{id(holder)}-{number}?"
            answer = anonymous.post_json("/questions/2026-q2", body(token, text))
            assert answer.status == 202, answer.body
            asked.append(text)
            time.sleep(0.05)
        assert not anonymous.cookies

    return fetch_and_ask


def asking_quarter(**values: Any) -> Quarter:
    """A quarter in the middle of asking, whose next tick is hours away."""
    opened = now() - timedelta(days=24, hours=12)
    quarter = make_quarter(
        drafting_opens_at=opened, published_at=opened + timedelta(days=10), passes_held=8, **values
    )
    assert create_keys(quarter, at=now())
    return quarter


def test_no_acknowledged_question_is_lost_or_doubled_nor_its_pass(running: Running) -> None:
    quarter = asking_quarter(passes_each=10)
    people = [make_person() for _ in range(4)]
    askers, asked = [running.visitor(person) for person in people], []
    holders = [holder_for(quarter, count=10) for _ in people]
    running.survive(
        *(asker(running, visitor, holder, asked) for visitor, holder in zip(askers, holders, strict=True))
    )
    assert len(asked) == 40
    assert waiting_texts() == sorted(asked)
    assert spent_count() == 40
    # Issued once to each, however often the request had to be sent.
    assert db.session.scalar(select(func.count()).select_from(Issuance)) == 4
    assert quarter.passes_held == 8 + 4


def cut_short(running: Running, **dates: Any) -> None:
    """Make something due, let the server begin with it, kill it then, and let the next server finish."""
    with transaction() as session:
        session.execute(update(Quarter).values(ticked_at=None, **dates))
    visit = threading.Thread(target=Visitor(running.installation).get, args=("/sign-in",))
    visit.start()
    time.sleep(random.uniform(0, 0.06))
    running.kill_and_start()
    visit.join(timeout=60)
    Visitor(running.installation).get("/sign-in")
    db.session.rollback()
    db.session.expire_all()


def test_killed_while_it_releases_and_closes_it_does_each_once(running: Running) -> None:
    quarter = asking_quarter()
    asked: list[str] = []
    for turn in range(KILLS):
        fresh = [f"{turn}-{number}?" for number in range(4)]
        asked += fresh
        ask(running.app, quarter, *fresh)
        cut_short(running, questions_open_at=now() - HOUR - timedelta(minutes=1), tick_minutes=60)
    assert spent_count() == len(asked)
    cut_short(running, questions_close_at=now() - 2 * HOUR)
    released = db.session.scalars(select(Question.text)).all()
    assert sorted(released) == sorted(asked)
    assert questions.counts(quarter)["received"] == questions.counts(quarter)["waiting"] == len(asked)
    assert (waiting_texts(), spent_count()) == ([], 0)
    assert quarter.closed_at is not None
    assert set(db.session.scalars(select(PassKey.private_key))) == {None}


# Answers


def answerer(visitor: Visitor, ids: list[str], done: Counter[str]) -> Callable[[threading.Event], None]:
    """A leader who claims each question, drafts an answer and publishes it, noting each acknowledgement."""

    def act(_over: threading.Event) -> None:
        for one in ids:
            address, text = f"/answers/2026-q2/{one}", f"To {one}."
            for verb, form in (
                ("/claim", {}),
                ("/draft", {"text": text, "seen": 0}),
                ("", {"text": text, "seen": 1}),
            ):
                answer = visitor.post(address + verb, form)
                assert answer.status == 302, answer.body
                done[verb] += 1
        assert visitor.repeated > 0

    return act


def test_no_acknowledged_claim_draft_or_answer_is_lost_or_doubled(running: Running) -> None:
    quarter = asking_quarter()
    leaders = [make_person("leader") for _ in range(2)]
    theirs = [[make_question(quarter).id for _ in range(30)] for _ in leaders]
    done: Counter[str] = Counter()
    visitors = [running.visitor(leader) for leader in leaders]
    running.survive(*(answerer(visitor, ids, done) for visitor, ids in zip(visitors, theirs, strict=True)))
    assert done == {"/claim": 60, "/draft": 60, "": 60}
    for leader, ids in zip(leaders, theirs, strict=True):
        claimed = select(Claim.question_id).where(Claim.owner_id == leader.id)
        assert sorted(db.session.scalars(claimed)) == sorted(ids)
        published = db.session.execute(
            select(Answer.question_id, Answer.number, Answer.text).where(Answer.author_id == leader.id)
        ).all()
        assert sorted(published) == sorted((one, 1, f"To {one}.") for one in ids)
    assert db.session.scalars(select(AnswerDraft)).all() == []
    counts = questions.counts(quarter)
    assert (counts["received"], counts["answered"], counts["waiting"]) == (60, 60, 0)
