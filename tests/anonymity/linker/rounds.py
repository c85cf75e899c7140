"""Rounds of keys, and everybody's passes of the first one."""

from __future__ import annotations

from collections.abc import Iterator
from math import lcm

from narrative.database import db
from narrative.passes import keys
from narrative.passes.keys import ASK, VOTE, create_next_round, rounds_of
from narrative.passes.rsa_keys import PrivateKey
from narrative.quarters.models import Quarter
from tests.anonymity.linker.evidence import now
from tests.asking import make_passes
from tests.insistent import Visitor
from tests.pass_holder import from_base64url, holder_for

PUBLIC_EXPONENT = 65537

Use = tuple[str, int]


def make_room(quarter: Quarter, slots: int) -> None:
    """Make rounds of keys until the quarter has so many slots, before anybody asks.

    Their keys are quickly made: of the slots of later rounds only the numbers are needed here.
    """
    making, keys._made_keys = keys._made_keys, lambda count: [next(_unfetched) for _ in range(count)]
    try:
        while rounds_of(quarter).last_slot < slots:
            assert create_next_round(quarter, at=now())
    finally:
        keys._made_keys = making
        db.session.rollback()


def _keys_of_shared_primes() -> Iterator[PrivateKey]:
    """No two keys are alike, but their primes are used again and again: nobody is given passes of these."""
    primes: list[int] = []
    while True:
        made = PrivateKey.generate()
        for prime in (made.p, made.q):
            for other in primes:
                exponent = pow(PUBLIC_EXPONENT, -1, lcm(prime - 1, other - 1))
                yield PrivateKey(n=prime * other, e=PUBLIC_EXPONENT, d=exponent, p=prime, q=other)
            primes.append(prime)


_unfetched = _keys_of_shared_primes()


def nobodys_passes(quarter: Quarter, people: int, *, count: int) -> dict[Use, list[bytes]]:
    """Everybody's passes, signed without anybody to hold them."""
    votes = {
        (VOTE, slot): make_passes(quarter, people, purpose=VOTE, slot=slot)
        for slot in range(1, rounds_of(quarter).slots + 1)
    }
    return {(ASK, 0): make_passes(quarter, count * people), **votes}


def fetch(visitor: Visitor, quarter: Quarter, *, count: int) -> dict[Use, list[bytes]]:
    """Let somebody who is signed in be given passes."""
    holder = holder_for(quarter, count=count)
    answer = visitor.post_json(f"/passes/{quarter.name}/issuance", holder.request)
    assert answer.status == 200, answer.body
    return holder.finished([from_base64url(signature) for signature in answer.json["signatures"]])
