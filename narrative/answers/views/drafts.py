"""Drafts of answers, and what readers will see of them."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from narrative.answers import actions
from narrative.answers.actions import StaleText
from narrative.answers.forms import AnswerForm
from narrative.answers.rules import LONGEST_ANSWER
from narrative.answers.views.answers import moved_words
from narrative.answers.views.page import load_for_work, offers, work_page
from narrative.questions.actions import AlreadyMoved
from narrative.web import markdown
from narrative.web.access import access, current_person
from narrative.web.moments import request_instant

blueprint = Blueprint("drafts", __name__, url_prefix="/answers")


@blueprint.post("/<quarter>/<question_id>/draft")
@access("leader")
def update(quarter: str, question_id: str) -> ResponseReturnValue:
    """Save the draft."""
    found = load_for_work(quarter, question_id)
    form = AnswerForm(offers=offers(found))
    if not form.validate():
        return work_page(found, status=422, answer=form)
    try:
        actions.save_draft(
            found[1],
            text=form.text.data or "",
            promised=form.typed_promise(),
            seen=form.seen.data or 0,
            by=current_person(),
            at=request_instant(),
        )
    except StaleText as problem:
        said = f"{problem.by} saved another draft while you were writing. Yours is below and not saved yet."
        form.seen.data, form.seen.raw_data = problem.version, None
        return work_page(found, status=409, said=said, theirs=problem.text, answer=form)
    except AlreadyMoved as problem:
        return work_page(found, status=409, said=moved_words(problem), answer=form)
    flash("The draft is saved.")
    return redirect(url_for("answers.edit", quarter=quarter, question_id=question_id))


@blueprint.post("/preview")
@access("leader")
def show() -> str:
    """Return a text as readers will see it: a fragment."""
    return str(markdown.render(request.form.get("text", "")[:LONGEST_ANSWER]))
