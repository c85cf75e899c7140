"""Play a quarter's questions in the order of time: asked, released by ticks, voted for, answered, closed.

Everything goes through the acts that requests and ticks use, so that counts and ledger are those of life.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from narrative.quarters.models import Quarter
from narrative.questions.releasing import close_if_due, show_messages_if_due, tick_if_due
from narrative.questions.rules import RETRIES_LAST, WITHDRAWAL
from narrative.story import shapes
from narrative.story.play_answers import answering
from narrative.story.play_asking import Receipt, ask, send, vote
from narrative.story.scenes import Act, Scene

if TYPE_CHECKING:
    from narrative.story.play import Calendar, Cast

# What reaches the anonymous store comes in the evening, and appears at the tick of the next morning.
EVENING, TICK, AFTER_CLOSING = 20, 8, 18


def play_questions(
    told: shapes.Quarter,
    quarter: Quarter,
    cast: Cast,
    calendar: Calendar,
    *,
    days: shapes.Timetable,
    today: int,
) -> None:
    """Tell what has become of each question by the day `today` of the quarter's calendar."""
    if today < days.questions_open:
        return
    over = today >= days.answers_due
    acts = list(_upkeep(told, quarter, calendar, days=days, today=today))
    for number, one in enumerate(told.questions):
        scene = Scene(one, Receipt(), quarter, cast, calendar, minute=7 * number % 60)
        acts += _asking(scene, today=today)
        acts += _messages(scene, today=today)
        acts += answering(scene, one.fate if over else one.standing, today=today)
    # Stable: what happens at one instant happens in the order in which it is told.
    for act in sorted(acts, key=lambda act: act.at):
        act.do(act.at)


def _upkeep(
    told: shapes.Quarter, quarter: Quarter, calendar: Calendar, *, days: shapes.Timetable, today: int
) -> Iterator[Act]:
    """What is due by itself: a tick each morning, closing, and messages of later days."""
    for day in range(1, min(today, days.questions_close)):
        yield Act(calendar.at(day, TICK), lambda at: tick_if_due(quarter, at))
    if today <= days.questions_close:
        return
    yield Act(quarter.questions_close_at, lambda at: tick_if_due(quarter, at))
    yield Act(quarter.questions_close_at + RETRIES_LAST, lambda at: close_if_due(quarter, at))
    added = {message.day for one in told.questions for message in one.follow_ups}
    for day in sorted(added):
        if days.questions_close < day <= today:
            yield Act(calendar.at(day, AFTER_CLOSING), lambda at: show_messages_if_due(quarter, at))


def _asking(scene: Scene, *, today: int) -> Iterator[Act]:
    """A question comes the evening before its release, votes for it on the day."""
    told, calendar = scene.told, scene.calendar
    if told.released_day > today and not told.pending:
        return
    # Day 0 has no tick, and questions open on it at nine.
    at = calendar.at(min(told.released_day, today) - 1, EVENING)
    yield Act(at, lambda _at: ask(told, scene.receipt, scene.quarter))
    if told.votes and told.released_day < today:
        at = calendar.at(told.released_day, EVENING)
        yield Act(at, lambda _at: vote(scene.receipt, scene.quarter, told.votes))


def _messages(scene: Scene, *, today: int) -> Iterator[Act]:
    """What whoever asked adds or takes back comes the evening before it appears."""
    sent = [(day.day, number, day.text) for number, day in enumerate(scene.told.follow_ups, start=1)]
    if scene.told.withdrawn_day is not None:
        sent.append((scene.told.withdrawn_day, WITHDRAWAL, ""))
    for day, number, text in sent:
        if day < today:
            at = scene.calendar.at(day - 1, EVENING)
            yield Act(at, _sending(scene, number, text))


def _sending(scene: Scene, number: int, text: str) -> Callable[[datetime], None]:
    return lambda at: send(scene.receipt, scene.quarter, number=number, text=text, at=at)
