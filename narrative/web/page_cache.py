"""Whole pages, remembered by the process; each reader's own words are filled in around the shared bytes.

A page is kept for everybody of the same role, except that leaders have their own: theirs offer what only they
may do. It holds while the main database stands still (data_version) and for the minute in which it was built:
timetables are exact to the minute, so a page is never behind its stage.
"""

import re
import secrets
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from flask import Flask, Response, current_app, g, session
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from markupsafe import escape

from narrative.data_version import Kept, number_in_session
from narrative.database import db
from narrative.web.access import SignedIn
from narrative.web.moments import request_instant

MOST_PAGES = 500
MOST_TOKENS = 10_000

# What stands in a shared page for a reader's name, id and token. Nobody can type what is drawn at the start.
NAME, READER, TOKEN = (secrets.token_hex(16) for _ in range(3))
_PERSONAL = re.compile(f"({NAME}|{READER}|{TOKEN})")

Pieces = list[bytes | str]


def register(app: Flask) -> None:
    """Give `app` an empty cache."""
    app.extensions["narrative.pages"] = Kept[Pieces](most=MOST_PAGES)
    app.extensions["narrative.tokens"] = Kept[str](most=MOST_TOKENS)


def kept_page(name: Hashable, build: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    """Return the page called `name` for who is signed in, from memory or from `build`.

    `build` renders for any reader of that role: it may not use the person's id, but `reader_id()`, unless
    it is a leader's. What it returns other than a string (a redirect), what it raises, and a page with a
    message to show once are passed on and not kept.
    """
    if "_flashes" in session:
        return build()
    pages: Kept[Pieces] = current_app.extensions["narrative.pages"]
    key = (name, _reader(g.person), _minute(request_instant()))
    pieces = pages.get(key, number=g.data_number)
    if pieces is None:
        # What this request read before may be older than the number that the page is kept under.
        db.session.rollback()
        db.session.expire_all()
        number = number_in_session()
        with _shared_reader():
            built = build()
        if not isinstance(built, str):
            return built
        pieces = _pieces(built)
        pages.put(key, pieces, number=number)
    return Response(_filled(pieces, g.person), content_type="text/html; charset=utf-8")


def _reader(person: SignedIn) -> int | str:
    return "employee" if person.role == "employee" else person.id


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


@contextmanager
def _shared_reader() -> Iterator[None]:
    person, load_person = g.person, g.load_person
    g.person = replace(person, name=NAME)
    if person.role == "employee":
        # Whatever asks who exactly is reading would put one reader's page before all.
        g.person = replace(g.person, id=0)
        del g.load_person
    g.csrf_token, g.reader_id = TOKEN, READER
    try:
        yield
    finally:
        g.person, g.load_person = person, load_person
        g.pop("csrf_token", None)
        g.pop("reader_id", None)


def reader_id() -> str:
    """Return the id of who is signed in, as it may stand in any page, shared or not."""
    return str(g.get("reader_id") or g.person.id)


def _pieces(page: str) -> Pieces:
    parts = _PERSONAL.split(page)
    return [part if part in {NAME, READER, TOKEN} else part.encode() for part in parts]


def _filled(pieces: Pieces, person: SignedIn) -> bytes:
    own = {
        NAME: escape(person.name).encode(),
        READER: str(person.id).encode(),
        TOKEN: _csrf_token().encode(),
    }
    return b"".join([own[piece] if isinstance(piece, str) else piece for piece in pieces])


def _csrf_token() -> str:
    # Signing is a tenth of the request; the signature of a session's own secret is always good.
    tokens: Kept[str] = current_app.extensions["narrative.tokens"]
    kept = tokens.get(session.get("csrf_token"), number=0)
    if kept is None:
        kept = generate_csrf()
        tokens.put(session["csrf_token"], kept, number=0)
    return kept
