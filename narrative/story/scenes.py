"""One question on its way through its quarter, and the acts of which its way consists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from narrative.quarters.models import Quarter
from narrative.questions.models import Question
from narrative.questions.queries import question_of_mark
from narrative.story import asked
from narrative.story.play_asking import Receipt

if TYPE_CHECKING:
    from narrative.story.play import Calendar, Cast


@dataclass(frozen=True)
class Act:
    """Something that happens at an instant, which it is given."""

    at: datetime
    do: Callable[[datetime], object]


@dataclass(frozen=True)
class Scene:
    """One question; `minute` spreads what happens to several of them on one day."""

    told: asked.Question
    receipt: Receipt
    quarter: Quarter
    cast: Cast
    calendar: Calendar
    minute: int

    def at(self, day: int, hour: int) -> datetime:
        """Return the scene's own minute of an hour of a day."""
        return self.calendar.at(day, hour, self.minute)

    @property
    def question(self) -> Question:
        """Return the question as it stands. Raises LookupError before its release."""
        found = question_of_mark(self.receipt.mark)
        if found is None:
            raise LookupError("no tick has released the question yet")
        return found
