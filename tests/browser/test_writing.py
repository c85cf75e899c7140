"""Writing in a real Chromium: together, offline, signed out, after a crash. Nobody loses a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route, expect

from narrative import clock
from narrative.database import db
from narrative.narratives.publishing import publish_quarter
from narrative.narratives.rules import Draft, OutcomeRow
from narrative.narratives.rules.outcomes import key_of_carried
from narrative.people.models import Bucket
from narrative.quarters.models import Quarter
from tests.browser.conftest import CHROMIUM, FLAGS, NARROW, WIDE, Visitor
from tests.browser.faults import eventually, hold, kill_browser
from tests.browser.house import House
from tests.browser.writers import SAVED
from tests.writing import ANYWAY, ready_draft, signed

pytestmark = pytest.mark.browser

EDIT = "/narratives/2026-q2/workshop/edit"
TOUCH = {"has_touch": True, "is_mobile": True}  # where the form saves itself; see test_writing_together.py


Sit = Callable[..., Page]


@pytest.fixture
def sit(browser: Browser, house: House) -> Iterator[Sit]:
    """`sit("Ada")`: somebody at the drafting room. Their console may tell of network faults only."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def note(text: str) -> None:
        if "Failed to load resource" not in text:
            complaints.append(text)

    def down(name: str, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": WIDE, **TOUCH, **options})
        contexts.append(context)
        context.add_cookies([house.cookie(name)])
        page = context.new_page()
        page.on("console", lambda message: note(message.text))
        page.on("pageerror", lambda error: note(str(error)))
        page.goto(house.address + EDIT)
        return ready(page)

    yield down
    for context in contexts:
        context.close()
    assert complaints == []


def ready(page: Page) -> Page:
    """Wait until the form saves itself."""
    expect(page.locator("shared-writing[data-writing=form]")).to_be_attached()
    return page


def type_at_end(page: Page, name: str, text: str) -> None:
    """Click into a text, go to its end, and type."""
    page.locator(f"#{name}").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def expect_state(page: Page, words: str | re.Pattern[str]) -> None:
    """Expect what the save bar says."""
    expect(page.locator("save-state")).to_have_text(words)


def save_now(page: Page) -> None:
    """Save by keyboard, and wait until it is said to be saved."""
    page.keyboard.press("Control+s")
    expect_state(page, SAVED)


def test_a_draft_is_saved_while_it_is_written_and_looks_right(house: House, sit: Sit) -> None:
    for options in ({"viewport": WIDE}, {"viewport": NARROW}):
        page = sit("Ada", **options)
        type_at_end(page, "opening", "We *sailed*.")
        expect_state(page, SAVED)
        expect(page.locator("markdown-preview").first).to_contain_text("We sailed.")
        page.get_by_role("button", name="Add a priority").click()
        page.keyboard.type("Ship the boat")
        save_now(page)
        expect(page.locator("#sign-off")).to_contain_text("“Ship the boat” has no owner")
        Visitor("ada", page.context, page, house.address).check()
    assert house.head().opening == "We *sailed*.We *sailed*."
    assert [row.title for row in house.head().priorities] == ["Ship the boat"] * 2
    page.reload()
    assert page.locator("#opening").input_value() == "We *sailed*.We *sailed*."


def test_what_is_typed_before_the_scripts_arrive_is_saved_too(house: House, sit: Sit) -> None:
    page = sit("Ada")
    held = hold(page, "**/auto-save.js")
    page.goto(house.address + EDIT, wait_until="commit")
    type_at_end(page, "opening", "Faster than the network.")
    eventually(page, lambda: bool(held))
    held[0].continue_()
    expect_state(page, SAVED)
    assert house.head().opening == "Faster than the network."


def test_rows_are_moved_and_removed_without_leaving_the_page(house: House, sit: Sit) -> None:
    page = sit("Ada")
    for title in ("A", "B", "C"):
        page.get_by_role("button", name="Add a priority").click()
        page.keyboard.type(title)
    row = page.locator("[data-row]")
    row.nth(0).locator("[data-row-verb=remove]").click()
    row.nth(2).locator("[data-row-verb=up]").click()
    expect(row.nth(1).locator("[data-row-verb=up]")).to_be_focused()
    row.nth(2).locator("select").select_option(label="Grace Hopper")
    save_now(page)
    rows = house.head().priorities
    assert [(row.title, row.owner_id) for row in rows] == [
        ("A", None),
        ("C", None),
        ("B", house.people["Grace"]),
    ]
    page.reload()
    assert [page.locator("[data-row] input[type=text]").nth(i).input_value() for i in range(3)] == [
        "A",
        "C",
        "B",
    ]


def test_two_who_write_at_once_lose_nothing(house: House, sit: Sit) -> None:
    ada, grace = sit("Ada"), sit("Grace")
    type_at_end(ada, "opening", "Together.")
    save_now(ada)
    grace.reload()
    ready(grace)
    # Both go on in the same paragraph and in others, and neither waits for the other.
    for turn in range(4):
        for page, name in ((ada, "ada"), (grace, "grace")):
            page.locator("#opening").focus()
            page.keyboard.press("Control+Home" if page is ada else "Control+End")
            page.keyboard.type(f"{name}{turn} " if page is ada else f" {name}{turn}")
            type_at_end(page, "went_well" if page is ada else "went_badly", f" {name}-own{turn}")
            page.keyboard.press("Control+s")
    for page in (ada, grace, ada, grace):
        page.bring_to_front()
        save_now(page)
        type_at_end(page, "next_priorities", ".")
        save_now(page)
    head = house.head()
    for name in ("ada", "grace"):
        assert [head.opening.split().count(f"{name}{turn}") for turn in range(4)] == [1, 1, 1, 1], (
            head.opening
        )
    assert head.went_well.split() == [f"ada-own{turn}" for turn in range(4)]
    assert head.went_badly.split() == [f"grace-own{turn}" for turn in range(4)]
    expect(grace.locator("#merged")).to_contain_text("Merged with what Ada Lovelace had saved")
    expect(grace.locator("#went_well")).to_have_value(re.compile("ada-own3"))


def test_what_others_saved_comes_in_beside_the_cursor_and_undo_still_works(house: House, sit: Sit) -> None:
    ada, grace = sit("Ada"), sit("Grace")
    type_at_end(ada, "opening", "First.\n\nLast.")
    save_now(ada)
    grace.reload()
    ready(grace)
    ada.locator("#opening").evaluate("field => field.setSelectionRange(6, 6)")
    ada.keyboard.type(" And Ada.")
    save_now(ada)
    type_at_end(grace, "opening", " And Grace.")
    save_now(grace)
    expect(grace.locator("#opening")).to_have_value("First. And Ada.\n\nLast. And Grace.")
    grace.keyboard.type(" More.")
    expect(grace.locator("#opening")).to_have_value("First. And Ada.\n\nLast. And Grace. More.")
    for _ in range(12):
        grace.keyboard.press("Control+z")
    assert "And Grace." not in grace.locator("#opening").input_value()


def test_a_network_gap_costs_nothing_and_is_told(house: House, sit: Sit) -> None:
    page = sit("Ada")
    page.context.set_offline(True)
    type_at_end(page, "opening", "Typed in a train.")
    expect_state(
        page,
        "Not saved: the server cannot be reached. Your text is kept on this device. Saving is tried again.",
    )
    type_at_end(page, "opening", " And on.")
    page.context.set_offline(False)
    expect_state(page, SAVED)
    eventually(page, lambda: house.head().opening == "Typed in a train. And on.")


def test_a_lost_answer_stores_nothing_twice(house: House, sit: Sit) -> None:
    page = sit("Ada")
    lost: list[int] = []

    def lose(route: Route) -> None:
        if route.request.method == "POST" and len(lost) < 2:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/edit", lose)
    type_at_end(page, "opening", "Sent, stored, unheard.")
    expect_state(page, re.compile("Not saved"))
    type_at_end(page, "opening", " Then more.")
    expect_state(page, SAVED)
    eventually(page, lambda: house.head().opening == "Sent, stored, unheard. Then more.")
    assert lost == [200, 200]
    assert [revision.opening for revision in house.revisions()] == [
        "Sent, stored, unheard.",
        "Sent, stored, unheard. Then more.",
    ]


def test_a_session_that_ends_loses_nothing(house: House, sit: Sit) -> None:
    page = sit("Ada")
    page.context.clear_cookies()
    type_at_end(page, "opening", "Typed after the session ended.")
    expect_state(
        page,
        "Not saved: you are signed out. Your text is kept on this device. "
        "Sign in in another tab, then press Save.",
    )
    page.context.add_cookies([house.cookie("Grace")])
    page.locator(".save-bar button").click()
    expect_state(page, re.compile("somebody else is signed in now"))
    assert house.revisions() == []
    page.context.add_cookies([house.cookie("Ada")])
    page.locator(".save-bar button").click()
    expect_state(page, SAVED)
    assert house.head().opening == "Typed after the session ended."
    [revision] = house.revisions()
    assert revision.author_id == house.people["Ada"]


def test_leaving_with_unsaved_text_asks(house: House, sit: Sit) -> None:
    page = sit("Ada")
    page.context.set_offline(True)
    type_at_end(page, "opening", "Not yet saved.")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.close(run_before_unload=True)
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    page.context.set_offline(False)
    expect_state(page, SAVED)
    page.close(run_before_unload=True)
    assert asked == ["beforeunload"]


def test_signing_off_while_words_are_unsaved_saves_them_first(house: House, sit: Sit) -> None:
    page = sit("Ada")
    for name in ("opening", "went_well", "went_badly", "next_priorities"):
        type_at_end(page, name, f"Text of {name}.")
    page.get_by_role("button", name="Add a priority").click()
    row = page.locator("[data-row]").first
    row.locator("[name$=title]").fill("Ship the boat")
    row.locator("[name$=measure]").fill("It floats")
    row.locator("select").select_option(label="Ada Lovelace")
    save_now(page)
    type_at_end(page, "opening", " One last word.")
    page.get_by_role("button", name=re.compile("^Sign off revision")).click()
    expect(page.get_by_role("button", name="Sign off revision 2")).to_be_visible()
    page.get_by_role("button", name="Sign off revision 2").click()
    expect(page.locator("#sign-off")).to_contain_text("Ada Lovelace signed off revision 2")
    assert house.head().opening == "Text of opening. One last word."


def publish_loom(house: House) -> None:
    """Workshop's narrative, of a loom, is published."""
    with house.app.app_context():
        quarter, bucket = db.session.query(Quarter).one(), db.session.query(Bucket).one()
        signed(quarter, bucket, ready_draft("Loom"), at=clock.now())
        assert publish_quarter(quarter, by=None, at=clock.now(), decision=ANYWAY)


def test_without_scripts_words_are_saved_before_somebody_decides_about_them(
    house: House, browser: Browser
) -> None:
    publish_loom(house)
    context = browser.new_context(viewport=WIDE, java_script_enabled=False)
    context.add_cookies([house.cookie("Grace")])
    page = context.new_page()
    page.goto(house.address + EDIT)
    page.get_by_role("textbox", name="What didn’t").fill("Badly of Loom. And the dye.")
    page.get_by_role("button", name="Save it first").click()
    expect(page.locator("#sign-off ins")).to_have_text(["came", "And the dye."])
    page.get_by_label("Why it is corrected").fill("We forgot the dye.")
    page.get_by_role("button", name="Publish the correction").click()
    expect(page.locator("main")).to_contain_text("Badly of Loom. And the dye.")
    context.close()


def test_a_correction_is_shown_before_it_is_published_from_a_phone_too(house: House, sit: Sit) -> None:
    publish_loom(house)
    page = sit("Grace")
    type_at_end(page, "went_badly", " And the dye.")
    reason = page.get_by_label("Why it is corrected")
    reason.fill("We forgot the dye.")
    # The save that is under way meanwhile shows the box anew; whoever types in it goes on typing.
    expect(page.locator("#sign-off ins")).to_have_text(["came", "And the dye."])
    expect(reason).to_be_focused()
    expect(reason).to_have_value("We forgot the dye.")
    type_at_end(page, "went_badly", " Twice.")
    page.get_by_role("button", name="Publish the correction").click()
    expect(page.locator("#sign-off ins")).to_have_text(["came", "And the dye. Twice."])
    expect(page.locator("#sign-off .notice")).to_contain_text("Your last words were saved first.")
    expect(reason).to_have_value("We forgot the dye.")
    page.get_by_role("button", name="Publish the correction").click()
    expect(page).to_have_url(re.compile("#corrections$"))
    expect(page.locator("main")).to_contain_text("Badly of Loom. And the dye. Twice.")


def test_a_killed_browser_gives_the_text_back(house: House, browser: Browser, tmp_path: Path) -> None:
    """The whole browser dies by SIGKILL while it is offline; the next one finds every character typed."""
    profile = tmp_path / "profile"

    def start() -> tuple[BrowserContext, Page]:
        context = browser.browser_type.launch_persistent_context(
            str(profile), executable_path=str(CHROMIUM), args=FLAGS, **TOUCH
        )
        context.add_cookies([house.cookie("Ada")])
        page = context.new_page()
        page.goto(house.address + EDIT)
        return context, ready(page)

    context, page = start()
    context.set_offline(True)
    type_at_end(page, "opening", "Typed before the power went.")
    page.wait_for_timeout(300)
    kill_browser(profile)
    with suppress(Error):
        context.close()
    context, page = start()
    expect(page.locator("#unsaved")).to_be_visible()
    assert page.locator("#opening").input_value() == ""
    page.get_by_role("button", name="Put it back").click()
    expect_state(page, SAVED)
    expect(page.locator("#unsaved")).to_be_hidden()
    assert house.head().opening == "Typed before the power went."
    page.reload()
    expect(page.locator("#unsaved")).to_be_hidden()
    context.close()


def test_a_promise_is_accounted_for_and_carried_over_without_leaving_the_page(
    house: House, sit: Sit, promised: str
) -> None:
    for viewport, words in ((WIDE, "It floats, but slowly."), (NARROW, "It floats.")):
        page = sit("Ada", viewport=viewport)
        entry = page.locator(f'[data-outcome="{promised}"]')
        entry.get_by_label("Partly").check()
        entry.get_by_label("In one sentence").fill(words)
        expect_state(page, SAVED)
        entry.get_by_role("button", name="Carry over").click()
        assert page.evaluate("document.activeElement.textContent") == "among the next priorities"
        expect(entry.get_by_role("button", name="Carry over")).to_be_hidden()
        row = page.locator("[data-row]").first
        expect(row.get_by_label("Priority")).to_have_value("Ship the boat")
        expect(row.get_by_label("How we will know")).to_have_value("It floats")
        save_now(page)
        Visitor("ada", page.context, page, house.address).check()
        assert house.head().outcomes == (OutcomeRow(key=promised, state="partly", sentence=words),)
        (carried,) = house.head().priorities
        assert (carried.key, carried.carries) == (key_of_carried(promised), promised)
        assert carried.owner_id == house.people["Ada"]
        # What is taken out again can be carried over again.
        row.get_by_role("button", name="Remove").click()
        expect(entry.get_by_role("button", name="Carry over")).to_be_visible()
        save_now(page)
        assert house.head().priorities == ()


def test_what_two_say_of_a_promise_comes_to_both_pages(house: House, sit: Sit, promised: str) -> None:
    ada, grace = sit("Ada"), sit("Grace")
    for page, words in ((ada, "All of it."), (grace, "Half of it.")):
        entry = page.locator(f'[data-outcome="{promised}"]')
        entry.get_by_label("Done", exact=True).check()
        entry.get_by_label("In one sentence").fill(words)
        save_now(page)
    sentence = grace.locator(f'[data-outcome="{promised}"]').get_by_label("In one sentence")
    expect(sentence).to_have_value("All of it.\n\nHalf of it.")
    expect(grace.locator(f'[data-outcome="{promised}"]').get_by_label("Done", exact=True)).to_be_checked()
    # Text left on the device comes back with what was said of promises.
    grace.context.set_offline(True)
    sentence.fill("Half of it, says the crew.")
    grace.locator(f'[data-outcome="{promised}"]').get_by_label("Partly").check()
    grace.wait_for_timeout(300)
    grace.close(run_before_unload=False)
    grace.context.set_offline(False)
    again = grace.context.new_page()
    again.goto(house.address + EDIT)
    again.get_by_role("button", name="Put it back").click()
    expect_state(again, SAVED)
    told = OutcomeRow(key=promised, state="partly", sentence="Half of it, says the crew.")
    assert house.head().outcomes == (told,)


def test_text_left_on_the_device_is_merged_not_put_over_others(house: House, sit: Sit) -> None:
    ada = sit("Ada")
    type_at_end(ada, "opening", "Together.")
    save_now(ada)
    ada.context.set_offline(True)
    type_at_end(ada, "opening", "\n\nTyped offline.")
    ada.wait_for_timeout(300)
    ada.close(run_before_unload=False)
    grace = sit("Grace")
    type_at_end(grace, "went_well", "Grace's words.")
    save_now(grace)
    ada.context.set_offline(False)
    again = ada.context.new_page()
    again.goto(house.address + EDIT)
    ready(again)
    again.get_by_role("button", name="Put it back").click()
    expect_state(again, SAVED)
    assert house.head() == Draft(opening="Together.\n\nTyped offline.", went_well="Grace's words.")
    expect(again.locator("#went_well")).to_have_value("Grace's words.")


def test_an_open_page_is_not_offered_to_another_as_lost(house: House, sit: Sit) -> None:
    ada = sit("Ada")
    ada.context.set_offline(True)
    type_at_end(ada, "opening", "Still being typed here.")
    expect_state(ada, re.compile("Not saved"))
    ada.context.set_offline(False)
    second = ada.context.new_page()
    second.goto(house.address + EDIT)
    ready(second)
    second.wait_for_timeout(500)
    expect(second.locator("#unsaved")).to_be_hidden()
