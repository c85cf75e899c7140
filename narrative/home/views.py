"""The front page."""

from flask import Blueprint, render_template

from narrative.web.access import access

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@access("employee")
def show() -> str:
    """Where the quarter stands, and the one thing this person can do now."""
    return render_template("home/show.html")
