"""With every private key in hand, what was signed for anybody fits every pass that was ever spent.

Real requests of forty people, through the routes, against forty passes of each key that they were given: for
each of the 1,600 pairs there is exactly one blinding by which they belong together, so none stands out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from math import gcd

import pytest
import time_machine
from flask import Flask

from narrative.passes import issue as issuing
from narrative.passes.keys import create_keys, private_keys
from narrative.passes.rsa_keys import PrivateKey
from narrative.passes.token import Token, challenge, verify_token
from narrative.quarters.models import Quarter
from tests.factories import MONDAY, make_person, make_quarter
from tests.pass_holder import holder_for

PEOPLE = 40
READING = MONDAY + timedelta(days=11)


@pytest.fixture
def engine_name() -> str:
    """The mathematics is the same on either engine."""
    return "sqlite"


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(READING, tick=False):
        yield


@dataclass(frozen=True)
class Pair:
    """What the server saw when it signed for somebody, and the pass that came of it, as numbers."""

    blinded: int
    signed: int
    signature: int
    message: int


def number(data: bytes) -> int:
    return int.from_bytes(data, "big")


def issued(quarter: Quarter) -> dict[tuple[str, int], list[Pair]]:
    """Let forty people be given a round of passes; what is known of one pass of each, by key."""
    keys = keys_by_use(quarter)
    pairs: dict[tuple[str, int], list[Pair]] = {use: [] for use in keys}
    for _ in range(PEOPLE):
        holder = holder_for(quarter)
        signatures = issuing.issue(make_person(), quarter, holder.blinded, at=READING)
        tokens, place = holder.finished(signatures), 0
        for part in holder.holders:
            use = part.key.purpose, part.key.slot
            signature = number(Token.parse(tokens[use][0]).authenticator)
            # What is under a signature can be had by anybody: it is the message to the public exponent.
            message = pow(signature, keys[use].public.e, keys[use].n)
            pairs[use].append(
                Pair(number(holder.blinded[place]), number(signatures[place]), signature, message)
            )
            place += part.count
    return pairs


def keys_by_use(quarter: Quarter) -> dict[tuple[str, int], PrivateKey]:
    """The private keys, by purpose and slot."""
    uses = [(holder.key.purpose, holder.key.slot) for holder in holder_for(quarter, count=1).holders]
    each_pass = [key for _purpose, key in private_keys(quarter)]
    return dict(zip(uses, each_pass, strict=True))


def blinding(key: PrivateKey, blinded: int, message: int) -> int:
    """The one number by which this blinded message hides that message; takes the private key."""
    return pow(blinded * pow(message, -1, key.n) % key.n, key.d, key.n)


@pytest.fixture
def quarter(app: Flask) -> Quarter:
    made = make_quarter(published_at=MONDAY + timedelta(days=10))
    create_keys(made, at=READING)
    return made


def test_what_was_signed_for_anybody_fits_every_pass(quarter: Quarter) -> None:
    pairs = issued(quarter)
    assert set(pairs) == {("ask", 0), *(("vote", slot) for slot in range(1, 5))}
    for use in (("ask", 0), ("vote", 3)):
        key, known = keys_by_use(quarter)[use], pairs[use]
        blindings = {blinding_of(key, one, other) for one in known for other in known}
        # All different: no pair is singled out by a blinding that it shares with another.
        assert len(blindings) == PEOPLE * PEOPLE


def blinding_of(key: PrivateKey, seen: Pair, spent: Pair) -> int:
    """The blinding that ties a request to a pass, checked in both directions: to hide, and to unhide."""
    r = seen.signed * pow(spent.signature, -1, key.n) % key.n
    assert 1 < r < key.n
    assert gcd(r, key.n) == 1
    assert pow(r, key.public.e, key.n) * spent.message % key.n == seen.blinded
    assert seen.signed * pow(r, -1, key.n) % key.n == spent.signature
    return r


def test_the_private_key_finds_the_same_blinding_and_no_other(quarter: Quarter) -> None:
    known, key = issued(quarter)["vote", 2][:4], keys_by_use(quarter)["vote", 2]
    for one in known:
        for other in known:
            assert blinding(key, one.blinded, other.message) == blinding_of(key, one, other)


def test_a_pass_of_another_key_would_not_fit(quarter: Quarter) -> None:
    """The control: the same arithmetic tells passes of two keys apart."""
    pairs = issued(quarter)
    key = keys_by_use(quarter)["vote", 1]
    with pytest.raises(AssertionError):
        blinding_of(key, pairs["vote", 1][0], pairs["vote", 2][0])


def test_a_finished_pass_holds_what_everybody_can_compute_and_its_own_nonce(quarter: Quarter) -> None:
    made = []
    for _ in range(2):
        holder = holder_for(quarter)
        signatures = issuing.issue(make_person(), quarter, holder.blinded, at=READING)
        made.append(Token.parse(holder.votes(signatures)[1]))
    one, other = made
    issuer = holder_for(quarter).holders[0].key.issuer
    public = keys_by_use(quarter)["vote", 1].public
    expected = challenge(issuer=issuer, quarter=quarter.name, purpose="vote", slot=1)
    for token in made:
        verify_token(token, key=public, challenge=expected)
    assert (one.challenge_digest, one.key_id) == (other.challenge_digest, other.key_id)
    assert one.nonce != other.nonce
