"""Saying something about a draft: the list, a comment of one's own, changing and deleting it."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from narrative.narratives.comments import saying
from narrative.narratives.comments.forms import CommentForm, TextForm
from narrative.narratives.views.comment_news import comment_news
from narrative.narratives.views.comments_page import (
    attempted,
    comments_context,
    done,
    own_comment,
    refusals,
    sent_from,
)
from narrative.narratives.views.room import narrative_or_404, room_to_comment
from narrative.web.access import access, current_person
from narrative.web.errors import wants_json

blueprint = Blueprint("comments", __name__)

PATH = "/narratives/<quarter>/<bucket>/comments"
ONE = PATH + "/<int(max=999_999_999):comment_id>"


@blueprint.get(PATH)
@access("employee")
def index(quarter: str, bucket: str) -> ResponseReturnValue:
    """Every comment; for a script the news of them, or 304 where it has them already."""
    if wants_json():
        return comment_news(quarter, bucket)
    return render_template(
        "comments/index.html", **comments_context(room_to_comment(quarter, bucket), page="comments")
    )


@blueprint.get(PATH + "/new")
@access("employee")
def new(quarter: str, bucket: str) -> str:
    """The form for a comment, about the part and the words in the address."""
    room = room_to_comment(quarter, bucket)
    known = {name: request.args.get(name, "") for name in ("part", "words")}
    form = CommentForm(formdata=None, data=known)
    return render_template("comments/new.html", form=form, room=room, page=sent_from())


@blueprint.post(PATH)
@access("employee")
def create(quarter: str, bucket: str) -> ResponseReturnValue:
    """Begin a thread."""
    room, form = room_to_comment(quarter, bucket), CommentForm()

    def act() -> ResponseReturnValue:
        made = saying.say(room.quarter, room.bucket, form.said, by=current_person(), at=room.at)
        return done(room, made, "Your comment is there. Readers will never see it.")

    return attempted(room, form, "comments/new.html", act)


@blueprint.get(ONE + "/edit")
@access("employee")
def edit(quarter: str, bucket: str, comment_id: int) -> str:
    """The form in which one changes what one said."""
    room = room_to_comment(quarter, bucket)
    comment = own_comment(room, comment_id)
    form = TextForm(formdata=None, data={"text": comment.text})
    return render_template("comments/edit.html", form=form, room=room, comment=comment, page=sent_from())


@blueprint.post(ONE)
@access("employee")
def update(quarter: str, bucket: str, comment_id: int) -> ResponseReturnValue:
    """Change what one said."""
    room, form = room_to_comment(quarter, bucket), TextForm()
    comment = own_comment(room, comment_id)

    def act() -> ResponseReturnValue:
        saying.edit(narrative_or_404(room), comment_id, text=form.text.data, at=room.at)
        return done(room, comment_id, "Your comment is changed.")

    return attempted(room, form, "comments/edit.html", act, comment=comment)


@blueprint.post(ONE + "/deletion")
@access("employee")
def delete(quarter: str, bucket: str, comment_id: int) -> ResponseReturnValue:
    """Take back what one said."""
    room = room_to_comment(quarter, bucket)
    comment = own_comment(room, comment_id)
    place = comment.root_id or comment.id
    with refusals(room):
        saying.delete(narrative_or_404(room), comment_id, at=room.at)
    return done(room, place, "Your comment is deleted.")
