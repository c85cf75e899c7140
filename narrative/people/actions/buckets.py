"""Making, changing, ordering and archiving buckets."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, lazyload

from narrative.database import locked, transaction
from narrative.people.models import Bucket, Person
from narrative.people.refusals import CannotContribute, CannotOwn, NameTaken, Stale
from narrative.people.rules import free_slug, may_own, normal_name, version_of

RACES_FOR_A_SLUG = 5


def make_bucket(name: str, *, owner_id: int, contributor_ids: Collection[int] = ()) -> Bucket:
    """Make a bucket behind the others. Its slug comes from its name and never changes.

    Raises CannotOwn, CannotContribute, NameTaken.
    """
    for _race in range(RACES_FOR_A_SLUG):
        try:
            return _make_bucket(name, owner_id, contributor_ids)
        except IntegrityError:
            # Somebody made one with the same slug at the same moment; the next turn sees it.
            continue
    raise NameTaken


def _make_bucket(name: str, owner_id: int, contributor_ids: Collection[int]) -> Bucket:
    with transaction() as session:
        owner, contributors = _writers(session, owner_id, contributor_ids)
        _hold_names_and_places(session)
        _refuse_taken(session, name)
        slug = free_slug(name, set(session.scalars(select(Bucket.slug))))
        last = session.scalar(select(func.max(Bucket.position))) or 0
        bucket = Bucket(name=normal_name(name), slug=slug, position=last + 1, owner=owner)
        bucket.contributors = contributors
        session.add(bucket)
    return bucket


def bucket_version(bucket: Bucket) -> str:
    """Return the version of what the form about a bucket shows."""
    return version_of(bucket.name, bucket.owner_id, sorted(one.id for one in bucket.contributors))


def change_bucket(
    bucket: Bucket, *, name: str, owner_id: int, contributor_ids: Collection[int], version: str
) -> None:
    """Give a bucket another name, owner or contributors; its address stays.

    Raises Stale, CannotOwn, CannotContribute, NameTaken.
    """
    with transaction() as session:
        owner, contributors = _writers(session, owner_id, contributor_ids)
        locked(session, Bucket, bucket.id)
        if bucket_version(bucket) != version:
            writing = ", ".join(one.name for one in bucket.contributors) or "nobody"
            stored = f"{bucket.name}, owned by {bucket.owner.name}, with {writing} contributing"
            raise Stale(stored, version=bucket_version(bucket))
        _refuse_taken(session, name, but=bucket)
        bucket.name, bucket.owner, bucket.contributors = normal_name(name), owner, contributors


def move_bucket(bucket: Bucket, *, places: int) -> None:
    """Move a bucket in use by so many places: -1 is one up. At either end it stays where it is."""
    with transaction() as session:
        used = select(Bucket).where(Bucket.archived_at.is_(None)).order_by(Bucket.id)
        used = used.options(lazyload(Bucket.owner))
        rows = session.scalars(used.with_for_update().execution_options(populate_existing=True))
        ordered = sorted(rows, key=lambda one: (one.position, one.id))
        if bucket not in ordered:
            return
        index = ordered.index(bucket)
        ordered.insert(min(max(index + places, 0), len(ordered) - 1), ordered.pop(index))
        for position, one in enumerate(ordered, start=1):
            one.position = position


def archive(bucket: Bucket, *, at: datetime) -> None:
    """Take a bucket out of use; what was published stays. Nothing happens the second time."""
    with transaction() as session:
        locked(session, Bucket, bucket.id)
        bucket.archived_at = bucket.archived_at or at


def restore(bucket: Bucket) -> None:
    """Take an archived bucket into use again, behind the others. Raises CannotOwn, NameTaken."""
    while not _restore(bucket):
        continue  # It was handed over just then, and the new owner has to be held as well.


def _restore(bucket: Bucket) -> bool:
    """Restore it and return True; return False when it got another owner before its owner was held."""
    with transaction() as session:
        owner_id = bucket.owner_id
        _writers(session, owner_id, ())
        _hold_names_and_places(session)
        locked(session, Bucket, bucket.id)
        if bucket.owner_id != owner_id:
            return False
        if bucket.archived_at is None:
            return True
        _refuse_taken(session, bucket.name, but=bucket)
        bucket.archived_at = None
        bucket.position = (session.scalar(select(func.max(Bucket.position))) or 0) + 1
    return True


def _hold_names_and_places(session: Session) -> None:
    """Hold every bucket: two that come into use at once take neither one name nor one place.

    After people and in the order of ids, as everywhere, so that nobody waits for each other.
    """
    session.execute(select(Bucket.id).order_by(Bucket.id).with_for_update())


def _writers(
    session: Session, owner_id: int, contributor_ids: Collection[int]
) -> tuple[Person, list[Person]]:
    """Lock owner and contributors, so that nobody is deactivated just then. The owner is not both."""
    wanted = {owner_id, *contributor_ids}
    rows = select(Person).where(Person.id.in_(wanted)).order_by(Person.id).with_for_update()
    found = {one.id: one for one in session.scalars(rows.execution_options(populate_existing=True))}
    if owner_id not in found or not may_own(found[owner_id]):
        raise CannotOwn
    if len(found) < len(wanted) or not all(map(may_own, found.values())):
        raise CannotContribute
    owner = found.pop(owner_id)
    return owner, list(found.values())


def _refuse_taken(session: Session, name: str, *, but: Bucket | None = None) -> None:
    used = session.execute(select(Bucket.id, Bucket.name).where(Bucket.archived_at.is_(None)))
    wanted = normal_name(name).casefold()
    if any(taken.casefold() == wanted and (but is None or number != but.id) for number, taken in used):
        raise NameTaken
