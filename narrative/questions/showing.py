"""What whoever asked added or took back comes into effect at a tick, with the tick's transaction."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from narrative.encoding import to_base64url
from narrative.ledger.rules import entries
from narrative.ledger.rules.entries import Entry
from narrative.passes.store import anonymous_reading
from narrative.passes.store_tables import pending_messages
from narrative.quarters.models import Quarter
from narrative.questions.actions import erase, move
from narrative.questions.commitments import SALT_LENGTH, follow_up_hash
from narrative.questions.models import FollowUp, Question
from narrative.questions.rules import ERASED_WORDS, WITHDRAWAL


@dataclass(frozen=True)
class Message:
    """One message in the anonymous store. Those that came before signatures were kept have none."""

    key: bytes
    mark: str
    number: int
    text: str
    salt: bytes
    signature: str | None


@dataclass
class Shown:
    """What came of the messages: the keys of those that are done with, the entries for the ledger, and
    whether a text was erased that had been shown."""

    done: list[bytes] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    erased: bool = False


def waiting_messages(quarter: Quarter) -> list[Message]:
    """Return the messages that wait in a quarter, withdrawals first, then each question's in their turn."""
    names = ("key", "mark", "number", "text", "salt", "signature")
    columns = [pending_messages.c[name] for name in names]
    of_quarter = select(*columns).where(pending_messages.c.quarter == quarter.name)
    with anonymous_reading() as connection:
        rows = connection.execute(
            of_quarter.order_by(pending_messages.c.number, pending_messages.c.key)
        ).all()
    return [
        Message(
            bytes(key),
            mark,
            number,
            text,
            bytes(salt or secrets.token_bytes(SALT_LENGTH)),
            to_base64url(bytes(signature)) if signature else None,
        )
        for key, mark, number, text, salt, signature in rows
    ]


def withdrawn_marks(messages: Sequence[Message]) -> set[str]:
    """Return the marks of questions that whoever asked takes back."""
    return {one.mark for one in messages if one.number == WITHDRAWAL}


def lock_questions(session: Session, quarter: Quarter, messages: Sequence[Message]) -> None:
    """Keep the questions of the messages as they are until the transaction ends.

    Before any count of questions is changed: whoever answers one locks it first and changes the counts then.
    """
    marks = {one.mark for one in messages}
    mine = select(Question.id).where(Question.quarter_id == quarter.id, Question.mark.in_(marks))
    if marks:
        session.execute(mine.order_by(Question.id).with_for_update())


def show(session: Session, quarter: Quarter, messages: Sequence[Message], *, day: date) -> Shown:
    """Show follow-ups and erase what was taken back, in the caller's transaction.

    Messages of a question that is not shown yet wait on. One that nothing can come of any more (answered
    meanwhile, erased, shown already) is done with all the same.
    """
    shown, questions = Shown(), _questions(session, quarter, messages)
    for one in messages:
        question = questions.get(one.mark)
        if question is None:
            continue
        shown.done.append(one.key)
        if one.number == WITHDRAWAL:
            _withdraw(session, quarter, question, one, shown, day=day)
        else:
            _add(session, quarter, question, one, shown, day=day)
    return shown


def _questions(session: Session, quarter: Quarter, messages: Sequence[Message]) -> dict[str, Question]:
    marks = {one.mark for one in messages}
    if not marks:
        return {}
    mine = select(Question).where(Question.quarter_id == quarter.id, Question.mark.in_(marks))
    found = session.scalars(mine.execution_options(populate_existing=True))
    return {question.mark: question for question in found}


def _withdraw(
    session: Session, quarter: Quarter, question: Question, one: Message, shown: Shown, *, day: date
) -> None:
    if question.state != "waiting":
        return
    shown.erased = shown.erased or question.text != ""
    move(session, question.id, expected="waiting", to="withdrawn")
    erase(session, question.id)
    shown.entries.append(
        entries.withdrawn(quarter=quarter.name, id=question.id, day=day, signature=one.signature)
    )


def _add(
    session: Session, quarter: Quarter, question: Question, one: Message, shown: Shown, *, day: date
) -> None:
    if question.state in ERASED_WORDS or session.get(FollowUp, (question.id, one.number)) is not None:
        return
    row = FollowUp(question_id=question.id, number=one.number, text=one.text, salt=one.salt, shown_on=day)
    session.add(row)
    hashed = follow_up_hash(one.salt, mark=one.mark, number=one.number, text=one.text)
    shown.entries.append(
        entries.follow_up(
            quarter=quarter.name,
            mark=one.mark,
            number=one.number,
            text_hash=hashed,
            day=day,
            signature=one.signature,
        )
    )
