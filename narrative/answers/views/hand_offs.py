"""Handing a question to a colleague, visibly."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from narrative.answers import actions
from narrative.answers.actions import AlreadyClaimed
from narrative.answers.forms import HandOffForm
from narrative.answers.views.answers import moved_words
from narrative.answers.views.page import due_day, load_for_work, work_page
from narrative.people import queries as people
from narrative.people.models import Person
from narrative.questions.actions import AlreadyMoved
from narrative.web.access import access
from narrative.web.moments import request_instant

blueprint = Blueprint("hand_offs", __name__, url_prefix="/answers")


@blueprint.post("/<quarter>/<question_id>/hand-off")
@access("leader")
def create(quarter: str, question_id: str) -> ResponseReturnValue:
    """Give the question another owner."""
    found, form = load_for_work(quarter, question_id), HandOffForm(leaders=people.leaders())
    if not form.validate():
        return work_page(found, status=422, hand_off=form)
    to = next(leader for leader in people.leaders() if leader.id == form.to.data)
    due_on = due_day(found[0])
    try:
        actions.hand_off(
            found[1],
            holder=_holder(form),
            to=to,
            note=form.note.data or "",
            due_on=due_on,
            at=request_instant(),
        )
    except AlreadyClaimed as problem:
        said = f"{problem.owner} holds this question by now. Nothing was changed."
        form.holder.data, form.holder.raw_data = str(problem.owner_id), None
        return work_page(found, status=409, said=said, hand_off=form)
    except AlreadyMoved as problem:
        return work_page(found, status=409, said=moved_words(problem), hand_off=form)
    flash(f"{to.name} owns the question now.")
    return redirect(url_for("answers.index", quarter=quarter))


def _holder(form: HandOffForm) -> Person | None:
    seen = form.holder.data or ""
    return people.person(int(seen)) if seen.isdecimal() and len(seen) < 10 else None
