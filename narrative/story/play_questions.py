"""Play a quarter's questions: released, claimed, handed off, answered, declined; or still waiting unseen."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sqlalchemy import insert

from narrative.answers import actions
from narrative.database import transaction
from narrative.passes.store import anonymous_transaction
from narrative.passes.store_tables import pending_questions
from narrative.quarters.models import Quarter
from narrative.questions.actions import count
from narrative.questions.models import Question
from narrative.story import asked, shapes

if TYPE_CHECKING:
    from narrative.story.play import Calendar, Cast


def play_questions(
    told: shapes.Quarter, quarter: Quarter, cast: Cast, calendar: Calendar, *, today: int
) -> None:
    """Tell what has become of each question by the day `today` of the quarter's calendar."""
    over = calendar.at(today) >= quarter.answers_due_at
    released = [one for one in told.questions if one.released_day <= today and (not one.pending or over)]
    for number, one in enumerate(released):
        question = _release(one, quarter, cast, calendar)
        fate = one.fate if over else one.standing
        _become(one, question, fate, cast, calendar, minute=7 * number % 60)
    if quarter.questions_open_at <= calendar.at(today) < quarter.questions_close_at:
        for one in told.questions:
            if one.pending:
                _wait_unseen(one, quarter)


def _release(told: asked.Question, quarter: Quarter, cast: Cast, calendar: Calendar) -> Question:
    bucket = cast.buckets[told.bucket] if told.bucket else None
    with transaction() as session:
        question = Question(
            id=secrets.token_hex(16),
            quarter_id=quarter.id,
            bucket_id=bucket.id if bucket else None,
            text=told.text.strip(),
            mark=secrets.token_urlsafe(32),
            released_on=calendar.at(told.released_day).date(),
        )
        session.add(question)
        session.flush()
        count(session, question, "waiting", 1)
    return question


def _become(
    told: asked.Question, question: Question, fate: asked.Fate, cast: Cast, calendar: Calendar, *, minute: int
) -> None:
    if fate == "waiting":
        return
    holder = cast.people[told.claimed_by]
    due_on = calendar.at(told.due_day).date()
    actions.claim(question, by=holder, due_on=due_on, at=calendar.at(told.claimed_day, 9, minute))
    if fate == "claimed":
        if told.draft:
            at, by = calendar.at(told.claimed_day, 15, minute), cast.people[told.draft.by]
            actions.save_draft(question, text=told.draft.text.strip(), seen=0, by=by, at=at)
        return
    for hand in told.handoffs:
        actions.hand_off(
            question,
            holder=cast.people[hand.giver],
            to=cast.people[hand.taker],
            note=hand.note,
            due_on=due_on,
            at=calendar.at(hand.day, 10, minute),
        )
    if told.answer:
        _answer(told.answer, question, cast, calendar, minute=minute)
    elif told.declined:
        at, said = calendar.at(told.declined.day, 14, minute), told.declined
        actions.decline(question, reason=said.reason, sentence=said.sentence, by=cast.people[said.by], at=at)


def _answer(told: asked.Answer, question: Question, cast: Cast, calendar: Calendar, *, minute: int) -> None:
    by = cast.people[told.by]
    at = calendar.at(told.answered_day, 13, minute)
    actions.publish(question, text=told.text.strip(), by=by, at=at)
    for number, correction in enumerate(told.corrections, start=1):
        actions.correct(
            question,
            text=told.text_on(correction.day).strip(),
            reason=correction.reason,
            seen=number,
            by=by,
            at=calendar.at(correction.day, 16, minute),
        )


def _wait_unseen(told: asked.Question, quarter: Quarter) -> None:
    with anonymous_transaction() as connection:
        connection.execute(
            insert(pending_questions).values(
                key=secrets.token_bytes(16),
                quarter=quarter.name,
                bucket=told.bucket,
                text=told.text.strip(),
                mark=secrets.token_urlsafe(32),
            )
        )
