"""The page for asking in a browser that has nothing to ask with: it says one thing, and what to do."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_asking import (
    address,
    check,
    engine_name,
    quarter,
    read,
    receipt,
    recovery_code,
    requests_of,
    send,
    visit,
)
from tests.factories import make_person

__all__ = ["address", "engine_name", "quarter", "visit"]

pytestmark = pytest.mark.browser


def test_without_passes_the_page_says_where_they_come_from(quarter, visit) -> None:
    page = visit(make_person())
    page.goto("/questions/2026-q2/new")
    expect(page.get_by_text("This browser holds no passes for Q2 2026")).to_be_visible()
    expect(page.get_by_label("Your question")).to_be_hidden()
    made = requests_of(page)
    page.wait_for_timeout(300)
    assert made == []  # passes are never fetched on the way to asking


LACKS = "[data-lack]:visible"


def test_in_a_second_browser_the_page_says_one_thing_at_a_time(quarter, visit) -> None:
    person = make_person()
    first, second = visit(person), visit(person)
    read(first)
    second.goto("/questions/2026-q2/new")
    # It cannot know better before it has read, and asks nobody.
    expect(second.locator(LACKS)).to_have_text(re.compile("holds no passes for Q2 2026"))
    expect(second.locator(LACKS)).not_to_contain_text("another browser")
    second.get_by_role("link", name="Read a narrative").click()
    expect(second.get_by_text("in another browser")).to_be_visible()
    second.goto("/questions/2026-q2/new")
    expect(second.locator(LACKS)).to_have_text(re.compile("are in another browser of yours"))
    expect(second.get_by_label("Your question")).to_be_hidden()
    check(second)
    second.get_by_role("link", name="bring them here").click()
    second.get_by_label("Recovery code").fill(recovery_code(first))
    second.get_by_role("button", name="Bring them here").click()
    expect(second.get_by_text("left to ask")).to_be_visible()
    second.goto("/questions/2026-q2/new")
    expect(second.get_by_text("You have 3 questions left this quarter")).to_be_visible()
    expect(second.locator(LACKS)).to_have_count(0)


def test_when_every_pass_is_taken_out_the_page_says_so(quarter, visit) -> None:
    page = visit(make_person())
    read(page)
    page.goto("/passes")
    for number in range(1, 4):
        page.get_by_role("button", name="Take one out").click()
        expect(page.locator(".pass-out")).to_have_count(number)
    page.goto("/questions/2026-q2/new")
    expect(page.locator(LACKS)).to_have_text(re.compile("taken out of this browser"))
    check(page)


def test_when_the_passes_were_spoiled_the_page_says_so(quarter, visit) -> None:
    page = visit(make_person())
    read(page)
    page.evaluate(
        """async () => {
            const client = document.querySelector('script[src*="pass-holder"]').src.replace(
                "elements/pass-holder", "passes/holding");
            const { issuer, person, quarter } = document.querySelector("pass-holder").dataset;
            const { changeHolding } = await import(client);
            await changeHolding({ issuer, person, quarter }, () => ({ spoiled: true }));
        }"""
    )
    page.goto("/questions/2026-q2/new")
    expect(page.locator(LACKS)).to_have_text(re.compile("Tell your organiser"))
    check(page)


def test_passes_run_out_and_the_page_says_so(quarter, visit) -> None:
    page = visit(make_person())
    read(page)
    for left in ("3 questions", "2 questions", "1 question"):
        page.goto("/questions/2026-q2/new")
        expect(page.get_by_text(f"You have {left} left this quarter")).to_be_visible()
        page.get_by_label("Your question").fill(f"With {left} left?")
        send(page)
        receipt(page)
    expect(page.get_by_role("link", name="Ask another question")).to_be_hidden()
    page.goto("/questions/2026-q2/new")
    expect(page.get_by_text("You have no questions left this quarter")).to_be_visible()
    expect(page.get_by_label("Your question")).to_be_hidden()
    page.goto("/receipts")
    expect(page.locator("[data-part=own] li")).to_have_count(3)
