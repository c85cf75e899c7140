"""Giving a revision a name, or another one, from its own page and from the list."""

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from narrative.narratives import naming, queries
from narrative.narratives.drafting_forms import RevisionNameForm
from narrative.narratives.models import Revision
from narrative.narratives.views.room import Room, narrative_or_404, room_to_write
from narrative.web.access import access

blueprint = Blueprint("revision_names", __name__)

TAKEN = "Somebody called it {name} meanwhile. Send yours again to call it that instead"


@blueprint.get("/narratives/<quarter>/<bucket>/revisions/<int(max=999_999_999):number>/name")
@access("employee")
def edit(quarter: str, bucket: str, number: int) -> str:
    """The form, for whoever comes from the list."""
    room = room_to_write(quarter, bucket)
    revision = revision_or_404(room, number)
    return name_page(room, revision, name_form(revision))


@blueprint.post("/narratives/<quarter>/<bucket>/revisions/<int(max=999_999_999):number>/name")
@access("employee")
def update(quarter: str, bucket: str, number: int) -> ResponseReturnValue:
    """Call the revision by the name that was typed; by none where nothing was."""
    room, form = room_to_write(quarter, bucket), RevisionNameForm()
    revision = revision_or_404(room, number)
    if not form.validate():
        return name_page(room, revision, form), 422
    name = form.name.data or ""
    try:
        naming.name_revision(narrative_or_404(room), number, name=name, seen=form.seen.data)
    except naming.NamedMeanwhile as named:
        return name_page(room, revision, form.after(named.name, TAKEN)), 409
    flash(f"Revision {number} is called “{name}”." if name else f"Revision {number} has no name now.")
    return redirect(way_back(room, number), 303)


def revision_or_404(room: Room, number: int) -> Revision:
    """Return the revision, or answer 404."""
    revision = queries.revision(narrative_or_404(room), number)
    if revision is None:
        abort(404)
    return revision


def name_form(revision: Revision) -> RevisionNameForm:
    """Return the form with the name that the revision has."""
    return RevisionNameForm(formdata=None, data={"name": revision.name, "seen": revision.name})


def name_page(room: Room, revision: Revision, form: RevisionNameForm) -> str:
    """Render the form on a page of its own."""
    back = way_back(room, revision.number)
    errors = bool(form.errors)
    return render_template(
        "narratives/revision_name.html", room=room, revision=revision, form=form, back=back, errors=errors
    )


def way_back(room: Room, number: int) -> str:
    """Return the address of the page that the form was opened on: the list, or the revision's own."""
    if request.args.get("back") == "list":
        return room.url("revisions.index", _anchor=f"revision-{number}")
    return room.url("revisions.show", number=number)
