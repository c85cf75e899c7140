"""Ticks and closing: what waits becomes public, shuffled, exactly once, across two databases.

The main store commits first; its unique marks say what was released already, so a run that was cut short
between the two commits is finished by the next one. `Quarter.ticked_at` is moved by a guarded UPDATE: of two
processes at once one releases, the other does nothing.
"""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Update, delete, func, or_, select, update
from sqlalchemy.orm import Session

from narrative.database import changed_rows, empty_write_ahead_log, transaction
from narrative.ledger.actions import append
from narrative.ledger.rules import entries
from narrative.ledger.rules.entries import Entry
from narrative.passes.keys import destroy_keys
from narrative.passes.store import anonymous_reading, anonymous_transaction
from narrative.passes.store_tables import pending_messages, pending_questions, spent_passes, votes
from narrative.people.models import Bucket
from narrative.quarters.models import Quarter
from narrative.quarters.rules import tick_at_or_before
from narrative.questions.actions import count
from narrative.questions.commitments import SALT_LENGTH, commitment
from narrative.questions.counting import counted_votes, keep_votes
from narrative.questions.models import Question
from narrative.questions.rules import (
    MESSAGES_LAST,
    RETRIES_LAST,
    enough_to_release,
    message_tick_at_or_before,
)
from narrative.questions.showing import Message, lock_questions, show, waiting_messages, withdrawn_marks
from narrative.questions.slots import has_room, next_slots
from narrative.web.moments import company_day, company_zone

_shuffler = secrets.SystemRandom()

# Longer than messages are taken by two days: whoever comes late still carries out the last day's.
MESSAGES_SHOWN = MESSAGES_LAST + timedelta(days=2)


@dataclass(frozen=True)
class Waiting:
    """One question in the anonymous store."""

    key: bytes
    bucket: str | None
    text: str
    mark: str
    salt: bytes


@dataclass(frozen=True)
class Tick:
    """What a tick found: all of it was read before the transaction that shows it, and is forgotten after.

    `votes` is None where they are not counted anew.
    """

    at: datetime
    last: bool
    questions: list[Waiting]
    messages: list[Message]
    votes: dict[int, int] | None

    @property
    def day(self) -> date:
        """The only time that is kept."""
        return company_day(self.at)


def tick_if_due(quarter: Quarter, at: datetime) -> int | None:
    """Carry out the latest tick that is due at `at`; return how many questions it released.

    None when no tick is due, or somebody else carried it out. With fewer than three waiting the tick releases
    none and they wait for the next; the last one, when questions close, releases all. Votes are counted, and
    what whoever asked added or took back is shown, at each.
    """
    if quarter.published_at is None or at < quarter.published_at:
        return None
    due = tick_at_or_before(quarter.timetable, tick_minutes=quarter.tick_minutes, zone=company_zone(), at=at)
    if due is None or _is_over(quarter, due):
        return None
    waiting = _waiting_questions(quarter)
    # A tick without enough slots is not carried out: the next visitor finds the round of keys made.
    if not has_room(quarter, len(waiting), at):
        return None
    guard = _not_ticked(quarter, due).values(ticked_at=due)
    return _release(quarter, guard, _found(quarter, due, waiting))


def show_messages_if_due(quarter: Quarter, at: datetime) -> int | None:
    """Show what whoever asked added or took back since a quarter was closed, once a day for sixty days.

    Returns how many messages came into effect, None when nothing is due or somebody else did it.
    """
    if quarter.closed_at is None or at >= quarter.questions_close_at + MESSAGES_SHOWN:
        return None
    zone = company_zone()
    due = message_tick_at_or_before(quarter.timetable, tick_minutes=quarter.tick_minutes, zone=zone, at=at)
    if due is None or _is_over(quarter, due):
        return None
    found = Tick(due, last=False, questions=[], messages=waiting_messages(quarter), votes={})
    with transaction() as session:
        if changed_rows(session, _not_ticked(quarter, due).values(ticked_at=due)) != 1:
            return None
        lock_questions(session, quarter, found.messages)
        shown = show(session, quarter, found.messages, day=found.day)
        append(session, *shown.entries)
    _forget([], shown.done, erased=shown.erased)
    return len(shown.entries)


def close_if_due(quarter: Quarter, at: datetime) -> bool:
    """Destroy keys, spent passes, votes and request hashes, an hour after questions close; tell whether it
    was done.

    Not at the very instant of closing: a question that arrived in the last second may have lost its answer,
    and its asker repeats the request. Nothing new is taken in that hour, and what came in on the stroke of
    closing, after the last tick had read what waits, is released and counted now. Nothing can be asked again
    afterwards.
    """
    destroyed_at = quarter.questions_close_at + RETRIES_LAST
    if quarter.closed_at is not None or quarter.published_at is None or at < destroyed_at:
        return False
    not_closed = update(Quarter).where(Quarter.id == quarter.id, Quarter.closed_at.is_(None))
    last = _found(quarter, quarter.questions_close_at, _waiting_questions(quarter))
    # Whoever was cut short below, or closes at this moment, may have deleted the votes that it counted.
    last = replace(last, votes=last.votes or None)
    if _release(quarter, not_closed.values(ticked_at=last.at), last) is None:
        return False
    with anonymous_transaction(at_tick=True) as connection:
        for table in (spent_passes, votes):
            connection.execute(delete(table).where(table.c.quarter == quarter.name))
    with transaction() as session:
        if changed_rows(session, not_closed.values(closed_at=destroyed_at)) != 1:
            return False
        destroy_keys(session, quarter, at=destroyed_at)
        received = select(func.count()).select_from(Question).where(Question.quarter_id == quarter.id)
        number = session.scalar(received) or 0
        append(session, entries.close(quarter=quarter.name, received=number, day=company_day(destroyed_at)))
    empty_write_ahead_log()
    return True


def _is_over(quarter: Quarter, due: datetime) -> bool:
    return quarter.ticked_at is not None and quarter.ticked_at >= due


def _not_ticked(quarter: Quarter, due: datetime) -> Update:
    not_yet = or_(Quarter.ticked_at.is_(None), Quarter.ticked_at < due)
    return update(Quarter).where(Quarter.id == quarter.id, not_yet)


def _found(quarter: Quarter, due: datetime, waiting: list[Waiting]) -> Tick:
    messages, votes = waiting_messages(quarter), counted_votes(quarter)
    return Tick(due, due == quarter.questions_close_at, waiting, messages, votes)


def _release(quarter: Quarter, guard: Update, tick: Tick) -> int | None:
    """Release what waits if the guard lets us, then forget it; return the number, None when it did not."""
    with transaction() as session:
        if changed_rows(session, guard) != 1:
            return None
        known = _known_marks(session, tick.questions)
        fresh = [one for one in tick.questions if one.mark not in known]
        if not enough_to_release(len(fresh), last=tick.last):
            fresh = []
        # Questions first, then the counts of questions, the ledger last, like whoever answers at this moment.
        lock_questions(session, quarter, tick.messages)
        if tick.votes is not None:
            keep_votes(session, quarter, tick.votes)
        written = _insert(session, quarter, fresh, tick)
        shown = show(session, quarter, tick.messages, day=tick.day)
        append(session, *written, *shown.entries)
    done = known | {one.mark for one in fresh}
    _forget([one.key for one in tick.questions if one.mark in done], shown.done, erased=shown.erased)
    return len(fresh)


def _waiting_questions(quarter: Quarter) -> list[Waiting]:
    columns = [pending_questions.c[name] for name in ("key", "bucket", "text", "mark", "salt")]
    with anonymous_reading() as connection:
        rows = connection.execute(select(*columns).where(pending_questions.c.quarter == quarter.name)).all()
    # Those that came before questions had salts get one now.
    return [
        Waiting(bytes(key), bucket, text, mark, bytes(salt or secrets.token_bytes(SALT_LENGTH)))
        for key, bucket, text, mark, salt in rows
    ]


def _known_marks(session: Session, waiting: Sequence[Waiting]) -> set[str]:
    marks = [one.mark for one in waiting]
    return set(session.scalars(select(Question.mark).where(Question.mark.in_(marks))))


def _insert(session: Session, quarter: Quarter, fresh: list[Waiting], tick: Tick) -> list[Entry]:
    """Insert the questions in random order; return what is to be written into the ledger."""
    if not fresh:
        return []
    found = session.execute(select(Bucket.slug, Bucket.id))
    buckets: dict[str | None, int] = {row[0]: row[1] for row in found}
    # A question that was taken back before anybody saw it is written nowhere but here: as its commitment.
    taken_back = withdrawn_marks(tick.messages)
    _shuffler.shuffle(fresh)
    slots = next_slots(session, quarter)
    written = [entries.tick(quarter=quarter.name, released=len(fresh), day=tick.day)]
    numbers: Counter[int | None] = Counter()
    for one in fresh:
        question = Question(
            id=secrets.token_hex(16),
            quarter_id=quarter.id,
            bucket_id=buckets.get(one.bucket),
            text="" if one.mark in taken_back else one.text,
            mark=one.mark,
            salt=None if one.mark in taken_back else one.salt,
            slot=next(slots),
            released_on=tick.day,
            state="waiting",
        )
        session.add(question)
        numbers[question.bucket_id] += 1
        written.append(_entry(quarter, question.id, one, day=tick.day))
    session.flush()
    for bucket_id, number in numbers.items():
        count(session, Question(quarter_id=quarter.id, bucket_id=bucket_id), "waiting", number)
    return written


def _entry(quarter: Quarter, question_id: str, one: Waiting, *, day: date) -> Entry:
    committed = commitment(one.salt, quarter=quarter.name, bucket=one.bucket, text=one.text)
    return entries.question(
        quarter=quarter.name, id=question_id, mark=one.mark, commitment=committed, day=day
    )


def _forget(questions: list[bytes], messages: list[bytes], *, erased: bool) -> None:
    with anonymous_transaction(at_tick=True) as connection:
        connection.execute(delete(pending_questions).where(pending_questions.c.key.in_(questions)))
        connection.execute(delete(pending_messages).where(pending_messages.c.key.in_(messages)))
    if erased:
        empty_write_ahead_log()
