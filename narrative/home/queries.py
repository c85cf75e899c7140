"""What the front page reads from the rooms below."""

from datetime import datetime

from sqlalchemy import exists, func, select

from narrative.answers.models import Claim
from narrative.database import db
from narrative.home.rules import Situation
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
        writing=_written_by(person, unsigned),
        unsigned=len(unsigned),
        mine=mine,
        unclaimed=counts.get("waiting", 0) - _waiting(quarter, Claim.owner_id.is_not(None)),
        waiting=counts.get("waiting", 0),
    )


def _written_by(person: Person, unsigned: list[Standing]) -> tuple[tuple[str, str], ...]:
    contributing = select(Contributor.bucket_id).where(Contributor.person_id == person.id)
    ids = set(db.session.scalars(contributing))
    own = [one for one in unsigned if one.owner_id == person.id]
    others = [one for one in unsigned if one.bucket_id in ids and one.owner_id != person.id]
    return tuple((one.slug, one.name) for one in [*own, *others])


def _waiting(quarter: Quarter, condition: object) -> int:
    held = select(func.count()).select_from(Claim).join(Question, Question.id == Claim.question_id)
    chosen = held.where(Question.quarter_id == quarter.id, Question.state == "waiting", condition)  # type: ignore[arg-type]
    return db.session.scalar(chosen) or 0
