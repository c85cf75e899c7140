"""The bytes of a pass: Privacy Pass tokens of type 0x0002 (RFC 9577, RFC 9578).

A pass is good for one use of one purpose in one quarter. The challenge says which, and holder and server each
build it themselves, so that neither can be led to use another's. A purpose without slots has slot 0.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from narrative.encoding import fields

from .blind_rsa import verify
from .rsa_keys import PublicKey

TOKEN_TYPE = b"\x00\x02"
NONCE_LENGTH = 32
DIGEST_LENGTH = 32
AUTHENTICATOR_LENGTH = 256
TOKEN_LENGTH = len(TOKEN_TYPE) + NONCE_LENGTH + 2 * DIGEST_LENGTH + AUTHENTICATOR_LENGTH

CONTEXT_LABEL = b"narrative v1"
SPENT_LABEL = b"narrative spent v1"


class TokenError(ValueError):
    """What every refusal of a token is, except a wrong signature (`blind_rsa.InvalidSignature`)."""


class MalformedToken(TokenError):
    """The bytes are not a token of type 0x0002."""


class OtherChallenge(TokenError):
    """The token was made for something else: another issuer, quarter, purpose or slot."""


class OtherKey(TokenError):
    """The token names another key than the one in force."""


@dataclass(frozen=True)
class Token:
    """A token (RFC 9578, section 6.1). Its authenticator signs everything before it."""

    nonce: bytes
    challenge_digest: bytes
    key_id: bytes
    authenticator: bytes

    @classmethod
    def parse(cls, data: bytes) -> Token:
        """Read 354 bytes. Raises `MalformedToken` for another length or type."""
        if len(data) != TOKEN_LENGTH or data[:2] != TOKEN_TYPE:
            raise MalformedToken(f"a token is {TOKEN_LENGTH} bytes and starts with its type, 0x0002")
        return cls(data[2:34], data[34:66], data[66:98], data[98:])

    @property
    def signed(self) -> bytes:
        """token_input, the message that is signed (RFC 9578, section 6.1)."""
        return token_input(self.nonce, challenge_digest=self.challenge_digest, key_id=self.key_id)

    def serialize(self) -> bytes:
        return self.signed + self.authenticator


def token_input(nonce: bytes, *, challenge_digest: bytes, key_id: bytes) -> bytes:
    """What a holder has signed: type, nonce, challenge digest, key id (RFC 9578, section 6.1)."""
    return TOKEN_TYPE + nonce + challenge_digest + key_id


def token_challenge(issuer: str, *, redemption_context: bytes, origin_info: bytes = b"") -> bytes:
    """TokenChallenge (RFC 9577, section 2.1.1); `redemption_context` is empty or 32 bytes."""
    context = bytes([len(redemption_context)]) + redemption_context
    return TOKEN_TYPE + fields(issuer.encode()) + context + fields(origin_info)


def challenge(*, issuer: str, quarter: str, purpose: str, slot: int = 0) -> bytes:
    """The challenge of a pass. `issuer` is this installation's host name, `quarter` a name like "2026-q3"."""
    context = _digest(CONTEXT_LABEL, quarter.encode(), purpose.encode(), str(slot).encode())
    return token_challenge(issuer, redemption_context=context)


def challenge_digest(challenge: bytes) -> bytes:
    return hashlib.sha256(challenge).digest()


def verify_token(token: Token, *, key: PublicKey, challenge: bytes) -> None:
    """Check that a token is a pass for this challenge under this key (RFC 9578, section 6.4).

    Raises `OtherChallenge`, `OtherKey` or `blind_rsa.InvalidSignature`. Whether it was spent before is not
    known here.
    """
    if token.challenge_digest != challenge_digest(challenge):
        raise OtherChallenge("the token is for another issuer, quarter, purpose or slot")
    if token.key_id != key.key_id:
        raise OtherKey("the token names another key")
    verify(key, token.signed, token.authenticator)


def spent_mark(nonce: bytes, *, quarter: str, purpose: str, slot: int = 0) -> bytes:
    """What is kept of a spent pass, 32 bytes.

    It comes from the nonce and never from the signature: one nonce can have many valid signatures (one for
    each salt), and each would be another mark.
    """
    return _digest(SPENT_LABEL, purpose.encode(), quarter.encode(), str(slot).encode(), nonce)


def _digest(*parts: bytes) -> bytes:
    """SHA-256 over the parts, each behind its length."""
    return hashlib.sha256(fields(*parts)).digest()
