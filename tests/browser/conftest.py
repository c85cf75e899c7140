"""A real Chromium, and people who sit in front of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from narrative import clock
from narrative.database import db
from narrative.narratives.models import Priority
from narrative.narratives.rules import PriorityRow
from narrative.people.models import Bucket, Contributor
from tests.browser.house import House, opened
from tests.browser.pass_page import ROUND_1
from tests.browser.pass_server import PassServer, serving
from tests.factories import make_bucket, make_person, make_quarter, save
from tests.server import Installation
from tests.writing import published, ready_draft

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP plain.example 127.0.0.1",
]
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
# A busy machine is slow, and that is no fault. Whatever comes sooner is not waited for any longer.
expect.set_options(timeout=20_000)
SCREENSHOTS = os.environ.get("NARRATIVE_TEST_SCREENSHOTS")
# On a busy machine a click returns before the page that it asked for has arrived, or while it is still empty.
NOTE_LEAVING = """
const leave = (leaving) => document.documentElement.toggleAttribute("data-leaving", leaving)
window.addEventListener("submit", (event) => leave(!event.defaultPrevented))
window.navigation?.addEventListener("navigate", (event) => {
  leave(!event.destination.sameDocument && event.downloadRequest === null)
})
"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    if not CHROMIUM.exists():
        reason = f"{CHROMIUM} is not installed: nothing was tried in a browser"
        if os.environ.get("NARRATIVE_TEST_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield started
        started.close()


@dataclass
class Visitor:
    """Somebody with a browser of their own. Whatever the console says is a complaint and fails the test."""

    name: str
    context: BrowserContext
    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)
    seen: int = 0

    def open(self, path: str) -> Visitor:
        """Go to an address of the installation, or to a whole one."""
        self.page.goto(path if "://" in path else self.address + path)
        return self

    def press(self, name: str, *, role: Any = "button") -> Visitor:
        """Press a button. Where it leads to another page, what follows is about that one."""
        self.page.get_by_role(role, name=name).first.click()
        expect(self.page.locator("html:not([data-leaving])")).to_be_attached()
        self.page.wait_for_load_state()
        return self

    def follow(self, name: str) -> Visitor:
        """Follow a link."""
        return self.press(name, role="link")

    def fill(self, **fields: str) -> Visitor:
        """Fill fields by the name they are sent under, also where an editor stands in their place."""
        if self.page.locator("shared-writing").count():
            expect(self.page.locator("shared-writing[data-writing]")).to_be_attached()
        for name, value in fields.items():
            editor = self.page.locator(f".cm-content[aria-labelledby={name}-label]")
            field = self.page.locator(f"[name='{name}']").first
            (editor if editor.count() else field).fill(value)
        return self

    def sees(self, text: str) -> Visitor:
        """Expect a text on the page."""
        expect(self.page.locator("body")).to_contain_text(text)
        return self

    def sees_not(self, text: str) -> Visitor:
        """Expect a text not to be on the page."""
        expect(self.page.locator("body")).not_to_contain_text(text)
        return self

    def check(self) -> Visitor:
        """Hold the present page to what every page must be: accessible in both themes, no sideways scroll."""
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            self.page.evaluate(AXE)
            found = self.page.evaluate("axe.run()")["violations"]
            assert not found, [
                (one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found
            ] + [scheme, self.page.url]
        self.page.emulate_media(color_scheme="light")
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert self.page.evaluate(overflow) <= 0, f"{self.page.url} scrolls sideways"
        self._screenshot()
        return self

    def _screenshot(self) -> None:
        if SCREENSHOTS:
            self.seen += 1
            width = self.page.viewport_size["width"] if self.page.viewport_size else 0
            place = Path(SCREENSHOTS) / f"{self.name}-{self.seen:02}-{width}.png"
            self.page.screenshot(path=place, full_page=True)


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """`visit(name, installation, viewport=…)`: somebody with a fresh browser. The console stays silent."""
    visitors: list[Visitor] = []

    def arrive(name: str, installation: Installation, **options: Any) -> Visitor:
        context = browser.new_context(**{"viewport": WIDE, **options})
        context.add_init_script(NOTE_LEAVING)
        visitor = Visitor(name, context, context.new_page(), installation.address)
        visitor.page.on("console", lambda message: visitor.complaints.append(message.text))
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        visitors.append(visitor)
        return visitor

    yield arrive
    for visitor in visitors:
        visitor.context.close()
    assert {visitor.name: visitor.complaints for visitor in visitors if visitor.complaints} == {}


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """An empty installation, not yet set up."""
    made = Installation(
        tmp_path / "data", {"NARRATIVE_ASKING_FLOOR": "5", "NARRATIVE_COMPANY": "Hart & Sons"}
    )
    yield made
    made.stop()


def _drafting() -> dict[str, int]:
    """The drafting stage: Ada owns Workshop, Grace writes there too."""
    ada, grace = make_person("leader", name="Ada Lovelace"), make_person("leader", name="Grace Hopper")
    save(Contributor(bucket_id=make_bucket("Workshop", owner=ada).id, person_id=grace.id))
    make_quarter("2026-q2", drafting_opens_at=clock.now() - timedelta(days=1))
    return {"Ada": ada.id, "Grace": grace.id}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An application in which two write."""
    with opened(tmp_path, _drafting) as house:
        yield house


@pytest.fixture
def promised(house: House) -> str:
    """The key of what the bucket promised last quarter."""
    with house.app.app_context():
        bucket = db.session.query(Bucket).one()
        earlier = make_quarter("2026-q1")
        row = PriorityRow(key="1" * 16, title="Ship the boat", measure="It floats")
        published(earlier, bucket, workshop=replace(ready_draft("Old"), priorities=(row,)))
        return f"priority-{db.session.query(Priority).one().id}"


@pytest.fixture
def server() -> Iterator[PassServer]:
    """A server for the pass client alone."""
    with serving(PassServer(list(ROUND_1))) as started:
        yield started


@pytest.fixture
def page(browser: Browser, server: PassServer) -> Iterator[Page]:
    """A page of that server in a browser profile of its own, with a session cookie."""
    with browser.new_context() as context:
        opened = context.new_page()
        opened.goto(f"{server.address}/")
        assert [cookie["name"] for cookie in context.cookies()] == ["session"]
        yield opened
