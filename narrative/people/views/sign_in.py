"""Signing in with a password, and signing out."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from narrative.people import actions
from narrative.people.destination import destination, wanted_path
from narrative.people.forms import SignInForm
from narrative.people.refusals import Refusal
from narrative.people.session import end_session, start_session
from narrative.people.views.refusing import refused_by
from narrative.web.access import access
from narrative.web.forms import refused
from narrative.web.moments import request_instant

blueprint = Blueprint("sign_in", __name__)


@blueprint.get("/sign-in")
@access("public")
def new() -> ResponseReturnValue:
    """The form; whoever is signed in already goes on."""
    if g.person is not None:
        return redirect(destination())
    return render_template("sign_in/new.html", form=SignInForm(), next=wanted_path())


@blueprint.post("/sign-in")
@access("public")
def create() -> ResponseReturnValue:
    """Sign in with e-mail address and password."""
    form = SignInForm()
    if not form.validate():
        return refused("sign_in/new.html", form=form, next=wanted_path())
    email, password, address = form.email.data or "", form.password.data or "", request.remote_addr or ""
    try:
        person = actions.sign_in(email, password, address=address, at=request_instant())
    except Refusal as refusal:
        return refused_by(refusal, "sign_in/new.html", form=form, next=wanted_path())
    start_session(person)
    return redirect(destination())


@blueprint.post("/sign-out")
@access("public")
def delete() -> ResponseReturnValue:
    """Sign out on this browser."""
    end_session()
    flash("You are signed out.")
    return redirect(url_for("sign_in.new"))
