"""What nobody would type is answered, never with a failure: in addresses and in forms, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from narrative.answers.models import Draft, Reopening
from narrative.database import db
from narrative.quarters.forms import shown
from narrative.quarters.models import TimetableChange
from tests.company import AFTER, Company, make_company
from tests.pages import Pages

# Null, which PostgreSQL cannot store; numbers that no column and no conversion takes; a digit that is none.
ODD = ("a\x00b", "9" * 30, "9" * 5000, "²")


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(AFTER, tick=False):
        yield


@pytest.fixture
def company(app: Flask) -> Company:
    return make_company(app)


@pytest.fixture
def organiser(pages: Pages, company: Company) -> Pages:
    """Who gets furthest in."""
    return pages.sign_in(company.organiser)


def test_no_page_fails_whatever_stands_in_its_address(app: Flask, company: Company, organiser: Pages) -> None:
    good = {"quarter": "2026-q2", "bucket": company.bucket.slug, "question_id": company.questions[0].id}
    walked, token = 0, organiser.csrf_token()
    for rule in app.url_map.iter_rules():
        method = "GET" if "GET" in (rule.methods or set()) else "POST"
        for name in rule.arguments:
            for value in ODD:
                values = {"number": "2", **good, name: value}
                path = "".join(
                    quote(values.get(part, "1"), safe="") if dynamic else part
                    for dynamic, part in rule._trace
                    if part != "|"
                )
                sent = {"csrf_token": token} if method == "POST" else None
                answer = organiser.client.open(path, method=method, data=sent)
                assert answer.status_code < 500, (method, path[:200])
                walked += 1
    assert walked > 200


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/board/2026-q2", "bucket"),
        ("/board/2026-q2", "state"),
        ("/board/2026-q2", "after"),
        ("/answers/2026-q2", "after"),
        ("/narratives/2026-q2/workshop", "beside"),
        ("/narratives/2026-q2/workshop/revisions", "before"),
        ("/narratives/2026-q2/workshop/revisions/2", "against"),
        ("/people", "after"),
        ("/people", "search"),
        ("/quarters/new", "name"),
        ("/sign-in", "next"),
    ],
)
def test_no_page_fails_whatever_it_is_asked_for(organiser: Pages, path: str, name: str) -> None:
    for value in ODD:
        assert organiser.client.get(path, query_string={name: value}).status_code < 500, value[:50]


def test_what_no_database_can_hold_is_left_out_of_what_leaders_say(
    organiser: Pages, company: Company
) -> None:
    drafted, answered, *_ = company.questions
    leader = str(company.employee.id)
    for question, verb, sent, status in (
        (drafted, "/draft", {"text": "one\x00two", "seen": "1"}, 302),
        (drafted, "/hand-off", {"note": "one\x00two", "to": leader, "holder": "9" * 5000}, 422),
        (answered, "/correction", {"text": "one\x00two", "reason": "a\x00b", "seen": "2"}, 302),
        (answered, "/reopening", {"note": "one\x00two", "was": "answered"}, 302),
        (answered, "/decline", {"reason": "personal", "sentence": "one\x00two"}, 302),
        (drafted, "", {"text": "\x00"}, 422),
    ):
        address = f"/answers/2026-q2/{question.id}{verb}"
        sent["csrf_token"] = organiser.csrf_token()
        assert organiser.client.post(address, data=sent).status_code == status, verb
    assert db.session.scalars(select(Draft.text)).all() == ["onetwo"]
    assert "onetwo" in db.session.scalars(select(Reopening.note)).all()


def test_an_owner_who_is_no_number_is_nobody(organiser: Pages, company: Company) -> None:
    sent = {"note": "", "to": str(company.organiser.id), "holder": "9" * 5000}
    page = organiser.post(f"/answers/2026-q2/{company.questions[0].id}/hand-off", sent, status=409)
    assert f"{company.leader.name} holds this question by now" in page.text


def test_numbers_that_are_none_are_left_aside(organiser: Pages, company: Company) -> None:
    organiser.post("/quarters/2026-q2/publication", {"without": ["9" * 5000, "²"]})
    sent = {"revision": "9" * 5000}
    owner = organiser.another().sign_in(company.leader)
    assert owner.post("/narratives/2026-q2/workshop/sign-off", sent, status=409)


def test_a_note_about_dates_is_stored_without_what_cannot_be(organiser: Pages, company: Company) -> None:
    values = {
        name: value.strftime("%Y-%m-%dT%H:%M") if hasattr(value, "strftime") else str(value)
        for name, value in shown(company.quarter).items()
    }
    sent = {**values, "answers_due_at": "2026-09-01T09:00", "note": "one\x00two"}
    organiser.post("/quarters/2026-q2/edit", sent)
    assert "onetwo" in db.session.scalars(select(TimetableChange.note)).all()
