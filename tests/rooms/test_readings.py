"""Marks of who has read a draft: leaders only, and of the version that they saw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from narrative.database import db
from narrative.narratives import queries
from narrative.narratives.models import Reading
from tests.drafting import AT, EDIT, ROOM, Company, finished, make_company
from tests.pages import Pages

READ, DRAFT = f"{ROOM}/reading", f"{ROOM}/draft"


@pytest.fixture
def company(app: Flask) -> Iterator[Company]:
    """A company, and the clock, in the drafting stage, with one revision."""
    with time_machine.travel(AT, tick=False):
        made = make_company()
        made.write(finished(made.ada))
        yield made


def marks() -> list[tuple[int, int]]:
    """Who read which revision."""
    db.session.rollback()
    rows = db.session.scalars(select(Reading).order_by(Reading.person_id))
    return [(row.person_id, row.revision_number) for row in rows]


def test_a_leader_marks_the_version_they_saw_and_the_owner_sees_it(company: Company, pages: Pages) -> None:
    leader = company.other_leader
    visitor = pages.sign_in(leader)
    (button,) = visitor.get(DRAFT).all("form", action=READ)
    assert "I have read this revision" in button.text
    seen = next(e for e in button.children if e.attributes.get("name") == "revision").attributes["value"]
    page = visitor.post(READ, {"revision": seen})
    assert "Ada Lovelace sees that you have read revision 1." in page.text
    assert f"{leader.name} read this revision" in page.text
    assert page.all("form", action=READ) == []
    assert marks() == [(leader.id, 1)]
    owner = pages.another().sign_in(company.ada)
    assert f"{leader.name} read this revision" in owner.get(EDIT).text


def test_edits_afterwards_show_how_many_are_newer(company: Company, pages: Pages) -> None:
    leader = company.other_leader
    visitor = pages.sign_in(leader)
    visitor.post(READ, {"revision": "1"})
    for opening in ("Stormy.", "Calm again."):
        company.write(replace(finished(company.ada), opening=opening))
    page = pages.another().sign_in(company.ada).get(EDIT)
    assert f"{leader.name} read revision 1; 2 newer" in page.text
    assert page.links()["revision 1; 2 newer"] == f"{ROOM}/revisions/3?against=1"
    assert visitor.get(DRAFT).all("form", action=READ) != []
    visitor.post(READ, {"revision": "3"})
    visitor.post(READ, {"revision": "2"})
    assert marks() == [(leader.id, 3)]


def test_the_version_that_was_read_is_never_thinned_out(company: Company, pages: Pages) -> None:
    pages.sign_in(company.other_leader).post(READ, {"revision": "1"})
    assert company.narrative is not None
    assert queries.pinned_numbers(company.narrative) == {1}


def test_what_never_was_cannot_have_been_read(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.other_leader)
    for nonsense in ("0", "-1", "2", "x", "", "999999999999999999999999"):
        assert "Nothing was noted" in visitor.post(READ, {"revision": nonsense}, status=409).text
    visitor.post("/narratives/2026-q2/nothing/reading", {"revision": "1"}, status=404)
    assert marks() == []


def test_the_owner_signs_off_instead_and_no_employee_is_ever_noted(company: Company, pages: Pages) -> None:
    owner = pages.sign_in(company.ada)
    assert owner.get(DRAFT).all("form", action=READ) == []
    assert (
        "your word for its narrative is the sign-off" in owner.post(READ, {"revision": "1"}, status=403).text
    )
    pages.another().sign_in(company.employee).post(READ, {"revision": "1"}, status=404)
    assert marks() == []


def test_nothing_is_noted_of_who_reads_what_is_published(company: Company, pages: Pages) -> None:
    company.publish()
    for person in (company.other_leader, company.employee):
        visitor = pages.another().sign_in(person)
        assert visitor.get(ROOM).all("form", action=READ) == []
    visitor = pages.sign_in(company.other_leader)
    assert "published" in visitor.post(READ, {"revision": "1"}, status=409).text
    assert marks() == []


def test_the_draft_says_what_was_changed_since_the_sign_off(company: Company, pages: Pages) -> None:
    owner = pages.sign_in(company.ada)
    owner.post(f"{ROOM}/sign-off", {"revision": "1"})
    assert "Ada Lovelace signed this revision off on Tuesday 30 June 2026." in owner.get(DRAFT).text
    company.write(replace(finished(company.ada), opening="Calm, mostly and otherwise."), by=company.grace)
    page = owner.get(DRAFT)
    assert "Changed since sign-off: 4 words, see what changed." in page.text
    assert page.links()["see what changed"] == f"{ROOM}/revisions/2?against=1"
    assert page.links()["Sign off again"] == f"{EDIT}#sign-off"
    other = pages.another().sign_in(company.other_leader).get(DRAFT)
    assert "Until Ada Lovelace signs off this revision, that one will be published." in other.text
    home = owner.get("/")
    assert "Product was changed since you signed it off. Look at it, then sign off again." in home.text
    assert home.links()["Sign off Product again"] == f"{EDIT}#sign-off"
    assert "Product was changed since you signed it off: 4 words, see what changed in Product." in home.text
    for person in (company.grace, company.other_leader):
        assert "since you signed" not in pages.another().sign_in(person).get("/").text
    owner.post(f"{ROOM}/sign-off", {"revision": "2"})
    assert "since you signed" not in owner.get("/").text
