"""What the story says of earlier promises, by the keys under which the database knows them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from sqlalchemy import select

from narrative.answers.queries import address
from narrative.database import db
from narrative.narratives.committing import Promised
from narrative.narratives.models import Commitment, Priority
from narrative.narratives.rules import OutcomeRow
from narrative.narratives.rules.outcomes import said
from narrative.story import asked, shapes
from narrative.story.scenes import Scene


def row_key(key: str) -> str:
    """Return the key that a priority of the story has in a draft."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def promise_key(key: str, answers: dict[str, str]) -> str:
    """Return by what an earlier promise of the story is known in drafts. Raises LookupError for none.

    `answers` tells in which answer, by the end of its address, a commitment was made.
    """
    if key in answers:
        made = select(Commitment.id).where(Commitment.made_in == answers[key])
        return f"commitment-{db.session.scalars(made).one()}"
    published = db.session.scalars(select(Priority.id).where(Priority.key == row_key(key))).one_or_none()
    if published is None:
        raise LookupError(f"nobody has promised {key!r} yet")
    return f"priority-{published}"


def outcome_rows(told: Iterable[shapes.Outcome], answers: dict[str, str]) -> tuple[OutcomeRow, ...]:
    """Return what a narrative says of earlier promises, as a draft holds it."""
    return said(
        OutcomeRow(key=promise_key(one.of, answers), state=one.result, sentence=one.sentence) for one in told
    )


def promised_in(scene: Scene, told: asked.Answer) -> Promised | None:
    """Return what an answer promises, and note in the cast where that was; or None."""
    if told.promise is None or scene.told.bucket is None:
        return None
    scene.cast.answers[told.promise.key] = address(scene.quarter, scene.question)
    return Promised(
        title=told.promise.title,
        owner_id=scene.cast.people[told.promise.owner].id,
        due_in=str(scene.quarter.parsed_name.shifted(told.promise.due_after)),
        bucket_id=scene.cast.buckets[scene.told.bucket].id,
    )
