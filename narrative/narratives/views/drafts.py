"""Reading a draft: for leaders and organisers only."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from narrative.narratives import queries, reading
from narrative.narratives.outcomes import drafted_outcomes
from narrative.narratives.promises import promises
from narrative.narratives.rendering import unlinked
from narrative.narratives.repeating import repeats_of
from narrative.narratives.rules import TEXTS
from narrative.narratives.views.comments_page import comments_context
from narrative.narratives.views.edit_page import review_context
from narrative.narratives.views.room import room_to_read
from narrative.web.access import access
from narrative.web.markdown import render

blueprint = Blueprint("drafting", __name__)


@blueprint.get("/narratives/<quarter>/<bucket>/draft")
@access("employee")
def show(quarter: str, bucket: str) -> ResponseReturnValue:
    """The newest revision as readers would see it; with what repeats an earlier quarter marked, if asked."""
    room = room_to_read(quarter, bucket)
    if room.state == "published":
        return redirect(room.url("narratives.show"))
    comments = comments_context(room, page="draft")
    draft = queries.head_draft(room.narrative)
    html = {name: render(draft.texts[name]) for name in TEXTS if draft.texts[name].strip()}
    earlier = reading.earlier_quarter(room.quarter, room.bucket)
    repeats = repeats_of(earlier, room.bucket, html)
    new = repeats is not None and request.args.get("new") == "1"
    return render_template(
        "narratives/draft.html",
        draft=draft,
        outcomes=drafted_outcomes(promises(room.quarter, room.bucket), draft),
        html=unlinked(repeats.html) if repeats and new else html,
        owners=queries.owner_names(draft),
        earlier=earlier,
        repeats=repeats,
        new=new,
        **review_context(room),
        **comments,
    )
