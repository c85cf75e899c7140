"""Asking: a pass and a question come in, and nothing about who brought them.

Nothing here writes to the main database, and nothing here logs. What is stored is stored in one transaction
of the anonymous store: no pass is ever spent without its question, nor a question taken without its pass.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from narrative.config import settings_of
from narrative.ledger.signing import promise
from narrative.passes import redeem
from narrative.passes.keys import ASK
from narrative.passes.store import anonymous_reading, anonymous_transaction, insert_unless_there
from narrative.passes.store_tables import pending_questions, spent_passes
from narrative.people import queries as people
from narrative.quarters.models import Quarter
from narrative.quarters.rules import tick_after
from narrative.questions import queries
from narrative.questions.commitments import commitment, utf8
from narrative.questions.rules import asking_phase, is_mark, is_slug, normal_text, question_error
from narrative.web.moments import company_zone

BODY_LABEL = b"narrative body v2"
KEY_LABEL = b"narrative pending v1"
KEY_LENGTH = 16


@dataclass(frozen=True)
class Asked:
    """What a browser sends: a pass, a text, a bucket's slug or None, and a receipt's mark and salt."""

    token: bytes
    text: str
    bucket: str | None
    mark: str
    salt: bytes

    @property
    def body_hash(self) -> bytes:
        """A hash of it all, with the token in it: nobody can compute it from a question alone."""
        bucket = b"" if self.bucket is None else b"=" + utf8(self.bucket)
        return _digest(BODY_LABEL, self.token, utf8(self.text), bucket, utf8(self.mark), self.salt)

    @property
    def key(self) -> bytes:
        """Where it waits: random to anybody without the token, and the same for a repeated request."""
        return _digest(KEY_LABEL, self.token)[:KEY_LENGTH]


@dataclass(frozen=True)
class Received:
    """What whoever asked is told: the tick at which the question appears, and the signed promise of it."""

    tick: datetime | None
    promise: str


class PassRefused(Exception):
    """The pass is malformed, tampered with, or of another quarter. It is never said which."""


class AlreadySpent(Exception):
    """The pass was spent on another question."""


class NotOpen(Exception):
    """Questions cannot be asked now; `phase` is that of rules.asking_phase."""

    def __init__(self, phase: str) -> None:
        super().__init__(phase)
        self.phase = phase


class QuestionRefused(Exception):
    """The question cannot be taken as it is: `field` ('text' or 'bucket') and why. The pass is still good."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def phase(quarter: Quarter, at: datetime) -> str:
    """Return whether questions can be asked at `at`, as rules.asking_phase says it."""
    return asking_phase(quarter.stage(at), passes_held=quarter.passes_held, floor=settings_of().asking_floor)


def next_tick(quarter: Quarter, at: datetime) -> datetime | None:
    """Return the instant at which what is asked at `at` can appear first, or None after the last tick."""
    return tick_after(quarter.timetable, tick_minutes=quarter.tick_minutes, zone=company_zone(), at=at)


def receive(
    quarter: Quarter, *, token: bytes, text: str, bucket: str | None, mark: str, salt: bytes, at: datetime
) -> Received:
    """Take a question for the next tick, spend the pass, and promise that the question will be shown.

    The same request again is answered again and changes nothing, until an hour after closing; until then the
    keys and the spent passes are kept for exactly this. `bucket` is a slug or None, `mark` the public key by
    which its receipt finds the question, `salt` what keeps anybody from trying texts against its commitment.

    Raises PassRefused, AlreadySpent, NotOpen or QuestionRefused; then nothing was changed.
    """
    now = phase(quarter, at)
    if quarter.closed_at is not None:
        raise NotOpen(now)
    asked = Asked(token, text, bucket, mark, salt)
    spent_mark = _verified(quarter, token)
    # Only a colleague is told when questions open, or how many hold passes.
    if now in {"before", "too few"}:
        raise NotOpen(now)
    if not _was_received(asked, spent_mark):
        if now == "over":
            raise NotOpen(now)
        _check(asked)
    # Signed before anything is stored: without its promise no question is taken.
    received = Received(next_tick(quarter, at), _promise(quarter, asked))
    if not queries.is_released(mark):
        _store(quarter, asked, spent_mark)
    return received


def _verified(quarter: Quarter, token: bytes) -> bytes:
    try:
        return redeem.verify(token, quarter_name=quarter.name, purpose=ASK)
    except redeem.REFUSALS:
        raise PassRefused from None


def _was_received(asked: Asked, spent_mark: bytes) -> bool:
    with anonymous_reading() as connection:
        return _same_spent(connection, asked, spent_mark)


def _same_spent(connection: Connection, asked: Asked, spent_mark: bytes) -> bool:
    """Tell whether the pass was spent by this very request. Raises AlreadySpent if by another."""
    spent = select(spent_passes.c.body_hash).where(spent_passes.c.spent_mark == spent_mark)
    kept = connection.execute(spent).scalar()
    if kept is not None and bytes(kept) != asked.body_hash:
        raise AlreadySpent
    return kept is not None


def _check(asked: Asked) -> None:
    # With the mark of a question that is shown already it would be taken for that one, and never be shown.
    if not is_mark(asked.mark) or queries.is_released(asked.mark):
        raise PassRefused
    problem = question_error(asked.text)
    if problem is not None:
        raise QuestionRefused("text", problem)
    if asked.bucket is not None:
        found = people.bucket(asked.bucket) if is_slug(asked.bucket) else None
        if found is None or found.archived_at is not None:
            raise QuestionRefused("bucket", "Choose another bucket: this one is not there any more")


def _promise(quarter: Quarter, asked: Asked) -> str:
    text = normal_text(asked.text)
    committed = commitment(asked.salt, quarter=quarter.name, bucket=asked.bucket, text=text)
    return promise(
        quarter=quarter.name, commitment=committed, mark=asked.mark, close=quarter.questions_close_at
    )


def _store(quarter: Quarter, asked: Asked, spent_mark: bytes) -> None:
    spent = {"spent_mark": spent_mark, "quarter": quarter.name, "body_hash": asked.body_hash}
    question = {
        "key": asked.key,
        "quarter": quarter.name,
        "bucket": asked.bucket,
        "text": normal_text(asked.text),
        "mark": asked.mark,
        "salt": asked.salt,
    }
    with anonymous_transaction() as connection:
        new = insert_unless_there(connection, spent_passes, **spent)
        if not new:
            _same_spent(connection, asked, spent_mark)
        # A repeated request puts back what an unlogged table lost when PostgreSQL crashed.
        if not insert_unless_there(connection, pending_questions, **question) and new:
            # Another waiting question has this mark; an honest browser draws it from 128 random bits.
            raise PassRefused


def _digest(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(len(part).to_bytes(4, "big") + part for part in parts)).digest()
