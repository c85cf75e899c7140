"""What the front page reads from the rooms below."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select

from narrative.answers.models import Claim
from narrative.database import db
from narrative.home.rules import Situation
from narrative.narratives.inspecting import drafts_of, words_since_sign_off
from narrative.narratives.nudging import SentNudge, Silence, silences
from narrative.narratives.standings import Standing
from narrative.people.models import Contributor, Person
from narrative.quarters.models import Quarter
from narrative.quarters.queries import previous_quarter
from narrative.questions.models import Question


def situation(
    quarter: Quarter, *, person: Person, standings: list[Standing], counts: dict[str, int], at: datetime
) -> Situation:
    """Return what decides the one thing `person` can do now."""
    earlier = previous_quarter(quarter)
    later = select(exists().where(Quarter.name > quarter.name))
    unsigned = [one for one in standings if not one.will_be_published and not one.published]
    mine = _waiting(quarter, Claim.owner_id == person.id)
    return Situation(
        role=person.role,
        stage=quarter.stage(at),
        earlier=earlier is not None and earlier.published_at is not None,
        later=bool(db.session.scalar(later)),
        overdue=quarter.published_at is None and at >= quarter.publishes_at,
        writing=tuple((one.slug, one.name) for one in _own_first(person, unsigned)),
        changed=tuple((one.slug, one.name) for one in _changed(person, standings)),
        unsigned=len(unsigned),
        mine=mine,
        unclaimed=counts.get("waiting", 0) - _waiting(quarter, Claim.owner_id.is_not(None)),
        waiting=counts.get("waiting", 0),
    )


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What waits for somebody in a narrative: a nudge, or words that were changed since the sign-off."""

    stands: Standing
    nudge: SentNudge | None = None
    words_since: int = 0


def notices(quarter: Quarter, *, person: Person, standings: list[Standing]) -> list[Notice]:
    """Return what waits for `person` in the narratives that they own or contribute to.

    Who owns one is told that it was changed since they signed it off, and by how much.
    """
    unpublished = [one for one in standings if not one.published]
    if person.role == "employee" or not unpublished:
        return []
    known, changed = silences(quarter), _changed(person, standings)
    found = [
        Notice(stands=one, nudge=nudge)
        for one in _own_first(person, unpublished)
        if (nudge := known.get(one.bucket_id, Silence()).standing_nudge(done=one.state == "signed off"))
    ]
    drafts = drafts_of(changed)
    return found + [Notice(stands=one, words_since=words_since_sign_off(one, drafts)) for one in changed]


def _changed(person: Person, standings: list[Standing]) -> list[Standing]:
    return [one for one in standings if one.owner_id == person.id and one.state == "changed since sign-off"]


def _own_first(person: Person, found: list[Standing]) -> list[Standing]:
    """Return those in which `person` writes: what they own, then what they contribute to."""
    contributing = select(Contributor.bucket_id).where(Contributor.person_id == person.id)
    ids = set(db.session.scalars(contributing))
    own = [one for one in found if one.owner_id == person.id]
    return own + [one for one in found if one.bucket_id in ids and one.owner_id != person.id]


def _waiting(quarter: Quarter, condition: object) -> int:
    held = select(func.count()).select_from(Claim).join(Question, Question.id == Claim.question_id)
    chosen = held.where(Question.quarter_id == quarter.id, Question.state == "waiting", condition)  # type: ignore[arg-type]
    return db.session.scalar(chosen) or 0
