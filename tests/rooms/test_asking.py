"""Asking through its route: what is taken, what is refused, and that a refusal changes nothing."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from narrative.database import db
from narrative.encoding import from_base64url
from narrative.ledger.models import LedgerLeaf
from narrative.ledger.rules.notes import promise_name
from narrative.ledger.signing import opened, signer
from narrative.quarters.models import Quarter
from narrative.questions import commitments, releasing
from narrative.questions.views.questions import GENERIC
from tests.asking import (
    ANSWERING,
    ASKING,
    CLOSES,
    FIRST_TICK,
    OPENS,
    PUBLISHED,
    ask,
    body,
    make_passes,
    new_mark,
    new_salt,
    open_quarter,
    send,
    spent_count,
    waiting_texts,
)
from tests.factories import MONDAY, make_bucket, make_person, make_quarter, make_question
from tests.pages import Pages
from tests.pass_holder import to_base64url


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(ASKING, tick=False) as travelling:
        yield travelling


@pytest.fixture
def quarter(app: Flask) -> Quarter:
    return open_quarter()


@pytest.fixture
def token(quarter: Quarter) -> bytes:
    return make_passes(quarter)[0]


def assert_nothing_stored() -> None:
    assert waiting_texts() == []
    assert spent_count() == 0


# What is taken


def test_a_question_is_taken_and_told_when_it_can_appear(app, quarter, token):
    answer = send(app, body(token, "  Why so?\r\nReally?\n"))
    assert answer.status_code == 202
    assert answer.json["received"] is True
    assert answer.json["released_after"] == FIRST_TICK.isoformat()
    assert "Set-Cookie" not in answer.headers
    assert waiting_texts() == ["Why so?\nReally?"]
    assert spent_count() == 1


def test_whoever_asks_gets_a_signed_promise_of_the_question_and_of_when(app, quarter, token):
    make_bucket("Sales")
    sent = body(token, " Why so?\r\n", bucket="sales")
    note = send(app, sent).json["promise"]
    key = signer()
    said = opened(note, name=promise_name(key.issuer), public_key=key.public_key).splitlines()
    salt = from_base64url(sent["salt"], length=16)
    committed = commitments.commitment(salt, quarter="2026-q2", bucket="sales", text="Why so?")
    assert said[:5] == ["narrative promise v1", "localhost:8000", "2026-q2", committed, sent["mark"]]
    assert datetime.fromisoformat(said[5]) == CLOSES
    assert len(said) == 6


def test_the_promise_comes_true(app, quarter, pages: Pages):
    """What was promised is the commitment that the ledger holds after the tick."""
    promised = {}
    for text, token in zip(("One?", "Two?", "Three?"), make_passes(quarter, 3), strict=True):
        sent = body(token, text)
        promised[sent["mark"]] = send(app, sent).json["promise"].splitlines()[3]
    assert releasing.tick_if_due(quarter, FIRST_TICK) == 3
    leaves = db.session.scalars(select(LedgerLeaf.body).where(LedgerLeaf.kind == "question"))
    kept = [json.loads(leaf) for leaf in leaves]
    assert {one["mark"]: one["commitment"] for one in kept} == promised


def test_the_same_request_is_answered_again_and_stored_once(app, quarter, token):
    sent = body(token)
    answers = [send(app, sent) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 202]
    assert len({answer.get_data() for answer in answers}) == 1
    assert waiting_texts() == ["Why?"]
    assert spent_count() == 1


def test_a_repeated_request_puts_back_what_a_crash_of_postgresql_lost(app, quarter, token):
    from narrative.passes.store import anonymous_transaction
    from narrative.passes.store_tables import pending_questions

    sent = body(token)
    send(app, sent)
    with anonymous_transaction() as connection:
        connection.execute(pending_questions.delete())
    assert send(app, sent).status_code == 202
    assert waiting_texts() == ["Why?"]


def test_a_repeated_request_after_the_release_adds_nothing(app, quarter, clock):
    sent = ask(app, quarter, "One?", "Two?", "Three?")
    clock.move_to(FIRST_TICK)
    assert releasing.tick_if_due(quarter, FIRST_TICK) == 3
    assert send(app, sent[0]).status_code == 202
    assert waiting_texts() == []


def test_a_spent_pass_asks_nothing_else(app, quarter, token):
    make_bucket("Sales")
    sent = body(token)
    send(app, sent)
    for change in (
        {"text": "Other?"},
        {"bucket": "sales"},
        {"mark": new_mark()},
        {"salt": new_salt()},
    ):
        answer = send(app, {**sent, **change})
        assert (answer.status_code, answer.json["reason"]) == (409, "spent"), change
    assert waiting_texts() == ["Why?"]
    assert spent_count() == 1


def test_a_question_may_name_a_bucket(app, quarter, token):
    make_bucket("Sales")
    assert send(app, body(token, bucket="sales")).status_code == 202


def test_every_pass_of_a_person_is_good_once(app, quarter):
    ask(app, quarter, "One?", "Two?", "Three?")
    assert waiting_texts() == ["One?", "Three?", "Two?"]
    assert spent_count() == 3


# What is refused


def test_a_request_with_a_cookie_is_refused(app, quarter, token):
    for cookie in ("session=1", "narrative=x", "anything=at-all"):
        answer = send(app, body(token), headers={"Cookie": cookie})
        assert answer.status_code == 400
        assert "takes no cookies" in answer.json["error"]
        assert_nothing_stored()


def test_a_signed_in_browser_that_sends_its_cookie_is_refused(app, quarter, token, pages: Pages):
    pages.sign_in(make_person())
    assert pages.client.post("/questions/2026-q2", json=body(token)).status_code == 400
    assert_nothing_stored()


def test_bad_passes_are_refused_with_one_sentence(app, quarter, token):
    other = open_quarter("2026-q3")
    [foreign] = make_passes(other)
    bad = {
        "tampered": bytes([*token[:-1], token[-1] ^ 1]),
        "another nonce": token[:2] + bytes(32) + token[34:],
        "short": token[:-1],
        "long": token + b"\0",
        "empty": b"",
        "of another type": b"\0\1" + token[2:],
        "of another quarter": foreign,
    }
    answers = {name: send(app, body(one)) for name, one in bad.items()}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(bad, 400)
    assert len({answer.get_data() for answer in answers.values()}) == 1
    assert_nothing_stored()
    assert send(app, body(foreign), "2026-q3").status_code == 202  # it was good, elsewhere


GOOD = {"token": "x", "text": "Why?", "bucket": None, "mark": "M" * 43, "salt": "A" * 22}


def test_malformed_bodies_are_refused(app, quarter, token):
    good = {**GOOD, "token": to_base64url(token)}
    malformed = (
        None,
        [],
        "text",
        7,
        {},
        {**good, "token": None},
        {**good, "token": 7},
        {**good, "token": ["x"]},
        {**good, "token": "ä" * 472},
        {**good, "text": None},
        {**good, "text": ["Why?"]},
        {**good, "bucket": 7},
        {**good, "mark": None},
        {**good, "salt": None},
        {**good, "salt": "A" * 21},
        {**good, "salt": "A" * 23},
        {**good, "salt": "A" * 21 + "B"},
        {**good, "salt": "A" * 21 + "+"},
        {**good, "person": 7},
        {name: value for name, value in good.items() if name != "bucket"},
    )
    for sent in malformed:
        assert send(app, sent).status_code == 400, sent
    assert_nothing_stored()
    assert send(app, {**good, "mark": new_mark()}).status_code == 202


def test_bodies_that_are_no_json_are_refused(app, quarter):
    client = app.test_client(use_cookies=False)
    for raw in (b"", b"{", b"\xff\xfe", b"[" * 20_000, b'{"text": ' + b"9" * 6000 + b"}"):
        answer = client.post("/questions/2026-q2", data=raw, content_type="application/json")
        assert answer.status_code == 400, raw[:20]
    assert_nothing_stored()


def test_a_form_from_another_site_is_no_question(app, quarter, token):
    client = app.test_client(use_cookies=False)
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        answer = client.post("/questions/2026-q2", data=json.dumps(body(token)), content_type=kind)
        assert answer.status_code == 400
    assert_nothing_stored()


def test_marks_are_marks(app, quarter, token):
    for mark in ("", "M" * 42, "M" * 44, "M" * 42 + "=", "M" * 42 + "\n", "ä" * 43, "M" * 42 + "N"):
        assert send(app, body(token, mark=mark)).status_code == 400, mark
    assert_nothing_stored()


def test_the_mark_of_a_question_that_is_shown_is_refused_and_costs_no_pass(app, quarter, token):
    """Taken, it would be forgotten at the next tick: shown already, as its mark says."""
    sent = ask(app, quarter, "One?", "Two?", "Three?")
    assert releasing.tick_if_due(quarter, FIRST_TICK) == 3
    assert send(app, body(token, "Another?", mark=sent[0]["mark"])).status_code == 400
    assert waiting_texts() == []
    assert send(app, body(token, "Another?")).status_code == 202
    assert waiting_texts() == ["Another?"]


def test_a_mark_that_waits_already_is_refused_and_costs_no_pass(app, quarter):
    one, other = make_passes(quarter, 2)
    first = body(one)
    send(app, first)
    assert send(app, body(other, "Another?", mark=first["mark"])).status_code == 400
    assert spent_count() == 1
    assert send(app, body(other, "Another?")).status_code == 202


def test_texts_that_cannot_be_taken_are_refused_with_the_reason(app, quarter, token):
    texts = {
        "": "Write your question",
        " \n\t ": "Write your question",
        "\u200b\u200d": "Write your question",
        "x" * 2001: "2,001",
        "\U0001f600" * 2001: "2,001",
        "Why\x00?": "unreadable",
        "Why\x1b[31m?": "unreadable",
        "Why\ud800?": "unreadable",
    }
    for text, says in texts.items():
        answer = send(app, body(token, text))
        assert (answer.status_code, answer.json["field"]) == (422, "text"), ascii(text[:20])
        assert says in answer.json["error"]
        assert "still good" in answer.json["error"]
    assert_nothing_stored()
    assert send(app, body(token, "Why?")).status_code == 202


def test_texts_up_to_the_limit_are_taken_as_they_are(app, quarter):
    texts = ["x" * 2000, "\U0001f600" * 2000, "é" * 2000, "?", "Was ist „das“?\n\tא", "Why?\r"]
    ask(app, quarter, *(text + " \n" for text in texts))
    assert waiting_texts() == sorted(text.strip() for text in texts)


def test_too_much_at_once_is_refused(app, quarter, token):
    answer = send(app, body(token, "x" * 40_000))
    assert answer.status_code == 413
    assert_nothing_stored()


def test_buckets_that_are_not_there_are_refused(app, quarter, token):
    make_bucket("Old", archived_at=MONDAY)
    for slug in ("nowhere", "old", "", "\x00", "\ud800", "x" * 20_000):
        answer = send(app, body(token, bucket=slug))
        assert (answer.status_code, answer.json["field"]) == (422, "bucket"), ascii(slug[:20])
    assert_nothing_stored()


def test_quarters_that_are_not_there_are_not_found(app, quarter, token):
    for name in ("2031-q1", "nothing", "%00"):
        assert send(app, body(token), name).status_code == 404
    assert_nothing_stored()


# When


def test_before_questions_open_they_are_refused_with_the_day(app, quarter, token, clock):
    for at in (PUBLISHED + timedelta(days=1), OPENS - timedelta(seconds=1)):
        clock.move_to(at)
        answer = send(app, body(token))
        assert (answer.status_code, answer.json["reason"]) == (409, "not open")
        assert "Questions open Thursday 23 July 2026, 09:00 UTC" in answer.json["error"]
        assert "still good" in answer.json["error"]
    assert_nothing_stored()
    clock.move_to(OPENS)
    assert send(app, body(token)).status_code == 202


def test_a_quarter_that_is_not_published_takes_nothing(app, clock):
    make_quarter("2026-q3", passes_held=20)
    assert send(app, GOOD, "2026-q3").status_code == 400
    answer = send(app, {**GOOD, "token": to_base64url(bytes(354))}, "2026-q3")
    assert (answer.status_code, answer.json) == (400, {"error": GENERIC})


def test_without_a_pass_nobody_is_told_when_questions_open_or_how_many_hold_passes(
    app, quarter, token, clock
):
    forged = to_base64url(token[:-1] + bytes([token[-1] ^ 1]))
    quarter.passes_held = 7
    db.session.commit()
    for at, said in ((OPENS - timedelta(days=1), "23 July"), (ASKING, "7 of at least 8")):
        clock.move_to(at)
        assert said in send(app, body(token)).json["error"]
        assert send(app, {**body(token), "token": forged}).json == {"error": GENERIC}


def test_after_questions_close_only_a_repeated_request_is_answered(app, quarter, clock):
    one, other = make_passes(quarter, 2)
    clock.move_to(CLOSES - timedelta(seconds=1))
    sent = body(one)
    assert send(app, sent).status_code == 202
    clock.move_to(CLOSES)
    assert send(app, sent).json["released_after"] is None
    late = send(app, body(other))
    assert (late.status_code, late.json["reason"]) == (409, "not open")
    assert "Questions closed Thursday 30 July 2026, 09:00 UTC" in late.json["error"]
    changed = send(app, {**sent, "text": "Another?"})
    assert (changed.status_code, changed.json["reason"]) == (409, "spent")
    assert waiting_texts() == ["Why?"]
    assert spent_count() == 1


def test_after_the_keys_are_destroyed_nothing_is_answered(app, quarter, token, clock):
    sent = body(token)
    send(app, sent)
    clock.move_to(ANSWERING)
    releasing.tick_if_due(quarter, ANSWERING)
    assert releasing.close_if_due(quarter, ANSWERING) is True
    answer = send(app, sent)
    assert (answer.status_code, answer.json["reason"]) == (409, "not open")
    assert_nothing_stored()


def test_asking_waits_until_enough_colleagues_hold_passes(app, clock):
    quarter = open_quarter(passes_held=7)
    [token] = make_passes(quarter)
    answer = send(app, body(token))
    assert (answer.status_code, answer.json["reason"]) == (409, "not open")
    assert "7 of at least 8" in answer.json["error"]
    assert_nothing_stored()
    quarter.passes_held = 8
    db.session.commit()
    assert send(app, body(token)).status_code == 202


def test_the_floor_is_a_setting(app, token, quarter):
    settings = app.extensions["narrative.settings"]
    app.extensions["narrative.settings"] = replace(settings, asking_floor=9)
    assert send(app, body(token)).status_code == 409
    app.extensions["narrative.settings"] = settings
    assert send(app, body(token)).status_code == 202


# The feed


def test_the_feed_shows_id_mark_state_and_day_of_every_released_question(app, quarter, pages: Pages):
    pages.sign_in(make_person())
    other = make_quarter("2026-q3", published_at=PUBLISHED)
    make_question(other)
    questions = [make_question(quarter), make_question(quarter, state="declined"), make_question(quarter)]
    answer = pages.client.get("/questions/2026-q2")
    assert answer.mimetype == "application/json"
    assert answer.json == {
        "quarter": "2026-q2",
        "questions": [
            {
                "id": one.id,
                "mark": one.mark,
                "state": one.state,
                "released_on": one.released_on.isoformat(),
                "slot": one.slot,
                "messages": 0,
                "asked_back": 0,
            }
            for one in sorted(questions, key=lambda one: one.id)
        ],
    }


def test_the_feed_is_the_same_bytes_for_everybody_and_sent_once(app, quarter, pages: Pages):
    make_question(quarter)
    one, other = pages.sign_in(make_person()), pages.another().sign_in(make_person("leader"))
    first = one.client.get("/questions/2026-q2")
    assert first.get_data() == other.client.get("/questions/2026-q2").get_data()
    tag = first.headers["ETag"]
    assert not tag.startswith("W/")
    again = other.client.get("/questions/2026-q2", headers={"If-None-Match": tag})
    assert (again.status_code, again.get_data()) == (304, b"")
    make_question(quarter)
    changed = one.client.get("/questions/2026-q2", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert len(changed.json["questions"]) == 2


def test_waiting_questions_are_not_in_the_feed(app, quarter, pages: Pages):
    sent = ask(app, quarter, "One?", "Two?", "Three?")
    feed = pages.sign_in(make_person()).client.get("/questions/2026-q2").get_data(as_text=True)
    assert '"questions":[]' in feed
    assert sent[0]["mark"] not in feed


def test_the_feed_is_for_colleagues(app, quarter):
    assert app.test_client().get("/questions/2026-q2").status_code == 302


# The pages


def test_a_receipt_names_the_address_that_people_type_whatever_host_was_asked(quarter, pages: Pages):
    page = pages.sign_in(make_person()).get("/questions/2026-q2/new")  # of "localhost", without a port
    assert "http://localhost:8000/receipts" in page.html
    assert "http://localhost/" not in page.html


def test_the_page_says_what_is_stored_before_and_beside_the_typing(app, quarter, pages: Pages):
    from narrative.questions.rules import BESIDE_THE_BUTTON, REASSURANCE

    make_bucket("Sales")
    page = pages.sign_in(make_person()).get("/questions/2026-q2/new")
    for clause, _test in (*REASSURANCE, BESIDE_THE_BUTTON):
        assert " ".join(clause.split()) in page.text
    assert page.text.index(REASSURANCE[0][0][:40]) < page.text.index("Your question")
    assert "8 of" in page.text
    assert "Friday 24 July 2026, 09:00 UTC" in page.text


def test_what_is_typed_can_go_nowhere_but_through_the_script(app, quarter, pages: Pages):
    page = pages.sign_in(make_person()).get("/questions/2026-q2/new")
    [form] = page.all("form", class_="asking")
    assert form.attributes["method"] == "dialog"
    fields = [page.all("textarea", id="text")[0], page.all("select", id="bucket")[0]]
    assert [field.attributes.get("name") for field in fields] == [None, None]


def test_a_link_may_choose_the_bucket(app, quarter, pages: Pages):
    make_bucket("Sales")
    pages.sign_in(make_person())
    for asked, chosen in (("sales", ["sales"]), ("nowhere", []), ("<b>", [])):
        page = pages.get(f"/questions/2026-q2/new?bucket={asked}")
        selected = [option for option in page.all("option") if "selected" in option.attributes]
        assert [option.attributes["value"] for option in selected] == chosen


def test_the_page_says_when_where_nothing_can_be_asked_yet_or_any_more(app, quarter, pages: Pages, clock):
    clock.move_to(OPENS - timedelta(days=1))
    pages.sign_in(make_person())
    before = pages.get("/questions/2026-q2/new")
    assert "Questions open Thursday 23 July 2026, 09:00 UTC" in before.text
    clock.move_to(ASKING)
    quarter.passes_held = 3
    db.session.commit()
    few = pages.get("/questions/2026-q2/new")
    assert "as soon as 8 colleagues hold passes" in few.text
    clock.move_to(CLOSES)
    after = pages.get("/questions/2026-q2/new")
    assert "closed Thursday 30 July 2026, 09:00 UTC" in after.text
    assert [page.all("textarea") for page in (before, after, few)] == [[], [], []]


def test_the_receipts_page_names_the_lists_that_it_looks_through(app, quarter, pages: Pages):
    make_quarter("2026-q3", drafting_opens_at=ASKING)
    page = pages.sign_in(make_person()).get("/receipts")
    lists = [item.attributes for item in page.all("li") if "data-feed" in item.attributes]
    assert [one["data-feed"] for one in lists] == ["/questions/2026-q2"]
    assert lists[0]["data-issuer"] == "localhost:8000"
    assert "New questions appear Friday 24 July 2026, 09:00 UTC" in page.text


def test_nothing_about_a_reader_is_asked_of_the_browser_on_these_pages(app, quarter, pages: Pages):
    pages.sign_in(make_person())
    for address in ("/questions/2026-q2/new", "/receipts"):
        scripts = [script.attributes["src"] for script in pages.get(address).all("script")]
        assert [src for src in scripts if "local-time" in src] == []
