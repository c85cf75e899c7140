"""One's own account: password, name, and signing out everywhere."""

from datetime import timedelta

import pytest
import time_machine

from narrative.database import db
from narrative.people import actions
from narrative.people.models import Person
from tests.factories import MONDAY
from tests.pages import Pages
from tests.rooms.signing_in.trying import PASSWORD, WRONG, try_to_sign_in, who


def test_a_first_password_is_optional_checked_and_keeps_one_signed_in(pages: Pages) -> None:
    _bo, token = actions.invite("Bo Bolander", "bo@test.example", "employee", at=MONDAY)
    pages.post(f"/sign-in/{token}", {"next": "/account"})
    page = pages.post("/account/password", {"password": "elevenchars", "next": "/account"}, status=422)
    assert page.errors() == ["Choose a password of at least 12 characters"]
    assert page.all("input", name="next")[0].attributes["value"] == "/account"
    page = pages.post("/account/password", {"password": "bo@test.example"}, status=422)
    assert page.errors() == [
        "Choose a password that is not your name, your e-mail address or one character repeated"
    ]
    page = pages.post("/account/password", {"password": PASSWORD, "next": "/account"})
    assert page.response.request.path == "/account"
    assert "Your password is set." in page.text
    assert who(pages) == "Bo Bolander"
    try_to_sign_in(pages.another(), "bo@test.example", PASSWORD, status=200)


def test_changing_a_password_needs_the_current_one_and_ends_other_sessions(pages: Pages, ada: Person) -> None:
    other = pages.another().sign_in(ada)
    pages.sign_in(ada)
    page = pages.post("/account/password", {"password": "a new one altogether"}, status=422)
    assert page.errors() == ["Enter your current password"]
    wrong = {"current": "not this one", "password": "a new one altogether"}
    page = pages.post("/account/password", wrong, status=422)
    assert page.errors() == ["This is not your current password"]
    assert not any(PASSWORD in e.attributes.get("value", "") for e in page.all("input"))
    assert (who(pages), who(other)) == ("Ada", "Ada")
    pages.post(
        "/account/password", {"current": PASSWORD, "password": "a new one altogether", "next": "/account"}
    )
    assert (who(pages), who(other)) == ("Ada", "")
    assert WRONG in try_to_sign_in(other, ada.email, PASSWORD).text
    try_to_sign_in(other, ada.email, "a new one altogether", status=200)


def test_a_link_stands_for_a_forgotten_password_for_an_hour(
    pages: Pages, ada: Person, clock: time_machine.Traveller
) -> None:
    page = pages.post(f"/sign-in/{actions.make_link(ada, at=MONDAY)}")
    assert not page.all("input", name="current")
    clock.shift(timedelta(hours=1))
    assert pages.get("/account/password").all("input", name="current")
    clock.shift(timedelta(seconds=-1))
    pages.post("/account/password", {"password": "a new one altogether", "next": "/account"})
    assert pages.get("/account/password").all("input", name="current")


def test_ones_account_has_ones_name_and_a_way_out_of_every_browser(pages: Pages, ada: Person) -> None:
    other = pages.another().sign_in(ada)
    page = pages.sign_in(ada).get("/account")
    assert "ada@test.example" in page.text
    page = pages.post("/account", {"name": " \t "}, status=422)
    assert page.errors() == ["Enter a name"]
    page = pages.post("/account", {"name": "=1+1"}, status=422)
    assert page.all("input", id="name")[0].attributes["value"] == "=1+1"
    page = pages.post(
        "/account", {"name": " Ada  Lovelace", "email": "evil@test.example", "role": "organiser"}
    )
    assert "Your name is saved." in page.text
    db.session.refresh(ada)
    assert (ada.name, ada.email, ada.role) == ("Ada Lovelace", "ada@test.example", "leader")
    assert "You are signed out everywhere." in pages.post("/account/sessions").text
    assert (who(pages), who(other)) == ("", "")


@pytest.mark.parametrize("address", ["/account", "/account/password", "/people", "/people/new", "/buckets"])
def test_signed_out_one_is_asked_to_sign_in(pages: Pages, address: str) -> None:
    page = pages.get(address)
    assert page.response.request.path == "/sign-in"
    assert page.all("input", name="next")[0].attributes["value"] == address
