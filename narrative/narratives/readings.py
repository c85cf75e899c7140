"""Which leaders have read a draft, and which revision of it. No employee is ever noted here.

What is published is read by everybody, and nothing is kept of who opened it: beside anonymous questions a log
of readers would be a way to guess who asked. These marks are of drafts, which only leaders and organisers can
open, and only of those who say so themselves.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from narrative.database import db, transaction
from narrative.narratives.locking import open_narrative
from narrative.narratives.models import Narrative, Reading
from narrative.people.models import Person


@dataclass(frozen=True, kw_only=True)
class ReadBy:
    """Somebody's word that they read a revision; `newer` ones were written since."""

    person_id: int
    name: str
    revision_number: int
    newer: int
    read_at: datetime


def mark_read(narrative: Narrative, *, revision_number: int, by: Person, at: datetime) -> None:
    """Note that `by` has read that revision, the one they saw. An older one than noted changes nothing.

    Raises LookupError for a revision that never was, and WritingClosed. Who may is for the caller to ask.
    """
    with transaction() as session:
        narrative = open_narrative(session, narrative.quarter, narrative.bucket, at=at)
        if not 0 < revision_number <= narrative.head:
            raise LookupError(f"no revision {revision_number}")
        mark = session.get(Reading, (narrative.id, by.id))
        mark = mark or Reading(narrative_id=narrative.id, person_id=by.id, revision_number=0)
        if mark.revision_number < revision_number:
            mark.revision_number, mark.read_at = revision_number, at
            session.add(mark)


def readings(narrative: Narrative) -> list[ReadBy]:
    """Return who has read the narrative's draft, whoever read the newest revision first."""
    return readings_of([narrative.id]).get(narrative.id, [])


def readings_of(narrative_ids: Collection[int]) -> dict[int, list[ReadBy]]:
    """Return who has read the drafts of these narratives, by their ids: one query."""
    found = select(
        Reading.narrative_id,
        Reading.person_id,
        Person.name,
        Reading.revision_number,
        (Narrative.head - Reading.revision_number).label("newer"),
        Reading.read_at,
    )
    found = found.join(Person, Person.id == Reading.person_id)
    found = found.join(Narrative, Narrative.id == Reading.narrative_id)
    found = found.where(Reading.narrative_id.in_(narrative_ids))
    marks: dict[int, list[ReadBy]] = {}
    for row in db.session.execute(found.order_by(Reading.revision_number.desc(), Person.name)):
        facts = row._asdict()
        marks.setdefault(facts.pop("narrative_id"), []).append(ReadBy(**facts))
    return marks
