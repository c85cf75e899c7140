"""How often one may try to sign in, and what is remembered of it."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from narrative.database import db
from narrative.people import actions, passwords
from narrative.people.models import Person, SignInLink, SignInTries
from narrative.people.rules import TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS
from tests.factories import MONDAY
from tests.pages import Pages
from tests.rooms.signing_in.trying import PASSWORD, WRONG, try_to_sign_in


def exhaust(pages: Pages, email: str, times: int) -> None:
    """Try so many wrong passwords."""
    token = pages.csrf_token()
    for _time in range(times):
        try_to_sign_in(pages, email, "wrong", csrf_token=token)


@pytest.fixture
def quick_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cheap hashing, where only the number of tries matters."""
    from argon2 import PasswordHasher

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


@pytest.mark.usefixtures("quick_checks")
def test_who_signs_in_leaves_nothing_that_says_when(pages: Pages, ada: Person) -> None:
    exhaust(pages, ada.email, 2)
    assert [row.tries for row in db.session.scalars(select(SignInTries))] == [2, 2]
    try_to_sign_in(pages, ada.email, PASSWORD, status=200)
    db.session.expire_all()
    assert [row.tries for row in db.session.scalars(select(SignInTries))] == [2]  # two were wrong, from here
    elsewhere = pages.another()
    elsewhere.client.environ_base["REMOTE_ADDR"] = "192.0.2.77"
    try_to_sign_in(elsewhere, ada.email, PASSWORD, status=200)
    db.session.expire_all()
    assert [row.tries for row in db.session.scalars(select(SignInTries))] == [2]


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


@pytest.mark.usefixtures("quick_checks")
def test_guessing_the_current_password_counts_as_trying_to_sign_in(pages: Pages, ada: Person) -> None:
    pages.sign_in(ada)
    wrong = {"current": "not this one", "password": "a new one altogether", "csrf_token": pages.csrf_token()}
    for _time in range(TRIES_PER_ACCOUNT):
        pages.post("/account/password", wrong, status=422)
    assert "too many tries" in pages.post("/account/password", wrong, status=429).text


def test_a_busy_server_says_so_and_loses_nothing(
    pages: Pages, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:

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
