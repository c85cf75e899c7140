"""Counting votes: how many stand for each slot, kept beside the question from one tick to the next."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from narrative.passes.store import anonymous_reading
from narrative.passes.store_tables import votes
from narrative.quarters.models import Quarter
from narrative.questions.models import Question


def counted_votes(quarter: Quarter) -> dict[int, int]:
    """Return how many votes stand now for each slot of a quarter that has any."""
    counted = select(votes.c.slot, func.count()).where(votes.c.quarter == quarter.name).group_by(votes.c.slot)
    with anonymous_reading() as connection:
        return {row[0]: row[1] for row in connection.execute(counted)}


def keep_votes(session: Session, quarter: Quarter, counted: dict[int, int]) -> None:
    """Keep the counts beside the questions, in the caller's transaction. A slot without votes counts 0."""
    kept = select(Question.id, Question.slot, Question.votes).where(
        Question.quarter_id == quarter.id, Question.slot.is_not(None)
    )
    changed = [
        {"id": row.id, "votes": counted.get(row.slot, 0)}
        for row in session.execute(kept.order_by(Question.id))
        if row.votes != counted.get(row.slot, 0)
    ]
    if changed:
        session.execute(update(Question), changed)
