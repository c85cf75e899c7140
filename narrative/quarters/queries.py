"""Reading quarters."""

from datetime import datetime

from sqlalchemy import select

from narrative.database import db
from narrative.quarters.models import Quarter, TimetableChange
from narrative.quarters.rules import is_name


def quarter(name: str) -> Quarter | None:
    """Return the quarter with that name ('2026-q3'), or None; addresses may hold anything instead."""
    if not is_name(name):
        return None
    return db.session.scalar(select(Quarter).where(Quarter.name == name))


def quarters() -> list[Quarter]:
    """Return every scheduled quarter, the newest first."""
    return list(db.session.scalars(select(Quarter).order_by(Quarter.name.desc())))


def previous_quarter(quarter: Quarter) -> Quarter | None:
    """Return the scheduled quarter before this one, or None."""
    earlier = select(Quarter).where(Quarter.name < quarter.name).order_by(Quarter.name.desc()).limit(1)
    return db.session.scalar(earlier)


def current_quarter(at: datetime) -> Quarter | None:
    """Return the quarter that concerns people now.

    That is the latest one whose drafting has begun; before the very first, the next one to begin.
    """
    begun = select(Quarter).where(Quarter.drafting_opens_at <= at).order_by(Quarter.name.desc()).limit(1)
    found = db.session.scalar(begun)
    if found is not None:
        return found
    return db.session.scalar(select(Quarter).order_by(Quarter.name).limit(1))


def latest_published_quarter() -> Quarter | None:
    """Return the latest quarter that everybody can read, or None."""
    published = select(Quarter).where(Quarter.published_at.is_not(None))
    return db.session.scalar(published.order_by(Quarter.name.desc()).limit(1))


def timetable_changes(quarter: Quarter) -> list[TimetableChange]:
    """Return what was moved after people had been told, oldest first."""
    changes = select(TimetableChange).where(TimetableChange.quarter_id == quarter.id)
    return list(db.session.scalars(changes.order_by(TimetableChange.id)))
