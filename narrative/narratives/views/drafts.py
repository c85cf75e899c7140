"""Reading a draft: for leaders and organisers only."""

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from narrative.narratives import queries
from narrative.narratives.rules import TEXTS
from narrative.narratives.views.comments_page import comments_context
from narrative.narratives.views.room import room_to_read
from narrative.web.access import access
from narrative.web.markdown import render

blueprint = Blueprint("drafting", __name__)


@blueprint.get("/narratives/<quarter>/<bucket>/draft")
@access("employee")
def show(quarter: str, bucket: str) -> ResponseReturnValue:
    """The newest revision as readers would see it."""
    room = room_to_read(quarter, bucket)
    if room.state == "published":
        return redirect(room.url("narratives.show"))
    comments = comments_context(room, page="draft")
    draft = queries.head_draft(room.narrative)
    html = {name: render(draft.texts[name]) for name in TEXTS if draft.texts[name].strip()}
    owners = queries.owner_names(draft)
    return render_template("narratives/draft.html", draft=draft, html=html, owners=owners, **comments)
