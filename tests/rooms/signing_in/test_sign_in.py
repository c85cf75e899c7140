"""Signing in by link and by password, and what is refused."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from narrative.data_version import current_number
from narrative.database import db
from narrative.people import actions, passwords
from narrative.people.models import Person, SignInLink, SignInTries
from tests.factories import MONDAY, make_person
from tests.pages import Pages
from tests.rooms.signing_in.trying import PASSWORD, WRONG, try_to_sign_in, who


def test_e_mail_and_password_sign_in_and_lead_where_one_wanted_to_go(pages: Pages, ada: Person) -> None:
    page = pages.get("/account/password?a=1")
    assert page.title.startswith("Sign in")
    wanted = page.all("input", name="next")[0].attributes["value"]
    assert wanted == "/account/password?a=1"
    page = try_to_sign_in(pages, " ADA@test.example ", PASSWORD, status=200, next=wanted)
    assert page.response.request.full_path == "/account/password?a=1"
    assert who(pages) == "Ada"
    assert pages.get("/sign-in?next=/account").response.request.path == "/account"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "/sign-out",
        "/sign-in",
        "/nothing/here",
        "%00",
    ],
)
def test_nobody_is_sent_to_another_site_or_to_no_page(pages: Pages, ada: Person, elsewhere: str) -> None:
    data = {"email": ada.email, "password": PASSWORD, "next": elsewhere}
    assert (
        pages.get("/sign-in", query_string={"next": elsewhere})
        .all("input", name="next")[0]
        .attributes["value"]
        == ""
    )
    page = pages.post("/sign-in", data, status=302, follow=False)
    assert page.response.location == "/"


def test_whatever_is_wrong_the_page_says_the_same(pages: Pages, ada: Person) -> None:
    gone = make_person(email="gone@test.example")
    actions.set_password(gone, PASSWORD)
    gone.deactivated_at = MONDAY
    db.session.commit()
    link_only = make_person(email="link@test.example")
    tries = [
        (ada.email, "wrong"),
        (gone.email, PASSWORD),
        (link_only.email, ""),
        ("x@test.example", PASSWORD),
    ]
    for email, password in tries:
        page = try_to_sign_in(pages, email, password or "anything", next="/account")
        assert WRONG in page.text
        assert page.title.startswith("Error: ")
        assert page.all("input", name="email")[0].attributes["value"] == email
        assert page.all("input", name="next")[0].attributes["value"] == "/account"
        assert page.all("input", name="password")[0].attributes.get("value", "") == ""
    assert who(pages) == ""


def test_an_empty_form_names_both_fields(pages: Pages, ada: Person) -> None:
    page = try_to_sign_in(pages, "ada", "")
    assert page.errors() == ["Enter an e-mail address, such as ada@company.example", "Enter your password"]
    assert page.all("input", name="email")[0].attributes["value"] == "ada"
    assert not db.session.scalars(select(SignInTries)).all()


@pytest.mark.parametrize("text", ["a\x00@test.example", "a@test.example\x00", "ada@test.example" * 1000])
def test_strange_texts_are_refused_like_any_other(pages: Pages, ada: Person, text: str) -> None:
    assert try_to_sign_in(pages, text, "x\x00y").errors() == [
        "Enter an e-mail address, such as ada@company.example"
    ]
    assert WRONG in try_to_sign_in(pages, ada.email, "\x00" * 5000).text


def test_signing_out_ends_the_session_on_this_browser_only(pages: Pages, ada: Person) -> None:
    other = pages.another()
    for visitor in (pages, other):
        try_to_sign_in(visitor, ada.email, PASSWORD, status=200)
    assert "You are signed out." in pages.post("/sign-out").text
    assert (who(pages), who(other)) == ("", "Ada")


def test_a_link_asks_first_and_works_once(pages: Pages) -> None:
    _bo, token = actions.invite("Bo", "bo@test.example", "employee", at=MONDAY)
    for _time in range(2):  # a mail scanner, then the person
        page = pages.get(f"/sign-in/{token}?next=/account")
        assert "Hello, Bo" in page.text
        assert page.response.headers["Cache-Control"] == "no-store"
    assert who(pages) == ""
    page = pages.post(f"/sign-in/{token}", {"next": "/account"})
    assert page.response.request.path == "/account/password"
    assert page.links()["Go on without a password"] == "/account"
    assert who(pages) == "Bo"
    assert not db.session.scalars(select(SignInLink)).all()
    other = pages.another()
    for page in (other.get(f"/sign-in/{token}", status=404), other.post(f"/sign-in/{token}", status=404)):
        assert "It was used already" in page.text
        assert "Ask your organiser for a new one" in page.text
    assert who(other) == ""
    assert (
        "You are signed in as Bo, so you do not need it." in pages.get(f"/sign-in/{token}", status=404).text
    )


@pytest.mark.parametrize("fate", ["unknown", "expired", "replaced", "deactivated"])
def test_a_link_that_is_no_good_says_what_to_do(
    pages: Pages, clock: time_machine.Traveller, fate: str
) -> None:
    bo, token = actions.invite("Bo", "bo@test.example", "employee", at=MONDAY)
    if fate == "unknown":
        token = token[:-1] + ("A" if token[-1] != "A" else "B")
    elif fate == "expired":
        clock.move_to(MONDAY + timedelta(days=7))
    elif fate == "replaced":
        actions.make_link(bo, at=MONDAY)
    else:
        bo.deactivated_at = MONDAY
        db.session.commit()
    for page in (pages.get(f"/sign-in/{token}", status=404), pages.post(f"/sign-in/{token}", status=404)):
        assert "Ask your organiser for a new one" in page.text
        assert "Bo" not in page.text
    assert who(pages) == ""


def test_a_link_works_until_its_last_second_and_only_its_hash_is_kept(
    pages: Pages, clock: time_machine.Traveller
) -> None:
    _bo, token = actions.invite("Bo", "bo@test.example", "employee", at=MONDAY)
    kept = db.session.scalars(select(SignInLink)).one()
    assert token not in kept.token_hash
    assert len(token) >= 43  # 256 bits
    clock.move_to(MONDAY + timedelta(days=7, seconds=-1))
    pages.post(f"/sign-in/{token}")
    assert who(pages) == "Bo"


def test_using_somebody_elses_link_says_who_one_is_now(pages: Pages, ada: Person) -> None:
    _bo, token = actions.invite("Bo", "bo@test.example", "employee", at=MONDAY)
    pages.sign_in(ada)
    assert "You are signed in as Ada now." in pages.get(f"/sign-in/{token}").text
    pages.post(f"/sign-in/{token}")
    assert who(pages) == "Bo"


def test_a_password_kept_at_another_cost_is_hashed_anew(pages: Pages, ada: Person) -> None:
    from argon2 import PasswordHasher

    ada.password_hash = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    db.session.commit()
    try_to_sign_in(pages, ada.email, PASSWORD, status=200)
    db.session.refresh(ada)
    assert "m=32768,t=3,p=1" in (ada.password_hash or "")
    try_to_sign_in(pages.another(), ada.email, PASSWORD, status=200)


def test_a_password_that_is_changed_while_it_is_checked_no_longer_signs_in(
    pages: Pages, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:

    check = passwords.matches

    def changed_meanwhile(kept: str | None, password: str) -> bool:
        found = check(kept, password)
        actions.set_password(ada, "another one altogether")
        return found

    monkeypatch.setattr(passwords, "matches", changed_meanwhile)
    assert WRONG in try_to_sign_in(pages, ada.email, PASSWORD).text
    assert who(pages) == ""


def test_trying_to_sign_in_empties_no_pages(pages: Pages) -> None:
    make_person(email="ada@test.example")
    before = current_number()
    pages.post("/sign-in", {"email": "ada@test.example", "password": "not hers at all"}, status=422)
    assert current_number() == before
    make_person(email="grace@test.example")
    assert current_number() == before + 1
