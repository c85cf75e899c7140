"""How long after a pause readers' view of the words stands beside them: a real server and Chromium.

Beside it, in the same run, the same preview for a text of ten words: what is left is the way there and back.
"""

import secrets
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks._company import cookie_of, make_company
from benchmarks._servers import served
from benchmarks.typing import text
from narrative.app import create_app
from narrative.config import Settings
from tests.browser.conftest import CHROMIUM, FLAGS

PAUSES = 40
BEST = 150  # milliseconds
# From the moment in which the page asks, the pause having lasted long enough, until it was painted.
WATCH = """() => {
    window.took = [];
    const { fetch } = window;
    let asked;
    window.fetch = (address, ...rest) => {
        if (String(address).endsWith("/preview")) asked = performance.now();
        return fetch(address, ...rest);
    };
    const shown = () => requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => window.took.push(performance.now() - asked);
        port2.postMessage(null);
    });
    const page = document.querySelector("markdown-preview .prose");
    new MutationObserver(shown).observe(page, { childList: true });
}"""


def pauses(page: Page, address: str, words: str) -> list[float]:
    """Type a word after `words` and pause, many times; return how long each preview took, in milliseconds."""
    page.goto(address)
    page.locator("shared-writing[data-writing=together]").wait_for()
    editor = page.locator(".cm-content").first
    editor.fill(words)
    page.wait_for_timeout(2_000)
    page.evaluate(WATCH)
    editor.focus()
    page.keyboard.press("Control+End")
    for _ in range(PAUSES):
        page.keyboard.type("word ")
        page.wait_for_timeout(700)
    return list(page.evaluate("window.took"))


def told(name: str, took: list[float]) -> float:
    """Print the figures of `took` and return the 95th percentile."""
    highest, middle = statistics.quantiles(took, n=20)[-1], statistics.median(took)
    print(f"{name}: {len(took)} pauses, min {min(took):.0f} ms, median {middle:.0f} ms, p95 {highest:.0f} ms")
    return highest


def measure(browser: Browser, address: str, cookie: str, rooms: list[str]) -> None:
    """Measure a text of ten words in one room and one of 3,000 in another, and print both."""
    name, _, value = cookie.partition("=")
    context = browser.new_context()
    context.add_cookies([{"name": name, "value": value, "url": address}])
    page = context.new_page()
    short = told("ten words", pauses(page, f"{address}{rooms[0]}/edit", "Calm. " * 10))
    long = told("3,000 words", pauses(page, f"{address}{rooms[1]}/edit", text()))
    print(f"ratio of the 95th percentiles: {long / short:.1f}; at most {BEST} ms: {long <= BEST}")


def main() -> None:
    """Serve a company of its own and measure."""
    with tempfile.TemporaryDirectory() as folder:
        key = secrets.token_hex(32)
        app = create_app(Settings(data=Path(folder), secret_key=key))
        with app.app_context():
            company = make_company(buckets=2, writers=1)
            cookie = cookie_of(app, company.writers[0])
        environment = {"NARRATIVE_DATA": folder, "NARRATIVE_SECRET_KEY": key, "PATH": "/usr/bin:/bin"}
        options = {"environment": environment, "workers": 2, "threads": 8, "factory": True}
        with served("narrative.app:create_app", **options) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
            measure(browser, address, cookie, company.rooms)
            browser.close()


if __name__ == "__main__":
    main()
