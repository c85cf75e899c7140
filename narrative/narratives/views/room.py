"""The drafting room of one bucket and quarter: loaded and authorised in one step."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, g, url_for

from narrative.narratives import queries, rules
from narrative.narratives.document.settling import bring_up_to_date
from narrative.narratives.models import Narrative
from narrative.people.models import Bucket
from narrative.people.queries import bucket as bucket_called
from narrative.quarters.models import Quarter
from narrative.quarters.queries import quarter as quarter_called
from narrative.web.moments import request_instant


@dataclass(frozen=True)
class Room:
    """What a page about a draft is about, and what the person who asks may do in it."""

    quarter: Quarter
    bucket: Bucket
    narrative: Narrative | None
    at: datetime
    person_id: int
    role: str

    @property
    def head(self) -> int:
        """The newest revision's number; 0 while nobody has written anything."""
        return self.narrative.head if self.narrative else 0

    @property
    def state(self) -> str:
        """Whether it can be written now (rules.writing_state)."""
        return rules.writing_state(
            drafting_opens_at=self.quarter.drafting_opens_at,
            published=queries.is_published(self.narrative),
            archived=self.bucket.archived_at is not None,
            at=self.at,
        )

    @property
    def may_write(self) -> bool:
        """Whether this person may write here."""
        return rules.may_write(
            role=self.role,
            person_id=self.person_id,
            owner_id=self.bucket.owner_id,
            contributor_ids=[person.id for person in self.bucket.contributors],
        )

    @property
    def may_sign_off(self) -> bool:
        """Whether this person is the accountable owner."""
        return rules.may_sign_off(role=self.role, person_id=self.person_id, owner_id=self.bucket.owner_id)

    def url(self, endpoint: str, **values: Any) -> str:
        """Return the address of a page about this bucket and quarter."""
        return url_for(endpoint, quarter=self.quarter.name, bucket=self.bucket.slug, **values)


def room_to_read(quarter: str, bucket: str) -> Room:
    """Return the room with what was typed in it settled, or answer 404: drafts do not exist for employees."""
    room = room_to_comment(quarter, bucket)
    bring_up_to_date(room.narrative)
    return room


def room_to_comment(quarter: str, bucket: str) -> Room:
    """Return the room as room_to_read does, without making a revision of what is typed in it."""
    if not rules.may_read_drafts(g.person.role):
        abort(404)
    found_quarter, found_bucket = quarter_called(quarter), bucket_called(bucket)
    if found_quarter is None or found_bucket is None:
        abort(404)
    narrative = queries.narrative_for(found_quarter, found_bucket)
    if narrative is None and found_bucket.archived_at is not None:
        abort(404)
    return Room(found_quarter, found_bucket, narrative, request_instant(), g.person.id, g.person.role)


def room_to_write(quarter: str, bucket: str) -> Room:
    """Return the room, or answer 404, or 403 saying who may write."""
    return writable(room_to_read(quarter, bucket))


def writable(room: Room) -> Room:
    """Return the room, or answer 403 saying who may write in it."""
    if not room.may_write:
        abort(
            403,
            f"Only {room.bucket.owner.name}, who owns {room.bucket.name}, its contributors, and organisers "
            "can write this narrative. You can read its draft.",
        )
    return room


def narrative_or_404(room: Room) -> Narrative:
    """Return the room's narrative, or answer 404 while nobody has written anything."""
    if room.narrative is None:
        abort(404)
    return room.narrative
