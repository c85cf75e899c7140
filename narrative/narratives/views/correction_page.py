"""The drafting room of a published narrative: what a correction would change, and its form."""

from typing import Any

from flask import abort

from narrative.narratives import queries
from narrative.narratives.comparing import beginning, compare_drafts, words_between
from narrative.narratives.correcting import NothingChanged, pending
from narrative.narratives.correction_forms import CorrectionForm
from narrative.narratives.locking import NewerRevision
from narrative.narratives.promises import promised_titles
from narrative.narratives.views.room import Room, narrative_or_404, room_to_write

NOTHING_CHANGED = "Nothing was published: this is what readers see already."
NEWER = (
    "Nothing was published: the text was changed since you looked at it. See below what differs now from "
    "what readers see, then publish."
)
UNFINISHED = "Nothing was published: something in it looks unfinished. See below."


def published_room(quarter: str, bucket: str) -> Room:
    """Return the room of a published narrative, or answer 404, or 403 saying who may correct it."""
    room = room_to_write(quarter, bucket)
    if room.state != "published":
        abort(404)
    return room


def correction_context(room: Room, form: CorrectionForm | None = None) -> dict[str, Any]:
    """Return what the correction's box shows; `form` is the one that was sent, if it was refused."""
    narrative = narrative_or_404(room)
    found = pending(narrative)
    before, after = found.before, found.after
    form = form or CorrectionForm(formdata=None)
    form.revision.data, form.seen.data = str(narrative.head), found.seen
    form.accepted.data = False
    owners = queries.owner_names(before) | queries.owner_names(after)
    every = compare_drafts(before, after, owners=owners, promised=promised_titles(before, after))
    shown, whole = beginning(every)
    return {
        "room": room,
        "published": found.published,
        "differs": found.differs,
        "differences": shown,
        "whole": whole,
        "words_apart": words_between(before, after),
        "missing": [lack for lack in found.lacks if lack.certain],
        "doubtful": [lack for lack in found.lacks if not lack.certain],
        "correction_form": form,
    }


def refusal_in_words(refusal: Exception) -> tuple[str, int]:
    """Say why nothing was published; and with which status."""
    if isinstance(refusal, NewerRevision):
        return NEWER, 409
    return (NOTHING_CHANGED if isinstance(refusal, NothingChanged) else UNFINISHED), 422
