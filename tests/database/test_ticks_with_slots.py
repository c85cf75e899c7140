"""What ticks do besides releasing: slots, rounds, votes, messages, the ledger; also when cut short."""

from __future__ import annotations

import json
import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from narrative.answers import actions
from narrative.database import db
from narrative.ledger.models import LedgerLeaf
from narrative.passes import keys
from narrative.passes.keys import rounds_of
from narrative.passes.models import PassKey
from narrative.passes.store import anonymous_reading, anonymous_transaction
from narrative.passes.store_tables import pending_messages
from narrative.questions import queries, releasing
from narrative.questions.commitments import commitment, follow_up_hash
from narrative.questions.models import FollowUp, Question
from narrative.questions.releasing import close_if_due, show_messages_if_due, tick_if_due
from narrative.questions.slots import make_round_if_due
from tests.asking import (
    ASKING,
    CLOSES,
    FIRST_TICK,
    ask,
    make_passes,
    message,
    send_message,
    waiting_texts,
)
from tests.database.test_ticks import (
    CLOSED,
    PowerCut,
    at_once,
    clock,
    cut,
    engine_name,
    engine_names,
    quarter,
    settings,
    shown_texts,
    texts,
)
from tests.factories import make_bucket, make_person
from tests.rooms.test_votes import counted, standing, vote

__all__ = ["clock", "engine_name", "engine_names", "quarter", "settings"]

SECOND_TICK = FIRST_TICK + timedelta(days=1)
A_DAY = timedelta(days=1)


def told(*kinds: str) -> list[dict[str, Any]]:
    """What the ledger tells, in its order, of these kinds or all."""
    db.session.rollback()
    bodies = [json.loads(body) for body in db.session.scalars(select(LedgerLeaf.body).order_by("position"))]
    return [body for body in bodies if not kinds or body["kind"] in kinds]


def slots() -> list[int | None]:
    db.session.rollback()
    return sorted(db.session.scalars(select(Question.slot)), key=lambda slot: slot or 0)


def the_question(text: str) -> Question:
    db.session.rollback()
    return db.session.scalars(select(Question).where(Question.text == text)).one()


def messages_left() -> int:
    with anonymous_reading() as connection:
        return connection.execute(select(func.count()).select_from(pending_messages)).scalar_one()


# Slots and rounds


def test_more_questions_than_slots_get_the_rounds_they_need_first(app, quarter):
    ask(app, quarter, *texts(11))
    assert tick_if_due(quarter, FIRST_TICK) == 11
    assert slots() == list(range(1, 12))
    assert rounds_of(quarter) == keys.Rounds(3, 4)
    assert db.session.scalar(select(func.count()).select_from(PassKey)) == 13
    kinds = [body["kind"] for body in told()]
    assert kinds == ["keys", "keys", "keys", "tick", *["question"] * 11]


@pytest.mark.parametrize(("waiting", "made"), [(2, False), (3, True)])
def test_a_round_is_made_before_the_last_quarter_of_slots_is_needed(app, quarter, waiting, made):
    ask(app, quarter, *texts(waiting))
    assert make_round_if_due(quarter, ASKING) is made
    assert make_round_if_due(quarter, ASKING) is False


def test_no_round_is_made_for_questions_that_nobody_can_vote_for(app, quarter):
    ask(app, quarter, *texts(6))
    assert tick_if_due(quarter, CLOSES) == 6
    assert slots() == [None, None, 1, 2, 3, 4]
    assert rounds_of(quarter).number == 1


def test_while_somebody_else_makes_the_round_the_tick_waits(app, quarter):
    ask(app, quarter, *texts(7))
    with keys._making:
        assert tick_if_due(quarter, FIRST_TICK) is None
    assert (shown_texts(), quarter.ticked_at) == ([], None)
    assert tick_if_due(quarter, FIRST_TICK) == 7


def test_of_several_ticks_at_once_each_question_gets_one_slot(app, quarter):
    ask(app, quarter, *texts(9))
    db.session.rollback()
    results = at_once(app, lambda found: tick_if_due(found, FIRST_TICK), runs=4)
    assert Counter(results)[9] == 1
    assert slots() == list(range(1, 10))
    assert len(told("question")) == 9
    assert len(told("tick")) == 1


def test_a_clock_that_goes_back_gives_no_slot_twice(app, quarter):
    ask(app, quarter, *texts(3))
    assert tick_if_due(quarter, SECOND_TICK) == 3
    ask(app, quarter, *texts(3, start=4))
    assert tick_if_due(quarter, FIRST_TICK) is None
    assert tick_if_due(quarter, SECOND_TICK + A_DAY) == 3
    assert slots() == [1, 2, 3, 4, 5, 6]


# The ledger


def test_each_question_stands_in_the_ledger_by_a_commitment_that_its_salt_opens(app, quarter):
    make_bucket("Sales")
    sent = ask(app, quarter, *texts(3), bucket="sales")
    tick_if_due(quarter, FIRST_TICK)
    [tick] = told("tick")
    assert (tick["quarter"], tick["released"], tick["day"]) == ("2026-q2", 3, "2026-07-24")
    entries = {body["mark"]: body for body in told("question")}
    assert set(entries) == {one["mark"] for one in sent}
    for question in db.session.scalars(select(Question)):
        entry = entries[question.mark]
        opened = commitment(question.salt, quarter="2026-q2", bucket="sales", text=question.text)
        assert (entry["id"], entry["commitment"]) == (question.id, opened)
        assert question.text not in json.dumps(entry)


def test_a_tick_that_releases_nothing_tells_the_ledger_nothing(app, quarter):
    ask(app, quarter, *texts(2))
    tick_if_due(quarter, FIRST_TICK)
    assert told("tick", "question") == []


def test_a_tick_that_was_cut_short_tells_the_ledger_once(app, quarter, monkeypatch):
    ask(app, quarter, *texts(3))
    for place in ("append", "_forget"):
        with monkeypatch.context() as patch:
            patch.setattr(releasing, place, cut)
            with pytest.raises(PowerCut):
                tick_if_due(quarter, FIRST_TICK)
        db.session.rollback()
        assert len(told("question")) == (0 if place == "append" else 3)
    tick_if_due(quarter, SECOND_TICK)
    assert len(told("question")) == 3
    assert (len(shown_texts()), waiting_texts(), slots()) == (3, [], [1, 2, 3])


def test_closing_tells_how_many_came(app, quarter):
    ask(app, quarter, *texts(4))
    close_if_due(quarter, CLOSED)
    [end] = told("close")
    assert (end["received"], end["day"]) == (4, CLOSED.date().isoformat())
    assert told()[-1] == end


# Votes


def test_votes_cast_while_a_tick_runs_are_counted_by_it_or_the_next(app, quarter):
    ask(app, quarter, *texts(3))
    tick_if_due(quarter, FIRST_TICK)
    tokens = make_passes(quarter, 12, purpose="vote", slot=1)
    quarter_id, stop, statuses = quarter.id, threading.Event(), []
    db.session.rollback()

    def voting() -> None:
        with app.app_context():
            statuses.extend(vote(app, token).status_code for token in tokens)
            stop.set()
            db.session.remove()

    thread = threading.Thread(target=voting)
    thread.start()
    at = FIRST_TICK
    while not stop.is_set() and at < CLOSES - A_DAY:
        at += A_DAY
        tick_if_due(db.session.get_one(type(quarter), quarter_id), at)
    thread.join()
    tick_if_due(db.session.get_one(type(quarter), quarter_id), CLOSES)
    assert set(statuses) == {202}
    assert counted()[1] == len(standing()) == 12


def test_a_vote_given_and_taken_back_by_many_at_once_stands_once_or_not_at_all(app, quarter):
    ask(app, quarter, *texts(3))
    tick_if_due(quarter, FIRST_TICK)
    [token] = make_passes(quarter, 1, purpose="vote", slot=2)
    wishes = iter([True, False] * 4)

    def voting(_quarter: Any) -> int:
        return vote(app, token, 2, next(wishes)).status_code

    assert at_once(app, voting, runs=8) == [202] * 8
    assert standing() in ([], [2])
    vote(app, token, 2)
    assert standing() == [2]


# Messages


def say(app: Any, sent: dict[str, Any], number: int = 1, text: str = "Since March.") -> None:
    said = message(sent["mark"], number, text)
    answer = send_message(app, said)
    assert answer.status_code == 202, answer.get_data(as_text=True)


def test_a_follow_up_is_shown_at_the_next_tick_with_its_hash_in_the_ledger(app, quarter):
    first, *_ = ask(app, quarter, *texts(3))
    tick_if_due(quarter, FIRST_TICK)
    say(app, first)
    say(app, first, 2, "And April.")
    assert queries.follow_ups(the_question("Question 01?")) == []
    assert tick_if_due(quarter, SECOND_TICK) == 0
    shown = queries.follow_ups(the_question("Question 01?"))
    assert [(one.number, one.text, one.shown_on) for one in shown] == [
        (1, "Since March.", SECOND_TICK.date()),
        (2, "And April.", SECOND_TICK.date()),
    ]
    hashes = [follow_up_hash(one.salt, mark=first["mark"], number=one.number, text=one.text) for one in shown]
    assert [body["text_hash"] for body in told("follow-up")] == hashes
    assert messages_left() == 0


def test_what_was_taken_back_before_it_was_shown_is_written_nowhere(app, quarter):
    first, *_ = ask(app, quarter, *texts(3))
    say(app, first, 1, "A canary that nobody is to read.")
    say(app, first, 0, "")
    assert tick_if_due(quarter, FIRST_TICK) == 3
    assert sorted(shown_texts()) == ["", "Question 02?", "Question 03?"]
    gone = db.session.scalars(select(Question).where(Question.mark == first["mark"])).one()
    assert (gone.state, gone.text, gone.salt) == ("withdrawn", "", None)
    assert queries.counts(quarter) == {"received": 3, "waiting": 2, "withdrawn": 1}
    assert [body["kind"] for body in told()][-1] == "withdrawn"
    assert db.session.scalars(select(FollowUp)).all() == []
    assert (messages_left(), waiting_texts()) == (0, [])


def test_what_is_taken_back_is_erased_with_what_was_added(app, quarter):
    first, *_ = ask(app, quarter, *texts(3))
    say(app, first)
    tick_if_due(quarter, FIRST_TICK)
    question_id = the_question("Question 01?").id
    say(app, first, 0, "")
    tick_if_due(quarter, SECOND_TICK)
    signature = message(first["mark"], 0)["signature"]
    gone = db.session.get_one(Question, question_id, populate_existing=True)
    assert (gone.state, gone.text, gone.salt) == ("withdrawn", "", None)
    [added] = queries.follow_ups(gone)
    assert (added.text, added.salt) == ("", None)
    assert told("withdrawn") == [
        {
            "kind": "withdrawn",
            "quarter": "2026-q2",
            "id": question_id,
            "day": SECOND_TICK.date().isoformat(),
            "signature": signature,
        }
    ]


def test_what_was_answered_meanwhile_is_not_taken_back(app, quarter):
    first, *_ = ask(app, quarter, *texts(3))
    tick_if_due(quarter, FIRST_TICK)
    say(app, first, 0, "")
    leader = make_person("leader")
    actions.publish(the_question("Question 01?"), text="Because.", by=leader, at=ASKING)
    tick_if_due(quarter, SECOND_TICK)
    assert the_question("Question 01?").state == "answered"
    assert (told("withdrawn"), messages_left()) == ([], 0)


def test_messages_of_a_question_that_waits_wait_with_it(app, quarter):
    first, *_ = ask(app, quarter, *texts(2))
    say(app, first)
    assert tick_if_due(quarter, FIRST_TICK) == 0
    assert messages_left() == 1
    ask(app, quarter, *texts(1, start=3))
    assert tick_if_due(quarter, SECOND_TICK) == 3
    assert [one.text for one in queries.follow_ups(the_question("Question 01?"))] == ["Since March."]


def test_a_tick_that_was_cut_short_shows_each_message_once(app, quarter, monkeypatch):
    first, second, _third = ask(app, quarter, *texts(3))
    tick_if_due(quarter, FIRST_TICK)
    say(app, first)
    say(app, second, 0, "")
    with monkeypatch.context() as patch:
        patch.setattr(releasing, "_forget", cut)
        with pytest.raises(PowerCut):
            tick_if_due(quarter, SECOND_TICK)
    db.session.rollback()
    assert messages_left() == 2
    tick_if_due(quarter, SECOND_TICK + A_DAY)
    assert messages_left() == 0
    assert len(told("follow-up", "withdrawn")) == 2
    assert queries.counts(quarter) == {"received": 3, "waiting": 2, "withdrawn": 1}


def test_after_closing_messages_are_shown_once_a_day_for_sixty_days(app, quarter, clock):
    first, *_ = ask(app, quarter, *texts(3))
    close_if_due(quarter, CLOSED)
    db.session.refresh(quarter)
    clock.move_to(CLOSED + A_DAY * 2)
    say(app, first)
    assert show_messages_if_due(quarter, CLOSES + A_DAY * 3) == 1
    assert show_messages_if_due(quarter, CLOSES + A_DAY * 3) is None
    clock.move_to(CLOSES + A_DAY * 60 - timedelta(seconds=1))
    say(app, first, 2, "To the last.")
    assert show_messages_if_due(quarter, CLOSES + A_DAY * 60) == 1
    assert [one.number for one in queries.follow_ups(the_question("Question 01?"))] == [1, 2]
    assert show_messages_if_due(quarter, CLOSES + A_DAY * 61) is None
    clock.move_to(CLOSES + A_DAY * 60)
    late = send_message(app, message(first["mark"], 3, "Too late."))
    assert late.status_code == 409


def test_of_several_at_once_one_shows_the_messages(app, quarter, clock):
    first, *_ = ask(app, quarter, *texts(3))
    close_if_due(quarter, CLOSED)
    clock.move_to(CLOSED + timedelta(hours=1))
    say(app, first)
    db.session.rollback()
    results = at_once(app, lambda found: show_messages_if_due(found, CLOSES + A_DAY), runs=3)
    assert Counter(results) == {None: 2, 1: 1}
    assert len(told("follow-up")) == 1


def test_before_closing_is_done_no_message_tick_comes_in_its_way(app, quarter):
    ask(app, quarter, *texts(1))
    assert show_messages_if_due(quarter, CLOSES + A_DAY * 3) is None
    assert close_if_due(quarter, CLOSES + A_DAY * 3) is True
    assert shown_texts() == texts(1)


def test_what_waited_before_signatures_were_kept_is_shown_without_one(app, quarter):
    first, second, *_ = ask(app, quarter, *texts(3))
    tick_if_due(quarter, FIRST_TICK)
    say(app, first)
    say(app, second, 0, "")
    with anonymous_transaction() as connection:
        connection.execute(update(pending_messages).values(salt=None, signature=None))
    assert tick_if_due(quarter, SECOND_TICK) == 0
    [withdrawn, added] = told("withdrawn", "follow-up")
    assert ("signature" in withdrawn, "signature" in added) == (False, False)
    [shown] = queries.follow_ups(the_question("Question 01?"))
    assert follow_up_hash(shown.salt, mark=first["mark"], number=1, text=shown.text) == added["text_hash"]
