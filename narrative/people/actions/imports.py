"""Importing people: what a file that was read does to those who are here."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from narrative.database import transaction
from narrative.people.actions.people import add_link, check_role_change, stop_contributing
from narrative.people.import_people import ImportReport, PeopleFile, Row
from narrative.people.models import Person
from narrative.people.refusals import Refusal
from narrative.people.rules import may_own

DEACTIVATED = "deactivated: left as it is"


def import_people(
    file: PeopleFile, *, partial: bool = False, dry_run: bool = False, at: datetime
) -> ImportReport:
    """Add and change the people of a file that `read_people` has read, and report each row's fate.

    All of it in one transaction. Nothing is written when any row has an error, unless `partial`; nor with
    `dry_run`. Nobody is ever removed or reactivated. Each new person gets a one-time link.
    """
    if file.error:
        return ImportReport(error=file.error, ignored=file.ignored, links={})
    try:
        return _import(file, partial=partial, dry_run=dry_run, at=at)
    except IntegrityError:
        # Somebody was invited by one of these addresses meanwhile; now they are known.
        return _import(file, partial=partial, dry_run=dry_run, at=at)


def _import(file: PeopleFile, *, partial: bool, dry_run: bool, at: datetime) -> ImportReport:
    with transaction() as session:
        known = _lock_everybody(session)
        fates = _fates(file.rows, known)
        wrong = any(fate.startswith("error") for fate in fates)
        written = not dry_run and (partial or not wrong)
        links = _write(session, file.rows, fates, known, at=at) if written else {}
    return ImportReport(
        rows=tuple(zip(file.rows, fates, strict=True)), ignored=file.ignored, written=written, links=links
    )


def _lock_everybody(session: Session) -> dict[str, Person]:
    rows = select(Person).order_by(Person.id).with_for_update().execution_options(populate_existing=True)
    return {person.email: person for person in session.scalars(rows)}


def _fates(rows: tuple[Row, ...], known: dict[str, Person]) -> list[str]:
    organisers = sum(one.role == "organiser" and not one.deactivated_at for one in known.values())
    organisers += sum(
        row.role == "organiser" and _gains(known.get(row.email)) for row in rows if not row.error
    )
    fates = []
    for row in rows:
        person = known.get(row.email)
        fate = f"error: {row.error}" if row.error else _fate(row, person, organisers=organisers)
        loses = person is not None and person.role == "organiser" and row.role != "organiser"
        organisers -= loses and fate.startswith("change")
        fates.append(fate)
    return fates


def _gains(person: Person | None) -> bool:
    """Tell whether a row that says organiser makes one of somebody who was none."""
    return person is None or (person.deactivated_at is None and person.role != "organiser")


def _fate(row: Row, person: Person | None, *, organisers: int) -> str:
    if person is None:
        return "add"
    if person.deactivated_at:
        return DEACTIVATED
    try:
        check_role_change(person, row.role, organisers=organisers)
    except Refusal as refusal:
        return f"error: {refusal}"
    changes = [field for field in ("name", "role") if getattr(row, field) != getattr(person, field)]
    return f"change {' and '.join(changes)}" if changes else "same"


def _write(
    session: Session, rows: tuple[Row, ...], fates: list[str], known: dict[str, Person], *, at: datetime
) -> dict[str, str]:
    added = [
        Person(name=row.name, email=row.email, role=row.role)
        for row, fate in zip(rows, fates, strict=True)
        if fate == "add"
    ]
    session.add_all(added)
    session.flush()
    for row, fate in zip(rows, fates, strict=True):
        if fate.startswith("change"):
            person = known[row.email]
            person.name, person.role = row.name, row.role
            if not may_own(person):
                stop_contributing(session, person)
    return {person.email: add_link(session, person, at=at) for person in added}
