"""Reading people and buckets."""

from sqlalchemy import select

from narrative.database import db
from narrative.people.models import Bucket, Person


def person(person_id: int) -> Person | None:
    """Return the person with that id, or None."""
    return db.session.get(Person, person_id)


def people() -> list[Person]:
    """Return everybody, active people first, by name."""
    return list(db.session.scalars(select(Person).order_by(Person.deactivated_at.is_not(None), Person.name)))


def person_by_email(email: str) -> Person | None:
    """Return the person with that normal e-mail address, or None."""
    return db.session.scalar(select(Person).where(Person.email == email))


def buckets() -> list[Bucket]:
    """Return the buckets that are not archived, in their order."""
    found = select(Bucket).where(Bucket.archived_at.is_(None)).order_by(Bucket.position, Bucket.id)
    return list(db.session.scalars(found))


def bucket(slug: str) -> Bucket | None:
    """Return the bucket with that slug, archived or not, or None."""
    return db.session.scalar(select(Bucket).where(Bucket.slug == slug))
