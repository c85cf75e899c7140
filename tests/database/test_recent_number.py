"""A process that goes on with the number it read a moment ago: what it may miss, and for how long."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from flask import Flask

from narrative.app import create_app
from narrative.config import Settings
from narrative.data_version import RECENT_LASTS, Recent, current_number, recent_number
from narrative.database import db
from narrative.people.actions.account import end_sessions, rename, set_password
from narrative.people.models import Person
from narrative.quarters.models import Quarter
from tests.conftest import forget_last_request
from tests.factories import make_person, make_quarter
from tests.pages import Pages

QUARTER = "/quarters/2026-q2"


@pytest.fixture
def elsewhere(app: Flask, settings: Settings) -> Iterator[Flask]:
    """A second worker of the same installation."""
    made = create_app(settings)
    made.config["TESTING"] = True
    made.before_request_funcs.setdefault(None, []).insert(0, forget_last_request)
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def quarter(app: Flask) -> Quarter:
    return make_quarter()


def fetch(app: Flask, pages: Pages, address: str = QUARTER, **sent: str) -> tuple[int, str]:
    """What a worker answers to a reader's cookie, to a form if there is something `sent`: status and page."""
    with app.app_context():
        client = app.test_client(use_cookies=False)
        cookie = pages.client.get_cookie(app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        method = "POST" if sent else "GET"
        headers = {"Cookie": f"{cookie.key}={cookie.value}"}
        answer = client.open(address, method=method, headers=headers, data=sent)
        db.session.remove()
        return answer.status_code, answer.get_data(as_text=True)


def warm(app: Flask, pages: Pages) -> None:
    """Let a worker know the reader and the number."""
    assert [fetch(app, pages)[0] for _ in range(2)] == [200, 200]


def wait_the_bound() -> None:
    """Let pass what a worker may be behind."""
    time.sleep(RECENT_LASTS)


def test_only_far_databases_are_asked_less_often(app: Flask, engine_name: str) -> None:
    number = current_number()
    assert recent_number() == (number if engine_name == "postgresql" else None)


def test_the_number_is_forgotten_after_its_time() -> None:
    recent = Recent(lasts=0.05)
    assert recent.get() is None
    assert recent.read(lambda: 7) == 7
    time.sleep(0.06)
    assert recent.get() is None


def test_an_answer_that_was_long_under_way_is_as_old_as_its_question() -> None:
    recent = Recent(lasts=0.05)

    def slow() -> int:
        time.sleep(0.06)
        return 7

    assert recent.read(slow) == 7
    assert recent.get() is None


def test_a_number_asked_for_before_an_own_change_is_not_remembered_after_it() -> None:
    recent, asked, changed = Recent(lasts=60), threading.Event(), threading.Event()

    def slow() -> int:
        asked.set()
        changed.wait(timeout=30)
        return 7

    reader = threading.Thread(target=recent.read, args=(slow,))
    reader.start()
    asked.wait(timeout=30)
    recent.forget()
    changed.set()
    reader.join(timeout=30)
    assert recent.get() is None


def test_of_two_answers_the_later_question_counts() -> None:
    recent, asked, answered = Recent(lasts=60), threading.Event(), threading.Event()

    def slow() -> int:
        asked.set()
        answered.wait(timeout=30)
        return 7

    reader = threading.Thread(target=recent.read, args=(slow,))
    reader.start()
    asked.wait(timeout=30)
    recent.read(lambda: 8)
    answered.set()
    reader.join(timeout=30)
    assert recent.get() == 8


def test_whoever_commits_sees_it_with_the_next_request_of_the_same_worker(
    app: Flask, pages: Pages, quarter: Quarter
) -> None:
    person = make_person()
    pages.sign_in(person)
    for turn in range(5):
        pages.get(QUARTER)
        rename(person, f"Number {turn}")
        assert recent_number() is None
        assert f"Number {turn}" in pages.get(QUARTER).text


def test_what_is_rolled_back_or_unshown_leaves_what_is_remembered(app: Flask) -> None:
    person = make_person()
    current_number()
    before = recent_number()
    person.name = "Never"
    db.session.flush()
    db.session.rollback()
    assert recent_number() == before


def test_another_workers_change_is_seen_within_the_bound(
    app: Flask, elsewhere: Flask, pages: Pages, quarter: Quarter
) -> None:
    pages.sign_in(make_person(name="Ada Wirth"))
    warm(elsewhere, pages)
    ada = db.session.query(Person).filter_by(name="Ada Wirth").one()
    rename(ada, "Ada King")
    wait_the_bound()
    assert "Ada King" in fetch(elsewhere, pages)[1]


@pytest.mark.parametrize("role", ["leader", "organiser"])
def test_who_may_write_is_never_behind(
    app: Flask, elsewhere: Flask, pages: Pages, quarter: Quarter, role: str
) -> None:
    person = make_person(role)
    pages.sign_in(person)
    for turn in range(5):
        warm(elsewhere, pages)
        rename(person, f"Number {turn}")
        assert f"Number {turn}" in fetch(elsewhere, pages)[1]


def test_who_was_signed_out_everywhere_is_out_of_every_worker_within_the_bound(
    app: Flask, elsewhere: Flask, pages: Pages, quarter: Quarter
) -> None:
    person = make_person()
    pages.sign_in(person)
    warm(app, pages)
    warm(elsewhere, pages)
    end_sessions(person)
    assert fetch(app, pages)[0] == 302
    wait_the_bound()
    assert fetch(elsewhere, pages)[0] == 302


def test_a_new_password_keeps_its_browser_signed_in_on_every_worker(
    app: Flask, elsewhere: Flask, pages: Pages, quarter: Quarter
) -> None:
    """The other worker still knows the former session when the new one's cookie arrives."""
    person = make_person()
    pages.sign_in(person)
    warm(elsewhere, pages)
    set_password(person, "a long enough password")
    pages.sign_in(person)
    assert fetch(elsewhere, pages)[0] == 200


def test_nothing_is_written_on_a_worker_that_is_behind(
    app: Flask, elsewhere: Flask, pages: Pages, quarter: Quarter
) -> None:
    """Whoever was deactivated may see a page for a second longer, and do nothing."""
    person = make_person()
    page = pages.sign_in(person).get(QUARTER)
    token = page.all("input", name="csrf_token")[0].attributes["value"]
    warm(elsewhere, pages)
    end_sessions(person)
    assert fetch(elsewhere, pages, "/account", csrf_token=token, name="Somebody")[0] == 401
    db.session.refresh(person)
    assert person.name != "Somebody"


def test_a_message_to_show_once_comes_with_what_it_speaks_of(
    app: Flask, elsewhere: Flask, pages: Pages, quarter: Quarter
) -> None:
    """A change is made by one worker and its redirect answered by the next."""
    person = make_person(name="Ada Wirth")
    pages.sign_in(person)
    warm(elsewhere, pages)
    rename(person, "Ada King")
    with pages.client.session_transaction() as session:
        session["_flashes"] = [("message", "Your name is changed.")]
    assert "Ada King" in fetch(elsewhere, pages)[1]
