"""One factory a model. Each returns a saved row with sensible, distinct values."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from narrative.database import db
from narrative.people.models import Bucket, Person
from narrative.people.rules import slug_of
from narrative.quarters.models import Quarter
from narrative.questions.actions import count as add_to_tally
from narrative.questions.models import Question

numbers = count(1)
MONDAY = datetime(2026, 6, 29, 9, tzinfo=UTC)


def save(row: Any) -> Any:
    """Add a row, commit, and return it."""
    db.session.add(row)
    db.session.commit()
    return row


def make_person(role: str = "employee", **values: Any) -> Person:
    """A person with that role."""
    number = next(numbers)
    defaults = {"name": f"Person {number}", "email": f"person{number}@test.example"}
    return save(Person(role=role, **{**defaults, **values}))


def make_bucket(name: str = "", **values: Any) -> Bucket:
    """A bucket; owned by a new leader unless `owner` is given."""
    number = next(numbers)
    name = name or f"Bucket {number}"
    owner = values.pop("owner", None) or make_person("leader")
    return save(Bucket(name=name, slug=slug_of(name), position=number, owner_id=owner.id, **values))


def make_quarter(name: str = "2026-q2", *, drafting_opens_at: datetime = MONDAY, **values: Any) -> Quarter:
    """A quarter: drafts due after 7 days, published after 10, questions in days 24 to 31, answers by 42."""
    names = ("drafts_due_at", "publishes_at", "questions_open_at", "questions_close_at", "answers_due_at")
    days = dict(zip(names, (7, 10, 24, 31, 42), strict=True))
    instants = {instant: drafting_opens_at + timedelta(days=number) for instant, number in days.items()}
    return save(Quarter(name=name, drafting_opens_at=drafting_opens_at, **{**instants, **values}))


def make_question(quarter: Quarter, *, bucket: Bucket | None = None, **values: Any) -> Question:
    """A released question, counted as waiting."""
    number = next(numbers)
    defaults = {
        "id": f"{number:032x}",
        "text": f"Why is number {number} so?",
        "mark": f"mark-{number:038}",
        "released_on": quarter.questions_open_at.date(),
    }
    question = save(
        Question(quarter_id=quarter.id, bucket_id=bucket.id if bucket else None, **{**defaults, **values})
    )
    add_to_tally(db.session(), question, question.state, 1)
    db.session.commit()
    return question
