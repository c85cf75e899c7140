"""Signing off: only the owner, only what they saw, and only what is finished or meant so."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from narrative.narratives.rules import Draft, PriorityRow
from tests.drafting import AT, EDIT, ROOM, Company, finished, make_company, typed
from tests.pages import Page, Pages


@pytest.fixture
def company(app: Flask) -> Iterator[Company]:
    """A company, and the clock, in the drafting stage."""
    with time_machine.travel(AT, tick=False):
        yield make_company()


def signing(page: Page) -> dict[str, str]:
    """What the sign-off's form sends without its tick."""
    return {name: page.all("input", name=name)[0].attributes["value"] or "" for name in ("revision", "seen")}


def test_the_owner_signs_off_what_they_saw(company: Company, pages: Pages) -> None:
    company.write(finished(company.ada))
    visitor = pages.sign_in(company.ada)
    page = visitor.get(EDIT)
    number = next(e for e in page.all("input", name="revision")).attributes["value"]
    page = visitor.post(f"{ROOM}/sign-off", {"revision": number})
    assert "Signed off. Revision 1 is what will be published." in page.text
    narrative = company.narrative
    assert narrative is not None
    assert narrative.sign_off is not None
    facts = (
        narrative.sign_off.revision_number,
        narrative.sign_off.signed_by_id,
        narrative.sign_off.signed_at,
    )
    assert facts == (1, company.ada.id, AT)
    visitor.post(f"{ROOM}/sign-off", {"revision": number})


def test_only_the_accountable_owner_signs_off(company: Company, pages: Pages) -> None:
    company.write(finished(company.ada))
    for person in (company.grace, company.organiser, company.other_leader):
        visitor = pages.another().sign_in(person)
        page = visitor.post(f"{ROOM}/sign-off", {"revision": "1"}, status=403)
        assert "Only Ada Lovelace, who owns Product, can sign off" in page.text
    page = pages.sign_in(company.grace).get(EDIT)
    assert "Only Ada Lovelace can sign it off." in page.text
    assert not page.all("input", name="revision")
    assert company.narrative is not None
    assert company.narrative.sign_off is None


def test_a_newer_revision_refuses_the_sign_off_and_shows_what_changed(company: Company, pages: Pages) -> None:
    company.write(finished(company.ada))
    visitor = pages.sign_in(company.ada)
    visitor.get(EDIT)
    changed = Draft(
        **{**finished(company.ada).texts, "opening": "Stormy."}, priorities=finished(company.ada).priorities
    )
    company.write(changed, by=company.grace)
    page = visitor.post(f"{ROOM}/sign-off", {"revision": "1"}, status=409)
    assert "Somebody saved revision 2 after the page was loaded on which you signed revision 1." in page.text
    assert page.links()["Read what was changed"] == f"{ROOM}/revisions/2?against=1"
    assert company.narrative is not None
    assert company.narrative.sign_off is None
    for nonsense in ("", "x", "-1", "2²", "999999999999999999999999"):
        visitor.post(f"{ROOM}/sign-off", {"revision": nonsense}, status=409)


def test_an_unfinished_text_is_not_signed_off(company: Company, pages: Pages) -> None:
    nobody_s = PriorityRow(key="1" * 16, title="Move")
    company.write(Draft(opening="Only this", priorities=(nobody_s,)))
    visitor = pages.sign_in(company.ada)
    page = visitor.get(EDIT)
    assert page.links()["“Move” has no owner"] == "#priorities-0-owner_id"
    assert page.links()["“What went well” is empty"] == "#went_well"
    assert not page.all("input", name="revision")
    refused = visitor.post(f"{ROOM}/sign-off", {"revision": "1", "accepted": "y"}, status=422)
    assert not refused.all("input", name="accepted")
    assert refused.links()["“Move” has no owner"] == f"{EDIT}#priorities-0-owner_id"
    assert company.narrative is not None
    assert company.narrative.sign_off is None


def test_what_only_looks_unfinished_must_be_looked_at(company: Company, pages: Pages) -> None:
    draft = finished(company.ada)
    company.write(Draft(**{**draft.texts, "went_well": "The TODO app sold."}, priorities=draft.priorities))
    visitor = pages.sign_in(company.ada)
    assert "“What went well” has a note to yourself: “TODO”" in visitor.get(EDIT).text
    page = visitor.post(f"{ROOM}/sign-off", signing(visitor.get(EDIT)), status=422)
    assert page.all("input", name="accepted")
    visitor.post(f"{ROOM}/sign-off", {**signing(page), "accepted": "y"})
    assert company.narrative is not None
    assert company.narrative.sign_off is not None


def test_what_the_owner_looked_at_does_not_stand_for_what_came_since(company: Company, pages: Pages) -> None:
    draft = finished(company.ada)
    said = "The TODO app sold to nobody in Lyon."
    company.write(Draft(**{**draft.texts, "went_well": said}, priorities=draft.priorities))
    visitor = pages.sign_in(company.ada)
    looked_at = {**signing(visitor.get(EDIT)), "accepted": "y"}
    # The newest revision stays the same one: private notes are in none.
    visitor.post(f"{ROOM}/private-notes", {"loaded": "", "private_notes": "sold to nobody in Lyon"})
    page = visitor.post(f"{ROOM}/sign-off", looked_at, status=422)
    assert "a line of the private notes: “sold to nobody in Lyon”" in page.text
    for nothing_seen in ({"revision": "1", "accepted": "y"}, {**looked_at, "seen": "x"}):
        visitor.post(f"{ROOM}/sign-off", nothing_seen, status=422)
    assert company.narrative is not None
    assert company.narrative.sign_off is None
    visitor.post(f"{ROOM}/sign-off", {**signing(page), "accepted": "y"})
    assert company.narrative.sign_off is not None


def test_a_save_after_the_sign_off_is_kept_and_asks_for_it_again(company: Company, pages: Pages) -> None:
    company.write(finished(company.ada))
    visitor = pages.sign_in(company.ada)
    visitor.post(f"{ROOM}/sign-off", {"revision": "1"})
    page = visitor.post(EDIT, typed(visitor.get(EDIT), opening="Calm, mostly."))
    assert "Changed since sign-off" in page.text
    assert "Changed since sign-off: 2 words, see what changed." in page.text
    assert page.links()["see what changed"] == f"{ROOM}/revisions/2?against=1"
    assert company.narrative is not None
    assert company.narrative.sign_off is not None
    assert company.narrative.sign_off.revision_number == 1
    visitor.post(f"{ROOM}/sign-off", {"revision": "2"})
    assert company.narrative.sign_off.revision_number == 2
    assert "Changed since sign-off" not in visitor.get(EDIT).text


def test_the_owner_takes_the_sign_off_back(company: Company, pages: Pages) -> None:
    company.write(finished(company.ada))
    visitor = pages.sign_in(company.ada)
    visitor.post(f"{ROOM}/sign-off", {"revision": "1"})
    pages.another().sign_in(company.organiser).post(f"{ROOM}/sign-off/withdrawal", status=403)
    visitor.post(f"{ROOM}/sign-off/withdrawal")
    assert company.narrative is not None
    assert company.narrative.sign_off is None
    visitor.post(f"{ROOM}/sign-off/withdrawal")
    company.publish()
    visitor.post(f"{ROOM}/sign-off", {"revision": "1"}, status=409)
    visitor.post(f"{ROOM}/sign-off/withdrawal", status=409)
    assert re.search("published", visitor.get(EDIT).text)
