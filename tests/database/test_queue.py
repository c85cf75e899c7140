"""The queue's verbs: transitions, counts, and two leaders at once."""

import threading
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from narrative.answers import actions, queries
from narrative.answers.actions import AlreadyClaimed, StaleText
from narrative.answers.freezing import render_anew
from narrative.answers.models import Claim, Decline, Draft, HandOff, Reopening
from narrative.database import db
from narrative.people.models import Person
from narrative.quarters.models import Quarter
from narrative.questions import queries as question_queries
from narrative.questions.actions import AlreadyMoved
from narrative.questions.models import Question
from tests.factories import MONDAY, make_bucket, make_person, make_quarter, make_question

DUE = date(2026, 8, 10)


@pytest.fixture
def leader(app: Flask) -> Person:
    """A leader."""
    return make_person("leader", name="Ada")


@pytest.fixture
def question(app: Flask) -> Question:
    """A waiting question of a quarter that has one other."""
    quarter = make_quarter()
    make_question(quarter)
    return make_question(quarter, bucket=make_bucket())


def totals(question: Question) -> dict[str, int]:
    """The kept counts of the question's quarter, without zeros; they must equal the rows'."""
    db.session.expire_all()
    quarter = db.session.get_one(Quarter, question.quarter_id)
    kept = {state: number for state, number in question_queries.counts(quarter).items() if number}
    states = [row.state for row in db.session.query(Question).all()]
    assert kept == {"received": len(states), **{state: states.count(state) for state in states}}
    return kept


def test_an_answer_moves_the_question_and_its_count(leader: Person, question: Question) -> None:
    actions.publish(question, text="Because *steel* rose.", by=leader, at=MONDAY)
    assert totals(question) == {"received": 2, "waiting": 1, "answered": 1}
    (answer,) = queries.answers(question)
    assert answer.html.strip() == "<p>Because <em>steel</em> rose.</p>"
    assert (answer.number, answer.author_id, answer.published_at) == (1, leader.id, MONDAY)


def test_declining_needs_a_reason_of_the_policy(leader: Person, question: Question) -> None:
    with pytest.raises(ValueError, match="biscuits"):
        actions.decline(question, reason="biscuits", sentence="No.", by=leader, at=MONDAY)
    assert totals(question) == {"received": 2, "waiting": 2}
    actions.decline(question, reason="personal", sentence="It names a colleague.", by=leader, at=MONDAY)
    assert totals(question) == {"received": 2, "waiting": 1, "declined": 1}


def test_what_was_answered_cannot_be_declined_nor_answered_again(leader: Person, question: Question) -> None:
    actions.publish(question, text="Yes.", by=leader, at=MONDAY)
    with pytest.raises(AlreadyMoved, match="already answered"):
        actions.decline(question, reason="personal", sentence="No.", by=leader, at=MONDAY)
    with pytest.raises(AlreadyMoved, match="already answered"):
        actions.publish(question, text="No.", by=leader, at=MONDAY)
    assert [answer.text for answer in queries.answers(question)] == ["Yes."]
    assert queries.declines([question]) == {}


def test_reopening_keeps_what_was_said(leader: Person, question: Question) -> None:
    actions.publish(question, text="Yes.", by=leader, at=MONDAY)
    actions.reopen(
        question, was="answered", note="The figure was wrong.", by=leader, at=MONDAY + timedelta(hours=1)
    )
    assert totals(question) == {"received": 2, "waiting": 2}
    actions.publish(question, text="No.", by=leader, at=MONDAY + timedelta(hours=2))
    assert [(answer.number, answer.text) for answer in queries.answers(question)] == [(2, "No."), (1, "Yes.")]
    history = [(event.text, event.note) for event in queries.history(question)]
    assert history == [
        ("Ada answered", ""),
        ("Ada reopened it", "The figure was wrong."),
        ("Ada answered", ""),
    ]


def test_a_correction_carries_its_reason_and_leaves_the_former_answer(
    leader: Person, question: Question
) -> None:
    actions.publish(question, text="17 of them.", by=leader, at=MONDAY)
    actions.correct(question, text="71 of them.", reason="Digits swapped.", seen=1, by=leader, at=MONDAY)
    assert [(a.text, a.reason) for a in queries.answers(question)] == [
        ("71 of them.", "Digits swapped."),
        ("17 of them.", ""),
    ]
    with pytest.raises(StaleText) as stale:
        actions.correct(question, text="70 of them.", reason="Recount.", seen=1, by=leader, at=MONDAY)
    assert (stale.value.text, stale.value.version) == ("71 of them.", 2)


def test_a_stale_draft_overwrites_nothing(leader: Person, question: Question) -> None:
    other = make_person("leader", name="Grace")
    assert actions.save_draft(question, text="One", seen=0, by=leader, at=MONDAY) == 1
    assert actions.save_draft(question, text="Two", seen=1, by=other, at=MONDAY) == 2
    with pytest.raises(StaleText) as stale:
        actions.save_draft(question, text="Three", seen=1, by=leader, at=MONDAY)
    assert (stale.value.text, stale.value.version, stale.value.by) == ("Two", 2, "Grace")
    assert actions.save_draft(question, text="Two", seen=0, by=leader, at=MONDAY) == 2
    draft = queries.draft(question)
    assert draft is not None
    assert (draft.text, draft.saved_by_id) == ("Two", other.id)


def test_publishing_what_was_written_on_an_older_draft_deletes_no_newer_one(
    leader: Person, question: Question
) -> None:
    other = make_person("organiser", name="Olga Organiser")
    actions.save_draft(question, text="A word.", seen=0, by=leader, at=MONDAY)
    actions.save_draft(question, text="An hour of words.", seen=1, by=leader, at=MONDAY)
    with pytest.raises(StaleText) as stale:
        actions.publish(question, text="A word.", seen=1, by=other, at=MONDAY)
    assert (stale.value.text, stale.value.version) == ("An hour of words.", 2)
    assert db.session.scalars(select(Draft.text)).one() == "An hour of words."
    assert db.session.get_one(Question, question.id).state == "waiting"
    actions.publish(question, text="A word.", seen=2, by=other, at=MONDAY)
    assert db.session.scalars(select(Draft.text)).all() == []


def test_handing_over_and_reopening_twice_happens_once(leader: Person, question: Question) -> None:
    other = make_person("leader", name="Grace Hopper")
    actions.claim(question, by=leader, due_on=DUE, at=MONDAY)
    for _press in range(2):
        actions.hand_off(question, holder=leader, to=other, note=" Yours ", due_on=DUE, at=MONDAY)
    assert len(db.session.scalars(select(HandOff)).all()) == 1
    actions.publish(question, text="Yes.", by=other, at=MONDAY)
    for _press in range(2):
        actions.reopen(question, was="answered", note="More is known.", by=other, at=MONDAY)
    assert len(db.session.scalars(select(Reopening)).all()) == 1


@pytest.mark.parametrize("act", ["claim", "hand off", "correct"])
def test_a_question_that_is_not_in_its_state_is_left_as_it_is(
    leader: Person, question: Question, act: str
) -> None:
    other = make_person("leader", name="Grace Hopper")
    facts = {"text": "No.", "reason": "A slip.", "seen": 1}
    acts: dict[str, Callable[[], object]] = {
        "claim": lambda: actions.claim(question, by=other, due_on=DUE, at=MONDAY),
        "hand off": lambda: actions.hand_off(question, holder=None, to=other, note="", due_on=DUE, at=MONDAY),
        "correct": lambda: actions.correct(question, **facts, by=leader, at=MONDAY),
    }
    if act != "correct":
        actions.publish(question, text="Yes.", by=leader, at=MONDAY)
    with pytest.raises(AlreadyMoved):
        acts[act]()
    assert db.session.scalars(select(Claim)).all() == []


def test_no_draft_is_kept_for_a_question_that_was_answered(leader: Person, question: Question) -> None:
    actions.save_draft(question, text="One", seen=0, by=leader, at=MONDAY)
    actions.publish(question, text="One", by=leader, at=MONDAY)
    assert queries.draft(question) is None
    with pytest.raises(AlreadyMoved):
        actions.save_draft(question, text="Two", seen=1, by=leader, at=MONDAY)


def test_what_is_sent_again_because_its_answer_was_lost_changes_nothing(
    leader: Person, question: Question
) -> None:
    other = make_person("leader", name="Grace")
    for _ in range(2):
        actions.publish(question, text="One", by=leader, at=MONDAY)
        assert totals(question) == {"received": 2, "waiting": 1, "answered": 1}
    with pytest.raises(AlreadyMoved):
        actions.publish(question, text="Two", by=leader, at=MONDAY)
    with pytest.raises(AlreadyMoved):
        actions.publish(question, text="One", by=other, at=MONDAY)
    for _ in range(2):
        actions.correct(question, text="Two", reason="A slip.", seen=1, by=leader, at=MONDAY)
    with pytest.raises(StaleText):
        actions.correct(question, text="Two", reason="A slip.", seen=1, by=other, at=MONDAY)
    assert [answer.text for answer in queries.answers(question)] == ["Two", "One"]


def test_declining_twice_the_same_is_declining_once(leader: Person, question: Question) -> None:
    for _ in range(2):
        actions.decline(question, reason="personal", sentence="It names one. ", by=leader, at=MONDAY)
        assert totals(question) == {"received": 2, "waiting": 1, "declined": 1}
    with pytest.raises(AlreadyMoved):
        actions.decline(question, reason="personal", sentence="Another.", by=leader, at=MONDAY)
    assert len(db.session.query(Decline).all()) == 1


def test_a_hand_off_moves_the_owner_and_stays_visible(leader: Person, question: Question) -> None:
    grace = make_person("leader", name="Grace")
    actions.claim(question, by=leader, due_on=DUE, at=MONDAY)
    actions.hand_off(question, holder=leader, to=grace, note="Yours.", due_on=DUE, at=MONDAY)
    claim = queries.claim(question)
    assert claim is not None
    assert claim.owner_id == grace.id
    assert [(event.text, event.note) for event in queries.history(question)] == [
        ("Ada handed it to Grace", "Yours.")
    ]
    with pytest.raises(AlreadyClaimed, match="Grace holds"):
        actions.hand_off(question, holder=leader, to=leader, note="", due_on=DUE, at=MONDAY)


def test_what_nobody_has_claimed_can_be_handed_on_once(leader: Person, question: Question) -> None:
    grace = make_person("leader", name="Grace")
    actions.hand_off(question, holder=None, to=grace, note="Yours.", due_on=DUE, at=MONDAY)
    claim = queries.claim(question)
    assert claim is not None
    assert (claim.owner_id, claim.due_on) == (grace.id, DUE)
    assert [event.note for event in queries.history(question)] == ["Yours."]
    with pytest.raises(AlreadyClaimed, match="Grace holds"):
        actions.hand_off(question, holder=None, to=leader, note="", due_on=DUE, at=MONDAY)


def at_once(app: Flask, *acts: Callable[[], object]) -> list[object]:
    """Run the acts at the same moment, each on a connection of its own; return results or exceptions."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(index: int, act: Callable[[], object]) -> None:
        with app.app_context():
            barrier.wait()
            try:
                results[index] = act()
            except Exception as problem:
                results[index] = problem

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(results)


@pytest.mark.parametrize("_time", range(5))
def test_two_leaders_at_once_get_one_winner_and_one_clear_refusal(
    app: Flask, question: Question, _time: int
) -> None:
    ada, grace = make_person("leader"), make_person("leader")
    results = at_once(
        app,
        lambda: actions.publish(question, text="Yes.", by=ada, at=MONDAY),
        lambda: actions.decline(question, reason="duplicate", sentence="See above.", by=grace, at=MONDAY),
    )
    refusals = [result for result in results if isinstance(result, AlreadyMoved)]
    assert len(refusals) == 1
    assert results.count(None) == 1
    winner = "answered" if results[0] is None else "declined"
    assert refusals[0].state == winner
    assert totals(question) == {"received": 2, "waiting": 1, winner: 1}
    assert len(queries.answers(question)) == (winner == "answered")


@pytest.mark.parametrize("_time", range(5))
def test_two_claims_at_once_have_one_owner(app: Flask, question: Question, _time: int) -> None:
    people = [make_person("leader") for _ in range(4)]
    claims = [lambda by=by: actions.claim(question, by=by, due_on=DUE, at=MONDAY) for by in people]
    results = at_once(app, *claims)
    winner = people[results.index(None)]
    assert results.count(None) == 1
    assert {result.owner for result in results if isinstance(result, AlreadyClaimed)} == {winner.name}


def test_two_first_drafts_at_once_keep_one_and_hand_it_to_the_other(app: Flask, question: Question) -> None:
    people = [make_person("leader") for _ in range(2)]
    saves = [
        lambda by=by: actions.save_draft(question, text=f"By {by.id}", seen=0, by=by, at=MONDAY)
        for by in people
    ]
    results = at_once(app, *saves)
    assert results.count(1) == 1
    (stale,) = [result for result in results if isinstance(result, StaleText)]
    draft = queries.draft(question)
    assert draft is not None
    assert draft.text == stale.text == f"By {people[results.index(1)].id}"


def test_an_answer_of_an_older_renderer_is_rendered_anew_once(leader: Person, question: Question) -> None:
    actions.publish(question, text="It was *steel*.", by=leader, at=MONDAY)
    (answer,) = queries.answers(question)
    answer.html, answer.renderer_version = "<p>old</p>", answer.renderer_version - 1
    db.session.commit()
    assert (render_anew(), render_anew()) == (1, 0)
    (answer,) = queries.answers(question)
    assert answer.html == "<p>It was <em>steel</em>.</p>"
