"""What whoever asked adds to a question or takes back, signed with the key of its mark.

It comes without a cookie and without a pass: whoever can sign is whoever asked. Nothing here writes to the
main database, and nothing here logs. A message waits in the anonymous store for its tick.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from narrative.database import db
from narrative.encoding import fields
from narrative.passes.store import anonymous_reading, anonymous_transaction, insert_unless_there
from narrative.passes.store_tables import pending_messages, pending_questions
from narrative.quarters.models import Quarter
from narrative.questions import queries
from narrative.questions.commitments import follow_up_hash
from narrative.questions.commitments import message as message_bytes
from narrative.questions.rules import (
    ERASED_WORDS,
    MESSAGES_LAST,
    MOST_FOLLOW_UPS,
    WITHDRAWAL,
    follow_up_error,
    is_mark,
    message_tick_after,
    normal_text,
)
from narrative.questions.signatures import signature_of
from narrative.web.moments import company_zone

KEY_LABEL = b"narrative message key v1"
KEY_LENGTH = 16


class MessageRefused(Exception):
    """The message is malformed, wrongly signed, or about no question of this quarter; never said which."""


class MessageNotTaken(Exception):
    """The message is good and comes at the wrong time. `reason` is one of NOT_TAKEN."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TextRefused(Exception):
    """The text cannot be taken as it is, and why."""


NOT_TAKEN = ("other text", "out of turn", "too many", "erased", "answered", "over")


@dataclass(frozen=True)
class Message:
    """A message: the mark of its question, its number, and its text as it is kept ("" for a withdrawal).

    `salt` opens what the ledger will hold of the text; a withdrawal has none.
    """

    mark: str
    number: int
    text: str
    salt: bytes | None

    @property
    def key(self) -> bytes:
        """Where it waits: the same for a repeated request."""
        named = fields(KEY_LABEL, self.mark.encode(), str(self.number).encode())
        return hashlib.sha256(named).digest()[:KEY_LENGTH]

    @property
    def text_hash(self) -> str:
        """What the ledger will hold of the text, and what is signed for it."""
        if self.salt is None:
            return ""
        return follow_up_hash(self.salt, mark=self.mark, number=self.number, text=self.text)


@dataclass(frozen=True)
class Said:
    """What is known of a question: its state, and the texts of its messages by number, shown or waiting."""

    state: str
    messages: dict[int, str]


def next_message_tick(quarter: Quarter, at: datetime) -> datetime | None:
    """Return the instant at which a message that comes at `at` is shown, or None after the last."""
    return message_tick_after(
        quarter.timetable, tick_minutes=quarter.tick_minutes, zone=company_zone(), at=at
    )


def receive(
    quarter: Quarter,
    *,
    mark: str,
    number: int,
    text: str,
    salt: bytes | None,
    signature: str,
    at: datetime,
) -> datetime | None:
    """Take a message for the next tick, whose instant is returned. The same again changes nothing.

    `number` is 0 for a withdrawal, without text and salt, and counts follow-ups from 1. `signature` is
    Ed25519 (RFC 8032) in base64url, over commitments.message; it is shown with the message, for all to check.

    Raises MessageRefused, MessageNotTaken or TextRefused; then nothing was changed.
    """
    if not is_mark(mark) or number < WITHDRAWAL or (salt is None) != (number == WITHDRAWAL):
        raise MessageRefused
    sent = Message(mark, number, normal_text(text), salt)
    said_bytes = message_bytes(quarter=quarter.name, mark=mark, number=number, text_hash=sent.text_hash)
    signed = signature_of(mark, signature, said_bytes)
    said = _said(quarter, mark) if signed else None
    if signed is None or said is None:
        raise MessageRefused
    if number == WITHDRAWAL:
        if sent.text:
            raise MessageRefused
    elif problem := follow_up_error(sent.text):
        raise TextRefused(problem)
    if not _is_repeated(sent, said):
        _check_turn(quarter, sent, said, at)
        _store(quarter, sent, signed)
    return next_message_tick(quarter, at)


def _said(quarter: Quarter, mark: str) -> Said | None:
    """Return what is known of the question with that mark, or None for one that never came.

    What waits is read first and what is shown afterwards, as it stands by then: a tick shows before it
    forgets, so that whatever it moves meanwhile is seen here or there.
    """
    with anonymous_reading() as connection:
        waits = _waits(connection, quarter, mark)
        messages = _waiting_messages(connection, mark)
    db.session.commit()
    question = queries.question_of_mark(mark)
    if question is None:
        return Said("waiting", messages) if waits else None
    if question.quarter_id != quarter.id:
        return None
    return Said(question.state, messages | {row.number: row.text for row in queries.follow_ups(question)})


def _waits(connection: Connection, quarter: Quarter, mark: str) -> bool:
    mine = pending_questions.c.mark == mark, pending_questions.c.quarter == quarter.name
    return connection.execute(select(pending_questions.c.mark).where(*mine)).first() is not None


def _waiting_messages(connection: Connection, mark: str) -> dict[int, str]:
    columns = select(pending_messages.c.number, pending_messages.c.text)
    return {row[0]: row[1] for row in connection.execute(columns.where(pending_messages.c.mark == mark))}


def _is_repeated(sent: Message, said: Said) -> bool:
    if sent.number == WITHDRAWAL:
        return said.state == "withdrawn" or WITHDRAWAL in said.messages
    if said.state in ERASED_WORDS:
        return False
    kept = said.messages.get(sent.number)
    if kept is not None and kept != sent.text:
        raise MessageNotTaken("other text")
    return kept is not None


def _check_turn(quarter: Quarter, sent: Message, said: Said, at: datetime) -> None:
    if said.state in ERASED_WORDS or WITHDRAWAL in said.messages:
        raise MessageNotTaken("erased")
    if at >= quarter.questions_close_at + MESSAGES_LAST:
        raise MessageNotTaken("over")
    if sent.number == WITHDRAWAL:
        if said.state != "waiting":
            raise MessageNotTaken("answered")
    elif sent.number > MOST_FOLLOW_UPS:
        raise MessageNotTaken("too many")
    elif sent.number > 1 and sent.number - 1 not in said.messages:
        raise MessageNotTaken("out of turn")


def _store(quarter: Quarter, sent: Message, signature: bytes) -> None:
    values = {"mark": sent.mark, "number": sent.number, "text": sent.text, "salt": sent.salt}
    with anonymous_transaction() as connection:
        if not insert_unless_there(
            connection,
            pending_messages,
            key=sent.key,
            quarter=quarter.name,
            signature=signature,
            **values,
        ):
            # Sent twice at the same moment: the one that was first stands.
            kept = select(pending_messages.c.text).where(pending_messages.c.key == sent.key)
            if connection.execute(kept).scalar_one() != sent.text:
                raise MessageNotTaken("other text")
