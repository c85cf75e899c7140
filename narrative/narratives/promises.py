"""What a bucket promised earlier and has to account for: last quarter's priorities, and open commitments."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Subquery, exists, func, or_, select

from narrative.database import db
from narrative.narratives.models import Commitment, Narrative, Outcome, Priority, Publication
from narrative.narratives.rules import NOT_REPORTED, Draft, carried_in_words
from narrative.narratives.rules.outcomes import key_of_carried, numbers_in
from narrative.people.models import Bucket, Person
from narrative.quarters.models import Quarter
from narrative.quarters.rules import parse_name


@dataclass(frozen=True, kw_only=True)
class Promise:
    """One promise, as whoever writes the next narrative meets it. `key` is 'priority-17' or 'commitment-3'.

    For a commitment, `made_in` is the end of the answer's address. One that a correction took out is
    `removed`: nothing need be said of it, but what was written about it is shown.
    """

    key: str
    title: str
    measure: str = ""
    owner_id: int | None = None
    owner: str | None = None
    carried: int = 0
    due_in: str = ""
    made_in: str = ""
    removed: bool = False

    @property
    def key_when_carried(self) -> str:
        """Return the key of the priority row that carries this over."""
        return key_of_carried(self.key)

    @property
    def due_title(self) -> str:
        """Return the quarter in which a commitment is due, as people read it: 'Q4 2026'."""
        return parse_name(self.due_in).title

    @property
    def carried_in_words(self) -> str:
        """Return 'carried 3 quarters', or nothing for what was promised once."""
        return carried_in_words(self.carried)


def promises(quarter: Quarter, bucket: Bucket, *, spoken_of: Draft | None = None) -> list[Promise]:
    """Return what the bucket's narrative of `quarter` has to account for: two queries.

    These are the priorities of the bucket's latest published narrative before it, in their order, and the
    commitments due by then of which no earlier narrative has said what became of them. What was taken out
    since is among them, at the end, only where the draft `spoken_of` says something about it.
    """
    return promises_of_all(quarter, [bucket.id], spoken_of=spoken_of)[bucket.id]


def promises_of_all(
    quarter: Quarter, bucket_ids: Collection[int], *, spoken_of: Draft | None = None
) -> dict[int, list[Promise]]:
    """Return what each of several buckets has to account for (`promises`), by their ids: two queries."""
    keys = [row.key for row in spoken_of.outcomes] if spoken_of else []
    found: dict[int, list[Promise]] = {one: [] for one in bucket_ids}
    for bucket_id, promise in (*_priorities(quarter, bucket_ids, keys), *_commitments(quarter, bucket_ids)):
        found[bucket_id].append(promise)
    return {one: sorted(of_it, key=lambda promise: promise.removed) for one, of_it in found.items()}


def titles(found: Iterable[Promise]) -> dict[str, str]:
    """Return the titles of those that must be accounted for, by their keys, in their order."""
    return {promise.key: promise.title for promise in found if not promise.removed}


def promised_titles(*drafts: Draft) -> dict[str, str]:
    """Return the titles of every promise of which one of the drafts says something, by their keys."""
    keys = {row.key for draft in drafts for row in draft.outcomes}
    found: dict[str, str] = {}
    for kind, table in (("priority", Priority), ("commitment", Commitment)):
        numbers = numbers_in(keys, kind)
        if numbers:
            rows = db.session.execute(select(table.id, table.title).where(table.id.in_(numbers)))
            found |= {f"{kind}-{row.id}": row.title for row in rows}
    return found


def _priorities(
    quarter: Quarter, bucket_ids: Collection[int], keys: Iterable[str]
) -> Iterator[tuple[int, Promise]]:
    stands = or_(Priority.removed.is_(False), Priority.id.in_(numbers_in(keys, "priority")))
    before = _narratives_before(quarter, bucket_ids)
    found = select(Priority, Person.name, before.c.bucket_id)
    found = found.join(before, before.c.id == Priority.narrative_id)
    found = found.outerjoin(Person, Person.id == Priority.owner_id).where(before.c.back == 1, stands)
    for row, owner, bucket_id in db.session.execute(found.order_by(Priority.position, Priority.id)):
        yield (
            bucket_id,
            Promise(
                key=f"priority-{row.id}",
                title=row.title,
                measure=row.measure,
                owner_id=row.owner_id,
                owner=owner,
                carried=row.carried,
                removed=row.removed,
            ),
        )


def _narratives_before(quarter: Quarter, bucket_ids: Collection[int]) -> Subquery:
    """What the buckets published earlier; 1 step `back` is the latest.

    A quarter in which a bucket published nothing lets no promise vanish.
    """
    back = func.row_number().over(partition_by=Narrative.bucket_id, order_by=Quarter.name.desc())
    found = select(Narrative.id, Narrative.bucket_id, back.label("back"))
    found = found.join(Quarter, Quarter.id == Narrative.quarter_id)
    found = found.join(Publication, (Publication.narrative_id == Narrative.id) & (Publication.number == 1))
    found = found.where(Narrative.bucket_id.in_(bucket_ids), Quarter.name < quarter.name)
    return found.subquery()


def _commitments(quarter: Quarter, bucket_ids: Collection[int]) -> Iterator[tuple[int, Promise]]:
    told = exists().where(Outcome.commitment_id == Commitment.id, Outcome.state != NOT_REPORTED)
    told = told.where(Narrative.id == Outcome.narrative_id, Quarter.id == Narrative.quarter_id)
    found = select(Commitment, Person.name).join(Person, Person.id == Commitment.owner_id)
    found = found.where(Commitment.bucket_id.in_(bucket_ids), Commitment.due_in <= quarter.name)
    found = found.where(~told.where(Quarter.name < quarter.name))
    for row, owner in db.session.execute(found.order_by(Commitment.due_in, Commitment.id)):
        yield (
            row.bucket_id,
            Promise(
                key=f"commitment-{row.id}",
                title=row.title,
                owner_id=row.owner_id,
                owner=owner,
                due_in=row.due_in,
                made_in=row.made_in,
            ),
        )
