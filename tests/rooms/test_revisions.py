"""Revisions: listed, compared, made the newest again, thinned."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from narrative.narratives import writing
from narrative.narratives.revising import THINNED_EVERY
from narrative.narratives.rules import Draft, PriorityRow
from tests.drafting import AT, ROOM, Company, make_company
from tests.pages import Pages


@pytest.fixture
def company(app: Flask) -> Iterator[Company]:
    """A company, and the clock, in the drafting stage."""
    with time_machine.travel(AT, tick=False):
        yield make_company()


def revise(company: Company, *drafts: Draft, minutes: int = 30) -> None:
    """Save each draft on the one before, some minutes apart, in turn by Ada and Grace."""
    for turn, draft in enumerate(drafts):
        by = (company.ada, company.grace)[turn % 2]
        at = AT + timedelta(minutes=minutes * turn)
        writing.save(company.quarter, company.bucket, draft=draft, base=turn, by=by, at=at)


def test_revisions_are_listed_by_whoever_wrote_when(company: Company, pages: Pages) -> None:
    revise(company, Draft(opening="a"), Draft(opening="ab"), Draft(opening="abc"))
    writing.save(
        company.quarter,
        company.bucket,
        draft=Draft(opening="abcd"),
        base=3,
        by=company.ada,
        at=AT + timedelta(minutes=61),
    )
    page = pages.sign_in(company.other_leader).get(f"{ROOM}/revisions")
    rows = [" ".join(row.text.split()) for row in page.all("tr")][1:]
    assert rows == [
        "Tuesday 30 June 2026, 10:01 UTC Ada Lovelace The newest. 2 saves "
        "Revision 4 Tuesday 30 June 2026, 10:01 UTC Revision 3 Tuesday 30 June 2026, 10:00 UTC",
        "Tuesday 30 June 2026, 09:30 UTC Grace Hopper 1 save",
        "Tuesday 30 June 2026, 09:00 UTC Ada Lovelace 1 save",
    ]
    assert page.links()["Tuesday 30 June 2026, 10:01 UTC"] == f"{ROOM}/revisions/4"


def test_a_long_list_of_revisions_has_pages(company: Company, pages: Pages) -> None:
    revise(company, *(Draft(opening=str(number)) for number in range(402)))
    visitor = pages.sign_in(company.ada)
    newest = visitor.get(f"{ROOM}/revisions")
    assert len(newest.all("tr")) == 1 + 400
    older = visitor.get(next(e.attributes["href"] for e in newest.all("a", rel="next")))
    assert len(older.all("tr")) == 1 + 2


def test_a_revision_shows_what_it_changed_word_by_word(company: Company, pages: Pages) -> None:
    row = PriorityRow(key="0" * 16, title="Ship the boat", measure="It floats", owner_id=company.grace.id)
    revise(
        company,
        Draft(opening="We sailed far and came home safely.", went_well="Same <b>words</b>."),
        Draft(opening="We sailed far and came home late.", went_well="Same <b>words</b>.", priorities=(row,)),
    )
    page = pages.sign_in(company.other_leader).get(f"{ROOM}/revisions/2")
    assert [e.text for e in page.all("del")] == ["went", "safely."]
    assert [e.text for e in page.all("ins")][:2] == ["came", "late."]
    assert "Ship the boat. How we will know: It floats. Owner: Grace Hopper." in page.text
    assert "What went well" not in [e.text for e in page.all("h2")][:2]
    assert "<b>words</b>" not in page.html


def test_any_two_revisions_are_compared(company: Company, pages: Pages) -> None:
    revise(company, *(Draft(opening=f"Words, version {word}.") for word in ("one", "two", "three")))
    visitor = pages.sign_in(company.ada)
    page = visitor.get(f"{ROOM}/revisions/3?against=1")
    assert [e.text for e in page.all("del")][1:] == ["one."]
    assert [e.text for e in page.all("ins")][1:] == ["three."]
    assert "Both say the same." in visitor.get(f"{ROOM}/revisions/3?against=3").text
    assert "The first revision" in visitor.get(f"{ROOM}/revisions/1").text


def test_formatting_alone_is_said_to_be_formatting(company: Company, pages: Pages) -> None:
    revise(company, Draft(opening="Just so."), Draft(opening="*Just* so."))
    page = pages.sign_in(company.ada).get(f"{ROOM}/revisions/2")
    assert "The words are the same; only their formatting changed." in page.text


def test_an_earlier_revision_is_made_the_newest_again_as_a_new_one(company: Company, pages: Pages) -> None:
    row = PriorityRow(key="0" * 16, title="Ship the boat")
    revise(company, Draft(opening="Good.", priorities=(row,)), Draft(opening="Worse."))
    visitor = pages.sign_in(company.grace)
    page = visitor.get(f"{ROOM}/revisions/1")
    head = next(e for e in page.all("input", name="head")).attributes["value"]
    visitor.post(f"{ROOM}/revisions/1/restoration", {"head": head})
    assert company.head == Draft(opening="Good.", priorities=(row,))
    assert [(r.number, r.base, r.note) for r in company.revisions] == [
        (1, 0, ""),
        (2, 1, ""),
        (3, 2, "Restored from revision 1"),
    ]


def test_a_restoration_does_not_bury_what_was_saved_meanwhile(company: Company, pages: Pages) -> None:
    revise(company, Draft(opening="Good."), Draft(opening="Worse."))
    visitor = pages.sign_in(company.ada)
    page = visitor.post(f"{ROOM}/revisions/1/restoration", {"head": "1"}, status=409)
    assert "Nothing was restored: the text was changed meanwhile, in revision 2." in page.text
    assert company.head.opening == "Worse."
    visitor.post(f"{ROOM}/revisions/7/restoration", {"head": "2"}, status=404)
    pages.another().sign_in(company.other_leader).post(
        f"{ROOM}/revisions/1/restoration", {"head": "2"}, status=403
    )
    assert len(company.revisions) == 2


def test_old_autosaves_are_thinned_while_people_write(company: Company, pages: Pages) -> None:
    later = AT + timedelta(days=2)
    for number in range(THINNED_EVERY):
        assert len(company.revisions) == number
        draft = Draft(opening=f"Typed so far: {number}")
        at = later if number == THINNED_EVERY - 1 else AT + timedelta(seconds=number)
        writing.save(company.quarter, company.bucket, draft=draft, base=number, by=company.ada, at=at)
    # The last of the session two days ago, and of this one.
    assert [r.opening for r in company.revisions] == ["Typed so far: 98", "Typed so far: 99"]
    # A page that was open all the while stands on a revision that is gone: none of its words is lost.
    saved = writing.save(
        company.quarter,
        company.bucket,
        draft=Draft(opening="Typed so far: 50", went_well="And this, at last."),
        base=51,
        by=company.grace,
        at=later,
    )
    assert "Typed so far: 99" in saved.draft.opening
    assert saved.draft.went_well == "And this, at last."
