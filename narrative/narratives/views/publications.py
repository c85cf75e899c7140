"""Publishing a quarter: the organiser's page."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from narrative.narratives.gate import Decision, FoundMeanwhile, MoreMissing, NeedsReason, NothingSignedOff
from narrative.narratives.publication_forms import SAY_WHY, AnywayForm
from narrative.narratives.publishing import publish_quarter
from narrative.narratives.rules import together
from narrative.narratives.views.publication_page import publication_page, quarter_or_404
from narrative.quarters.models import Quarter
from narrative.web.access import access, current_person
from narrative.web.moments import request_instant

blueprint = Blueprint("publications", __name__)

NOTHING = "Nothing was published: no narrative is signed off yet. Owners sign off in the drafting room."
MORE = "Nothing was published. {names} {verb} not signed off any more. Look again, then publish."
MEANWHILE = "Nothing was published: the check finds something else now than before. Look again, then publish."


@blueprint.get("/quarters/<quarter>/publication")
@access("leader")
def show(quarter: str) -> str:
    """Every bucket: how it stands, who read it, what the check found; and what publishing would leave out."""
    return publication_page(quarter_or_404(quarter))


@blueprint.post("/quarters/<quarter>/publication")
@access("organiser")
def create(quarter: str) -> ResponseReturnValue:
    """Publish the quarter, without the buckets that the page named, and with what it said of the others."""
    found, form = quarter_or_404(quarter), AnywayForm()
    if not form.validate():
        return publication_page(found, form=form), 422
    try:
        done = publish_quarter(found, by=current_person(), at=request_instant(), decision=decision(form))
    except (NothingSignedOff, MoreMissing, FoundMeanwhile, NeedsReason) as refusal:
        return refused_for(refusal, found, form)
    flash(f"{found.title} is published." if done else f"{found.title} was published already.")
    return redirect(url_for("reading.show", quarter=found.name), 303)


def decision(form: AnywayForm) -> Decision:
    """Return what the organiser had seen, and says."""
    without = {int(number) for number in request.form.getlist("without") if _is_id(number)}
    return Decision(without=without, seen=form.seen.data or "", because=form.because.data or "")


def _is_id(text: str) -> bool:
    return text.isdecimal() and len(text) < 10


def refused_for(refusal: Exception, quarter: Quarter, form: AnywayForm) -> ResponseReturnValue:
    """Show the page again, with what was typed and why nothing was published."""
    if isinstance(refusal, NeedsReason):
        form.add_error("because", SAY_WHY)
        return publication_page(quarter, form=form), 422
    problem = NOTHING if isinstance(refusal, NothingSignedOff) else MEANWHILE
    if isinstance(refusal, MoreMissing):
        names, verb = together(refusal.names), "is" if len(refusal.names) == 1 else "are"
        problem = MORE.format(names=names, verb=verb)
    return publication_page(quarter, form=form, problem=problem), 409
