"""Issuing passes: knows the person, never the token. See redeem.py for the other half."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from narrative.database import locked, transaction
from narrative.passes import blind_rsa
from narrative.passes.keys import ASK, ISSUING_STAGES, private_keys
from narrative.passes.models import Issuance
from narrative.passes.rsa_keys import PrivateKey
from narrative.people.models import Person
from narrative.quarters.models import Quarter


class NotIssuing(Exception):
    """The quarter is not published yet, or is closed to questions: it gives no passes."""


class AlreadyIssued(Exception):
    """The person was given this quarter's passes for another request: they are in another browser."""


class WrongCount(ValueError):
    """The request does not hold one blinded message for each pass; `expected` is how many it should."""

    def __init__(self, expected: int) -> None:
        super().__init__(f"a request for passes holds {expected} blinded messages")
        self.expected = expected


def issue(person: Person, quarter: Quarter, blinded: Sequence[bytes], *, at: datetime) -> list[bytes]:
    """Sign a person's blinded messages and note that it was done; return the blind signatures in their order.

    The very same request is answered again: its answer may have been lost on the way. The first request of a
    person is counted in the quarter's `passes_held`.

    Raises NotIssuing, AlreadyIssued, WrongCount and blind_rsa.MalformedBlindedMessage; then nothing is noted.
    """
    if quarter.stage(at) not in ISSUING_STAGES:
        raise NotIssuing
    keys = _key_of_each_pass(quarter)
    if not keys:
        raise NotIssuing
    if len(blinded) != len(keys):
        raise WrongCount(len(keys))
    # Signed before the transaction, so that nobody waits for another's signatures; released after it.
    signatures = [blind_rsa.blind_sign(key, message) for key, message in zip(keys, blinded, strict=True)]
    request_hash = hashlib.sha256(b"".join(blinded)).digest()
    with transaction(shown=False) as session:
        _note(session, person, quarter, request_hash, at=at)
    return signatures


def passes_each(quarter: Quarter, purpose: str) -> int:
    """Return how many passes a person gets for one key of that purpose."""
    return quarter.passes_each if purpose == ASK else 1


def _key_of_each_pass(quarter: Quarter) -> list[PrivateKey]:
    keys = private_keys(quarter)
    return [key for purpose, key in keys for _ in range(passes_each(quarter, purpose))]


def _note(session: Session, person: Person, quarter: Quarter, request_hash: bytes, *, at: datetime) -> None:
    # Whoever issues or closes takes the quarter's row first: two at once come one after the other.
    quarter = locked(session, Quarter, quarter.id)
    if quarter.stage(at) not in ISSUING_STAGES or quarter.closed_at is not None:
        raise NotIssuing
    before = session.get(Issuance, (quarter.id, person.id, 1))
    if before is None:
        session.add(Issuance(quarter_id=quarter.id, person_id=person.id, request_hash=request_hash))
        quarter.passes_held += 1
    elif before.request_hash != request_hash:
        raise AlreadyIssued
