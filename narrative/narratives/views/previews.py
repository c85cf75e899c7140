"""What readers will see of a text that is being written."""

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from narrative.narratives.rules import LONGEST_TEXT
from narrative.narratives.views.room import room_to_comment
from narrative.web.access import access
from narrative.web.markdown import render

blueprint = Blueprint("previews", __name__)


@blueprint.post("/narratives/<quarter>/<bucket>/preview")
@access("employee")
def create(quarter: str, bucket: str) -> ResponseReturnValue:
    """Render the text that was sent, by the same function as the published page. Stores nothing."""
    room_to_comment(quarter, bucket)
    text = request.form.get("text", "")
    if len(text) > LONGEST_TEXT:
        abort(422, f"A text may have {LONGEST_TEXT:,} characters; this one has {len(text):,}.")
    return str(render(text))
