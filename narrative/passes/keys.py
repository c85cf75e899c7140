"""The keys of a quarter's passes: made at publication and round by round, destroyed at closing."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from narrative.config import settings_of
from narrative.database import db, locked, transaction
from narrative.encoding import to_base64url
from narrative.ledger.actions import append
from narrative.ledger.rules import entries
from narrative.ledger.rules.entries import Entry
from narrative.passes.models import Issuance, PassKey
from narrative.passes.rsa_keys import PrivateKey, PublicKey
from narrative.quarters.models import Quarter
from narrative.quarters.rules import is_name
from narrative.web.assets import client_hash

ASK, VOTE = "ask", "vote"
ISSUING_STAGES = ("reading", "asking")
FIRST_ROUND = 1

# Making a key takes a core 30 to 150 ms, in which Python is free for others.
MAKERS = 4

_making = threading.Lock()


@dataclass(frozen=True)
class PublishedKey:
    """What everybody may know of a key."""

    issuer: str
    purpose: str
    slot: int
    round: int
    public: PublicKey

    @property
    def name(self) -> str:
        """The key's name as the browser writes it too (static/js/passes/keys.js)."""
        key_id = to_base64url(self.public.key_id)
        return f"{self.purpose}/{self.slot}/{key_id}"


def create_keys(quarter: Quarter, *, at: datetime) -> bool:
    """Make the first round of keys of a published quarter unless it has them, and tell whether they are new.

    Harmless to call again, and by two at once. Does nothing before publication and after questions closed.
    """
    if quarter.stage(at) not in ISSUING_STAGES or rounds_of(quarter).number:
        return False
    votes = [(VOTE, slot) for slot in range(1, settings_of().vote_slots + 1)]
    return _create_round(quarter, FIRST_ROUND, [(ASK, 0), *votes], at=at)


def create_next_round(quarter: Quarter, *, at: datetime) -> bool:
    """Make the keys of as many more vote slots as the first round had, and tell whether they are new.

    Harmless by two at once. Does nothing when questions are closed, nor for a quarter without vote slots.
    """
    rounds = rounds_of(quarter)
    if quarter.stage(at) not in ISSUING_STAGES or not rounds.slots:
        return False
    votes = [(VOTE, rounds.last_slot + number) for number in range(1, rounds.slots + 1)]
    return _create_round(quarter, rounds.number + 1, votes, at=at)


@dataclass(frozen=True)
class Rounds:
    """How many rounds of keys a quarter has, destroyed ones too, and how many vote slots each of them."""

    number: int
    slots: int

    @property
    def last_slot(self) -> int:
        """The last slot that has a key; slots are numbered from 1."""
        return self.number * self.slots


def rounds_of(quarter: Quarter) -> Rounds:
    """Return the rounds of a quarter. The first fixed how many slots each has, whatever is set since."""
    in_first = (PassKey.purpose == VOTE) & (PassKey.round == FIRST_ROUND)
    counted = select(func.max(PassKey.round), func.count().filter(in_first))
    number, slots = db.session.execute(counted.where(PassKey.quarter_id == quarter.id)).one()
    return Rounds(number or 0, slots)


def _create_round(quarter: Quarter, number: int, uses: Sequence[tuple[str, int]], *, at: datetime) -> bool:
    # Another thread of this process may be at it already; another process finds out at the end.
    if not _making.acquire(blocking=False):
        return False
    try:
        made = _made_keys(len(uses))
        with transaction() as session:
            # Destroyed keys count: an opened quarter would otherwise give everybody passes twice.
            # Whoever appends to the ledger holds it and refers to the quarter: kept out, they would deadlock.
            quarter = locked(session, Quarter, quarter.id, others_refer=True)
            if quarter.stage(at) not in ISSUING_STAGES or rounds_of(quarter).number != number - 1:
                return False
            issuer = settings_of().issuer
            for (purpose, slot), key in zip(uses, made, strict=True):
                session.add(_row(quarter, purpose, slot, number, issuer, key))
            session.flush()
            # Committed with the keys, before anybody can be given a pass: browsers compare.
            append(session, _entry(quarter, number, issuer))
        return True
    finally:
        _making.release()


def _made_keys(count: int) -> list[PrivateKey]:
    with ThreadPoolExecutor(MAKERS) as makers:
        return list(makers.map(lambda _number: PrivateKey.generate(), range(count)))


def _row(quarter: Quarter, purpose: str, slot: int, number: int, issuer: str, key: PrivateKey) -> PassKey:
    return PassKey(
        quarter_id=quarter.id,
        purpose=purpose,
        slot=slot,
        round=number,
        issuer=issuer,
        public_key=key.public.spki,
        private_key=key.to_der(),
    )


def _entry(quarter: Quarter, number: int, issuer: str) -> Entry:
    names = [key.name for key in _in_force(quarter.name, PassKey.round == number)]
    return entries.keys(quarter=quarter.name, issuer=issuer, keys=names, client=client_hash(), round=number)


def published_keys(quarter_name: str) -> list[PublishedKey]:
    """Return the keys in force of the quarter of that name, in their fixed order; none once destroyed."""
    return _in_force(quarter_name)


def published_key(quarter_name: str, purpose: str, slot: int) -> PublishedKey | None:
    """Return one key in force, or None."""
    found = _in_force(quarter_name, PassKey.purpose == purpose, PassKey.slot == slot)
    return found[0] if found else None


def _in_force(quarter_name: str, *conditions: ColumnElement[bool]) -> list[PublishedKey]:
    if not is_name(quarter_name):
        return []
    rows = db.session.execute(
        select(PassKey.issuer, PassKey.purpose, PassKey.slot, PassKey.round, PassKey.public_key)
        .join(Quarter, Quarter.id == PassKey.quarter_id)
        .where(Quarter.name == quarter_name, PassKey.destroyed_at.is_(None), *conditions)
        .order_by(PassKey.purpose, PassKey.slot)
    )
    return [PublishedKey(*row[:4], PublicKey.from_spki(row[4])) for row in rows]


def holders(quarter: Quarter, *, number: int) -> int:
    """Return how many people were given a round of a quarter's passes."""
    given = Issuance.quarter_id == quarter.id, Issuance.round == number
    return db.session.scalar(select(func.count()).select_from(Issuance).where(*given)) or 0


def private_keys(quarter: Quarter, *, number: int = FIRST_ROUND) -> Sequence[tuple[str, PrivateKey]]:
    """Return purpose and private key of each key in force of one round, in the order of `published_keys`."""
    rows = db.session.execute(
        select(PassKey.purpose, PassKey.private_key)
        .where(PassKey.quarter_id == quarter.id, PassKey.round == number, PassKey.private_key.is_not(None))
        .order_by(PassKey.purpose, PassKey.slot)
    )
    return [(row[0], PrivateKey.from_der(row[1] or b"")) for row in rows]


def destroy_keys(session: Session, quarter: Quarter, *, at: datetime) -> None:
    """Destroy a quarter's private keys, and who had which request signed, in the caller's transaction.

    The public keys stay, so that the account of the quarter can still be checked.
    """
    in_force = update(PassKey).where(PassKey.quarter_id == quarter.id, PassKey.destroyed_at.is_(None))
    session.execute(in_force.values(private_key=None, destroyed_at=at))
    session.execute(delete(Issuance).where(Issuance.quarter_id == quarter.id))
