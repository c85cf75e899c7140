"""Reading people and buckets."""

from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, tuple_, union
from sqlalchemy.orm import selectinload

from narrative.database import db
from narrative.people.models import Bucket, Contributor, Person, SignInLink
from narrative.people.rules import normal_email, normal_name, token_hash

PAGE = 50
LARGEST_ID = 2**31 - 1
MOST_KNOWN = 2_000


def person(person_id: int) -> Person | None:
    """Return the person with that id, or None."""
    return db.session.get(Person, person_id) if 0 < person_id <= LARGEST_ID else None


def people() -> list[Person]:
    """Return everybody, active people first, by name."""
    return list(db.session.scalars(select(Person).order_by(Person.deactivated_at.is_not(None), Person.name)))


def people_page(
    *, search: str = "", after: Person | None = None, size: int = PAGE
) -> tuple[list[Person], bool]:
    """Return `size` people behind `after`, active people first, by name; and whether more follow.

    `search` keeps those whose name or e-mail address contains it. At most two queries, each of which stops
    after a page: an index gives the order.
    """
    found: list[Person] = []
    for deactivated in (False, True):
        if after and after.deactivated_at and not deactivated:
            continue
        rows = select(Person).where(Person.deactivated_at.is_not(None) == deactivated, *_containing(search))
        if after and bool(after.deactivated_at) == deactivated:
            rows = rows.where(tuple_(Person.name, Person.id) > (after.name, after.id))
        wanted = size + 1 - len(found)
        found += db.session.scalars(rows.order_by(Person.name, Person.id).limit(wanted))
        if len(found) > size:
            break
    return found[:size], len(found) > size


def _containing(search: str) -> list[ColumnElement[bool]]:
    text = normal_name(search)
    if not text or "\x00" in text:
        return []
    # SQLite folds the case of ASCII letters only, so the spellings in which names occur are looked for too.
    spellings = {text, text.lower(), text.upper(), text.title()}
    named = [Person.name.icontains(spelling, autoescape=True) for spelling in sorted(spellings)]
    return [or_(*named, Person.email.contains(normal_email(text), autoescape=True))]


def person_by_email(email: str) -> Person | None:
    """Return the person with that normal e-mail address, or None."""
    return db.session.scalar(select(Person).where(Person.email == email))


def known_names(*, most: int = MOST_KNOWN) -> list[str]:
    """Return the names of all active people, by name; of more than `most`, only those who work on a bucket.

    Every reader gets the same list.
    """
    active = select(Person.name).where(Person.deactivated_at.is_(None)).order_by(Person.name, Person.id)
    names = list(db.session.scalars(active.limit(most + 1)))
    if len(names) <= most:
        return names
    at_work = union(
        select(Bucket.owner_id).where(Bucket.archived_at.is_(None)),
        select(Contributor.person_id)
        .join(Bucket, Bucket.id == Contributor.bucket_id)
        .where(Bucket.archived_at.is_(None)),
    )
    return list(db.session.scalars(active.where(Person.id.in_(at_work)).limit(most)))


def leaders() -> list[Person]:
    """Return those who can own a bucket: active leaders and organisers, by name."""
    able = select(Person).where(Person.deactivated_at.is_(None), Person.role.in_(("leader", "organiser")))
    return list(db.session.scalars(able.order_by(Person.name, Person.id)))


def person_of_link(token: str, *, at: datetime) -> Person | None:
    """Return the active person whom an unused one-time link would sign in at the instant `at`, or None."""
    good = (SignInLink.token_hash == token_hash(token), SignInLink.expires_at > at)
    found = select(Person).join(SignInLink, SignInLink.person_id == Person.id).where(*good)
    return db.session.scalar(found.where(Person.deactivated_at.is_(None)))


def link_expiry(person: Person, *, at: datetime) -> datetime | None:
    """Return until when the person's unused one-time link works, or None if there is none."""
    good = (SignInLink.person_id == person.id, SignInLink.expires_at > at)
    return db.session.scalar(
        select(SignInLink.expires_at).where(*good).order_by(SignInLink.expires_at.desc())
    )


def buckets() -> list[Bucket]:
    """Return the buckets that are not archived, in their order."""
    found = select(Bucket).where(Bucket.archived_at.is_(None)).order_by(Bucket.position, Bucket.id)
    return list(db.session.scalars(found))


def buckets_with_contributors() -> tuple[list[Bucket], list[Bucket]]:
    """Return the buckets in use, in their order, and the archived ones, by name; contributors are loaded."""
    found = select(Bucket).options(selectinload(Bucket.contributors)).order_by(Bucket.position, Bucket.id)
    everything = list(db.session.scalars(found))
    archived = sorted((one for one in everything if one.archived_at), key=lambda bucket: bucket.name)
    return [one for one in everything if not one.archived_at], archived


def bucket(slug: str) -> Bucket | None:
    """Return the bucket with that slug, archived or not, or None; addresses may hold anything instead."""
    if "\x00" in slug:
        return None  # PostgreSQL would refuse to look
    return db.session.scalar(select(Bucket).where(Bucket.slug == slug))


def owned_buckets(person: Person) -> list[Bucket]:
    """Return the buckets in use for which the person is accountable, in their order."""
    owned = select(Bucket).where(Bucket.owner_id == person.id, Bucket.archived_at.is_(None))
    return list(db.session.scalars(owned.order_by(Bucket.position, Bucket.id)))


def every_bucket() -> list[Bucket]:
    """Return all buckets in their order, archived ones too: what was written and asked about them stays."""
    return list(db.session.scalars(select(Bucket).order_by(Bucket.position, Bucket.id)))
