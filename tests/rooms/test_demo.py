"""The story of the demo, played into empty databases: at each stage it is what it says."""

import json
import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from narrative import clock
from narrative.cli.verify import verify
from narrative.database import db
from narrative.narratives.models import Outcome
from narrative.passes.models import Issuance
from narrative.people.queries import people
from narrative.quarters.queries import current_quarter, quarters
from narrative.questions.models import AskBack, FollowUp, Question
from narrative.questions.queries import counts
from narrative.story.play import STAGES, play
from narrative.story.script import load
from tests.pages import Pages


@pytest.mark.parametrize("stage", STAGES)
def test_the_demo_stands_in_the_stage_that_was_asked_for(app: Flask, pages: Pages, stage: str) -> None:
    company = load()
    told: list[str] = []
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


@pytest.mark.parametrize("stage", ["drafting", "asking", "closed"])
def test_the_demos_ledger_adds_up_and_is_verified_by_other_code(
    app: Flask, pages: Pages, stage: str, tmp_path: Path
) -> None:
    cast = play(load(), stage=stage, at=clock.now(), report=lambda _line: None)
    export = pages.sign_in(cast["aoife"]).client.get("/ledger/export.json").text
    entries = [json.loads(body) for body in json.loads(export)["leaves"]]
    for quarter in quarters():
        mine = [entry for entry in entries if entry.get("quarter") == quarter.name]
        kinds, days = Counter(entry["kind"] for entry in mine), [e["day"] for e in mine if "day" in e]
        assert days == sorted(days)
        kept = counts(quarter)
        assert kinds["question"] == kept["received"]
        assert kinds["question"] == sum(entry["released"] for entry in mine if entry["kind"] == "tick")
        ends = {"declined", "withdrawn", "withheld"}
        assert {end: kept[end] for end in ends if kept.get(end)} == {
            end: kinds[end] for end in ends & set(kinds)
        }
        closed = [entry["received"] for entry in mine if entry["kind"] == "close"]
        assert closed == ([kept["received"]] if quarter.closed_at else [])
    (tmp_path / "export.json").write_text(export, encoding="utf-8")
    done = CliRunner().invoke(verify, [str(tmp_path / "export.json")])
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "Intact."), done.output


def test_the_demos_promises_are_accounted_for(app: Flask, pages: Pages) -> None:
    company = load()
    cast = play(company, stage="answering", at=clock.now(), report=lambda _line: None)
    narratives = [told for quarter in company.quarters for told in quarter.narratives]
    said = Counter(one.result for told in narratives for one in told.outcomes)
    assert Counter(db.session.scalars(select(Outcome.state))) == {**said, "not reported": 4}
    now, last, *_earlier = (quarter.name for quarter in quarters())
    pages.sign_in(cast["aoife"])
    money = pages.get(f"/narratives/{now}/money")
    assert "Put a month's wages aside" in money.text
    assert "carried 2 quarters · carried over" in money.text
    assert "carried 3 quarters" in money.text
    workshop = pages.get(f"/narratives/{now}/workshop")
    assert "promised in an answer" in workshop.text
    answer = pages.get(workshop.links()["promised in an answer"])
    assert "six weeks under load, then yes or no, by" in answer.text
    assert f"/narratives/{now}/workshop#commitment-" in answer.html
    earlier = pages.get(f"/narratives/{last}/workshop")
    assert "Not reported Finish the trial of the new lifting column" in earlier.text
    # What is not reported in time stands again in the next quarter.
    assert (
        "Not reported The lifting course for the other twenty" in pages.get(f"/narratives/{last}/people").text
    )
    assert "Done The lifting course for the other twenty" in pages.get(f"/narratives/{now}/people").text


def test_whoever_asks_votes_adds_and_takes_back_in_the_demo(app: Flask) -> None:
    play(load(), stage="answering", at=clock.now(), report=lambda _line: None)
    now, last, *earlier = quarters()
    for quarter in (now, last, *earlier):
        votes = db.session.scalars(select(Question.votes).where(Question.quarter_id == quarter.id)).all()
        assert len(set(votes)) > len(votes) // 2
    assert (counts(now)["withdrawn"], counts(now)["withheld"]) == (1, 1)
    erased = select(Question.text).where(Question.state.in_(("withdrawn", "withheld")))
    assert db.session.scalars(erased).all() == ["", ""]
    assert len(db.session.scalars(select(AskBack)).all()) == 2
    assert len(db.session.scalars(select(FollowUp)).all()) == 3


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
