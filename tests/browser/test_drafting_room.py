"""The drafting room of the application itself: nice to write in, by keyboard too, and fit for everybody."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from narrative.narratives.rules import OutcomeRow
from tests.browser.conftest import NARROW, WIDE, Visitor
from tests.browser.faults import eventually, hold
from tests.browser.house import House
from tests.browser.test_writing import EDIT
from tests.browser.writers import SAVED

pytestmark = pytest.mark.browser

Sit = Callable[..., Page]


@pytest.fixture
def sit(browser: Browser, house: House) -> Iterator[Sit]:
    """`sit("Ada")`: somebody who writes together with others. Their console says nothing at all."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def down(name: str, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": WIDE, **options})
        contexts.append(context)
        context.add_cookies([house.cookie(name)])
        context.on("console", lambda message: complaints.append(message.text))
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        page = context.new_page()
        page.goto(house.address + EDIT)
        expect(page.locator("shared-writing[data-writing=together]")).to_be_attached()
        return page

    yield down
    for context in contexts:
        context.close()
    assert complaints == []


def editor(page: Page, name: str) -> Locator:
    return page.locator(f".cm-content[aria-labelledby={name}-label]")


def type_in(page: Page, name: str, text: str) -> None:
    editor(page, name).focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def saved(page: Page) -> None:
    expect(page.locator("save-state")).to_have_text(SAVED)


def lines(page: Page, name: str) -> list[str]:
    return [line.strip("\n") for line in editor(page, name).locator(".cm-line").all_inner_texts()]


def test_two_write_together_and_the_owner_signs_off(house: House, sit: Sit) -> None:
    ada, grace = sit("Ada"), sit("Grace")
    type_in(ada, "opening", "Ada’s opening.")
    type_in(grace, "went_well", "Grace’s part.")
    type_in(grace, "went_badly", "Paint.")
    type_in(ada, "next_priorities", "Go.")
    expect(editor(ada, "went_badly")).to_have_text(re.compile(r"^Paint\."))
    expect(ada.locator(".presence")).to_have_text("Grace Hopper is here")
    row = ada.locator("[data-row]").first
    row.locator("[name$=title]").fill("Ship the boat")
    row.locator("[name$=measure]").fill("It floats")
    row.locator("select").select_option(label="Grace Hopper")
    expect(grace.locator("[data-row] select").first).to_have_value(str(house.people["Grace"]))
    ada.keyboard.press("Control+s")
    ada.get_by_role("button", name=re.compile("^Sign off revision")).click()
    expect(ada.locator("#sign-off")).to_contain_text("Ada Lovelace signed off revision")
    head = house.head()
    assert (head.opening, head.went_well, head.went_badly) == ("Ada’s opening.", "Grace’s part.", "Paint.")
    assert [(one.title, one.owner_id) for one in head.priorities] == [
        ("Ship the boat", house.people["Grace"])
    ]


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_room_is_fit_for_everybody(house: House, sit: Sit, viewport: Any) -> None:
    ada, grace = sit("Ada", viewport=viewport), sit("Grace")
    type_in(
        grace, "opening", "## Calm\n\nWe *sailed* and **won**, see [the log](https://example.org).\n\n- a\nb"
    )
    saved(grace)
    expect(ada.locator(".other-name")).to_have_text("Grace")
    type_in(ada, "went_well", "1. One\n`two`\n> said")
    saved(ada)
    Visitor("drafting-room", ada.context, ada, house.address).check()


def test_everything_is_done_by_keyboard(sit: Sit) -> None:
    page = sit("Ada")
    editor(page, "opening").focus()
    page.keyboard.press("Control+b")
    page.keyboard.type("bold")
    page.keyboard.press("Control+b")
    page.keyboard.type("\nplain")
    page.keyboard.press("Control+Shift+Digit8")
    page.keyboard.press("End")
    page.keyboard.type("\nsecond\n\n")
    assert lines(page, "opening") == ["**bold**", "- plain", "- second", ""]
    page.keyboard.press("Shift+Tab")
    bar = page.get_by_role("toolbar", name="Format: Opening")
    expect(bar.get_by_role("button", name="Bold")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(bar.get_by_role("button", name="Heading")).to_be_focused()
    page.keyboard.press("Enter")
    expect(editor(page, "opening")).to_be_focused()
    page.keyboard.type("Title")
    assert lines(page, "opening")[-1] == "## Title"
    page.keyboard.press("Tab")
    expect(editor(page, "opening")).not_to_be_focused()


def test_words_that_format_show_their_keys(sit: Sit) -> None:
    page = sit("Ada")
    buttons = page.get_by_role("toolbar", name="Format: Opening", include_hidden=True).locator("button")
    expect(buttons.last).to_have_text("Comment")
    shown = buttons.evaluate_all(
        "all => all.map((one) => [one.title, one.getAttribute('aria-keyshortcuts')])"
    )
    assert shown == [
        ["Bold (Ctrl+B)", "Control+B"],
        ["Italic (Ctrl+I)", "Control+I"],
        ["Heading (Ctrl+Alt+2)", "Control+Alt+2"],
        ["List (Ctrl+Shift+8)", "Control+Shift+8"],
        ["Numbered (Ctrl+Shift+7)", "Control+Shift+7"],
        ["Quote (Ctrl+Shift+9)", "Control+Shift+9"],
        ["Link (Ctrl+K)", "Control+K"],
        ["Comment (Ctrl+Alt+M)", "Control+Alt+M"],
    ]


def test_lists_go_on_and_count_on(sit: Sit) -> None:
    page = sit("Ada")
    type_in(page, "opening", "1. one\ntwo\nthree\n\nend")
    assert lines(page, "opening") == ["1. one", "2. two", "3. three", "end"]
    page.keyboard.press("Control+Home")
    page.keyboard.press("End")
    page.keyboard.type("\nnew")
    assert lines(page, "opening") == ["1. one", "2. new", "3. two", "4. three", "end"]


def test_the_preview_follows_the_cursor_and_words_are_counted(house: House, sit: Sit) -> None:
    page = sit("Ada")
    text = "\n\n".join(f"Paragraph {number} of the quarter." for number in range(60))
    editor(page, "opening").focus()
    page.keyboard.insert_text(text)
    expect(page.locator(".word-count").first).to_have_text("300 words, 2 minutes. 30 to 120 words read best.")
    preview = page.locator("markdown-preview[for=opening]")
    expect(preview.locator("[data-current]")).to_have_text("Paragraph 59 of the quarter.")
    page.keyboard.press("Control+Home")
    expect(preview.locator("[data-current]")).to_have_text("Paragraph 0 of the quarter.")
    expect(preview.locator("[data-current]")).to_be_in_viewport()
    page.keyboard.press("Control+s")
    saved(page)
    eventually(page, lambda: house.head().opening == text)


def test_what_is_typed_anywhere_before_the_scripts_arrive_is_kept(
    house: House, sit: Sit, promised: str
) -> None:
    page = sit("Ada")
    held = hold(page, "**/room.js")
    page.goto(house.address + EDIT, wait_until="commit")
    page.locator("#went_well").fill("The loom ran.")
    promise = page.locator(f"[data-outcome='{promised}']")
    promise.get_by_label("Partly").check()
    promise.get_by_label("In one sentence").fill("It floats, but slowly.")
    page.get_by_label("Priority", exact=True).fill("Sail")
    page.get_by_label("Owner", exact=True).select_option("Grace Hopper")
    page.get_by_role("textbox", name="Private notes").fill("Ask Ben.")
    eventually(page, lambda: bool(held))
    held[0].continue_()
    expect(page.locator("shared-writing[data-writing=together]")).to_be_attached()
    page.get_by_role("button", name="Save", exact=True).click()
    eventually(page, lambda: house.head().went_well == "The loom ran.")
    head = house.head()
    assert head.outcomes == (OutcomeRow(key=promised, state="partly", sentence="It floats, but slowly."),)
    assert [(row.title, row.owner_id) for row in head.priorities] == [("Sail", house.people["Grace"])]
    page.reload()
    expect(page.get_by_role("textbox", name="Private notes")).to_have_value("Ask Ben.")
