"""Build the questions of a quarter, with their claims, answers and refusals, from its questions.toml."""

from __future__ import annotations

from typing import get_args

from narrative.story.asked import (
    Answer,
    AnswerCorrection,
    AskedBack,
    Declined,
    DraftAnswer,
    Fate,
    FollowUp,
    Handoff,
    Promise,
    Question,
    Withheld,
)
from narrative.story.reading import Table
from narrative.story.shapes import StoryError


def question_from(row: Table, *, due_day: int) -> Question:
    """A question; `due_day` holds where the row names none."""
    handoffs = tuple(_handoff(entry) for entry in row.rows("handoffs"))
    claimed_by, claimed_day = _claim(row, handoffs)
    return Question(
        text=row.text("text"),
        bucket=row.text("bucket") if "bucket" in row else None,
        passage=row.text("passage") if "passage" in row else None,
        released_day=row.number("released_day"),
        votes=row.number("votes", 0),
        due_day=row.number("due_day", due_day),
        pending=row.flag("pending"),
        standing=_standing(row),
        claimed_by=claimed_by,
        claimed_day=claimed_day,
        handoffs=handoffs,
        asked_back=tuple(_asked_back(entry) for entry in row.rows("asked_back")),
        follow_ups=tuple(
            FollowUp(entry.number("day"), entry.text("text")) for entry in row.rows("follow_up")
        ),
        draft=_draft(row.table("draft")) if "draft" in row else None,
        answer=_answer(row.table("answer")) if "answer" in row else None,
        declined=_declined(row.table("declined")) if "declined" in row else None,
        withheld=_withheld(row.table("withheld")) if "withheld" in row else None,
        withdrawn_day=row.number("withdrawn_day") if "withdrawn_day" in row else None,
    )


def _standing(row: Table) -> Fate:
    """Past quarters name no standing: theirs is what became of the question."""
    if "standing" in row:
        standing: Fate = row.one_of("standing", get_args(Fate))
        return standing
    if row.flag("pending"):
        return "waiting"
    if "withheld" in row:
        return "withheld"
    if "withdrawn_day" in row:
        return "withdrawn"
    return "answered" if "answer" in row else "declined"


def _claim(row: Table, handoffs: tuple[Handoff, ...]) -> tuple[str | None, int]:
    """Who held the question first, and from which day: as told, or else on the day after its release."""
    if "withheld" in row or "withdrawn_day" in row:
        return None, row.number("released_day")
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
        promise=_promise(row.table("promise")) if "promise" in row else None,
    )


def _promise(row: Table) -> Promise:
    return Promise(
        key=row.text("key"),
        title=row.text("title"),
        owner=row.text("owner"),
        due_after=row.number("due_after", 1),
    )


def _declined(row: Table) -> Declined:
    return Declined(
        by=row.text("by"),
        day=row.number("day"),
        reason=row.text("reason"),
        sentence=row.text("sentence"),
    )


def _withheld(row: Table) -> Withheld:
    return Withheld(
        by=row.text("by"),
        day=row.number("day"),
        reason=row.text("reason"),
        sentence=row.text("sentence"),
    )


def _draft(row: Table) -> DraftAnswer:
    return DraftAnswer(row.text("claimed_by"), row.text("text"))


def _asked_back(row: Table) -> AskedBack:
    return AskedBack(by=row.text("by"), day=row.number("day"), text=row.text("text"))


def _handoff(row: Table) -> Handoff:
    return Handoff(giver=row.text("from"), taker=row.text("to"), day=row.number("day"), note=row.text("note"))
