"""What the story tells of questions and answers. Days are counted from the day questions open (day 0)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Fate = Literal["waiting", "claimed", "answered", "declined", "withdrawn", "withheld"]


@dataclass(frozen=True, slots=True)
class AnswerCorrection:
    day: int
    reason: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Promise:
    """Something promised in an answer, to be reported so many quarters after the question's own."""

    key: str
    title: str
    owner: str
    due_after: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A published answer; `text` is Markdown as first published, before any correction."""

    by: str
    answered_day: int
    text: str
    corrections: tuple[AnswerCorrection, ...]
    promise: Promise | None = None

    def text_on(self, day: int) -> str:
        """The answer as it reads on `day`, with the corrections made until then."""
        text = self.text
        for correction in self.corrections:
            if correction.day <= day:
                text = text.replace(correction.was, correction.now)
        return text


@dataclass(frozen=True, slots=True)
class Declined:
    """Who declined a question and when; `reason` is a code of the published policy."""

    by: str
    day: int
    reason: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """Who took a question's text from view and when; `reason` is a code of the published policy."""

    by: str
    day: int
    reason: str
    sentence: str


@dataclass(frozen=True, slots=True)
class AskedBack:
    """What a leader asked whoever asked."""

    by: str
    day: int
    text: str


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What whoever asked added; it is shown on that day."""

    day: int
    text: str


@dataclass(frozen=True, slots=True)
class DraftAnswer:
    """An answer that its holder has begun while the current quarter is asking or answering."""

    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Handoff:
    giver: str
    taker: str
    day: int
    note: str


@dataclass(frozen=True, slots=True)
class Question:
    """One anonymous question. There is no asker here, nor anything that leads to one.

    `standing` is its state while its quarter is shown as asking or answering, `fate` its state in the end;
    for past quarters both are the same. A `pending` one is unseen until questions close. `votes` is how many
    have voted for it by the day after its release. Nobody claims one that is withdrawn or withheld.
    """

    text: str
    bucket: str | None
    passage: str | None
    released_day: int
    votes: int
    due_day: int
    pending: bool
    standing: Fate
    claimed_by: str | None
    claimed_day: int
    handoffs: tuple[Handoff, ...]
    asked_back: tuple[AskedBack, ...]
    follow_ups: tuple[FollowUp, ...]
    draft: DraftAnswer | None
    answer: Answer | None
    declined: Declined | None
    withheld: Withheld | None
    withdrawn_day: int | None

    @property
    def fate(self) -> Fate:
        if self.withheld:
            return "withheld"
        if self.withdrawn_day is not None:
            return "withdrawn"
        return "answered" if self.answer else "declined"
