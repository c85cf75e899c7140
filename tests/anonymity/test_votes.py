"""What a vote leaves behind: a hash of its pass until questions close, and nothing else anywhere."""

import logging
import random
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask

from narrative.database import db
from narrative.passes.keys import VOTE
from narrative.passes.store import AnonymousStore, anonymous_store, insert_unless_there
from narrative.passes.store_tables import votes
from narrative.passes.token import spent_mark
from narrative.quarters.models import Quarter
from narrative.questions.releasing import close_if_due, tick_if_due
from tests.anonymity.test_canaries import ADDRESS, AGENT, STORE, identity, logged, where
from tests.asking import ANSWERING, FIRST_TICK, make_passes, open_quarter
from tests.factories import make_person, make_question
from tests.pages import Pages
from tests.pass_holder import to_base64url

SLOTS = (1, 2, 3)
MAIN = "sqlite:////nowhere/narrative.db"

# What counts commits and changes of the schema in the header of a SQLite file (its format, section 1.3).
COUNTERS = ((24, 28), (40, 44), (92, 96))


@dataclass(frozen=True)
class Vote:
    """One pass for one slot, and what it could have left."""

    slot: int
    token: bytes

    @property
    def spent(self) -> bytes:
        """What is kept while the vote stands."""
        return spent_mark(self.token[2:34], quarter="2026-q2", purpose=VOTE, slot=self.slot)

    @property
    def secrets(self) -> list[bytes]:
        """What may be found nowhere, in every form in which it could have been written down."""
        nonce, token = self.token[2:34], to_base64url(self.token).encode()
        forms = [nonce, nonce.hex().encode(), b64encode(nonce), to_base64url(nonce).encode()]
        return [*forms, token[:60], token[-60:], self.token[98:130], ADDRESS.encode(), AGENT.encode()]


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(FIRST_TICK, tick=False) as travelling:
        yield travelling


@pytest.fixture
def quarter(app: Flask) -> Quarter:
    """A quarter with three released questions, after its first tick."""
    made = open_quarter()
    for slot in SLOTS:
        make_question(made, slot=slot)
    tick_if_due(made, FIRST_TICK)
    return made


@pytest.fixture
def cast(quarter: Quarter) -> list[Vote]:
    """One person's passes for every question."""
    return [Vote(slot, make_passes(quarter, purpose=VOTE, slot=slot)[0]) for slot in SLOTS]


def send(app: Flask, vote: Vote, wanted: Any = True, **changes: Any) -> Any:
    """Send a vote from that address with that browser."""
    sent = {"token": to_base64url(vote.token), "vote": wanted, **changes}
    return app.test_client(use_cookies=False).post(
        f"/votes/2026-q2/{vote.slot}",
        json=sent,
        headers={"User-Agent": AGENT, "X-Forwarded-For": ADDRESS},
        environ_overrides={"REMOTE_ADDR": ADDRESS},
    )


def finish_scrubbing(app: Flask) -> None:
    """Do now what is done at the latest when the window ends."""
    with anonymous_store().transaction(at_tick=True):
        pass


def test_a_vote_is_a_hash_in_the_anonymous_store_and_nowhere_else(app, quarter, cast):
    for vote in cast:
        assert send(app, vote).status_code == 202
    for vote in cast:
        assert where(app, vote.spent) == {STORE}
        assert [secret for secret in vote.secrets if where(app, secret)] == []


def test_a_vote_that_was_taken_back_is_in_no_file(app, quarter, cast):
    given, stays, _third = cast
    for vote, wanted in ((given, True), (stays, True), (given, False)):
        assert send(app, vote, wanted).status_code == 202
    finish_scrubbing(app)
    assert where(app, given.spent) == set()
    assert where(app, stays.spent) == {STORE}


def test_closing_leaves_no_vote_in_any_file(app, quarter, cast, clock):
    for vote in cast:
        send(app, vote)
    clock.move_to(ANSWERING)
    tick_if_due(quarter, quarter.questions_close_at)
    assert close_if_due(quarter, ANSWERING)
    assert [vote.slot for vote in cast if where(app, vote.spent)] == []


def test_voting_changes_no_byte_of_the_main_database(app, quarter, cast, pages: Pages):
    person, vote = make_person(), cast[0]
    pages.sign_in(person)
    pages.get("/board/2026-q2")
    db.session.rollback()
    before = identity(app)
    for answer, status in (
        (send(app, vote), 202),
        (send(app, vote), 202),
        (send(app, vote, False), 202),
        (send(app, vote, False), 202),
        (send(app, vote, "yes"), 400),
        (send(app, vote, token="x"), 400),
        (send(app, Vote(2, vote.token)), 400),
        (send(app, Vote(4, vote.token)), 404),
        (send(app, cast[1]), 202),
        (send(app, cast[2]), 202),
    ):
        assert answer.status_code == status
        assert identity(app) == before
    pages.get("/board/2026-q2")
    assert identity(app) == before
    # The comparison sees a change that is as small as can be.
    person.name += "!"
    db.session.commit()
    assert identity(app) != before


def test_nothing_of_a_vote_is_logged_or_said_at_any_level(app, quarter, cast, caplog):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="sqlalchemy")
    db.session.remove()  # an open connection has decided already that it logs nothing
    vote = cast[0]
    traces = [*vote.secrets, vote.spent, vote.spent.hex().encode(), repr(vote.spent).encode()]
    for answer, status in (
        (send(app, vote, more=ADDRESS), 400),
        (send(app, vote, "x" * 40_000), 413),
        (send(app, Vote(2, vote.token)), 400),
        (send(app, Vote(4, vote.token)), 404),
        (send(app, vote), 202),
        (send(app, vote, False), 202),
    ):
        assert answer.status_code == status
        said = answer.get_data() + str(answer.headers).encode()
        assert [trace for trace in traces if trace in said] == []
    assert tick_if_due(quarter, FIRST_TICK) is None
    assert b"SELECT" in logged(caplog)  # even the main database's statements were caught
    assert [trace for trace in traces if trace in logged(caplog)] == []


def test_a_failing_store_tells_no_log_whose_vote_was_lost(app, quarter, cast, caplog):
    assert send(app, cast[1]).status_code == 202
    with anonymous_store().transaction() as connection:
        connection.exec_driver_sql("DROP TABLE votes")
    app.config["TESTING"] = False
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="sqlalchemy")
    db.session.remove()
    assert send(app, cast[0]).status_code == 500
    assert "an anonymous route failed: OperationalError" in caplog.text
    traces = [*cast[0].secrets, cast[0].spent, cast[0].spent.hex().encode(), b"/votes/"]
    assert [trace for trace in traces if trace in logged(caplog)] == []


def voted(path: Path, order: list[int], taken_back: list[int]) -> bytes:
    """The bytes of a store after these votes came in this order and some were taken back, scrubbed."""
    store = AnonymousStore(f"sqlite:///{path}", main_url=MAIN)
    drawn = random.Random(11)
    rows = [
        {"spent_mark": drawn.randbytes(32), "quarter": "2026-q2", "slot": number % 7 + 1}
        for number in range(len(order))
    ]
    for number in order:
        with store.transaction() as connection:
            insert_unless_there(connection, votes, **rows[number])
    for number in taken_back:
        with store.transaction() as connection:
            connection.execute(votes.delete().where(votes.c.spent_mark == rows[number]["spent_mark"]))
    with store.transaction(at_tick=True):
        pass
    store.engine.dispose()
    kept = bytearray(path.read_bytes())
    for begin, end in COUNTERS:  # how often was written and scrubbed, which depends on how fast
        kept[begin:end] = bytes(end - begin)
    return bytes(kept)


def test_the_same_votes_in_another_order_leave_the_same_bytes(tmp_path: Path) -> None:
    numbers = list(range(200))
    shuffled = random.Random(7).sample(numbers, len(numbers))
    one = voted(tmp_path / "one.db", numbers, [5, 8, 13])
    other = voted(tmp_path / "other.db", shuffled, [13, 5, 8])
    assert one == other
    assert len(one) > 4 * 4096  # several pages of rows, or nothing was compared


def test_without_scrubbing_the_bytes_would_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("narrative.passes.store_engines.SqliteDiscipline.scrub", lambda *_: True)
    numbers = list(range(200))
    shuffled = random.Random(7).sample(numbers, len(numbers))
    assert voted(tmp_path / "one.db", numbers, []) != voted(tmp_path / "other.db", shuffled, [])
