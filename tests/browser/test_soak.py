"""A soak: three browsers and many programs write one narrative; its server is killed, networks are cut.

In the end every page shows the same, and every word that anybody typed stands there exactly once. How long it
takes is said by NARRATIVE_TEST_SOAK_SECONDS; twenty programs, ten minutes and five kills are the long form.
"""

from __future__ import annotations

import itertools
import os
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks._company import cookie_of, make_company
from narrative.app import create_app
from narrative.config import Settings
from narrative.database import db
from narrative.narratives.rules import TEXTS
from narrative.passes.store import anonymous_store
from tests.browser.writers import SAVED
from tests.scripted_writer import ScriptedWriter, Unreachable
from tests.server import Installation

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SECONDS = int(os.environ.get("NARRATIVE_TEST_SOAK_SECONDS", "30"))
LONG = SECONDS >= 300
PROGRAMS, BROWSERS, KILLS = (20, 3, 5) if LONG else (6, 3, 2)
KEY = "for-the-soak-" + "k" * 32
PAUSE = 1.2
MARKER = re.compile(r"\b[pb]\d+x\d+\b")
# CodeMirror shows only the lines in sight; its state has them all.
WHOLE = "area => (area.cmView?.view ?? area.cmTile.view).state.doc.toString()"


@dataclass
class Room:
    """One bucket's room on a real server, with a cookie for everybody who writes there."""

    installation: Installation
    path: str
    cookies: list[str]

    @property
    def address(self) -> str:
        """Where the room is."""
        return self.installation.address + self.path


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """A server of two processes, and a company in its drafting stage."""
    (tmp_path / "data").mkdir()
    installation = Installation(tmp_path / "data", {"NARRATIVE_SECRET_KEY": KEY})
    app = create_app(
        Settings(data=installation.data, secret_key=KEY, base_url=installation.address, vote_slots=1)
    )
    with app.app_context():
        company = make_company(buckets=1, writers=PROGRAMS + BROWSERS)
        cookies = [cookie_of(app, person) for person in company.writers]
        db.session.remove()
        db.engine.dispose()
        anonymous_store().engine.dispose()
    installation.start()
    yield Room(installation, company.rooms[0], cookies)
    installation.stop()


def words(writer: str) -> Iterator[str]:
    """Markers of one writer, each of which is typed once."""
    return (f"{writer}x{number}" for number in itertools.count(1))


@dataclass
class Typist:
    """Somebody at a real browser, who types at the ends of texts."""

    page: Page
    markers: Iterator[str]
    typed: int = 0

    def type(self, chance: random.Random) -> None:
        """Type the next marker at the end of a text."""
        area = self.page.locator(f".cm-content[aria-labelledby={chance.choice(TEXTS)}-label]")
        area.focus()
        self.page.keyboard.press("Control+End")
        self.page.keyboard.type(f" {next(self.markers)} ")
        self.typed += 1

    def texts(self) -> list[str]:
        """The four texts as this page has them."""
        areas = [self.page.locator(f".cm-content[aria-labelledby={name}-label]") for name in TEXTS]
        return [str(area.evaluate(WHOLE)) for area in areas]


def sit_down(browser: Browser, room: Room, number: int) -> Typist:
    """Open the room in a browser of its own."""
    name, _, value = room.cookies[PROGRAMS + number].partition("=")
    context = browser.new_context()
    context.add_cookies([{"name": name, "value": value, "url": room.installation.address}])
    page = context.new_page()
    page.goto(f"{room.address}/edit")
    expect(page.locator("shared-writing[data-writing=together]")).to_be_attached()
    return Typist(page, words(f"b{number}"))


def soak(room: Room, typists: list[Typist], chance: random.Random) -> None:
    """Let the typists type; kill the server now and then, and cut one browser's network for a while."""
    kills = [SECONDS * (number + 1) / (KILLS + 1) for number in range(KILLS)]
    begun, cut = time.monotonic(), None
    while time.monotonic() - begun < SECONDS:
        for typist in typists:
            typist.type(chance)
        if kills and time.monotonic() - begun > kills[0]:
            kills.pop(0)
            room.installation.kill()
            typists[0].type(chance)
            room.installation.start()
        if cut is None and chance.random() < 0.1:
            cut = chance.choice(typists)
            cut.page.context.set_offline(True)
        elif cut is not None and chance.random() < 0.15:
            cut.page.context.set_offline(False)
            cut = None
        typists[0].page.wait_for_timeout(400)
    if cut is not None:
        cut.page.context.set_offline(False)
    assert kills == []


def finish(writers: list[ScriptedWriter], typists: list[Typist]) -> None:
    """Wait until everybody's words are stored, and everybody has everybody's."""
    for typist in typists:
        expect(typist.page.locator("save-state")).to_have_text(SAVED, timeout=90_000)
    for _ in range(2):
        for writer in writers:
            until_answered(writer)
    assert all(writer.saved for writer in writers)


def until_answered(writer: ScriptedWriter) -> None:
    """Synchronise until the server answers."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            writer.sync()
        except Unreachable:
            time.sleep(0.5)
        else:
            return
    raise AssertionError(f"never answered: {writer.errors[-3:]}")


def test_everything_that_was_typed_stands_everywhere_exactly_once(browser: Browser, room: Room) -> None:
    chance, done = random.Random(20260102), threading.Event()
    writers = [ScriptedWriter(address=room.address, cookie=one) for one in room.cookies[:PROGRAMS]]
    given: list[dict[str, Any]] = [{"markers": words(f"p{number}"), "typed": 0} for number in range(PROGRAMS)]

    def counted(one: dict[str, Any]) -> Iterator[str]:
        for marker in one["markers"]:
            one["typed"] += 1
            yield marker

    typists = [sit_down(browser, room, number) for number in range(BROWSERS)]
    threads = [
        threading.Thread(
            target=writer.write_until,
            args=(done, counted(one)),
            kwargs={"pause": PAUSE, "chance": random.Random(number)},
        )
        for number, (writer, one) in enumerate(zip(writers, given, strict=True))
    ]
    for thread in threads:
        thread.start()
    try:
        soak(room, typists, chance)
    finally:
        done.set()
        for thread in threads:
            thread.join()
    finish(writers, typists)
    for writer in writers:
        writer.close()
    expected = {f"p{number}x{n}" for number, one in enumerate(given) for n in range(1, one["typed"] + 1)}
    expected |= {f"b{number}x{n}" for number, one in enumerate(typists) for n in range(1, one.typed + 1)}
    texts = [str(writers[0].text(name)) for name in TEXTS]
    found = Counter(MARKER.findall(" ".join(texts)))
    assert Counter(expected) == found
    assert all([str(writer.text(name)) for name in TEXTS] == texts for writer in writers)
    for typist in typists:
        expect(typist.page.locator("save-state")).to_have_text(SAVED)
        until = time.monotonic() + 40
        while typist.texts() != texts and time.monotonic() < until:
            typist.page.wait_for_timeout(500)
        assert typist.texts() == texts
    assert len(expected) > SECONDS
