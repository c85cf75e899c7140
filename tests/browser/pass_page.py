"""A page with the pass client's modules in it, and what tests do with them."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from narrative.passes.rsa_keys import PrivateKey
from tests.browser.pass_server import ISSUER, QUARTER, SLOTS, PassServer

KEYS = [PrivateKey.generate() for _ in range(1 + 2 * SLOTS)]
ROUND_1 = KEYS[: 1 + SLOTS]
KEY = KEYS[0]
OTHER_KEY = PrivateKey.generate()
HONEST = PassServer(list(ROUND_1)).offer

# Scripts get and give hexadecimal text; `m` has every module, `m.client` all that they export.
PRELUDE = """
const names = [
    "ask", "blind_rsa", "bytes", "carry", "code", "hold", "holding", "keys", "message", "receipt", "recovery",
    "seed", "token", "vote",
];
const m = { client: {} };
for (const name of names) {
    m[name] = await import(`/js/passes/${name}.js`);
    Object.assign(m.client, m[name]);
}
const hex = m.bytes.toHex;
const unhex = m.bytes.fromHex;
const named = async (work) => {
    try { return await work(); }
    catch (error) { return { name: error.name, message: error.message, ...error }; }
};
"""


def run(page: Page, script: str, **values: Any) -> Any:
    """Run an async script with the modules in `m` and the values in `v`."""
    return page.evaluate(f"async (v) => {{ {PRELUDE} {script} }}", values)


def owner(person: Any = 7) -> dict[str, Any]:
    """Whose passes: somebody's of the server's quarter."""
    return {"issuer": ISSUER, "person": person, "quarter": QUARTER}


def hold(page: Page, **changes: Any) -> Any:
    """Fetch passes as an honest page offers them but for `changes`; how many, or what failed."""
    request = {**owner(), **HONEST, **changes}
    return run(page, "return named(() => m.client.holdPasses(v.request));", request=request)


def ask(page: Page, text: str, bucket: str | None = None, **changes: Any) -> Any:
    """Ask a question; what came back, or what failed."""
    question = {**owner(), **changes, "text": text, "bucket": bucket}
    return run(page, "return named(() => m.client.ask(v.question));", question=question)


def unspent(page: Page, person: Any = 7) -> list[dict[str, Any]]:
    """The passes to ask with that are left."""
    left: list[dict[str, Any]] = run(page, "return m.client.unspentPasses(v.owner);", owner=owner(person))
    return left


def mark_of(page: Page, receipt: str) -> str:
    """The mark of a receipt."""
    script = "return (await m.receipt.openReceipt(m.code.parseReceipt(v.receipt))).mark;"
    mark: str = run(page, script, receipt=receipt)
    return mark
