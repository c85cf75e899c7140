"""What an installation says of itself, its anonymous store on each engine: on the page, and by `doctor`."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import psycopg
import pytest
from flask import Flask

from narrative.app import create_app, create_tables
from narrative.checks import RESULTS, checks
from narrative.config import Settings
from narrative.database import db
from narrative.passes.protection import OK, UNPROTECTED, WEAKER, protections
from narrative.passes.store import anonymous_store
from tests.pages import Pages


@contextmanager
def installed(settings: Settings) -> Iterator[Flask]:
    """An application with those settings, newly started."""
    app = create_app(settings)
    app.config["TESTING"] = True
    with app.app_context():
        create_tables()
        yield app
        db.session.remove()
        db.engine.dispose()
        anonymous_store().engine.dispose()


@pytest.fixture
def on_postgres(settings: Settings, anonymous_postgres_url: str) -> Settings:
    """Settings with the anonymous store on PostgreSQL."""
    return replace(settings, anonymous_url=anonymous_postgres_url, base_url="https://narrative.example")


def levels(settings: Settings) -> dict[str, str]:
    return {one.subject: one.level for one in protections(settings)}


def statement(url: str, sql: str) -> None:
    """Have PostgreSQL do something to that database."""
    plain = url.replace("+psycopg", "")
    with psycopg.connect(plain.rsplit("/", 1)[0] + "/postgres", autocommit=True) as connection:
        connection.execute(sql.replace("(NAME)", plain.rsplit("/", 1)[1]).encode())


def shown(app: Flask) -> list[tuple[str, str]]:
    """Level and words of each finding, as the page shows them."""
    page = Pages(app).get("/anonymity")
    assert "In this deployment" in [heading.text for heading in page.all("h2")]
    words = [" ".join(one.text.split()) for one in page.all("dd")]
    return list(zip([one.text for one in page.all("span", class_="state")], words, strict=True))


def test_the_page_shows_what_doctor_finds(settings: Settings) -> None:
    with installed(settings) as app:
        found = protections(settings)
        assert shown(app) == [(one.level.capitalize(), one.words) for one in found]
        told = [(one.subject, one.result, one.words) for one in checks(app)]
        assert [one for one in found if (one.subject, RESULTS[one.level], one.words) not in told] == []
        assert {"On the way": WEAKER, "Waiting questions": OK, "Proxy": OK}.items() <= levels(
            settings
        ).items()


def test_it_names_no_path_host_or_password(on_postgres: Settings) -> None:
    settings = replace(on_postgres, anonymous_url="postgresql+psycopg://me:canary-word@127.0.0.1:1/canary")
    with installed(settings) as app:
        html = Pages(app).get("/anonymity").html
        assert levels(settings)["Waiting questions"] == UNPROTECTED
        for secret in ("canary", "127.0.0.1", str(settings.data), "psycopg", "OperationalError"):
            assert secret not in html


def test_on_postgresql_it_says_what_is_weaker(on_postgres: Settings) -> None:
    with installed(on_postgres):
        found = levels(on_postgres)
    assert (found["Waiting questions"], found["On the way"]) == (WEAKER, OK)
    assert (found["Log of the database"], found["Archive of the database"]) == (OK, OK)


def test_a_log_that_is_switched_on_is_found(on_postgres: Settings) -> None:
    statement(on_postgres.anonymous_url, "ALTER DATABASE (NAME) SET log_statement = 'mod'")
    try:
        with installed(on_postgres) as app:
            assert levels(on_postgres)["Waiting questions"] == UNPROTECTED
            assert "Until it is, no question is accepted." in Pages(app).get("/anonymity").text
            assert "wrong" in {one.result for one in checks(app) if one.subject == "Anonymous store"}
    finally:
        statement(on_postgres.anonymous_url, "ALTER DATABASE (NAME) RESET log_statement")


def test_a_stream_of_the_write_ahead_log_is_found(on_postgres: Settings) -> None:
    statement(on_postgres.anonymous_url, "SELECT pg_create_physical_replication_slot('s_(NAME)')")
    try:
        with installed(on_postgres):
            assert levels(on_postgres)["Archive of the database"] == UNPROTECTED
    finally:
        statement(on_postgres.anonymous_url, "SELECT pg_drop_replication_slot('s_(NAME)')")


def test_a_file_that_cannot_be_opened_is_said_and_the_page_is_there(settings: Settings) -> None:
    with installed(settings) as app:
        place = settings.data / "anon.db"
        anonymous_store().prepare()
        place.write_bytes(b"not a database at all " * 100)
        assert stat.S_ISREG(place.stat().st_mode)
        assert levels(settings)["Waiting questions"] == UNPROTECTED
        assert Pages(app).get("/anonymity").text.count("Not protected") == 1
