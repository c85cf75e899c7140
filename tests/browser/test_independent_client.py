"""The browser's client and the independent one are twins: one seed gives the same passes and receipts."""

import secrets
from typing import Any

import pytest
from playwright.sync_api import Page

from narrative.independent import passes, receipts, rsa
from narrative.independent.asking import _body
from narrative.independent.bytes import from_base64url, to_base64url
from tests.browser.pass_page import HONEST, ROUND_1, ask, hold, owner, run
from tests.browser.pass_server import ISSUER, QUARTER, SLOTS, PassServer

pytestmark = pytest.mark.browser

TEXT = "\u2028 Thé “roof”,\r\nand 🚪?\n"


def own_keys() -> passes.Keys:
    """The server's keys as the independent client reads them."""
    uses = [("ask", 0), *(("vote", slot) for slot in range(1, SLOTS + 1))]
    keys = [
        passes.Key(purpose, slot, rsa.PublicKey.of_modulus(key.n.to_bytes(256, "big")))
        for (purpose, slot), key in zip(uses, ROUND_1, strict=True)
    ]
    return passes.Keys(ISSUER, QUARTER, SLOTS, tuple(keys))


def own_request(seed: bytes) -> dict[str, Any]:
    """What the independent client would send for that seed."""
    hidden = passes.hide_round(seed, own_keys(), 1, count=3)
    return {"round": 1, "blinded": [to_base64url(one.blinded.message) for one in hidden]}


def test_a_recovery_code_of_the_browser_gives_the_same_passes_here(page: Page, server: PassServer) -> None:
    assert hold(page) == 3
    code = run(page, "return m.client.recoveryCode(v.owner);", owner=owner())
    [request] = server.issuances
    assert own_request(receipts.parse_code(code, what="a code")) == request.json


def test_a_recovery_code_made_here_gives_the_browser_the_same_passes(page: Page, server: PassServer) -> None:
    seed = secrets.token_bytes(16)
    script = "await m.client.restore(v.code, v.offer);"
    run(page, script, code=receipts.format_code(seed), offer={**owner(), **HONEST})
    [request] = server.issuances
    assert request.json == own_request(seed)


def test_questions_go_out_as_the_same_bytes_with_the_same_receipt(page: Page, server: PassServer) -> None:
    assert hold(page) == 3
    code = run(page, "return m.client.recoveryCode(v.owner);", owner=owner())
    asked = ask(page, TEXT, "people")
    [request] = server.questions
    receipt = receipts.Receipt.of_pass(receipts.parse_code(code, what="a code"), 0)
    assert asked["receipt"] == receipt.code
    text, token = receipts.normal_text(TEXT), request.json["token"]
    assert request.body.decode() == _body(token, text=text, bucket="people", receipt=receipt)
    assert asked["commitment"] == receipts.commitment(
        receipt.salt, quarter=QUARTER, bucket="people", text=text
    )
    passes.check_token(from_base64url(token), issuer=ISSUER, quarter=QUARTER, key=own_keys().keys[0])


def test_messages_are_signed_alike(page: Page, server: PassServer) -> None:
    receipt = receipts.Receipt(secrets.token_bytes(16))
    script = """
        const receipt = m.code.parseReceipt(v.code);
        await m.message.followUp({ quarter: v.quarter, receipt, used: 1, text: v.text });
    """
    run(page, script, code=receipt.code, quarter=QUARTER, text=" And the door?\n")
    [request] = server.messages
    assert request.json == receipt.message(quarter=QUARTER, number=2, text="And the door?")
