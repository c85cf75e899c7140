"""Who is signed in: a signed cookie with an id and an epoch, nothing on the server.

No table of sessions and no "last seen": a person's presence is never written down.
"""

from flask import current_app, g, request, session

from narrative.people import queries
from narrative.people.models import Person
from narrative.web.access import level_of


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
    """Put the signed-in person, or None, into `g.person`.

    An anonymous route never looks: there the person must not even be in memory.
    """
    g.person = None
    if request.endpoint is None or level_of(current_app, request.endpoint) == "cookieless":
        return
    person_id = session.get("person")
    found = queries.person(person_id) if isinstance(person_id, int) else None
    if found is not None and found.deactivated_at is None and found.session_epoch == session.get("epoch"):
        g.person = found
