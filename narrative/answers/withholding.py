"""Taking a question's text from view for good: by an organiser, in public, for a published reason."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete

from narrative.answers.actions import about_entry
from narrative.answers.models import Draft, Withholding
from narrative.answers.rules import WITHHOLD_REASONS
from narrative.database import empty_write_ahead_log, locked, transaction
from narrative.ledger.actions import append
from narrative.ledger.rules import entries
from narrative.people.models import Person
from narrative.questions.actions import AlreadyMoved, erase, move
from narrative.questions.models import Question


def withhold(question: Question, *, was: str, reason: str, sentence: str, by: Person, at: datetime) -> None:
    """Erase a question's text, what was added to it, and the draft of its answer; say why, in public.

    `was` is the state that was seen. Published answers and what was asked back stay. The same again changes
    nothing. Raises AlreadyMoved when the question is in another state by now, ValueError for a reason outside
    the policy.
    """
    if reason not in WITHHOLD_REASONS:
        raise ValueError(f"{reason!r} is not a reason of the policy")
    said: dict[str, Any] = {"reason": reason, "sentence": sentence.strip(), "withheld_by_id": by.id}
    with transaction() as session:
        state = locked(session, Question, question.id).state
        if state == "withheld":
            kept = session.get_one(Withholding, question.id)
            if all(getattr(kept, name) == value for name, value in said.items()):
                return
            raise AlreadyMoved(state)
        if state != was:
            raise AlreadyMoved(state)
        move(session, question.id, expected=was, to="withheld")
        erase(session, question.id)
        session.execute(delete(Draft).where(Draft.question_id == question.id))
        session.add(Withholding(question_id=question.id, **said, withheld_at=at))
        append(session, entries.withheld(**about_entry(session, question, at), reason=reason))
    empty_write_ahead_log()
