"""What happens around the drafts while they are written: comments, readings, and the silent are asked."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from narrative.narratives.comments.saying import Said, reply, say
from narrative.narratives.models import Narrative
from narrative.narratives.nudging import nudge
from narrative.narratives.queries import narrative_for
from narrative.narratives.readings import mark_read
from narrative.narratives.standings import standings
from narrative.people.models import Bucket, Person
from narrative.people.queries import buckets
from narrative.quarters.models import Quarter
from narrative.story import shapes


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


def comment(
    draft: shapes.Draft, quarter: Quarter, bucket: Bucket, people: Mapping[str, Person], *, at: datetime
) -> None:
    """Let colleagues say of a draft what the story tells, a quarter of an hour apart."""
    for told in draft.comments:
        part, words = shapes.SECTIONS[told.section], told.words
        said = Said(part=part, text=told.text, words=words, replacement=told.suggestion)
        thread = say(quarter, bucket, said, by=people[told.by], at=at)
        for answer in told.replies:
            at += timedelta(minutes=15)
            narrative = narrative_for(quarter, bucket)
            if narrative is not None:
                reply(narrative, thread, text=answer.text, by=people[answer.by], at=at)
        at += timedelta(minutes=15)


def _narrative(quarter: Quarter, slug: str) -> Narrative | None:
    bucket = next(one for one in buckets() if one.slug == slug)
    return narrative_for(quarter, bucket)
