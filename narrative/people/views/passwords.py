"""Setting one's password: after a one-time link, or from the account."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from narrative.people import actions
from narrative.people.destination import destination, wanted_path
from narrative.people.forms import ChangePasswordForm, NewPasswordForm
from narrative.people.models import Person
from narrative.people.refusals import Refusal
from narrative.people.session import start_session
from narrative.people.views.refusing import refused_by
from narrative.web.access import access, current_person
from narrative.web.forms import refused
from narrative.web.moments import request_instant

LINK_VOUCHES = timedelta(hours=1)

blueprint = Blueprint("passwords", __name__, url_prefix="/account/password")


@blueprint.get("")
@access("employee")
def edit() -> str:
    """The form. Nobody has to have a password: links do as well."""
    person = current_person()
    return render_template("passwords/edit.html", form=_form(person), **_context(person))


@blueprint.post("")
@access("employee")
def update() -> ResponseReturnValue:
    """Set the password, which ends one's sessions on other browsers."""
    person = current_person()
    form = _form(person)
    if not form.validate():
        return refused("passwords/edit.html", form=form, **_context(person))
    try:
        _check_current(form, person)
        actions.set_password(person, form.password.data or "")
    except Refusal as refusal:
        return refused_by(refusal, "passwords/edit.html", form=form, **_context(person))
    start_session(person)
    flash("Your password is set. Any other browser you were signed in on is signed out.")
    return redirect(destination())


def _form(person: Person) -> NewPasswordForm:
    """Return a form that asks for the current password too, unless a link was as good as it."""
    return ChangePasswordForm(person) if person.password_hash and not _by_link() else NewPasswordForm(person)


def _check_current(form: NewPasswordForm, person: Person) -> None:
    if isinstance(form, ChangePasswordForm):
        current, address = form.current.data or "", request.remote_addr or ""
        actions.confirm_password(person, current, address=address, at=request_instant())


def _context(person: Person) -> dict[str, Any]:
    return {"account": person, "by_link": _by_link(), "next": wanted_path(), "onward": destination()}


def _by_link() -> bool:
    used = session.get("link_used_at")
    return used is not None and request_instant().timestamp() - used < LINK_VOUCHES.total_seconds()
