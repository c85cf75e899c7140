"""Putting an answered or declined question back to waiting."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from narrative.answers import actions
from narrative.answers.forms import ReopenForm
from narrative.answers.views.answers import moved_words
from narrative.answers.views.page import load_for_work, work_page
from narrative.questions.actions import AlreadyMoved
from narrative.web.access import access, current_person
from narrative.web.moments import request_instant

blueprint = Blueprint("reopenings", __name__, url_prefix="/answers")


@blueprint.post("/<quarter>/<question_id>/reopening")
@access("leader")
def create(quarter: str, question_id: str) -> ResponseReturnValue:
    """Reopen the question; what was said stays in its history."""
    found, form = load_for_work(quarter, question_id), ReopenForm()
    if not form.validate() or form.was.data not in {"answered", "declined"}:
        return work_page(found, status=422, reopen=form)
    try:
        actions.reopen(
            found[1], was=form.was.data, note=form.note.data or "", by=current_person(), at=request_instant()
        )
    except AlreadyMoved as problem:
        form.was.data, form.was.raw_data = problem.state, None
        return work_page(found, status=409, said=moved_words(problem), reopen=form)
    flash("The question is waiting again.")
    return redirect(url_for("answers.edit", quarter=quarter, question_id=question_id))
