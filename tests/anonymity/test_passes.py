"""What issuing and redeeming leave behind: whom passes were given to, and nothing that leads to a pass."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import LargeBinary, text

from narrative.database import Base, db
from narrative.passes import redeem
from narrative.passes.keys import create_keys
from narrative.passes.models import Issuance, PassKey
from narrative.quarters.models import Quarter
from tests.factories import MONDAY, make_person, make_quarter
from tests.pages import Pages
from tests.pass_holder import from_base64url, holder_for

READING = MONDAY + timedelta(days=11)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(READING, tick=False):
        yield


@pytest.fixture
def quarter(app: Flask) -> Quarter:
    made = make_quarter(published_at=MONDAY + timedelta(days=10))
    create_keys(made, at=READING)
    return made


def everything_kept(app: Flask) -> bytes:
    """Every byte of the main database: its files on SQLite, every column of every row on PostgreSQL.

    The `-shm` file is left out: it is memory that readers and writers share, not something kept.
    """
    if db.engine.dialect.name == "sqlite":
        folder: Path = app.extensions["narrative.settings"].data
        files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".db-shm")
        assert any(path.name == "narrative.db" for path in files)
        return b"".join(path.read_bytes() for path in files)
    rows = []
    with db.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            rows += connection.execute(text(f"SELECT t::text FROM {table.name} t ORDER BY 1")).scalars().all()
    # PostgreSQL writes bytes in hexadecimal; as bytes again, so that both engines can be searched alike.
    hexadecimal = re.findall(r"\\x([0-9a-f]+)", "\n".join(rows))
    return "\n".join(rows).encode() + b"".join(bytes.fromhex(found) for found in hexadecimal)


def test_an_issuance_says_who_and_nothing_else() -> None:
    columns = {column.name: column for column in Issuance.__table__.columns}
    assert set(columns) == {"quarter_id", "person_id", "round", "request_hash"}
    assert isinstance(columns["request_hash"].type, LargeBinary)


def test_keys_know_no_person() -> None:
    targets = {key.column.table.name for key in PassKey.__table__.foreign_keys}
    assert targets == {"quarters"}


def test_nothing_kept_holds_a_pass(app: Flask, pages: Pages, quarter: Quarter) -> None:
    """With three passes held: neither what was blinded, nor the signatures, nor the finished passes."""
    pages.sign_in(make_person())
    holder = holder_for(quarter)
    headers = {"X-CSRFToken": pages.csrf_token()}
    answer = pages.client.post("/passes/2026-q2/issuance", json=holder.request, headers=headers)
    signatures = [from_base64url(signature) for signature in answer.json["signatures"]]
    tokens = holder.tokens(signatures)
    for token in tokens:
        redeem.verify(token, quarter_name="2026-q2", purpose="ask")
    kept = everything_kept(app)
    note = db.session.query(Issuance).one()
    assert note.request_hash in kept, "the search itself is blind"
    for canary in (
        *holder.blinded,
        *signatures,
        *(token[2:34] for token in tokens),
        *(t[98:] for t in tokens),
    ):
        assert canary[:16] not in kept


def test_redeeming_changes_no_byte(app: Flask, pages: Pages, quarter: Quarter) -> None:
    pages.sign_in(make_person())
    holder = holder_for(quarter)
    before_issuing = everything_kept(app)
    headers = {"X-CSRFToken": pages.csrf_token()}
    answer = pages.client.post("/passes/2026-q2/issuance", json=holder.request, headers=headers)
    tokens = holder.tokens([from_base64url(signature) for signature in answer.json["signatures"]])
    after_issuing = everything_kept(app)
    assert after_issuing != before_issuing, "the comparison itself is blind"
    for token in tokens:
        redeem.verify(token, quarter_name="2026-q2", purpose="ask")
    with pytest.raises(redeem.MalformedToken):
        redeem.verify(b"", quarter_name="2026-q2", purpose="ask")
    pages.app.test_client(use_cookies=False).get("/passes/2026-q2/keys")
    assert everything_kept(app) == after_issuing


def test_a_cookieless_route_never_learns_who_is_signed_in(pages: Pages, quarter: Quarter) -> None:
    """Even a good session is refused, so that no browser gets used to sending one."""
    pages.sign_in(make_person())
    answer = pages.client.get("/passes/2026-q2/keys")
    assert answer.status_code == 400
    assert "no cookies" in answer.get_data(as_text=True)
