"""What is answered to a save: a page for a person, JSON for a script."""

from dataclasses import replace

from flask import flash, jsonify, redirect, render_template
from flask.typing import ResponseReturnValue

from narrative.narratives import queries
from narrative.narratives.comparing import PARTS
from narrative.narratives.drafting_forms import DraftForm
from narrative.narratives.models import Narrative
from narrative.narratives.rules import together
from narrative.narratives.views.edit_page import box_context, edit_page, latest_sessions
from narrative.narratives.views.room import Room
from narrative.narratives.writing import Saved
from narrative.web.errors import wants_json

SAVED_AFTERWARDS = "Saved. Readers see it once it is published as a correction."


def saved_answer(room: Room, saved: Saved, command: str) -> ResponseReturnValue:
    """Answer that it is stored; with what others wrote meanwhile, if they did."""
    if wants_json():
        return jsonify(saved_facts(replace(room, narrative=narrative_now(room)), saved))
    options: dict[str, str | int] = {}
    if saved.note:
        options = {"merged": saved.number, "both": ",".join(saved.conflicts)}
    elif saved.head != saved.number:
        flash("You had changed nothing. This is the newest text.")
    elif not command:
        flash(SAVED_AFTERWARDS if room.state == "published" else "Saved.")
    if command == "add":
        options["row"] = "new"
    place = "priorities" if command else None
    return redirect(room.url("narratives.edit", **options, _anchor=place), 303)


def narrative_now(room: Room) -> Narrative | None:
    """Return the narrative after the save, which may have made it."""
    return room.narrative or queries.narrative_for(room.quarter, room.bucket)


def saved_facts(room: Room, saved: Saved) -> dict[str, object]:
    """Return what a script needs to go on: its revision, and the newest text where that is another."""
    facts = {**parts_of_page(room), "revision": saved.number, "head": saved.head}
    if saved.head != saved.number:
        facts["texts"] = saved.draft.texts
        facts["priorities"] = [vars(row) for row in saved.draft.priorities]
        facts["outcomes"] = [vars(row) for row in saved.draft.outcomes]
        facts["notice"] = render_template("narratives/_merged.html", room=room, merged=merge_facts(saved))
    return facts


def parts_of_page(room: Room) -> dict[str, object]:
    """Return what stands beside the text and changes with it, for the newest revision."""
    return {
        "revision": room.head,
        "head": room.head,
        "saved_at": room.at.isoformat(),
        "sign_off": box(room),
        "lately": render_template("narratives/_lately.html", room=room, sessions=latest_sessions(room)),
    }


def box(room: Room) -> str:
    """Return the box below the text: the sign-off, or a correction."""
    context = box_context(room)
    return render_template(context["box"], **context)


def merge_facts(saved: Saved) -> dict[str, object]:
    """Return what the notice says: of a merge, or that others' newer text is shown now."""
    others = together(saved.meanwhile) or "Another page of yours"
    both = [PARTS[name] for name in saved.conflicts]
    return {"number": saved.number, "note": saved.note, "others": others, "both": both}


def refused_answer(
    room: Room, form: DraftForm, *, problem: str = "", status: int = 422
) -> ResponseReturnValue:
    """Answer that nothing was stored, and keep what was typed on the page."""
    if wants_json():
        errors = [error for field in form for error in messages(field.errors)]
        return jsonify(error=problem or ". ".join(errors) + "."), status
    return edit_page(room, form, problem=problem, closed=status == 409), status


def messages(errors: object) -> list[str]:
    """Return every sentence in a form's errors, which nest as its fields do."""
    if isinstance(errors, str):
        return [errors]
    if isinstance(errors, dict):
        errors = list(errors.values())
    return (
        [message for error in errors for message in messages(error)]
        if isinstance(errors, list | tuple)
        else []
    )
