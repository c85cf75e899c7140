"""Reading: a quarter's page, and each bucket's narrative in it."""

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from narrative.narratives.rules import may_read_drafts
from narrative.narratives.standings import standings
from narrative.narratives.views.reading_page import published_page
from narrative.narratives.views.shared import blueprint as narratives
from narrative.people.queries import bucket as bucket_called
from narrative.quarters.queries import quarter as quarter_called
from narrative.quarters.queries import timetable_changes
from narrative.quarters.rules import INSTANT_LABELS
from narrative.quarters.timeline import timeline, where_it_stands
from narrative.web.access import access
from narrative.web.moments import request_instant
from narrative.web.page_cache import kept_page

blueprint = Blueprint("reading", __name__)


@blueprint.get("/quarters/<quarter>")
@access("employee")
def show(quarter: str) -> ResponseReturnValue:
    """A quarter: where it stands, its timetable, its narratives."""
    return kept_page(("quarter", quarter), lambda: quarter_page(quarter))


@narratives.get("/narratives/<quarter>/<bucket>", endpoint="show")
@access("employee")
def show_narrative(quarter: str, bucket: str) -> ResponseReturnValue:
    """A published narrative; with another quarter's beside it, or with what is new in it, if asked."""
    beside = request.args.get("beside") if request.query_string else None
    new = bool(request.query_string) and request.args.get("new") == "1"
    name = ("narrative", quarter, bucket, beside, new)
    return kept_page(name, lambda: narrative_page(quarter, bucket, beside, new=new))


def quarter_page(name: str) -> str:
    """Render the quarter's page for a reader of the present role, or answer 404."""
    quarter, at = quarter_called(name), request_instant()
    if quarter is None:
        abort(404)
    changes = timetable_changes(quarter)
    return render_template(
        "quarters/show.html",
        quarter=quarter,
        stage=quarter.stage(at),
        words=where_it_stands(quarter, at=at),
        stops=timeline(quarter, changes, at=at),
        changes=changes,
        instant_labels=INSTANT_LABELS,
        standings=standings(quarter),
        at=at,
    )


def narrative_page(quarter_name: str, slug: str, beside: str | None, *, new: bool) -> ResponseReturnValue:
    """Render a narrative for a reader of the present role.

    What is not published does not exist for employees (404); leaders are sent to its draft.
    """
    quarter, bucket = quarter_called(quarter_name), bucket_called(slug)
    if quarter is None or bucket is None:
        abort(404)
    page = published_page(quarter, bucket, beside, new=new, at=request_instant())
    if page is not None:
        return page
    if not may_read_drafts(g.person.role):
        abort(404)
    return redirect(url_for("drafting.show", quarter=quarter.name, bucket=bucket.slug))
