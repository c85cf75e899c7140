"""Fetching passes: the one thing here that says who is asking. Nothing else does."""

import json
from dataclasses import dataclass
from typing import Any

from narrative.independent import passes
from narrative.independent.bytes import from_base64url, to_base64url
from narrative.independent.keep import Keep
from narrative.independent.refusals import AlreadyIssued, InvalidSignature, KeyMismatch, Refusal
from narrative.independent.server import Nobody, Somebody, read_page
from narrative.independent.watching import committed_names

NO_OFFER = "No passes are given now: the quarter is not published yet, or is closed to questions."
OTHER_PASSES = (
    "This code belongs to other passes: of another quarter, or of another person. Nothing was changed."
)
OTHER_PERSON = "This file holds the passes of another account. Name another with --passes."
NOT_ISSUED = "Your passes could not be fetched just now. Try again later; nothing is lost."
PAGES_WITH_OFFERS = ("/", "/passes")


@dataclass(frozen=True)
class Offer:
    """What a signed-in page says of the passes it offers."""

    issuer: str
    person: str
    quarter: str
    count: int
    slots: int
    rounds: int
    fingerprint: str
    csrf: str


def read_offer(somebody: Somebody) -> Offer:
    """Read the offer of passes from the pages that everybody reads. Raises Refusal when there is none."""
    for path in PAGES_WITH_OFFERS:
        said = read_page(somebody.get(path).body).offer
        if said:
            break
    numbers = ("count", "slots", "rounds")
    texts = ("issuer", "person", "quarter", "fingerprint", "csrf")
    try:
        return Offer(**{name: said[name] for name in texts}, **{name: int(said[name]) for name in numbers})  # type: ignore[arg-type]
    except (KeyError, ValueError):
        raise Refusal(NO_OFFER) from None


def agreed_keys(keep: Keep, nobody: Nobody, offer: Offer) -> passes.Keys:
    """Return the keys that the page, the cookie-less answer, this file and the ledger agree on.

    Raises KeyMismatch when they do not: a key made for one person would tell whose pass it signed.
    """
    fetched = fetch_keys(nobody, offer.quarter)
    if fetched.slots != offer.slots or fetched.issuer != offer.issuer or fetched.rounds < offer.rounds:
        raise KeyMismatch
    keys = passes.Keys(
        fetched.issuer, fetched.quarter, fetched.slots, fetched.keys[: 1 + offer.slots * offer.rounds]
    )
    names = [key.name for key in keys.keys]
    if to_base64url(passes.fingerprint(names)) != offer.fingerprint:
        raise KeyMismatch
    seen: list[str] = keep.content["seen"].get(offer.quarter, [])
    if seen[: len(names)] != names[: len(seen)]:
        raise KeyMismatch
    if committed_names(keep, nobody, issuer=offer.issuer, quarter=offer.quarter)[: len(names)] != names:
        raise KeyMismatch
    keep.content["seen"][offer.quarter] = max(seen, names, key=len)
    keep.save()
    return keys


def fetch_keys(nobody: Nobody, quarter: str) -> passes.Keys:
    """Fetch a quarter's keys as nobody. Raises Refusal where there are none, KeyMismatch for others."""
    answer = nobody.get(f"/passes/{quarter}/keys")
    if answer.status == 404:
        raise Refusal(f"There are no keys of {quarter} any more, or not yet.")
    if answer.status != 200:
        raise Refusal(NOT_ISSUED)
    return passes.read_keys(quarter, answer.json)


def hold_passes(keep: Keep, somebody: Somebody, nobody: Nobody, offer: Offer, *, fresh_seed: bytes) -> int:
    """Fetch every round that is not here yet; return how many rounds were.

    The seed is kept before anything is sent, so that a lost answer is asked for again with the same bytes.
    Raises KeyMismatch, LedgerMismatch, AlreadyIssued, InvalidSignature or Refusal.
    """
    holding = keep.holding(offer.quarter)
    if holding.get("spoiled"):
        raise InvalidSignature
    if holding.get("person", offer.person) != offer.person:
        raise Refusal(OTHER_PERSON)
    start: int = holding.get("rounds", 0)
    if start >= offer.rounds:
        return 0
    keys = agreed_keys(keep, nobody, offer)
    for name, value in {
        "seed": to_base64url(fresh_seed),
        "person": offer.person,
        "issuer": offer.issuer,
    }.items():
        holding.setdefault(name, value)
    keep.save()
    for number in range(start + 1, offer.rounds + 1):
        _hold_round(keep, somebody, keys, offer, number)
    return offer.rounds - start


def _hold_round(keep: Keep, somebody: Somebody, keys: passes.Keys, offer: Offer, number: int) -> None:
    holding = keep.holding(offer.quarter)
    seed = from_base64url(holding["seed"])
    hidden = passes.hide_round(seed, keys, number, count=offer.count)
    blinded = [to_base64url(one.blinded.message) for one in hidden]
    body = json.dumps({"round": number, "blinded": blinded}, separators=(",", ":"))
    answer = somebody.post_json(f"/passes/{offer.quarter}/issuance", body, csrf=offer.csrf)
    if answer.status == 409 and number == 1:
        raise AlreadyIssued
    signatures = answer.json.get("signatures")
    if answer.status != 200 or not isinstance(signatures, list) or len(signatures) != len(hidden):
        raise Refusal(NOT_ISSUED)
    try:
        made = [_finished(one, signature) for one, signature in zip(hidden, signatures, strict=True)]
    except InvalidSignature:
        # Whoever could make a person try again, or go on with those that are left, could mark them by it.
        keep.content["holdings"][offer.quarter] = {"spoiled": True}
        keep.save()
        raise
    holding["passes"] = [*holding.get("passes", []), *made]
    holding["rounds"] = number
    keep.save()


def _finished(hidden: passes.Hidden, signature: object) -> dict[str, Any]:
    try:
        token = passes.reveal(hidden, from_base64url(signature))
    except ValueError:
        raise InvalidSignature from None
    key = hidden.key
    return {"purpose": key.purpose, "slot": key.slot, "index": hidden.index, "token": to_base64url(token)}


def restore(keep: Keep, somebody: Somebody, nobody: Nobody, offer: Offer, *, seed: bytes) -> int:
    """Take over the passes that a recovery code stands for; what was here is left when it does not fit."""
    before = keep.content["holdings"].get(offer.quarter)
    if before and before.get("spoiled"):
        raise InvalidSignature
    if before and before.get("passes"):
        if before["seed"] != to_base64url(seed):
            raise Refusal(OTHER_PASSES)
        return hold_passes(keep, somebody, nobody, offer, fresh_seed=seed)
    keep.content["holdings"].pop(offer.quarter, None)
    try:
        return hold_passes(keep, somebody, nobody, offer, fresh_seed=seed)
    except AlreadyIssued:
        keep.content["holdings"].pop(offer.quarter, None)
        if before:
            keep.content["holdings"][offer.quarter] = before
        keep.save()
        raise Refusal(OTHER_PASSES) from None
