"""From keydown to paint in a text of 3,000 words: in the drafting room, and in a bare textarea."""

import logging
import statistics

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.document_server import ROOM, DocumentServer, serving
from tests.browser.writers import Writer

WORDS = 3_000
KEYS = 300
PAUSE = 60  # milliseconds between keystrokes: somebody who types fast
BEST = 32  # milliseconds at the 95th percentile

MEASURE = """(selector) => {
    window.took = [];
    document.querySelector(selector).addEventListener("keydown", ({ timeStamp }) => {
        requestAnimationFrame(() => {
            // A message is delivered after the frame was painted.
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => window.took.push(performance.now() - timeStamp);
            port2.postMessage(null);
        });
    }, true);
}"""
BARE = """(text) => {
    const field = document.createElement("textarea");
    field.id = "bare";
    field.value = text;
    field.setAttribute("aria-label", "Bare");
    document.querySelector("main").replaceChildren(field);
    field.focus();
}"""


def text() -> str:
    """Return a narrative of 3,000 words in paragraphs, lists and headings."""
    sentence = "The ward had **four** beds of *the new kind* and said so to everybody who came."
    paragraphs = [f"## Part {number}\n\n- {sentence}\n- {sentence}" for number in range(WORDS // 34)]
    return "\n\n".join(paragraphs)


def typed(page: Page, selector: str) -> list[float]:
    """Type at the end of what has the focus, and return how long each key took, in milliseconds."""
    page.keyboard.press("Control+End")
    page.evaluate(MEASURE, selector)
    for number in range(KEYS):
        page.keyboard.press("Space" if number % 6 == 5 else "e")
        page.wait_for_timeout(PAUSE)
    page.wait_for_timeout(300)
    return list(page.evaluate("window.took"))


def told(name: str, took: list[float]) -> float:
    """Print the figures of `took` and return the 95th percentile."""
    highest = statistics.quantiles(took, n=20)[-1]
    middle = statistics.median(took)
    print(f"{name}: {len(took)} keys, min {min(took):.1f} ms, median {middle:.1f} ms, p95 {highest:.1f} ms")
    return highest


def main() -> None:
    """Measure both in one run of one browser."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = DocumentServer()
    server.change(lambda doc: doc["opening"].insert(0, text()))
    with serving(server), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        writer = Writer(server, browser.new_context(), browser.new_context().new_page()).come()
        writer.editor("opening").focus()
        editor = told("editor", typed(writer.page, ".cm-content"))
        writer.page.goto(f"{server.address}{ROOM}/edit")
        writer.page.evaluate(BARE, text())
        bare = told("textarea", typed(writer.page, "#bare"))
        browser.close()
    print(f"ratio of the 95th percentiles: {editor / bare:.2f}; at most {BEST} ms: {editor <= BEST}")


if __name__ == "__main__":
    main()
