"""Asking in a real Chromium, with a real pass: from reading to the receipt, and what leaves the browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect
from sqlalchemy import select

from narrative import clock
from narrative.database import db, transaction
from narrative.passes.store import anonymous_reading
from narrative.passes.store_tables import pending_messages
from narrative.people.models import Person
from narrative.quarters.models import Quarter
from narrative.questions.actions import move
from narrative.questions.models import Question
from narrative.questions.releasing import tick_if_due
from tests.asking import ask, open_quarter, waiting_texts
from tests.browser.conftest import AXE, SCREENSHOTS
from tests.browser.house import served
from tests.factories import make_bucket, make_person
from tests.pages import Pages

pytestmark = pytest.mark.browser

TEXT = "Why did the workshop close two weeks early?\n\nWho decided it?"
# A broken line, a refusal, and plain http are complained of by the browser itself.
EXPECTED_NOISE = re.compile(r"net::ERR_FAILED|responded with a status of 409|Cross-Origin-Opener-Policy")


@pytest.fixture
def engine_name() -> str:
    """The routes are tested on both engines elsewhere."""
    return "sqlite"


@pytest.fixture
def quarter(app: Flask) -> Quarter:
    """A quarter in which questions opened two days ago; eight colleagues hold passes already."""
    begun = clock.now() - timedelta(days=26)
    quarter = open_quarter(drafting_opens_at=begun, published_at=begun + timedelta(days=10), passes_held=8)
    make_bucket("People")
    return quarter


@pytest.fixture
def address(app: Flask, quarter: Quarter) -> Iterator[str]:
    """Where the application is served."""
    with served(app) as address:
        yield address


@pytest.fixture
def visit(app: Flask, browser: Browser, address: str) -> Iterator[Any]:
    """`visit(person)`: a page of somebody's own browser; of one that never signed in for None.

    Its console tells only what a test breaks.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def arrive(person: Person | None, **options: Any) -> Page:
        context = browser.new_context(base_url=address, **options)
        if person is not None:
            cookie = Pages(app).sign_in(person).client.get_cookie("narrative")
            assert cookie is not None
            context.add_cookies([{"name": "narrative", "value": cookie.value, "url": address}])
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield arrive
    for context in contexts:
        context.close()
    assert [line for line in complaints if not EXPECTED_NOISE.search(line)] == []


def read(page: Page) -> None:
    """Read, whereby the browser fetches its passes."""
    page.goto("/quarters/2026-q2")
    page.evaluate(
        """() => new Promise((held) => {
            const client = import(document.querySelector('script[src*="pass-holder"]').src.replace(
                "elements/pass-holder", "passes/holding"));
            const { issuer, person, quarter } = document.querySelector("pass-holder").dataset;
            const look = async () => {
                const passes = await (await client).unspentPasses({ issuer, person, quarter });
                passes.length ? held() : setTimeout(look, 50);
            };
            look();
        })"""
    )


def write(page: Page, text: str = TEXT) -> None:
    """Open the page, as a link from a narrative does, and type."""
    page.goto("/questions/2026-q2/new#people")
    expect(page.get_by_text(re.compile(r"You have \d questions? left"))).to_be_visible()
    page.get_by_label("Your question").fill(text)


def send(page: Page) -> None:
    page.get_by_role("button", name="Send anonymously").click()


def receipt(page: Page) -> str:
    """The receipt on the confirmation."""
    expect(page.get_by_role("heading", name="Your question was received")).to_be_focused()
    code = page.locator("#receipt-code").inner_text()
    assert re.fullmatch(r"(\w{4}-){6}\w\w[\w*~$=]", code)
    return code


def check(page: Page) -> None:
    """Hold the page to what every page must be, wide and narrow, light and dark."""
    for scheme, width in (("light", 1280), ("dark", 360)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate(AXE)
        found = page.evaluate("axe.run()")["violations"]
        assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found] == []
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert beyond <= 0
        if SCREENSHOTS:
            place = urlsplit(page.url).path.strip("/").replace("/", "-")
            shown = len(list(Path(SCREENSHOTS).iterdir()))
            page.screenshot(path=Path(SCREENSHOTS) / f"{place}-{shown:03}-{width}.png", full_page=True)


def requests_of(page: Page, *, aside: str = "/static/") -> list[Request]:
    """Every request that the page makes from now on, scripts and styles `aside`."""
    made: list[Request] = []
    page.on("request", lambda request: (aside and aside in request.url) or made.append(request))
    return made


def sent(requests: list[Request]) -> list[tuple[str, str, str | None]]:
    """What the server saw of them, each as often as it was made."""
    return sorted((one.method, one.url, one.post_data) for one in requests)


def test_somebody_asks_and_finds_the_question_again(app, quarter, visit) -> None:
    asker, other = visit(make_person()), visit(make_person())
    read(asker)
    write(asker)
    check(asker)
    send(asker)
    code = receipt(asker)
    check(asker)
    assert waiting_texts() == [TEXT]

    asker.goto("/receipts")
    own = asker.locator("[data-part=own]")
    expect(own.get_by_text("Waiting to be shown")).to_be_visible()
    expect(own.get_by_text("New questions appear")).to_be_visible()

    ask(app, quarter, "Another?", "A third?")
    assert tick_if_due(db.session.get_one(Quarter, quarter.id), clock.now() + timedelta(days=1)) == 3
    question = db.session.query(Question).filter_by(text=TEXT).one()
    assert question.bucket_id is not None
    asker.reload()
    expect(own.get_by_text("Waiting for an answer")).to_be_visible()
    with transaction() as session:
        move(session, question.id, expected="waiting", to="answered")

    # A receipt that was written down works in any colleague's browser.
    other.goto("/receipts")
    other.get_by_label("Receipt", exact=True).fill(f" {code.lower().replace('-', ' ')} ")
    other.get_by_role("button", name="Look it up").click()
    found = other.locator("[data-part=found]")
    expect(found.get_by_text("Answered")).to_be_visible()
    check(other)
    link = found.get_by_role("link")
    assert link.get_attribute("href").endswith(f"/board/2026-q2/{question.id}")
    assert link.get_attribute("rel") == "noreferrer"
    expect(other.locator("[data-part=own]")).to_be_hidden()


def test_the_request_carries_nothing_but_the_question(quarter, visit, address) -> None:
    page = visit(make_person())
    read(page)
    write(page)
    made = requests_of(page)
    send(page)
    receipt(page)
    [request] = made
    assert (request.method, request.url) == ("POST", f"{address}/questions/2026-q2")
    headers = request.all_headers()
    assert not {"cookie", "referer", "authorization", "x-csrftoken"} & set(headers)
    body = json.loads(request.post_data or "")
    assert set(body) == {"token", "text", "bucket", "mark", "salt"}
    assert (body["text"], body["bucket"]) == (TEXT, "people")


def test_looking_up_asks_for_the_same_whoever_looks(app, quarter, visit) -> None:
    asked, silent = visit(make_person()), visit(make_person())
    read(asked)
    write(asked)
    send(asked)
    code = receipt(asked)
    made = [requests_of(page) for page in (asked, silent)]
    for page, typed in ((asked, code), (silent, "0000-0000-0000-0000-0000-0000-000")):
        page.goto("/receipts")
        page.get_by_label("Receipt", exact=True).fill(typed)
        page.get_by_role("button", name="Look it up").click()
        expect(page.locator("[data-part=found]").get_by_text("has been shown so far")).to_be_visible()
    assert sent(made[0]) == sent(made[1])
    assert not any(code[:4] in request.url for request in made[0])
    feeds = [request for request in made[0] if "/questions/" in request.url]
    assert feeds
    assert not any("referer" in request.all_headers() for request in feeds)


def test_opening_the_page_asks_for_the_same_whether_one_has_asked_or_not(quarter, visit) -> None:
    asked, silent = visit(make_person()), visit(make_person())
    read(asked)
    write(asked)
    send(asked)
    code = receipt(asked)
    made = [requests_of(page) for page in (asked, silent)]
    for page in (asked, silent):
        page.goto("/receipts", wait_until="networkidle")
    expect(asked.get_by_text(code)).to_be_visible()
    expect(silent.get_by_text("Asked from this browser")).to_be_hidden()
    assert sent(made[0]) == sent(made[1])
    assert any("/questions/" in request.url for request in made[1])


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(app, quarter, visit) -> None:
    page = visit(make_person())
    read(page)
    write(page, " ")
    send(page)
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    check(page)
    expect(page).to_have_title(re.compile("^Error: Ask anonymously"))
    summary.get_by_role("link", name="Write your question").click()
    field = page.get_by_label("Your question")
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(re.compile("Error: Write your question"))

    field.fill("x" * 2001)
    send(page)
    expect(summary).to_contain_text("it has 2,001")
    expect(field).to_have_value("x" * 2001)

    # The network breaks: the text stays, over a reload too, and goes out again as the very same bytes.
    field.fill(TEXT)
    bodies: list[str | None] = []

    def break_line(route: Route) -> None:
        bodies.append(route.request.post_data)
        route.abort()

    page.route("**/questions/2026-q2", break_line)
    send(page)
    expect(summary).to_contain_text("may or may not have arrived")
    expect(field).to_have_value(TEXT)
    page.unroute("**/questions/2026-q2")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(field).to_have_value(TEXT)
    made = requests_of(page)
    send(page)
    receipt(page)
    assert [request.post_data for request in made] == bodies
    assert waiting_texts() == [TEXT]


def test_a_refusal_is_said_and_the_text_is_kept(app, quarter, visit) -> None:
    page = visit(make_person())
    read(page)
    write(page)
    closing = clock.now() - timedelta(seconds=5)
    changed = db.session.get_one(Quarter, quarter.id)
    changed.questions_close_at = closing
    db.session.commit()
    send(page)
    expect(page.locator(".error-summary")).to_contain_text("Questions closed")
    expect(page.get_by_label("Your question")).to_have_value(TEXT)
    assert waiting_texts() == []


def test_without_scripts_the_page_says_why_it_needs_them(quarter, visit) -> None:
    page = visit(make_person(), java_script_enabled=False)
    for path in ("/questions/2026-q2/new", "/receipts"):
        page.goto(path)
        expect(page.get_by_text(re.compile("needs a script"))).to_be_visible()
        expect(page.get_by_role("button", name=re.compile("Send|Look it up"))).to_be_hidden()


def test_over_plain_http_the_page_says_what_to_do(app, quarter, visit, address) -> None:
    page = visit(make_person())
    elsewhere = address.replace("localhost", "plain.example")
    cookie = page.context.cookies()[0]["value"]
    page.context.add_cookies([{"name": "narrative", "value": cookie, "url": elsewhere}])
    for path in ("/questions/2026-q2/new", "/receipts"):
        page.goto(elsewhere + path)
        expect(page.locator(".error-summary")).to_contain_text("begins with https")
        expect(page.get_by_role("button", name=re.compile("Send|Look it up"))).to_be_hidden()


def release(app: Flask, quarter: Quarter, text: str = TEXT) -> str:
    """Let the question with that text appear, with two others; return its address."""
    ask(app, quarter, "Another?", "A third?")
    assert tick_if_due(db.session.get_one(Quarter, quarter.id), clock.now() + timedelta(days=1)) == 3
    question = db.session.query(Question).filter_by(text=text).one()
    return f"/board/{quarter.name}/{question.id}"


def messages_waiting() -> list[tuple[int, str]]:
    """Number and text of what whoever asked sent since the last tick."""
    with anonymous_reading() as connection:
        return sorted(
            (row.number, row.text)
            for row in connection.execute(select(pending_messages.c.number, pending_messages.c.text))
        )


def recovery_code(page: Page) -> str:
    """The recovery code, from the page of one's passes."""
    page.goto("/passes")
    page.get_by_role("button", name="Show the recovery code").click()
    expect(page.locator("#receipt-code")).not_to_be_empty()
    return page.locator("#receipt-code").inner_text()


def test_asked_on_one_device_and_followed_up_on_another(app, quarter, visit) -> None:
    person = make_person()
    laptop, phone = visit(person), visit(person)
    read(laptop)
    write(laptop)
    send(laptop)
    receipt(laptop)
    code = recovery_code(laptop)
    check(laptop)

    phone.goto("/passes")
    expect(phone.get_by_text("Your passes for this quarter are in another browser")).to_be_visible()
    check(phone)
    phone.get_by_label("Recovery code").fill(code.lower().replace("-", " "))
    phone.get_by_role("button", name="Bring them here").click()
    expect(phone.get_by_text("left to ask")).to_be_visible()
    expect(phone.get_by_label("Recovery code")).to_be_hidden()

    phone.goto(release(app, quarter), wait_until="networkidle")
    expect(phone.get_by_text("You asked this.")).to_be_visible()
    check(phone)
    made = requests_of(phone)
    phone.get_by_label("Add to your question").fill("I mean the small workshop.")
    phone.get_by_role("button", name="Add anonymously").click()
    expect(phone.get_by_text("It appears under your question")).to_be_visible()
    assert messages_waiting() == [(1, "I mean the small workshop.")]
    [sent_message] = made
    assert not {"cookie", "referer", "x-csrftoken"} & set(sent_message.all_headers())


def test_whoever_adds_fetches_nothing_that_others_do_not(app, quarter, visit, address) -> None:
    """Not even a script: it would be fetched with the cookie, by those who asked and nobody else."""
    page = visit(make_person())
    read(page)
    write(page)
    send(page)
    receipt(page)
    page.goto(release(app, quarter), wait_until="networkidle")
    made = requests_of(page, aside="")
    field = page.get_by_label("Add to your question")
    field.fill("I mean the small workshop.")
    page.locator("[data-part=adding]").evaluate(
        "(form) => { form.requestSubmit(); form.querySelector('textarea').value = 'Typed meanwhile.'; }"
    )
    expect(page.get_by_text("It appears under your question")).to_be_visible()
    assert [one.url for one in made] == [f"{address}/questions/2026-q2/messages"]
    assert messages_waiting() == [(1, "I mean the small workshop.")]
    # What was not sent stays, and leaving asks first.
    expect(field).to_have_value("Typed meanwhile.")
    field.press("End")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    assert asked == ["beforeunload"]


def test_whoever_takes_a_pass_out_fetches_nothing_that_others_do_not(quarter, visit) -> None:
    page = visit(make_person())
    read(page)
    page.goto("/passes", wait_until="networkidle")
    made = requests_of(page, aside="")
    page.get_by_role("button", name="Take one out").click()
    expect(page.locator("[data-part=out] code")).to_have_count(1)
    assert made == []


def test_a_colleague_sees_no_form_but_may_bring_a_receipt(app, quarter, visit) -> None:
    asker, colleague = visit(make_person()), visit(make_person())
    read(asker)
    read(colleague)
    write(asker)
    send(asker)
    code = receipt(asker)
    colleague.goto(release(app, quarter), wait_until="networkidle")
    made = requests_of(colleague)
    expect(colleague.get_by_label("Add to your question")).to_be_hidden()
    colleague.get_by_text("Did you ask this from another browser?").click()
    check(colleague)
    for typed, said in (("0000", "This is not a receipt"), ("0" * 27, "belongs to another question")):
        colleague.get_by_label("Its receipt").fill(typed)
        colleague.get_by_role("button", name="Use it").click()
        expect(colleague.get_by_text(said)).to_be_visible()
    colleague.get_by_label("Its receipt").fill(code)
    colleague.get_by_role("button", name="Use it").click()
    expect(colleague.get_by_label("Add to your question")).to_be_focused()
    assert made == []


def test_a_question_is_withdrawn_before_anybody_saw_it(app, quarter, visit) -> None:
    page = visit(make_person())
    read(page)
    write(page)
    send(page)
    receipt(page)
    page.goto("/receipts")
    page.get_by_role("button", name="Withdraw the question").click()
    expect(page.get_by_text("Withdraw it for good?")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("Withdraw it for good?")).to_be_hidden()
    assert messages_waiting() == []
    page.get_by_role("button", name="Withdraw the question").click()
    page.get_by_role("button", name="Withdraw it").click()
    said = page.get_by_text("The text is erased when new questions appear next.")
    expect(said).to_be_visible()
    expect(said).to_be_focused()
    assert messages_waiting() == [(0, "")]


def test_an_exported_pass_is_spent_in_a_browser_that_never_signed_in(app, quarter, visit) -> None:
    page, phone = visit(make_person()), visit(None)
    read(page)
    page.goto("/passes")
    expect(page.get_by_text("You have 3 questions left to ask")).to_be_visible()
    page.get_by_role("button", name="Take one out").click()
    expect(page.get_by_text("You have 2 questions left to ask")).to_be_visible()
    expect(page.get_by_role("img", name="The pass as a code for a camera")).to_be_visible()
    check(page)
    text = page.locator(".pass-out code").inner_text()

    made = requests_of(phone)
    phone.goto(text[text.index("/spend") :])
    expect(phone.get_by_text("This page has your pass")).to_be_visible()
    assert phone.url.endswith("/spend")
    phone.get_by_label("Your question").fill(TEXT)
    check(phone)
    send(phone)
    code = receipt(phone)
    check(phone)
    assert waiting_texts() == [TEXT]
    assert phone.context.cookies() == []
    assert not any({"cookie", "referer"} & set(request.all_headers()) for request in made)
    assert not any(text[-40:] in request.url for request in made)

    phone.goto("/receipts")  # a receipt is looked up by a colleague
    page.goto(release(app, quarter))
    page.get_by_text("Did you ask this from another browser?").click()
    page.get_by_label("Its receipt").fill(code)
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_label("Add to your question")).to_be_visible()

    phone.goto("/spend")
    phone.get_by_label("Your pass").fill(text)
    phone.get_by_label("Your question").fill("Once more?")
    send(phone)
    expect(phone.locator(".error-summary")).to_contain_text(code)
    phone.get_by_label("Your pass").fill(text[:-9])
    send(phone)
    expect(phone.locator(".error-summary")).to_contain_text("This is not a pass of this address")
    check(phone)


def test_a_pass_that_somebody_else_spent_gives_no_receipt_here(quarter, visit) -> None:
    page, phone = visit(make_person()), visit(None)
    read(page)
    page.goto("/passes")
    page.get_by_role("button", name="Take one out").click()
    text = page.locator(".pass-out code").inner_text()
    phone.goto(text[text.index("/spend") :])
    phone.get_by_label("Your question").fill("From the phone?")
    send(phone)
    receipt(phone)

    other = visit(None)
    other.on("dialog", lambda dialog: dialog.accept())
    for _ in range(2):  # the second time this browser knows it by itself
        other.goto("about:blank")
        other.goto(text[text.index("/spend") :])
        other.get_by_label("Your question").fill("Too late?")
        send(other)
        expect(other.locator(".error-summary")).to_contain_text("already, from another browser")
        expect(other.locator(".error-summary li")).to_have_count(1)


def test_a_pass_is_taken_back_and_passes_are_forgotten(quarter, visit) -> None:
    page = visit(make_person())
    read(page)
    page.goto("/passes")
    page.get_by_role("button", name="Take one out").dblclick()
    expect(page.locator(".pass-out")).to_be_focused()
    expect(page.get_by_text("You have 2 questions left to ask")).to_be_visible()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("You have 3 questions left to ask")).to_be_visible()
    expect(page.locator(".pass-out")).to_have_count(0)

    page.get_by_role("button", name="Forget on this device").click()
    check(page)
    page.get_by_role("button", name="Forget them").click()
    expect(page.get_by_text("Forgotten.")).to_be_visible()
    expect(page.get_by_label("Recovery code")).to_be_focused()
    page.goto("/questions/2026-q2/new")
    expect(page.get_by_text("This browser holds no passes")).to_be_visible()


def test_what_is_saved_holds_the_receipt_the_commitment_and_the_promise(quarter, visit) -> None:
    page = visit(make_person())
    read(page)
    write(page)
    send(page)
    code = receipt(page)
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save as a file").click()
    saved = saving.value.path().read_text(encoding="utf-8")
    assert code in saved
    assert "\nnarrative promise v1\n" in saved
    assert re.search(r"What the ledger will hold of it:\n[\w-]{43}\n", saved)
    expect(page.locator("[data-part=doubt]")).to_be_hidden()


def test_a_vote_is_given_on_the_board_and_counted_at_the_tick(app, quarter, visit) -> None:
    voter = visit(make_person())
    read(voter)
    ask(app, quarter, TEXT)
    address = release(app, quarter, "A third?")
    voter.goto("/board/2026-q2")
    buttons = voter.get_by_role("button", name="I want this answered")
    expect(buttons).to_have_count(3)
    check(voter)
    voter.goto(address, wait_until="networkidle")
    made = requests_of(voter)
    button = voter.get_by_role("button", name="I want this answered")
    expect(button).to_have_accessible_description("A third?")
    button.press("Space")
    expect(button).to_have_attribute("aria-pressed", "true")
    check(voter)
    [cast] = made
    assert re.fullmatch(r".*/votes/2026-q2/[123]", cast.url)
    assert not {"cookie", "referer", "x-csrftoken"} & set(cast.all_headers())
    voter.goto("/board/2026-q2")
    expect(voter.locator("[aria-pressed=true]")).to_have_count(1)

    tick_if_due(db.session.get_one(Quarter, quarter.id), clock.now() + timedelta(days=2))
    db.session.expire_all()
    counted = {question.text: question.votes for question in db.session.query(Question)}
    assert counted == {TEXT: 0, "Another?": 0, "A third?": 1}
