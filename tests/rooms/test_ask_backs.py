"""Asking back, the conversation under a question, and what the ledger holds of what leaders say."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from narrative.answers import actions
from narrative.database import db
from narrative.ledger.models import LedgerLeaf
from narrative.people.models import Person
from narrative.quarters.models import Quarter
from narrative.questions import queries
from narrative.questions.models import FollowUp, Question
from tests.factories import MONDAY, make_person, make_quarter, make_question, save
from tests.pages import Pages

ASKING = MONDAY + timedelta(days=26)
TODAY = ASKING.date()


@pytest.fixture(autouse=True)
def while_asking() -> Iterator[object]:
    with time_machine.travel(ASKING, tick=False) as clock:
        yield clock


@pytest.fixture
def leader(pages: Pages) -> Person:
    """The visitor."""
    made = make_person("leader", name="Ada Lovelace")
    pages.sign_in(made)
    return made


@pytest.fixture
def quarter(leader: Person) -> Quarter:
    return make_quarter(published_at=MONDAY + timedelta(days=10))


@pytest.fixture
def question(quarter: Quarter, leader: Person) -> Question:
    """A waiting question that the visitor owns."""
    made = make_question(quarter)
    actions.claim(made, by=leader, due_on=TODAY, at=ASKING)
    return made


def leaves() -> list[dict[str, Any]]:
    """What the ledger says, in its order."""
    db.session.rollback()
    return [
        json.loads(body) for body in db.session.scalars(select(LedgerLeaf.body).order_by(LedgerLeaf.position))
    ]


def added(question: Question, number: int, text: str, day: date = TODAY) -> None:
    save(FollowUp(question_id=question.id, number=number, text=text, shown_on=day))


def test_whoever_holds_a_question_asks_back_and_everybody_reads_it(pages: Pages, question: Question) -> None:
    address = f"/answers/2026-q2/{question.id}"
    pages.post(f"{address}/ask-back", {"text": " Which *year*?\r\n<b>", "seen": "0"})
    visitor = pages.another().sign_in(make_person())
    page = visitor.get(f"/board/2026-q2/{question.id}")
    assert "Which *year*? <b>" in page.text
    assert "Ada Lovelace asked back" in page.text
    assert visitor.client.get("/questions/2026-q2").json["questions"][0]["asked_back"] == 1


def test_the_conversation_is_shown_in_order_and_names_nobody_who_asked(
    pages: Pages, question: Question
) -> None:
    visitor = make_person(name="Alice Asker")
    added(question, 1, "The first.", TODAY - timedelta(days=2))
    actions.ask_back(
        question, text="The second?", seen=0, by=make_person("leader"), at=ASKING - timedelta(days=1)
    )
    added(question, 2, "The third.")
    page = pages.another().sign_in(visitor).get(f"/board/2026-q2/{question.id}")
    said = [page.text.index(words) for words in (question.text, "The first.", "The second?", "The third.")]
    assert said == sorted(said)
    assert page.text.count("Added by whoever asked") == 2
    [place] = page.all("question-messages") or [None]
    assert place is None or place.attributes["data-used"] == "2"


def test_a_follow_up_is_shown_as_text_never_as_markup(pages: Pages, question: Question) -> None:
    hostile = "<script>alert(1)</script> **bold** & <img src=x onerror=y>"
    added(question, 1, hostile)
    for address in (f"/board/2026-q2/{question.id}", f"/answers/2026-q2/{question.id}"):
        page = pages.get(address)
        assert hostile in page.text
        assert not [e for e in page.all("script") if "src" not in e.attributes]


@pytest.mark.parametrize("text", ["", " \n", "x" * 2001, "a\x1bb"])
def test_what_cannot_be_asked_back_is_refused_and_kept_in_the_form(
    pages: Pages, question: Question, text: str
) -> None:
    page = pages.post(f"/answers/2026-q2/{question.id}/ask-back", {"text": text, "seen": "0"}, status=422)
    assert page.errors()
    assert queries.ask_backs(question) == []


def test_who_does_not_hold_the_question_cannot_ask_back(pages: Pages, question: Question) -> None:
    for role in ("employee", "leader"):
        visitor = pages.another().sign_in(make_person(role))
        visitor.post(f"/answers/2026-q2/{question.id}/ask-back", {"text": "Which?", "seen": "0"}, status=403)
    assert queries.ask_backs(question) == []


def test_sent_twice_it_is_asked_once_and_a_faster_colleague_is_shown(
    pages: Pages, leader: Person, question: Question
) -> None:
    address = f"/answers/2026-q2/{question.id}/ask-back"
    for _ in range(2):
        pages.post(address, {"text": "Which?", "seen": "0"})
    assert [row.text for row in queries.ask_backs(question)] == ["Which?"]
    organiser = pages.another().sign_in(make_person("organiser"))
    page = organiser.post(address, {"text": "When?", "seen": "0"}, status=409)
    assert "Ada Lovelace asked back while you were writing" in page.text
    assert "When?" in page.html
    organiser.post(address, {"text": "When?", "seen": "1"})
    assert [row.text for row in queries.ask_backs(question)] == ["Which?", "When?"]


def test_the_queue_shows_what_was_added_since_the_answer(
    pages: Pages, leader: Person, question: Question
) -> None:
    quiet = make_question(db.session.get_one(Quarter, question.quarter_id))
    for one in (question, quiet):
        added(one, 1, "Before.", TODAY - timedelta(days=1))
        actions.publish(one, text="So.", by=leader, at=ASKING)
    assert "Nothing was added since you answered." in pages.get("/answers/2026-q2?show=followed+up").text
    added(question, 2, "But?", TODAY + timedelta(days=1))
    page = pages.get("/answers/2026-q2?show=followed+up")
    assert "A follow-up since the answer" in page.text
    assert question.text in page.text
    assert quiet.text not in page.text
    later = ASKING + timedelta(days=2)
    actions.correct(question, text="So, and.", reason="You asked.", seen=1, by=leader, at=later)
    assert question.text not in pages.get("/answers/2026-q2?show=followed+up").text


def test_everything_that_leaders_say_stands_in_the_ledger_by_its_hash(
    leader: Person, question: Question
) -> None:
    actions.ask_back(question, text="Which?", seen=0, by=leader, at=ASKING)
    actions.publish(question, text="So *é*.", by=leader, at=ASKING)
    actions.correct(question, text="So.", reason="A slip.", seen=1, by=leader, at=ASKING)
    actions.reopen(question, was="answered", note="Too short.", by=leader, at=ASKING)
    actions.decline(question, reason="personal", sentence=" It names one. ", by=leader, at=ASKING)
    about = {"quarter": "2026-q2", "id": question.id, "day": TODAY.isoformat()}

    def hashed(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()

    assert leaves() == [
        {"kind": "asked-back", **about, "number": 1, "text_hash": hashed("Which?")},
        {"kind": "answer", **about, "number": 1, "text_hash": hashed("So *é*.")},
        {"kind": "answer", **about, "number": 2, "text_hash": hashed("So.")},
        {"kind": "reopened", **about},
        {"kind": "declined", **about, "reason": "personal", "sentence_hash": hashed("It names one.")},
    ]


def test_what_is_repeated_or_refused_adds_nothing_to_the_ledger(leader: Person, question: Question) -> None:
    for _ in range(2):
        actions.publish(question, text="So.", by=leader, at=ASKING)
    with pytest.raises(actions.AlreadyMoved):
        actions.decline(question, reason="personal", sentence="No.", by=leader, at=ASKING)
    assert [leaf["kind"] for leaf in leaves()] == ["answer"]
