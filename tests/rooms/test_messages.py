"""Follow-ups and withdrawals through their route: what is taken, and that a refusal changes nothing."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from narrative.answers import actions as answers
from narrative.database import db
from narrative.passes.store import anonymous_reading
from narrative.passes.store_tables import pending_messages
from narrative.quarters.models import Quarter
from narrative.questions import commitments, queries, releasing
from narrative.questions.actions import move
from narrative.questions.models import FollowUp, Question
from narrative.questions.rules import MESSAGES_LAST
from narrative.questions.views.messages import GENERIC
from tests.asking import (
    ASKING,
    CLOSES,
    FIRST_TICK,
    ask,
    message,
    new_mark,
    new_salt,
    open_quarter,
    salt_of,
    send_message,
    sign,
)
from tests.factories import make_person, save
from tests.pages import Pages


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(ASKING, tick=False) as travelling:
        yield travelling


@pytest.fixture
def quarter(app: Flask) -> Quarter:
    return open_quarter()


@pytest.fixture
def waiting(app: Flask, quarter: Quarter) -> str:
    """The mark of a question that waits for its tick."""
    return str(ask(app, quarter, "Why?")[0]["mark"])


@pytest.fixture
def released(app: Flask, quarter: Quarter, clock: Any) -> Question:
    """A question that is shown."""
    sent = ask(app, quarter, "Why?", "How?", "When?")
    assert releasing.tick_if_due(quarter, FIRST_TICK) == 3
    clock.move_to(FIRST_TICK + timedelta(hours=1))
    return db.session.scalars(select(Question).where(Question.mark == sent[0]["mark"])).one()


def waiting_messages() -> list[tuple[int, str]]:
    """Number and text of what waits in the anonymous store."""
    columns = select(pending_messages.c.number, pending_messages.c.text)
    with anonymous_reading() as connection:
        return sorted((row[0], row[1]) for row in connection.execute(columns))


# What is taken


def test_a_follow_up_waits_for_the_next_tick(app, quarter, released):
    answer = send_message(app, message(released.mark, 1, "  The one of\r\nMay. "))
    assert answer.status_code == 202
    assert answer.json == {"received": True, "released_after": (FIRST_TICK + timedelta(days=1)).isoformat()}
    assert "Set-Cookie" not in answer.headers
    assert waiting_messages() == [(1, "The one of\nMay.")]


def test_a_question_that_is_not_shown_yet_can_be_added_to_and_withdrawn(app, waiting):
    assert send_message(app, message(waiting, 1, "The one of May.")).status_code == 202
    assert send_message(app, message(waiting, 0)).status_code == 202
    assert waiting_messages() == [(0, ""), (1, "The one of May.")]


def test_the_same_message_again_is_answered_again_and_stored_once(app, released):
    for sent in (message(released.mark, 1, "May."), message(released.mark, 0)):
        answers = [send_message(app, sent) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [202, 202, 202]
        assert len({answer.get_data() for answer in answers}) == 1
    assert waiting_messages() == [(0, ""), (1, "May.")]


def test_the_same_message_again_after_it_was_shown_adds_nothing(app, released):
    save(FollowUp(question_id=released.id, number=1, text="May.", shown_on=FIRST_TICK.date()))
    assert send_message(app, message(released.mark, 1, "May.")).status_code == 202
    assert send_message(app, message(released.mark, 1, "June.")).json["reason"] == "other text"
    assert waiting_messages() == []
    assert send_message(app, message(released.mark, 2, "June.")).status_code == 202


def test_a_withdrawal_again_after_it_was_carried_out_is_answered_again(app, released):
    move(db.session(), released.id, expected="waiting", to="withdrawn")
    db.session.commit()
    assert send_message(app, message(released.mark, 0)).status_code == 202
    assert waiting_messages() == []


def test_five_follow_ups_are_taken_in_turn_and_no_sixth(app, released):
    early = send_message(app, message(released.mark, 2, "Second."))
    assert (early.status_code, early.json["reason"]) == (409, "out of turn")
    for number in range(1, 6):
        assert send_message(app, message(released.mark, number, f"{number}.")).status_code == 202
    sixth = send_message(app, message(released.mark, 6, "6."))
    assert (sixth.status_code, sixth.json["reason"]) == (409, "too many")
    assert waiting_messages() == [(number, f"{number}.") for number in range(1, 6)]


def test_an_answered_question_can_be_followed_up_and_not_withdrawn(app, released):
    answers.publish(released, text="So.", by=make_person("leader"), at=FIRST_TICK)
    assert send_message(app, message(released.mark, 1, "And?")).status_code == 202
    late = send_message(app, message(released.mark, 0))
    assert (late.status_code, late.json["reason"]) == (409, "answered")


def test_follow_ups_are_taken_for_sixty_days_after_questions_close(app, quarter, released, clock):
    sent = message(released.mark, 1, "And?")
    clock.move_to(CLOSES + timedelta(days=3, hours=1))
    answer = send_message(app, sent)
    assert answer.json == {"received": True, "released_after": (CLOSES + timedelta(days=4)).isoformat()}
    clock.move_to(CLOSES + MESSAGES_LAST)
    assert send_message(app, sent).json == {"received": True, "released_after": None}
    late = send_message(app, message(released.mark, 2, "And?"))
    assert (late.status_code, late.json["reason"]) == (409, "over")


def test_a_tick_shows_what_was_added_and_carries_out_what_was_withdrawn(app, quarter, released, clock):
    other = db.session.scalars(select(Question).where(Question.id != released.id)).first()
    send_message(app, message(released.mark, 1, "The one of May."))
    send_message(app, message(other.mark, 1, "Never shown."))
    send_message(app, message(other.mark, 0))
    tick = FIRST_TICK + timedelta(days=1)
    assert releasing.tick_if_due(quarter, tick) == 0
    assert waiting_messages() == []
    [shown] = queries.follow_ups(released)
    assert (shown.text, shown.shown_on) == ("The one of May.", tick.date())
    db.session.expire_all()
    withdrawn = db.session.get_one(Question, other.id)
    assert (withdrawn.state, withdrawn.text, withdrawn.salt) == ("withdrawn", "", None)
    assert queries.follow_ups(withdrawn) == []
    visitor = Pages(app).sign_in(make_person())
    assert "1 withdrawn" in visitor.get("/board/2026-q2").text
    page = visitor.get(f"/board/2026-q2/{withdrawn.id}")
    assert "Whoever asked this question has withdrawn it. Its text is erased." in page.text
    fed = {one["id"]: one for one in visitor.client.get("/questions/2026-q2").json["questions"]}
    assert (fed[released.id]["messages"], fed[withdrawn.id]["state"]) == (1, "withdrawn")


def test_of_two_texts_at_the_same_moment_under_one_number_one_is_taken(app, released):
    for number in range(1, 5):
        texts = [f"{number}, {word}." for word in ("one", "other", "third")]
        sent = [message(released.mark, number, text) for text in texts]
        with ThreadPoolExecutor(3) as pool:
            answers = list(pool.map(lambda one: send_message(app, one).status_code, sent))
        assert sorted(answers) == [202, 409, 409]
        [kept] = [text for waits, text in waiting_messages() if waits == number]
        assert kept == texts[answers.index(202)]


# What is refused


def test_an_unsigned_a_tampered_and_a_strange_message_are_refused_with_one_sentence(app, quarter, released):
    good, other = message(released.mark, 1, "And?"), new_mark()
    hashed = commitments.follow_up_hash(salt_of(released.mark, 1), mark=released.mark, number=1, text="And?")
    forged = commitments.message(quarter="2026-q2", mark=released.mark, number=1, text_hash=hashed)
    refused = {
        "another text": {**good, "text": "But?"},
        "another number": {**good, "number": 2},
        "a withdrawal of it": {**good, "number": 0, "text": "", "salt": None},
        "another salt": {**good, "salt": new_salt()},
        "no salt": {**good, "salt": None},
        "a short salt": {**good, "salt": good["salt"][:-2]},
        "a withdrawal with a salt": {**message(released.mark, 0), "salt": good["salt"]},
        "the key of another": {**good, "signature": sign(other, forged)},
        "a mark that never came": message(other, 1, "And?"),
        "its own quarter's": message(released.mark, 1, "And?", quarter="2026-q3"),
        "no signature": {**good, "signature": ""},
        "a short signature": {**good, "signature": good["signature"][:-1]},
        "a padded signature": {**good, "signature": good["signature"] + "=="},
        "no mark": {**good, "mark": ""},
        "a mark of half characters": {**good, "mark": "\ud83d" * 43},
        "a negative number": message(released.mark, -1, "And?"),
        "a withdrawal that says something": message(released.mark, 0, "And?"),
    }
    got = {name: send_message(app, sent) for name, sent in refused.items()}
    assert {name: answer.status_code for name, answer in got.items()} == dict.fromkeys(refused, 400)
    assert {answer.json["error"] for answer in got.values()} == {GENERIC}
    assert waiting_messages() == []
    assert send_message(app, good).status_code == 202


def test_a_message_is_good_in_its_quarter_only(app, quarter, released):
    open_quarter("2026-q3")
    for sent in (message(released.mark, 1, "And?"), message(released.mark, 1, "And?", quarter="2026-q3")):
        assert send_message(app, sent, "2026-q3").status_code == 400
    assert send_message(app, message(released.mark, 1, "And?"), "2031-q1").status_code == 404
    assert waiting_messages() == []


def test_a_message_with_a_cookie_is_refused(app, released, pages: Pages):
    sent = message(released.mark, 1, "And?")
    answer = send_message(app, sent, headers={"Cookie": "anything=at-all"})
    assert answer.status_code == 400
    assert "takes no cookies" in answer.json["error"]
    pages.sign_in(make_person())
    assert pages.client.post("/questions/2026-q2/messages", json=sent).status_code == 400
    assert waiting_messages() == []


def test_another_text_under_the_same_number_is_refused(app, waiting):
    assert send_message(app, message(waiting, 1, "May.")).status_code == 202
    answer = send_message(app, message(waiting, 1, "June."))
    assert (answer.status_code, answer.json["reason"]) == (409, "other text")
    assert waiting_messages() == [(1, "May.")]


def test_an_earlier_message_cannot_be_replayed_as_another(app, released):
    first = message(released.mark, 1, "May.")
    send_message(app, first)
    assert send_message(app, {**first, "number": 2}).status_code == 400
    assert waiting_messages() == [(1, "May.")]


@pytest.mark.parametrize("state", ["withdrawn", "withheld"])
def test_nothing_is_added_to_what_is_erased(app, released, state):
    move(db.session(), released.id, expected="waiting", to=state)
    db.session.commit()
    answer = send_message(app, message(released.mark, 1, "And?"))
    assert (answer.status_code, answer.json["reason"]) == (409, "erased")
    if state == "withheld":
        assert send_message(app, message(released.mark, 0)).json["reason"] == "erased"
    assert waiting_messages() == []


def test_nothing_is_added_to_what_is_being_withdrawn(app, waiting):
    send_message(app, message(waiting, 0))
    answer = send_message(app, message(waiting, 1, "And?"))
    assert (answer.status_code, answer.json["reason"]) == (409, "erased")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (" \n", "Write your follow-up"),
        ("x" * 2001, "2,001"),
        ("a\x00b", "unreadable"),
        ("Why\ud83d?", "unreadable"),
    ],
    ids=["empty", "long", "null", "half"],
)
def test_texts_that_cannot_be_taken_are_refused_with_the_reason(app, released, text, says):
    answer = send_message(app, message(released.mark, 1, text))
    assert (answer.status_code, answer.json["field"]) == (422, "text")
    assert says in answer.json["error"]
    assert waiting_messages() == []


def test_too_much_at_once_is_refused(app, released):
    assert send_message(app, message(released.mark, 1, "x" * 40_000)).status_code == 413


def test_malformed_bodies_are_refused(app, released):
    good = message(released.mark, 1, "And?")
    malformed: list[Any] = [None, [], "text", 7, {}, {**good, "more": 1}]
    malformed += [{**good, name: value} for name in good for value in (None, ["x"], {}, True, 1.0)]
    malformed += [{key: value for key, value in good.items() if key != name} for name in good]
    malformed += [{**good, "number": "1"}, {**good, "mark": 7}]
    for sent in malformed:
        answer = send_message(app, sent)
        assert answer.status_code == 400, sent
        assert GENERIC in answer.get_data(as_text=True)
    client = app.test_client(use_cookies=False)
    for raw in (b"", b"{", b"\xff\xfe", b"[" * 20_000, b'{"number": ' + b"9" * 6000 + b"}"):
        answer = client.post("/questions/2026-q2/messages", data=raw, content_type="application/json")
        assert answer.status_code == 400
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        answer = client.post("/questions/2026-q2/messages", data=json.dumps(good), content_type=kind)
        assert answer.status_code == 400
    assert waiting_messages() == []
