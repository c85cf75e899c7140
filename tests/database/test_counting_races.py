"""Counts of questions stay right while many move questions both ways at once, and nobody is turned away."""

import threading
from datetime import datetime

from flask import Flask
from sqlalchemy import select

from narrative.database import db, transaction
from narrative.questions import queries
from narrative.questions.actions import move
from narrative.questions.models import Question
from tests.factories import make_quarter, make_question

TURNS = 25


def test_answering_and_reopening_at_once_never_wait_for_each_other(app: Flask) -> None:
    """Both change the same two counts: taken in two orders, PostgreSQL would refuse one as a deadlock."""
    quarter = make_quarter(published_at=datetime.fromisoformat("2026-04-01T08:00:00+00:00"))
    ids = [make_question(quarter).id for _one in range(4)]
    db.session.rollback()
    together, problems = threading.Barrier(len(ids)), []

    def to_and_fro(question_id: str) -> None:
        with app.app_context():
            together.wait()
            try:
                for _turn in range(TURNS):
                    for expected, to in (("waiting", "answered"), ("answered", "waiting")):
                        with transaction() as session:
                            move(session, question_id, expected=expected, to=to)
            except Exception as problem:
                problems.append(problem)
            db.session.remove()

    threads = [threading.Thread(target=to_and_fro, args=(one,)) for one in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert set(db.session.scalars(select(Question.state))) == {"waiting"}
    assert queries.counts(quarter)["waiting"] == len(ids)
