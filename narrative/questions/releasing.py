"""Ticks and closing: what waits becomes public, shuffled, exactly once, across two databases.

The main store commits first; its unique marks say what was released already, so a run that was cut short
between the two commits is finished by the next one. `Quarter.ticked_at` is moved by a guarded UPDATE: of two
processes at once one releases, the other does nothing.
"""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Update, delete, or_, select, update
from sqlalchemy.orm import Session

from narrative.database import changed_rows, empty_write_ahead_log, transaction
from narrative.passes.keys import destroy_keys
from narrative.passes.store import anonymous_reading, anonymous_transaction
from narrative.passes.store_tables import pending_questions, spent_passes
from narrative.people.models import Bucket
from narrative.quarters.models import Quarter
from narrative.quarters.rules import tick_at_or_before
from narrative.questions.actions import count
from narrative.questions.models import Question
from narrative.questions.rules import RETRIES_LAST, enough_to_release
from narrative.web.moments import company_day, company_zone

_shuffler = secrets.SystemRandom()


@dataclass(frozen=True)
class Waiting:
    """One question in the anonymous store."""

    key: bytes
    bucket: str | None
    text: str
    mark: str


def tick_if_due(quarter: Quarter, at: datetime) -> int | None:
    """Carry out the latest tick that is due at `at`; return how many questions it released.

    None when no tick is due, or somebody else carried it out. With fewer than three waiting the tick releases
    none and they wait for the next; the last one, when questions close, releases all.
    """
    if quarter.published_at is None or at < quarter.published_at:
        return None
    due = tick_at_or_before(quarter.timetable, tick_minutes=quarter.tick_minutes, zone=company_zone(), at=at)
    if due is None or (quarter.ticked_at is not None and quarter.ticked_at >= due):
        return None
    guard = update(Quarter).where(
        Quarter.id == quarter.id, or_(Quarter.ticked_at.is_(None), Quarter.ticked_at < due)
    )
    return _release(quarter, guard.values(ticked_at=due), tick=due)


def close_if_due(quarter: Quarter, at: datetime) -> bool:
    """Destroy keys, spent passes and request hashes, an hour after questions close; tell whether it was done.

    Not at the very instant of closing: a question that arrived in the last second may have lost its answer,
    and its asker repeats the request. Nothing new is taken in that hour, and what came in on the stroke of
    closing, after the last tick had read what waits, is released now. Nothing can be asked again afterwards.
    """
    destroyed_at = quarter.questions_close_at + RETRIES_LAST
    if quarter.closed_at is not None or quarter.published_at is None or at < destroyed_at:
        return False
    not_closed = update(Quarter).where(Quarter.id == quarter.id, Quarter.closed_at.is_(None))
    last = quarter.questions_close_at
    if _release(quarter, not_closed.values(ticked_at=last), tick=last) is None:
        return False
    with anonymous_transaction(at_tick=True) as connection:
        connection.execute(delete(spent_passes).where(spent_passes.c.quarter == quarter.name))
    with transaction() as session:
        if changed_rows(session, not_closed.values(closed_at=destroyed_at)) != 1:
            return False
        destroy_keys(session, quarter, at=destroyed_at)
    empty_write_ahead_log()
    return True


def _release(quarter: Quarter, guard: Update, *, tick: datetime) -> int | None:
    """Release what waits if the guard lets us, then forget it; return the number, None when it did not."""
    waiting = _waiting_questions(quarter)
    with transaction() as session:
        if changed_rows(session, guard) != 1:
            return None
        known = _known_marks(session, waiting)
        fresh = [one for one in waiting if one.mark not in known]
        if not enough_to_release(len(fresh), last=tick == quarter.questions_close_at):
            fresh = []
        _insert(session, quarter, fresh, tick=tick)
    done = known | {one.mark for one in fresh}
    _forget([one.key for one in waiting if one.mark in done])
    return len(fresh)


def _waiting_questions(quarter: Quarter) -> list[Waiting]:
    columns = [pending_questions.c[name] for name in ("key", "bucket", "text", "mark")]
    with anonymous_reading() as connection:
        rows = connection.execute(select(*columns).where(pending_questions.c.quarter == quarter.name))
        return [Waiting(bytes(key), bucket, text, mark) for key, bucket, text, mark in rows]


def _known_marks(session: Session, waiting: Sequence[Waiting]) -> set[str]:
    marks = [one.mark for one in waiting]
    return set(session.scalars(select(Question.mark).where(Question.mark.in_(marks))))


def _insert(session: Session, quarter: Quarter, fresh: list[Waiting], *, tick: datetime) -> None:
    buckets: dict[str | None, int] = {
        row[0]: row[1] for row in session.execute(select(Bucket.slug, Bucket.id))
    }
    day = company_day(tick)
    _shuffler.shuffle(fresh)
    numbers: Counter[int | None] = Counter()
    for one in fresh:
        question = Question(
            id=secrets.token_hex(16),
            quarter_id=quarter.id,
            bucket_id=buckets.get(one.bucket),
            text=one.text,
            mark=one.mark,
            released_on=day,
            state="waiting",
        )
        session.add(question)
        numbers[question.bucket_id] += 1
    session.flush()
    for bucket_id, number in numbers.items():
        count(session, Question(quarter_id=quarter.id, bucket_id=bucket_id), "waiting", number)


def _forget(keys: list[bytes]) -> None:
    with anonymous_transaction(at_tick=True) as connection:
        connection.execute(delete(pending_questions).where(pending_questions.c.key.in_(keys)))
