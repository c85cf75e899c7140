"""Writing questions. `move` is the only way a state changes."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from narrative.database import changed_rows, insertion
from narrative.questions.models import FollowUp, Question, Tally
from narrative.questions.rules import may_become


class AlreadyMoved(Exception):
    """Somebody else moved the question first. `state` is where it is now."""

    def __init__(self, state: str) -> None:
        super().__init__(f"the question is already {state}")
        self.state = state


def move(session: Session, question_id: str, *, expected: str, to: str) -> None:
    """Move a question from the state `expected` to `to`, and its count with it, in the caller's transaction.

    Raises AlreadyMoved when it is no longer in `expected`, ValueError for a move that no rule allows.
    """
    if not may_become(expected, to):
        raise ValueError(f"a question cannot go from {expected} to {to}")
    guarded = update(Question).where(Question.id == question_id, Question.state == expected)
    if changed_rows(session, guarded.values(state=to)) != 1:
        raise AlreadyMoved(session.scalars(select(Question.state).where(Question.id == question_id)).one())
    question = session.get_one(Question, question_id, populate_existing=True)
    # In one order whichever way it goes: who answers and who reopens would each wait for the other's count.
    for state, change in sorted([(expected, -1), (to, 1)]):
        count(session, question, state, change)


def erase(session: Session, question_id: str) -> None:
    """Erase a question's text and those of its follow-ups, and the salts that open their commitments, in the
    caller's transaction. Call `database.empty_write_ahead_log` after it."""
    nothing = {"text": "", "salt": None}
    session.execute(update(Question).where(Question.id == question_id).values(nothing))
    session.execute(update(FollowUp).where(FollowUp.question_id == question_id).values(nothing))


def count(session: Session, question: Question, state: str, change: int) -> None:
    """Add `change` to the kept count of the question's quarter, bucket and the given state."""
    key = {"quarter_id": question.quarter_id, "bucket_id": question.bucket_id or 0, "state": state}
    raised = update(Tally).filter_by(**key).values(number=Tally.number + change)
    if changed_rows(session, raised) == 0:
        # The first of its kind; somebody may be counting another first one at the same moment.
        first = insertion(session, Tally).values(**key, number=change)
        total = {"number": Tally.number + first.excluded.number}
        session.execute(first.on_conflict_do_update(index_elements=list(key), set_=total))
