"""What a question brings with it is looked for everywhere a running installation keeps anything.

Each search has a control: the same search finds the canary where it must be.
"""

import logging
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text

from narrative.database import Base, db
from narrative.passes.store import anonymous_store
from narrative.quarters.models import Quarter
from narrative.questions.releasing import tick_if_due
from tests.asking import (
    ASKING,
    FIRST_TICK,
    ask,
    body,
    make_passes,
    message,
    open_quarter,
    send,
    send_message,
    waiting_texts,
)
from tests.factories import make_person
from tests.pages import Pages
from tests.pass_holder import from_base64url, to_base64url

TEXT = "Is the yellow canary in the mine?"
ADDRESS = "203.0.113.7"
AGENT = "CanaryBrowser/7.7"
STORE = "anon.db"


@dataclass(frozen=True)
class Canaries:
    """What one request brought: its body, and every form in which a part could have been written down."""

    sent: dict[str, Any]
    nonce: bytes

    @property
    def secrets(self) -> list[bytes]:
        """What may be found nowhere: the nonce, the token, the address and the agent."""
        token = self.sent["token"].encode()
        nonces = [
            self.nonce,
            self.nonce.hex().encode(),
            b64encode(self.nonce),
            to_base64url(self.nonce).encode(),
        ]
        return [*nonces, token[:60], token[-60:], ADDRESS.encode(), AGENT.encode()]

    @property
    def everything(self) -> list[bytes]:
        """The same with the text and the mark, which are public one day."""
        return [*self.secrets, TEXT.encode(), self.sent["mark"].encode()]


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(ASKING, tick=False) as travelling:
        yield travelling


@pytest.fixture
def quarter(app: Flask) -> Quarter:
    return open_quarter()


@pytest.fixture
def canaries(quarter: Quarter) -> Canaries:
    [token] = make_passes(quarter)
    return Canaries(body(token, TEXT), token[2:34])


def send_canaries(app: Flask, canaries: Canaries, **changes: Any) -> Any:
    """Send the question from that address with that browser."""
    headers = {"User-Agent": AGENT, "X-Forwarded-For": ADDRESS}
    sent = {**canaries.sent, **changes}
    return send(app, sent, headers=headers, environ_overrides={"REMOTE_ADDR": ADDRESS})


def kept(app: Flask) -> dict[str, bytes]:
    """Everything that is kept, by the name of its file; rows of PostgreSQL under their table's name.

    Memory that SQLite's readers and writers share (-shm) is not something kept.
    """
    folder: Path = app.extensions["narrative.settings"].data
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".db-shm"]
    found = {path.name: path.read_bytes() for path in files}
    if db.engine.dialect.name == "postgresql":
        found |= {table.name: rows(table.name) for table in Base.metadata.sorted_tables}
    return found


def rows(table: str) -> bytes:
    """Every row of a table of PostgreSQL with its place and the transaction that wrote it."""
    with db.engine.connect() as connection:
        written = connection.execute(text(f"SELECT t.ctid, t.xmin, t::text FROM {table} t ORDER BY 1"))
        return "\n".join(" ".join(map(str, row)) for row in written).encode()


def where(app: Flask, canary: bytes) -> set[str]:
    """The names of what holds the canary."""
    return {name for name, data in kept(app).items() if canary in data}


def identity(app: Flask) -> dict[str, bytes]:
    """What is kept in the main database."""
    return {name: data for name, data in kept(app).items() if not name.startswith(STORE)}


def test_a_waiting_question_is_in_the_anonymous_store_and_nowhere_else(app, canaries):
    assert send_canaries(app, canaries).status_code == 202
    assert where(app, TEXT.encode()) == {STORE}
    assert where(app, canaries.sent["mark"].encode()) == {STORE}
    assert [canary for canary in canaries.secrets if where(app, canary)] == []
    assert where(app, b"2026-q2") >= {STORE}
    assert len(identity(app)) > 0


def test_a_released_question_is_in_the_main_database_and_nowhere_else(app, quarter, canaries):
    send_canaries(app, canaries)
    ask(app, quarter, "Another?", "A third?")
    assert tick_if_due(quarter, FIRST_TICK) == 3
    found = where(app, TEXT.encode())
    assert found
    assert STORE not in found
    assert [canary for canary in canaries.secrets if where(app, canary)] == []


def test_a_salt_goes_where_its_question_goes_and_nowhere_else(app, quarter, canaries):
    salt = from_base64url(canaries.sent["salt"])
    send_canaries(app, canaries)
    assert held(app, salt) == {STORE}
    ask(app, quarter, "Another?", "A third?")
    assert tick_if_due(quarter, FIRST_TICK) == 3
    found = held(app, salt)
    assert found
    assert STORE not in found


def held(app: Flask, secret: bytes) -> set[str]:
    """The names of what holds these bytes in any form."""
    forms = (secret, secret.hex().encode(), to_base64url(secret).encode())
    return {name for form in forms for name in where(app, form)}


def test_asking_changes_no_byte_of_the_main_database(app, quarter, canaries, pages: Pages):
    person = make_person()
    pages.sign_in(person)
    pages.get("/questions/2026-q2/new")
    db.session.rollback()
    before = identity(app)
    for answer, status in (
        (send_canaries(app, canaries), 202),
        (send_canaries(app, canaries), 202),
        (send_canaries(app, canaries, text="Other?"), 409),
        (send_canaries(app, canaries, token="x"), 400),
        (send_canaries(app, canaries, bucket="nowhere"), 409),
    ):
        assert answer.status_code == status
        assert identity(app) == before
    pages.get("/questions/2026-q2/new")
    pages.get("/receipts")
    pages.client.get("/questions/2026-q2")
    assert identity(app) == before
    assert waiting_texts() == [TEXT]
    # The comparison sees a change that is as small as can be.
    person.name += "!"
    db.session.commit()
    assert identity(app) != before


ADDED = "It was the second canary, of the west shaft."


def send_added(app: Flask, sent: dict[str, Any]) -> Any:
    """Send a message from that address with that browser."""
    headers = {"User-Agent": AGENT, "X-Forwarded-For": ADDRESS}
    return send_message(app, sent, headers=headers, environ_overrides={"REMOTE_ADDR": ADDRESS})


def test_a_waiting_follow_up_and_its_signature_are_in_the_anonymous_store_and_nowhere_else(app, canaries):
    send_canaries(app, canaries)
    sent = message(canaries.sent["mark"], 1, ADDED)
    before = identity(app)
    assert send_added(app, sent).status_code == 202
    assert send_added(app, message(canaries.sent["mark"], 0)).status_code == 202
    assert where(app, ADDED.encode()) == {STORE}
    assert where(app, from_base64url(sent["signature"])) == {STORE}
    secrets = [*canaries.secrets, sent["signature"].encode()]
    assert [canary for canary in secrets if where(app, canary)] == []
    assert identity(app) == before


def test_nothing_that_is_added_is_logged_at_any_level(app, canaries, caplog):
    send_canaries(app, canaries)
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="sqlalchemy")
    db.session.remove()  # an open connection has decided already that it logs nothing
    mark = canaries.sent["mark"]
    sent = message(mark, 1, ADDED)
    for one, status in (
        ({**sent, "text": ADDED + "!"}, 400),
        ({**sent, "more": ADDED}, 400),
        (message(mark, 2, ADDED), 409),
        (message(mark, 1, ADDED * 100), 422),
        ({**sent, "text": ADDED * 2000}, 413),
        (sent, 202),
        (message(mark, 1, ADDED + "?"), 409),
        (message(mark, 0), 202),
    ):
        answer = send_added(app, one)
        assert answer.status_code == status
        said = answer.get_data() + str(answer.headers).encode()
        brought = [ADDED.encode(), mark.encode(), one["signature"].encode()]
        assert [canary for canary in (*brought, *canaries.secrets) if canary in said] == []
    assert b"SELECT" in logged(caplog)  # even the main database's statements were caught
    assert [canary for canary in (ADDED, sent["signature"]) if canary.encode() in logged(caplog)] == []
    # Of the mark, that it was looked for in public; of who looks, nothing.
    assert [canary for canary in canaries.secrets if canary in logged(caplog)] == []


def logged(caplog: pytest.LogCaptureFixture) -> bytes:
    """Everything that was logged at any level, with arguments and traces."""
    return "\n".join(
        f"{record.getMessage()} {record.__dict__!r} {record.exc_text}" for record in caplog.records
    ).encode()


def assert_unlogged(caplog: pytest.LogCaptureFixture, canaries: Canaries) -> None:
    assert [canary for canary in canaries.everything if canary in logged(caplog)] == []


def test_nothing_that_came_in_is_logged_at_any_level(app, canaries, caplog):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="sqlalchemy")
    db.session.remove()  # an open connection has decided already that it logs nothing
    logging.getLogger("narrative").debug("a control: %s", "canary-in-the-log")
    for answer, status in (
        (send_canaries(app, canaries, bucket="nowhere"), 422),
        (send_canaries(app, canaries, text=TEXT * 100), 422),
        (send_canaries(app, canaries, text=TEXT * 2000), 413),
        (send_canaries(app, canaries, person=TEXT), 400),
        (send_canaries(app, canaries), 202),
        (send_canaries(app, canaries, text=TEXT + "!"), 409),
    ):
        assert answer.status_code == status
        said = answer.get_data() + str(answer.headers).encode()
        # The promise names the mark, to whoever brought it and nobody else.
        unsaid = [*canaries.secrets, TEXT.encode()] if status == 202 else canaries.everything
        assert [canary for canary in unsaid if canary in said] == []
    assert waiting_texts() == [TEXT]  # reading what waits is not logged either
    assert b"canary-in-the-log" in logged(caplog)
    assert b"SELECT" in logged(caplog)  # even the main database's statements were caught
    assert_unlogged(caplog, canaries)


def test_a_failing_store_answers_with_a_generic_error_and_tells_no_log(app, canaries, caplog):
    send_canaries(app, canaries, text="Prepares the store?", token="x")
    with anonymous_store().transaction() as connection:
        connection.exec_driver_sql("DROP TABLE pending_questions")
    app.config["TESTING"] = False
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="sqlalchemy")
    db.session.remove()  # an open connection has decided already that it logs nothing
    answer = send_canaries(app, canaries)
    assert answer.status_code == 500
    assert answer.json == {
        "error": "Something went wrong on the server. What you saved before is safe. Try again in a minute."
    }
    assert "an anonymous route failed: OperationalError" in caplog.text
    assert_unlogged(caplog, canaries)
    # Nothing is half done: the pass was not spent.
    with anonymous_store().reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM spent_passes").scalar() == 0
