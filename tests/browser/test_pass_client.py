"""The pass client in a real Chromium: the RFCs' vectors, the server's mathematics, and what it refuses."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from playwright.sync_api import Page

from narrative.encoding import fields
from narrative.passes.blind_rsa import blind_sign
from narrative.passes.rsa_keys import PrivateKey
from narrative.passes.token import Token, challenge, verify_token
from narrative.questions.commitments import commitment
from tests.browser.pass_page import (
    HONEST,
    KEY,
    KEYS,
    OTHER_KEY,
    ask,
    hold,
    mark_of,
    owner,
    run,
    unspent,
)
from tests.browser.pass_server import ISSUER, QUARTER, SLOTS
from tests.pass_holder import from_base64url, to_base64url

pytestmark = pytest.mark.browser

VECTORS = Path(__file__).parents[1] / "vectors"
RFC_9474 = json.loads((VECTORS / "rfc9474.json").read_text())
RFC_9578 = json.loads((VECTORS / "rfc9578-type2.json").read_text())


# The mathematics


@pytest.mark.parametrize("vector", RFC_9474, ids=lambda vector: vector["name"])
def test_rfc_9474(page, vector):
    n = int(vector["n"], 16)
    made = run(
        page,
        """
        const key = m.blind_rsa.publicKey(unhex(v.n), 4096);
        const message = unhex(v.input_msg);
        const salt = unhex(v.salt);
        const encoded = await m.blind_rsa.encode(message, { bits: 4095, salt });
        const blinding = m.bytes.toNumber(unhex(v.r));
        const hidden = await m.blind_rsa.blind(key, message, { salt, blinding });
        const args = [key, message, unhex(v.blind_sig), hidden.inverse, salt.length];
        const signature = await m.blind_rsa.finalize(...args);
        return [hex(encoded), hex(hidden.message), hex(m.bytes.toBytes(hidden.inverse, 512)), hex(signature)];
        """,
        n=f"{n:01024x}",
        r=f"{pow(int(vector['inv'], 16), -1, n):01024x}",
        **{name: vector[name] for name in ("input_msg", "salt", "blind_sig")},
    )
    assert made[0] == vector.get("encoded_msg", made[0])
    assert made[1:] == [vector["blinded_msg"], f"{int(vector['inv'], 16):01024x}", vector["sig"]]


@pytest.mark.parametrize("vector", RFC_9578, ids=range(len(RFC_9578)))
def test_rfc_9578_type_2(page, vector):
    key = PrivateKey.from_pem(bytes.fromhex(vector["skS"])).public
    made = run(
        page,
        """
        const modulus = unhex(v.n);
        const key = m.blind_rsa.publicKey(modulus);
        const id = await m.token.keyId(modulus);
        const input = m.token.tokenInput(unhex(v.nonce), await m.bytes.sha256(unhex(v.token_challenge)), id);
        const secrets = { salt: unhex(v.salt), blinding: m.bytes.toNumber(unhex(v.blind)) };
        const hidden = await m.blind_rsa.blind(key, input, secrets);
        const signature = await m.blind_rsa.finalize(key, input, unhex(v.token_response), hidden.inverse);
        return [hex(id), hex(hidden.message), hex(m.bytes.concat(input, signature))];
        """,
        **vector,
        n=f"{key.n:0512x}",
    )
    assert made == [key.key_id.hex(), vector["token_request"][6:], vector["token"]]


@pytest.mark.parametrize("vector", RFC_9578, ids=range(len(RFC_9578)))
def test_rfc_9577_challenges(page, vector):
    data = bytes.fromhex(vector["token_challenge"])
    issuer = data[4 : 4 + int.from_bytes(data[2:4], "big")]
    rest = data[4 + len(issuer) :]
    context, origin = rest[1 : 1 + rest[0]], rest[1 + rest[0] + 2 :]
    made = run(
        page,
        "return hex(m.token.tokenChallenge(v.issuer, unhex(v.context), unhex(v.origin)));",
        issuer=issuer.decode(),
        context=context.hex(),
        origin=origin.hex(),
    )
    assert made == vector["token_challenge"]


@pytest.mark.parametrize("use", [("2026-q3", "ask", 0), ("2026-q4", "vote", 64)], ids=str)
def test_browser_and_server_build_the_same_challenge(page, use):
    values = {"issuer": "bücher.example", **dict(zip(("quarter", "purpose", "slot"), use, strict=True))}
    assert run(page, "return hex(await m.token.challenge(v));", **values) == challenge(**values).hex()


def test_browser_blinds_python_signs_browser_finalizes_python_verifies(page):
    values = {"seed": "07" * 16, "n": f"{KEY.n:0512x}", **owner()}
    blinding = """
        const modulus = unhex(v.n);
        const key = { id: await m.token.keyId(modulus), key: m.blind_rsa.publicKey(modulus) };
        const { nonce, salt, blinding } = await m.seed.passSecrets(unhex(v.seed), key, 0);
        const digest = await m.bytes.sha256(await m.token.challenge({ ...v, purpose: "ask", slot: 0 }));
        const input = m.token.tokenInput(nonce, digest, key.id);
        const hidden = await m.blind_rsa.blind(key.key, input, { salt, blinding });
    """
    message = run(page, blinding + "return hex(hidden.message);", **values)
    values["signature"] = blind_sign(KEY, bytes.fromhex(message)).hex()
    finishing = """
        const signature = await m.blind_rsa.finalize(key.key, input, unhex(v.signature), hidden.inverse);
        return hex(m.bytes.concat(input, signature));
    """
    token = Token.parse(bytes.fromhex(run(page, blinding + finishing, **values)))
    expected = challenge(issuer=ISSUER, quarter=QUARTER, purpose="ask", slot=0)
    verify_token(token, key=KEY.public, challenge=expected)


def test_only_moduli_of_2048_bits_are_keys(page):
    sizes = [RFC_9474[0]["n"][2:], "00" + f"{KEY.n:0512x}", "7f" + f"{KEY.n:0512x}"[2:], "ff" * 255 + "fe"]
    tried = "return Promise.all(v.moduli.map((n) => named(() => m.blind_rsa.publicKey(unhex(n)).bits)));"
    made = run(page, tried, moduli=[f"{KEY.n:0512x}", *sizes])
    assert [result if result == 2048 else result["name"] for result in made] == [2048] + ["KeyMismatch"] * 4


@pytest.mark.parametrize("blinding", [0, KEY.n, KEY.p], ids=["0", "n", "p"])
def test_a_blinding_without_inverse_is_refused(page, blinding):
    made = run(
        page,
        """
        const secrets = { salt: new Uint8Array(48), blinding: m.bytes.toNumber(unhex(v.blinding)) };
        const key = m.blind_rsa.publicKey(unhex(v.n));
        return named(() => m.blind_rsa.blind(key, new Uint8Array(98), secrets));
        """,
        n=f"{KEY.n:0512x}",
        blinding=f"{blinding:0512x}",
    )
    assert made["name"] == "RangeError"


# The seed


def test_the_same_seed_gives_the_same_secrets_and_nothing_else_does(page):
    made = run(
        page,
        """
        const keys = await Promise.all(v.moduli.map(async (n) => {
            const modulus = unhex(n);
            return { id: await m.token.keyId(modulus), key: m.blind_rsa.publicKey(modulus) };
        }));
        const all = [];
        for (const [seed, key, index] of [[1, 0, 0], [1, 0, 0], [2, 0, 0], [1, 1, 0], [1, 0, 1]]) {
            const bytes = new Uint8Array(16).fill(seed);
            const { nonce, salt, blinding } = await m.seed.passSecrets(bytes, keys[key], index);
            const receipt = await m.receipt.receiptBytes(bytes, index);
            all.push([hex(nonce), hex(salt), hex(m.bytes.toBytes(blinding, 256)), hex(receipt)]);
        }
        return all;
        """,
        moduli=[f"{KEY.n:0512x}", f"{OTHER_KEY.n:0512x}"],
    )
    assert made[0] == made[1]
    assert [len(value) for value in made[0]] == [64, 96, 512, 32]
    for what in range(3):
        assert len({row[what] for row in made}) == 4
    assert len({row[3] for row in made}) == 3
    assert all(
        1 < int(row[2], 16) < key.n for row, key in zip(made, [KEY] * 3 + [OTHER_KEY, KEY], strict=True)
    )


def test_a_new_seed_is_new(page):
    made = run(page, "return [0, 1, 2].map(() => hex(m.seed.newSeed()));")
    assert len(set(made)) == 3
    assert {len(seed) for seed in made} == {32}


# The receipt

RECEIPTS = ["00" * 16, "ff" * 16, "00112233445566778899aabbccddeeff", "0f1e2d3c4b5a69788796a5b4c3d2e1f0"]
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U"


def written(receipt: str) -> str:
    number = int(receipt, 16)
    digits = "".join(CROCKFORD[number >> 5 * i & 31] for i in reversed(range(26))) + CROCKFORD[number % 37]
    return "-".join(digits[i : i + 4] for i in range(0, 27, 4))


def parsed(page: Page, *typed: str) -> list[str]:
    script = """
        const parse = async (text) => hex(m.code.parseReceipt(text));
        const all = await Promise.all(v.typed.map((text) => named(() => parse(text))));
        return all.map((result) => result.name ?? result);
    """
    return run(page, script, typed=typed)


def test_receipts_are_written_as_crockford_wrote(page):
    made = run(page, "return v.receipts.map((r) => m.code.formatReceipt(unhex(r)));", receipts=RECEIPTS)
    assert made == [written(receipt) for receipt in RECEIPTS]
    assert parsed(page, *made) == RECEIPTS


def test_receipts_forgive_case_spaces_hyphens_and_lookalikes(page):
    receipt = "00" * 15 + "21"
    text = written(receipt)
    assert "1" in text
    typed = [
        text.lower(),
        text.replace("-", ""),
        f"  {text.replace('-', '  ')}\n",
        text.replace("-", "–"),
        text.replace("0", "O"),
        text.replace("0", "o"),
        text.replace("1", "I"),
        text.replace("1", "l"),
    ]
    assert parsed(page, *typed) == [receipt] * len(typed)


def test_one_wrong_character_or_two_exchanged_are_noticed(page):
    text = written(RECEIPTS[2]).replace("-", "")
    wrong = [text[:i] + other + text[i + 1 :] for i in range(27) for other in CROCKFORD if other != text[i]]
    exchanged = [
        text[:i] + text[i + 1] + text[i] + text[i + 2 :] for i in range(26) if text[i] != text[i + 1]
    ]
    assert set(parsed(page, *wrong, *exchanged)) == {"MalformedReceipt"}


def test_what_is_no_receipt_is_refused(page):
    text = written(RECEIPTS[1])
    garbage = ["", "?", text[:-1], text + "0", text.replace("Z", "U"), "ZZZZ" + text[4:], "é" + text[1:]]
    assert parsed(page, *garbage) == ["MalformedReceipt"] * len(garbage)


def hkdf(secret: bytes, length: int, *names: str) -> bytes:
    info = fields(*(name.encode() for name in names))
    return HKDF(hashes.SHA256(), length, salt=None, info=info).derive(secret)


def test_the_mark_is_a_key_that_comes_from_the_receipt(page):
    script = """
        const { mark, salt } = await m.receipt.openReceipt(unhex(v.receipt));
        return [mark, hex(salt)];
    """
    receipt = bytes.fromhex(RECEIPTS[2])
    seed = hkdf(receipt, 32, "narrative receipt v2", "signing")
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    salt = hkdf(receipt, 16, "narrative receipt v2", "salt").hex()
    assert run(page, script, receipt=RECEIPTS[2]) == [to_base64url(public), salt]


WITHOUT_ED25519 = """() => {
    const { importKey } = SubtleCrypto.prototype;
    SubtleCrypto.prototype.importKey = function (format, data, algorithm, ...rest) {
        if (algorithm === "Ed25519") return Promise.reject(new DOMException("", "NotSupportedError"));
        return importKey.call(this, format, data, algorithm, ...rest);
    };
}"""


def test_where_no_signatures_can_be_made_nothing_is_sent_and_the_reason_is_said(page, server):
    hold(page)
    page.evaluate(WITHOUT_ED25519)
    refused = ask(page, "Why?")
    assert refused["name"] == "NoSignatures"
    assert "current version" in refused["message"]
    assert server.questions == []
    assert len(unspent(page)) == 3


# Holding passes


def test_passes_are_fetched_once_and_are_good(page, server):
    assert hold(page) == 3
    assert hold(page) == 3
    assert len(server.issuances) == 1
    expected = challenge(issuer=ISSUER, quarter=QUARTER, purpose="ask")
    tokens = [Token.parse(from_base64url(kept["token"])) for kept in unspent(page)]
    for token in tokens:
        verify_token(token, key=KEY.public, challenge=expected)
    assert len({token.nonce for token in tokens}) == 3


def test_the_keys_are_fetched_without_and_the_passes_with_the_session(page, server):
    hold(page)
    [keys] = server.to(f"/passes/{QUARTER}/keys")
    assert "cookie" not in keys.headers
    assert "referer" not in keys.headers
    assert keys.headers["cache-control"] == "no-cache"
    [issuance] = server.issuances
    assert issuance.headers["cookie"] == "session=somebody"
    assert issuance.headers["x-csrftoken"] == "a-token"
    assert issuance.headers["content-type"] == "application/json"
    assert list(issuance.json) == ["round", "blinded"]
    assert issuance.json["round"] == 1
    assert [len(from_base64url(blinded)) for blinded in issuance.json["blinded"]] == [256] * (3 + SLOTS)


def test_a_lost_answer_is_asked_for_again_with_the_same_bytes(page, server):
    server.lost_signatures = 1
    assert hold(page)["name"] == "NotIssued"
    assert unspent(page) == []
    page.reload()
    assert hold(page) == 3
    first, *again = [issuance.body for issuance in server.issuances]
    assert set(again) == {first}


def test_two_tabs_at_once_send_one_request(page, server):
    both = "return Promise.all([1, 2].map(() => m.client.holdPasses(v.request)));"
    request = {**owner(), **HONEST}
    assert run(page, both, request=request) == [3, 3]
    assert len(server.issuances) == 1


def test_people_who_share_a_browser_hold_different_passes(page, server):
    assert hold(page) == 3
    assert hold(page, person=8) == 3
    one, other = (set(issuance.json["blinded"]) for issuance in server.issuances)
    assert not one & other


@pytest.mark.parametrize("bit", [0, 1024, 2047])
def test_an_invalid_signature_spoils_all_and_is_never_retried(page, server, bit):
    server.flipped_bit = bit
    assert hold(page)["name"] == "InvalidSignature"
    server.flipped_bit = None
    page.reload()
    assert hold(page)["name"] == "InvalidSignature"
    assert len(server.issuances) == 1
    assert unspent(page) == []
    kept = run(page, "return m.holding.holdingOf(v.owner);", owner=owner())
    assert kept == {"spoiled": True}


def test_a_browser_that_cannot_check_the_ledger_accuses_nobody(page, server):
    page.evaluate(WITHOUT_ED25519)
    assert hold(page)["name"] == "NotIssued"
    page.reload()
    server.ledger.checkpoint = lambda: "<!DOCTYPE html><title>Sign in to this network</title>"
    assert hold(page)["name"] == "NotIssued"
    del server.ledger.checkpoint
    assert hold(page) == 3


def test_keys_in_a_ledger_of_another_key_are_refused(page, server):
    assert hold(page) == 3
    server.ledger.key = Ed25519PrivateKey.generate()
    refused = hold(page, person=8)
    assert refused["name"] == "KeyMismatch"
    assert refused["message"].startswith("The ledger is not signed by the key")


def test_further_rounds_are_fetched_by_themselves_and_once(page, server):
    assert hold(page) == 3
    server.keys = list(KEYS)
    server.commit()
    page.reload()
    assert hold(page, **server.offer) == 3
    page.reload()
    assert hold(page, **server.offer) == 3
    first, second = server.issuances
    assert (first.json["round"], second.json["round"]) == (1, 2)
    assert len(second.json["blinded"]) == SLOTS
    assert not set(first.json["blinded"]) & set(second.json["blinded"])
    votes = run(page, "return (await m.holding.holdingOf(v.owner)).passes;", owner=owner())[3:]
    assert [kept["slot"] for kept in votes] == list(range(1, 2 * SLOTS + 1))
    for kept in votes:
        expected = challenge(issuer=ISSUER, quarter=QUARTER, purpose="vote", slot=kept["slot"])
        verify_token(
            Token.parse(from_base64url(kept["token"])), key=KEYS[kept["slot"]].public, challenge=expected
        )


def test_two_rounds_at_once_are_two_requests_of_fixed_size(page, server):
    server.keys = list(KEYS)
    server.commit()
    assert hold(page, **server.offer) == 3
    assert [len(issuance.json["blinded"]) for issuance in server.issuances] == [3 + SLOTS, SLOTS]


def test_a_round_made_after_the_page_waits_for_the_next_page(page, server):
    server.keys = list(KEYS)
    server.commit()
    assert hold(page) == 3
    assert len(server.issuances) == 1


# Asking


def test_a_question_goes_out_without_cookie_or_referrer(page, server):
    hold(page)
    tokens = [kept["token"] for kept in unspent(page)]
    asked = ask(page, " Why?\r\nReally “why”?\n", "people")
    [question] = server.questions
    assert "cookie" not in question.headers
    assert "referer" not in question.headers
    assert "x-csrftoken" not in question.headers
    assert question.headers["content-type"] == "application/json"
    salt = question.json["salt"]
    text, mark = "Why?\nReally “why”?", mark_of(page, asked["receipt"])
    sent = {"token": tokens[0], "text": text, "bucket": "people", "mark": mark, "salt": salt}
    assert question.json == sent
    opened = commitment(from_base64url(salt), quarter=QUARTER, bucket="people", text=text)
    assert (asked["commitment"], asked["mark"]) == (opened, mark)
    assert asked["promise"] == server.promised(question.json)
    assert "doubt" not in asked
    assert [kept["token"] for kept in unspent(page)] == tokens[1:]


def test_passes_run_out(page, server):
    hold(page)
    receipts = [ask(page, text)["receipt"] for text in ("One?", "Two?", "Three?")]
    assert len(set(receipts)) == 3
    assert ask(page, "Four?")["name"] == "NoPassLeft"
    assert len({question.json["token"] for question in server.questions}) == 3
    kept = run(page, "return m.client.receipts(v.owner);", owner=owner())
    assert [entry["receipt"] for entry in kept] == receipts
    assert [entry["mark"] for entry in kept] == [question.json["mark"] for question in server.questions]


def test_without_passes_nothing_is_sent(page, server):
    assert ask(page, "Why?")["name"] == "NoPassLeft"
    assert server.questions == []


@pytest.mark.parametrize("loss", [None, 500, 503])
def test_a_question_whose_answer_was_lost_goes_out_again_as_the_same_bytes(page, server, loss):
    hold(page)
    server.answers = [loss, 202]
    told = ask(page, "Why?")
    assert told["name"] == "NotSent"
    # Only of a 503 it is certain that the server itself knows what became of it.
    assert told["message"].startswith("no: 503" if loss == 503 else "No answer came")
    page.reload()
    assert "receipt" in ask(page, "Why?")
    first, second = server.questions
    assert first.body == second.body
    assert len(unspent(page)) == 2


def test_another_text_after_a_lost_answer_when_the_first_had_not_arrived(page, server):
    hold(page)
    server.answers = [None, 202]
    assert ask(page, "Why?")["name"] == "NotSent"
    assert "receipt" in ask(page, "Why not?")
    assert [question.json["text"] for question in server.questions] == ["Why?", "Why not?"]
    assert len({question.json["token"] for question in server.questions}) == 1
    assert len(unspent(page)) == 2


def test_another_text_after_a_lost_answer_when_the_first_had_arrived(page, server):
    hold(page)
    server.answers = [None, 409, 202]
    assert ask(page, "Why?")["name"] == "NotSent"
    told = ask(page, "Why not?")
    assert told["name"] == "EarlierTextReceived"
    first, second, again = server.questions
    mark = mark_of(page, told["receipt"])
    assert first.json["mark"] == second.json["mark"] == mark
    # The first goes out once more: only so its promise comes, and only so it is known that it had arrived.
    assert again.body == first.body
    [own, *_] = run(page, "return m.client.receipts(v.owner);", owner=owner())
    assert (own["asked"], own["promise"]) == (True, server.promised(first.json))
    assert "receipt" in ask(page, "Why not?")
    assert server.questions[3].json["token"] != first.json["token"]


def test_another_text_after_a_lost_question_when_the_pass_was_spent_elsewhere(page, server):
    hold(page)
    server.answers = [None, 409, 409, 202]
    assert ask(page, "Why?")["name"] == "NotSent"
    assert "receipt" in ask(page, "Why not?")
    assert [one.json["text"] for one in server.questions] == ["Why?", "Why not?", "Why?", "Why not?"]
    assert len(unspent(page)) == 1


def test_an_answer_that_was_cut_on_its_way_is_asked_for_again(page, server):
    hold(page)
    answered = server.take
    server.take = lambda request: (202, answered(request)[1][:9])
    assert ask(page, "Why?")["name"] == "NotSent"
    server.take = answered
    assert "doubt" not in ask(page, "Why?")
    first, second = server.questions
    assert first.body == second.body


def test_a_refusal_in_between_does_not_hide_that_the_first_text_had_arrived(page, server):
    hold(page)
    server.answers = [None, 422, 409]
    assert [ask(page, text)["name"] for text in ("Why?", "Why not?", "Why now?")] == [
        "NotSent",
        "Refused",
        "EarlierTextReceived",
    ]


@pytest.mark.parametrize("status", [400, 403, 404, 422, 429])
def test_a_refused_question_costs_no_pass(page, server, status):
    hold(page)
    server.answers = [status, 202]
    refused = ask(page, "Why?")
    assert (refused["name"], refused["status"], refused["message"]) == ("Refused", status, f"no: {status}")
    assert len(unspent(page)) == 3
    assert "receipt" in ask(page, "Why not?")
    first, second = server.questions
    assert first.json["token"] == second.json["token"]


def test_a_quarter_that_is_not_open_costs_no_pass(page, server):
    hold(page)
    server.answers, server.reason = [409], "not open"
    assert ask(page, "Why?")["name"] == "Refused"
    assert len(server.questions) == 1
    assert len(unspent(page)) == 3


def test_a_pass_spent_on_another_device_is_left_and_the_next_taken(page, server):
    hold(page)
    server.answers = [409, 409, 202]
    assert "receipt" in ask(page, "Why?")
    assert len({question.json["token"] for question in server.questions}) == 3
    assert unspent(page) == []
    # Whose question it was, this browser does not know: a pass that was given away has another receipt.
    given = run(page, "return m.client.receipts(v.owner);", owner=owner())
    assert [one["asked"] for one in given] == [False, False, True]


# The element that fetches passes while one reads


def read(page: Page, **changes: Any) -> Any:
    """Put the element into the page; "held", or what it says."""
    attributes = {**owner(), **HONEST, **changes}
    return page.evaluate(
        """async (attributes) => {
            await import("/js/elements/pass-holder.js");
            const holder = document.createElement("pass-holder");
            Object.assign(holder.dataset, attributes);
            return new Promise((resolve) => {
                document.addEventListener("passes-held", () => resolve("held" + holder.textContent));
                new MutationObserver(() => resolve(holder.textContent)).observe(holder, { childList: true });
                document.body.append(holder);
            });
        }""",
        attributes,
    )


def test_reading_a_page_fetches_passes_silently_and_once(page, server):
    assert read(page) == "held"
    page.reload()
    assert read(page) == "held"
    assert len(server.issuances) == 1
    assert len(unspent(page)) == 3


def test_a_reader_is_told_in_one_sentence_what_failed(page, server):
    server.lost_signatures = 1
    assert read(page).startswith("Your passes could not be fetched just now.")
    page.reload()
    assert read(page, fingerprint="x").startswith(
        "The keys of this quarter’s passes are not the same for everybody"
    )
    page.reload()
    assert read(page) == "held"


# Where there is no cryptography


def test_over_plain_http_the_reason_is_said(browser, server):
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(server.address.replace("localhost", "plain.example"))
        assert page.evaluate("isSecureContext") is False
        for refused in (hold(page), ask(page, "Why?")):
            assert refused["name"] == "NoCryptography"
            assert "https" in refused["message"]
        assert server.to("/questions/" + QUARTER) == server.issuances == []
