"""The page of the drafting room, and the parts of it that a script asks for anew."""

from typing import Any

from flask import render_template, request
from markupsafe import Markup

from narrative.narratives import queries
from narrative.narratives.comments.forms import NotesForm
from narrative.narratives.comments.queries import open_threads
from narrative.narratives.comparing import PRIORITIES
from narrative.narratives.drafting_forms import DraftForm, LateForm, SignOffForm, shown
from narrative.narratives.noting import notes_of
from narrative.narratives.rules import LABELS, TEXTS, Draft, Session, missing_for_sign_off
from narrative.narratives.views.comments_page import comments_context
from narrative.narratives.views.room import Room
from narrative.web.markdown import render

SHOWN_SESSIONS = 4
READ_FOR_SESSIONS = 100


def fresh_form(room: Room, draft: Draft, *, blank: bool = False) -> DraftForm:
    """Return the form with what `draft`, the newest revision, says."""
    form = DraftForm(formdata=None, data=shown(draft, base=room.head, blank=blank))
    return with_owners(form, draft)


def with_owners(form: DraftForm, draft: Draft) -> DraftForm:
    """Let the form's priorities choose among leaders, and whom `draft` names already; return the form."""
    chosen = [row.owner_id for row in draft.priorities if row.owner_id is not None]
    form.offer_owners(queries.priority_owners(chosen))
    return form


def edit_page(
    room: Room, form: DraftForm, *, late_form: LateForm | None = None, problem: str = "", closed: bool = False
) -> str:
    """Render the page. `problem` belongs to no field; a `closed` page only shows what was typed."""
    return render_template(
        "narratives/edit.html",
        form=form,
        late_form=late_form or LateForm(formdata=None, data=late_known(room)),
        texts=TEXTS,
        previews=previews(form),
        earlier=earlier_texts(room),
        sessions=latest_sessions(room),
        merged=merged_notice(room),
        errors=bool(problem or form.errors or (late_form and late_form.errors)),
        problem=problem,
        closed=closed,
        notes_form=notes_form(room),
        **{**comments_context(room, page="edit"), **sign_off_context(room)},
    )


def previews(form: DraftForm) -> dict[str, Markup]:
    """Return the four texts as readers will see them."""
    return {name: render(form[name].data or "") for name in TEXTS}


def earlier_texts(room: Room) -> dict[str, Markup]:
    """Return last quarter's texts of the bucket as they were published; empty if there are none."""
    published = queries.published_before(room.quarter, room.bucket)
    texts = queries.draft_of(published).texts.items()
    return {name: render(text) for name, text in texts if text.strip()}


def latest_sessions(room: Room) -> list[Session]:
    """Return who wrote lately, the latest first."""
    return queries.recent_sessions(room.narrative, limit=READ_FOR_SESSIONS)[:SHOWN_SESSIONS]


def notes_form(room: Room) -> NotesForm:
    """Return the form with the private notes as they stand."""
    notes = notes_of(room.narrative)
    return NotesForm(formdata=None, data={"loaded": notes, "private_notes": notes})


def sign_off_context(room: Room) -> dict[str, Any]:
    """Return what the sign-off box shows."""
    lacks = missing_for_sign_off(queries.head_draft(room.narrative))
    signed = room.narrative.sign_off if room.narrative else None
    return {
        "room": room,
        "sign_off": signed,
        "open_comments": open_threads(room.narrative),
        "changed_since": signed is not None and signed.revision_number != room.head,
        "missing": [lack for lack in lacks if lack.certain],
        "doubtful": [lack for lack in lacks if not lack.certain],
        "sign_off_form": SignOffForm(formdata=None, data={"revision": str(room.head)}),
    }


def merged_notice(room: Room) -> dict[str, Any] | None:
    """Return what to say of the merge that the last plain save ended with, if its address names one."""
    number = request.args.get("merged", type=int)
    if room.narrative is None or number is None:
        return None
    merge = queries.revision(room.narrative, number + 1)
    if merge is None or merge.base != number or not merge.note:
        return None
    both = [LABELS.get(name, PRIORITIES) for name in request.args.get("both", "").split(",") if name]
    return {"number": number, "note": merge.note, "both": both}


def late_known(room: Room) -> dict[str, Any]:
    """Return what is known of the narrative's being late, as the data of a LateForm."""
    narrative = room.narrative
    return {
        "expected_on": narrative.expected_on if narrative else None,
        "because": (narrative.late_because or "") if narrative else "",
    }
