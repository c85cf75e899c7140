"""Passes: the secrets of each come from one seed, as in browsers, so that a recovery code works in both.

A pass is a Privacy Pass token of type 0x0002 (RFC 9577, RFC 9578).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from narrative.independent import rsa
from narrative.independent.bytes import (
    as_bytes,
    derive,
    fields,
    from_base64url,
    sha256,
    to_base64url,
)
from narrative.independent.refusals import InvalidSignature, KeyMismatch, Malformed

TOKEN_TYPE = b"\x00\x02"
CONTEXT_LABEL = "narrative v1"
SEED_LABEL = "narrative seed v1"
SEED_LENGTH = 16
NONCE_LENGTH = 32
TOKEN_LENGTH = 354

EXPORTED = re.compile(r"(https?://[^\s#]+)/spend#(\d{4}-q[1-4])\.([\w-]+)", re.ASCII)
NOT_A_PASS = "This is not a pass. Copy the whole text, from https to its end."  # noqa: S105


@dataclass(frozen=True)
class Key:
    """One key of a quarter: what passes signed with it are for, and its public half."""

    purpose: str
    slot: int
    public: rsa.PublicKey

    @property
    def name(self) -> str:
        """The name by which pages, the ledger and other clients know it, such as ask/0/<key id>."""
        return f"{self.purpose}/{self.slot}/{to_base64url(self.public.key_id)}"


@dataclass(frozen=True)
class Keys:
    """The keys of a quarter's rounds so far, in their order, and who issues passes."""

    issuer: str
    quarter: str
    slots: int
    keys: tuple[Key, ...]

    @property
    def rounds(self) -> int:
        """How many rounds there are: the first has the key to ask with and one for each slot."""
        return (len(self.keys) - 1) // self.slots if self.slots else 1

    def of_round(self, number: int) -> tuple[Key, ...]:
        """Return the keys of one round, which are counted from 1."""
        start = 1 + self.slots * (number - 1) if number > 1 else 0
        return self.keys[start : 1 + self.slots * number]


@dataclass(frozen=True)
class Hidden:
    """A pass on its way: what it will be, and what is sent of it."""

    key: Key
    index: int
    signed: bytes
    blinded: rsa.Blinded


def read_keys(quarter: str, answer: dict[str, object]) -> Keys:
    """Read what GET /passes/<quarter>/keys says. Raises KeyMismatch for keys that no pass may have."""
    try:
        issuer, slots, listed = str(answer["issuer"]), answer["slots"], answer["keys"]
        if not isinstance(slots, int) or not isinstance(listed, list) or slots < 0:
            raise KeyMismatch
        keys = tuple(_read_key(one) for one in listed)
    except (KeyError, TypeError, ValueError):
        raise KeyMismatch from None
    wanted = [("ask", 0), *(("vote", slot) for slot in range(1, len(keys)))]
    rest = (len(keys) - 1) % slots if slots else len(keys) - 1
    if [(key.purpose, key.slot) for key in keys] != wanted or len(keys) <= slots or rest:
        raise KeyMismatch
    return Keys(issuer, quarter, slots, keys)


def _read_key(said: dict[str, object]) -> Key:
    purpose, slot, modulus = said["purpose"], said["slot"], from_base64url(said["n"])
    if not isinstance(purpose, str) or not isinstance(slot, int):
        raise TypeError("not a key")
    return Key(purpose, slot, rsa.PublicKey.of_modulus(modulus))


def fingerprint(names: Sequence[str]) -> bytes:
    """Return what keys of these names are known by, 32 bytes."""
    return sha256("\n".join(names).encode())


def challenge_digest(*, issuer: str, quarter: str, purpose: str, slot: int) -> bytes:
    """Return the SHA-256 of a pass's TokenChallenge (RFC 9577, section 2.1.1)."""
    context = sha256(fields(CONTEXT_LABEL, quarter, purpose, str(slot)))
    named = len(as_bytes(issuer)).to_bytes(2, "big") + as_bytes(issuer)
    return sha256(TOKEN_TYPE + named + bytes([len(context)]) + context + b"\x00\x00")


def token_input(nonce: bytes, digest: bytes, key_id: bytes) -> bytes:
    """Return what is signed of a token (RFC 9578, section 6.1); the signature behind it completes it."""
    return TOKEN_TYPE + nonce + digest + key_id


def secrets_of(seed: bytes, key: Key, index: int) -> tuple[bytes, bytes, int]:
    """Return nonce (32 bytes), salt (48 bytes) and blinding (1 < r < n) of pass `index` of a key."""
    names: list[str | bytes] = [key.public.key_id, str(index)]
    nonce = derive(seed, NONCE_LENGTH, SEED_LABEL, "nonce", *names)
    salt = derive(seed, rsa.SALT_LENGTH, SEED_LABEL, "salt", *names)
    attempt = 0
    while True:
        drawn = derive(seed, key.public.size, SEED_LABEL, "blinding", *names, str(attempt))
        blinding = int.from_bytes(drawn, "big")
        if 1 < blinding < key.public.n:
            return nonce, salt, blinding
        attempt += 1


def hide_round(seed: bytes, keys: Keys, number: int, *, count: int) -> list[Hidden]:
    """Make the passes of a round, blinded: `count` to ask with in the first, and one for each vote slot."""
    return [
        _hide(seed, keys, key, index)
        for key in keys.of_round(number)
        for index in range(count if key.purpose == "ask" else 1)
    ]


def _hide(seed: bytes, keys: Keys, key: Key, index: int) -> Hidden:
    nonce, salt, blinding = secrets_of(seed, key, index)
    digest = challenge_digest(issuer=keys.issuer, quarter=keys.quarter, purpose=key.purpose, slot=key.slot)
    signed = token_input(nonce, digest, key.public.key_id)
    return Hidden(key, index, signed, rsa.blind(key.public, signed, salt=salt, blinding=blinding))


def reveal(hidden: Hidden, signature: bytes) -> bytes:
    """Return the finished pass, 354 bytes. Raises InvalidSignature unless it is good."""
    return hidden.signed + rsa.finalize(hidden.key.public, hidden.signed, signature, hidden.blinded.inverse)


def check_token(token: bytes, *, issuer: str, quarter: str, key: Key) -> None:
    """Raise InvalidSignature unless a token is a pass for that purpose, under that key."""
    digest = challenge_digest(issuer=issuer, quarter=quarter, purpose=key.purpose, slot=key.slot)
    signed, signature = token[:98], token[98:]
    if len(token) != TOKEN_LENGTH or signed[34:66] != digest or signed[66:] != key.public.key_id:
        raise InvalidSignature(NOT_A_PASS)
    try:
        rsa.verify(key.public, signed, signature)
    except InvalidSignature:
        raise InvalidSignature(NOT_A_PASS) from None


def read_exported(text: str) -> tuple[str, str, bytes]:
    """Return the server's address, the quarter and the pass of an exported pass; raise Malformed."""
    match = EXPORTED.fullmatch(text.strip())
    try:
        token = from_base64url(match[3]) if match else b""
    except ValueError:
        token = b""
    if match is None or len(token) != TOKEN_LENGTH:
        raise Malformed(NOT_A_PASS)
    return match[1], match[2], token
