"""The queue, as leaders use it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import select

from narrative.answers import actions, queries
from narrative.answers.models import Draft
from narrative.answers.rules import DECLINE_REASONS, LONGEST_ANSWER
from narrative.database import db
from narrative.narratives.models import Commitment
from narrative.narratives.rules import OutcomeRow
from narrative.people.models import Bucket, Person
from narrative.quarters.models import Quarter
from narrative.questions.models import Question
from tests.factories import MONDAY, make_bucket, make_person, make_quarter, make_question
from tests.pages import Pages
from tests.writing import published, ready_draft

ASKING = MONDAY + timedelta(days=26)


@pytest.fixture(autouse=True)
def while_asking() -> object:
    """Two days after questions opened."""
    with time_machine.travel(ASKING, tick=False) as clock:
        yield clock


@pytest.fixture
def leader(pages: Pages) -> Person:
    """The visitor: a leader."""
    made = make_person("leader", name="Ada Lovelace")
    pages.sign_in(made)
    return made


@pytest.fixture
def quarter(leader: Person) -> Quarter:
    """A published quarter, asking."""
    return make_quarter(published_at=MONDAY + timedelta(days=10))


@pytest.fixture
def question(quarter: Quarter, leader: Person) -> Question:
    """A waiting question that the visitor owns."""
    made = make_question(quarter, bucket=make_bucket("Workshop"))
    actions.claim(made, by=leader, due_on=ASKING.date(), at=ASKING)
    return made


def address(question: Question, verb: str = "") -> str:
    """Where a question is worked on."""
    return f"/answers/2026-q2/{question.id}" + (f"/{verb}" if verb else "")


def state(question: Question) -> str:
    """The state in the database, now."""
    db.session.expire_all()
    return db.session.get_one(Question, question.id).state


def test_the_queue_shows_what_waits_first_with_owner_and_due_date(pages: Pages, question: Question) -> None:
    unclaimed = make_question(db.session.get_one(Quarter, question.quarter_id))
    text = pages.get("/answers").text
    assert question.text in text
    assert unclaimed.text in text
    assert "With Ada Lovelace" in text
    assert "Due Saturday 25 July 2026" in text


def test_the_queue_says_by_how_much_an_answer_is_late(pages: Pages, question: Question) -> None:
    with time_machine.travel(ASKING + timedelta(days=3), tick=False):
        assert "3 days late" in pages.get("/answers").text


@pytest.mark.parametrize("show", ["waiting", "mine", "unclaimed", "answered", "declined"])
def test_each_selection_of_the_queue_shows_its_own_and_no_other(
    pages: Pages, question: Question, show: str
) -> None:
    quarter, grace = db.session.get_one(Quarter, question.quarter_id), make_person("leader")
    unclaimed, theirs, answered, declined = (make_question(quarter) for _ in range(4))
    actions.claim(theirs, by=grace, due_on=ASKING.date(), at=ASKING)
    actions.publish(answered, text="Yes.", by=grace, at=ASKING)
    actions.decline(declined, reason="duplicate", sentence="Above.", by=grace, at=ASKING)
    expected = {
        "waiting": {question, unclaimed, theirs},
        "mine": {question},
        "unclaimed": {unclaimed},
        "answered": {answered},
        "declined": {declined},
    }[show]
    text = pages.get(f"/answers/2026-q2?show={show}").text
    assert {row for row in (question, unclaimed, theirs, answered, declined) if row.text in text} == expected


def test_employees_have_no_queue(pages: Pages, question: Question) -> None:
    visitor = pages.another().sign_in(make_person())
    for place in ("/answers", address(question)):
        assert "Only leaders and organisers" in visitor.get(place, status=403).text
    visitor.post(address(question), {"text": "Mine."}, status=403)
    assert state(question) == "waiting"


def test_a_leader_claims_a_question_and_everybody_sees_who(pages: Pages, quarter: Quarter) -> None:
    question = make_question(quarter)
    pages.post(address(question, "claim"))
    text = pages.another().sign_in(make_person()).get(f"/board/2026-q2/{question.id}").text
    assert "With Ada Lovelace, due Monday 10 August 2026" in text


def test_a_claim_is_due_on_the_company_s_day(pages: Pages, quarter: Quarter) -> None:
    pages.app.config["COMPANY_ZONE"] = ZoneInfo("Pacific/Auckland")
    quarter.answers_due_at = datetime(2026, 8, 10, 21, tzinfo=UTC)
    question = make_question(quarter)
    pages.post(address(question, "claim"))
    assert queries.claim(question).due_on == date(2026, 8, 11)


def test_the_slower_of_two_who_claim_learns_who_was_faster(pages: Pages, quarter: Quarter) -> None:
    question, grace = make_question(quarter), make_person("leader", name="Grace Hopper")
    actions.claim(question, by=grace, due_on=ASKING.date(), at=ASKING)
    page = pages.post(address(question, "claim"), status=409)
    assert "Grace Hopper was faster and owns this question now." in page.text


def test_an_answer_is_published_with_its_authors_name(pages: Pages, question: Question) -> None:
    page = pages.post(address(question), {"text": "We **will** buy the fan."})
    assert "Your answer is published." in page.text
    shown = pages.another().sign_in(make_person()).get(f"/board/2026-q2/{question.id}")
    assert "We will buy the fan. Ada Lovelace" in shown.text
    assert shown.all("strong")


@pytest.mark.parametrize(("text", "message"), [
    ("", "Write the answer"),
    ("   \n", "Write the answer"),
    ("x" * (LONGEST_ANSWER + 1), "Shorten the answer to 20,000 characters; it has 20,001"),
])  # fmt: skip
def test_a_bad_answer_is_refused_and_kept(pages: Pages, question: Question, text: str, message: str) -> None:
    for verb in ("", "draft"):
        page = pages.post(address(question, verb), {"text": text, "seen": "0"}, status=422)
        assert page.errors() == [message]
        assert page.title.startswith("Error: ")
        assert page.all("textarea", name="text")[0].text.strip() == text.strip()
    assert state(question) == "waiting"


def test_a_draft_is_kept_and_no_reader_sees_it(pages: Pages, question: Question) -> None:
    pages.post(address(question, "draft"), {"text": "Half a thought", "seen": "0"})
    assert pages.get(address(question)).all("textarea", name="text")[0].text.strip() == "Half a thought"
    reader = pages.another().sign_in(make_person())
    for place in ("/board/2026-q2", f"/board/2026-q2/{question.id}", "/"):
        assert "Half a thought" not in reader.get(place).html


def test_a_stale_draft_shows_both_texts_and_the_next_save_goes_through(
    pages: Pages, question: Question
) -> None:
    organiser = make_person("organiser", name="Noor Haddad")
    actions.save_draft(question, text="Theirs", seen=0, by=organiser, at=ASKING)
    page = pages.post(address(question, "draft"), {"text": "Mine", "seen": "0"}, status=409)
    assert "Noor Haddad saved another draft while you were writing." in page.text
    assert "Theirs" in page.text
    assert page.all("textarea", name="text")[0].text.strip() == "Mine"
    seen = page.all("input", name="seen")[0].attributes["value"]
    pages.post(address(question, "draft"), {"text": "Theirs and mine", "seen": seen})
    draft = queries.draft(question)
    assert draft is not None
    assert draft.text == "Theirs and mine"


def test_who_answers_too_late_is_told_and_loses_nothing(pages: Pages, question: Question) -> None:
    actions.decline(question, reason="duplicate", sentence="Above.", by=make_person("organiser"), at=ASKING)
    page = pages.post(address(question), {"text": "A long answer"}, status=409)
    assert "Somebody was faster: this question is declined already." in page.text
    assert "A long answer" in page.text
    assert queries.answers(question) == []


def test_declining_takes_a_reason_of_the_policy_and_a_sentence(pages: Pages, question: Question) -> None:
    page = pages.post(address(question, "decline"), {"sentence": "No."}, status=422)
    assert page.errors() == ["Choose a reason"]
    assert page.all("textarea", name="sentence")[0].text.strip() == "No."
    page = pages.post(address(question, "decline"), {"reason": "personal", "sentence": " "}, status=422)
    assert page.errors() == ["Write a sentence to the person who asked"]
    pages.post(address(question, "decline"), {"reason": "made-up", "sentence": "No."}, status=422)
    assert state(question) == "waiting"
    pages.post(address(question, "decline"), {"reason": "personal", "sentence": "It names a colleague."})
    assert state(question) == "declined"


@pytest.mark.parametrize("verb", ["decline", "claim", "draft", "publication", "reopening", "hand-off", ""])
def test_nothing_happens_by_following_a_link(pages: Pages, question: Question, verb: str) -> None:
    response = pages.client.get(address(question, verb))
    assert response.status_code == (200 if verb == "" else 404 if verb == "publication" else 405)
    assert state(question) == "waiting"


def test_a_hand_off_is_seen_by_everybody(pages: Pages, question: Question) -> None:
    grace = make_person("leader", name="Grace Hopper")
    form = {"to": str(grace.id), "note": "Her machines.", "holder": str(queries.claim(question).owner_id)}
    pages.post(address(question, "hand-off"), form)
    text = pages.another().sign_in(make_person()).get(f"/board/2026-q2/{question.id}").text
    assert "Ada Lovelace handed it to Grace Hopper Her machines." in text
    assert "With Grace Hopper" in text


def test_a_question_is_not_handed_to_an_employee(pages: Pages, question: Question) -> None:
    employee = make_person()
    form = {"to": str(employee.id), "note": "", "holder": str(queries.claim(question).owner_id)}
    pages.post(address(question, "hand-off"), form, status=422)
    assert queries.claim(question).owner_id != employee.id


def test_only_the_owner_or_an_organiser_answers(pages: Pages, question: Question) -> None:
    other = pages.another().sign_in(make_person("leader"))
    for verb, form in (
        ("", {"text": "Mine"}),
        ("draft", {"text": "Mine"}),
        ("decline", {"reason": "personal", "sentence": "x"}),
    ):
        page = other.post(address(question, verb), form, status=403)
        assert "Only Ada Lovelace, who owns it, and organisers can answer this question." in page.text
    organiser = pages.another().sign_in(make_person("organiser"))
    organiser.post(address(question), {"text": "From the organiser."})
    assert state(question) == "answered"


def test_a_correction_needs_its_reason_and_a_stale_one_is_refused(pages: Pages, question: Question) -> None:
    pages.post(address(question), {"text": "17."})
    page = pages.post(address(question, "correction"), {"text": "71.", "reason": "", "seen": "1"}, status=422)
    assert page.errors() == ["Say what you corrected"]
    pages.post(address(question, "correction"), {"text": "71.", "reason": "Digits.", "seen": "1"})
    page = pages.post(
        address(question, "correction"), {"text": "70.", "reason": "Recount.", "seen": "1"}, status=409
    )
    assert "corrected this answer while you were writing" in page.text
    assert [answer.text for answer in queries.answers(question)] == ["71.", "17."]


def test_reopening_puts_it_back_and_says_why(pages: Pages, question: Question) -> None:
    pages.post(address(question), {"text": "17."})
    pages.post(address(question, "reopening"), {"note": "The figure is disputed.", "was": "answered"})
    assert state(question) == "waiting"
    assert "The figure is disputed." in pages.get(f"/board/2026-q2/{question.id}").text
    page = pages.post(address(question, "reopening"), {"note": "Again.", "was": "answered"}, status=409)
    assert "this question is waiting already" in page.text


def test_a_reopened_questions_former_answers_stay_readable(pages: Pages, question: Question) -> None:
    pages.post(address(question), {"text": "It was 17."})
    pages.post(
        address(question, "correction"), {"text": "It was 71.", "reason": "Digits swapped.", "seen": "1"}
    )
    pages.post(address(question, "reopening"), {"note": "It is disputed.", "was": "answered"})
    shown = pages.get(address(question)).text, pages.get(f"/board/2026-q2/{question.id}").text
    for text in shown:
        assert text.index("before it was reopened") < text.index("It was 71.") < text.index("It was 17.")


def test_a_leader_learns_who_may_answer_a_colleagues_question(pages: Pages, question: Question) -> None:
    pages.sign_in(make_person("leader", name="Grace Hopper"))
    page = pages.get(address(question))
    assert "Only Ada Lovelace, who owns it, and organisers can answer it." in page.text
    assert not page.all("textarea")


def test_after_reopening_one_goes_on_from_the_answer_there_was(pages: Pages, question: Question) -> None:
    pages.post(address(question), {"text": "It was *seventeen*."})
    pages.post(address(question, "reopening"), {"note": "Disputed.", "was": "answered"})
    assert pages.get(address(question)).all("textarea", name="text")[0].text.strip() == "It was *seventeen*."
    pages.post(address(question, "draft"), {"text": "It was *seventy*.", "seen": "0"})
    assert pages.get(address(question)).all("textarea", name="text")[0].text.strip() == "It was *seventy*."


def test_nobody_is_handed_a_question_by_a_careless_click(pages: Pages, question: Question) -> None:
    make_person("leader")
    form = {"to": "", "note": "", "holder": str(queries.claim(question).owner_id)}
    page = pages.post(address(question, "hand-off"), form, status=422)
    assert page.errors() == ["Choose a colleague"]


def test_a_preview_is_sanitised(pages: Pages, leader: Person) -> None:
    html = pages.client.post(
        "/answers/preview", data={"text": "*a* <script>b</script>", "csrf_token": pages.csrf_token()}
    )
    assert "<em>a</em>" in html.get_data(as_text=True)
    assert "<script" not in html.get_data(as_text=True)


def test_the_policy_is_public_and_complete(pages: Pages) -> None:
    text = pages.another().get("/policy").text
    for words in DECLINE_REASONS.values():
        assert words in text


# Something promised


def promise(question: Question, leader: Person, **changes: str) -> dict[str, str]:
    """What a form sends that promises something."""
    sent = {
        "text": "We will.",
        "promise_title": "Ask the crew",
        "promise_owner": str(leader.id),
        "promise_bucket": str(question.bucket_id),
        "promise_due": "2026-q3",
    }
    return {**sent, **changes}


def commitments() -> list[Commitment]:
    db.session.rollback()
    return list(db.session.scalars(select(Commitment)))


def test_a_promise_stands_under_its_answer(pages: Pages, question: Question, leader: Person) -> None:
    board = f"/board/2026-q2/{question.id}"
    pages.post(address(question), promise(question, leader))
    (made,) = commitments()
    assert (made.title, made.due_in, made.owner_id) == ("Ask the crew", "2026-q3", leader.id)
    assert (made.made_in, made.bucket_id) == (f"2026-q2/{question.id}", question.bucket_id)
    page = pages.another().sign_in(make_person()).get(board)
    assert "Promised: Ask the crew, by Q3 2026, Ada Lovelace Open" in page.text
    # Sent again, since the page that said so was lost, it promises nothing twice.
    pages.post(address(question), promise(question, leader))
    assert len(commitments()) == 1


def test_the_answer_shows_what_became_of_its_promise(
    pages: Pages, question: Question, leader: Person
) -> None:
    pages.post(address(question), promise(question, leader))
    (made,) = commitments()
    workshop = db.session.get_one(Bucket, made.bucket_id)
    told = OutcomeRow(key=f"commitment-{made.id}", state="partly", sentence="Half of them.")
    later = make_quarter("2026-q3")
    published(later, workshop, workshop=replace(ready_draft("Workshop"), outcomes=(told,)))
    page = pages.get(f"/board/2026-q2/{question.id}")
    assert "Promised: Ask the crew, by Q3 2026, Ada Lovelace Partly Half of them. in Q3 2026" in page.text
    assert page.links()["in Q3 2026"] == f"/narratives/2026-q3/workshop#commitment-{made.id}"


def test_half_a_promise_is_refused_and_kept(pages: Pages, question: Question, leader: Person) -> None:
    sent = promise(question, leader, promise_owner="", promise_bucket="999", promise_due="2031-q1")
    page = pages.post(address(question), sent, status=422)
    assert page.errors() == [
        "Choose who keeps the promise",
        "Choose in which bucket’s narrative it is reported",
        "Choose the quarter in which it is reported",
    ]
    assert page.all("input", name="promise_title")[0].attributes["value"] == "Ask the crew"
    assert state(question) == "waiting"
    assert commitments() == []


def test_an_answer_that_promises_nothing_promises_nothing(
    pages: Pages, question: Question, leader: Person
) -> None:
    pages.post(address(question), promise(question, leader, promise_title=" ", promise_owner="x"))
    assert state(question) == "answered"
    assert commitments() == []


def test_a_draft_keeps_half_a_promise(pages: Pages, question: Question, leader: Person) -> None:
    page = pages.post(address(question, "draft"), promise(question, leader, promise_owner=""))
    assert page.all("input", name="promise_title")[0].attributes["value"] == "Ask the crew"
    (chosen,) = [
        option
        for option in page.all("select", name="promise_due")[0].children
        if "selected" in option.attributes
    ]
    assert chosen.attributes["value"] == "2026-q3"
    assert commitments() == []
    assert db.session.scalars(select(Draft.promised)).one()["title"] == "Ask the crew"


def test_a_promise_that_differs_from_what_was_published_is_not_swallowed(
    pages: Pages, question: Question, leader: Person
) -> None:
    pages.post(address(question), promise(question, leader))
    page = pages.post(address(question), promise(question, leader, promise_title="Ask everybody"), status=409)
    assert "Ask everybody" in page.text
    assert [made.title for made in commitments()] == ["Ask the crew"]
