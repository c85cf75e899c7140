"""Who is signed in: a signed cookie with an id and an epoch, nothing on the server.

No table of sessions and no "last seen": a person's presence is never written down. What each request needs to
know of a person is remembered by the process until the database changes, so a deactivated person is out with
the next request; on PostgreSQL, a page that another process serves an employee may come up to a second later.
"""

from dataclasses import dataclass

from flask import Flask, current_app, g, request, session

from narrative.data_version import Kept, current_number, quick_rows, recent_number
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
    """Return the person if active, and put the number under which pages are kept into `g.data_number`."""
    kept: Kept[SignedInPerson] = current_app.extensions["narrative.people"]
    recent = recent_number() if _only_reads() else None
    known = kept.get(person_id, number=recent) if recent is not None else None
    if known is not None and known.role == "employee" and known.session_epoch == session.get("epoch"):
        g.data_number = recent
        return known
    # Whoever writes, may write, or seems not to be signed in is looked at as things stand now.
    g.data_number = number = current_number()
    known = kept.get(person_id, number=number)
    if known is None and (rows := quick_rows(ACTIVE, person_id)):
        known = SignedInPerson(*rows[0])
        kept.put(person_id, known, number=number)
    return known


def _only_reads() -> bool:
    # A message to show once follows a change, which another process may have made for the same person.
    return request.method in {"GET", "HEAD"} and "_flashes" not in session
