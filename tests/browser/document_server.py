"""A server of one shared document, with faults that can be switched on to see what a page does."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, render_template_string, request, send_from_directory
from pycrdt import Doc, Map, Text
from werkzeug.serving import WSGIRequestHandler, make_server

from narrative.web.headers import HEADERS
from narrative.web.markdown import render
from narrative.web.paths import resource_dir

TEXTS = ("opening", "went_well", "went_badly", "next_priorities", "private_notes")
ROOM = "/narratives/2026-q2/product"
REFUSALS = {
    403: "Only Ada Lovelace, who owns Product, can write this narrative.",
    409: "This bucket was archived.",
    413: "This is larger than the server takes.",
    422: "A text may have 60,000 characters.",
    500: "something went wrong on the server.",
}

PAGE = """<!DOCTYPE html><html lang="en" data-zone="UTC"><title>Draft</title>
<link rel="icon" href="/static/img/mark.svg">
{% for name in ("foundation", "layout", "components", "rooms", "drafting") %}
<link rel="stylesheet" href="/static/css/{{ name }}.css">{% endfor %}
{% for name in ("shared-writing", "save-state", "priority-rows", "markdown-preview", "growing-text") %}
<script type="module" src="/static/js/elements/{{ name }}.js"></script>{% endfor %}
<body class="tool wide"><div class="page"><main id="main"><h1>Product</h1>
<shared-writing form="draft" url="{{ room }}/document" revisions="{{ room }}/revisions" person="{{ person }}"
 name="2026-q2/product">
<auto-save form="draft" person="{{ person }}" name="2026-q2/product">
<div id="unsaved" class="notice" hidden><p>You have text on this device that was never saved.</p>
<button type="button" data-put-back>Put it back</button>
<button type="button" data-discard>Delete it</button></div>
<div id="merged"></div>
<form id="draft" method="post" action="{{ room }}/edit" novalidate>
<input type="hidden" name="csrf_token" value="token-1"><input type="hidden" name="base" value="0">
<div class="writing">
{% for name in texts[:4] %}
<section><h2><label for="{{ name }}">{{ name }}</label></h2><div class="writing-pair">
<div class="field"><p class="hint" id="{{ name }}-hint">What was {{ name }} about?</p>
<growing-text><textarea id="{{ name }}" name="{{ name }}" aria-describedby="{{ name }}-hint">
{{ shown[name] }}</textarea></growing-text></div>
<div class="preview"><h3>As readers will see it</h3>
<markdown-preview for="{{ name }}" url="{{ room }}/preview"><div class="prose"></div></markdown-preview></div>
</div></section>{% endfor %}
<ul>{% for key, outcome in outcomes.items() %}
<li data-outcome="{{ key }}"><fieldset><legend>{{ key }}</legend>
{% for state in ("done", "partly", "not done", "dropped") %}<label><input type="radio"
 name="outcomes-{{ loop.index0 }}-state" value="{{ state }}"> {{ state }}</label>{% endfor %}</fieldset>
<label>Sentence <textarea name="outcomes-0-sentence"></textarea></label></li>{% endfor %}</ul>
<priority-rows><ol class="priority-rows">
{% for key, row in rows %}{% set n = loop.index0 %}<li class="priority-row" data-row>
<input type="hidden" name="priorities-{{ n }}-key" id="priorities-{{ n }}-key" value="{{ key }}">
<input type="hidden" name="priorities-{{ n }}-carries" id="priorities-{{ n }}-carries" value="">
<div><label for="priorities-{{ n }}-title">Priority</label>
<input type="text" id="priorities-{{ n }}-title"
 name="priorities-{{ n }}-title" value="{{ row.title }}"></div>
<div><label for="priorities-{{ n }}-measure">How we will know</label>
<textarea id="priorities-{{ n }}-measure" name="priorities-{{ n }}-measure">{{ row.measure }}</textarea></div>
<div><label for="priorities-{{ n }}-owner_id">Owner</label>
<select id="priorities-{{ n }}-owner_id" name="priorities-{{ n }}-owner_id">
<option value="">Nobody yet</option><option value="1">Ada Lovelace</option>
<option value="2">Grace Hopper</option>
</select></div>
<div class="row-moves">{% for verb in ("up", "down", "remove") %}
<button type="submit" name="row" class="button"
 value="{{ verb }}-{{ n }}" data-row-verb="{{ verb }}" title="Move {{ verb }}">
<span aria-hidden="true">{{ verb }}</span>
<span class="visually-hidden">Move {{ verb }}</span></button>{% endfor %}</div></li>{% endfor %}
</ol><button type="submit" class="button" name="row" value="add">Add a priority</button></priority-rows>
</div>
<div class="save-bar"><button class="button">Save</button>
<save-state data-state="saved">Nothing written yet</save-state>
</div></form></auto-save></shared-writing>
<form method="post" action="{{ room }}/private-notes"><label for="private_notes">Private notes</label>
<textarea id="private_notes" name="private_notes" data-shared-text="private_notes">{{ shown.private_notes }}
</textarea><button>Save the notes</button></form>
<div id="sign-off">{{ sign_off|safe }}</div><div id="lately"></div>
</main></div><div id="announcements" role="status" class="visually-hidden"></div></body></html>"""


def from_text(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def to_text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def empty_row(title: str = "", measure: str = "", place: float = 1) -> Map[Any]:
    facts = {"place": place, "title": Text(title), "measure": Text(measure), "owner_id": None, "gone": False}
    facts |= {"carries": None}
    return Map(facts)


@dataclass
class DocumentServer:
    """The document, who is signed in, and which fault is on.

    `fault`: a status; "lose answer": what was sent is stored and not answered; "drop": it is answered and not
    stored; "signed out": a redirect, until somebody signs in again.
    """

    doc: Doc[Any] = field(default_factory=Doc)
    fault: int | str | None = None
    closed: str = ""
    seq: int = 1
    head: int = 0
    token: str = "token-1"
    signed_in: int | None = 1
    here: dict[str, dict[str, Any]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=lambda: {1: "Ada Lovelace", 2: "Grace Hopper"})
    received: list[dict[str, Any]] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    signed: list[str] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    address: str = ""

    def __post_init__(self) -> None:
        for name in TEXTS:
            self.doc[name] = Text()
        self.doc["priorities"], self.doc["outcomes"] = Map(), Map()

    def text(self, name: str) -> str:
        """What a text of the document says."""
        with self.lock:
            return str(self.doc.get(name, type=Text))

    def rows(self) -> list[tuple[str, dict[str, Any]]]:
        """The priorities that are there, in order."""
        with self.lock:
            rows = self.doc.get("priorities", type=Map).to_py() or {}
            there = [(key, row) for key, row in rows.items() if not row["gone"]]
            return sorted(there, key=lambda one: (one[1]["place"], one[0]))

    def change(self, work: Any) -> None:
        """Change the document as another writer would."""
        with self.lock:
            work(self.doc)
            self.seq += 1

    def restore(self, update: bytes) -> None:
        """Become what an older backup held."""
        with self.lock:
            self.doc = Doc()
            self.__post_init__()
            self.doc.apply_update(update)
            self.seq += 1

    def backup(self) -> bytes:
        """Everything the document holds."""
        with self.lock:
            return bytes(self.doc.get_update())

    def exchange(self, body: dict[str, Any], person: int) -> dict[str, Any]:
        """Take what a page sends, and tell it what it lacks."""
        with self.lock:
            self.received.append(body)
            if body["update"] and self.fault != "drop":
                self.doc.apply_update(from_text(body["update"]))
                self.seq += 1
            news = body["seq"] != self.seq or body["update"]
            update = self.doc.get_update(from_text(body["state"])) if news else b""
            known = {
                "tab": body["tab"],
                "person": person,
                "name": self.names[person],
                "cursor": body["cursor"],
            }
            self.here.pop(body["tab"], None)
            others = list(self.here.values())
            if not body["away"]:
                self.here[body["tab"]] = known
            return {
                "seq": self.seq,
                "state": to_text(self.doc.get_state()) if news else None,
                "update": to_text(update),
                "saved_at": datetime.now(UTC).isoformat(),
                "here": others,
                "closed": self.closed,
            }


def sign_off(head: int) -> str:
    return (
        f'<form method="post" action="{ROOM}/sign-off">'
        '<input type="hidden" name="csrf_token" value="token-1">'
        f'<input type="hidden" name="revision" value="{head}">'
        f"<button>Sign off revision {head}</button></form>"
    )


def person() -> int:
    """Who is signed in in this browser."""
    return int(request.cookies.get("person", "1"))


def guard(app: Flask, server: DocumentServer) -> None:
    """Let `app` fail as the server is told to, under the application's policy."""

    @app.before_request
    def fail() -> Response | tuple[Any, int] | None:
        if request.method != "POST" and not request.path.endswith("/edit"):
            return None
        if server.fault == "signed out":
            return Response("", 302, {"Location": "/sign-in"})
        if request.method == "POST" and isinstance(server.fault, int):
            return jsonify(error=REFUSALS[server.fault]), server.fault
        sent = request.headers.get("X-CSRFToken") or request.form.get("csrf_token")
        if request.method == "POST" and sent != server.token:
            return jsonify(error="This form belongs to a session that has ended."), 400
        return None

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.update(HEADERS)
        return response


def document_pages(app: Flask, server: DocumentServer) -> None:
    """The room, its document, and versions of it."""

    @app.get(f"{ROOM}/edit")
    def edit() -> Any:
        if request.accept_mimetypes.best == "application/json":
            return jsonify(csrf_token=server.token, person=server.signed_in or person())
        return render_template_string(
            PAGE,
            room=ROOM,
            person=person(),
            texts=TEXTS,
            shown={name: server.text(name) for name in TEXTS},
            rows=server.rows() or [("f" * 16, {"title": "", "measure": ""})],
            outcomes=server.doc.get("outcomes", type=Map).to_py() or {},
            sign_off=sign_off(server.head) if server.head else "",
        )

    @app.post(f"{ROOM}/document")
    def document() -> Any:
        answer = server.exchange(request.get_json(), person())
        return Response("", 502) if server.fault == "lose answer" else jsonify(answer)

    @app.post(f"{ROOM}/revisions")
    def revisions() -> Any:
        server.head += 1
        return jsonify(
            revision=server.head,
            head=server.head,
            saved_at=datetime.now(UTC).isoformat(),
            sign_off=sign_off(server.head),
            lately="<p>Ada Lovelace</p>",
        )


def other_pages(app: Flask, server: DocumentServer) -> None:
    """What else the room's page asks for."""

    @app.post(f"{ROOM}/edit")
    def update() -> Any:
        server.forms.append(request.form.to_dict())
        now = datetime.now(UTC).isoformat()
        return jsonify(revision=1, head=1, saved_at=now, sign_off="", lately="")

    @app.post(f"{ROOM}/sign-off")
    def signed() -> Any:
        server.signed.append(request.form["revision"])
        return "<!DOCTYPE html><title>Signed</title><p>Signed off"

    @app.post(f"{ROOM}/preview")
    def preview() -> Any:
        return str(render(request.form["text"]))

    @app.get("/static/<path:path>")
    def static(path: str) -> Any:
        return send_from_directory(Path(resource_dir("static")), path)


def application(server: DocumentServer) -> Flask:
    """The page, the document and what else the page asks for."""
    app = Flask(__name__, static_folder=None)
    guard(app, server)
    document_pages(app, server)
    other_pages(app, server)
    return app


class Quiet(WSGIRequestHandler):
    """Answers without telling the log."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextmanager
def serving(server: DocumentServer) -> Iterator[DocumentServer]:
    """Serve it on a port of its own."""
    listening = make_server("127.0.0.1", 0, application(server), threaded=True, request_handler=Quiet)
    server.address = f"http://127.0.0.1:{listening.server_port}"
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield server
    listening.shutdown()
    listening.server_close()
