"""Issuing passes: knows the person, never the token. See redeem.py for the other half."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from narrative.database import db, locked, transaction
from narrative.passes import blind_rsa
from narrative.passes.keys import ASK, FIRST_ROUND, ISSUING_STAGES, private_keys
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


def issue(
    person: Person, quarter: Quarter, blinded: Sequence[bytes], *, number: int = FIRST_ROUND, at: datetime
) -> list[bytes]:
    """Sign a person's blinded messages of one round, note that it was done, and return the blind signatures.

    The very same request is answered again: its answer may have been lost on the way. The first request of a
    person for the first round is counted in the quarter's `passes_held`.

    Raises NotIssuing, AlreadyIssued, WrongCount and blind_rsa.MalformedBlindedMessage; then nothing is noted.
    """
    if quarter.stage(at) not in ISSUING_STAGES:
        raise NotIssuing
    keys = _key_of_each_pass(quarter, number)
    if not keys and number == FIRST_ROUND:
        raise NotIssuing
    if not keys or len(blinded) != len(keys):
        raise WrongCount(len(keys))
    request_hash = hashlib.sha256(b"".join(blinded)).digest()
    # Looked at first, since signing is the expensive part; what counts is the look inside the transaction.
    _was_issued(db.session(), (quarter.id, person.id, number), request_hash)
    # Signed before the transaction, so that nobody waits for another's signatures; released after it.
    signatures = [blind_rsa.blind_sign(key, message) for key, message in zip(keys, blinded, strict=True)]
    with transaction(shown=False) as session:
        _note(session, person, quarter, number, request_hash, at=at)
    return signatures


def passes_each(quarter: Quarter, purpose: str) -> int:
    """Return how many passes a person gets for one key of that purpose."""
    return quarter.passes_each if purpose == ASK else 1


def _key_of_each_pass(quarter: Quarter, number: int) -> list[PrivateKey]:
    keys = private_keys(quarter, number=number)
    return [key for purpose, key in keys for _ in range(passes_each(quarter, purpose))]


def _was_issued(session: Session, key: tuple[int, int, int], request_hash: bytes) -> bool:
    """Tell whether this very request was answered before. Raises AlreadyIssued if another was."""
    before = session.get(Issuance, key)
    if before is not None and before.request_hash != request_hash:
        raise AlreadyIssued
    return before is not None


def _note(
    session: Session, person: Person, quarter: Quarter, number: int, request_hash: bytes, *, at: datetime
) -> None:
    # Whoever issues or closes takes the quarter's row first: two at once come one after the other.
    quarter = locked(session, Quarter, quarter.id)
    if quarter.stage(at) not in ISSUING_STAGES or quarter.closed_at is not None:
        raise NotIssuing
    if _was_issued(session, (quarter.id, person.id, number), request_hash):
        return
    row = Issuance(quarter_id=quarter.id, person_id=person.id, round=number, request_hash=request_hash)
    session.add(row)
    if number == FIRST_ROUND:
        quarter.passes_held += 1
