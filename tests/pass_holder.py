"""A pass client in Python, for tests: what static/js/passes does, with fresh random numbers."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

from narrative.passes.blind_rsa import Blinded, blind, finalize
from narrative.passes.keys import PublishedKey, published_keys
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


def holder_for(quarter: Quarter, *, count: int = 3) -> Holder:
    """A holder for a quarter's `ask` key."""
    [key] = published_keys(quarter.name)
    return Holder(key, quarter.name, count)


def fetch_passes(pages: Pages, quarter: Quarter) -> list[bytes]:
    """Three passes for whoever is signed in, through the routes as a browser gets them."""
    holder = holder_for(quarter)
    headers = {"X-CSRFToken": pages.csrf_token()}
    address = f"/passes/{quarter.name}/issuance"
    answer = pages.client.post(address, json=holder.request, headers=headers)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return holder.tokens([from_base64url(signature) for signature in answer.json["signatures"]])
