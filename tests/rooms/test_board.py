"""The board: every released question, its state, its answer."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import event

from narrative.answers import actions
from narrative.database import db
from narrative.people.models import Person
from narrative.quarters.models import Quarter
from narrative.questions.models import Question
from narrative.questions.queries import PAGE_SIZE
from tests.factories import MONDAY, make_bucket, make_person, make_quarter, make_question
from tests.pages import Page, Pages

ASKING = MONDAY + timedelta(days=26)
CLOSES = MONDAY + timedelta(days=31)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    """Two days after questions opened."""
    with time_machine.travel(ASKING, tick=False) as travelling:
        yield travelling


@pytest.fixture
def quarter(pages: Pages) -> Quarter:
    """A published quarter, asking; the visitor is an employee."""
    pages.sign_in(make_person())
    return make_quarter(published_at=MONDAY + timedelta(days=10))


def asked(page: Page) -> list[str]:
    """The texts of the questions on a page, in order."""
    return [" ".join(p.text.split()) for p in page.all("p", class_="question-text")]


def test_every_released_question_stands_with_its_state_and_the_counts_add_up(
    pages: Pages, quarter: Quarter
) -> None:
    leader, workshop = make_person("leader", name="Ada Lovelace"), make_bucket("Workshop")
    waiting, answered, declined = (make_question(quarter, bucket=workshop) for _ in range(3))
    actions.publish(answered, text="Because.", by=leader, at=ASKING)
    actions.decline(declined, reason="personal", sentence="It names somebody.", by=leader, at=ASKING)
    page = pages.get(f"/board/{quarter.name}")
    assert set(asked(page)) == {waiting.text, answered.text, declined.text}
    assert "3 received: 1 waiting 1 answered 1 declined" in page.text
    assert "Ada Lovelace answered" in page.text


def test_the_board_of_another_quarter_shows_none_of_this_ones(pages: Pages, quarter: Quarter) -> None:
    other = make_quarter("2026-q1", drafting_opens_at=MONDAY - timedelta(days=90), published_at=MONDAY)
    here, there = make_question(quarter), make_question(other)
    assert asked(pages.get(f"/board/{quarter.name}")) == [here.text]
    assert asked(pages.get(f"/board/{other.name}")) == [there.text]
    pages.get(f"/board/{other.name}/{here.id}", status=404)


def test_filters_by_state_and_bucket(pages: Pages, quarter: Quarter) -> None:
    leader, workshop, rounds = make_person("leader"), make_bucket("Workshop"), make_bucket("Rounds")
    make_question(quarter, bucket=rounds)
    make_question(quarter)
    wanted, other = make_question(quarter, bucket=workshop), make_question(quarter, bucket=workshop)
    actions.publish(wanted, text="Yes.", by=leader, at=ASKING)
    page = pages.get(f"/board/{quarter.name}")
    assert {"Workshop", "Rounds", "Answered"} <= set(page.links())
    assert set(asked(pages.get(page.links()["Workshop"]))) == {wanted.text, other.text}
    assert asked(pages.get(page.links()["Answered"])) == [wanted.text]
    narrowed = pages.get(f"/board/{quarter.name}?state=waiting&bucket={workshop.slug}")
    assert asked(narrowed) == [other.text]


@pytest.mark.parametrize("stage", ["asking", "answering"])
@pytest.mark.parametrize(
    "selection",
    [
        "state=merged",
        "state=x",
        "bucket=nowhere",
        "after=yesterday",
        "after=2026-07-01",
        "after=2026-07-01.nobody",
        "after=3.%00",
        "after=99999999999.a",
        "after=-1.a",
        "after=²",
        "after=.",
    ],
)
def test_a_selection_that_does_not_exist_is_not_found(
    pages: Pages, quarter: Quarter, clock: Any, stage: str, selection: str
) -> None:
    make_question(quarter)
    clock.move_to(ASKING if stage == "asking" else CLOSES + timedelta(days=1))
    pages.get(f"/board/{quarter.name}?{selection}", status=404)


def test_pages_hold_every_question_exactly_once(pages: Pages, quarter: Quarter) -> None:
    days = [date(2026, 7, 24) + timedelta(days=number % 3) for number in range(PAGE_SIZE * 2 + 7)]
    questions = [make_question(quarter, released_on=day) for day in days]
    seen, address, visits = [], f"/board/{quarter.name}", 0
    while address:
        page = pages.get(address)
        seen += asked(page)
        address = page.links().get("More questions →")
        visits += 1
    assert visits == 3
    assert sorted(seen) == sorted(question.text for question in questions)


@pytest.fixture
def counted(quarter: Quarter) -> Quarter:
    """The quarter after its last tick: its questions keep the votes that a test gives them."""
    quarter.ticked_at = CLOSES
    db.session.commit()
    return quarter


def walked(pages: Pages, address: str | None) -> list[str]:
    """The texts on a page and on all that follow it."""
    seen = []
    while address:
        page = pages.get(address)
        seen += asked(page)
        address = page.links().get("More questions →")
    return seen


def test_while_people_vote_the_order_is_the_same_for_all_and_another_each_day(
    pages: Pages, counted: Quarter, clock: Any
) -> None:
    for number in range(9):
        make_question(counted, votes=number, slot=number + 1)
    first = asked(pages.get(f"/board/{counted.name}"))
    other = pages.another().sign_in(make_person())
    assert asked(other.get(f"/board/{counted.name}")) == first
    clock.move_to(ASKING + timedelta(days=1))
    pages.sign_in(make_person())
    following = asked(pages.get(f"/board/{counted.name}"))
    assert sorted(following) == sorted(first)
    assert following != first  # one in 9! would fail
    questions = sorted(db.session.query(Question), key=lambda one: -one.votes)
    ranked = [question.text for question in questions]
    assert [question.votes for question in questions] == list(range(8, -1, -1))
    assert ranked not in (first, following)


def test_whoever_reads_on_after_midnight_misses_none(pages: Pages, quarter: Quarter, clock: Any) -> None:
    texts = [make_question(quarter).text for _ in range(PAGE_SIZE + 7)]
    clock.move_to(ASKING.replace(hour=23, minute=59))
    page = pages.get(f"/board/{quarter.name}")
    clock.move_to(ASKING.replace(hour=23, minute=59) + timedelta(minutes=2))
    rest = walked(pages, page.links()["More questions →"])
    assert sorted(asked(page) + rest) == sorted(texts)


def test_votes_are_hidden_from_employees_while_questions_are_open(
    pages: Pages, counted: Quarter, clock: Any
) -> None:
    question = make_question(counted, votes=41, slot=1)
    addresses = (f"/board/{counted.name}", f"/board/{counted.name}/{question.id}")
    leader = pages.another().sign_in(make_person("leader"))
    for address in addresses:
        assert "41 votes" not in pages.get(address).text
        assert "41" not in pages.get(f"/questions/{counted.name}").text
        assert "41 votes" in leader.get(address).text
    clock.move_to(CLOSES)
    for address in addresses:
        assert "41 votes" in pages.get(address).text


@pytest.mark.parametrize("role", ["leader", "employee"])
def test_who_sees_votes_sees_the_most_wanted_first(
    pages: Pages, counted: Quarter, clock: Any, role: str
) -> None:
    for number in range(PAGE_SIZE * 2 + 7):
        make_question(counted, votes=number * 7 % 40, slot=number + 1)
    if role == "employee":
        clock.move_to(CLOSES)
    pages.sign_in(make_person(role))
    seen = walked(pages, f"/board/{counted.name}")
    kept = {question.text: question.votes for question in db.session.query(Question)}
    assert len(set(kept.values())) == 40
    assert sorted(seen) == sorted(kept)
    assert [kept[text] for text in seen] == sorted(kept.values(), reverse=True)


def test_the_place_of_a_vote_is_the_same_for_everybody_and_stands_while_one_can_vote(
    pages: Pages, quarter: Quarter, clock: Any
) -> None:
    question = make_question(quarter, slot=3)
    make_question(quarter, slot=4, state="answered")
    make_question(quarter)  # from before there were votes
    for role in ("employee", "leader"):
        pages.sign_in(make_person(role))
        for address in (f"/board/{quarter.name}", f"/board/{quarter.name}/{question.id}"):
            [place] = pages.get(address).all("vote-button")
            assert (place.attributes["slot"], place.attributes["quarter"]) == ("3", quarter.name)
            assert "Voting needs JavaScript" in place.text
    clock.move_to(CLOSES)
    assert pages.get(f"/board/{quarter.name}").all("vote-button") == []


def test_the_number_of_queries_does_not_depend_on_the_number_of_questions(
    pages: Pages, quarter: Quarter
) -> None:
    leader, address = make_person("leader"), f"/board/{quarter.name}"

    def queries() -> int:
        pages.get(address)  # what is due is looked after first, once after each change
        made: list[str] = []
        listener = lambda *arguments: arguments[2] == "BEGIN" or made.append(arguments[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listener)
        pages.get(address)
        event.remove(db.engine, "before_cursor_execute", listener)
        return len(made)

    def add() -> None:
        waiting, answered, declined = (make_question(quarter, bucket=make_bucket()) for _ in range(3))
        actions.claim(waiting, by=make_person("leader"), due_on=ASKING.date(), at=ASKING)
        actions.publish(answered, text="Yes.", by=make_person("leader"), at=ASKING)
        actions.decline(declined, reason="duplicate", sentence="Above.", by=leader, at=ASKING)

    add()
    queries()  # the first visit makes keys, after which it is looked once more
    with_three = queries()
    for _ in range(4):
        add()
    assert queries() == with_three


def test_a_question_is_shown_as_text_never_as_markup(pages: Pages, quarter: Quarter) -> None:
    hostile = "<script>alert(1)</script> **bold** [x](javascript:1) & <img src=x onerror=y>"
    question = make_question(quarter, text=hostile)
    for address in (f"/board/{quarter.name}", f"/board/{quarter.name}/{question.id}"):
        page = pages.get(address)
        assert hostile in page.text
        assert not [e for e in page.all("script") if "src" not in e.attributes]


def test_the_page_of_an_answered_question_shows_the_answer_and_its_corrections(
    pages: Pages, quarter: Quarter
) -> None:
    leader, question = make_person("leader", name="Ada"), make_question(quarter)
    actions.publish(question, text="It was *17*.", by=leader, at=ASKING)
    actions.correct(question, text="It was *71*.", reason="Digits swapped.", seen=1, by=leader, at=ASKING)
    page = pages.get(f"/board/{quarter.name}/{question.id}")
    assert page.text.index("It was 71.") < page.text.index("Digits swapped.") < page.text.index("It was 17.")
    assert "Work on this question" not in page.links()


def test_a_declined_question_says_why_and_who(pages: Pages, quarter: Quarter) -> None:
    question = make_question(quarter)
    leader = make_person("leader", name="Grace")
    actions.decline(question, reason="confidential", sentence="A contract forbids it.", by=leader, at=ASKING)
    text = pages.get(f"/board/{quarter.name}/{question.id}").text
    for words in ("Declined: We may not say it", "A contract forbids it.", "Grace"):
        assert words in text


def test_what_is_not_published_has_no_board(pages: Pages) -> None:
    pages.sign_in(make_person("organiser"))
    question = make_question(make_quarter())
    pages.get("/board/2026-q2", status=404)
    pages.get(f"/board/2026-q2/{question.id}", status=404)


def test_the_menu_leads_to_the_board_of_the_latest_published_quarter(pages: Pages, quarter: Quarter) -> None:
    make_quarter(
        "2026-q1", drafting_opens_at=MONDAY - timedelta(days=90), published_at=MONDAY - timedelta(days=80)
    )
    make_quarter("2026-q3", drafting_opens_at=ASKING)
    here = make_question(quarter)
    assert pages.get("/").links()["Questions"] == "/board"
    assert asked(pages.get("/board")) == [here.text]


def test_before_the_first_publication_the_board_says_so(pages: Pages) -> None:
    assert "There are no questions yet." in pages.sign_in(make_person()).get("/board").text


def test_nobody_who_is_not_signed_in_sees_a_question(pages: Pages, quarter: Quarter) -> None:
    question = make_question(quarter, text="Why is the canteen closed?")
    for address in (f"/board/{quarter.name}", f"/board/{quarter.name}/{question.id}"):
        response = pages.another().client.get(address)
        assert response.status_code == 302
        assert "canteen" not in response.get_data(as_text=True)


def test_a_leader_is_led_to_the_queue_from_a_question(pages: Pages, quarter: Quarter) -> None:
    leader: Person = make_person("leader")
    question = make_question(quarter)
    page = pages.another().sign_in(leader).get(f"/board/{quarter.name}/{question.id}")
    assert page.links()["Work on this question"] == f"/answers/{quarter.name}/{question.id}"
