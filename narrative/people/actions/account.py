"""What people change about themselves."""

from narrative.database import locked, transaction
from narrative.people.models import Person
from narrative.people.passwords import hash_password
from narrative.people.rules import normal_name


def rename(person: Person, name: str) -> None:
    """Give a person the name under which everybody sees what they write."""
    with transaction() as session:
        locked(session, Person, person.id)
        person.name = normal_name(name)


def set_password(person: Person, password: str) -> None:
    """Give a person that password and end all of their sessions. Raises TooBusy."""
    kept = hash_password(password)
    with transaction() as session:
        locked(session, Person, person.id)
        person.password_hash = kept
        person.session_epoch += 1


def end_sessions(person: Person) -> None:
    """Sign a person out on every browser."""
    with transaction() as session:
        locked(session, Person, person.id)
        person.session_epoch += 1
