"""The page on which a published narrative is corrected."""

from typing import Any

from flask import abort, g, render_template
from flask.typing import ResponseReturnValue

from narrative.narratives import queries, reading
from narrative.narratives.correcting import NothingChanged
from narrative.narratives.correction_forms import CorrectionForm
from narrative.narratives.draft_merging import merge_drafts
from narrative.narratives.drafting_forms import shown
from narrative.narratives.locking import NewerRevision
from narrative.narratives.models import Narrative
from narrative.narratives.promises import promises
from narrative.narratives.rules import TEXTS, Draft, Lack
from narrative.narratives.signing_off import StillLacking
from narrative.narratives.views.edit_page import previews, with_owners
from narrative.narratives.views.room import Room, narrative_or_404
from narrative.people.queries import bucket as bucket_called
from narrative.quarters.queries import quarter as quarter_called
from narrative.web.moments import request_instant

NOTHING_CHANGED = "Nothing was published: this is what readers see already."
NEWER = (
    "Nothing was published: somebody corrected this text since you opened it. Both corrections stand below. "
    "Look at them, then publish."
)


def published_room(quarter: str, bucket: str) -> Room:
    """Return the room of a published narrative, or answer 404, or 403 saying who may correct it."""
    found_quarter, found_bucket = quarter_called(quarter), bucket_called(bucket)
    if found_quarter is None or found_bucket is None:
        abort(404)
    narrative = queries.narrative_for(found_quarter, found_bucket)
    if not queries.is_published(narrative):
        abort(404)
    room = Room(found_quarter, found_bucket, narrative, request_instant(), g.person.id, g.person.role)
    if not room.may_write:
        owner = f"{found_bucket.owner.name}, who owns {found_bucket.name}"
        abort(403, f"Only {owner}, its contributors, and organisers can correct this narrative.")
    return room


def published_draft(narrative: Narrative, *, at_most: int | None = None) -> Draft:
    """Return what readers see now, or saw when `at_most` was the newest revision."""
    number = reading.published_revision(narrative.id, at_most=at_most)
    return queries.draft_of(queries.revision(narrative, number) if number is not None else None)


def filled_form(room: Room) -> CorrectionForm:
    """Return the form with what readers see now."""
    draft = published_draft(narrative_or_404(room))
    return _form(room, draft, {})


def rearranged_form(room: Room, typed: CorrectionForm, command: str) -> CorrectionForm:
    """Return the form with what was typed, its priorities moved as a button said."""
    form = _form(room, typed.draft(command), _kept(typed), blank=command == "add")
    form.base.data = typed.base.data
    return form


def refused_for(refusal: Exception, room: Room, form: CorrectionForm) -> ResponseReturnValue:
    """Show the form again, with what was typed and why nothing was published."""
    if isinstance(refusal, NewerRevision):
        return form_page(room, _merged_form(room, form), problems=[NEWER]), 409
    if isinstance(refusal, NothingChanged):
        return form_page(room, form, problems=[NOTHING_CHANGED]), 422
    lacks = refusal.lacks if isinstance(refusal, StillLacking) else []
    return form_page(room, form, lacks=lacks), 422


def form_page(
    room: Room, form: CorrectionForm, *, problems: list[str] | None = None, lacks: list[Lack] | None = None
) -> str:
    """Render the page. `problems` belong to no field; `lacks` are what the correction would break."""
    form.offer_prompts(queries.prompts())
    return render_template(
        "corrections/new.html",
        room=room,
        form=form,
        texts=TEXTS,
        previews=previews(form),
        earlier={},
        closed=False,
        problems=problems or [],
        lacks=lacks or [],
        errors=bool(form.errors or problems or lacks),
    )


def _merged_form(room: Room, form: CorrectionForm) -> CorrectionForm:
    narrative = narrative_or_404(room)
    before = published_draft(narrative, at_most=form.base_number)
    merged = merge_drafts(before, theirs=published_draft(narrative), mine=form.draft())
    return _form(room, merged.draft, _kept(form))


def _form(room: Room, draft: Draft, kept: dict[str, Any], *, blank: bool = False) -> CorrectionForm:
    promised = promises(room.quarter, room.bucket, spoken_of=draft)
    said = shown(draft, base=narrative_or_404(room).head, blank=blank, promised=promised)
    form = CorrectionForm(formdata=None, data={**said, **kept})
    form.offer_promises(promised)
    with_owners(form, draft)
    return form


def typed_form(room: Room) -> CorrectionForm:
    """Return the form with what was typed."""
    form, draft = CorrectionForm(), published_draft(narrative_or_404(room))
    form.offer_promises(promises(room.quarter, room.bucket, spoken_of=draft))
    with_owners(form, draft)
    return form


def _kept(form: CorrectionForm) -> dict[str, Any]:
    return {"reason": form.reason.data, "accepted": form.accepted.data}
