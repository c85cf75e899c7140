"""Reading released questions. Nouns; each a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ScalarSelect, Select, func, select, tuple_

from narrative.database import db
from narrative.passes.models import PassKey
from narrative.people.models import Person
from narrative.quarters.models import Quarter
from narrative.questions.models import AskBack, FollowUp, Question, Tally


@dataclass(frozen=True)
class Released:
    """A question in the feed: `messages` and `asked_back` are how many follow-ups and ask-backs it has."""

    id: str
    mark: str
    state: str
    released_on: date
    slot: int | None
    messages: int
    asked_back: int


def question(question_id: str) -> Question | None:
    """Return the released question with that id, or None; addresses may hold anything instead."""
    if "\x00" in question_id:
        return None  # PostgreSQL would refuse to look
    return db.session.get(Question, question_id)


def is_released(mark: str) -> bool:
    """Tell whether a question with that mark is public."""
    return db.session.scalar(select(Question.id).where(Question.mark == mark)) is not None


def question_of_mark(mark: str) -> Question | None:
    """Return the released question with that mark as it stands now, or None."""
    found = select(Question).where(Question.mark == mark)
    return db.session.scalar(found.execution_options(populate_existing=True))


def has_slot(quarter: Quarter, slot: int) -> bool:
    """Tell whether a question of the quarter was released with that vote slot."""
    found = select(Question.id).where(Question.quarter_id == quarter.id, Question.slot == slot)
    return db.session.scalar(found) is not None


def follow_ups(question: Question) -> list[FollowUp]:
    """Return what whoever asked added to a question, in its order."""
    found = select(FollowUp).where(FollowUp.question_id == question.id).order_by(FollowUp.number)
    return list(db.session.scalars(found.execution_options(populate_existing=True)))


def ask_backs(question: Question) -> list[AskBack]:
    """Return what leaders asked whoever asked a question, in its order."""
    found = select(AskBack).where(AskBack.question_id == question.id).order_by(AskBack.number)
    return list(db.session.scalars(found))


def released(quarter: Quarter) -> list[Released]:
    """Return what the feed says of every released question of a quarter, by id."""
    columns = Question.id, Question.mark, Question.state, Question.released_on, Question.slot
    listed = select(*columns, _number_of(FollowUp), _number_of(AskBack))
    found = db.session.execute(listed.where(Question.quarter_id == quarter.id).order_by(Question.id))
    return [Released(*row) for row in found]


def _number_of(table: type[FollowUp] | type[AskBack]) -> ScalarSelect[int]:
    mine = select(func.count()).select_from(table).where(table.question_id == Question.id)
    return mine.correlate(Question).scalar_subquery()


def issuers(quarters: Sequence[Quarter]) -> dict[int, str]:
    """Return by quarter id the name under which its passes were issued: browsers keep them under it."""
    ids = [quarter.id for quarter in quarters]
    named = select(PassKey.quarter_id, PassKey.issuer).where(PassKey.quarter_id.in_(ids))
    return {row[0]: row[1] for row in db.session.execute(named)}


def colleagues() -> int:
    """Return how many people can hold passes: everybody who is active."""
    active = select(func.count()).select_from(Person).where(Person.deactivated_at.is_(None))
    return db.session.scalar(active) or 0


def quarters_asked_in(at: datetime, *, most: int) -> list[Quarter]:
    """Return the latest quarters in which questions have been open, the newest first."""
    opened = Quarter.published_at.is_not(None), Quarter.questions_open_at <= at
    return list(db.session.scalars(select(Quarter).where(*opened).order_by(Quarter.name.desc()).limit(most)))


def tallies(quarter: Quarter) -> dict[tuple[int, str], int]:
    """Return the kept counts of a quarter by (bucket id or 0, state)."""
    kept = select(Tally.bucket_id, Tally.state, Tally.number).where(Tally.quarter_id == quarter.id)
    return {(bucket_id, state): number for bucket_id, state, number in db.session.execute(kept)}


def counts(quarter: Quarter) -> dict[str, int]:
    """Return how many questions were released in all ('received') and per state."""
    return totals(tallies(quarter))


def totals(kept: dict[tuple[int, str], int]) -> dict[str, int]:
    """Add kept counts up over buckets: in all ('received') and per state."""
    by_state: dict[str, int] = {}
    for (_bucket, state), number in kept.items():
        by_state[state] = by_state.get(state, 0) + number
    return {"received": sum(by_state.values()), **by_state}


PAGE_SIZE = 50


@dataclass(frozen=True)
class Page:
    """One page of a list of questions. `older` leads to the next one, None at the end."""

    questions: list[Question]
    older: str | None


def paged(chosen: Select[Question], *, after: str | None) -> Page:
    """Return one page of the chosen questions after the place `after`, by day of release and random id.

    The place is a key, not a number of rows to skip: the last page costs what the first one does.
    Raises ValueError for a place that no page gave out.
    """
    if after is not None:
        chosen = chosen.where(tuple_(Question.released_on, Question.id) > _parse_place(after))
    ordered = chosen.order_by(Question.released_on, Question.id)
    found = list(db.session.scalars(ordered.limit(PAGE_SIZE + 1)))
    more = len(found) > PAGE_SIZE
    found = found[:PAGE_SIZE]
    return Page(found, f"{found[-1].released_on.isoformat()}.{found[-1].id}" if more else None)


def _parse_place(text: str) -> tuple[date, str]:
    day, _, question_id = text.partition(".")
    if not question_id.isalnum():
        raise ValueError("no page gave out this place")
    return date.fromisoformat(day), question_id
