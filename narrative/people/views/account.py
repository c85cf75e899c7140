"""What people look after themselves: their name, and where they are signed in."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from narrative.people import actions
from narrative.people.forms import NameForm
from narrative.people.session import end_session
from narrative.web.access import access, current_person
from narrative.web.forms import refused

blueprint = Blueprint("account", __name__, url_prefix="/account")
sessions = Blueprint("sessions", __name__, url_prefix="/account/sessions")


@blueprint.get("")
@access("employee")
def edit() -> str:
    """One's own account."""
    person = current_person()
    return render_template("account/edit.html", form=NameForm(obj=person), account=person)


@blueprint.post("")
@access("employee")
def update() -> ResponseReturnValue:
    """Change one's name."""
    form, person = NameForm(), current_person()
    if not form.validate():
        return refused("account/edit.html", form=form, account=person)
    actions.rename(person, form.name.data or "")
    flash("Your name is saved.")
    return redirect(url_for("account.edit"))


@sessions.post("")
@access("employee")
def delete() -> ResponseReturnValue:
    """Sign out on every browser, this one too."""
    actions.end_sessions(current_person())
    end_session()
    flash("You are signed out everywhere.")
    return redirect(url_for("sign_in.new"))
