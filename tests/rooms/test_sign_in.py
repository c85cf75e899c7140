"""Signing in by link and by password, what is refused, and how often one may try."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from narrative.database import db
from narrative.people import actions
from narrative.people.models import Person, SignInLink, SignInTries
from narrative.people.rules import TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS
from tests.factories import MONDAY, make_person
from tests.pages import Page, Pages

PASSWORD = "correct horse battery"
WRONG = (
    "This e-mail address and password do not belong together. Check both, "
    "or ask your organiser for a one-time link."
)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Monday 29 June 2026, 09:00 UTC, until moved."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada(app: object) -> Person:
    """Somebody with a password."""
    person = make_person("leader", name="Ada", email="ada@test.example")
    actions.set_password(person, PASSWORD)
    return person


def try_to_sign_in(pages: Pages, email: str, password: str, *, status: int = 422, **data: Any) -> Page:
    """Send the sign-in form."""
    return pages.post(
        "/sign-in", {"email": email, "password": password, "next": "/account", **data}, status=status
    )


def who(pages: Pages) -> str:
    """The name in this visitor's account, or nothing if signed out."""
    found = pages.get("/account").all("input", id="name")
    return found[0].attributes["value"] if found else ""


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


def exhaust(pages: Pages, email: str, times: int) -> None:
    """Try so many wrong passwords."""
    token = pages.csrf_token()
    for _time in range(times):
        try_to_sign_in(pages, email, "wrong", csrf_token=token)


@pytest.fixture
def quick_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cheap hashing, where only the number of tries matters."""
    from argon2 import PasswordHasher

    from narrative.people import passwords

    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    monkeypatch.setattr(passwords, "UNMATCHABLE", passwords._unmatchable())


@pytest.mark.usefixtures("quick_checks")
@pytest.mark.parametrize("email", ["ada@test.example", "nobody@test.example"])
def test_an_account_has_ten_tries_in_a_quarter_of_an_hour(
    pages: Pages, ada: Person, clock: time_machine.Traveller, email: str
) -> None:
    exhaust(pages, email, TRIES_PER_ACCOUNT)
    clock.shift(timedelta(minutes=4, seconds=30))
    page = try_to_sign_in(pages, email.upper(), PASSWORD, status=429)
    assert "Wait 11 minutes, then try again." in page.text
    assert page.response.headers["Retry-After"] == "630"
    assert page.all("input", name="email")[0].attributes["value"] == email.upper()
    assert WRONG in try_to_sign_in(pages, "other@test.example", "wrong").text
    clock.shift(timedelta(minutes=10, seconds=30))
    assert WRONG in try_to_sign_in(pages, email, "wrong").text


@pytest.mark.usefixtures("quick_checks")
def test_a_right_password_gives_an_account_its_tries_back(pages: Pages, ada: Person) -> None:
    for _round in range(2):
        exhaust(pages, ada.email, TRIES_PER_ACCOUNT - 1)
        try_to_sign_in(pages, ada.email, PASSWORD, status=200)
        pages.post("/sign-out")


@pytest.mark.usefixtures("quick_checks")
def test_an_address_has_fifty_wrong_tries_whatever_the_account(pages: Pages, ada: Person) -> None:
    token = pages.csrf_token()
    for _time in range(3):  # an office shares one address: who gets in costs it nothing
        try_to_sign_in(pages.another(), ada.email, PASSWORD, status=200)
    for number in range(TRIES_PER_ADDRESS):
        try_to_sign_in(pages, f"guess{number}@test.example", "wrong", csrf_token=token)
    assert "too many tries" in try_to_sign_in(pages, ada.email, PASSWORD, status=429).text
    pages.client.environ_base |= {"REMOTE_ADDR": "192.0.2.1"}
    try_to_sign_in(pages, ada.email, PASSWORD, status=200)


@pytest.mark.usefixtures("quick_checks")
def test_the_table_of_tries_knows_neither_names_nor_addresses_and_forgets(
    pages: Pages, ada: Person, clock: time_machine.Traveller
) -> None:
    pages.client.environ_base["REMOTE_ADDR"] = "192.0.2.77"
    try_to_sign_in(pages, ada.email, "wrong")
    rows = db.session.scalars(select(SignInTries)).all()
    assert len(rows) == 2
    for row in rows:
        assert len(row.subject_hash) == 64
        assert "192.0.2.77" not in row.subject_hash
    columns = {column.name for column in SignInTries.__table__.columns}
    assert columns == {"subject_hash", "window_began_at", "tries"}
    clock.shift(timedelta(minutes=15))
    pages.client.environ_base["REMOTE_ADDR"] = "192.0.2.78"
    try_to_sign_in(pages, "other@test.example", "wrong")
    db.session.expire_all()
    assert {row.window_began_at for row in db.session.scalars(select(SignInTries))} == {
        MONDAY + timedelta(minutes=15)
    }


def test_sweeping_forgets_what_is_over_and_nothing_else(app: object) -> None:
    _bo, old = actions.invite("Bo", "bo@test.example", "employee", at=MONDAY)
    later = MONDAY + timedelta(days=7)
    cy, fresh = actions.invite("Cy", "cy@test.example", "employee", at=later - timedelta(minutes=1))
    actions.count_try("bo@test.example", address="192.0.2.1", at=later - timedelta(minutes=15))
    actions.count_try("cy@test.example", address="192.0.2.2", at=later - timedelta(minutes=14))
    actions.sweep(at=later)
    assert [link.person_id for link in db.session.scalars(select(SignInLink))] == [cy.id]
    assert len(db.session.scalars(select(SignInTries)).all()) == 2
    assert actions.redeem_link(old, at=later) is None
    assert actions.redeem_link(fresh, at=later) is cy


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
    from narrative.people import passwords

    check = passwords.matches

    def changed_meanwhile(kept: str | None, password: str) -> bool:
        found = check(kept, password)
        actions.set_password(ada, "another one altogether")
        return found

    monkeypatch.setattr(passwords, "matches", changed_meanwhile)
    assert WRONG in try_to_sign_in(pages, ada.email, PASSWORD).text
    assert who(pages) == ""


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


@pytest.mark.usefixtures("quick_checks")
def test_guessing_the_current_password_counts_as_trying_to_sign_in(pages: Pages, ada: Person) -> None:
    pages.sign_in(ada)
    wrong = {"current": "not this one", "password": "a new one altogether", "csrf_token": pages.csrf_token()}
    for _time in range(TRIES_PER_ACCOUNT):
        pages.post("/account/password", wrong, status=422)
    assert "too many tries" in pages.post("/account/password", wrong, status=429).text


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


def test_a_busy_server_says_so_and_loses_nothing(
    pages: Pages, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from narrative.people import passwords

    monkeypatch.setattr(passwords, "PATIENCE", 0.01)
    taken = [passwords._turns.acquire(timeout=1) for _place in range(passwords.CHECKS_AT_ONCE)]
    try:
        page = try_to_sign_in(pages, ada.email, PASSWORD, status=503)
    finally:
        for _place in taken:
            passwords._turns.release()
    assert "try again in a minute" in page.text
    assert page.all("input", name="email")[0].attributes["value"] == ada.email
    try_to_sign_in(pages, ada.email, PASSWORD, status=200)
