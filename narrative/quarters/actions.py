"""Writing quarters: schedule one, move its dates."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from narrative.database import locked, transaction
from narrative.people.models import Person
from narrative.quarters.models import Quarter, TimetableChange
from narrative.quarters.rules import QuarterName, Timetable, move_errors, moved_instants, was_announced


class AlreadyScheduled(Exception):
    """There is a quarter of that name."""


class CannotMove(Exception):
    """Some instants cannot be moved; `errors` maps each to the reason."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


def schedule(name: QuarterName, *, timetable: Timetable, tick_minutes: int, passes_each: int) -> Quarter:
    """Schedule a quarter. Raises AlreadyScheduled."""
    quarter = Quarter(
        name=str(name), tick_minutes=tick_minutes, passes_each=passes_each, **dict(timetable.instants())
    )
    try:
        with transaction() as session:
            session.add(quarter)
    except IntegrityError:
        raise AlreadyScheduled(str(name)) from None
    return quarter


def move(
    quarter: Quarter, *, timetable: Timetable, tick_minutes: int, note: str, by: Person, at: datetime
) -> list[str]:
    """Give a quarter new instants and return the names of those that moved.

    What people had been told already is kept, with the note, for everybody to see.
    Raises CannotMove for instants that have passed, and for a missing note.
    """
    with transaction() as session:
        quarter = locked(session, Quarter, quarter.id)
        before = quarter.timetable
        errors = move_errors(before, timetable, published_at=quarter.published_at, note=note, at=at)
        if errors:
            raise CannotMove(errors)
        moved = moved_instants(before, timetable)
        for name, was in moved:
            now = getattr(timetable, name)
            setattr(quarter, name, now)
            if was_announced(before, at=at):
                session.add(_change(quarter, name, was, now, note=note, by=by, at=at))
        quarter.tick_minutes = tick_minutes
        return [name for name, _was in moved]


def _change(
    quarter: Quarter, name: str, was: datetime, now: datetime, *, note: str, by: Person, at: datetime
) -> TimetableChange:
    return TimetableChange(
        quarter_id=quarter.id, instant=name, was=was, now=now, note=note, changed_by_id=by.id, changed_at=at
    )
