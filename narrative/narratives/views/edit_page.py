"""The page of the drafting room, and the parts of it that a script asks for anew."""

from collections.abc import Iterable
from typing import Any

from flask import render_template, request
from markupsafe import Markup

from narrative.narratives import queries, reading
from narrative.narratives.checking import lacks_of
from narrative.narratives.comments.forms import NotesForm
from narrative.narratives.comments.queries import open_threads
from narrative.narratives.comparing import PARTS, words_between
from narrative.narratives.correction_forms import CorrectionForm
from narrative.narratives.drafting_forms import DraftForm, LateForm, SignOffForm, shown
from narrative.narratives.gate import fingerprint_of_one
from narrative.narratives.noting import notes_of
from narrative.narratives.nudging import SentNudge, Silence, silences
from narrative.narratives.promises import Promise, promises, titles
from narrative.narratives.readings import readings
from narrative.narratives.repeating import repeats_of
from narrative.narratives.rules import TEXTS, Draft, Session
from narrative.narratives.views.comments_page import comments_context
from narrative.narratives.views.correction_page import correction_context
from narrative.narratives.views.room import Room
from narrative.web.markdown import render

SHOWN_SESSIONS = 4
READ_FOR_SESSIONS = 100


def fresh_form(room: Room, draft: Draft, *, blank: bool = False) -> DraftForm:
    """Return the form with what `draft`, the newest revision, says."""
    promised = promises(room.quarter, room.bucket, spoken_of=draft)
    form = DraftForm(formdata=None, data=shown(draft, base=room.head, blank=blank, promised=promised))
    form.offer_promises(promised)
    return with_owners(form, draft)


def typed_form(room: Room) -> DraftForm:
    """Return the form with what was typed."""
    draft, form = queries.head_draft(room.narrative), DraftForm()
    form.offer_promises(promises(room.quarter, room.bucket, spoken_of=draft))
    return with_owners(form, draft)


def with_owners(form: DraftForm, draft: Draft) -> DraftForm:
    """Let the form's priorities choose among leaders, and whom `draft` names already; return the form."""
    chosen = [row.owner_id for row in draft.priorities if row.owner_id is not None]
    form.offer_owners(queries.priority_owners(chosen))
    return form


def edit_page(
    room: Room,
    form: DraftForm,
    *,
    late_form: LateForm | None = None,
    correction_form: CorrectionForm | None = None,
    problem: str = "",
    closed: bool = False,
) -> str:
    """Render the page. `problem` belongs to no field; a `closed` page only shows what was typed.

    `late_form` and `correction_form` are what was sent and refused.
    """
    form.offer_prompts(queries.prompts())
    shown_texts, before = previews(form), reading.earlier_quarter(room.quarter, room.bucket)
    sent = (form, late_form, correction_form)
    refused_form = next((one for one in sent if one is not None and one.errors), None)
    return render_template(
        "narratives/edit.html",
        form=form,
        late_form=late_form or LateForm(formdata=None, data=late_known(room)),
        texts=TEXTS,
        previews=shown_texts,
        repeats=repeats_of(before, room.bucket, shown_texts),
        before=before,
        earlier=earlier_texts(room),
        sessions=latest_sessions(room),
        merged=merged_notice(room),
        nudge=standing_nudge(room),
        refused_form=refused_form,
        errors=bool(problem or refused_form),
        problem=problem,
        closed=closed,
        notes_form=notes_form(room),
        **{
            **comments_context(room, page="edit"),
            **box_context(room, promised=form.promised.values(), correction_form=correction_form),
        },
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


def box_context(
    room: Room,
    *,
    promised: Iterable[Promise] | None = None,
    correction_form: CorrectionForm | None = None,
) -> dict[str, Any]:
    """Return what the box below the text shows: its template `box`, and what that needs."""
    if room.state == "published":
        return {"box": "narratives/_correction.html", **correction_context(room, correction_form)}
    return {
        "box": "narratives/_sign_off.html",
        "published": None,
        **sign_off_context(room, promised=promised),
    }


def sign_off_context(room: Room, *, promised: Iterable[Promise] | None = None) -> dict[str, Any]:
    """Return what the sign-off box shows; `promised` where the caller has read the promises already."""
    due = titles(promises(room.quarter, room.bucket) if promised is None else promised)
    draft, notes = queries.head_draft(room.narrative), notes_of(room.narrative)
    lacks = lacks_of(room.quarter, room.bucket, draft, promised=due, notes=notes)
    pinned = {"revision": str(room.head), "seen": fingerprint_of_one(lacks)}
    return {
        "room": room,
        "open_comments": open_threads(room.narrative),
        **review_context(room),
        "missing": [lack for lack in lacks if lack.certain],
        "doubtful": [lack for lack in lacks if not lack.certain],
        "sign_off_form": SignOffForm(formdata=None, data=pinned),
    }


def review_context(room: Room) -> dict[str, Any]:
    """Return how far a draft is: signed off, changed since then and by how much, and read by whom."""
    signed = room.narrative.sign_off if room.narrative else None
    changed = signed is not None and signed.revision_number != room.head
    return {
        "sign_off": signed,
        "changed_since": changed,
        "words_since": words_since(room) if changed else 0,
        "readings": readings(room.narrative) if room.narrative else [],
    }


def words_since(room: Room) -> int:
    """Return how many words were changed since the sign-off."""
    if room.narrative is None or room.narrative.sign_off is None:
        return 0
    before = queries.revision(room.narrative, room.narrative.sign_off.revision_number)
    return words_between(queries.draft_of(before), queries.head_draft(room.narrative))


def standing_nudge(room: Room) -> SentNudge | None:
    """Return who asked last how this narrative is coming along, while nobody has written since."""
    known = silences(room.quarter).get(room.bucket.id, Silence())
    signed = room.narrative.sign_off if room.narrative else None
    signed_off = signed is not None and signed.revision_number == room.head
    return known.standing_nudge(done=room.state == "published" or signed_off)


def merged_notice(room: Room) -> dict[str, Any] | None:
    """Return what to say of the merge that the last plain save ended with, if its address names one."""
    number = request.args.get("merged", type=int)
    if room.narrative is None or number is None:
        return None
    merge = queries.revision(room.narrative, number + 1)
    if merge is None or merge.base != number or not merge.note:
        return None
    both = [PARTS[name] for name in request.args.get("both", "").split(",") if name in PARTS]
    return {"number": number, "note": merge.note, "both": both}


def late_known(room: Room) -> dict[str, Any]:
    """Return what is known of the narrative's being late, as the data of a LateForm."""
    narrative = room.narrative
    return {
        "expected_on": narrative.expected_on if narrative else None,
        "because": (narrative.late_because or "") if narrative else "",
    }
