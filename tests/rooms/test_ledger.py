"""The ledger's addresses and page: proofs for everybody, nothing for hostile numbers, a whole export."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select
from werkzeug.test import TestResponse

from narrative.answers.models import Withholding
from narrative.answers.withholding import withhold
from narrative.database import db, transaction
from narrative.due import run_due
from narrative.independent.verifying import check_all
from narrative.ledger import actions, queries
from narrative.ledger.rules import entries, merkle
from narrative.ledger.rules.words import four_words
from narrative.ledger.signing import opened_checkpoint
from narrative.questions.actions import erase, move
from narrative.questions.models import FollowUp, Question
from narrative.web.assets import CLIENT_LIST
from tests.asking import message, new_mark
from tests.company import AFTER, SECRET, Company, make_company
from tests.factories import make_person
from tests.pages import Page, Pages
from tests.pass_holder import to_base64url

DAY = date(2026, 8, 3)
SIZE = 13
ADDRESSES = ["checkpoint", "key", "consistency", "inclusion", "leaves", "keys/2026-q2"]


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(AFTER, tick=False):
        yield


@pytest.fixture
def company(app: Flask) -> Company:
    return make_company(app)


def append_clients(number: int) -> None:
    """Put that many entries into the ledger."""
    made = [entries.client(client=f"{place:064x}") for place in range(number)]
    with transaction() as session:
        actions.append(session, *made)


@pytest.fixture
def ledger(app: Flask) -> list[bytes]:
    """A ledger of 13 entries; their leaf hashes."""
    append_clients(SIZE)
    return [merkle.leaf_hash(body.encode()) for body in queries.leaves(0, SIZE)]


def fetch(app: Flask, address: str, **options: Any) -> TestResponse:
    return app.test_client(use_cookies=False).get(f"/ledger/{address}", **options)


def from_base64url(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def proof(answer: TestResponse) -> list[bytes]:
    assert answer.status_code == 200
    return [from_base64url(one) for one in answer.json["proof"]]


def test_the_checkpoint_is_signed_by_the_key_that_is_published(app: Flask, ledger: list[bytes]) -> None:
    key = fetch(app, "key").json
    note = fetch(app, "checkpoint")
    assert note.content_type == "text/plain; charset=utf-8"
    public_key = from_base64url(key["public_key"])
    found = opened_checkpoint(note.text, issuer=key["name"], public_key=public_key)
    assert (found.origin, found.size, found.root) == (
        "localhost:8000/ledger",
        SIZE,
        merkle.root_of_leaves(ledger),
    )
    append_clients(1)
    later = opened_checkpoint(fetch(app, "checkpoint").text, issuer=key["name"], public_key=public_key)
    assert later.size == SIZE + 1


def test_every_proof_of_inclusion_holds(app: Flask, ledger: list[bytes]) -> None:
    for size in range(1, SIZE + 1):
        root = merkle.root_of_leaves(ledger[:size])
        for position in range(size):
            given = proof(fetch(app, f"inclusion?position={position}&size={size}"))
            assert merkle.verify_inclusion(
                ledger[position], position=position, size=size, proof=given, expected_root=root
            )


def test_every_proof_of_consistency_holds(app: Flask, ledger: list[bytes]) -> None:
    for new in range(1, SIZE + 1):
        for old in range(1, new + 1):
            given = proof(fetch(app, f"consistency?from={old}&to={new}"))
            roots = [merkle.root_of_leaves(ledger[:size]) for size in (old, new)]
            assert merkle.verify_consistency(
                old=old, old_root=roots[0], new=new, new_root=roots[1], proof=given
            )


def test_leaves_come_as_they_were_written(app: Flask, ledger: list[bytes]) -> None:
    given = fetch(app, f"leaves?from=2&to={SIZE}").json["leaves"]
    assert [merkle.leaf_hash(body.encode()) for body in given] == ledger[2:]
    assert fetch(app, "leaves").json["leaves"] == queries.leaves(0, SIZE)


HOSTILE = [
    *("inclusion?position=13&size=13", "inclusion?position=0&size=14", "inclusion?position=0&size=0"),
    *("inclusion?position=-1&size=13", "inclusion?position=0&size=1e3", "inclusion?position=%00&size=1"),
    *("inclusion?position=0&size=13&size=12", "inclusion?position=9999999999&size=99999999999"),
    *("inclusion?position=%D9%A1&size=13", "inclusion?position=&size=", "inclusion?position=0.0"),
    *("consistency?from=0&to=13", "consistency?from=5&to=4", "consistency?from=1&to=14"),
    *("consistency?from=1&to=999999999", "consistency?from=NaN&to=13", "consistency?from=1'--&to=2"),
    *("leaves?from=0&to=0", "leaves?from=13&to=14", "leaves?from=5&to=4", "leaves?from=0&to=999999999"),
    *("leaves?from=-5&to=3", "keys/2026-q9", "keys/2026-q2", "keys/%00", "keys/..", "keys/2026-q2%0A"),
]


@pytest.mark.parametrize("address", HOSTILE)
def test_there_is_nothing_at_a_hostile_address(app: Flask, ledger: list[bytes], address: str) -> None:
    assert fetch(app, address).status_code in ({404} if ".." not in address else {404, 308})


def test_before_the_first_entry_there_is_nothing(app: Flask) -> None:
    assert {fetch(app, address).status_code for address in ADDRESSES} == {404}
    actions.ensure_key()
    assert fetch(app, "checkpoint").text.split("\n")[1] == "0"
    assert fetch(app, "key").status_code == 200
    assert {fetch(app, address).status_code for address in ADDRESSES[2:]} == {404}


def test_more_than_a_thousand_leaves_are_fetched_in_pieces(app: Flask) -> None:
    append_clients(1001)
    assert len(fetch(app, "leaves").json["leaves"]) == 1000
    assert fetch(app, "leaves?from=0&to=1001").status_code == 404
    assert len(fetch(app, "leaves?from=1000").json["leaves"]) == 1


@pytest.mark.parametrize("address", ADDRESSES)
def test_nobody_is_known_and_nothing_is_kept(app: Flask, company: Company, address: str) -> None:
    answer = fetch(app, address)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert fetch(app, address, headers={"Cookie": "narrative=x"}).status_code == 400
    assert SECRET not in answer.text


def test_the_keys_of_a_quarter_come_with_their_proof(app: Flask, company: Company) -> None:
    answer = fetch(app, "keys/2026-q2").json
    key = fetch(app, "key").json
    found = opened_checkpoint(
        answer["checkpoint"], issuer=key["name"], public_key=from_base64url(key["public_key"])
    )
    assert answer["entries"]
    for number, entry in enumerate(answer["entries"], 1):
        assert json.loads(entry["body"])["round"] == number
        assert merkle.verify_inclusion(
            merkle.leaf_hash(entry["body"].encode()),
            position=entry["position"],
            size=found.size,
            proof=[from_base64url(one) for one in entry["proof"]],
            expected_root=found.root,
        )


def test_an_entry_is_found_by_what_it_says(app: Flask, ledger: list[bytes]) -> None:
    assert queries.position_of(entries.client(client=f"{7:064x}")) == 7
    assert queries.position_of(entries.client(client="f" * 64)) is None


def account(page: Page) -> str:
    """The line that tells the account."""
    [line] = page.all("p", class_="account")
    return " ".join(line.text.split())


def test_the_page_tells_the_account_in_one_line(app: Flask, company: Company, pages: Pages) -> None:
    page = pages.sign_in(company.employee).get("/ledger")
    assert account(page) == "4 received: 1 answered, 1 declined, 2 waiting."
    names = json.loads(queries.keys_entries("2026-q2", queries.size())[0][1])["keys"]
    assert four_words(names) in page.text
    assert page.text == pages.get(f"/ledger/{company.quarter.name}").text


def test_each_withheld_question_is_listed_with_its_reason(app: Flask, company: Company, pages: Pages) -> None:
    withhold_once(db.session.get_one(Question, company.questions[0].id), company)
    page = pages.sign_in(make_person()).get("/ledger")
    assert account(page) == "4 received: 1 answered, 1 declined, 1 withheld, 1 waiting."
    assert "It attacked or threatened somebody" not in page.text
    assert "it attacked or threatened somebody" in page.text
    assert "It named a colleague in anger." in page.text
    assert SECRET not in page.text


def withhold_once(question: Question, company: Company) -> None:
    """Withhold a question in whose place the company has a row of its own already."""
    db.session.execute(delete(Withholding))
    db.session.commit()
    said = {"reason": "abusive", "sentence": "It named a colleague in anger."}
    withhold(question, was=question.state, **said, by=company.organiser, at=AFTER)


def test_a_quarter_that_is_not_published_has_no_account(app: Flask, company: Company, pages: Pages) -> None:
    pages.sign_in(company.organiser)
    pages.get("/ledger/2027-q1", status=404)
    pages.get("/ledger/nonsense", status=404)


def test_before_any_quarter_the_page_says_so(app: Flask, pages: Pages) -> None:
    page = pages.sign_in(make_person()).get("/ledger")
    assert "No quarter has been published yet" in page.text


def fetched_export(app: Flask, company: Company) -> dict[str, Any]:
    answer = Pages(app).sign_in(company.employee).client.get("/ledger/export.json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="ledger.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    exported: dict[str, Any] = json.loads(answer.get_data(as_text=True))
    return exported


def test_an_export_is_what_an_independent_program_calls_intact(app: Flask, company: Company) -> None:
    export = fetched_export(app, company)
    assert len(export["leaves"]) == queries.size()
    assert {one["text"] for one in export["openings"]} == {one.text for one in company.questions}
    assert sorted(one["number"] for one in export["answers"]) == [1, 1, 2]
    assert check_all(export, at=AFTER).bad == []


def test_a_text_that_was_changed_in_the_database_is_found_in_the_export(app: Flask, company: Company) -> None:
    """The control of the test before."""
    question = db.session.get_one(Question, company.questions[0].id)
    question.text = "Why is everything so good?"
    db.session.commit()
    found = check_all(fetched_export(app, company), at=AFTER).bad
    assert found
    assert all(question.id in sentence for sentence in found)


def forge(question: Question, *, signature: str | None) -> None:
    """Withdraw a question in its asker's name, as whoever has the database and the ledger's key can."""
    with transaction() as session:
        move(session, question.id, expected="waiting", to="withdrawn")
        erase(session, question.id)
        said = {"quarter": "2026-q2", "id": question.id, "day": DAY}
        actions.append(session, entries.withdrawn(**said, signature=signature))


def signatures(company: Company) -> dict[str, str | None]:
    """What a forger can put under the withdrawal of the company's first question."""
    question, other = company.questions[0], company.questions[1]
    return {
        "of before signatures were kept": None,
        "of another key": message(new_mark(), 0)["signature"],
        "of another question": message(other.mark, 0)["signature"],
        "of another quarter": message(question.mark, 0, quarter="2026-q1")["signature"],
        "of what was added to it": message(question.mark, 1, f"This one: {SECRET}")["signature"],
        "of no bytes": "A" * 86,
    }


@pytest.mark.parametrize(
    "under",
    [
        *("of before signatures were kept", "of another key", "of another question", "of another quarter"),
        *("of what was added to it", "of no bytes"),
    ],
)
def test_a_withdrawal_in_somebody_elses_name_is_found_by_the_independent_program(
    app: Flask, company: Company, under: str
) -> None:
    forge(company.questions[0], signature=signatures(company)[under])
    export = fetched_export(app, company)
    key = from_base64url(export["public_key"])
    found = opened_checkpoint(export["checkpoint"], issuer=export["name"], public_key=key)
    hashes = [merkle.leaf_hash(body.encode()) for body in export["leaves"]]
    assert (found.size, found.root) == (len(hashes), merkle.root_of_leaves(hashes))
    [said] = check_all(export, at=AFTER).bad
    assert "(withdrawn, 2026-q2)" in said
    assert ("no signature" if "before" in under else "forged") in said


def test_the_control_a_withdrawal_that_whoever_asked_signed_is_good(app: Flask, company: Company) -> None:
    question = company.questions[0]
    forge(question, signature=message(question.mark, 0)["signature"])
    verdict = check_all(fetched_export(app, company), at=AFTER)
    assert verdict.bad == []
    assert "2026-q2: 2 withdrawals and follow-ups are signed by those who asked." in verdict.good


def test_an_addition_in_somebody_elses_name_is_found_by_the_independent_program(
    app: Flask, company: Company
) -> None:
    question = company.questions[0]
    said = {"mark": question.mark, "number": 2, "text_hash": "a" * 64, "day": DAY}
    other = message(question.mark, 2, "Another.")["signature"]
    with transaction() as session:
        actions.append(session, entries.follow_up(quarter="2026-q2", **said, signature=other))
    [found] = check_all(fetched_export(app, company), at=AFTER).bad
    assert "(follow-up, 2026-q2): it was forged" in found


def test_what_was_added_is_in_the_export_with_its_salt_and_a_change_of_it_is_found(
    app: Flask, company: Company
) -> None:
    added = db.session.scalars(select(FollowUp)).one()
    export = fetched_export(app, company)
    [row] = export["follow_ups"]
    assert row == {
        "mark": company.questions[0].mark,
        "number": 1,
        "salt": to_base64url(bytes(added.salt or b"")),
        "text": f"This one: {SECRET}",
    }
    shown = "Follow-ups shown with the very texts that were received: 1."
    assert shown in check_all(export, at=AFTER).good
    added.text = "That one."
    db.session.commit()
    [said] = check_all(fetched_export(app, company), at=AFTER).bad
    assert said == f"A follow-up to question {company.questions[0].id} is not the one that was signed."


def test_the_export_holds_the_four_words_of_each_quarter(app: Flask, company: Company) -> None:
    export = fetched_export(app, company)
    words = queries.words("2026-q2", queries.size())
    assert export["words"] == {"2026-q2": words}
    assert f"2026-q2: the four words of its keys are {words}." in check_all(export, at=AFTER).good


def test_an_erased_text_is_in_no_export_and_the_rest_still_verifies(app: Flask, company: Company) -> None:
    withhold_once(db.session.get_one(Question, company.questions[0].id), company)
    export = fetched_export(app, company)
    assert company.questions[0].id not in {one["id"] for one in export["openings"]}
    assert export["follow_ups"] == []
    assert check_all(export, at=AFTER).bad == []


def test_whoever_is_not_signed_in_gets_no_export(app: Flask, company: Company) -> None:
    assert Pages(app).client.get("/ledger/export.json").status_code == 302


def test_before_the_first_entry_the_export_is_empty_and_signed(app: Flask) -> None:
    answer = Pages(app).sign_in(make_person()).client.get("/ledger/export.json")
    export = json.loads(answer.get_data(as_text=True))
    lists = ("leaves", "openings", "follow_ups", "answers")
    assert [export[name] for name in lists] == [[], [], [], []]
    assert export["words"] == {}
    assert check_all(export, at=AFTER).bad == []


def kinds() -> list[str]:
    """What each entry is, in their order."""
    return [json.loads(body)["kind"] for body in queries.leaves(0, queries.size())]


def test_another_pass_client_is_written_down_once(app: Flask, company: Company) -> None:
    run_due(AFTER)
    before = kinds()
    version, assets = app.extensions["narrative.assets"]
    other = replace(assets[CLIENT_LIST], plain=b"{}")
    run_due(AFTER)
    assert kinds() == before
    app.extensions["narrative.assets"] = (version, {**assets, CLIENT_LIST: other})
    app.extensions.pop(actions.CLIENT_NOTED)  # a process of its own, as after an update
    assert "Another pass client is served; the ledger says so." in run_due(AFTER)
    assert kinds() == [*before, "client"]
    assert queries.last_client() == hashlib.sha256(b"{}").hexdigest()
    app.extensions.pop(actions.CLIENT_NOTED)
    run_due(AFTER)
    assert kinds() == [*before, "client"]


def test_two_versions_that_serve_at_once_do_not_contradict_each_other_for_ever(
    app: Flask, company: Company
) -> None:
    assert actions.note_client("a" * 64)
    for client in ("b" * 64, "a" * 64, "b" * 64):
        assert not actions.note_client(client)


def test_without_keys_no_client_is_written_down_but_there_is_a_key_to_promise_with(app: Flask) -> None:
    run_due(AFTER)
    assert queries.size() == 0
    assert fetch(app, "key").status_code == 200
