"""What closing destroys is gone from the bytes, not only from the tables. SQLite keeps replaced pages in its
log, and deleted rows in its pages, until something else is written there."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from narrative.database import db
from narrative.passes.issue import issue
from narrative.passes.models import Issuance, PassKey
from narrative.questions.releasing import close_if_due
from tests.asking import ASKING, CLOSES, ask, open_quarter
from tests.factories import make_person
from tests.pass_holder import holder_for

DESTROYED = CLOSES + timedelta(hours=1)
PIECE = 24


@pytest.fixture
def engine_name() -> str:
    """PostgreSQL's files belong to its server; what it leaves in them is said in docs/anonymity.md."""
    return "sqlite"


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(ASKING, tick=False):
        yield


def found(app: Flask, secret: bytes) -> list[str]:
    """The files that hold a piece of the secret."""
    folder: Path = app.extensions["narrative.settings"].data
    pieces = [secret[at : at + PIECE] for at in range(0, len(secret) - PIECE + 1, PIECE)]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(path.name for path in files if any(piece in path.read_bytes() for piece in pieces))


def test_after_closing_no_file_holds_a_key_or_who_had_which_request_signed(app: Flask) -> None:
    quarter = open_quarter()
    issue(make_person(), quarter, holder_for(quarter).blinded, at=ASKING)
    ask(app, quarter, "Why?")
    # The public half stays, on purpose; it is the beginning of the private one.
    secrets = [(key.private_key or b"")[-600:] for key in db.session.query(PassKey)]
    assert len(secrets) == 5
    request_hash = db.session.query(Issuance).one().request_hash
    for secret in secrets:
        assert set(found(app, secret)) & {"narrative.db", "narrative.db-wal"}
    assert set(found(app, request_hash)) & {"narrative.db", "narrative.db-wal"}
    assert close_if_due(quarter, DESTROYED)
    db.session.remove()
    assert [found(app, secret) for secret in secrets] == [[]] * 5
    assert found(app, request_hash) == []
    # Closing is written where the next start finds it, not only in a log that was cut off.
    assert {key.private_key for key in db.session.query(PassKey)} == {None}


def test_deleted_rows_are_overwritten(app: Flask) -> None:
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1
