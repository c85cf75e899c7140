"""The quarter's timetable as pages show it: a line of stops, and one sentence on where it stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from narrative.quarters.models import Quarter, TimetableChange
from narrative.quarters.rules import INSTANT_LABELS
from narrative.web.moments import format_moment

# The stop after which each stage runs, and what that means to people.
STOPS = {
    "drafting": ("drafting_opens_at", "Leaders are writing"),
    "reading": ("publishes_at", "Time to read"),
    "asking": ("questions_open_at", "Questions are open"),
    "answering": ("questions_close_at", "Leaders are answering"),
    "closed": ("answers_due_at", "Closed"),
}
SENTENCES = {
    "upcoming": "drafting opens {drafting_opens_at}",
    "drafting": "narratives appear {publishes_at}",
    "reading": "questions open {questions_open_at}",
    "asking": "questions are open until {questions_close_at}",
    "answering": "every question is answered by {answers_due_at}",
    "closed": "answers were due {answers_due_at}",
}
OVERDUE = "publication was planned for {publishes_at} and waits for the organiser"


@dataclass(frozen=True)
class Stop:
    """One stop of the line: `current` when the quarter stands between it and the next."""

    label: str
    at: datetime
    passed: bool
    current: bool
    now: str | None
    note: str | None


def timeline(quarter: Quarter, changes: Iterable[TimetableChange], *, at: datetime) -> list[Stop]:
    """Return the stops as they stand at the instant `at`, each with the note of its latest change.

    They are the six instants; without the day drafts were due when everything was published before it.
    """
    stage = quarter.stage(at)
    current, now = STOPS.get(stage, ("", ""))
    if stage == "drafting" and at >= quarter.drafts_due_at:
        current, now = "drafts_due_at", "Narratives are being signed off"
    names = [name for name, _instant in quarter.timetable.instants() if _applies(quarter, name)]
    reached = names.index(current) if current else -1
    notes = {change.instant: change.note for change in changes if change.note}
    return [
        Stop(
            label=INSTANT_LABELS[name],
            at=_shown(quarter, name),
            passed=index <= reached,
            current=index == reached,
            now=now if index == reached else None,
            note=notes.get(name),
        )
        for index, name in enumerate(names)
    ]


def where_it_stands(quarter: Quarter, *, at: datetime) -> str:
    """Return what comes next in the quarter, and when, as the end of a sentence."""
    stage = quarter.stage(at)
    sentence = OVERDUE if stage == "drafting" and at >= quarter.publishes_at else SENTENCES[stage]
    return sentence.format(**{name: format_moment(value) for name, value in quarter.timetable.instants()})


def _applies(quarter: Quarter, name: str) -> bool:
    early = quarter.published_at is not None and quarter.published_at < quarter.drafts_due_at
    return not (name == "drafts_due_at" and early)


def _shown(quarter: Quarter, name: str) -> datetime:
    if name == "publishes_at" and quarter.published_at is not None:
        return quarter.published_at
    value: datetime = getattr(quarter, name)
    return value
