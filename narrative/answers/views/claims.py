"""Taking a question."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from narrative.answers import actions
from narrative.answers.actions import AlreadyClaimed
from narrative.answers.views.page import due_day, work_page
from narrative.questions.actions import AlreadyMoved
from narrative.questions.views.questions import question_or_404
from narrative.web.access import access, current_person
from narrative.web.moments import request_instant

blueprint = Blueprint("claims", __name__, url_prefix="/answers")


@blueprint.post("/<quarter>/<question_id>/claim")
@access("leader")
def create(quarter: str, question_id: str) -> ResponseReturnValue:
    """Make the signed-in leader the question's owner."""
    found = question_or_404(quarter, question_id)
    due_on = due_day(found[0])
    try:
        actions.claim(found[1], by=current_person(), due_on=due_on, at=request_instant())
    except AlreadyClaimed as problem:
        return work_page(found, status=409, said=f"{problem.owner} was faster and owns this question now.")
    except AlreadyMoved as problem:
        return work_page(found, status=409, said=f"Somebody was faster: this question is {problem.state}.")
    flash("The question is yours.")
    return redirect(url_for("answers.edit", quarter=quarter, question_id=question_id))
