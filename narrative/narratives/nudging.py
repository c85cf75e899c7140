"""Asking a bucket's owner how its narrative is coming along: the silent only, and once a day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from narrative.database import db, insertion, transaction
from narrative.narratives.models import Narrative, Nudge, Revision
from narrative.narratives.rules import nudge_stands, why_not_asked
from narrative.narratives.standings import Standing
from narrative.people.models import Bucket, Contributor, Person
from narrative.quarters.models import Quarter


@dataclass(frozen=True, kw_only=True)
class SentNudge:
    """The latest nudge about a bucket: who asked whom, and when."""

    by: str
    to: str
    sent_on: date
    sent_at: datetime


@dataclass(frozen=True, kw_only=True)
class Silence:
    """What is known of a bucket's silence: when its owner or a contributor wrote last, the latest nudge."""

    wrote_at: datetime | None = None
    nudge: SentNudge | None = None

    def standing_nudge(self, *, done: bool) -> SentNudge | None:
        """Return the nudge while it is to be seen; `done`: the narrative is signed off or published."""
        if self.nudge is None:
            return None
        stands = nudge_stands(sent_at=self.nudge.sent_at, wrote_at=self.wrote_at, done=done)
        return self.nudge if stands else None


@dataclass(frozen=True)
class Asked:
    """What became of asking: who was asked about which buckets, and which were passed over, and why."""

    asked: list[tuple[str, str]]
    passed_over: list[tuple[str, str]]


def nudge(
    quarter: Quarter, unpublished: Collection[Standing], *, by: Person, on: date, at: datetime
) -> Asked:
    """Ask the owners of these buckets, but for those of whom `rules.why_not_asked` says why not.

    `on` is the company's day: on each a bucket is asked about once, also when two organisers ask at once.
    """
    result = Asked([], [])
    with transaction() as session:
        known = silences(quarter)
        for one in unpublished:
            why_not = reason_not_to_ask(one, known.get(one.bucket_id, Silence()), by=by, on=on, at=at)
            if why_not is None:
                facts = {"quarter_id": quarter.id, "bucket_id": one.bucket_id, "sent_on": on, "sent_at": at}
                row = insertion(session, Nudge).values(**facts, person_id=one.owner_id, sent_by_id=by.id)
                if session.execute(row.on_conflict_do_nothing().returning(Nudge.bucket_id)).first() is None:
                    why_not = f"{one.owner} was asked today already"
            if why_not is None:
                result.asked.append((one.owner, one.name))
            else:
                result.passed_over.append((one.name, why_not))
    return result


def reason_not_to_ask(one: Standing, known: Silence, *, by: Person, on: date, at: datetime) -> str | None:
    """Say why `by` cannot ask about a bucket now, or None."""
    return why_not_asked(
        owner=one.owner,
        own=one.owner_id == by.id,
        signed_off=one.state == "signed off",
        wrote_at=known.wrote_at,
        asked_today=known.nudge is not None and known.nudge.sent_on == on,
        at=at,
    )


def silences(quarter: Quarter) -> dict[int, Silence]:
    """Return what is known of every bucket's silence, by the buckets' ids: two queries."""
    wrote, nudges = _wrote_at(quarter), _latest_nudges(quarter)
    return {
        bucket_id: Silence(wrote_at=wrote.get(bucket_id), nudge=nudges.get(bucket_id))
        for bucket_id in {*wrote, *nudges}
    }


def _wrote_at(quarter: Quarter) -> dict[int, datetime]:
    contributes = (
        select(Contributor.person_id)
        .where(Contributor.bucket_id == Bucket.id, Contributor.person_id == Revision.author_id)
        .exists()
    )
    found = select(Narrative.bucket_id, func.max(Revision.saved_at))
    found = found.join(Revision, Revision.narrative_id == Narrative.id)
    found = found.join(Bucket, Bucket.id == Narrative.bucket_id)
    found = found.where(Narrative.quarter_id == quarter.id)
    found = found.where(or_(Revision.author_id == Bucket.owner_id, contributes))
    return {row[0]: row[1] for row in db.session.execute(found.group_by(Narrative.bucket_id))}


def _latest_nudges(quarter: Quarter) -> dict[int, SentNudge]:
    asker, asked = aliased(Person), aliased(Person)
    found = select(Nudge.bucket_id, asker.name, asked.name, Nudge.sent_on, Nudge.sent_at)
    found = found.join(asker, asker.id == Nudge.sent_by_id).join(asked, asked.id == Nudge.person_id)
    found = found.where(Nudge.quarter_id == quarter.id).order_by(Nudge.sent_on)
    return {
        bucket_id: SentNudge(by=by, to=to, sent_on=sent_on, sent_at=sent_at)
        for bucket_id, by, to, sent_on, sent_at in db.session.execute(found)
    }
