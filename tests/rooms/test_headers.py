"""Headers that hold on every answer: pages, redirects, errors, JSON, static files."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import replace
from http.cookies import SimpleCookie

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from narrative.app import create_app
from narrative.config import Settings
from narrative.database import db
from narrative.web.access import access
from tests.asking import ASKING, open_quarter
from tests.factories import make_person
from tests.pages import Pages

NOTHING_BUT_OURS = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(ASKING, tick=False):
        yield


def policy(answer: TestResponse) -> dict[str, str]:
    """The content security policy, by directive."""
    [sent] = answer.headers.getlist("Content-Security-Policy")
    return dict(part.strip().split(" ", 1) for part in sent.split(";"))


@pytest.fixture
def answers(app: Flask, pages: Pages) -> dict[str, TestResponse]:
    """One answer of each kind, by what it is."""
    open_quarter()
    app.config["TESTING"] = False
    app._got_first_request = False
    app.add_url_rule("/broken", "broken", access("public")(lambda: str(1 // 0)))
    stranger, anonymous = pages.another().client, app.test_client(use_cookies=False)
    pages.sign_in(make_person())
    version = app.extensions["narrative.assets"][0]
    return {
        "page": pages.client.get("/"),
        "public page": stranger.get("/anonymity"),
        "redirect": stranger.get("/"),
        "JSON": pages.client.get("/questions/2026-q2"),
        "unchanged": pages.client.get(
            "/questions/2026-q2",
            headers={"If-None-Match": pages.client.get("/questions/2026-q2").headers["ETag"]},
        ),
        "anonymous": anonymous.get("/passes/2026-q2/keys"),
        "static": stranger.get(f"/static/{version}/css/layout.css"),
        "stale static": stranger.get("/static/0123456789abcdef/css/layout.css"),
        "400": pages.client.post("/sign-out"),
        "401": stranger.post("/quarters", data={"csrf_token": pages.another().csrf_token()}),
        "403": pages.client.get("/people"),
        "404": pages.client.get("/nowhere"),
        "404 static": stranger.get(f"/static/{version}/nowhere.css"),
        "405": pages.client.get("/sign-out"),
        "413": anonymous.post("/questions/2026-q2", data="x" * 40_000, content_type="application/json"),
        "500": stranger.get("/broken"),
    }


def test_the_answers_are_of_the_kinds_they_are_called(answers: dict[str, TestResponse]) -> None:
    for name, answer in answers.items():
        if name[:3].isdigit():
            expected = 400 if name == "401" else int(name[:3])  # a stranger's token is not the session's
            assert answer.status_code == expected, name
    kinds = {"redirect": 302, "unchanged": 304}
    plain = [name for name in answers if not name[:3].isdigit()]
    assert {name: answers[name].status_code for name in plain} == {
        name: kinds.get(name, 200) for name in plain
    }


def test_every_answer_allows_nothing_but_ours(answers: dict[str, TestResponse]) -> None:
    for name, answer in answers.items():
        assert policy(answer) == NOTHING_BUT_OURS, name
        assert answer.headers.getlist("X-Content-Type-Options") == ["nosniff"], name
        assert answer.headers.getlist("Referrer-Policy") == ["same-origin"], name
        assert answer.headers.getlist("Cross-Origin-Opener-Policy") == ["same-origin"], name
        assert answer.headers.getlist("Cross-Origin-Resource-Policy") == ["same-origin"], name
        assert "Access-Control-Allow-Origin" not in answer.headers, name
        assert "unsafe" not in str(answer.headers), name


def test_no_shared_cache_keeps_what_is_not_for_everybody(answers: dict[str, TestResponse]) -> None:
    caching = {name: answer.headers.getlist("Cache-Control") for name, answer in answers.items()}
    assert caching.pop("static") == ["public, max-age=31536000, immutable"]
    assert caching.pop("stale static") == ["no-cache"]
    assert caching.pop("anonymous") == ["no-store"]
    assert {name: kept for name, kept in caching.items() if kept != ["private, no-cache"]} == {}


@pytest.fixture
def secure_app(app: Flask, settings: Settings) -> Iterator[Flask]:
    """The same application over HTTPS."""
    made = create_app(replace(settings, base_url="https://narrative.example"))
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


def test_https_is_demanded_where_there_is_https(app: Flask, secure_app: Flask) -> None:
    plain, secure = (one.test_client().get("/sign-in") for one in (app, secure_app))
    assert "Strict-Transport-Security" not in plain.headers
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000"


def cookies(answer: TestResponse) -> SimpleCookie:
    """The cookies that an answer sets."""
    return SimpleCookie("\n".join(answer.headers.getlist("Set-Cookie")))


def test_the_session_cookie_is_the_browsers_secret(app: Flask, secure_app: Flask) -> None:
    plain = cookies(app.test_client().get("/sign-in"))
    assert list(plain) == ["narrative"]
    assert (plain["narrative"]["httponly"], plain["narrative"]["samesite"]) == (True, "Lax")
    assert plain["narrative"]["domain"] == ""
    secure = cookies(secure_app.test_client().get("/sign-in", base_url="https://narrative.example"))
    assert list(secure) == ["__Host-narrative"]
    cookie = secure["__Host-narrative"]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
    assert (cookie["path"], cookie["domain"]) == ("/", "")


def test_reading_sends_no_cookie_anew(app: Flask, pages: Pages) -> None:
    """A cookie on each page would say when a person was last here."""
    pages.sign_in(make_person())
    pages.get("/")
    for _ in range(2):
        assert "Set-Cookie" not in pages.client.get("/").headers


def test_static_files_are_compressed_once_and_pages_never(app: Flask, pages: Pages) -> None:
    pages.sign_in(make_person())
    accepting = {"Accept-Encoding": "gzip, br"}
    page = pages.client.get("/", headers=accepting)
    assert "Content-Encoding" not in page.headers
    [sheet] = re.findall(r'href="([^"]+/css/layout\.css)"', page.text)
    packed = pages.client.get(sheet, headers=accepting)
    assert (packed.headers["Content-Encoding"], packed.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(packed.get_data()) == pages.client.get(sheet).get_data()


@pytest.mark.parametrize("path", ["../pyproject.toml", "..%2fpyproject.toml", ".hidden", "css"])
def test_only_files_of_the_static_folder_are_served(app: Flask, path: str) -> None:
    version = app.extensions["narrative.assets"][0]
    assert app.test_client().get(f"/static/{version}/{path}").status_code == 404
