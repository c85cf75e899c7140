"""Asking owners how their narratives are coming along: one, or all who are silent."""

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from narrative.narratives.nudging import Asked, nudge
from narrative.narratives.standings import Standing, standings
from narrative.narratives.views.publication_page import publication_page, quarter_or_404
from narrative.quarters.models import Quarter
from narrative.web.access import access, current_person
from narrative.web.moments import request_instant, today

blueprint = Blueprint("nudges", __name__)


@blueprint.post("/narratives/<quarter>/<bucket>/nudges")
@blueprint.post("/quarters/<quarter>/nudges")
@access("organiser")
def create(quarter: str, bucket: str | None = None) -> ResponseReturnValue:
    """Ask the owner of one bucket, or of every one."""
    found = quarter_or_404(quarter)
    chosen = [one for one in standings(found) if bucket in {None, one.slug}]
    if not chosen:
        abort(404)
    return asked_answer(found, chosen)


def asked_answer(quarter: Quarter, found: list[Standing]) -> ResponseReturnValue:
    """Ask, and say who was asked, who was passed over, and why; 409 when nobody was."""
    at, unpublished = request_instant(), [one for one in found if not one.published]
    if at < quarter.drafting_opens_at:
        return publication_page(quarter, problem="Nobody was asked: drafting has not opened yet."), 409
    result = nudge(quarter, unpublished, by=current_person(), on=today(), at=at)
    if not result.asked:
        return publication_page(quarter, problem=in_words(result)), 409
    flash(in_words(result))
    return redirect(url_for("publications.show", quarter=quarter.name), 303)


def in_words(result: Asked) -> str:
    """Say what became of asking, in full sentences."""
    asked = ", ".join(f"{owner} ({name})" for owner, name in result.asked)
    passed_over = "; ".join(f"{name}, because {why}" for name, why in result.passed_over)
    said = f"Asked: {asked}. They see it on their home page." if asked else "Nobody was asked."
    return f"{said} Passed over: {passed_over}." if passed_over else said
