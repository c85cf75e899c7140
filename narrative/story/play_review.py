"""What happens around the drafts while they are written: they are read, and the silent are asked."""

from datetime import datetime

from narrative.narratives.models import Narrative
from narrative.narratives.nudging import nudge
from narrative.narratives.queries import narrative_for
from narrative.narratives.readings import mark_read
from narrative.narratives.standings import standings
from narrative.people.models import Person
from narrative.people.queries import buckets
from narrative.quarters.models import Quarter


def review(quarter: Quarter, organiser: Person, *, at: datetime) -> None:
    """Let the owners read each other's drafts that are signed off, and the organiser ask who is silent."""
    found = standings(quarter)
    owners = {bucket.id: bucket.owner for bucket in buckets()}
    drafts = [one for one in found if one.signed is not None]
    for one, reader in zip(drafts, reversed(list(owners.values())), strict=False):
        narrative = _narrative(quarter, one.slug)
        if narrative is not None and reader.id != one.owner_id:
            mark_read(narrative, revision_number=one.head, by=reader, at=at)
    nudge(quarter, found, by=organiser, on=at.date(), at=at)


def _narrative(quarter: Quarter, slug: str) -> Narrative | None:
    bucket = next(one for one in buckets() if one.slug == slug)
    return narrative_for(quarter, bucket)
