"""Writing together: what one page types reaches the others, becomes revisions, and is never lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from pycrdt import Map

from narrative.database import db
from narrative.encoding import to_base64url
from narrative.narratives import queries
from narrative.narratives.document.models import Document, DocumentUpdate, Presence
from narrative.narratives.document.settling import settle_what_rests
from narrative.narratives.models import Priority
from narrative.narratives.rules import Draft, OutcomeRow
from narrative.narratives.rules.authorship import runs_of, written_by
from tests.document_page import DOCUMENT, WritingPage
from tests.drafting import AT, ROOM, Company, finished, make_company
from tests.factories import make_quarter
from tests.pages import Pages
from tests.writing import published


@pytest.fixture
def company(app: Flask) -> Iterator[Company]:
    """A company, and the clock, in the drafting stage."""
    with time_machine.travel(AT, tick=False):
        yield make_company()


@pytest.fixture
def ada(company: Company, pages: Pages) -> WritingPage:
    """Ada's page, opened."""
    page = WritingPage(visitor=pages.sign_in(company.ada))
    page.sync()
    return page


@pytest.fixture
def grace(company: Company, pages: Pages, ada: WritingPage) -> WritingPage:
    """Grace's page, opened after Ada's."""
    page = WritingPage(visitor=pages.another().sign_in(company.grace))
    page.sync()
    return page


def test_two_pages_write_in_one_text_and_both_see_both(ada: WritingPage, grace: WritingPage) -> None:
    ada.type("Ada’s sentence. ")
    grace.type("Grace’s 🙂 sentence. ")
    ada.sync()
    grace.sync()
    ada.sync()
    assert str(ada.text()) == str(grace.text())
    assert sorted(str(ada.text()).split(". ")) == ["", "Ada’s sentence", "Grace’s 🙂 sentence"]
    assert (ada.saved, grace.saved) == (True, True)
    assert (ada.told["seq"], grace.told["seq"]) == (2, 2)


def test_the_document_begins_with_the_newest_revision_once(company: Company, pages: Pages) -> None:
    draft = finished(company.ada)
    company.write(draft)
    first, second = (
        WritingPage(visitor=pages.another().sign_in(one)) for one in (company.ada, company.grace)
    )
    first.sync()
    second.sync()
    assert (str(first.text()), str(second.text())) == (draft.opening, draft.opening)
    first.sync()
    assert len(company.revisions) == 1
    assert db.session.query(Document).count() == 1


def test_what_is_typed_becomes_a_revision_that_names_everybody_who_wrote(
    company: Company, ada: WritingPage, grace: WritingPage
) -> None:
    ada.type("Wir")
    ada.sync()
    grace.sync()
    grace.text().insert(0, "Où ")
    grace.sync()
    ada.sync()
    ada.type(" ja")
    ada.sync()
    assert company.revisions == []
    with time_machine.travel(AT + timedelta(minutes=2), tick=False):
        assert settle_what_rests(AT + timedelta(minutes=2)) == 1
    [revision] = company.revisions
    assert (revision.opening, revision.author_id) == ("Où Wir ja", company.ada.id)
    assert revision.authors == sorted([company.ada.id, company.grace.id])
    runs = runs_of(revision.authorship["opening"])
    assert written_by(revision.opening, runs) == [
        (company.grace.id, "Où "),
        (company.ada.id, "Wir ja"),
    ]
    assert settle_what_rests(AT + timedelta(minutes=9)) == 0


def test_an_hour_of_writing_becomes_a_revision_for_every_ten_minutes(
    company: Company, ada: WritingPage
) -> None:
    seconds = range(0, 3600, 50)
    for second in seconds:
        with time_machine.travel(AT + timedelta(seconds=second), tick=False):
            ada.type(f"{second} ")
            ada.sync()
    settle_what_rests(AT + timedelta(hours=2))
    ends = [revision.opening.split()[-1] for revision in company.revisions]
    assert ends == ["600", "1250", "1900", "2550", "3200", "3550"]
    assert company.head.opening == "".join(f"{second} " for second in seconds)


def test_typing_and_taking_it_back_makes_no_revision(company: Company, ada: WritingPage) -> None:
    ada.type("not")
    ada.sync()
    text = ada.text()
    del text[0:3]
    ada.sync(update=to_base64url(ada.doc.get_update()))
    settle_what_rests(AT + timedelta(hours=1))
    assert company.revisions == []
    assert str(WritingPage(visitor=ada.visitor).text()) == ""


def test_a_form_saved_meanwhile_is_merged_and_reaches_the_pages(
    company: Company, ada: WritingPage, grace: WritingPage
) -> None:
    ada.type("Typed live.")
    ada.sync()
    company.write(Draft(opening="", went_well="From a phone."), base=0, by=company.grace)
    assert company.head == Draft(opening="Typed live.", went_well="From a phone.")
    ada.sync()
    assert (str(ada.text()), str(ada.text("went_well"))) == ("Typed live.", "From a phone.")
    ada.type(" And on.")
    ada.sync()
    grace.sync()
    assert str(grace.text()) == "Typed live. And on."


def test_a_form_of_a_stale_page_overwrites_nothing_that_was_typed_live(
    company: Company, ada: WritingPage
) -> None:
    company.write(Draft(opening="One two three."), by=company.grace)
    ada.sync()
    ada.text().insert(4, "and ")
    ada.sync()
    saved = company.write(Draft(opening="One two three four."), base=1, by=company.grace)
    assert saved.draft.opening == "One and two three four."
    ada.sync()
    assert str(ada.text()) == "One and two three four."


def test_restoring_a_revision_changes_the_document_too(company: Company, ada: WritingPage) -> None:
    company.write(replace(finished(company.ada), opening="First."))
    company.write(replace(finished(company.ada), opening="Second."))
    ada.sync()
    ada.visitor.post("/narratives/2026-q2/product/revisions/1/restoration", {"head": "2"})
    ada.sync()
    assert (str(ada.text()), company.head.opening) == ("First.", "First.")


def test_signing_off_meets_what_was_typed_a_moment_ago(company: Company, ada: WritingPage) -> None:
    company.write(finished(company.ada))
    ada.sync()
    ada.type(" One word more.")
    ada.sync()
    data = {"revision": "1", "csrf_token": ada.visitor.csrf_token()}
    refused = ada.visitor.client.post("/narratives/2026-q2/product/sign-off", data=data)
    assert refused.status_code == 409
    assert company.narrative is not None
    assert (company.narrative.head, company.narrative.sign_off) == (2, None)
    assert company.head.opening.endswith(" One word more.")


def test_others_are_told_who_is_here_and_where(
    company: Company, ada: WritingPage, grace: WritingPage
) -> None:
    cursor = {"part": "opening", "anchor": {"type": None}, "head": {"type": None}}
    ada.sync(cursor=cursor)
    here = grace.sync()["here"]
    assert here == [{"tab": ada.tab, "person": company.ada.id, "name": "Ada Lovelace", "cursor": cursor}]
    assert [one["name"] for one in ada.sync(cursor=cursor)["here"]] == ["Grace Hopper"]
    ada.sync(away=True)
    assert grace.sync()["here"] == []
    assert [row.tab for row in db.session.query(Presence)] == [grace.tab]


def test_nobody_is_here_after_twenty_seconds_without_a_word(ada: WritingPage, grace: WritingPage) -> None:
    with time_machine.travel(AT + timedelta(seconds=25), tick=False):
        assert grace.sync()["here"] == []
    settle_what_rests(AT + timedelta(minutes=5))
    assert db.session.query(Presence).count() == 0


def test_a_page_without_news_is_answered_without_the_document(ada: WritingPage) -> None:
    ada.type("x")
    ada.sync()
    told = ada.sync()
    assert (told["seq"], told["state"], told["update"]) == (1, None, "")


def test_an_answer_that_was_lost_is_asked_for_again_and_nothing_stands_twice(
    company: Company, ada: WritingPage, grace: WritingPage
) -> None:
    ada.type("Once.")
    ada.send()
    assert not ada.saved
    ada.sync()
    ada.sync()
    grace.sync()
    assert (str(ada.text()), str(grace.text()), ada.saved) == ("Once.", "Once.", True)
    assert db.session.query(DocumentUpdate).count() == 1


def test_the_log_is_cut_short_and_a_page_that_slept_gets_everything(
    company: Company, ada: WritingPage, grace: WritingPage
) -> None:
    grace.type("Grace, before she slept. ")
    for number in range(230):
        ada.type(f"{number} ")
        ada.sync()
    assert db.session.query(DocumentUpdate).count() < 60
    assert db.session.query(Document).one().snapshot_seq == 200
    grace.sync()
    ada.sync()
    assert str(ada.text()) == str(grace.text())
    assert "Grace, before she slept. " in str(ada.text())
    assert all(f"{number} " in str(ada.text()) for number in range(230))
    assert company.revisions[-1].opening in str(ada.text())


def test_private_notes_are_in_no_revision(company: Company, ada: WritingPage, grace: WritingPage) -> None:
    ada.type("Do not say who left.", "private_notes")
    ada.type("Calm.")
    ada.sync()
    grace.sync()
    assert str(grace.text("private_notes")) == "Do not say who left."
    settle_what_rests(AT + timedelta(hours=1))
    [revision] = company.revisions
    assert queries.draft_of(revision) == Draft(opening="Calm.")


def test_a_page_that_writes_before_anybody_opened_anything(company: Company, pages: Pages) -> None:
    page = WritingPage(visitor=pages.sign_in(company.ada))
    page.type("From an old device.")
    page.sync()
    assert page.saved
    assert str(page.text()) == "From an old device."
    assert DOCUMENT.startswith("/narratives/2026-q2/product")


def test_a_page_makes_a_revision_of_what_is_typed(company: Company, ada: WritingPage) -> None:
    company.write(finished(company.ada))
    ada.sync()
    ada.type(" More.")
    ada.sync()
    sent = {"csrf_token": ada.visitor.csrf_token()}
    address = DOCUMENT.replace("document", "revisions")
    told = ada.visitor.client.post(address, data=sent, headers={"Accept": "application/json"}).get_json()
    assert (told["revision"], told["head"], told["saved_at"]) == (2, 2, AT.isoformat())
    assert "Sign off revision 2" in told["sign_off"]
    assert "Ada Lovelace" in told["lately"]
    assert company.revisions[1].opening == "Calm. More."


def test_what_two_saved_apart_may_be_too_long_as_one_and_all_of_it_is_kept(
    company: Company, ada: WritingPage
) -> None:
    company.write(finished(company.ada))
    ada.sync()
    base = company.revisions[-1].number
    for letter, by in (("x", company.ada), ("y", company.grace)):
        company.write(Draft(opening=letter * 40_000), base=base, by=by)
    whole = company.head.opening
    assert ("x" * 40_000 in whole, "y" * 40_000 in whole) == (True, True)
    ada.sync()
    assert str(ada.text()) == whole
    ada.type(" More.")
    told = ada.send(update=to_base64url(ada.unsent()), status=422)
    assert re.match(r"Shorten “Opening” by 20,0\d\d characters", told["error"])
    text = ada.text()
    del text[0:40_000]
    ada.sync()
    assert ada.saved


def test_what_became_of_a_promise_is_said_in_the_document(
    company: Company, pages: Pages, ada: WritingPage
) -> None:
    promised = promise_of_last_quarter(company)
    assert list(ada.doc.get("outcomes", type=Map).keys()) == []
    ada.visitor.get("/narratives/2026-q2/product/edit")
    ada.sync()
    row = ada.doc.get("outcomes", type=Map)[promised]
    row["state"] = "partly"
    row["sentence"].insert(0, "Half of it floats.")
    ada.sync()
    settle_what_rests(AT + timedelta(hours=1))
    assert company.head.outcomes == (OutcomeRow(key=promised, state="partly", sentence="Half of it floats."),)


def promise_of_last_quarter(company: Company) -> str:
    """Publish a priority of the quarter before, and return by what it is known now."""
    earlier = make_quarter("2026-q1")
    published(earlier, company.bucket)
    return f"priority-{db.session.query(Priority).one().id}"


def test_looking_at_the_preview_makes_no_revision(company: Company, pages: Pages) -> None:
    page = WritingPage(visitor=pages.sign_in(company.ada))
    page.sync()
    page.type("Half a sen")
    page.sync()
    before = len(company.revisions)
    data = {"text": "Half a sen", "csrf_token": pages.csrf_token()}
    assert "Half a sen" in pages.client.post(f"{ROOM}/preview", data=data).get_data(as_text=True)
    assert len(company.revisions) == before
    pages.get(f"{ROOM}/draft")
    assert len(company.revisions) == before + 1
