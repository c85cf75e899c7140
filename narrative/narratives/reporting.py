"""Keeping what a narrative says of earlier promises, and what it promises, when it is frozen for readers."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from narrative.narratives.models import Commitment, Narrative, Outcome, Priority
from narrative.narratives.promises import promises, titles
from narrative.narratives.rules import NOT_REPORTED, Draft
from narrative.narratives.rules.outcomes import number_in, numbers_in
from narrative.quarters.models import Quarter


def keep_priorities(session: Session, narrative: Narrative, draft: Draft) -> None:
    """Make the published priorities those of `draft`; one keeps its row as long as it keeps its key."""
    rows = session.scalars(select(Priority).where(Priority.narrative_id == narrative.id))
    known = {row.key: row for row in rows}
    carried = _times_carried(session, narrative, draft)
    for position, said in enumerate(draft.priorities, start=1):
        row = known.pop(said.key, None) or Priority(narrative_id=narrative.id, key=said.key)
        row.position, row.title, row.measure, row.owner_id = position, said.title, said.measure, said.owner_id
        row.carries = said.carries if said.carries in carried else None
        row.carried = carried.get(said.carries or "", 0)
        row.removed = False
        session.add(row)
    for gone in known.values():
        gone.removed = True


def keep_outcomes(session: Session, narrative: Narrative, draft: Draft, *, corrects: bool) -> None:
    """Store what `draft` says of each earlier promise, and its silence about the others.

    Once published, a promise keeps the title under which readers met it. A correction adds only what it
    reports: a promise that nobody could know of then is no silence.
    """
    rows = session.scalars(select(Outcome).where(Outcome.narrative_id == narrative.id))
    known = {row.key: row for row in rows.all()}
    stood = {key: row.title for key, row in sorted(known.items(), key=lambda item: item[1].position)}
    said = {row.key: row for row in draft.outcomes if row.state}
    now = titles(promises(narrative.quarter, narrative.bucket))
    added = {key: title for key, title in now.items() if key not in stood and (key in said or not corrects)}
    for position, (key, title) in enumerate((stood | added).items(), start=1):
        row = known.get(key) or _outcome(narrative, key, title)
        row.position = position
        row.state = said[key].state if key in said else NOT_REPORTED
        row.sentence = said[key].sentence.strip() if key in said else ""
        session.add(row)


def _outcome(narrative: Narrative, key: str, title: str) -> Outcome:
    about = {"priority_id": number_in(key, "priority"), "commitment_id": number_in(key, "commitment")}
    return Outcome(narrative_id=narrative.id, title=title, **about)


def _times_carried(session: Session, narrative: Narrative, draft: Draft) -> dict[str, int]:
    """Return how often each promise that the draft carries over has been carried over with that, by key.

    Only what the bucket promised in an earlier quarter can be carried over.
    """
    keys = [row.carries for row in draft.priorities if row.carries]
    if not keys:
        return {}
    earlier = select(Priority.id, Priority.carried).join(Narrative, Narrative.id == Priority.narrative_id)
    earlier = earlier.join(Quarter, Quarter.id == Narrative.quarter_id)
    earlier = earlier.where(
        Priority.id.in_(numbers_in(keys, "priority")),
        Narrative.bucket_id == narrative.bucket_id,
        Quarter.name < narrative.quarter.name,
    )
    made = select(Commitment.id).where(
        Commitment.id.in_(numbers_in(keys, "commitment")), Commitment.bucket_id == narrative.bucket_id
    )
    found = {f"priority-{row.id}": row.carried + 1 for row in session.execute(earlier)}
    return found | {f"commitment-{number}": 1 for number in session.scalars(made)}
