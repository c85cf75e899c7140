"""Declining a question for a reason of the published policy."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from narrative.answers import actions
from narrative.answers.forms import DeclineForm
from narrative.answers.rules import DECLINE_REASONS, WITHHOLD_REASONS
from narrative.answers.views.answers import moved_words
from narrative.answers.views.page import load_for_work, work_page
from narrative.questions.actions import AlreadyMoved
from narrative.web.access import access, current_person
from narrative.web.moments import request_instant

blueprint = Blueprint("declines", __name__)


@blueprint.get("/policy")
@access("public")
def index() -> str:
    """The published policy: the only reasons for which a question is declined, or its text withheld."""
    return render_template("declines/index.html", reasons=DECLINE_REASONS, withheld=WITHHOLD_REASONS)


@blueprint.post("/answers/<quarter>/<question_id>/decline")
@access("leader")
def create(quarter: str, question_id: str) -> ResponseReturnValue:
    """Decline the question, in public."""
    found, form = load_for_work(quarter, question_id), DeclineForm()
    if not form.validate():
        return work_page(found, status=422, decline=form)
    reason, sentence = form.reason.data, form.sentence.data or ""
    try:
        actions.decline(found[1], reason=reason, sentence=sentence, by=current_person(), at=request_instant())
    except AlreadyMoved as problem:
        return work_page(found, status=409, said=moved_words(problem), decline=form)
    flash("The question is declined, with its reason.")
    return redirect(url_for("answers.index", quarter=quarter))
