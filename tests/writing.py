"""What tests of publishing and reading need: drafts written, signed off, published, by the real actions."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from narrative.database import db
from narrative.narratives import queries, writing
from narrative.narratives.correcting import correct
from narrative.narratives.gate import Decision
from narrative.narratives.models import Narrative
from narrative.narratives.publishing import publish_quarter
from narrative.narratives.rules import Draft, PriorityRow
from narrative.narratives.signing_off import sign_off
from narrative.people.models import Bucket, Person
from narrative.quarters.models import Quarter
from tests.factories import MONDAY

DRAFTING = MONDAY + timedelta(days=1)
PUBLISHED = MONDAY + timedelta(days=10)
READING = MONDAY + timedelta(days=11)
# Whatever is missing, or looks unfinished.
ANYWAY = Decision(because="It is a test.")


def ready_draft(name: str, **parts: Any) -> Draft:
    """A draft that can be signed off; every part of it says `name`, so that a leak would be seen."""
    row = PriorityRow(key="0" * 16, title=f"Row of {name}", measure=f"Measure of {name}", owner_id=1)
    draft = Draft(
        opening=f"Opening of {name}.",
        went_well=f"Well of {name}.\n\nA second paragraph of {name}.",
        went_badly=f"Badly of {name}.",
        next_priorities=f"Next of {name}.",
        priorities=(row,),
    )
    return replace(draft, **parts)


def write(
    quarter: Quarter, bucket: Bucket, draft: Draft | None = None, *, at: datetime = DRAFTING
) -> Narrative:
    """Save a draft on the newest revision as the bucket's owner would, and return the narrative."""
    known = queries.narrative_for(quarter, bucket)
    draft = draft or owned(bucket, ready_draft(bucket.name))
    writing.save(quarter, bucket, draft=draft, base=known.head if known else 0, by=bucket.owner, at=at)
    found = queries.narrative_for(quarter, bucket)
    assert found is not None
    return found


def owned(bucket: Bucket, draft: Draft) -> Draft:
    """The draft with its priorities owned by the bucket's owner."""
    return replace(
        draft, priorities=tuple(replace(row, owner_id=bucket.owner_id) for row in draft.priorities)
    )


def signed(
    quarter: Quarter, bucket: Bucket, draft: Draft | None = None, *, at: datetime = DRAFTING
) -> Narrative:
    """Write a draft and sign it off as the owner, who means what seems unfinished in it."""
    narrative = write(quarter, bucket, draft and owned(bucket, draft), at=at)
    sign_off(narrative, revision_number=narrative.head, by=bucket.owner, at=at, accepted=True)
    return narrative


def corrected(
    narrative: Narrative, draft: Draft, *, reason: str = "A slip", by: Person | None = None, at: datetime
) -> int:
    """Write `draft` over what is published and publish it as a correction, as somebody who means it would."""
    by = by or narrative.bucket.owner
    saved = writing.save(narrative.quarter, narrative.bucket, draft=draft, base=narrative.head, by=by, at=at)
    return correct(narrative, revision_number=saved.head, reason=reason, by=by, at=at, accepted=True)


def published(quarter: Quarter, *buckets: Bucket, at: datetime = PUBLISHED, **drafts: Draft) -> None:
    """Sign off every bucket (with `drafts` by slug) and publish the quarter."""
    for bucket in buckets:
        signed(quarter, bucket, drafts.get(bucket.slug))
    assert publish_quarter(quarter, by=None, at=at, decision=ANYWAY)
    db.session.rollback()
