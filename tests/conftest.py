"""Fixtures for every test: an application on each engine, with empty tables."""

import os
import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import hypothesis
import psycopg
import pytest
from flask import Flask, g

from narrative.app import create_app, create_tables
from narrative.config import Settings
from narrative.database import Base, db
from narrative.passes import keys
from narrative.passes.rsa_keys import PrivateKey
from tests.pages import Pages

# How busy the machine is makes no test fail.
hypothesis.settings.register_profile("narrative", deadline=None)
hypothesis.settings.load_profile("narrative")

EVERYTHING = os.environ.get("NARRATIVE_TEST_ALL") == "1"
POSTGRES = os.environ.get("NARRATIVE_TEST_POSTGRES", "")


def missing(what: str) -> None:
    """Skip, visibly, for want of `what`; fail where everything must be tested."""
    if EVERYTHING:
        pytest.fail(f"{what}; NARRATIVE_TEST_ALL=1 demands it")
    pytest.skip(what)


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """The URL of a PostgreSQL server on which databases may be made."""
    if not POSTGRES:
        missing("PostgreSQL is not tested: NARRATIVE_TEST_POSTGRES is not set")
    return POSTGRES


@pytest.fixture(scope="session")
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of an empty database of this test process, dropped at the end."""
    name = f"narrative_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield postgres_server.rsplit("/", 1)[0] + "/" + name
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Every test that touches a database runs once on each engine."""
    return str(request.param)


@pytest.fixture
def settings(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    """Settings for a company of the test's own."""
    secret_key = "for-tests-only-" + "x" * 32
    # Few vote slots: making a key takes a while.
    made = Settings(data=tmp_path, secret_key=secret_key, company="Test & Sons", vote_slots=4)
    if engine_name == "sqlite":
        return made
    url = request.getfixturevalue("postgres_url").replace("postgresql://", "postgresql+psycopg://")
    return replace(made, database_url=url)


class KeyRing:
    """Real keys, made once for all tests of a process: no test gets the same key twice."""

    made: ClassVar[list[PrivateKey]] = []
    making = threading.Lock()

    def __init__(self) -> None:
        self.taken = 0

    def take(self, count: int) -> list[PrivateKey]:
        with self.making:
            self.taken += count
            while len(self.made) < self.taken:
                self.made.append(PrivateKey.generate())
            return self.made[self.taken - count : self.taken]


@pytest.fixture(autouse=True)
def key_ring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take keys from those made already, in the order of the ring; servers in processes make their own."""
    monkeypatch.setattr(keys, "_made_keys", KeyRing().take)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application with empty tables, inside an application context."""
    made = create_app(settings)
    made.config["TESTING"] = True
    made.before_request_funcs.setdefault(None, []).insert(0, forget_last_request)
    with made.app_context():
        create_tables()
        yield made
        db.session.remove()
        if db.engine.dialect.name == "postgresql":
            empty_tables()
        db.engine.dispose()


def forget_last_request() -> None:
    """Empty `g`, which Flask would share between requests because the test holds the application context."""
    for name in list(g):
        g.pop(name)


def empty_tables() -> None:
    """Delete every row; much faster than dropping the tables of the shared database."""
    with db.engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())


@pytest.fixture
def pages(app: Flask) -> Pages:
    """A visitor's browser without scripts, which lints every page it fetches."""
    return Pages(app)
