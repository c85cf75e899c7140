"""The whole way of a narrative in two real browsers: written together, commented on, published, corrected."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE, Visitor
from tests.browser.house import House
from tests.browser.test_commenting import SELECT
from tests.browser.test_drafting_room import Sit, editor, saved, sit, type_in  # noqa: F401 -- the fixture
from tests.factories import make_person

pytestmark = pytest.mark.browser

NARRATIVE = "/narratives/2026-q2/workshop"
SLOW = {"timeout": 20_000}


def fit(page: Page, house: House) -> None:
    """The page is fit for everybody, in both themes. See conftest.py for pictures of it."""
    Visitor("journey", page.context, page, house.address).check()


def arrive(house: House, browser: Any, name: str, role: str) -> Page:
    """Somebody who only reads or organises, in a browser of their own."""
    with house.app.app_context():
        house.people[name] = make_person(role, name=name).id
    context = browser.new_context(viewport=WIDE)
    context.add_cookies([house.cookie(name)])
    return context.new_page()


def write_together(ada: Page, grace: Page) -> None:
    """Each writes half of it, and sees what the other writes."""
    type_in(ada, "opening", "The loom ran for 71 days.")
    type_in(grace, "went_well", "Nobody was hurt.")
    type_in(ada, "went_badly", "The dye came late.")
    type_in(grace, "next_priorities", "Two suppliers.")
    row = grace.locator("[data-row]").first
    row.locator("[name$=title]").fill("A second dyer")
    row.locator("[name$=measure]").fill("Signed by May")
    row.locator("select").select_option(label="Ada Lovelace")
    for page in (ada, grace):
        expect(editor(page, "opening")).to_have_text("The loom ran for 71 days.", **SLOW)
        expect(editor(page, "next_priorities")).to_have_text("Two suppliers.", **SLOW)
        expect(page.locator(".presence")).to_contain_text("is here", **SLOW)
        saved(page)


def comment(ada: Page, grace: Page) -> None:
    """Grace doubts a figure; Ada answers by writing, and closes it."""
    assert grace.evaluate(SELECT, ["71 days"])
    grace.keyboard.press("Control+Alt+m")
    grace.locator("[data-composer] [name=text]").fill("Was it not 74? @ada")
    grace.locator("[data-composer]").get_by_role("button", name="Send the comment").click()
    thread = ada.locator("[data-thread]")
    expect(thread).to_contain_text("Was it not 74?", **SLOW)
    expect(ada.locator(".commented")).to_have_text("71 days", **SLOW)
    thread.get_by_role("button", name="Resolve").click()
    expect(grace.locator(".commented")).to_have_count(0, **SLOW)


def sign_off(ada: Page) -> None:
    """The owner answers for what stands there."""
    ada.keyboard.press("Control+s")
    ada.get_by_role("button", name=re.compile("^Sign off revision")).click()
    expect(ada.locator("#sign-off")).to_contain_text("Ada Lovelace signed off revision", **SLOW)


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_written_together_commented_on_signed_off_published_and_corrected(
    house: House,
    sit: Sit,  # noqa: F811
    browser: Any,
    viewport: dict[str, int],
) -> None:
    ada, grace = sit("Ada", viewport=viewport), sit("Grace", viewport=viewport)
    write_together(ada, grace)
    comment(ada, grace)
    fit(grace, house)
    sign_off(ada)
    fit(ada, house)

    noor, emil = arrive(house, browser, "Noor", "organiser"), arrive(house, browser, "Emil", "employee")
    noor.goto(f"{house.address}/quarters/2026-q2/publication")
    fit(noor, house)
    noor.get_by_role("button", name=re.compile("^Publish")).click()
    emil.goto(house.address + NARRATIVE)
    expect(emil.locator("main")).to_contain_text("The loom ran for 71 days.")

    # Grace still has her page open: what she types is kept, and becomes the correction.
    type_in(grace, "opening", " It was 74, in truth.")
    expect(grace.locator(".published-notice")).to_contain_text("has been published", **SLOW)
    saved(grace)
    grace.keyboard.press("Control+s")
    expect(grace.locator("#sign-off")).to_contain_text("It was 74, in truth.", **SLOW)
    expect(grace.locator(".cm-content:focus")).to_be_attached()
    emil.reload()
    expect(emil.locator("main")).not_to_contain_text("74")
    ada.goto(house.address + NARRATIVE)
    ada.get_by_role("link", name="Go on with the correction that is being written").click()
    expect(editor(ada, "opening")).to_contain_text("71 days. It was 74, in truth.", **SLOW)
    editor(ada, "opening").fill("The loom ran for 74 days.")
    ada.get_by_label("Why it is corrected").fill("The last three days were forgotten.")
    publish = ada.get_by_role("button", name="Publish the correction")
    publish.click()
    expect(ada.locator("#sign-off .notice")).to_contain_text("Your last words were saved first", **SLOW)
    expect(ada.locator("#sign-off del")).to_have_text(["went", "71"])
    expect(ada.get_by_label("Why it is corrected")).to_have_value("The last three days were forgotten.")
    fit(ada, house)
    publish.click()
    expect(ada).to_have_url(re.compile("#corrections$"), **SLOW)
    emil.reload()
    expect(emil.locator("main")).to_contain_text("The loom ran for 74 days.")
    expect(emil.locator("main")).to_contain_text("The last three days were forgotten.")
    fit(emil, house)
    for page in (noor, emil):
        page.context.close()
