"""Reading released questions. Nouns; each a fixed number of queries."""

from sqlalchemy import select

from narrative.database import db
from narrative.quarters.models import Quarter
from narrative.questions.models import Question, Tally


def question(question_id: str) -> Question | None:
    """Return the released question with that id, or None."""
    return db.session.get(Question, question_id)


def tallies(quarter: Quarter) -> dict[tuple[int, str], int]:
    """Return the kept counts of a quarter by (bucket id or 0, state)."""
    rows = db.session.scalars(select(Tally).where(Tally.quarter_id == quarter.id))
    return {(row.bucket_id, row.state): row.number for row in rows}


def counts(quarter: Quarter) -> dict[str, int]:
    """Return how many questions were released in all ('received') and per state."""
    totals: dict[str, int] = {}
    for (_bucket, state), number in tallies(quarter).items():
        totals[state] = totals.get(state, 0) + number
    return {"received": sum(totals.values()), **totals}
