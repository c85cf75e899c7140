"""A vote comes from one of many: as many hold the passes of its slot as must hold those to ask with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from narrative.database import db
from narrative.passes.keys import create_next_round
from narrative.passes.models import Issuance
from narrative.passes.store import anonymous_reading
from narrative.passes.store_tables import votes
from narrative.quarters.models import Quarter
from tests.asking import ASKING, make_passes, open_quarter
from tests.factories import make_person, make_question
from tests.pages import Pages
from tests.pass_holder import fetch_round, to_base64url

FLOOR = 8
FURTHER_SLOT = 5


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(ASKING, tick=False):
        yield


@pytest.fixture
def quarter(app: Flask) -> Quarter:
    """A quarter with a second round of keys, whose first slot has a question."""
    made = open_quarter()
    assert create_next_round(made, at=ASKING)
    make_question(made, slot=FURTHER_SLOT)
    return made


def fetched_by(app: Flask, quarter: Quarter, people: int) -> bytes:
    """Let so many people fetch the second round; return the last one's pass for its first slot."""
    for _one in range(people):
        made = fetch_round(Pages(app).sign_in(make_person()), quarter, number=2)
    return made["vote", FURTHER_SLOT][0]


def standing() -> int:
    with anonymous_reading() as connection:
        return connection.scalar(select(func.count()).select_from(votes)) or 0


def test_a_slot_takes_votes_only_once_enough_hold_the_passes_of_its_round(app, quarter):
    """Whoever has the database sees who fetched a round: of few, each vote would be one of theirs."""
    token = fetched_by(app, quarter, FLOOR - 1)
    address = f"/votes/{quarter.name}/{FURTHER_SLOT}"
    sent = {"token": to_base64url(token), "vote": True}
    client = app.test_client(use_cookies=False)
    answer = client.post(address, json=sent)
    assert (answer.status_code, answer.json["reason"]) == (409, "not open")
    assert f"{FLOOR - 1} of at least {FLOOR}" in answer.json["error"]
    assert standing() == 0
    fetched_by(app, quarter, 1)
    assert client.post(address, json=sent).status_code == 202
    assert standing() == 1


def test_those_without_a_pass_are_not_told_how_many_hold_one(app, quarter):
    fetched_by(app, quarter, 1)
    [other] = make_passes(quarter, purpose="vote", slot=FURTHER_SLOT + 1)
    sent = {"token": to_base64url(other), "vote": True}
    client = app.test_client(use_cookies=False)
    answer = client.post(f"/votes/{quarter.name}/{FURTHER_SLOT}", json=sent)
    assert answer.status_code == 400
    assert db.session.scalar(select(func.count()).select_from(Issuance)) == 1
