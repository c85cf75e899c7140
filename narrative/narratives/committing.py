"""Commitments: what is promised in an answer, made in the answer's own transaction, and read beside it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from narrative.database import db
from narrative.narratives.models import Commitment


@dataclass(frozen=True, kw_only=True)
class Promised:
    """What is promised: by whom it is kept, in which bucket's narrative of which quarter it is reported."""

    title: str
    owner_id: int
    due_in: str
    bucket_id: int


def commit(session: Session, promised: Promised, *, made_in: str, at: datetime) -> None:
    """Make a commitment, in the caller's transaction. `made_in` is the end of the answer's address."""
    session.add(Commitment(**vars(promised), made_in=made_in, made_at=at))


def was_promised(session: Session, promised: Promised, *, made_in: str) -> bool:
    """Tell whether this very promise was made at that address already."""
    same = select(Commitment.id).filter_by(**vars(promised), made_in=made_in)
    return session.scalar(same) is not None


def commitments_made_in(made_in: str) -> list[Commitment]:
    """Return what was promised in the answers at that address, in its order, with its owners."""
    found = select(Commitment).where(Commitment.made_in == made_in).options(joinedload(Commitment.owner))
    return list(db.session.scalars(found.order_by(Commitment.id)))
