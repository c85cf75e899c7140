"""Publishing a quarter: the organiser's page."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from narrative.narratives.publishing import MoreMissing, NothingSignedOff, publish_quarter
from narrative.narratives.rules import together
from narrative.narratives.standings import standings
from narrative.quarters.models import Quarter
from narrative.quarters.queries import quarter as quarter_called
from narrative.web.access import access, current_person
from narrative.web.moments import request_instant

blueprint = Blueprint("publications", __name__)

NOTHING = "Nothing was published: no narrative is signed off yet. Owners sign off in the drafting room."
MORE = "Nothing was published. {names} {verb} not signed off any more. Look again, then publish."


@blueprint.get("/quarters/<quarter>/publication")
@access("organiser")
def show(quarter: str) -> str:
    """Every bucket's narrative, how it stands, and what publishing now would leave out."""
    return publication_page(quarter_to_publish(quarter))


@blueprint.post("/quarters/<quarter>/publication")
@access("organiser")
def create(quarter: str) -> ResponseReturnValue:
    """Publish the quarter, without the buckets that the page named."""
    found = quarter_to_publish(quarter)
    without = {int(number) for number in request.form.getlist("without") if _is_id(number)}
    try:
        done = publish_quarter(found, by=current_person(), at=request_instant(), without=without)
    except NothingSignedOff:
        return publication_page(found, problem=NOTHING), 409
    except MoreMissing as missing:
        names, verb = together(missing.names), "is" if len(missing.names) == 1 else "are"
        return publication_page(found, problem=MORE.format(names=names, verb=verb)), 409
    flash(f"{found.title} is published." if done else f"{found.title} was published already.")
    return redirect(url_for("reading.show", quarter=found.name), 303)


def _is_id(text: str) -> bool:
    return text.isdecimal() and len(text) < 10


def quarter_to_publish(name: str) -> Quarter:
    """Return the quarter, or answer 404."""
    found = quarter_called(name)
    if found is None:
        abort(404)
    return found


def publication_page(quarter: Quarter, *, problem: str = "") -> str:
    """Render the organiser's page."""
    found = standings(quarter)
    return render_template(
        "publications/show.html",
        quarter=quarter,
        standings=found,
        missing=[one for one in found if not (one.will_be_published or one.published)],
        ready=[one for one in found if one.will_be_published],
        changed=[one for one in found if one.state == "changed since sign-off"],
        at=request_instant(),
        problem=problem,
        errors=bool(problem),
    )
