"""A real server with a quarter in which questions are asked, and commands of somebody who distrusts it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import update

from narrative.app import create_app
from narrative.cli import cli
from narrative.config import load
from narrative.database import db, transaction
from narrative.independent.receipts import Receipt
from narrative.migrations.run import upgrade
from narrative.passes.keys import create_keys
from narrative.passes.store import anonymous_store
from narrative.people.actions import make_link
from narrative.people.models import Person
from narrative.quarters.models import Quarter
from narrative.questions import queries
from narrative.questions.models import Question
from narrative.questions.releasing import show_messages_if_due, tick_if_due
from tests.factories import make_person, make_quarter
from tests.server import Installation

SLOTS = 4
CODE = r"\b(?:[0-9A-Z]{4}-){6}[0-9A-Z*~$=]{3}"


def now() -> datetime:
    """This instant, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass
class Running:
    """A server process, and this process's own view of its databases."""

    installation: Installation
    app: Flask
    quarter: Quarter
    folder: Path

    def link(self, person: Person) -> str:
        """A one-time link of somebody."""
        return f"{self.installation.address}/sign-in/{make_link(person, at=now())}"

    def ask(self, name: str, *arguments: str, typed: str = "", status: int = 0) -> str:
        """Run `narrative ask` with the file of that name; what it printed."""
        file = str(self.folder / f"{name}.json")
        command, *rest = arguments
        done = CliRunner().invoke(cli, ["ask", command, "--passes", file, *rest], input=typed)
        assert done.exit_code == status, (done.output, done.exception)
        return done.output

    def fetch(self, name: str, person: Person, *options: str, status: int = 0) -> str:
        """Fetch somebody's passes into a file."""
        server = ("--server", self.installation.address)
        return self.ask(name, "passes", *server, *options, typed=f"{self.link(person)}\n", status=status)

    def kept(self, name: str) -> dict[str, Any]:
        """What a file of passes holds."""
        read: dict[str, Any] = json.loads((self.folder / f"{name}.json").read_text())
        return read

    def tick(self) -> None:
        """Carry a tick out now, whatever the hour."""
        with transaction() as session:
            session.execute(update(Quarter).values(ticked_at=None))
        db.session.expire_all()
        assert tick_if_due(self.quarter, now()) is not None
        show_messages_if_due(self.quarter, now())


def receipt_in(said: str) -> str:
    """The receipt or recovery code that was printed."""
    found = re.search(CODE, said)
    assert found, said
    return found[0]


def shown(running: Running, receipt: str) -> Question:
    """The released question of a receipt."""
    db.session.rollback()
    db.session.expire_all()
    found = queries.question_of_mark(Receipt.read(receipt).mark)
    assert found is not None
    return found


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """An installation that is being served, in the middle of asking."""
    own = {
        "NARRATIVE_SECRET_KEY": "for-tests-only-" + "x" * 32,
        "NARRATIVE_ASKING_FLOOR": "5",
        "NARRATIVE_VOTE_SLOTS": str(SLOTS),
    }
    installation = Installation(tmp_path / "data", own)
    installation.data.mkdir()
    given = {name: text for name, text in installation.environment.items() if name.startswith("NARRATIVE_")}
    app = create_app(load(given))
    with app.app_context():
        upgrade(report=lambda _line: None)
        opened = now() - timedelta(days=26)
        quarter = make_quarter(
            drafting_opens_at=opened, published_at=opened + timedelta(days=10), passes_held=8
        )
        assert create_keys(quarter, at=now())
        installation.start()
        yield Running(installation, app, quarter, tmp_path)
        installation.kill()
        anonymous_store().migrate(0)
        anonymous_store().engine.dispose()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def person(running: Running) -> Person:
    """Somebody who works there."""
    return make_person()
