"""One-time links: using one, and making one for somebody."""

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from narrative.config import settings_of
from narrative.people import actions, queries
from narrative.people.destination import wanted_path
from narrative.people.models import Person
from narrative.people.refusals import Deactivated
from narrative.people.rules import LINK_LASTS, link_address
from narrative.people.session import start_session
from narrative.web.access import access
from narrative.web.moments import request_instant

blueprint = Blueprint("links", __name__)


@blueprint.get("/sign-in/<token>")
@access("public")
def show(token: str) -> ResponseReturnValue:
    """Ask before using the link up: programs that look at mail open links too, but press no buttons."""
    person = queries.person_of_link(token, at=request_instant())
    if person is None:
        return _gone()
    return render_template("links/show.html", invited=person, token=token, next=wanted_path()), _unkept()


@blueprint.post("/sign-in/<token>")
@access("public")
def delete(token: str) -> ResponseReturnValue:
    """Use the link up, and sign its person in. They may set a password next, whatever they had before."""
    person = actions.redeem_link(token, at=request_instant())
    if person is None:
        return _gone()
    start_session(person)
    session["link_used_at"] = int(request_instant().timestamp())
    return redirect(url_for("passwords.edit", next=wanted_path() or None))


@blueprint.post("/people/<int:person_id>/links")
@access("organiser")
def create(person_id: int) -> ResponseReturnValue:
    """Make a new link for a person, in place of any that is unused."""
    person = queries.person(person_id)
    if person is None:
        abort(404)
    try:
        token = actions.make_link(person, at=request_instant())
    except Deactivated as refusal:
        abort(409, str(refusal))
    return to_made(person, token)


@blueprint.get("/people/<int:person_id>/links")
@access("organiser")
def index(person_id: int) -> ResponseReturnValue:
    """A person's links: the one that this organiser just made, for the only time."""
    person, token = queries.person(person_id), session.pop("made_link", None)
    if person is None:
        abort(404)
    if token is None or queries.person_of_link(token, at=request_instant()) != person:
        return render_template("links/shown.html", invited=person), _unkept()
    return _made(person, token)


def to_made(person: Person, token: str) -> ResponseReturnValue:
    """Send an organiser on to the page that shows a new link, which can be loaded again without making one.

    Until then their own browser holds the link: it is kept nowhere in readable form.
    """
    session["made_link"] = token
    return redirect(url_for("links.index", person_id=person.id))


def _made(person: Person, token: str) -> Response:
    address = link_address(token, base_url=settings_of().base_url)
    until = request_instant() + LINK_LASTS
    page = render_template("links/made.html", invited=person, address=address, until=until)
    return make_response(page, _unkept())


def _gone() -> ResponseReturnValue:
    return render_template("links/gone.html"), 404, _unkept()


def _unkept() -> dict[str, str]:
    return {"Cache-Control": "no-store"}
