"""The front page."""

from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, url_for

from narrative.home.queries import notices, situation
from narrative.home.rules import Step, first_step, next_step
from narrative.narratives.comments.queries import unseen_mentions
from narrative.narratives.rules import may_read_drafts
from narrative.narratives.standings import Standing, standings
from narrative.people import queries as people
from narrative.quarters.models import Quarter
from narrative.quarters.queries import current_quarter, previous_quarter, timetable_changes
from narrative.quarters.timeline import timeline, where_it_stands
from narrative.questions import queries as questions
from narrative.web.access import access, current_person
from narrative.web.moments import request_instant

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@access("employee")
def show() -> str:
    """Where the quarter stands, and the one thing this person can do now."""
    at = request_instant()
    quarter = current_quarter(at)
    if quarter is None:
        step = first_step(current_person().role, has_buckets=bool(people.buckets()))
        return render_template("home/show.html", quarter=None, step=step, url=_address(step, None))
    return render_template("home/show.html", **_context(quarter, at), mentions=_mentions())


def _mentions() -> list[dict[str, str]]:
    """Return where this person was mentioned since they opened that room: what to say, and the address."""
    if not may_read_drafts(current_person().role):
        return []
    return [
        {
            "text": f"{one.by} mentioned you in {one.bucket}",
            "url": url_for("comments.index", quarter=one.quarter, bucket=one.slug, _anchor=one.anchor),
        }
        for one in unseen_mentions(current_person().id)
    ]


def _context(quarter: Quarter, at: datetime) -> dict[str, Any]:
    stands, counts = standings(quarter), questions.counts(quarter)
    now = situation(quarter, person=current_person(), standings=stands, counts=counts, at=at)
    step = next_step(now)
    return {
        "quarter": quarter,
        "stands": where_it_stands(quarter, at=at),
        "steps": timeline(quarter, timetable_changes(quarter), at=at),
        "step": step,
        "url": _address(step, quarter),
        "also": _also(step, quarter),
        "notices": notices(quarter, person=current_person(), standings=stands),
        "buckets": _bucket_rows(quarter, stands),
        "counts": counts if quarter.published_at and counts["received"] else None,
        "at": at,
    }


def _bucket_rows(quarter: Quarter, stands: list[Standing]) -> list[dict[str, Any]]:
    leading = current_person().role != "employee"
    return [
        {
            "name": one.name,
            "owner": one.owner,
            "url": _bucket_address(quarter, one, leading=leading),
            "minutes": one.minutes if one.published else None,
            "state": one.state,
            "expected": one.expected_on,
        }
        for one in stands
        if leading or quarter.published_at is not None
    ]


def _bucket_address(quarter: Quarter, one: Standing, *, leading: bool) -> str | None:
    if one.published or leading:
        return url_for("narratives.show", quarter=quarter.name, bucket=one.slug)
    return None


def _also(step: Step, quarter: Quarter) -> tuple[str, str | None] | None:
    """Return the label and address of the second thing a step offers, if any."""
    if step.also is None:
        return None
    label, page = step.also
    return label, _address(Step("", label, page), quarter)


def _address(step: Step, quarter: Quarter | None) -> str | None:
    """Return the address that a step's page names."""
    without_quarter = {"buckets": "buckets.index", "schedule": "quarters.new"}
    if step.page in without_quarter:
        return url_for(without_quarter[step.page])
    if quarter is None or not step.page:
        return None
    if step.page == "before":
        before = previous_quarter(quarter)
        return url_for("reading.show", quarter=before.name) if before else None
    return {
        "timetable": lambda: url_for("quarters.edit", quarter=quarter.name),
        "write": lambda: url_for("narratives.edit", quarter=quarter.name, bucket=step.bucket),
        "sign off": lambda: url_for(
            "narratives.edit", quarter=quarter.name, bucket=step.bucket, _anchor="sign-off"
        ),
        "publish": lambda: url_for("publications.show", quarter=quarter.name),
        "quarter": lambda: url_for("reading.show", quarter=quarter.name),
        "ask": lambda: url_for("questions.new", quarter=quarter.name),
        "board": lambda: url_for("board.index", quarter=quarter.name),
        "mine": lambda: url_for("answers.index", quarter=quarter.name, show="mine"),
        "unclaimed": lambda: url_for("answers.index", quarter=quarter.name, show="unclaimed"),
    }[step.page]()
