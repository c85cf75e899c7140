"""Asking, voting and what whoever asked says later: every request here goes out as nobody's."""

import json
from dataclasses import dataclass
from typing import Any

from narrative.independent import notes, passes
from narrative.independent.bytes import from_base64url, sha256, to_base64url
from narrative.independent.fetching import fetch_keys
from narrative.independent.keep import Keep
from narrative.independent.receipts import (
    MOST_FOLLOW_UPS,
    WITHDRAWAL,
    Receipt,
    commitment,
    normal_text,
)
from narrative.independent.refusals import NoPassLeft, Refusal, Refused
from narrative.independent.server import Answer, Nobody
from narrative.independent.watching import trusted_key

EARLIER_ARRIVED = (
    "The text that you sent before had arrived after all, and this one was not sent. Its receipt: {receipt}. "
    "Send this one again if it is to be a question of its own."
)
DOUBT = (
    "Your question was received, but its signed promise could not be checked, or is not as it should be. "
    "Keep the receipt, and look on the board whether your question appears."
)
TOO_MANY = f"A question takes {MOST_FOLLOW_UPS} follow-ups, and has them."
NO_VOTE = (
    "There is no pass here to vote on that question with. Fetch what is new with `narrative ask passes`."
)


@dataclass(frozen=True)
class Received:
    """A question that was received. `doubt` says what is wrong with the promise, if anything is."""

    receipt: Receipt
    promise: str
    after: str | None
    doubt: str | None


def ask(keep: Keep, nobody: Nobody, name: str, *, quarter: str, bucket: str | None, text: str) -> Received:
    """Send a question with the next pass held under a name.

    What is sent is kept before it leaves, and the pass counts as spent only once the server has said so:
    after a lost answer the same text goes out again as the same bytes. Raises NoPassLeft, NotSent or Refused.
    """
    text = normal_text(text)
    while True:
        held = next((one for one in asking_passes(keep, name) if not one.get("spent")), None)
        if held is None:
            raise NoPassLeft
        receipt = receipt_of(keep, name, held)
        body = _body(held["token"], text=text, bucket=bucket, receipt=receipt)
        before = held.get("sent", [])
        earlier = [one for one in before if one != body]
        held["sent"] = [*earlier, body]
        keep.save()
        answer = nobody.post(f"/questions/{quarter}", body)
        if answer.status == 202:
            promise = str(answer.json.get("promise", ""))
            after = answer.json.get("released_after")
            held.update(spent=True, sent=[], promise=promise)
            keep.save()
            expected = commitment(receipt.salt, quarter=quarter, bucket=bucket, text=text)
            doubt = _doubt(keep, nobody, promise, quarter=quarter, commitment=expected, mark=receipt.mark)
            return Received(receipt, promise, after, doubt)
        if answer.status != 409 or answer.json.get("reason") == "not open":
            held["sent"] = before
            keep.save()
            raise _refused(answer)
        held.update(spent=True, sent=[])
        keep.save()
        if earlier:
            raise Refusal(EARLIER_ARRIVED.format(receipt=receipt.code))
        # Spent on another device: go on to the next pass.


def asking_passes(keep: Keep, name: str) -> list[dict[str, Any]]:
    """Return the passes to ask with that are held under a name, spent or not."""
    return [one for one in keep.holding(name).get("passes", []) if one["purpose"] == "ask"]


def receipt_of(keep: Keep, name: str, held: dict[str, Any]) -> Receipt:
    """Return the receipt of the question that a pass asks."""
    return Receipt.of_pass(from_base64url(keep.holding(name)["seed"]), held["index"])


def _body(token: str, *, text: str, bucket: str | None, receipt: Receipt) -> str:
    sent = {
        "token": token,
        "text": text,
        "bucket": bucket,
        "mark": receipt.mark,
        "salt": to_base64url(receipt.salt),
    }
    return json.dumps(sent, separators=(",", ":"), ensure_ascii=False)


def _doubt(keep: Keep, nobody: Nobody, note: str, *, quarter: str, commitment: str, mark: str) -> str | None:
    try:
        key, issuer = trusted_key(keep, nobody)
        promise = notes.read_promise(note, key=key, issuer=issuer)
    except Refusal:  # whatever it is, the question was received, and its receipt is to be said
        return DOUBT
    same = (promise.quarter, promise.commitment, promise.mark) == (quarter, commitment, mark)
    return None if same else DOUBT


def take_in(keep: Keep, nobody: Nobody, *, quarter: str, token: bytes, fresh_seed: bytes) -> str:
    """Take in an exported pass, for `ask`, and return the name under which it is held.

    Its receipt comes from a seed of its own, which is kept. Raises InvalidSignature for what is no pass.
    """
    keys = fetch_keys(nobody, quarter)
    passes.check_token(token, issuer=keys.issuer, quarter=quarter, key=keys.keys[0])
    name = f"pass {sha256(token).hex()}"
    holding = keep.holding(name)
    if not holding:
        held = {"purpose": "ask", "slot": 0, "index": 0, "token": to_base64url(token)}
        holding.update(seed=to_base64url(fresh_seed), quarter=quarter, passes=[held])
        keep.save()
    return name


def vote(keep: Keep, nobody: Nobody, *, quarter: str, slot: int, wanted: bool) -> None:
    """Give one's vote for the question with a slot, or take it back. May be repeated. Raises Refused."""
    holding = keep.holding(quarter)
    held = next(
        (one for one in holding.get("passes", []) if (one["purpose"], one["slot"]) == ("vote", slot)), None
    )
    if held is None:
        raise NoPassLeft(NO_VOTE)
    body = json.dumps({"token": held["token"], "vote": wanted}, separators=(",", ":"))
    answer = nobody.post(f"/votes/{quarter}/{slot}", body)
    if answer.status != 202:
        raise _refused(answer)
    holding.setdefault("votes", {})[str(slot)] = wanted
    keep.save()


def follow_up(keep: Keep, nobody: Nobody, receipt: Receipt, *, quarter: str, text: str, shown: int) -> int:
    """Add to a question, of which `shown` follow-ups are shown already; return the number of this one.

    The first number that is free is found by trying: what was sent from another device and waits, nobody but
    the server knows. One that was not acknowledged goes out again under its number. Raises NotSent, Refused.
    """
    text = normal_text(text)
    sent: list[dict[str, Any]] = keep.holding(quarter).setdefault("messages", {}).setdefault(receipt.mark, [])
    while True:
        again = next((one for one in sent if one["text"] == text and not one["received"]), None)
        number: int = again["number"] if again else max([shown, *(one["number"] for one in sent)]) + 1
        if number > MOST_FOLLOW_UPS:
            raise Refusal(TOO_MANY)
        if again is None:
            again = {"number": number, "text": text, "received": False}
            sent.append(again)
            keep.save()
        try:
            _send_message(nobody, receipt, quarter=quarter, number=number, text=text)
        except Refused as refused:
            sent.remove(again)
            keep.save()
            if refused.reason != "other text":
                raise
            shown = number
            continue
        again["received"] = True
        keep.save()
        return number


def withdraw(nobody: Nobody, receipt: Receipt, *, quarter: str) -> None:
    """Take a question back. May be repeated. Raises NotSent or Refused."""
    _send_message(nobody, receipt, quarter=quarter, number=WITHDRAWAL, text="")


def _send_message(nobody: Nobody, receipt: Receipt, *, quarter: str, number: int, text: str) -> None:
    sent = receipt.message(quarter=quarter, number=number, text=text)
    body = json.dumps(sent, separators=(",", ":"), ensure_ascii=False)
    answer = nobody.post(f"/questions/{quarter}/messages", body)
    if answer.status != 202:
        raise _refused(answer)


def _refused(answer: Answer) -> Refused:
    said, reason = answer.json.get("error"), answer.json.get("reason")
    return Refused(
        said if isinstance(said, str) else None, reason=reason if isinstance(reason, str) else None
    )
