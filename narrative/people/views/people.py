"""People, for organisers: the list, inviting, changing, deactivating."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from narrative.people import actions, queries
from narrative.people.forms import PersonForm
from narrative.people.models import Person
from narrative.people.refusals import Refusal
from narrative.people.views.links import to_made
from narrative.people.views.refusing import refused_by
from narrative.web.access import access, current_person
from narrative.web.forms import refused
from narrative.web.moments import request_instant

blueprint = Blueprint("people", __name__, url_prefix="/people")


@blueprint.get("")
@access("organiser")
def index() -> str:
    """Everybody, active people first, a page at a time; or those whom a search finds."""
    search = request.args.get("search", "").strip()
    after = queries.person(request.args.get("after", 0, type=int))
    people, more = queries.people_page(search=search, after=after)
    return render_template("people/index.html", people=people, more=more, search=search, after=after)


@blueprint.get("/new")
@access("organiser")
def new() -> str:
    """The form that invites somebody."""
    return render_template("people/new.html", form=PersonForm())


@blueprint.post("")
@access("organiser")
def create() -> ResponseReturnValue:
    """Make a person, and show their one-time link for the only time."""
    form = PersonForm()
    if not form.validate():
        return refused("people/new.html", form=form)
    try:
        person, token = actions.invite(**_entered(form), at=request_instant())
    except Refusal as refusal:
        return refused_by(refusal, "people/new.html", form=form)
    return to_made(person, token)


@blueprint.get("/<int:person_id>/edit")
@access("organiser")
def edit(person_id: int) -> str:
    """The form about a person, and what else can be done."""
    person = person_or_404(person_id)
    return render_template("people/edit.html", form=filled_form(person), **about(person))


@blueprint.post("/<int:person_id>/edit")
@access("organiser")
def update(person_id: int) -> ResponseReturnValue:
    """Change a person's name, e-mail address or role."""
    person, form = person_or_404(person_id), PersonForm()
    if not form.validate():
        return refused("people/edit.html", form=form, **about(person))
    try:
        actions.change_person(person, **_entered(form), version=form.version.data or "")
    except Refusal as refusal:
        return refused_by(refusal, "people/edit.html", form=form, **about(person))
    flash(f"{person.name} is saved.")
    return redirect(url_for("people.index" if current_person().role == "organiser" else "home.show"))


def person_or_404(person_id: int) -> Person:
    """Return the person with that id, or answer 404."""
    found = queries.person(person_id)
    if found is None:
        abort(404)
    return found


def filled_form(person: Person) -> PersonForm:
    """Return the form as it shows what is stored, whatever was sent."""
    form = PersonForm(formdata=None, obj=person)
    form.version.data = actions.person_version(person)
    return form


def _entered(form: PersonForm) -> dict[str, str]:
    return {name: form[name].data or "" for name in ("name", "email", "role")}


def about(person: Person) -> dict[str, Any]:
    """Return what the page about a person needs beside its form."""
    return {
        "subject": person,
        "owned": queries.owned_buckets(person),
        "link_until": queries.link_expiry(person, at=request_instant()),
    }
