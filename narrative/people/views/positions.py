"""The order of the buckets."""

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from narrative.people import actions
from narrative.people.views.buckets import bucket_or_404
from narrative.web.access import access

PLACES = {"up": -1, "down": 1}

blueprint = Blueprint("positions", __name__, url_prefix="/buckets")


@blueprint.post("/<bucket>/position")
@access("organiser")
def update(bucket: str) -> ResponseReturnValue:
    """Move a bucket one place up or down."""
    found, places = bucket_or_404(bucket), PLACES.get(request.form.get("direction", ""))
    if places is None:
        abort(400, "A bucket moves up or down. Nothing was changed.")
    actions.move_bucket(found, places=places)
    return redirect(url_for("buckets.index", _anchor=f"bucket-{found.slug}"))
