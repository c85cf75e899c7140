"""Passes that leave the browser which fetched them: by their recovery code, or one of them as a text."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from playwright.sync_api import Browser, BrowserContext, Page

from narrative.questions.commitments import follow_up_hash, message
from tests.browser.pass_page import HONEST, ask, hold, mark_of, owner, run, unspent
from tests.browser.pass_server import QUARTER, PassServer
from tests.pass_holder import from_base64url

pytestmark = pytest.mark.browser

Device = Callable[[], Page]


@pytest.fixture
def device(browser: Browser, server: PassServer) -> Iterator[Device]:
    """`device()`: a page of the server in yet another browser profile."""
    contexts: list[BrowserContext] = []

    def another() -> Page:
        contexts.append(browser.new_context())
        opened = contexts[-1].new_page()
        opened.goto(f"{server.address}/")
        return opened

    yield another
    for context in contexts:
        context.close()


def code(page: Page, person: int = 7) -> Any:
    return run(page, "return m.client.recoveryCode(v.owner);", owner=owner(person))


def restore(page: Page, typed: str, **changes: Any) -> Any:
    offer = {**owner(), **HONEST, **changes}
    script = "return named(async () => (await m.client.restore(v.typed, v.offer)) ?? 'restored');"
    return run(page, script, typed=typed, offer=offer)


def take_out(page: Page) -> Any:
    script = """
        return named(async () => {
            await m.client.takeOut(v.owner);
            return m.client.takenOut(v.owner, "https://narrative.example/spend");
        });
    """
    return run(page, script, owner=owner())


def take_in(page: Page, text: str) -> Any:
    return run(page, "return named(() => m.client.takeIn(v.text));", text=text)


def follow_up(page: Page, receipt: str, text: str, used: int = 0) -> Any:
    script = """
        const receipt = m.code.parseReceipt(v.receipt);
        const { quarter, text, used } = v;
        const { followUp, withdraw } = m.client;
        const about = { quarter, receipt };
        return named(() => (text ? followUp({ ...about, text, used }) : withdraw(about)));
    """
    return run(page, script, receipt=receipt, text=text, used=used, quarter=QUARTER)


# The recovery code


def test_the_code_brings_the_same_passes_to_another_device(page, server, device):
    server.once = True
    assert hold(page) == 3
    here, there = code(page), device()
    typed = f" {here.lower().replace('-', ' ')} "
    assert restore(there, typed) == "restored"
    assert [one["token"] for one in unspent(there)] == [one["token"] for one in unspent(page)]
    first, second = server.issuances
    assert first.body == second.body
    assert code(there) == here


def test_a_device_that_was_told_of_another_takes_the_code_too(page, server, device):
    server.once = True
    hold(page)
    there = device()
    assert hold(there)["name"] == "AlreadyIssued"
    assert code(there) is None
    assert restore(there, code(page)) == "restored"
    assert len(unspent(there)) == 3


def test_what_was_spent_on_one_device_is_learnt_on_the_other(page, server, device):
    hold(page)
    there = device()
    restore(there, code(page))
    assert "receipt" in ask(page, "Why?")
    server.answers = [409, 202]
    asked = ask(there, "Why not?")
    assert [one["token"] for one in unspent(there)] == [unspent(page)[1]["token"]]
    assert asked["mark"] == server.questions[-1].json["mark"]


def test_a_receipt_of_one_device_is_given_on_the_other(page, server, device):
    hold(page)
    asked = ask(page, "Why?")
    there = device()
    restore(there, code(page))
    given = run(there, "return m.client.receipts(v.owner);", owner=owner())
    assert asked["receipt"] in [one["receipt"] for one in given]
    assert follow_up(there, asked["receipt"], "And since when?")["status"] == 202


def test_receipts_come_back_also_when_the_quarter_gives_no_passes(page, server, device):
    hold(page)
    asked = ask(page, "Why?")
    there = device()
    assert restore(there, code(page), rounds=0) == "restored"
    assert len(server.issuances) == 1
    given = run(there, "return m.client.receipts(v.owner);", owner=owner())
    assert asked["mark"] in [one["mark"] for one in given]


def test_a_code_of_other_passes_changes_nothing(page, server, device):
    server.once = True
    hold(page)
    strange = run(page, "return m.code.formatReceipt(new Uint8Array(16).fill(9));")
    assert restore(page, strange)["name"] == "OtherPasses"
    assert len(unspent(page)) == 3
    there = device()
    assert hold(there)["name"] == "AlreadyIssued"
    assert restore(there, strange)["name"] == "OtherPasses"
    assert hold(there)["name"] == "AlreadyIssued"
    assert restore(there, "no code")["message"].startswith("This is not a recovery code.")


def test_a_code_does_not_bring_back_what_an_invalid_signature_spoilt(page, server):
    server.lost_signatures = 1
    hold(page)
    kept = code(page)
    server.flipped_bit = 7
    assert hold(page)["name"] == "InvalidSignature"
    server.flipped_bit = None
    assert restore(page, kept)["name"] == "InvalidSignature"
    assert unspent(page) == []


def test_an_invalid_signature_during_the_restore_is_never_retried_either(page, server, device):
    hold(page)
    there = device()
    server.flipped_bit = 7
    assert restore(there, code(page))["name"] == "InvalidSignature"
    server.flipped_bit = None
    assert hold(there)["name"] == "InvalidSignature"
    assert restore(there, code(page))["name"] == "InvalidSignature"
    assert len(server.issuances) == 2


def test_a_code_is_taken_while_the_page_still_fetches_passes(page, server, device):
    server.once = True
    hold(page)
    there = device()
    script = """
        const fetching = named(() => m.client.holdPasses(v.offer));
        while (!(await m.holding.holdingOf(v.offer))) await new Promise((resume) => setTimeout(resume));
        const restored = await named(async () => (await m.client.restore(v.typed, v.offer)) ?? "restored");
        return [(await fetching).name, restored];
    """
    told = run(there, script, typed=code(page), offer={**owner(), **HONEST})
    assert told == ["AlreadyIssued", "restored"]
    assert len(unspent(there)) == 3


def test_forgetting_leaves_nothing_but_what_the_code_brings_back(page, server):
    hold(page)
    kept = code(page)
    run(page, "await m.client.forget(v.owner);", owner=owner())
    assert run(page, "return (await m.holding.holdingOf(v.owner)) ?? 'nothing';", owner=owner()) == "nothing"
    assert run(page, "return m.client.receipts(v.owner);", owner=owner()) == []
    assert restore(page, kept) == "restored"
    assert len(unspent(page)) == 3


# One pass as a text


def test_an_exported_pass_asks_from_a_browser_that_never_signed_in(page, server, device):
    hold(page)
    [out] = take_out(page)
    assert out["text"].startswith(f"https://narrative.example/spend#{QUARTER}.")
    assert len(unspent(page)) == 2
    phone = device()
    phone.context.clear_cookies()
    asked = ask(phone, "From the train?", **take_in(phone, out["text"]))
    assert "doubt" not in asked
    [question] = server.questions
    assert "cookie" not in question.headers
    assert question.json["token"] == out["text"].split(".")[-1]
    assert question.json["mark"] == mark_of(phone, asked["receipt"])
    own = run(page, "return m.client.receipts(v.owner);", owner=owner())
    assert asked["receipt"] not in [one["receipt"] for one in own]


def test_a_lost_answer_to_an_exported_pass_is_asked_again_as_the_same_bytes(page, server, device):
    hold(page)
    [out] = take_out(page)
    phone = device()
    server.answers = [None]
    assert ask(phone, "Why?", **take_in(phone, out["text"]))["name"] == "NotSent"
    phone.reload()
    assert "receipt" in ask(phone, "Why?", **take_in(phone, out["text"]))
    first, second = server.questions
    assert first.body == second.body


def test_an_exported_pass_counts_as_used_until_it_is_taken_back(page, server):
    hold(page)
    tokens = [one["token"] for one in unspent(page)]
    take_out(page)
    assert [one["token"] for one in unspent(page)] == tokens[:2]
    run(page, "await m.client.takeBack(v.owner, 2);", owner=owner())
    assert [one["token"] for one in unspent(page)] == tokens
    for _ in range(3):
        take_out(page)
    assert take_out(page)["name"] == "NoPassLeft"
    assert ask(page, "Why?")["name"] == "NoPassLeft"
    assert server.questions == []


def test_a_pass_with_which_something_was_sent_stays(page, server):
    hold(page)
    server.answers = [None]
    ask(page, "Why?")
    assert [one["index"] for one in [take_out(page), take_out(page)][-1]] == [1, 2]
    assert take_out(page)["name"] == "NoPassLeft"


def test_what_is_no_pass_of_this_address_is_refused(page, server, device):
    hold(page)
    text = take_out(page)[0]["text"]
    head, token = text.split("#")[1].split(".", 1)
    other = "A" if token[60] != "A" else "B"
    phone = device()
    wrong = [
        "",
        "https://narrative.example/spend",
        text[:-4],
        text.replace(QUARTER, "2026-q2"),
        f"{head}.{token[:60]}{other}{token[61:]}",
        f"{head}.{'A' * len(token)}",
        f"{head}.{token}é",
    ]
    assert [take_in(phone, one)["name"] for one in wrong] == ["NotAPass"] * len(wrong)
    assert take_in(phone, f"  {text}\n")["quarter"] == QUARTER


# Messages


def signed_by(page: Page, receipt: str, sent: dict[str, Any]) -> None:
    """Raise unless the message is signed with the key of that receipt."""
    assert sent["mark"] == mark_of(page, receipt)
    about = {"mark": sent["mark"], "number": sent["number"]}
    hashed = ""
    if sent["number"]:
        hashed = follow_up_hash(from_base64url(sent["salt"]), text=sent["text"], **about)
    else:
        assert (sent["text"], sent["salt"]) == ("", None)
    said = message(quarter=QUARTER, text_hash=hashed, **about)
    key = Ed25519PublicKey.from_public_bytes(from_base64url(sent["mark"]))
    key.verify(from_base64url(sent["signature"]), said)


def test_additions_and_a_withdrawal_are_signed_with_the_key_of_the_mark(page, server):
    hold(page)
    receipt = ask(page, "Why?")["receipt"]
    assert follow_up(page, receipt, "Since “when”?\nAnd who?")["status"] == 202
    assert follow_up(page, receipt, "")["status"] == 202
    assert [one.json["number"] for one in server.messages] == [1, 0]
    for one in server.messages:
        assert not {"cookie", "referer", "x-csrftoken"} & set(one.headers)
        assert set(one.json) == {"mark", "number", "text", "salt", "signature"}
        signed_by(page, receipt, one.json)


def test_an_addition_after_one_that_waits_takes_the_next_number(page, server):
    hold(page)
    receipt = ask(page, "Why?")["receipt"]
    server.answers, server.reason = [409, 202], "other text"
    assert follow_up(page, receipt, "More.", used=1)["status"] == 202
    assert [one.json["number"] for one in server.messages] == [2, 3]
    signed_by(page, receipt, server.messages[1].json)


def test_another_addition_waits_until_it_is_known_that_the_lost_one_had_arrived(page, server):
    hold(page)
    receipt = ask(page, "Why?")["receipt"]
    server.answers, server.reason = [None, 409, 409, 202], "other text"
    assert follow_up(page, receipt, "More.")["name"] == "NotSent"
    told = follow_up(page, receipt, "Much more.")
    assert told["name"] == "EarlierTextReceived"
    assert "added before had arrived" in told["message"]
    assert follow_up(page, receipt, "Much more.")["status"] == 202
    assert [one.json["number"] for one in server.messages] == [1, 1, 1, 2]


def test_a_message_that_was_refused_says_why(page, server):
    hold(page)
    receipt = ask(page, "Why?")["receipt"]
    server.answers, server.reason = [409], "too many"
    assert follow_up(page, receipt, "More.")["message"] == "no: 409"
    server.answers = [None]
    assert follow_up(page, receipt, "More.")["name"] == "NotSent"
