"""Hints beside a question, in a real Chromium: what is pointed out, and that nothing leaves the page."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from markupsafe import escape
from playwright.sync_api import Browser, Page, Route, expect

from narrative.people.queries import known_names
from narrative.web.headers import POLICY
from narrative.web.paths import resource_dir
from tests.browser import test_asking as asking
from tests.browser.conftest import AXE
from tests.factories import make_person

pytestmark = pytest.mark.browser

# The served application in which asking is tried.
engine_name, quarter, address, visit = asking.engine_name, asking.quarter, asking.address, asking.visit

NAMES = [
    "Ada Varga",
    "Will Short",
    "Jean-Luc O’Neill",
    "Zoë van der Meer",
    "王小明",
    "April May",
    "Li",
    "Bo Lind",
]
PERSON, SIGNATURE = "may tell who you are or whom you mean.", "looks like a signature."
FEW, INITIALS = "may tell who you are: few can say it.", "looks like initials."
PHONE = "looks like a phone number."
MAIL = "is an e-mail address: it may tell who you are or whom you mean."
NUMBER = "looks like the number of one person or one thing."

POINTED_OUT = [
    ("Why did Ada Varga leave?", [("Ada Varga", PERSON)]),
    ("why did ada  varga leave?", [("ada varga", PERSON)]),
    ("Was it Ada's idea, or ADA’s?", [("Ada", PERSON)]),
    ("Was it Varga or Ada?", [("Varga", PERSON), ("Ada", PERSON)]),
    ("Does Zoe van der Meer know?", [("Zoe van der Meer", PERSON)]),
    ("Does jean-luc o'neill know?", []),
    ("Does Jean-Luc O’Neill know?", [("Jean-Luc O’Neill", PERSON)]),
    ("Has Will Short decided?", [("Will Short", PERSON)]),
    ("为什么王小明离开了?", [("王小明", PERSON)]),
    ("In my team of two, who reads this?", [("my team of two", FEW)]),
    ("Our small  group of 4 was split.", [("Our small group of 4", FEW)]),
    ("The two of us know.", [("The two of us", FEW)]),
    ("As the only welder here, what now?", [("As the only welder here", FEW)]),
    ("Write to ada.varga@hart.example please", [("ada.varga@hart.example", MAIL)]),
    (
        "Ask @bo_lind about it",
        [("@bo_lind", "names an account: it may tell who you are or whom you mean.")],
    ),
    ("Call +44 20 7946 0958 or 030/901820.", [("+44 20 7946 0958", PHONE), ("030/901820", PHONE)]),
    ("I am staff no. 4711.", [("staff no. 4711", "looks like the number of one person.")]),
    ("Mine is E-10442.", [("E-10442", NUMBER)]),
    ("Why is that so?\n\nCheers, A.", [("Cheers, A.", SIGNATURE)]),
    ("Why is that so? Best regards\nKim", [("Best regards Kim", SIGNATURE)]),
    ("Why is that so?\n– Kim", [("– Kim", SIGNATURE)]),
    ("Why is that so?\nKM", [("KM", INITIALS)]),
    ("K.M. from the workshop asks", [("K.M.", INITIALS)]),
]
NOT_POINTED_OUT = [
    "",
    "Will there be a long answer in May? What may we expect in April, in short?",
    "How did revenue move from 1 000 000 to 12.500.000 between 2024-2025 and 2026-03-31, or 31.03.2026?",
    "Is the U.S. office bigger than the one in the E.U.?",
    "Does FY2026 follow ISO-27001 and RFC9578?",
    "Why is the team of the workshop so small?",
    "Thanks for the answer. Why so late?",
    "Thanks",
    "Why do adaptations of Adagio matter?",
    "Is it 10 @ 20 euros?",
]
FRAME = (
    '<!DOCTYPE html><html lang="en"><title>Hints</title><link rel="icon" href="/static/img/mark.svg"></html>'
)


def serve(route: Route) -> None:
    path = urlsplit(route.request.url).path
    if path == "/":
        headers = {"Content-Security-Policy": POLICY}
        route.fulfill(body=FRAME, content_type="text/html; charset=utf-8", headers=headers)
    else:
        route.fulfill(path=resource_dir("static") / path.removeprefix("/static/"))


@pytest.fixture
def bare_page(browser: Browser) -> Iterator[Page]:
    """An empty page that can import the scripts."""
    with browser.new_context() as context:
        page = context.new_page()
        page.route("**/*", serve)
        page.goto("https://narrative.test/")
        yield page


def hints(page: Page, text: str, names: list[str]) -> list[tuple[str, str]]:
    """What hints.js finds in a text."""
    found = page.evaluate(
        """async ([text, names]) => {
            const { hints } = await import("/static/js/asking/hints.js");
            const { nameIndex } = await import("/static/js/asking/names.js");
            return hints(text, nameIndex(names));
        }""",
        [text, names],
    )
    return [(one["found"], one["words"]) for one in found]


@pytest.mark.parametrize(("text", "found"), POINTED_OUT, ids=range(len(POINTED_OUT)))
def test_what_may_tell_is_pointed_out(bare_page: Page, text: str, found: list[tuple[str, str]]) -> None:
    assert hints(bare_page, text, NAMES) == found


def test_what_tells_nothing_is_left_alone(bare_page: Page) -> None:
    found = {text: hints(bare_page, text, NAMES) for text in NOT_POINTED_OUT}
    assert {text: words for text, words in found.items() if words} == {}


def test_hostile_texts_and_large_companies_end_in_time(bare_page: Page) -> None:
    """Nothing is measured: a pattern that ran wild would run into the browser's own limit."""
    many = [f"Ada Var{chr(97 + number % 26) * (number // 26)}" for number in range(2000)]
    hostile = ("a." * 5000, "1 " * 5000, "@" * 5000 + "a@" * 2500, "\n \t" * 3000, "A" * 9999, "Best " * 2000)
    for text in hostile:
        hints(bare_page, text, many)
    assert hints(bare_page, "Who is ada varbb?", many) == [("ada varbb", PERSON)]


def test_hints_appear_while_typing_and_nothing_is_sent(app, quarter, visit) -> None:
    make_person(name="Ada Varga")
    page = visit(make_person())
    asking.read(page)
    asking.write(page, "")
    made: list[str] = []
    page.on("request", lambda request: made.append(request.url))
    field = page.get_by_label("Your question")
    field.press_sequentially("Why did Ada Varga decide? Call 030 901820.\nCheers, A.")
    beside = page.locator("ask-hints li")
    expect(beside).to_have_text(
        [f"“Ada Varga” {PERSON}", f"“030 901820” {PHONE}", f"“Cheers, A.” {SIGNATURE}"]
    )
    expect(page.get_by_text("You may send your question as it is.")).to_be_visible()
    expect(page.locator("#announcements")).to_contain_text("hints are below your question")
    for scheme, width in (("light", 1280), ("dark", 360)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate(AXE)
        assert page.evaluate("axe.run()")["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    field.fill("Why was it decided?")
    expect(beside).to_have_count(0)
    expect(page.get_by_text("You may send your question as it is.")).to_be_hidden()
    assert made == []  # not even a script: everything was there before the first key


def test_hints_block_nothing_and_are_not_sent(app, quarter, visit) -> None:
    make_person(name="Ada Varga")
    page = visit(make_person())
    asking.read(page)
    asking.write(page, "Why did Ada Varga decide?\nCheers, A.")
    expect(page.locator("ask-hints li")).to_have_count(2)
    made = asking.requests_of(page)
    page.get_by_role("button", name="Send anonymously").click()
    expect(page.get_by_role("heading", name="Your question was received")).to_be_focused()
    [request] = made
    assert request.post_data is not None
    assert "Why did Ada Varga decide?" in request.post_data
    assert "hint" not in request.post_data
    assert "looks like" not in request.post_data


def test_everybody_gets_the_same_names(app, quarter, visit) -> None:
    people = [make_person(name="Ada <b>Varga</b>"), make_person(name="Bo & Sons")]
    lists = []
    for person in people:
        page = visit(person)
        page.goto("/questions/2026-q2/new")
        lists.append(page.locator("ask-hints template").evaluate("one => one.content.textContent"))
    assert lists[0] == lists[1] == "\n".join(known_names())
    assert "Ada <b>Varga</b>" in lists[0]
    assert str(escape("Bo & Sons")) not in lists[0]
