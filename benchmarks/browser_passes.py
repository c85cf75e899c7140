"""The browser's part of fetching one person's passes: to ask with, and 64 vote slots. In a real Chromium.

Waiting for the server is taken out of the time. The longest block is how long a key or a click would have
had to wait at worst while the passes were made; 250 ms altogether and 50 ms at once is what is aimed at.
"""

import argparse
import statistics
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from narrative.passes.rsa_keys import PrivateKey
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.pass_server import ISSUER, QUARTER, PassServer, serving

SLOTS = 64
MEASURE = """
async ({ offer, watch }) => {
    const { holdPasses } = await import("/js/bundles/passes.js");
    let waited = 0;
    const { fetch } = window;
    window.fetch = async (...request) => {
        const begun = performance.now();
        const response = await fetch(...request);
        const body = await response.text();
        waited += performance.now() - begun;
        return new Response(body, { status: response.status });
    };
    let [longest, last, watching] = [0, performance.now(), watch];
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
        const now = performance.now();
        [longest, last] = [Math.max(longest, now - last), now];
        if (watching) port2.postMessage(0);
    };
    if (watch) port2.postMessage(0);
    const begun = performance.now();
    await holdPasses(offer);
    const total = performance.now() - begun;
    watching = false;
    return { computed: total - waited, waited, longest };
}
"""


def main() -> None:
    """Print the medians, each of a browser profile of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    print(__doc__)
    server = PassServer([PrivateKey.generate() for _ in range(1 + SLOTS)], slots=SLOTS)
    with serving(server), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        alone = [measured(browser, server, watch=False) for _ in range(rounds)]
        watched = [measured(browser, server, watch=True) for _ in range(rounds)]
        browser.close()
    print(f"passes made                  {offer(server)['count'] + SLOTS}")
    print(f"computed in the browser      {median(alone, 'computed'):6.0f} ms")
    print(f"waited for this test server  {median(alone, 'waited'):6.0f} ms")
    print(f"longest block meanwhile      {median(watched, 'longest'):6.0f} ms")


def measured(browser: Browser, server: PassServer, *, watch: bool) -> dict[str, float]:
    """Fetch passes once in a fresh profile."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(server.address)
        figures: dict[str, float] = page.evaluate(MEASURE, {"offer": offer(server), "watch": watch})
        return figures


def offer(server: PassServer) -> dict[str, Any]:
    """What a page says to whoever reads."""
    return {**server.offer, "issuer": ISSUER, "person": 7, "quarter": QUARTER}


def median(figures: list[dict[str, float]], name: str) -> float:
    """The middle one of what was measured."""
    return statistics.median(one[name] for one in figures)


if __name__ == "__main__":
    main()
