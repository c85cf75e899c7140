"""What an open page asks for every few seconds: whether anybody said something, or wrote on."""

from typing import Any

from flask import Response, g, jsonify, render_template, request
from flask_wtf.csrf import generate_csrf

from narrative.narratives.comments import queries
from narrative.narratives.comments.models import Comment
from narrative.narratives.comments.queries import Thread
from narrative.narratives.rules import LABELS, TEXTS
from narrative.narratives.views.comments_page import comments_context, sent_from
from narrative.narratives.views.room import room_to_comment
from narrative.people.queries import leaders


def comment_news(quarter: str, bucket: str) -> Response:
    """Answer with everything that was said, as the page shows it; 304 while nothing has changed.

    For a script that lost its session, with a new token, and whose it is.
    """
    room = room_to_comment(quarter, bucket)
    version = queries.newest_version(room.narrative.id) if room.narrative else 0
    tag = f"{version}-{room.head}-{room.person_id}-{room.state}-{sent_from()}"
    if tag in request.if_none_match:
        answer = Response(status=304)
    else:
        session = {"csrf_token": generate_csrf(), "person": room.person_id}
        answer = jsonify(head=room.head, **session, **_news(comments_context(room, page=sent_from())))
    answer.set_etag(tag)
    return answer


def _news(context: dict[str, Any]) -> dict[str, Any]:
    threads: list[Thread] = [one for part in context["threads"].values() for one in part]
    return {
        "parts": {name: render_template("comments/_part.html", part=name, **context) for name in TEXTS},
        "marks": [_mark(one) for one in threads if one.root.starts],
        "said": [_said(comment) for one in threads for comment in one.said],
        "names": [person.name for person in leaders() if person.id != g.person.id],
    }


def _mark(thread: Thread) -> dict[str, Any]:
    root = thread.root
    place = {"part": root.part, "starts": root.starts, "ends": root.ends}
    return {"id": root.id, **place, "resolved": thread.resolved, "quote": root.quote}


def _said(comment: Comment) -> dict[str, Any]:
    about = LABELS[comment.part]
    return {"id": comment.id, "by": comment.author_id, "name": comment.author.name, "about": about}
