"""The queue itself, the page of one question, publishing an answer and correcting it."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from narrative.answers import actions, queries
from narrative.answers.actions import StaleText
from narrative.answers.forms import CorrectionForm, FinalAnswerForm
from narrative.answers.views.page import load_for_work, offers, work_page
from narrative.people import queries as people
from narrative.quarters.models import Quarter
from narrative.quarters.queries import current_quarter, latest_published_quarter
from narrative.quarters.views import quarter_or_404
from narrative.questions import queries as questions
from narrative.questions.actions import AlreadyMoved
from narrative.questions.views.questions import question_or_404
from narrative.web.access import access, current_person
from narrative.web.moments import request_instant, today

blueprint = Blueprint("answers", __name__, url_prefix="/answers")


@blueprint.get("")
@blueprint.get("/<quarter>")
@access("leader")
def index(quarter: str | None = None) -> str:
    """The queue of a quarter (the present one by default), those released longest ago first."""
    found = quarter_or_404(quarter) if quarter else _quarter_with_questions()
    show = request.args.get("show", "waiting")
    if show not in queries.QUEUES:
        abort(404)
    return render_template(
        "answers/index.html", quarter=found, show=show, **(_listed(found, show) if found else {})
    )


@blueprint.get("/<quarter>/<question_id>")
@access("leader")
def edit(quarter: str, question_id: str) -> ResponseReturnValue:
    """The page on which a question is claimed, answered, declined, handed off, corrected or reopened."""
    return work_page(question_or_404(quarter, question_id))


@blueprint.post("/<quarter>/<question_id>")
@access("leader")
def create(quarter: str, question_id: str) -> ResponseReturnValue:
    """Publish the answer."""
    found = load_for_work(quarter, question_id)
    form = FinalAnswerForm(offers=offers(found))
    if not form.validate():
        return work_page(found, status=422, answer=form)
    text, promised = form.text.data or "", form.promised()
    try:
        seen, by, at = form.seen.data or 0, current_person(), request_instant()
        actions.publish(found[1], text=text, promised=promised, seen=seen, by=by, at=at)
    except StaleText as problem:
        said = f"{problem.by} saved another draft while you were writing. Nothing of yours is published yet."
        form.seen.data, form.seen.raw_data = problem.version, None
        return work_page(found, status=409, said=said, theirs=problem.text, answer=form)
    except AlreadyMoved as problem:
        return work_page(found, status=409, said=moved_words(problem), theirs=None, answer=form)
    flash("Your answer is published.")
    return redirect(url_for("answers.index", quarter=quarter))


@blueprint.post("/<quarter>/<question_id>/correction")
@access("leader")
def update(quarter: str, question_id: str) -> ResponseReturnValue:
    """Publish a corrected answer, with what was corrected."""
    found, form = load_for_work(quarter, question_id), CorrectionForm()
    if not form.validate():
        return work_page(found, status=422, correction=form)
    try:
        actions.correct(
            found[1],
            text=form.text.data or "",
            reason=form.reason.data or "",
            seen=form.seen.data or 0,
            by=current_person(),
            at=request_instant(),
        )
    except StaleText as problem:
        said = (
            f"{problem.by} corrected this answer while you were writing. Nothing of yours is published yet."
        )
        form.seen.data, form.seen.raw_data = problem.version, None
        return work_page(found, status=409, said=said, theirs=problem.text, correction=form)
    except AlreadyMoved as problem:
        return work_page(found, status=409, said=moved_words(problem), correction=form)
    flash("The correction is published.")
    return redirect(url_for("board.show", quarter=quarter, question_id=question_id))


def moved_words(problem: AlreadyMoved) -> str:
    """Say what happened to whoever was slower."""
    return (
        f"Somebody was faster: this question is {problem.state} already. Nothing of yours was published; "
        "what you wrote is still below."
    )


def _quarter_with_questions() -> Quarter | None:
    # While the next one is being drafted, the last one's answers may still be due.
    return latest_published_quarter() or current_quarter(request_instant())


def _listed(quarter: Quarter, show: str) -> dict[str, object]:
    try:
        page = queries.queue(quarter, show=show, person=current_person(), after=request.args.get("after"))
    except ValueError:
        abort(404)
    return {
        "page": page,
        "counts": questions.counts(quarter),
        "claims": queries.claims(page.questions),
        "followed_up": queries.followed_up(quarter),
        "buckets": {row.id: row for row in people.every_bucket()},
        "today": today(),
        "choices": [
            (name.capitalize(), url_for("answers.index", quarter=quarter.name, show=name), name == show)
            for name in queries.QUEUES
        ],
    }
