"""Inviting people, changing them, ending and renewing their access."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from narrative.database import locked, transaction
from narrative.people import queries
from narrative.people.models import Contributor, Person, SignInLink
from narrative.people.refusals import Deactivated, EmailTaken, LastOrganiser, OwnsBuckets, Stale
from narrative.people.rules import (
    LINK_LASTS,
    ROLES,
    email_error,
    may_own,
    name_error,
    normal_email,
    normal_name,
    token_hash,
    version_of,
)

TOKEN_BYTES = 32


def invite(name: str, email: str, role: str, *, at: datetime) -> tuple[Person, str]:
    """Make a person, and return them with the token of their first one-time link.

    Raises EmailTaken, and ValueError with a sentence for a name, address or role that no rule allows.
    """
    wrong = (
        name_error(name) or email_error(email) or (None if role in ROLES else f"There is no role {role!r}")
    )
    if wrong:
        raise ValueError(wrong)
    with _unique_email(email), transaction() as session:
        _refuse_taken(email)
        person = Person(name=normal_name(name), email=normal_email(email), role=role)
        session.add(person)
        session.flush()
        return person, add_link(session, person, at=at)


def make_link(person: Person, *, at: datetime) -> str:
    """Return the token of a new one-time link; the person's earlier ones stop working. Raises Deactivated."""
    with transaction() as session:
        locked(session, Person, person.id)
        if person.deactivated_at:
            raise Deactivated(person.name)
        forget_links(session, person)
        return add_link(session, person, at=at)


def person_version(person: Person) -> str:
    """Return the version of what the form about a person shows."""
    return version_of(person.name, person.email, person.role)


def change_person(person: Person, *, name: str, email: str, role: str, version: str) -> None:
    """Give a person another name, e-mail address or role.

    A new address makes an unused link stop working, since it may lie in the wrong mailbox. Who becomes an
    employee contributes to no bucket any more. Raises Stale, EmailTaken, LastOrganiser, OwnsBuckets.
    """
    with _unique_email(email), transaction() as session:
        organisers = lock_with_organisers(session, person)
        if person_version(person) != version:
            stored = f"{person.name}, {person.email}, {person.role}"
            raise Stale(stored, version=person_version(person))
        _refuse_taken(email, but=person)
        check_role_change(person, role, organisers=len(organisers))
        if person.email != normal_email(email):
            forget_links(session, person)
        person.name, person.email, person.role = normal_name(name), normal_email(email), role
        if not may_own(person):
            stop_contributing(session, person)


def deactivate(person: Person, *, at: datetime) -> None:
    """End a person's access: every session, unused link and contribution. Does nothing the second time.

    Raises LastOrganiser, and OwnsBuckets while they are accountable for a bucket in use.
    """
    with transaction() as session:
        organisers = lock_with_organisers(session, person)
        if person.deactivated_at:
            return
        if organisers == {person.id}:
            raise LastOrganiser(person.name)
        refuse_owner(person)
        person.deactivated_at = at
        person.session_epoch += 1
        forget_links(session, person)
        stop_contributing(session, person)


def reactivate(person: Person) -> None:
    """Give a deactivated person their access back, with the role and the password they had."""
    with transaction() as session:
        locked(session, Person, person.id)
        person.deactivated_at = None


def lock_with_organisers(session: Session, person: Person) -> set[int]:
    """Lock a person and every active organiser, and return the ids of the latter.

    In one statement and one order, so that two who do this at once wait for each other instead of failing.
    """
    organises = (Person.role == "organiser") & Person.deactivated_at.is_(None)
    rows = select(Person).where(or_(Person.id == person.id, organises)).order_by(Person.id)
    found = session.scalars(rows.with_for_update().execution_options(populate_existing=True)).all()
    return {one.id for one in found if one.role == "organiser" and not one.deactivated_at}


def check_role_change(person: Person, role: str, *, organisers: int) -> None:
    """Refuse a role that would leave no organiser, or a bucket in use without an owner who may own it.

    `organisers` is how many are active. Raises LastOrganiser, OwnsBuckets.
    """
    if person.role == "organiser" and role != "organiser" and not person.deactivated_at and organisers == 1:
        raise LastOrganiser(person.name)
    if role == "employee" and person.role != "employee":
        refuse_owner(person)


def refuse_owner(person: Person) -> None:
    """Raise OwnsBuckets if the person is accountable for buckets in use."""
    owned = [bucket.name for bucket in queries.owned_buckets(person)]
    if owned:
        raise OwnsBuckets(person.name, owned)


def add_link(session: Session, person: Person, *, at: datetime) -> str:
    """Add a one-time link in the caller's transaction and return its token: 256 bits, kept only as a hash."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(SignInLink(token_hash=token_hash(token), person_id=person.id, expires_at=at + LINK_LASTS))
    return token


def forget_links(session: Session, person: Person) -> None:
    """Delete the person's unused links in the caller's transaction."""
    session.execute(delete(SignInLink).where(SignInLink.person_id == person.id))


def stop_contributing(session: Session, person: Person) -> None:
    """Take the person off every bucket's contributors in the caller's transaction."""
    session.execute(delete(Contributor).where(Contributor.person_id == person.id))


def _refuse_taken(email: str, *, but: Person | None = None) -> None:
    holder = queries.person_by_email(normal_email(email))
    if holder is not None and holder is not but:
        raise EmailTaken(holder.name, deactivated=holder.deactivated_at is not None)


@contextmanager
def _unique_email(email: str) -> Iterator[None]:
    # Two at once can both find an address free; the constraint lets one of them through.
    try:
        yield
    except IntegrityError:
        _refuse_taken(email)
        raise
