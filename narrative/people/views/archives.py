"""Taking buckets out of use, and into use again."""

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from narrative.people import actions
from narrative.people.refusals import Refusal
from narrative.people.views.buckets import bucket_or_404
from narrative.web.access import access
from narrative.web.moments import request_instant

blueprint = Blueprint("archives", __name__, url_prefix="/buckets")


@blueprint.post("/<bucket>/archive")
@access("organiser")
def create(bucket: str) -> ResponseReturnValue:
    """Archive a bucket: no new narratives; what was published stays."""
    found = bucket_or_404(bucket)
    actions.archive(found, at=request_instant())
    flash(f"{found.name} is archived. What was published about it can still be read.")
    return redirect(url_for("buckets.index"))


@blueprint.post("/<bucket>/restoration")
@access("organiser")
def delete(bucket: str) -> ResponseReturnValue:
    """Take an archived bucket into use again."""
    found = bucket_or_404(bucket)
    try:
        actions.restore(found)
    except Refusal as refusal:
        abort(409, f"{found.name} cannot be restored as it is. {refusal}.")
    flash(f"{found.name} is in use again, at the end of the list.")
    return redirect(url_for("buckets.index"))
