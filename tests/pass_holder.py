"""A pass client in Python, for tests: what static/js/passes does, with fresh random numbers."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

from narrative.passes.blind_rsa import Blinded, blind, finalize
from narrative.passes.keys import PublishedKey, published_key, published_keys
from narrative.passes.token import Token, challenge, challenge_digest, token_input
from narrative.quarters.models import Quarter
from tests.pages import Pages


def to_base64url(data: bytes) -> str:
    """Bytes as base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """Bytes from base64url without padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Holder:
    """Somebody's passes for one key: blind first, then take the blinding away."""

    key: PublishedKey
    quarter: str
    count: int = 3
    hidden: list[tuple[bytes, Blinded]] = field(default_factory=list)

    def __post_init__(self) -> None:
        use = {"quarter": self.quarter, "purpose": self.key.purpose, "slot": self.key.slot}
        digest = challenge_digest(challenge(issuer=self.key.issuer, **use))  # type: ignore[arg-type]
        for _ in range(self.count):
            nonce, key_id = secrets.token_bytes(32), self.key.public.key_id
            message = token_input(nonce, challenge_digest=digest, key_id=key_id)
            self.hidden.append((message, blind(self.key.public, message)))

    @property
    def blinded(self) -> list[bytes]:
        """What is sent to be signed."""
        return [hidden.message for _message, hidden in self.hidden]

    @property
    def request(self) -> dict[str, Any]:
        """The same, as the route takes it."""
        return {"blinded": [to_base64url(message) for message in self.blinded]}

    def tokens(self, signatures: list[bytes]) -> list[bytes]:
        """The finished passes, 354 bytes each."""
        made = []
        for (message, hidden), signature in zip(self.hidden, signatures, strict=True):
            authenticator = finalize(self.key.public, message, signature, hidden.inverse)
            made.append(Token.parse(message + authenticator).serialize())
        return made


@dataclass
class RoundHolder:
    """Somebody's passes of a whole round: those to ask with, and one for each vote slot."""

    holders: list[Holder]
    number: int = 1

    @property
    def blinded(self) -> list[bytes]:
        """What is sent to be signed, of fixed size."""
        return [message for holder in self.holders for message in holder.blinded]

    @property
    def request(self) -> dict[str, Any]:
        """The same, as the route takes it."""
        return {"round": self.number, "blinded": [to_base64url(message) for message in self.blinded]}

    def finished(self, signatures: list[bytes]) -> dict[tuple[str, int], list[bytes]]:
        """The finished passes by purpose and slot."""
        rest, made = list(signatures), {}
        for holder in self.holders:
            mine, rest = rest[: holder.count], rest[holder.count :]
            made[holder.key.purpose, holder.key.slot] = holder.tokens(mine)
        assert not rest
        return made

    def tokens(self, signatures: list[bytes]) -> list[bytes]:
        """The finished passes to ask with."""
        return self.finished(signatures)["ask", 0]

    def votes(self, signatures: list[bytes]) -> dict[int, bytes]:
        """The finished passes to vote with, by slot."""
        made = self.finished(signatures).items()
        return {slot: token for (purpose, slot), [token, *_] in made if purpose == "vote"}


def holder_for(quarter: Quarter, *, count: int = 3, number: int = 1) -> RoundHolder:
    """A holder for a round of a quarter's keys; `count` is how many passes to ask with everybody gets."""
    keys = [key for key in published_keys(quarter.name) if key.round == number]
    assert keys, "the quarter has no such round of keys"
    each = [Holder(key, quarter.name, count if key.purpose == "ask" else 1) for key in keys]
    return RoundHolder(each, number)


def single_holder(quarter: Quarter, purpose: str = "ask", slot: int = 0, *, count: int = 1) -> Holder:
    """A holder for one of a quarter's keys."""
    key = published_key(quarter.name, purpose, slot)
    assert key is not None, f"the quarter has no key for {purpose}, slot {slot}"
    return Holder(key, quarter.name, count)


def fetch_round(pages: Pages, quarter: Quarter, *, number: int = 1) -> dict[tuple[str, int], list[bytes]]:
    """A round of passes for whoever is signed in, through the routes as a browser gets them."""
    holder = holder_for(quarter, count=quarter.passes_each, number=number)
    headers = {"X-CSRFToken": pages.csrf_token()}
    address = f"/passes/{quarter.name}/issuance"
    answer = pages.client.post(address, json=holder.request, headers=headers)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return holder.finished([from_base64url(signature) for signature in answer.json["signatures"]])


def fetch_passes(pages: Pages, quarter: Quarter) -> list[bytes]:
    """Three passes to ask with for whoever is signed in."""
    return fetch_round(pages, quarter)["ask", 0]
