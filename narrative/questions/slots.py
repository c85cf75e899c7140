"""Vote slots: each released question takes the next one, and there is always one to take."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain, repeat

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from narrative.database import db
from narrative.passes.keys import ISSUING_STAGES, Rounds, create_next_round, rounds_of
from narrative.passes.store import anonymous_reading
from narrative.passes.store_tables import pending_questions
from narrative.quarters.models import Quarter
from narrative.questions.models import Question


def make_round_if_due(quarter: Quarter, at: datetime) -> bool:
    """Make the next round of keys when only a quarter of a round's slots is left, and tell whether it did.

    What waits counts as well, so that passes of the new round are fetched before they are needed. Asks the
    anonymous store only while questions can come in.
    """
    if quarter.stage(at) != "asking":
        return False
    rounds = rounds_of(quarter)
    left = rounds.last_slot - _last_taken(db.session(), quarter) - _waiting(quarter)
    return left <= rounds.slots // 4 and create_next_round(quarter, at=at)


def has_room(quarter: Quarter, questions: int, at: datetime) -> bool:
    """Tell whether so many more questions find a slot; makes the rounds that are missing first.

    False says that somebody else is making one at this moment. Once questions are closed nobody can vote any
    more, and a quarter of before there were votes has no slots: there is always room then.
    """
    while quarter.stage(at) in ISSUING_STAGES and _is_short(quarter, rounds_of(quarter), questions):
        if not create_next_round(quarter, at=at):
            return not _is_short(quarter, rounds_of(quarter), questions)
    return True


def next_slots(session: Session, quarter: Quarter) -> Iterator[int | None]:
    """Return the slots that are free, in their order, and None for ever after."""
    return chain(range(_last_taken(session, quarter) + 1, rounds_of(quarter).last_slot + 1), repeat(None))


def _is_short(quarter: Quarter, rounds: Rounds, questions: int) -> bool:
    return bool(rounds.slots) and rounds.last_slot - _last_taken(db.session(), quarter) < questions


def _last_taken(session: Session, quarter: Quarter) -> int:
    from_there = select(func.max(Question.slot)).where(Question.quarter_id == quarter.id)
    return session.scalar(from_there) or 0


def _waiting(quarter: Quarter) -> int:
    counted = select(func.count()).select_from(pending_questions)
    with anonymous_reading() as connection:
        return connection.execute(counted.where(pending_questions.c.quarter == quarter.name)).scalar_one()
