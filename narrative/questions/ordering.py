"""The order of a board: shuffled while people vote, so that nobody piles on, and ranked by votes after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from flask import current_app
from sqlalchemy import Select, select, tuple_

from narrative.data_version import Kept, number_in_session
from narrative.database import db
from narrative.quarters.models import Quarter
from narrative.questions.models import Question
from narrative.questions.queries import PAGE_SIZE, Page

EXTENSION = "narrative.orders"
MOST_ORDERS = 100
LARGEST_COUNT = 2**31


@dataclass(frozen=True)
class Choice:
    """Which questions of a quarter are looked at: all, or those of one state, or bucket."""

    quarter: Quarter
    state: str | None = None
    bucket_id: int | None = None

    def narrowed(self, chosen: Select[Question]) -> Select[Question]:
        """Return the statement for these questions only."""
        chosen = chosen.where(Question.quarter_id == self.quarter.id)
        if self.state is not None:
            chosen = chosen.where(Question.state == self.state)
        if self.bucket_id is not None:
            chosen = chosen.where(Question.bucket_id == self.bucket_id)
        return chosen


def ranked(choice: Choice, *, after: str | None = None) -> Page:
    """Return a page of the chosen questions, those with the most votes first.

    The place is a key, not a number of rows to skip. Raises ValueError for a place that no page gave out.
    """
    place = tuple_(Question.votes, Question.id)
    chosen = choice.narrowed(select(Question)).order_by(Question.votes.desc(), Question.id.desc())
    if after is not None:
        number, question_id = after.split(".")
        plain = number.isascii() and number.isdigit() and question_id.isalnum()
        if not plain or int(number) >= LARGEST_COUNT:
            raise ValueError("no page gave out this place")
        chosen = chosen.where(place < (int(number), question_id))
    found = list(db.session.scalars(chosen.limit(PAGE_SIZE + 1)))
    more, found = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    return Page(found, f"{found[-1].votes}.{found[-1].id}" if more else None)


def shuffled(choice: Choice, *, day: date, after: str | None = None) -> Page:
    """Return a page of the chosen questions in the order of that day, which is the same for everybody.

    Who goes on reading after midnight goes on in the order of the day before. Raises ValueError for a place
    that no page gave out.
    """
    start = 0
    if after is not None:
        text, question_id = after.split(".")
        day = date.fromisoformat(text)
        start = _order(choice, day).index(question_id) + 1
    ids = list(_order(choice, day)[start : start + PAGE_SIZE + 1])
    more, ids = len(ids) > PAGE_SIZE, ids[:PAGE_SIZE]
    rows = db.session.scalars(select(Question).where(Question.id.in_(ids)))
    found = sorted(rows, key=lambda question: ids.index(question.id))
    return Page(found, f"{day.isoformat()}.{ids[-1]}" if more else None)


def _order(choice: Choice, day: date) -> Sequence[str]:
    """Return the ids in that day's order: from memory while the main database stands still."""
    orders: Kept[Sequence[str]] = current_app.extensions.setdefault(
        EXTENSION, Kept[Sequence[str]](most=MOST_ORDERS)
    )
    key, number = (choice.quarter.id, choice.state, choice.bucket_id, day), number_in_session()
    kept = orders.get(key, number=number)
    if kept is None:
        ids = db.session.scalars(choice.narrowed(select(Question)).with_only_columns(Question.id))
        kept = sorted(ids, key=lambda one: sha256(f"{day.isoformat()} {one}".encode()).digest())
        orders.put(key, kept, number=number)
    return kept
