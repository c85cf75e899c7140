"""Pages for what went wrong: they say what happened and give back what was typed."""

import logging

import pytest
from flask import Flask

from narrative.web.access import access
from tests.factories import make_person
from tests.pages import Page, Pages


def test_an_address_that_does_not_exist_leads_home(pages: Pages) -> None:
    page = pages.sign_in(make_person()).get("/nowhere", status=404)
    assert "Page not found" in page.title
    assert "/" in page.links().values()


def test_a_form_of_an_ended_session_gives_back_what_was_typed_but_no_password(pages: Pages) -> None:
    typed = {
        "note": "Forty-two words about the tarpaulin",
        "password": "a-password-nobody-may-see",
        "csrf_token": "old",
    }
    page = Page(pages.client.post("/quarters", data=typed))
    assert page.status == 400
    assert "Forty-two words about the tarpaulin" in page.text
    assert "a-password-nobody-may-see" not in page.html


def test_a_signed_out_form_is_not_redirected_away(pages: Pages) -> None:
    typed = {"note": "Forty-two words about the tarpaulin", "csrf_token": pages.csrf_token()}
    page = Page(pages.client.post("/quarters", data=typed))
    assert page.status == 401
    assert "Forty-two words about the tarpaulin" in page.text


def test_a_script_is_answered_in_json(pages: Pages) -> None:
    answer = pages.client.get("/nowhere", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.json == {"error": "Page not found. Check the address, or start from the front page."}


@pytest.fixture
def broken(app: Flask) -> Flask:
    """An application with an anonymous view and an ordinary one that both fail, secrets in hand."""

    def fail() -> str:
        secret = "canary-7d1f"  # noqa: F841 - a trace would show it
        raise RuntimeError("canary-7d1f")

    app.config["TESTING"] = False
    app._got_first_request = False
    app.add_url_rule("/broken-anonymous/canary-path", "broken_anonymous", access("cookieless")(fail))
    app.add_url_rule("/broken", "broken", access("public")(lambda: fail() + ""))
    return app


def test_a_failing_anonymous_route_logs_neither_path_nor_trace(
    broken: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        page = Page(broken.test_client(use_cookies=False).get("/broken-anonymous/canary-path"))
    assert page.status == 500
    assert "canary" not in caplog.text + page.html
    assert "an anonymous route failed: RuntimeError" in caplog.text


def test_an_ordinary_failure_is_logged_with_its_trace(
    broken: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    page = Page(broken.test_client().get("/broken"))
    assert page.status == 500
    assert "canary-7d1f" in caplog.text
    assert "canary" not in page.html
