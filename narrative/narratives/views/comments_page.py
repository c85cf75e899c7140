"""What pages show of the comments on a draft, and what is answered to something that was said."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from narrative.narratives.comments import queries
from narrative.narratives.comments.forms import CommentForm, DecliningForm, TextForm
from narrative.narratives.comments.mentioning import see_mentions
from narrative.narratives.comments.models import Comment
from narrative.narratives.comments.queries import Thread
from narrative.narratives.comments.refusals import NotSaid
from narrative.narratives.comments.rules import may_resolve
from narrative.narratives.locking import WritingClosed
from narrative.narratives.rules import LABELS, TEXTS
from narrative.narratives.views.closed import why_closed
from narrative.narratives.views.room import Room, narrative_or_404
from narrative.web.errors import wants_json
from narrative.web.forms import Form

# The pages that show comments, by the name that their forms send back.
PAGES = {"edit": "narratives.edit", "draft": "drafting.show", "comments": "comments.index"}


def comments_context(room: Room, *, page: str) -> dict[str, Any]:
    """Return what `page` (a name of PAGES) shows of the comments. Notes that the reader saw mentions."""
    see_mentions(room.narrative, room.person_id, at=room.at)
    threads = queries.threads(room.narrative)
    return {
        "room": room,
        "page": page,
        "labels": LABELS,
        "threads": {name: [one for one in threads if one.root.part == name] for name in TEXTS},
        "open_comments": sum(not one.resolved for one in threads),
        "replies": {one.root.id: reply_form(one.root) for one in threads},
        "declining": {one.root.id: declining_form(one.root) for one in threads if one.root.suggestion},
        "may_comment": may_comment(room),
        "may_resolve": lambda thread: resolvable(room, thread),
        "comment_form": composer_form(),
    }


def may_comment(room: Room) -> bool:
    """Whether something can be said now: while the text can change."""
    return room.state in {"open", "published"}


def resolvable(room: Room, thread: Thread) -> bool:
    """Whether this person may close or reopen a thread."""
    author_id = thread.root.author_id
    return may_resolve(person_id=room.person_id, may_write=room.may_write, author_id=author_id)


def composer_form() -> CommentForm:
    """Return an empty form for a new comment, to stand on a page with other forms."""
    form = CommentForm(formdata=None)
    for field in (form.text, form.replacement):
        field.id = field.label.field_id = f"new-{field.name}"
    return form


def reply_form(root: Comment) -> TextForm:
    """Return an empty form for a reply, to stand beside those of other threads."""
    form = TextForm(formdata=None)
    form.text.id = form.text.label.field_id = f"reply-{root.id}"
    form.text.label.text = "Reply"
    return form


def declining_form(root: Comment) -> DecliningForm:
    """Return an empty form for declining a suggestion, to stand beside those of other threads."""
    form = DecliningForm(formdata=None)
    form.sentence.id = form.sentence.label.field_id = f"sentence-{root.id}"
    return form


def comment_or_404(room: Room, comment_id: int) -> Comment:
    """Return a comment about the room's narrative, or answer 404."""
    found = queries.comment(narrative_or_404(room), comment_id)
    if found is None:
        abort(404)
    return found


def own_comment(room: Room, comment_id: int) -> Comment:
    """Return a comment of whoever asks, or answer 404, or 403 saying whose it is."""
    found = comment_or_404(room, comment_id)
    if found.author_id != room.person_id:
        abort(403, f"Only {found.author.name}, who wrote this comment, can change or delete it.")
    return found


def done(room: Room, comment_id: int, said: str) -> ResponseReturnValue:
    """Answer that it is stored: to a script with the comment's id, else by the page it was sent from."""
    if wants_json():
        return jsonify(comment=comment_id)
    flash(said)
    page = PAGES.get(request.form.get("page", ""), "comments.index")
    return redirect(room.url(page, _anchor=f"comment-{comment_id}"), 303)


def attempted(
    room: Room, form: Form, template: str, act: Callable[[], ResponseReturnValue], **context: Any
) -> ResponseReturnValue:
    """Do it if the form can be used, and answer what `act` answers; else show the form again (422)."""
    if form.validate():
        try:
            with refusals(room):
                return act()
        except NotSaid as refusal:
            form.add_error(refusal.field if refusal.field in form else "text", refusal.sentence)
    if wants_json():
        return jsonify(error=". ".join(error for field in form for error in field.errors) + "."), 422
    shown = render_template(template, form=form, room=room, errors=True, page=sent_from(), **context)
    return shown, 422


@contextmanager
def refusals(room: Room) -> Iterator[None]:
    """Answer 404 for what is gone, and 409 where nothing can be said now."""
    try:
        yield
    except LookupError:
        abort(404)
    except WritingClosed as closed:
        abort(409, why_closed(room, closed.state))


def sent_from() -> str:
    """Return the name of the page that a form was sent from, or is to lead back to."""
    named = request.form.get("page") or request.args.get("page", "")
    return named if named in PAGES else "comments"
