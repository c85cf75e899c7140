"""Who had to wait for somebody decides on what that one left behind, not on what stood before the wait."""

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from narrative.answers import actions
from narrative.answers import queries as answers
from narrative.database import db, locked, transaction
from narrative.narratives.models import Narrative, SignOff
from narrative.narratives.publishing import CannotPublish, publish_late
from narrative.narratives.queries import is_published
from narrative.narratives.signing_off import sign_off
from narrative.people.models import Person
from narrative.questions.actions import AlreadyMoved, move
from narrative.questions.models import Question
from tests.factories import MONDAY, make_bucket, make_person, make_quarter, make_question
from tests.writing import READING, published, write

WAITS_FOR_US = text(
    "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
)


def behind(app: Flask, first: Callable[[Session], None], second: Callable[[], Any]) -> Any:
    """Do `first` in a transaction, begin `second` elsewhere before it is committed; return what that gave."""
    given: list[Any] = []

    def run() -> None:
        with app.app_context():
            try:
                given.append(second())
            except Exception as problem:
                given.append(problem)
            finally:
                db.session.remove()

    thread = threading.Thread(target=run)
    with transaction() as session:
        first(session)
        session.flush()
        thread.start()
        while db.engine.dialect.name == "postgresql" and thread.is_alive():
            if session.scalar(WAITS_FOR_US):
                break
    thread.join(timeout=60)
    db.session.expire_all()
    return given[0]


def late_narrative() -> int:
    """A narrative that is signed off after its quarter was published."""
    quarter, late = make_quarter(), make_bucket("Late")
    published(quarter, make_bucket("Ready"))
    narrative = write(quarter, late, at=READING)
    sign_off(narrative, revision_number=1, by=late.owner, at=READING)
    return narrative.id


def take_back(key: int) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        locked(session, Narrative, key)
        session.execute(delete(SignOff).where(SignOff.narrative_id == key))

    return work


def test_nothing_is_published_whose_sign_off_was_taken_back_meanwhile(app: Flask) -> None:
    key = late_narrative()

    def press() -> bool:
        found = db.session.get_one(Narrative, key)
        return publish_late(found, by=found.bucket.owner, at=READING)

    assert isinstance(behind(app, take_back(key), press), CannotPublish)
    assert not is_published(db.session.get_one(Narrative, key))


def test_a_sign_off_after_one_that_was_taken_back_meanwhile_holds(app: Flask) -> None:
    key = late_narrative()

    def sign() -> None:
        found = db.session.get_one(Narrative, key)
        sign_off(found, revision_number=1, by=found.bucket.owner, at=READING)

    assert behind(app, take_back(key), sign) is None
    kept = db.session.get_one(Narrative, key).sign_off
    assert kept is not None
    assert kept.revision_number == 1


def test_no_draft_is_left_at_a_question_that_was_answered_meanwhile(app: Flask) -> None:
    leader, question = make_person("leader"), make_question(make_quarter())
    keys = (question.id, leader.id)

    def answer(session: Session) -> None:
        move(session, keys[0], expected="waiting", to="answered")

    def save() -> int:
        found, by = db.session.get_one(Question, keys[0]), db.session.get_one(Person, keys[1])
        return actions.save_draft(found, text="Words", seen=0, by=by, at=MONDAY)

    assert isinstance(behind(app, answer, save), AlreadyMoved)
    assert answers.draft(db.session.get_one(Question, keys[0])) is None
