"""Who is signed in: a signed cookie with an id and an epoch, nothing on the server.

No table of sessions and no "last seen": a person's presence is never written down. What each request needs to
know of a person is remembered by the process until the database changes, so a deactivated person is out with
the next request.
"""

from dataclasses import dataclass

from flask import Flask, current_app, g, request, session

from narrative.data_version import Kept, current_number, quick_rows
from narrative.people import queries
from narrative.people.models import Person
from narrative.web.access import level_of

ACTIVE = "SELECT id, name, role, session_epoch FROM people WHERE id = ? AND deactivated_at IS NULL"
MOST_REMEMBERED = 10_000


@dataclass(frozen=True)
class SignedInPerson:
    """What every page needs to know of a person; `web.access.current_person` gives the whole row."""

    id: int
    name: str
    role: str
    session_epoch: int


def register(app: Flask) -> None:
    """Load who is signed in before every request of `app`."""
    app.extensions["narrative.people"] = Kept[SignedInPerson](most=MOST_REMEMBERED)
    app.before_request(load_signed_in_person)


def start_session(person: Person) -> None:
    """Sign `person` in on this browser, replacing whoever was."""
    session.clear()
    session["person"] = person.id
    session["epoch"] = person.session_epoch
    session.permanent = True


def end_session() -> None:
    """Sign out on this browser."""
    session.clear()


def load_signed_in_person() -> None:
    """Put who is signed in, or None, into `g.person`, and how to load the whole row into `g.load_person`.

    An anonymous route never looks: there the person must not even be in memory. Nor does a static file, which
    is the same for everybody.
    """
    g.person = None
    if request.endpoint in {None, "assets.show"} or level_of(current_app, request.endpoint) == "cookieless":
        return
    person_id = session.get("person")
    found = _active_person(person_id) if isinstance(person_id, int) else None
    if found is not None and found.session_epoch == session.get("epoch"):
        g.person = found
        g.load_person = lambda: queries.person(found.id)


def _active_person(person_id: int) -> SignedInPerson | None:
    kept: Kept[SignedInPerson] = current_app.extensions["narrative.people"]
    # Read already, where what is due was looked after first.
    g.data_number = number = g.get("data_number") or current_number()
    known = kept.get(person_id, number=number)
    if known is None and (rows := quick_rows(ACTIVE, person_id)):
        known = SignedInPerson(*rows[0])
        kept.put(person_id, known, number=number)
    return known
