"""Commenting in a real Chromium: beside the text, on words that move, and a suggestion that is taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from narrative import clock
from narrative.narratives import writing
from narrative.narratives.rules import Draft
from narrative.people.models import Contributor
from tests.browser.conftest import NARROW, WIDE, Visitor
from tests.browser.faults import eventually, hold
from tests.browser.house import House, opened
from tests.factories import make_bucket, make_person, make_quarter, save

pytestmark = pytest.mark.browser

ROOM = "/narratives/2026-q2/workshop"
TEXT = "Où est le bateau ? 🙂 It sank, alas.\n\nThe crew swam."
SELECT = """([words]) => {
    const content = document.querySelector('.cm-content');
    const walker = document.createTreeWalker(content, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const at = node.data.indexOf(words);
        if (at < 0) continue;
        content.focus();
        getSelection().setBaseAndExtent(node, at, node, at + words.length);
        return true;
    }
    return false;
}"""


def drafting() -> dict[str, int]:
    """The drafting stage: Ada owns Workshop and has begun, Grace writes there, Alan only reads."""
    names = ("Ada Lovelace", "Grace Hopper", "Alan Turing")
    ada, grace, alan = (make_person("leader", name=name) for name in names)
    bucket = make_bucket("Workshop", owner=ada)
    save(Contributor(bucket_id=bucket.id, person_id=grace.id))
    quarter = make_quarter("2026-q2", drafting_opens_at=clock.now() - timedelta(days=1))
    draft = replace(Draft(), opening=TEXT, went_well="The *sails* held.")
    writing.save(quarter, bucket, draft=draft, base=0, by=ada, at=clock.now())
    return {"Ada": ada.id, "Grace": grace.id, "Alan": alan.id}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An application in which they comment."""
    with opened(tmp_path, drafting) as house:
        yield house


Sit = Callable[..., Page]


@pytest.fixture
def sit(browser: Browser, house: House) -> Iterator[Sit]:
    """`sit("Ada", "/edit")`: somebody at a page of the room. The console stays silent."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def note(text: str) -> None:
        if not re.search(r"400 \(BAD REQUEST\)|422 \(UNPROCESSABLE ENTITY\)", text):
            complaints.append(text)

    def down(name: str, page_of: str, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": WIDE, **options})
        context.set_default_timeout(20_000)
        contexts.append(context)
        context.add_cookies([house.cookie(name)])
        page = context.new_page()
        page.on("console", lambda message: note(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(house.address + ROOM + page_of)
        page.evaluate("customElements.whenDefined('draft-comments').then(() => true)")
        if page_of == "/edit":
            expect(page.locator("shared-writing")).to_have_attribute("data-writing", "together")
            expect(page.locator("draft-comments")).to_have_attribute("data-beside", "")
        return page

    yield down
    for context in contexts:
        context.close()
    assert complaints == []


def select(page: Page, words: str) -> None:
    """Select words of the opening in its editor."""
    assert page.evaluate(SELECT, [words])


def commented(page: Page) -> Locator:
    """The words of the text that are marked."""
    return page.locator(".commented")


def comment(page: Page, words: str, text: str) -> None:
    """Comment on some words of the text."""
    select(page, words)
    page.keyboard.press("Control+Alt+m")
    page.locator("[data-composer] [name=text]").fill(text)
    page.locator("[data-composer]").get_by_role("button", name="Send the comment").click()
    expect(page.locator("[data-composer]")).to_be_hidden()


def test_a_reply_that_was_opened_stays_open_while_others_comment(sit: Sit) -> None:
    ada, grace = sit("Ada", "/edit"), sit("Grace", "/edit")
    comment(ada, "It sank", "Did it?")
    first = grace.locator("[data-thread]").filter(has_text="Did it?")
    first.locator("summary", has_text="Reply").click()
    expect(first.locator("[name=text]")).to_be_visible()
    comment(ada, "It sank", "And when?")
    expect(grace.locator("[data-thread]")).to_have_count(2)
    expect(first.locator("[name=text]")).to_be_visible()


def test_a_comment_follows_its_words_and_is_answered_and_resolved(house: House, sit: Sit) -> None:
    ada, grace = sit("Ada", "/edit"), sit("Grace", "/edit")
    select(ada, "It sank")
    ada.keyboard.press("Control+Alt+m")
    composer = ada.locator("[data-composer]")
    expect(composer.locator("[data-quoted]")).to_have_text("It sank")
    expect(composer.locator("[name=text]")).to_be_focused()
    ada.keyboard.type("Did it? @grace")
    ada.keyboard.press("Enter")
    ada.keyboard.type("knows.")
    composer.get_by_role("button", name="Send the comment").click()
    expect(composer).to_be_hidden()
    thread = ada.locator("[data-thread]")
    expect(thread.locator(".comment-text")).to_have_text("Did it? @Grace Hopper knows.")
    expect(commented(ada)).to_have_text("It sank")
    expect(commented(grace)).to_have_text("It sank")
    grace.locator(".cm-content").first.click()
    grace.keyboard.press("Control+Home")
    grace.keyboard.type("Wir 🙂 fragen: ")
    expect(commented(grace)).to_have_text("It sank")
    expect(ada.locator(".cm-content").first).to_contain_text("Wir 🙂 fragen: ")
    expect(commented(ada)).to_have_text("It sank")
    reply = grace.locator("[data-thread]")
    reply.locator("summary", has_text="Reply").click()
    reply.locator("[name=text]").fill("It did.")
    reply.get_by_role("button", name="Send the reply").click()
    expect(reply.locator(".comment-text")).to_have_text(["Did it? @Grace Hopper knows.", "It did."])
    expect(ada.locator("[data-thread] .comment-text")).to_have_count(2)
    Visitor("commenting", ada.context, ada, house.address).check()
    ada.set_viewport_size(NARROW)
    Visitor("commenting", ada.context, ada, house.address).check()
    ada.set_viewport_size(WIDE)
    ada.locator("[data-thread]").get_by_role("button", name="Resolve").click()
    expect(commented(ada)).to_have_count(0)
    expect(ada.get_by_text("1 resolved")).to_be_visible()
    expect(commented(grace)).to_have_count(0)


def test_a_suggestion_from_the_page_of_the_draft_is_taken_into_the_text(house: House, sit: Sit) -> None:
    ada, alan = sit("Ada", "/edit"), sit("Alan", "/draft")
    alan.evaluate(
        """() => {
            const node = document.querySelector('[data-part=went_well] em').firstChild;
            getSelection().setBaseAndExtent(node, 0, node, node.length);
        }"""
    )
    alan.locator("[data-comment-on=went_well]").evaluate("link => link.click()")
    composer = alan.locator("[data-composer]")
    expect(composer.locator("[data-quoted]")).to_have_text("sails")
    composer.get_by_text("Suggest another wording").click()
    composer.get_by_label("Your wording").fill("new sails")
    Visitor("suggesting", alan.context, alan, house.address).check()
    composer.get_by_role("button", name="Send the comment").click()
    expect(alan.locator("ins")).to_have_text("new sails")
    thread = ada.locator("[data-thread]")
    expect(thread.locator("del")).to_have_text("sails")
    thread.get_by_role("button", name="Accept").click()
    expect(ada.locator(".cm-content").nth(1)).to_have_text("The *new sails* held.")
    expect(ada.locator(".resolved .state")).to_have_text("Accepted")
    expect(alan.locator(".resolved .state")).to_have_text("Accepted")


def test_a_press_ends_on_its_button_although_somebody_comments_meanwhile(sit: Sit) -> None:
    ada, grace = sit("Ada", "/edit"), sit("Grace", "/edit")
    comment(grace, "It sank", "Did it?")
    resolve = ada.locator("[data-thread]", has_text="Did it?").get_by_role("button", name="Resolve")
    expect(resolve).to_be_visible()
    asked = hold(ada, "**/comments?page=edit")
    comment(grace, "It sank", "Which?")
    eventually(ada, lambda: bool(asked))
    resolve.hover()
    ada.mouse.down()
    with ada.expect_response("**/comments?page=edit"):
        asked.pop().continue_()
    ada.wait_for_timeout(300)
    ada.mouse.up()
    ada.unroute("**/comments?page=edit")
    expect(ada.get_by_text("1 resolved")).to_be_visible()
    expect(ada.locator("[data-open] > [data-thread]")).to_have_count(1)
    expect(ada.locator("[data-open] > [data-thread]")).to_contain_text("Which?")


def test_nobody_comments_in_the_name_of_somebody_else(house: House, sit: Sit) -> None:
    alan = sit("Alan", "/draft")
    alan.locator("[data-comment-on=opening]").click()
    composer = alan.locator("[data-composer]")
    composer.locator("[name=text]").fill("Did it?")
    # In another tab of the same browser Grace signs in, and later Alan again.
    alan.context.add_cookies([house.cookie("Grace")])
    send = composer.get_by_role("button", name="Send the comment")
    send.click()
    expect(composer.get_by_role("alert")).to_contain_text("Somebody else is signed in now.")
    alan.context.add_cookies([house.cookie("Alan")])
    send.dblclick()
    thread = alan.locator("[data-thread]")
    expect(thread).to_have_count(1)
    expect(thread).to_contain_text("Alan Turing")
    expect(composer).to_be_hidden()
    expect(thread).to_have_count(1)


def test_who_reads_a_draft_is_told_when_it_was_written_on(house: House, sit: Sit) -> None:
    ada, alan = sit("Ada", "/edit"), sit("Alan", "/draft")
    newer = alan.locator("#newer")
    expect(newer).to_be_hidden()
    comment(ada, "It sank", "Did it?")
    expect(alan.locator("[data-thread]")).to_have_count(1)
    expect(newer).to_be_hidden()
    ada.locator(".cm-content").first.click()
    ada.keyboard.press("Control+End")
    ada.keyboard.type(" And sang.")
    ada.get_by_role("button", name="Save", exact=True).click()
    expect(newer).to_be_visible()
    expect(alan.locator("#announcements")).to_contain_text("This was written on")
    Visitor("newer", alan.context, alan, house.address).check()
    newer.get_by_role("link").click()
    expect(alan.locator("main")).to_contain_text("The crew swam. And sang.")
    expect(newer).to_be_hidden()


def test_private_notes_are_written_together(house: House, sit: Sit) -> None:
    ada, grace = sit("Ada", "/edit"), sit("Grace", "/edit")
    ada.get_by_role("textbox", name="Private notes").fill("Not a word of this.")
    expect(grace.get_by_role("textbox", name="Private notes")).to_have_value("Not a word of this.")


def test_a_comment_that_is_refused_stays_as_it_was_typed(house: House, sit: Sit) -> None:
    ada = sit("Ada", "/edit")
    ada.locator("[data-comment-on=went_badly]").click()
    composer = ada.locator("[data-composer]")
    composer.locator("[name=text]").fill("x" * 2_001)
    composer.get_by_role("button", name="Send the comment").click()
    expect(composer.get_by_role("alert")).to_have_text(
        "Shorten “Comment” by 1 characters: it may have 2,000."
    )
    expect(composer.locator("[name=text]")).to_have_value("x" * 2_001)
    ada.keyboard.press("Escape")
    expect(composer).to_be_hidden()
    expect(ada.locator("[data-comment-on=went_badly]")).to_be_focused()
