"""Reading the queue: who holds what, what was answered, what happened to a question."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import joinedload

from narrative.answers.models import Answer, Claim, Decline, Draft, HandOff, Reopening, Withholding
from narrative.answers.rules import DECLINE_REASONS, WITHHOLD_REASONS
from narrative.database import db
from narrative.narratives.committing import commitments_made_in
from narrative.narratives.models import Commitment
from narrative.narratives.outcomes import Report, reports_on_commitments
from narrative.people.models import Person
from narrative.quarters.models import Quarter
from narrative.questions import queries as questions
from narrative.questions.models import AskBack, FollowUp, Question
from narrative.questions.queries import Page, paged
from narrative.web.moments import company_day

QUEUES = ("waiting", "mine", "unclaimed", "followed up", "answered", "declined")


@dataclass(frozen=True)
class Event:
    """One thing that happened to a question, in words, for its history."""

    at: datetime
    text: str
    note: str = ""


@dataclass(frozen=True)
class Said:
    """What somebody said about a question after it was shown: a leader by name, or whoever asked it."""

    on: date
    text: str
    by: str | None = None


def queue(quarter: Quarter, *, show: str, person: Person, after: str | None = None) -> Page:
    """Return a page of the queue, those released longest ago first. `show` is one of QUEUES."""
    condition = _followed_up(quarter) if show == "followed up" else _conditions(person)[show]
    return paged(select(Question).where(Question.quarter_id == quarter.id, condition), after=after)


def _followed_up(quarter: Quarter) -> ColumnElement[bool]:
    return Question.id.in_(list(followed_up(quarter)))


def _conditions(person: Person) -> dict[str, ColumnElement[bool]]:
    claimed = exists().where(Claim.question_id == Question.id)
    waiting = Question.state == "waiting"
    return {
        "waiting": waiting,
        "mine": waiting & claimed.where(Claim.owner_id == person.id),
        "unclaimed": waiting & ~claimed,
        "answered": Question.state == "answered",
        "declined": Question.state == "declined",
    }


def address(quarter: Quarter, question: Question) -> str:
    """Return the end of the question's address on the board, by which narratives know its answers."""
    return f"{quarter.name}/{question.id}"


def promises(quarter: Quarter, question: Question) -> list[tuple[Commitment, Report | None]]:
    """Return what was promised in the question's answers, each with what became of it, or None."""
    made = commitments_made_in(address(quarter, question))
    reports = reports_on_commitments(one.id for one in made) if made else {}
    return [(one, reports.get(one.id)) for one in made]


def claims(shown: list[Question]) -> dict[str, Claim]:
    """Return the claims on these questions by question id: one query."""
    ids = [question.id for question in shown]
    return {
        claim.question_id: claim
        for claim in db.session.scalars(select(Claim).where(Claim.question_id.in_(ids)))
    }


def claim(question: Question) -> Claim | None:
    """Return who holds the question, or None."""
    return db.session.get(Claim, question.id)


def draft(question: Question) -> Draft | None:
    """Return the answer being written, or None."""
    return db.session.get(Draft, question.id)


def answers(question: Question) -> list[Answer]:
    """Return the published answers of a question, the newest first."""
    found = select(Answer).where(Answer.question_id == question.id).order_by(Answer.number.desc())
    return list(db.session.scalars(found))


def newest_answers(shown: list[Question]) -> dict[str, Answer]:
    """Return the present answer of each of these questions that has one: one query."""
    ids = [question.id for question in shown if question.state == "answered"]
    newest = (
        select(Answer.question_id, func.max(Answer.number).label("number"))
        .where(Answer.question_id.in_(ids))
        .group_by(Answer.question_id)
        .subquery()
    )
    matches = (Answer.question_id == newest.c.question_id) & (Answer.number == newest.c.number)
    return {answer.question_id: answer for answer in db.session.scalars(select(Answer).join(newest, matches))}


def declines(shown: list[Question]) -> dict[str, Decline]:
    """Return the present decline of each of these questions that is declined: one query."""
    ids = [question.id for question in shown if question.state == "declined"]
    found = select(Decline).where(Decline.question_id.in_(ids)).order_by(Decline.id)
    return {decline.question_id: decline for decline in db.session.scalars(found)}


def withholding(question: Question) -> Withholding | None:
    """Return why, by whom and when the question was withheld, or None."""
    return db.session.get(Withholding, question.id) if question.state == "withheld" else None


def conversation(question: Question) -> list[Said]:
    """Return what was added to a question and asked back, by day; on one day first what was added."""
    added = [Said(row.shown_on, row.text) for row in questions.follow_ups(question)]
    asked = [
        Said(company_day(row.asked_at), row.text, row.author.name) for row in questions.ask_backs(question)
    ]
    return sorted([*added, *asked], key=lambda said: said.on)


def followed_up(quarter: Quarter) -> dict[str, int]:
    """Return by question id how many follow-ups came since its answer or decline, where any did.

    A follow-up knows its day only, so one of the same day counts as later: rather read twice than not at all.
    """
    added = select(FollowUp.question_id, FollowUp.shown_on).join(Question)
    of_quarter = added.where(Question.quarter_id == quarter.id, Question.state.in_(("answered", "declined")))
    days: dict[str, list[date]] = {}
    for question_id, shown_on in db.session.execute(of_quarter):
        days.setdefault(question_id, []).append(shown_on)
    spoken = _last_words(list(days))
    numbers = {
        question_id: sum(day >= spoken[question_id] for day in shown)
        for question_id, shown in days.items()
        if question_id in spoken
    }
    return {question_id: number for question_id, number in numbers.items() if number}


def _last_words(question_ids: list[str]) -> dict[str, date]:
    """Return the day of the newest answer, decline or ask-back of each of these questions."""
    latest: dict[str, datetime] = {}
    for key, at in (
        (Answer.question_id, Answer.published_at),
        (Decline.question_id, Decline.declined_at),
        (AskBack.question_id, AskBack.asked_at),
    ):
        for question_id, said_at in db.session.execute(select(key, at).where(key.in_(question_ids))):
            latest[question_id] = max(said_at, latest.get(question_id, said_at))
    return {question_id: company_day(at) for question_id, at in latest.items()}


def history(question: Question) -> list[Event]:
    """Return what happened to a question since its release, oldest first. Public; names leaders only."""
    events = [*_answered(question), *_declined(question), *_handed(question), *_reopened(question)]
    events += _withheld(question)
    return sorted(events, key=lambda event: event.at)


def _answered(question: Question) -> list[Event]:
    events = []
    for answer in answers(question):
        verb = "corrected the answer" if answer.reason else "answered"
        events.append(Event(answer.published_at, f"{answer.author.name} {verb}", answer.reason))
    return events


def _declined(question: Question) -> list[Event]:
    found = db.session.scalars(select(Decline).where(Decline.question_id == question.id))
    return [
        Event(
            row.declined_at,
            f"{row.declined_by.name} declined it: {DECLINE_REASONS[row.reason]}",
            row.sentence,
        )
        for row in found
    ]


def _handed(question: Question) -> list[Event]:
    people = (joinedload(HandOff.from_person), joinedload(HandOff.to_person))
    found = db.session.scalars(select(HandOff).where(HandOff.question_id == question.id).options(*people))
    return [Event(row.handed_at, _hand_off_words(row), row.note) for row in found]


def _hand_off_words(row: HandOff) -> str:
    if row.from_person is None:
        return f"It was handed to {row.to_person.name}"
    return f"{row.from_person.name} handed it to {row.to_person.name}"


def _reopened(question: Question) -> list[Event]:
    who = joinedload(Reopening.reopened_by)
    found = db.session.scalars(select(Reopening).where(Reopening.question_id == question.id).options(who))
    return [Event(row.reopened_at, f"{row.reopened_by.name} reopened it", row.note) for row in found]


def _withheld(question: Question) -> list[Event]:
    row = withholding(question)
    if row is None:
        return []
    text = f"{row.withheld_by.name} withheld it: {WITHHOLD_REASONS[row.reason]}"
    return [Event(row.withheld_at, text, row.sentence)]
