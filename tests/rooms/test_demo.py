"""The story of the demo, played into empty databases: at each stage it is what it says."""

import socket
import subprocess
import sys

import pytest
from flask import Flask
from sqlalchemy import func, select

from narrative import clock
from narrative.database import db
from narrative.passes.models import Issuance
from narrative.people.queries import people
from narrative.quarters.queries import current_quarter, quarters
from narrative.questions.models import Question
from narrative.questions.queries import counts
from narrative.story.play import STAGES, play
from narrative.story.script import load
from tests.pages import Pages


@pytest.mark.parametrize("stage", STAGES)
def test_the_demo_stands_in_the_stage_that_was_asked_for(app: Flask, pages: Pages, stage: str) -> None:
    company, told = load(), []
    cast = play(company, stage=stage, at=clock.now(), report=told.append)
    now, *past = quarters()
    assert current_quarter(clock.now()) == now
    assert now.stage(clock.now()) == stage
    assert {quarter.stage(clock.now()) for quarter in past} == {"closed"}
    assert len(people()) == len(company.people)
    for quarter in (now, *past):
        kept, rows = counts(quarter), select(func.count()).where(Question.quarter_id == quarter.id)
        assert kept["received"] == db.session.scalar(rows)
        assert kept["received"] == sum(number for state, number in kept.items() if state != "received")
        assert kept.get("waiting", 0) == 0 or quarter is now
    for key in company.sign_in:
        assert db.session.scalars(select(Issuance).where(Issuance.person_id == cast[key].id)).all() == []
        pages.another().sign_in(cast[key]).get("/")
    assert len(told) == 5


def test_enough_colleagues_hold_passes_for_visitors_to_ask(app: Flask) -> None:
    play(load(), stage="asking", at=clock.now(), report=lambda _line: None)
    now = quarters()[0]
    assert now.passes_held >= app.extensions["narrative.settings"].asking_floor
    assert db.session.scalar(select(func.count()).where(Issuance.quarter_id == now.id)) == now.passes_held


def test_a_second_demo_does_not_share_the_first_ones_port() -> None:
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as first:
        port = first.getsockname()[1]
        command = [sys.executable, "-m", "narrative", "demo", "--port", str(port)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert f"Something else answers on port {port}. Stop it, or choose another with --port." in done.stderr
    assert "Serving" not in done.stdout
