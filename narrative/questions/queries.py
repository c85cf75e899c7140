"""Reading released questions. Nouns; each a fixed number of queries."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select, tuple_

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


PAGE_SIZE = 50


@dataclass(frozen=True)
class Page:
    """One page of a list of questions. `older` leads to the next one, None at the end."""

    questions: list[Question]
    older: str | None


def board(
    quarter: Quarter, *, state: str | None = None, bucket_id: int | None = None, after: str | None = None
) -> Page:
    """Return a page of a quarter's released questions, the newest first, of one state or bucket if given."""
    chosen = select(Question).where(Question.quarter_id == quarter.id)
    if state is not None:
        chosen = chosen.where(Question.state == state)
    if bucket_id is not None:
        chosen = chosen.where(Question.bucket_id == bucket_id)
    return paged(chosen, after=after, newest_first=True)


def paged(chosen: Select[Question], *, after: str | None, newest_first: bool) -> Page:
    """Return one page of the chosen questions after the place `after`, by day of release and random id.

    The place is a key, not a number of rows to skip: the last page costs what the first one does.
    Raises ValueError for a place that no page gave out.
    """
    place = tuple_(Question.released_on, Question.id)
    order = (
        (Question.released_on.desc(), Question.id.desc())
        if newest_first
        else (Question.released_on, Question.id)
    )
    if after is not None:
        day, question_id = _parse_place(after)
        chosen = chosen.where(place < (day, question_id) if newest_first else place > (day, question_id))
    found = list(db.session.scalars(chosen.order_by(*order).limit(PAGE_SIZE + 1)))
    more = len(found) > PAGE_SIZE
    found = found[:PAGE_SIZE]
    return Page(found, f"{found[-1].released_on.isoformat()}.{found[-1].id}" if more else None)


def _parse_place(text: str) -> tuple[date, str]:
    day, _, question_id = text.partition(".")
    return date.fromisoformat(day), question_id
