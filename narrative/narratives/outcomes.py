"""What readers are told of earlier promises, and what a draft would tell them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from narrative.database import db
from narrative.narratives.models import Commitment, Narrative, Outcome, Priority
from narrative.narratives.promises import Promise
from narrative.narratives.rules import NOT_REPORTED, Draft, carried_in_words
from narrative.people.models import Bucket, Person
from narrative.quarters.models import Quarter
from narrative.quarters.rules import parse_name


@dataclass(frozen=True, kw_only=True)
class ShownOutcome:
    """One earlier promise and what became of it, as readers see it. `made_in`: see Commitment."""

    key: str
    title: str
    state: str
    sentence: str
    owner: str | None
    carried: int = 0
    made_in: str = ""

    @property
    def carried_in_words(self) -> str:
        """Return 'carried 3 quarters', or nothing for what was promised once."""
        return carried_in_words(self.carried)


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a later narrative said of a promise: in which quarter and bucket's, and under which key there."""

    key: str
    state: str
    sentence: str
    quarter: str
    bucket: str

    @property
    def title(self) -> str:
        """Return the quarter as people read it: 'Q4 2026'."""
        return parse_name(self.quarter).title


def published_outcomes(narrative_id: int) -> list[ShownOutcome]:
    """Return what a published narrative says of earlier promises, its silences among it: one query."""
    owner_id = func.coalesce(Priority.owner_id, Commitment.owner_id)
    found = select(Outcome, Person.name, Priority.carried, Commitment.made_in)
    found = found.outerjoin(Priority, Priority.id == Outcome.priority_id)
    found = found.outerjoin(Commitment, Commitment.id == Outcome.commitment_id)
    found = found.outerjoin(Person, Person.id == owner_id)
    found = found.where(Outcome.narrative_id == narrative_id).order_by(Outcome.position, Outcome.id)
    return [
        ShownOutcome(
            key=row.key,
            title=row.title,
            state=row.state,
            sentence=row.sentence,
            owner=owner,
            carried=carried or 0,
            made_in=made_in or "",
        )
        for row, owner, carried, made_in in db.session.execute(found)
    ]


def drafted_outcomes(promised: Iterable[Promise], draft: Draft) -> list[ShownOutcome]:
    """Return what readers would see if `draft` were published now."""
    said = {row.key: row for row in draft.outcomes if row.state}
    return [
        ShownOutcome(
            key=promise.key,
            title=promise.title,
            state=said[promise.key].state if promise.key in said else NOT_REPORTED,
            sentence=said[promise.key].sentence if promise.key in said else "",
            owner=promise.owner,
            carried=promise.carried,
            made_in=promise.made_in,
        )
        for promise in promised
        if not promise.removed
    ]


def reports_on_priorities(narrative_id: int) -> dict[int, Report]:
    """Return what later narratives said of the priorities of this one, by their ids: the latest word."""
    mine = select(Priority.id).where(Priority.narrative_id == narrative_id)
    return {row.priority_id: report for row, report in _reports(Outcome.priority_id.in_(mine))}


def reports_on_commitments(numbers: Iterable[int]) -> dict[int, Report]:
    """Return what became of each of these commitments, by their ids, where a narrative says so."""
    told = Outcome.commitment_id.in_(list(numbers)) & (Outcome.state != NOT_REPORTED)
    return {row.commitment_id: report for row, report in _reports(told)}


def _reports(condition: Any) -> list[tuple[Any, Report]]:
    found = select(Outcome, Quarter.name, Bucket.slug).join(Narrative, Narrative.id == Outcome.narrative_id)
    found = found.join(Quarter, Quarter.id == Narrative.quarter_id)
    found = found.join(Bucket, Bucket.id == Narrative.bucket_id)
    rows = db.session.execute(found.where(condition).order_by(Quarter.name))
    return [
        (row, Report(key=row.key, state=row.state, sentence=row.sentence, quarter=quarter, bucket=bucket))
        for row, quarter, bucket in rows
    ]
