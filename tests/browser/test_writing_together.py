"""Writing together in a real Chromium, with every fault that a network, a server and a browser have."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, expect
from pycrdt import Map, Text

from tests.browser.conftest import CHROMIUM, FLAGS, NARROW, WIDE
from tests.browser.document_server import ROOM, DocumentServer, empty_row, serving
from tests.browser.faults import eventually, hold, kill_browser
from tests.browser.writers import PERSONS, SAVED, Writer

pytestmark = pytest.mark.browser

Sit = Callable[..., Writer]
UNICODE = "👩‍👩‍👧 é שלום مرحبا 漢字 e\u0301"


@pytest.fixture
def room() -> Iterator[DocumentServer]:
    """A server of one empty document."""
    with serving(DocumentServer()) as server:
        yield server


@pytest.fixture
def sit(browser: Browser, room: DocumentServer) -> Iterator[Sit]:
    """`sit("Ada")`: somebody at the room. Their console may tell of network faults only."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def note(text: str) -> None:
        if "Failed to load resource" not in text:
            complaints.append(text)

    def down(name: str, *, writing: str = "together", before: Any = None, **options: Any) -> Writer:
        context = browser.new_context(**{"viewport": WIDE, **options})
        contexts.append(context)
        context.add_cookies([{"name": "person", "value": str(PERSONS[name]), "url": room.address}])
        context.on("console", lambda message: note(message.text))
        context.on("weberror", lambda error: note(str(error.error)))
        writer = Writer(room, context, context.new_page())
        if before:
            before(writer.page)
        return writer.come(writing=writing)

    yield down
    for context in contexts:
        context.close()
    assert complaints == []


def test_what_is_typed_is_saved_and_seen_by_the_other(room: DocumentServer, sit: Sit) -> None:
    ada, grace = sit("Ada"), sit("Grace")
    ada.type("opening", "We *sailed*.\n\nAnd won.")
    ada.saved()
    assert room.text("opening") == "We *sailed*.\n\nAnd won."
    grace.reads("opening", "We *sailed*.\n\nAnd won.").saved()
    expect(ada.page.locator(".presence")).to_have_text("Grace Hopper is here")
    expect(grace.page.locator(".presence")).to_have_text("Ada Lovelace is here")


def test_two_who_type_at_once_converge_in_every_script(room: DocumentServer, sit: Sit) -> None:
    ada, grace = sit("Ada"), sit("Grace")
    ada.type("opening", "Middle.").saved()
    grace.reads("opening", "Middle.")
    for turn in range(5):
        ada.editor("opening").focus()
        ada.page.keyboard.press("Control+Home")
        ada.page.keyboard.insert_text(f"a{turn}{UNICODE} ")
        grace.editor("opening").focus()
        grace.page.keyboard.press("Control+End")
        grace.page.keyboard.insert_text(f" {UNICODE}g{turn}")
    for writer in (ada, grace):
        eventually(writer.page, lambda: room.text("opening").count(UNICODE) == 10)
        writer.reads("opening", room.text("opening")).saved()
    assert [room.text("opening").count(f"{who}{turn}") for who in "ag" for turn in range(5)] == [1] * 10


def test_undo_takes_back_ones_own_words_only(room: DocumentServer, sit: Sit) -> None:
    ada, grace = sit("Ada"), sit("Grace")
    ada.type("opening", "Ada. ").saved()
    grace.reads("opening", "Ada. ").type("opening", "Grace.").saved()
    ada.reads("opening", "Ada. Grace.")
    ada.page.keyboard.press("Control+z")
    ada.reads("opening", "Grace.").saved()
    ada.page.keyboard.press("Control+Shift+Z")
    grace.reads("opening", "Ada. Grace.")


def test_the_name_stands_beside_the_others_cursor(room: DocumentServer, sit: Sit) -> None:
    ada, grace = sit("Ada"), sit("Grace")
    ada.type("opening", "One two three.").saved()
    grace.reads("opening", "One two three.").type("opening", "", at="Home")
    for _ in range(3):
        grace.page.keyboard.press("Shift+ArrowRight")
    expect(ada.page.locator(".other-name")).to_have_text("Grace")
    expect(ada.page.locator(".other-selection")).to_have_text("One")
    ada.type("opening", "Zero. ", at="Home").saved()
    grace.reads("opening", "Zero. One two three.")
    expect(ada.page.locator(".other-selection")).to_have_text("One")


@pytest.mark.parametrize("status", [500, "offline"])
def test_a_gap_costs_nothing_and_is_told(room: DocumentServer, sit: Sit, status: Any) -> None:
    ada = sit("Ada")
    if status == "offline":
        ada.context.set_offline(True)
    room.fault = None if status == "offline" else status
    ada.type("opening", "Typed in a train.")
    reason = "the server cannot be reached" if status == "offline" else "something went wrong on the server"
    ada.state(
        f"Not sent: {reason}. Your words are kept on this device and are sent as soon as it works again."
    )
    assert room.text("opening") == ""
    room.fault = None
    ada.context.set_offline(False)
    ada.saved()
    assert room.text("opening") == "Typed in a train."


def test_the_minutes_without_contact_are_told(room: DocumentServer, sit: Sit) -> None:
    ada = sit("Ada", before=lambda page: page.clock.install())
    room.fault = 500
    ada.type("opening", "Patience.")
    ada.page.clock.run_for(3_000)
    ada.state(re.compile("^Not sent: something"))
    ada.page.clock.fast_forward(185_000)
    ada.state(re.compile("^Not sent for 3 minutes: something went wrong on the server. Your words are kept"))
    room.fault = None
    ada.page.clock.fast_forward(90_000)
    ada.saved()


def test_a_laptop_asleep_for_a_day_wakes_with_everything(room: DocumentServer, sit: Sit) -> None:
    ada = sit("Ada", before=lambda page: page.clock.install())
    ada.context.set_offline(True)
    ada.type("opening", "Typed before the lid was shut.")
    ada.page.clock.run_for(3_000)
    ada.state(re.compile("^Not sent: the server cannot be reached"))
    room.change(lambda doc: doc["went_well"].insert(0, "Written in the meantime."))
    ada.page.clock.fast_forward(24 * 60 * 60 * 1_000)
    ada.context.set_offline(False)
    ada.page.clock.fast_forward(90_000)
    ada.saved().reads("went_well", "Written in the meantime.")
    assert room.text("opening") == "Typed before the lid was shut."
    assert room.text("went_well") == "Written in the meantime."


@pytest.mark.parametrize("hours", [-30, 30], ids=["back", "forward"])
def test_a_clock_that_jumps_loses_nothing(room: DocumentServer, sit: Sit, hours: int) -> None:
    ada = sit("Ada", before=lambda page: page.clock.install())
    ada.type("opening", "Before. ")
    ada.page.clock.run_for(3_000)
    ada.saved()
    room.fault = 500
    ada.type("opening", "Between. ")
    ada.page.clock.run_for(3_000)
    now = ada.page.evaluate("Date.now()")
    ada.page.clock.set_system_time((now + hours * 3_600_000) / 1_000)
    assert ada.page.evaluate("Date.now()") == pytest.approx(now + hours * 3_600_000, abs=60_000)
    ada.type("opening", "After.")
    ada.page.clock.run_for(30_000)
    expect(ada.page.locator("save-state")).to_have_text(
        re.compile("^Not sent( for [0-9]+ minutes)?: something")
    )
    room.fault = None
    ada.page.clock.fast_forward(90_000)
    ada.saved()
    assert room.text("opening") == "Before. Between. After."


def test_saved_is_never_said_of_what_the_server_dropped(room: DocumentServer, sit: Sit) -> None:
    ada = sit("Ada")
    ada.saved()
    room.fault = "drop"
    ada.type("opening", "Answered, not stored.")
    ada.page.wait_for_timeout(200)
    said = set()
    for _ in range(40):
        said.add(ada.page.locator("save-state").inner_text())
        ada.page.wait_for_timeout(50)
    assert not {one for one in said if SAVED.match(one)}
    ada.state(re.compile("^Not sent: the server does not keep what it is sent"))
    room.fault = None
    ada.saved()
    assert room.text("opening") == "Answered, not stored."


def test_a_server_restored_from_a_backup_is_given_what_it_lost(room: DocumentServer, sit: Sit) -> None:
    ada = sit("Ada")
    ada.type("opening", "First. ").saved()
    older = room.backup()
    ada.type("opening", "Second. ").type("went_well", "Third.").saved()
    room.restore(older)
    assert room.text("opening") == "First. "
    eventually(ada.page, lambda: room.text("opening") == "First. Second. ")
    assert room.text("went_well") == "Third."
    ada.saved()


def test_a_lost_answer_stores_nothing_twice(room: DocumentServer, sit: Sit) -> None:
    ada = sit("Ada")
    room.fault = "lose answer"
    ada.type("opening", "Sent, stored, unheard.")
    ada.state(re.compile("Not sent"))
    ada.type("opening", " Then more.")
    room.fault = None
    ada.saved()
    assert room.text("opening") == "Sent, stored, unheard. Then more."


def test_a_killed_browser_loses_nothing(room: DocumentServer, browser: Browser, tmp_path: Path) -> None:
    """The whole browser dies by SIGKILL while it is offline; the next one has every character."""
    profile = tmp_path / "profile"

    def start() -> Writer:
        context = browser.browser_type.launch_persistent_context(
            str(profile), executable_path=str(CHROMIUM), args=FLAGS
        )
        return Writer(room, context, context.new_page())

    ada = start().come()
    ada.type("opening", "Saved. ").saved()
    ada.context.set_offline(True)
    ada.type("opening", "Typed before the power went.")
    ada.page.locator(".priority-row input[type=text]").fill("Ship the boat")
    ada.page.wait_for_timeout(300)
    kill_browser(profile)
    with suppress(Error):
        ada.context.close()
    room.change(lambda doc: doc.get("opening", type=Text).insert(0, "Meanwhile. "))
    room.fault = 500
    ada = start().come()
    ada.reads("opening", "Saved. Typed before the power went.")
    room.fault = None
    ada.saved()
    assert room.text("opening") == "Meanwhile. Saved. Typed before the power went."
    assert [row["title"] for _key, row in room.rows()] == ["Ship the boat"]
    ada.context.close()


def test_a_closed_tab_leaves_its_words_to_the_next(room: DocumentServer, sit: Sit) -> None:
    ada = sit("Ada")
    room.fault = 500
    ada.type("opening", "Typed, then closed.")
    ada.state(re.compile("Not sent"))
    ada.page.close(run_before_unload=False)
    room.fault = None
    again = Writer(room, ada.context, ada.context.new_page()).come()
    again.saved()
    assert room.text("opening") == "Typed, then closed."
    # Proven saved, it is not kept for a third.
    kept = again.page.evaluate("""async () => {
        const request = indexedDB.open("narrative-documents");
        await new Promise((resolve) => { request.onsuccess = resolve; });
        const keys = request.result.transaction("unsaved").objectStore("unsaved").getAllKeys();
        return new Promise((resolve) => { keys.onsuccess = () => resolve(keys.result.length); });
    }""")
    assert kept == 0


def test_two_tabs_of_one_person(room: DocumentServer, sit: Sit) -> None:
    first = sit("Ada")
    second = first.another_tab()
    first.type("opening", "One. ").saved()
    second.reads("opening", "One. ").type("opening", "Two. ").saved()
    first.reads("opening", "One. Two. ")
    room.fault = 500
    first.type("went_well", "From the first.")
    second.type("went_badly", "From the second.")
    first.page.wait_for_timeout(500)
    first.page.close(run_before_unload=False)
    room.fault = None
    second.saved()
    third = second.another_tab()
    third.saved()
    assert (room.text("went_well"), room.text("went_badly")) == ("From the first.", "From the second.")
    expect(second.page.locator(".presence")).to_have_text("")


def test_both_wordings_are_shown_after_writing_apart(room: DocumentServer, sit: Sit) -> None:
    ada = sit("Ada")
    ada.type("opening", "Sales grew.\n\nCosts fell.").saved()
    ada.context.set_offline(True)
    ada.type("opening", " Sharply.")
    ada.state(re.compile("Not sent"))

    def rewrite(doc: Any) -> None:
        text = doc.get("opening", type=Text)
        place = str(text).index("fell")
        del text[place : place + 4]
        text.insert(place, "went down a little")

    room.change(rewrite)
    ada.context.set_offline(False)
    ada.saved()
    notice = ada.page.locator(".merged-away")
    expect(notice).to_contain_text("Merged while you were away")
    assert notice.locator(".prose").all_inner_texts() == ["Costs fell. Sharply.", "Costs went down a little."]
    ada.context.grant_permissions(["clipboard-read", "clipboard-write"])
    notice.get_by_role("button", name="Copy their wording").click()
    assert ada.page.evaluate("navigator.clipboard.readText()") == "Costs went down a little."
    notice.get_by_role("button", name="I have looked at it").click()
    expect(notice).to_have_count(0)


def test_other_paragraphs_changed_apart_need_no_notice(room: DocumentServer, sit: Sit) -> None:
    ada = sit("Ada")
    ada.type("opening", "Sales grew.\n\nCosts fell.").saved()
    ada.context.set_offline(True)
    ada.type("opening", " Sharply.")
    ada.state(re.compile("Not sent"))
    room.change(lambda doc: doc.get("opening", type=Text).insert(0, "In short: "))
    ada.context.set_offline(False)
    ada.saved().reads("opening", "In short: Sales grew.\n\nCosts fell. Sharply.")
    expect(ada.page.locator(".merged-away")).to_have_count(0)


@pytest.mark.parametrize("status", [403, 409, 413, 422])
def test_what_is_refused_stays_on_the_device(room: DocumentServer, sit: Sit, status: int) -> None:
    ada = sit("Ada")
    ada.type("opening", "Stored. ").saved()
    room.fault = status
    ada.type("opening", "Refused.")
    ada.state(re.compile(r"^Not sent: .+\. Your words are kept on this device\. Copy your text if you need"))
    ada.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ada.page.get_by_role("button", name="Copy my text").click()
    assert "Stored. Refused." in ada.page.evaluate("navigator.clipboard.readText()")
    assert room.text("opening") == "Stored. "
    room.fault = None
    ada.page.keyboard.press("Control+s")
    ada.saved()
    assert room.text("opening") == "Stored. Refused."


def test_a_session_that_ends_loses_nothing(room: DocumentServer, sit: Sit) -> None:
    ada = sit("Ada")
    room.fault = "signed out"
    ada.type("opening", "Typed after the session ended.")
    ada.state(
        "Not sent: you are signed out. Your words are kept on this device and are sent when you have signed "
        "in again in another tab."
    )
    room.fault, room.token, room.signed_in = None, "token-2", 2
    ada.page.evaluate("dispatchEvent(new Event('focus'))")
    ada.state(re.compile("^Not sent: somebody else is signed in now"))
    assert room.text("opening") == ""
    room.signed_in = 1
    ada.page.evaluate("dispatchEvent(new Event('focus'))")
    ada.saved()
    assert room.text("opening") == "Typed after the session ended."


def test_a_token_that_ran_out_is_renewed_without_a_word(room: DocumentServer, sit: Sit) -> None:
    ada = sit("Ada")
    room.token = "token-2"
    ada.type("opening", "After a long night.").saved()
    assert room.text("opening") == "After a long night."


def test_leaving_asks_only_while_words_are_neither_sent_nor_kept(room: DocumentServer, sit: Sit) -> None:
    ada = sit("Ada")
    asked: list[str] = []
    ada.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    room.fault = 500
    ada.type("opening", "Kept here.")
    ada.state(re.compile("kept on this device"))
    ada.page.close(run_before_unload=True)
    ada.page.context.new_page().wait_for_timeout(300)
    assert asked == []
    broken = "() => { IDBObjectStore.prototype.put = () => { throw new Error('full'); }; }"
    room.fault = None
    other = sit("Grace")
    other.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    other.page.evaluate(broken)
    room.fault = 500
    other.type("opening", "Kept nowhere.")
    other.state(re.compile("This browser cannot keep your words: copy them before you close the page.$"))
    other.page.close(run_before_unload=True)
    other.page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    room.fault = None
    other.saved()


def test_rows_are_added_moved_dragged_and_removed(room: DocumentServer, sit: Sit) -> None:
    ada, grace = sit("Ada"), sit("Grace")
    ada.page.locator("[data-row] input[type=text]").first.fill("A")
    for title in ("B", "C"):
        ada.page.get_by_role("button", name="Add a priority").click()
        ada.page.keyboard.type(title)
    eventually(grace.page, lambda: grace.titles() == ["A", "B", "C"], grace.titles)
    grace.page.locator("[data-row]").nth(2).locator("[data-row-verb=up]").click()
    eventually(ada.page, lambda: ada.titles() == ["A", "C", "B"], ada.titles)
    ada.page.locator("[data-row]").nth(2).locator("select").select_option("2")
    row = grace.page.locator("[data-row]")
    row.nth(2).locator(".row-handle").hover()
    grace.page.mouse.down()
    box = row.nth(0).bounding_box()
    assert box
    grace.page.mouse.move(box["x"] + 20, box["y"] + 5, steps=8)
    grace.page.mouse.up()
    eventually(ada.page, lambda: ada.titles() == ["B", "A", "C"], ada.titles)
    assert [row["owner_id"] for _key, row in room.rows()] == [2, None, None]
    ada.page.locator("[data-row]").nth(1).locator("[data-row-verb=remove]").click()
    eventually(grace.page, lambda: grace.titles() == ["B", "C"], grace.titles)
    ada.saved()
    assert [row["title"] for _key, row in room.rows()] == ["B", "C"]
    grace.page.reload()
    grace.settle()
    assert grace.titles() == ["B", "C"]


def test_two_write_one_title_and_the_caret_stays(room: DocumentServer, sit: Sit) -> None:
    room.change(lambda doc: doc.get("priorities", type=Map).update({"a" * 16: empty_row("Ship")}))
    ada, grace = sit("Ada"), sit("Grace")
    fields = [one.page.locator("[data-row] input[type=text]").first for one in (ada, grace)]
    fields[0].focus()
    ada.page.keyboard.press("End")
    ada.page.keyboard.type(" it")
    eventually(grace.page, lambda: fields[1].input_value() == "Ship it")
    fields[1].focus()
    grace.page.keyboard.press("Home")
    grace.page.keyboard.type("Really: ")
    eventually(ada.page, lambda: fields[0].input_value() == "Really: Ship it")
    ada.page.keyboard.type(" soon")
    eventually(grace.page, lambda: fields[1].input_value() == "Really: Ship it soon")


def test_a_row_removed_by_one_while_the_other_writes_in_it_comes_back(room: DocumentServer, sit: Sit) -> None:
    room.change(lambda doc: doc.get("priorities", type=Map).update({"a" * 16: empty_row("Ship")}))
    ada = sit("Ada")
    room.fault = 500
    ada.page.locator("[data-row] input[type=text]").first.fill("Ship the boat")
    ada.state(re.compile("Not sent"))

    def remove(doc: Any) -> None:
        doc.get("priorities", type=Map)["a" * 16]["gone"] = True

    room.change(remove)
    room.fault = None
    ada.saved()
    assert [row["title"] for _key, row in room.rows()] == ["Ship the boat"]
    assert ada.titles() == ["Ship the boat"]


def test_outcomes_are_shared(room: DocumentServer, sit: Sit) -> None:
    outcome = {"priority-17": Map({"state": "", "sentence": Text("")})}
    room.change(lambda doc: doc.get("outcomes", type=Map).update(outcome))
    ada, grace = sit("Ada"), sit("Grace")
    ada.page.get_by_label("partly").check()
    ada.page.get_by_label("Sentence").fill("Half of it.")
    ada.saved()
    expect(grace.page.get_by_label("partly")).to_be_checked()
    expect(grace.page.get_by_label("Sentence")).to_have_value("Half of it.")
    assert room.doc.get("outcomes", type=Map).to_py() == {
        "priority-17": {"state": "partly", "sentence": "Half of it."}
    }


def test_private_notes_are_shared(room: DocumentServer, sit: Sit) -> None:
    ada, grace = sit("Ada"), sit("Grace")
    ada.page.get_by_label("Private notes").fill("Ask Edsger.")
    ada.saved()
    expect(grace.page.get_by_label("Private notes")).to_have_value("Ask Edsger.")
    assert room.text("private_notes") == "Ask Edsger."


def test_signing_off_waits_for_the_version_that_says_what_is_written(room: DocumentServer, sit: Sit) -> None:
    room.head = 3
    ada = sit("Ada")
    ada.type("opening", "One last word.")
    ada.page.get_by_role("button", name="Sign off revision 3").click()
    expect(ada.page.get_by_role("button", name="Sign off revision 4")).to_be_visible()
    assert (room.signed, room.text("opening")) == ([], "One last word.")
    ada.page.route("**/revisions", lambda route: route.fulfill(json={"head": 4, "revision": 4}))
    ada.page.get_by_role("button", name="Sign off revision 4").click()
    ada.page.wait_for_url("**/sign-off")
    assert room.signed == ["4"]


OLDER = """async () => {
    const request = indexedDB.open("narrative-writing", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("unsaved");
    await new Promise((resolve) => { request.onsuccess = resolve; });
    const change = request.result.transaction("unsaved", "readwrite");
    const record = { typed: [["opening", "Older words."]], base: "0", sending: null, at: 1 };
    change.objectStore("unsaved").put(record, "1/2026-q2/product/abc");
    await new Promise((resolve) => { change.oncomplete = resolve; });
}"""


def test_text_left_by_the_forms_own_saving_is_offered(room: DocumentServer, sit: Sit) -> None:
    ada = sit("Ada")
    ada.page.evaluate(OLDER)
    ada.page.reload()
    ada.settle()
    ada.page.get_by_role("button", name="Put it back").click()
    expect(ada.page.locator("#unsaved")).to_be_hidden()
    [sent] = room.forms
    assert sent == {"opening": "Older words.", "base": "0", "csrf_token": "token-1"}
    ada.page.reload()
    ada.settle()
    expect(ada.page.locator("#unsaved")).to_be_hidden()


def test_what_is_typed_before_the_scripts_arrive_is_saved_too(room: DocumentServer, sit: Sit) -> None:
    room.change(lambda doc: doc.get("opening", type=Text).insert(0, "Before. "))
    ada = sit("Ada")
    held = hold(ada.page, "**/room.js")
    ada.page.goto(f"{room.address}{ROOM}/edit", wait_until="commit")
    ada.page.locator("#opening").focus()
    ada.page.keyboard.press("Control+End")
    ada.page.keyboard.type("Faster than the network.")
    room.change(lambda doc: doc.get("opening", type=Text).insert(0, "Meanwhile. "))
    eventually(ada.page, lambda: bool(held))
    held[0].continue_()
    ada.settle().saved()
    assert room.text("opening") == "Meanwhile. Before. Faster than the network."
    expect(ada.editor("opening")).to_be_focused()


@pytest.mark.parametrize("reason", ["touch", "no storage", "no bundle", "no document"])
def test_the_form_saves_itself_where_one_cannot_write_together(
    room: DocumentServer, sit: Sit, reason: str
) -> None:
    def prepare(page: Any) -> None:
        if reason == "no storage":
            page.add_init_script("Object.defineProperty(window, 'indexedDB', {value: undefined})")
        if reason == "no bundle":
            page.route("**/editor.js", lambda route: route.abort())
        if reason == "no document":
            page.route("**/document", lambda route: route.abort())

    touch = {"has_touch": True, "is_mobile": True, "viewport": NARROW} if reason == "touch" else {}
    ada = sit("Ada", writing="form", before=prepare, **touch)
    ada.page.locator("#opening").fill("By the form.")
    if reason == "no storage":
        eventually(ada.page, lambda: bool(room.forms))
    else:
        ada.saved()
    assert room.forms[0]["opening"] == "By the form."
    assert [one["update"] for one in room.received] == []


def test_hidden_pages_are_not_here(room: DocumentServer, sit: Sit) -> None:
    ada, grace = sit("Ada"), sit("Grace")
    expect(ada.page.locator(".presence")).to_have_text("Grace Hopper is here")
    grace.page.evaluate("Object.defineProperty(document, 'hidden', {value: true})")
    grace.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(ada.page.locator(".presence")).to_have_text("")


def test_one_request_is_in_flight_at_a_time(room: DocumentServer, sit: Sit) -> None:
    ada = sit("Ada")
    ada.saved()
    held = hold(ada.page, "**/document")
    for word in ("one ", "two ", "three "):
        ada.type("opening", word)
        ada.page.wait_for_timeout(700)
    assert len(held) == 1
    ada.state("Kept on this device, sending")
    held[0].continue_()
    eventually(ada.page, lambda: len(held) > 1)
    held[1].continue_()
    ada.page.unroute("**/document")
    ada.saved()
    assert room.text("opening") == "one two three "


def test_a_publication_meanwhile_is_told_and_nothing_typed_is_lost(room: DocumentServer, sit: Sit) -> None:
    ada = sit("Ada")
    room.closed = "published"
    ada.type("opening", "Typed while it was published.").saved()
    expect(ada.page.locator(".published-notice")).to_have_count(1)
    expect(ada.page.locator(".published-notice")).to_contain_text("This narrative has been published.")
    assert room.text("opening") == "Typed while it was published."
