"""Erasing the text of a question, after a page that says what that means."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from narrative.answers.forms import WithholdForm
from narrative.answers.rules import may_withhold
from narrative.answers.views.page import Found
from narrative.answers.withholding import withhold
from narrative.questions.actions import AlreadyMoved
from narrative.questions.rules import may_become
from narrative.questions.views.questions import question_or_404
from narrative.web.access import access, current_person
from narrative.web.moments import request_instant

blueprint = Blueprint("withholdings", __name__, url_prefix="/answers")


@blueprint.get("/<quarter>/<question_id>/withholding")
@access("organiser")
def new(quarter: str, question_id: str) -> ResponseReturnValue:
    """What withholding means, and the form for it."""
    found = question_or_404(quarter, question_id)
    if not may_withhold(current_person(), state=found[1].state):
        abort(404)
    return _page(found, WithholdForm(formdata=None, data={"was": found[1].state}))


@blueprint.post("/<quarter>/<question_id>/withholding")
@access("organiser")
def create(quarter: str, question_id: str) -> ResponseReturnValue:
    """Erase the text, in public."""
    found, form = question_or_404(quarter, question_id), WithholdForm()
    was = form.was.data or ""
    if not form.validate() or not may_become(was, "withheld"):
        return _page(found, form, status=422)
    reason, sentence = form.reason.data, form.sentence.data or ""
    try:
        withhold(
            found[1], was=was, reason=reason, sentence=sentence, by=current_person(), at=request_instant()
        )
    except AlreadyMoved as problem:
        said = f"Somebody was faster: this question is {problem.state} by now. Nothing was erased by you."
        form.was.data, form.was.raw_data = problem.state, None
        return _page(found, form, status=409, said=said)
    flash("The question is withheld. Its text is erased.")
    return redirect(url_for("board.show", quarter=quarter, question_id=question_id))


def _page(found: Found, form: WithholdForm, *, status: int = 200, said: str | None = None) -> tuple[str, int]:
    quarter, question = found
    page = render_template(
        "withholdings/new.html",
        quarter=quarter,
        question=question,
        form=form,
        said=said,
        may_still=may_withhold(current_person(), state=question.state),
        errors=status == 422,
    )
    return page, status
