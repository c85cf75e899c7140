"""Asking whoever asked."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from narrative.answers import actions
from narrative.answers.actions import StaleText
from narrative.answers.forms import AskBackForm
from narrative.answers.views.answers import moved_words
from narrative.answers.views.page import load_for_work, work_page
from narrative.questions.actions import AlreadyMoved
from narrative.web.access import access, current_person
from narrative.web.moments import request_instant

blueprint = Blueprint("ask_backs", __name__, url_prefix="/answers")


@blueprint.post("/<quarter>/<question_id>/ask-back")
@access("leader")
def create(quarter: str, question_id: str) -> ResponseReturnValue:
    """Ask back, in public."""
    found, form = load_for_work(quarter, question_id), AskBackForm()
    if not form.validate():
        return work_page(found, status=422, ask_back=form)
    text, seen = form.text.data or "", form.seen.data or 0
    try:
        actions.ask_back(found[1], text=text, seen=seen, by=current_person(), at=request_instant())
    except StaleText as problem:
        said = f"{problem.by} asked back while you were writing. Nothing of yours is published yet."
        form.seen.data, form.seen.raw_data = problem.version, None
        return work_page(found, status=409, said=said, theirs=problem.text, ask_back=form)
    except AlreadyMoved as problem:
        return work_page(found, status=409, said=moved_words(problem), ask_back=form)
    flash("You asked back. An answer appears under the question, at a tick.")
    return redirect(url_for("answers.edit", quarter=quarter, question_id=question_id))
