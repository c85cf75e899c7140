"""Saving by a script: what it is told, and how it goes on after a lost answer or an ended session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from narrative.narratives.rules import LONGEST_TEXT
from tests.drafting import AT, EDIT, SCRIPT, Company, finished, make_company, script_save, typed
from tests.pages import Pages


@pytest.fixture
def company(app: Flask) -> Iterator[Company]:
    """A company, and the clock, in the drafting stage."""
    with time_machine.travel(AT, tick=False):
        yield make_company()


def test_a_script_is_told_its_revision_and_goes_on_from_it(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.ada)
    first = script_save(visitor, {"opening": "One", "base": "0"})
    assert (first["revision"], first["head"], first["saved_at"]) == (1, 1, AT.isoformat())
    assert "texts" not in first
    assert "is empty" in first["sign_off"]
    second = script_save(visitor, {"opening": "One two", "base": "1"})
    assert (second["revision"], second["head"]) == (2, 2)
    assert script_save(visitor, {"opening": "One two", "base": "2"})["revision"] == 2
    assert [revision.opening for revision in company.revisions] == ["One", "One two"]


def test_a_script_whose_answer_was_lost_sends_again_and_stores_nothing_twice(
    company: Company, pages: Pages
) -> None:
    ada, grace = pages.sign_in(company.ada), pages.another().sign_in(company.grace)
    sent = {"opening": "Ada's words", "base": "0"}
    assert script_save(ada, sent)["revision"] == 1
    assert script_save(ada, sent)["revision"] == 1
    script_save(grace, {"opening": "Ada's words", "went_well": "Grace's", "base": "1"})
    again = script_save(ada, sent)
    assert (again["revision"], again["head"]) == (1, 2)
    assert again["texts"]["went_well"] == "Grace's"
    assert len(company.revisions) == 2


def test_a_stale_script_gets_the_merged_text_and_who_saved(company: Company, pages: Pages) -> None:
    company.write(finished(company.ada))
    ada, grace = pages.sign_in(company.ada), pages.another().sign_in(company.grace)
    sent = typed(ada.get(EDIT))
    script_save(grace, {**sent, "went_well": "Sails, by Grace."})
    told = script_save(ada, {**sent, "went_badly": "Paint, by Ada."})
    assert (told["revision"], told["head"]) == (3, 4)
    assert told["texts"] == {
        "opening": "Calm.",
        "went_well": "Sails, by Grace.",
        "went_badly": "Paint, by Ada.",
        "next_priorities": "Go.",
    }
    assert [row["title"] for row in told["priorities"]] == ["Ship the boat"]
    assert "Merged with what Grace Hopper had saved" in told["notice"]
    # Its user typed on meanwhile: it goes on from its own revision, not from the merge it never showed.
    told = script_save(ada, {**sent, "went_badly": "Paint, by Ada. And rust.", "base": "3"})
    assert told["texts"]["went_well"] == "Sails, by Grace."
    assert company.head.went_badly == "Paint, by Ada. And rust."


def test_a_script_is_told_what_is_wrong(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.ada)
    told = script_save(visitor, {"opening": "x" * (LONGEST_TEXT + 1), "base": "0"}, status=422)
    assert told == {"error": "Shorten “Opening” by 1 characters: it may have 60,000."}


def test_a_session_that_ended_is_told_apart_and_can_be_taken_up_again(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.ada)
    sent = {**typed(visitor.get(EDIT)), "opening": "Typed before the session ended"}
    with visitor.client.session_transaction() as session:
        session.clear()
    response = visitor.client.post(EDIT, data=sent, headers=SCRIPT)
    assert response.status_code == 400
    assert "session that has ended" in response.get_json()["error"]
    assert visitor.client.get(EDIT, headers=SCRIPT).status_code == 302
    visitor.sign_in(company.ada)
    renewed = visitor.client.get(EDIT, headers=SCRIPT).get_json()
    assert renewed["person"] == company.ada.id
    response = visitor.client.post(EDIT, data={**sent, "csrf_token": renewed["csrf_token"]}, headers=SCRIPT)
    assert response.status_code == 200
    assert company.head.opening == "Typed before the session ended"
