"""Build the questions of a quarter, with their claims, answers and refusals, from its questions.toml."""

from __future__ import annotations

from typing import get_args

from narrative.story.asked import Answer, AnswerCorrection, Declined, DraftAnswer, Fate, Handoff, Question
from narrative.story.reading import Table
from narrative.story.shapes import StoryError


def question_from(row: Table, *, due_day: int) -> Question:
    """A question; `due_day` holds where the row names none."""
    handoffs = tuple(_handoff(entry) for entry in row.rows("handoffs"))
    declined = _declined(row.table("declined")) if "declined" in row else None
    claimed_by, claimed_day = _claim(row, handoffs)
    return Question(
        text=row.text("text"),
        bucket=row.text("bucket") if "bucket" in row else None,
        passage=row.text("passage") if "passage" in row else None,
        released_day=row.number("released_day"),
        due_day=row.number("due_day", due_day),
        pending=row.flag("pending"),
        standing=_standing(row),
        claimed_by=claimed_by,
        claimed_day=claimed_day,
        handoffs=handoffs,
        draft=DraftAnswer(claimed_by, row.table("draft").text("text")) if "draft" in row else None,
        answer=_answer(row.table("answer")) if "answer" in row else None,
        declined=declined,
    )


def _standing(row: Table) -> Fate:
    """Past quarters name no standing: theirs is what became of the question."""
    if "standing" in row:
        standing: Fate = row.one_of("standing", get_args(Fate))
        return standing
    if row.flag("pending"):
        return "waiting"
    return "answered" if "answer" in row else "declined"


def _claim(row: Table, handoffs: tuple[Handoff, ...]) -> tuple[str, int]:
    """Who held the question first, and from which day: as told, or else on the day after its release."""
    if "draft" in row:
        draft = row.table("draft")
        return draft.text("claimed_by"), draft.number("claimed_day")
    for name, day in (("answer", "answered_day"), ("declined", "day")):
        if name in row:
            ending = row.table(name)
            last = min([handoff.day for handoff in handoffs], default=ending.number(day))
            first = handoffs[0].giver if handoffs else ending.text("by")
            usual = min(row.number("released_day") + 1, last)
            return first, ending.number("claimed_day", usual)
    raise StoryError(f"{row.where}: it is neither answered nor declined")


def _answer(row: Table) -> Answer:
    corrections = [row.table("correction")] if "correction" in row else []
    return Answer(
        by=row.text("by"),
        answered_day=row.number("answered_day"),
        text=row.text("text"),
        corrections=tuple(
            AnswerCorrection(
                day=correction.number("day"),
                reason=correction.text("reason"),
                was=correction.text("was"),
                now=correction.text("now"),
            )
            for correction in corrections
        ),
    )


def _declined(row: Table) -> Declined:
    return Declined(
        by=row.text("by"),
        day=row.number("day"),
        reason=row.text("reason"),
        sentence=row.text("sentence"),
    )


def _handoff(row: Table) -> Handoff:
    return Handoff(giver=row.text("from"), taker=row.text("to"), day=row.number("day"), note=row.text("note"))
