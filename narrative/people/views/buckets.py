"""Buckets, for organisers: the list in its order, making and changing one."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from narrative.people import actions, queries
from narrative.people.forms import BucketForm
from narrative.people.models import Bucket
from narrative.people.refusals import Refusal
from narrative.people.views.refusing import refused_by
from narrative.web.access import access
from narrative.web.forms import refused

blueprint = Blueprint("buckets", __name__, url_prefix="/buckets")


@blueprint.get("")
@access("organiser")
def index() -> str:
    """The buckets in use, in their order, and the archived ones."""
    used, archived = queries.buckets_with_contributors()
    return render_template("buckets/index.html", buckets=used, archived=archived)


@blueprint.get("/new")
@access("organiser")
def new() -> str:
    """The form for a new bucket."""
    return render_template("buckets/new.html", form=BucketForm(queries.leaders()))


@blueprint.post("")
@access("organiser")
def create() -> ResponseReturnValue:
    """Make a bucket."""
    form = BucketForm(queries.leaders())
    if not form.validate():
        return refused("buckets/new.html", form=form)
    try:
        bucket = actions.make_bucket(**_entered(form))
    except Refusal as refusal:
        return refused_by(refusal, "buckets/new.html", form=form)
    flash(f"{bucket.name} is made.")
    return redirect(url_for("buckets.index"))


@blueprint.get("/<bucket>/edit")
@access("organiser")
def edit(bucket: str) -> str:
    """The form about a bucket."""
    found = bucket_or_404(bucket)
    form = BucketForm(queries.leaders(), data=_stored(found))
    return render_template("buckets/edit.html", form=form, bucket=found)


@blueprint.post("/<bucket>/edit")
@access("organiser")
def update(bucket: str) -> ResponseReturnValue:
    """Change a bucket's name, owner or contributors."""
    found, form = bucket_or_404(bucket), BucketForm(queries.leaders())
    if not form.validate():
        return refused("buckets/edit.html", form=form, bucket=found)
    try:
        actions.change_bucket(found, **_entered(form), version=form.version.data or "")
    except Refusal as refusal:
        return refused_by(refusal, "buckets/edit.html", form=form, bucket=found)
    flash(f"{found.name} is saved.")
    return redirect(url_for("buckets.index"))


def bucket_or_404(slug: str) -> Bucket:
    """Return the bucket with that slug, or answer 404."""
    found = queries.bucket(slug)
    if found is None:
        abort(404)
    return found


def _stored(bucket: Bucket) -> dict[str, Any]:
    return {
        "name": bucket.name,
        "owner_id": bucket.owner_id,
        "contributor_ids": [one.id for one in bucket.contributors],
        "version": actions.bucket_version(bucket),
    }


def _entered(form: BucketForm) -> dict[str, Any]:
    return {
        "name": form.name.data or "",
        "owner_id": form.owner_id.data,
        "contributor_ids": form.contributor_ids.data or [],
    }
