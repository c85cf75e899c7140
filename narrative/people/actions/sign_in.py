"""Signing in: by one-time link, by password, and how often one may try."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import case, delete, select, update
from sqlalchemy.orm import Session

from narrative.database import db, insertion, transaction
from narrative.people import passwords, queries
from narrative.people.models import Person, SignInLink, SignInTries
from narrative.people.refusals import TooManyTries, WrongCurrentPassword, WrongPassword
from narrative.people.rules import (
    TRIES_PER_ACCOUNT,
    TRIES_PER_ADDRESS,
    TRY_WINDOW,
    household,
    normal_email,
    token_hash,
    try_hash,
)


def redeem_link(token: str, *, at: datetime) -> Person | None:
    """Use a one-time link up and return whom it signs in; None if it is unknown, used, expired or its
    person deactivated. Of two at once, one gets the person."""
    with transaction(shown=False) as session:
        good = (SignInLink.token_hash == token_hash(token), SignInLink.expires_at > at)
        person_id = session.scalar(delete(SignInLink).where(*good).returning(SignInLink.person_id))
        if person_id is None:
            return None
        person = session.get_one(Person, person_id)
        return None if person.deactivated_at else person


def sign_in(email: str, password: str, *, address: str, at: datetime) -> Person:
    """Return the person whose e-mail address and password these are.

    `address` is the client's. A right password gives both counts back.
    Raises TooManyTries, WrongPassword (the same whoever it was) and TooBusy.
    """
    count_try(email, address=address, at=at)
    person = queries.person_by_email(normal_email(email))
    if person is not None and person.deactivated_at:
        person = None
    epoch = person.session_epoch if person else None
    if not _is_password(person, password) or person is None:
        raise WrongPassword
    _forgive(person, address=address, renewed=_renewed(person, password))
    if person.session_epoch != epoch:
        # The password was changed, or every session ended, while this one was being checked.
        raise WrongPassword
    return person


def confirm_password(person: Person, password: str, *, address: str, at: datetime) -> None:
    """Make sure that whoever is signed in knows the password; counted as a try to sign in.

    Raises TooManyTries, WrongCurrentPassword and TooBusy.
    """
    count_try(person.email, address=address, at=at)
    if not _is_password(person, password):
        raise WrongCurrentPassword
    _forgive(person, address=address, renewed=None)


def _is_password(person: Person | None, password: str) -> bool:
    """Tell whether the password is the person's; the same work for nobody and for those who have none.

    Ends the present reading, so that no connection is held while the check waits for its turn.
    """
    kept = person.password_hash if person else None
    db.session.commit()
    return passwords.matches(kept, password)


def count_try(email: str, *, address: str, at: datetime) -> None:
    """Count one try to sign in, on the client's address and on the account, existing or not.

    Raises TooManyTries when either has no try left. However many come at once, exactly as many as allowed
    get through: count and limit are one statement.
    """
    with transaction(shown=False) as session:
        wait = _count(session, _address_hash(address), limit=TRIES_PER_ADDRESS, at=at)
        if wait is None:
            wait = _count(session, _account_hash(email), limit=TRIES_PER_ACCOUNT, at=at)
        _sweep_tries(session, at=at)
    if wait is not None:
        raise TooManyTries(wait)


def sweep(*, at: datetime) -> None:
    """Forget tries whose window is over and links that have expired."""
    with transaction(shown=False) as session:
        _sweep_tries(session, at=at)
        session.execute(delete(SignInLink).where(SignInLink.expires_at <= at))


def _count(session: Session, subject: str, *, limit: int, at: datetime) -> timedelta | None:
    """Count one try and return None, or how long to wait when none is left."""
    over = SignInTries.window_began_at <= at - TRY_WINDOW
    counted = session.scalar(
        insertion(session, SignInTries)
        .values(subject_hash=subject, window_began_at=at, tries=1)
        .on_conflict_do_update(
            index_elements=[SignInTries.subject_hash],
            set_={
                "tries": case((over, 1), else_=SignInTries.tries + 1),
                "window_began_at": case((over, at), else_=SignInTries.window_began_at),
            },
            where=over | (SignInTries.tries < limit),
        )
        .returning(SignInTries.tries)
    )
    if counted is not None:
        return None
    began = select(SignInTries.window_began_at).where(SignInTries.subject_hash == subject)
    return session.scalars(began).one() + TRY_WINDOW - at


def _sweep_tries(session: Session, *, at: datetime) -> None:
    old = select(SignInTries.subject_hash).where(SignInTries.window_began_at <= at - TRY_WINDOW)
    # A row that somebody else is just renewing is theirs: waiting for it could be waiting for each other.
    swept = SignInTries.subject_hash.in_(old.with_for_update(skip_locked=True))
    session.execute(delete(SignInTries).where(swept), execution_options={"synchronize_session": False})


def _forgive(person: Person, *, address: str, renewed: str | None) -> None:
    """Forget the account's tries and give the address its own back: an office shares one.

    A last one is forgotten with its time: who signed in at the first try leaves nothing that says when.
    """
    with transaction(shown=False) as session:
        here = SignInTries.subject_hash == _address_hash(address)
        last = here & (SignInTries.tries <= 1)
        session.execute(
            delete(SignInTries).where(last | (SignInTries.subject_hash == _account_hash(person.email)))
        )
        session.execute(update(SignInTries).where(here).values(tries=SignInTries.tries - 1))
        if renewed is not None:
            unchanged = (Person.id == person.id, Person.password_hash == person.password_hash)
            session.execute(update(Person).where(*unchanged).values(password_hash=renewed))


def _renewed(person: Person, password: str) -> str | None:
    """Return the password's hash at today's cost if it is kept at another, else None."""
    outdated = person.password_hash is not None and passwords.outdated(person.password_hash)
    return passwords.hash_password(password) if outdated else None


def _account_hash(email: str) -> str:
    return try_hash("account", normal_email(email), key=current_app.config["SECRET_KEY"])


def _address_hash(address: str) -> str:
    return try_hash("address", household(address), key=current_app.config["SECRET_KEY"])
