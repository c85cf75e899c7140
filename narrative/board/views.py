"""The board: every released question of a quarter, and each with its answer."""

from flask import Blueprint, abort, render_template, request, url_for

from narrative.answers import queries as answers
from narrative.answers.rules import DECLINE_REASONS, WITHHOLD_REASONS, may_answer, may_claim
from narrative.people import queries as people
from narrative.people.models import Bucket
from narrative.quarters.models import Quarter
from narrative.quarters.queries import latest_published_quarter
from narrative.quarters.views import quarter_or_404
from narrative.questions import queries
from narrative.questions.asking import next_tick
from narrative.questions.ordering import Choice, ranked, shuffled
from narrative.questions.rules import ERASED_WORDS
from narrative.questions.views.questions import question_or_404
from narrative.web import markdown
from narrative.web.access import access, current_person, has_role
from narrative.web.moments import company_day, request_instant

blueprint = Blueprint("board", __name__, url_prefix="/board")


@blueprint.app_template_global()
def question_counts(quarter: Quarter) -> dict[str, int]:
    """Return a quarter's account of questions, for the pages of rooms below that show it."""
    return queries.counts(quarter)


SHOWN_STATES = ("waiting", "answered", "declined", "withdrawn", "withheld")


@blueprint.get("")
@blueprint.get("/<quarter>")
@access("employee")
def index(quarter: str | None = None) -> str:
    """A page of the board (of the latest published quarter by default), in the order of ordering.py."""
    found = published_quarter(quarter) if quarter else latest_published_quarter()
    if found is None:
        return render_template("board/none.html")
    state, bucket = _chosen_state(), _chosen_bucket()
    page, kept, buckets = _page(found, state, bucket), queries.tallies(found), people.every_bucket()
    asked_about = [row for row in buckets if any(row.id == bucket_id for bucket_id, _state in kept)]
    return render_template(
        "board/index.html",
        quarter=found,
        page=page,
        stage=found.stage(request_instant()),
        counts=queries.totals(kept),
        filters=_filters(found, state, bucket, asked_about, queries.totals(kept)),
        buckets={row.id: row for row in buckets},
        claims=answers.claims(page.questions),
        answers=answers.newest_answers(page.questions),
        older_url=_address(found, state, bucket, after=page.older) if page.older else None,
        newest_url=_address(found, state, bucket) if "after" in request.args else None,
        next_tick=next_tick(found, request_instant()) if is_voting(found) else None,
        shows_votes=shows_votes(found),
        voting=is_voting(found),
    )


@blueprint.get("/<quarter>/<question_id>")
@access("employee")
def show(quarter: str, question_id: str) -> str:
    """One question: its state, its owner, its answer, and what happened to it."""
    found, question = question_or_404(quarter, question_id)
    claim, published = answers.claim(question), answers.answers(question)
    owner_id = claim.owner_id if claim else None
    person = current_person()
    return render_template(
        "board/show.html",
        quarter=found,
        question=question,
        bucket=next((row for row in people.every_bucket() if row.id == question.bucket_id), None),
        claim=claim,
        answers=published,
        promises=answers.promises(found, question),
        render_stored=markdown.stored,
        decline=answers.declines([question]).get(question.id),
        reasons=DECLINE_REASONS,
        history=answers.history(question),
        conversation=answers.conversation(question),
        withholding=answers.withholding(question),
        withheld_reasons=WITHHOLD_REASONS,
        added=len(queries.follow_ups(question)),
        issuer=queries.issuers([found]).get(found.id),
        shows_votes=shows_votes(found),
        voting=is_voting(found),
        may_work=may_answer(person, owner_id=owner_id) or may_claim(person, owner_id=owner_id),
    )


def published_quarter(name: str) -> Quarter:
    """Return a published quarter, or answer 404: before publication it has no board."""
    found = quarter_or_404(name)
    if found.published_at is None:
        abort(404)
    return found


def is_voting(quarter: Quarter) -> bool:
    """Tell whether colleagues can vote now: while questions are open."""
    return quarter.stage(request_instant()) == "asking"


def shows_votes(quarter: Quarter) -> bool:
    """Tell whether the reader sees votes: leaders always, everybody once questions are closed."""
    return not is_voting(quarter) or has_role(current_person(), "leader")


def _page(quarter: Quarter, state: str | None, bucket: Bucket | None) -> queries.Page:
    choice = Choice(quarter, state, bucket.id if bucket else None)
    after = request.args.get("after")
    try:
        if shows_votes(quarter):
            return ranked(choice, after=after)
        return shuffled(choice, day=company_day(request_instant()), after=after)
    except ValueError:
        abort(404)


def _chosen_state() -> str | None:
    state = request.args.get("state")
    if state is not None and state not in SHOWN_STATES:
        abort(404)
    return state


def _chosen_bucket() -> Bucket | None:
    slug = request.args.get("bucket")
    if slug is None:
        return None
    return people.bucket(slug) or abort(404)


def _filters(
    quarter: Quarter,
    state: str | None,
    bucket: Bucket | None,
    asked_about: list[Bucket],
    counts: dict[str, int],
) -> list[object]:
    states = [("All", _address(quarter, None, bucket), state is None)]
    states += [
        (name.capitalize(), _address(quarter, name, bucket), state == name)
        for name in SHOWN_STATES
        if name not in ERASED_WORDS or counts.get(name) or state == name
    ]
    buckets = [("All", _address(quarter, state, None), bucket is None)]
    buckets += [(row.name, _address(quarter, state, row), row is bucket) for row in asked_about]
    return [("State", states), ("Bucket", buckets)]


def _address(quarter: Quarter, state: str | None, bucket: Bucket | None, *, after: str | None = None) -> str:
    slug = bucket.slug if bucket else None
    return url_for("board.index", quarter=quarter.name, state=state, bucket=slug, after=after)
