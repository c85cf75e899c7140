"""People at a drafting room of the document server, each with a browser of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.document_server import ROOM, DocumentServer
from tests.browser.faults import eventually

SAVED = re.compile(r"^Saved \d\d:\d\d UTC$")
PERSONS = {"Ada": 1, "Grace": 2}
VALUES = "all => all.map((field) => field.value)"


@dataclass
class Writer:
    """Somebody who sits at the room in one tab."""

    server: DocumentServer
    context: BrowserContext
    page: Page

    def come(self, *, writing: str = "together") -> Writer:
        """Open the room and wait until one can write in it."""
        self.page.goto(f"{self.server.address}{ROOM}/edit")
        return self.settle(writing=writing)

    def settle(self, *, writing: str = "together") -> Writer:
        """Wait until the page has decided how one writes."""
        expect(self.page.locator(f"shared-writing[data-writing={writing}]")).to_be_attached()
        return self

    def another_tab(self) -> Writer:
        """The same person's second tab."""
        return Writer(self.server, self.context, self.page.context.new_page()).come()

    def editor(self, name: str) -> Any:
        """The editor of a text."""
        return self.page.locator(f".cm-content[aria-labelledby={name}-label]")

    def type(self, name: str, text: str, *, at: str = "End") -> Writer:
        """Click into a text, go to its end (or Home), and type."""
        self.editor(name).focus()
        self.page.keyboard.press(f"Control+{at}")
        self.page.keyboard.type(text)
        return self

    def reads(self, name: str, text: str) -> Writer:
        """Expect a text on this page."""
        eventually(self.page, lambda: self.text(name) == text, lambda: self.text(name))
        return self

    def text(self, name: str) -> str:
        """What the editor of a text shows."""
        lines = (
            self.editor(name)
            .locator(".cm-line")
            .evaluate_all(
                """lines => lines.map((line) => {
                const copy = line.cloneNode(true);
                copy.querySelectorAll(".other-cursor").forEach((one) => one.remove());
                return copy.textContent;
            })"""
            )
        )
        return "\n".join(lines)

    def state(self, words: str | re.Pattern[str]) -> Writer:
        """Expect what is said of how things stand."""
        expect(self.page.locator("save-state")).to_have_text(words)
        return self

    def saved(self) -> Writer:
        """Expect everything to be saved."""
        return self.state(SAVED)

    def titles(self) -> list[str]:
        """The titles of the priorities on this page."""
        return list(
            self.page.locator("[data-row] input[type=text]").evaluate_all("all => all.map(a => a.value)")
        )
