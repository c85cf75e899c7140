"""The small custom elements in a real Chromium, each on a page of its own, under the application's policy."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from narrative.web.headers import POLICY
from narrative.web.paths import resource_dir
from tests.browser.faults import hold

pytestmark = pytest.mark.browser

ORIGIN = "https://narrative.test"
FRAME = """<!DOCTYPE html><html lang="en" data-zone="Europe/Berlin"><title>Elements</title>
<link rel="icon" href="/static/img/mark.svg">{scripts}<main>{body}</main>
<div id="announcements" role="status"></div></html>"""

Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """`open_page(body, *elements, origin, **context)`: a page of that body with those elements' scripts."""
    contexts, complaints = [], []

    def show(body: str, *elements: str, origin: str = ORIGIN, **options: str) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        scripts = "".join(
            f'<script type="module" src="/static/js/elements/{name}.js"></script>' for name in elements
        )
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.route("**/*", lambda route: serve(route, FRAME.format(scripts=scripts, body=body)))
        page.goto(f"{origin}/")
        return page

    yield show
    for context in contexts:
        context.close()
    assert [line for line in complaints if "503" not in line] == []


def serve(route: Route, html: str) -> None:
    path = urlsplit(route.request.url).path
    if path == "/":
        headers = {"Content-Security-Policy": POLICY}
        route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=headers)
    else:
        route.fulfill(path=resource_dir("static") / path.removeprefix("/static/"))


def said(page: Page) -> str:
    return page.locator("#announcements").inner_text()


TIME = (
    '<local-time><time datetime="2026-10-06T07:00:00+00:00">'
    "Tuesday 6 October 2026, 09:00 CEST</time></local-time>"
)


@pytest.mark.parametrize(
    ("zone", "added"),
    [("Europe/Madrid", ""), ("Europe/Lisbon", " (08:00 for you)"), ("Pacific/Auckland", " (20:00 for you)")],
)
def test_a_time_is_told_again_only_where_the_clock_differs(open_page: Open, zone: str, added: str) -> None:
    page = open_page(TIME, "local-time", timezone_id=zone)
    expect(page.locator("local-time")).to_have_text("Tuesday 6 October 2026, 09:00 CEST" + added)


def test_another_day_is_named(open_page: Open) -> None:
    page = open_page(TIME.replace("07:00", "23:30"), "local-time", timezone_id="America/New_York")
    expect(page.locator(".for-you")).to_have_text(" (Tuesday 19:30 for you)")


COUNT = (
    '<label for="t">T</label><textarea id="t"></textarea>'
    '<character-count for="t" limit="20"></character-count>'
)


def test_characters_are_counted_as_the_server_counts_them(open_page: Open) -> None:
    page = open_page(COUNT, "character-count")
    count = page.locator("character-count")
    expect(count).to_have_text("20 characters left")
    page.fill("#t", "🌱é\n")
    expect(count).to_have_text("17 characters left")
    assert said(page) == ""
    page.fill("#t", "x" * 21)
    expect(count).to_have_text("1 character too many")
    expect(page.locator("#announcements")).to_have_text("1 character too many")


COPY = (
    '<p id="code">K7QM 2XVD</p>'
    '<copy-button from="code"><button type="button" hidden>Copy</button></copy-button>'
)


def test_copying_says_so_and_the_label_comes_back(open_page: Open) -> None:
    page = open_page(COPY, "copy-button")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button")).to_have_text("Copied")
    expect(page.locator("#announcements")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "K7QM 2XVD"
    expect(page.get_by_role("button")).to_have_text("Copy")


def test_without_a_clipboard_the_text_is_selected(open_page: Open) -> None:
    page = open_page(COPY, "copy-button", origin="http://narrative.test")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button")).to_have_text("Selected: copy it now")
    assert page.evaluate("String(getSelection())") == "K7QM 2XVD"


SAVE = (
    '<div id="receipt"><p>Receipt</p><p>K7QM</p></div>'
    '<save-button from="receipt" as="receipt.txt"><button type="button" hidden>Save</button></save-button>'
)


def test_a_receipt_is_saved_as_a_file(open_page: Open, tmp_path: Path) -> None:
    page = open_page(SAVE, "save-button")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save").click()
    assert download.value.suggested_filename == "receipt.txt"
    download.value.save_as(tmp_path / "receipt.txt")
    assert (tmp_path / "receipt.txt").read_text().split() == ["Receipt", "K7QM"]


PREVIEW = (
    '<form><input type="hidden" name="csrf_token" value="token"><label for="t">T</label>'
    '<textarea id="t" name="t"></textarea></form>'
    '<markdown-preview for="t" url="/preview"><div class="prose"></div></markdown-preview>'
)


def test_a_preview_has_one_request_in_flight_and_then_the_newest(open_page: Open) -> None:
    page = open_page(PREVIEW, "markdown-preview")
    held = hold(page, "**/preview")
    for text in ("one", "two", "three"):
        page.fill("#t", text)
        page.wait_for_timeout(500)
    assert [text_of(route) for route in held] == ["one"]
    with page.expect_request("**/preview"):
        held[0].fulfill(body="<p>one</p>")
    expect(page.locator(".prose")).to_have_text("one")
    assert [text_of(route) for route in held] == ["one", "three"]
    assert held[1].request.headers["x-csrftoken"] == "token"
    held[1].fulfill(body="<p><strong>three</strong></p>")
    expect(page.locator(".prose strong")).to_have_text("three")


def text_of(route: Route) -> str:
    return parse_qs(route.request.post_data or "")["text"][0]


def test_a_preview_that_fails_keeps_the_last_and_says_that_it_is_old(open_page: Open) -> None:
    page = open_page(PREVIEW, "markdown-preview")
    page.route("**/preview", lambda route: route.fulfill(body="<p>good</p>"))
    page.fill("#t", "good")
    expect(page.locator(".prose")).to_have_text("good")
    page.unroute("**/preview")
    page.route("**/preview", lambda route: route.fulfill(status=503, body="<p>broken</p>"))
    page.fill("#t", "newer")
    expect(page.locator("markdown-preview[data-stale] .prose")).to_have_text("good")


def test_the_error_summary_takes_the_focus(open_page: Open) -> None:
    summary = '<error-focus tabindex="-1"><a href="#t">Enter a name</a></error-focus>'
    page = open_page(f'{summary}<label for="t">T</label><input id="t">', "error-focus")
    expect(page.locator("error-focus")).to_be_focused()
    page.get_by_role("link").click()
    expect(page.locator("#t")).to_be_focused()


def test_a_message_is_announced_once(open_page: Open) -> None:
    page = open_page("<flash-message><p>One is saved.</p></flash-message>", "flash-message")
    expect(page.locator("#announcements")).to_have_text("One is saved.")
    expect(page.locator("#announcements")).to_have_text("")
    expect(page.locator("flash-message")).to_have_text("One is saved.")


def test_a_failure_to_save_stays_until_it_is_mended(open_page: Open) -> None:
    page = open_page("<save-state></save-state>", "save-state", timezone_id="Asia/Tokyo")
    state = page.locator("save-state")
    state.evaluate("(it) => it.saving()")
    expect(state).to_have_text("Saving…")
    state.evaluate("(it) => { it.failed('no connection. Trying again.'); it.saving(); }")
    expect(state).to_have_text("Not saved: no connection. Trying again.")
    expect(page.locator("#announcements")).to_have_text("Not saved: no connection. Trying again.")
    state.evaluate("(it) => it.saved(new Date('2026-10-06T12:02:00Z'))")
    expect(state).to_have_text("Saved 14:02 CEST")  # in the company's zone, not the reader's
    expect(page.locator("#announcements")).to_have_text("Saved again")


def test_leaving_asks_only_while_something_is_unsent(open_page: Open) -> None:
    body = '<confirm-leave><form><label for="t">T</label><input id="t" name="t"></form></confirm-leave>'
    page = open_page(body, "confirm-leave")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    assert asked == []
    page.locator("#t").press_sequentially("x")
    page.reload()
    assert asked == ["beforeunload"]


SHEETS = "".join(
    f'<link rel="stylesheet" href="/static/css/{name}.css">' for name in ("foundation", "components", "rooms")
)
PLACES = ('<div class="writing-pair">{}</div>', '<div class="asking">{}</div>', '<div class="field">{}</div>')


@pytest.mark.parametrize(("place", "least"), list(zip(PLACES, (180, 180, 120), strict=True)))
def test_an_empty_field_for_a_text_has_room_to_write_in(open_page: Open, place: str, least: int) -> None:
    page = open_page(SHEETS + place.format('<textarea id="t" rows="12"></textarea>'))
    box = page.locator("#t").bounding_box()
    assert box
    assert box["height"] >= least
