"""The keys of a quarter's passes: made at publication, destroyed at closing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from narrative.config import Settings
from narrative.database import db, locked, transaction
from narrative.passes.models import Issuance, PassKey
from narrative.passes.rsa_keys import PrivateKey, PublicKey
from narrative.quarters.models import Quarter
from narrative.quarters.rules import is_name

ASK = "ask"
ISSUING_STAGES = ("reading", "asking")


@dataclass(frozen=True)
class PublishedKey:
    """What everybody may know of a key."""

    issuer: str
    purpose: str
    slot: int
    public: PublicKey


def create_keys(quarter: Quarter, *, at: datetime) -> bool:
    """Make the keys of a published quarter unless it has them, and tell whether they are new.

    Harmless to call again, and by two at once. Does nothing before publication and after questions closed.
    """
    if quarter.stage(at) not in ISSUING_STAGES or _had_keys(db.session(), quarter):
        return False
    fresh = PrivateKey.generate()
    with transaction() as session:
        quarter = locked(session, Quarter, quarter.id)
        if quarter.stage(at) not in ISSUING_STAGES or _had_keys(session, quarter):
            return False
        session.add(
            PassKey(
                quarter_id=quarter.id,
                purpose=ASK,
                slot=0,
                issuer=issuer_name(),
                public_key=fresh.public.spki,
                private_key=fresh.to_der(),
            )
        )
    return True


def _had_keys(session: Session, quarter: Quarter) -> bool:
    """Destroyed keys count: a quarter that is opened again would otherwise give everybody passes twice."""
    return session.get(PassKey, (quarter.id, ASK, 0)) is not None


def published_keys(quarter_name: str) -> list[PublishedKey]:
    """Return the keys in force of the quarter of that name, in their fixed order; none once destroyed."""
    if not is_name(quarter_name):
        return []
    rows = db.session.execute(
        select(PassKey.issuer, PassKey.purpose, PassKey.slot, PassKey.public_key)
        .join(Quarter, Quarter.id == PassKey.quarter_id)
        .where(Quarter.name == quarter_name, PassKey.destroyed_at.is_(None))
        .order_by(PassKey.purpose, PassKey.slot)
    )
    return [PublishedKey(row[0], row[1], row[2], PublicKey.from_spki(row[3])) for row in rows]


def private_keys(quarter: Quarter) -> Sequence[tuple[str, PrivateKey]]:
    """Return purpose and private key of each key in force, in the order of `published_keys`."""
    rows = db.session.execute(
        select(PassKey.purpose, PassKey.private_key)
        .where(PassKey.quarter_id == quarter.id, PassKey.private_key.is_not(None))
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


def issuer_name() -> str:
    """Return this installation's name, its host and port as people type them."""
    settings: Settings = current_app.extensions["narrative.settings"]
    return urlsplit(settings.base_url).netloc
