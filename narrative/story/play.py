"""Play the story into empty databases, through the same actions that people's requests use."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import insert, update

from narrative.database import transaction
from narrative.narratives.correcting import correct
from narrative.narratives.gate import Decision
from narrative.narratives.models import Narrative
from narrative.narratives.publishing import publish_late, publish_quarter
from narrative.narratives.queries import head_draft, narrative_for
from narrative.narratives.rules import Draft, PriorityRow
from narrative.narratives.rules.outcomes import said
from narrative.narratives.signing_off import sign_off
from narrative.narratives.writing import save, say_late
from narrative.passes.keys import create_keys
from narrative.passes.models import Issuance
from narrative.people.actions.buckets import make_bucket
from narrative.people.actions.people import invite
from narrative.people.models import Bucket, Person
from narrative.quarters.actions import schedule
from narrative.quarters.models import Quarter
from narrative.quarters.rules import Timetable, fiscal_quarter
from narrative.story import shapes
from narrative.story.play_promises import outcome_rows, promise_key, row_key
from narrative.story.play_questions import play_questions
from narrative.story.play_review import comment, review

STAGES = ("drafting", "reading", "asking", "answering", "closed")
QUARTER = timedelta(days=91)
# How often questions appear: a visitor of the demo does not wait until tomorrow.
TICK_MINUTES = 5


@dataclass(frozen=True)
class Cast:
    """Who plays: people and buckets of the database by their keys in the story.

    `answers` tells in which answer each commitment of the story was made, by the end of its address.
    """

    people: dict[str, Person]
    buckets: dict[str, Bucket]
    answers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Calendar:
    """Turns the story's days into instants: day 0 is when questions open, at nine in the company's zone."""

    opens: datetime
    zone: ZoneInfo

    def at(self, day: int, hour: int = 9, minute: int = 0) -> datetime:
        """Return the instant on that day."""
        date = self.opens.astimezone(self.zone).date() + timedelta(days=day)
        return datetime.combine(date, time(hour, minute), tzinfo=self.zone)

    def earlier(self, quarters: int) -> Calendar:
        """Return the calendar of an earlier quarter."""
        return replace(self, opens=self.opens - QUARTER * quarters)


def day_shown(company: shapes.Company, stage: str) -> int:
    """Return which day of the current quarter today is, for the quarter to stand in `stage`."""
    told = company.timetable
    return {
        "drafting": told.drafts_due - 3,
        "reading": told.published + 4,
        "asking": told.today_while_asking,
        "answering": told.today_while_answering,
        "closed": told.answers_due + 2,
    }[stage]


def play(
    company: shapes.Company, *, stage: str, at: datetime, report: Callable[[str], None]
) -> dict[str, Person]:
    """Fill empty databases with the company and its five quarters; the last is in `stage` at `at`.

    Says through `report` what is being told. Returns the people by their keys.
    """
    zone = ZoneInfo(company.time_zone)
    today = day_shown(company, stage)
    opens = datetime.combine(at.astimezone(zone).date() - timedelta(days=today), time(9), tzinfo=zone)
    calendar = Calendar(opens, zone)
    cast = Cast(_people(company, at=calendar.earlier(5).opens), {})
    for told in company.quarters:
        report(f"Telling the story, {_how_far_back(told.offset)} …")
        _buckets(company, told.offset, cast)
        past = told.offset < 0
        _play_quarter(company, told, cast, calendar.earlier(-told.offset), today=1000 if past else today)
    return cast.people


def _how_far_back(offset: int) -> str:
    if offset == 0:
        return "the present quarter"
    return f"{-offset} quarter{'s' if offset < -1 else ''} back"


def _people(company: shapes.Company, *, at: datetime) -> dict[str, Person]:
    return {told.key: invite(told.name, told.email, told.role, at=at)[0] for told in company.people}


def organiser(cast: Cast) -> Person:
    """Return who organises."""
    return next(person for person in cast.people.values() if person.role == "organiser")


def _buckets(company: shapes.Company, offset: int, cast: Cast) -> None:
    for told in company.buckets_in(offset):
        if told.slug not in cast.buckets:
            contributors = [cast.people[key].id for key in told.contributors]
            owner_id = cast.people[told.owner].id
            cast.buckets[told.slug] = make_bucket(told.name, owner_id=owner_id, contributor_ids=contributors)


def _play_quarter(
    company: shapes.Company, told: shapes.Quarter, cast: Cast, calendar: Calendar, *, today: int
) -> None:
    days = company.timetable
    timetable = Timetable(
        drafting_opens_at=calendar.at(days.drafting_opens),
        drafts_due_at=calendar.at(days.drafts_due, 17),
        publishes_at=calendar.at(days.published),
        questions_open_at=calendar.at(days.questions_open),
        questions_close_at=calendar.at(days.questions_close, 17),
        answers_due_at=calendar.at(days.answers_due, 17),
    )
    # A quarter's narratives are read some weeks after its end.
    name = fiscal_quarter((calendar.opens - timedelta(days=70)).date(), fiscal_year_starts=1)
    quarter = schedule(name, timetable=timetable, tick_minutes=TICK_MINUTES, passes_each=3)
    if today < days.published:
        _drafts(told, quarter, cast, calendar, today=today)
        review(quarter, organiser(cast), at=calendar.at(today - 1, 16))
        return
    for narrative in told.narratives:
        _write(narrative, quarter, cast, calendar, published=days.published)
    decision = Decision(because=_because(told, cast))
    publish_quarter(quarter, by=organiser(cast), at=calendar.at(days.published), decision=decision)
    _afterwards(told, quarter, cast, calendar, today=today)
    _hand_out_passes(quarter, _colleagues(company, cast), at=calendar.at(days.published, 10))
    play_questions(told, quarter, cast, calendar, days=days, today=today)


def _because(told: shapes.Quarter, cast: Cast) -> str:
    """Why the organiser published although something was missing, where it was."""
    late = [cast.buckets[one.bucket].name for one in told.narratives if one.late]
    follow = [f"{' and '.join(late)} will follow."] if late else []
    return " ".join([*follow, "What nobody has reported stands there as not reported."])


def _draft(
    told: shapes.Narrative | shapes.Draft, cast: Cast, *, priorities: tuple[shapes.Priority, ...] = ()
) -> Draft:
    rows = [
        PriorityRow(
            key=row_key(one.key),
            title=one.title,
            measure=one.how_we_will_know,
            owner_id=cast.people[one.owner].id,
            carries=promise_key(one.carries, cast.answers) if one.carries else None,
        )
        for one in priorities
    ]
    named = {ours: getattr(told.texts, theirs) for theirs, ours in shapes.SECTIONS.items()}
    outcomes = outcome_rows(told.outcomes, cast.answers)
    return Draft(**named, priorities=tuple(rows), outcomes=outcomes)


def _write(
    told: shapes.Narrative, quarter: Quarter, cast: Cast, calendar: Calendar, *, published: int
) -> None:
    """Write and sign off what will be published in time; say so of what will not."""
    bucket = cast.buckets[told.bucket]
    if told.late:
        expected = calendar.at(told.late.expected_day).date()
        say_late(
            quarter, bucket, expected_on=expected, because=told.late.reason, at=calendar.at(published - 1)
        )
        return
    _sign(told, quarter, cast, at=calendar.at(published - 4, 11))


def _sign(told: shapes.Narrative, quarter: Quarter, cast: Cast, *, at: datetime) -> Narrative:
    bucket = cast.buckets[told.bucket]
    draft = _draft(told, cast, priorities=told.priorities)
    saved = save(quarter, bucket, draft=draft, base=0, by=bucket.owner, at=at)
    narrative = _narrative(quarter, bucket)
    sign_off(
        narrative, revision_number=saved.head, by=bucket.owner, at=at + timedelta(hours=3), accepted=True
    )
    return narrative


def _narrative(quarter: Quarter, bucket: Bucket) -> Narrative:
    narrative = narrative_for(quarter, bucket)
    if narrative is None:
        raise LookupError(f"{bucket.name} has no narrative")
    return narrative


def _drafts(told: shapes.Quarter, quarter: Quarter, cast: Cast, calendar: Calendar, *, today: int) -> None:
    for number, draft in enumerate(told.drafts):
        if draft.progress == "not-started":
            continue
        bucket, at = cast.buckets[draft.bucket], calendar.at(today - 1, 10 + number)
        if draft.progress == "signed-off":
            _sign(told.narrative(draft.bucket), quarter, cast, at=at)
        else:
            save(quarter, bucket, draft=_draft(draft, cast), base=0, by=bucket.owner, at=at)
            comment(draft, quarter, bucket, cast.people, at=at + timedelta(hours=2))


def _afterwards(
    told: shapes.Quarter, quarter: Quarter, cast: Cast, calendar: Calendar, *, today: int
) -> None:
    """Let late narratives arrive and corrections be made."""
    for page in told.narratives:
        bucket = cast.buckets[page.bucket]
        if page.late and page.late.arrived_day <= today:
            at = calendar.at(page.late.arrived_day, 11)
            narrative = _sign(page, quarter, cast, at=at)
            publish_late(narrative, by=bucket.owner, at=at + timedelta(hours=4))
        for correction in page.corrections:
            if correction.day <= today:
                _correct(correction, _narrative(quarter, bucket), cast, at=calendar.at(correction.day, 14))


def _correct(told: shapes.Correction, narrative: Narrative, cast: Cast, *, at: datetime) -> None:
    before, section, by = head_draft(narrative), shapes.SECTIONS[told.section], cast.people[told.by]
    after = replace(before, **{section: getattr(before, section).replace(told.was, told.now)})
    if told.outcome:
        after = replace(after, outcomes=said([*after.outcomes, *outcome_rows([told.outcome], cast.answers)]))
    saved = save(narrative.quarter, narrative.bucket, draft=after, base=narrative.head, by=by, at=at)
    correct(narrative, revision_number=saved.head, reason=told.reason, by=by, at=at)


def _colleagues(company: shapes.Company, cast: Cast) -> list[Person]:
    """Return some of those as whom nobody signs in."""
    others = [told.key for told in company.people if told.key not in company.sign_in]
    return [cast.people[key] for key in others[:14]]


def _hand_out_passes(quarter: Quarter, readers: list[Person], *, at: datetime) -> None:
    """Make the quarter's keys, and note that colleagues whom nobody plays have fetched their passes."""
    create_keys(quarter, at=at)
    with transaction() as session:
        for person in readers:
            # The hash of a request that nobody sent: no pass of theirs exists.
            row = {"quarter_id": quarter.id, "person_id": person.id, "request_hash": secrets.token_bytes(32)}
            session.execute(insert(Issuance).values(**row))
        held = update(Quarter).where(Quarter.id == quarter.id)
        session.execute(held.values(passes_held=len(readers)))
