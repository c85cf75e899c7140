"""Redeeming passes: knows the token, never the person. See issue.py for the other half."""

from dataclasses import dataclass

from narrative.passes import token as tokens
from narrative.passes.blind_rsa import InvalidSignature
from narrative.passes.keys import PublishedKey, published_key
from narrative.passes.token import MalformedToken, OtherChallenge, OtherKey, Token, TokenError


class NoKey(TokenError):
    """The quarter has no such key in force: it is not published, or its keys are destroyed."""


# Everything that `verify` raises.
REFUSALS = (MalformedToken, OtherChallenge, OtherKey, NoKey, InvalidSignature)


@dataclass(frozen=True)
class Good:
    """A valid pass: its spent mark (32 bytes), and the round in which its key was made."""

    spent_mark: bytes
    round: int


def verify(token: bytes, *, quarter_name: str, purpose: str, slot: int = 0) -> bytes:
    """Return the spent mark of a valid pass, as `check` does it."""
    return check(token, quarter_name=quarter_name, purpose=purpose, slot=slot).spent_mark


def check(token: bytes, *, quarter_name: str, purpose: str, slot: int = 0) -> Good:
    """Return what is to be known of a valid pass. Writes nothing: spending it is the caller's act.

    Raises MalformedToken, NoKey, OtherChallenge, OtherKey or InvalidSignature.
    """
    parsed = Token.parse(token)
    key = _key_in_force(quarter_name, purpose, slot)
    challenge = tokens.challenge(issuer=key.issuer, quarter=quarter_name, purpose=purpose, slot=slot)
    tokens.verify_token(parsed, key=key.public, challenge=challenge)
    spent_mark = tokens.spent_mark(parsed.nonce, quarter=quarter_name, purpose=purpose, slot=slot)
    return Good(spent_mark, key.round)


def _key_in_force(quarter_name: str, purpose: str, slot: int) -> PublishedKey:
    key = published_key(quarter_name, purpose, slot)
    if key is None:
        raise NoKey(f"{quarter_name} has no key for {purpose}, slot {slot}")
    return key
