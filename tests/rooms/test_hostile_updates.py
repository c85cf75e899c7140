"""What no drafting room sends: refused, nothing stored, the document readable as before."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from pycrdt import Array, Doc, Map, Text

from narrative.database import db
from narrative.encoding import to_base64url
from narrative.narratives.document.checks import LARGEST_UPDATE, LONGEST_NOTES, STRANGE
from narrative.narratives.document.models import Document, DocumentUpdate
from narrative.narratives.rules import LONGEST_TEXT, LONGEST_TITLE, MOST_PRIORITIES
from narrative.people.models import Contributor
from tests.document_page import WritingPage
from tests.drafting import AT, Company, make_company
from tests.factories import make_person
from tests.pages import Pages

READABLE = "This stands here."


@pytest.fixture
def company(app: Flask) -> Iterator[Company]:
    """A company, and the clock, in the drafting stage."""
    with time_machine.travel(AT, tick=False):
        yield make_company()


@pytest.fixture
def page(company: Company, pages: Pages) -> WritingPage:
    """Ada's page, with a sentence that is stored."""
    opened = WritingPage(visitor=pages.sign_in(company.ada))
    opened.sync()
    opened.type(READABLE)
    opened.sync()
    return opened


def still_readable(page: WritingPage) -> None:
    """One update is stored, and somebody who opens the room now reads what was there."""
    db.session.rollback()
    assert db.session.query(DocumentUpdate).count() == 1
    fresh = WritingPage(visitor=page.visitor)
    fresh.sync()
    assert (str(fresh.text()), fresh.seq) == (READABLE, 1)


def refused(page: WritingPage, update: bytes, *, status: int = 422) -> str:
    """Send some bytes as an update, and return why they were refused."""
    said = page.send(update=to_base64url(update), status=status)
    still_readable(page)
    return str(said["error"])


def test_bytes_that_are_no_update(page: WritingPage) -> None:
    chance = random.Random(7)
    good = page.doc.get_update()
    for length in (1, 2, 10, 100, 1_000, 100_000):
        assert refused(page, chance.randbytes(length)) == STRANGE
    for cut in range(1, len(good) - 1, 7):
        assert page.send(update=to_base64url(good[:-cut]), status=422) == {"error": STRANGE}
    still_readable(page)


def test_bytes_flipped_at_random_never_fail_unhandled(page: WritingPage) -> None:
    chance = random.Random(11)
    page.type(" More of it.")
    good = bytearray(page.unsent())
    for _ in range(150):
        changed = bytearray(good)
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        sent = page.body(update=to_base64url(bytes(changed)))
        headers = {"X-CSRFToken": page.token, "Accept": "application/json"}
        assert page.visitor.client.post(page.address, json=sent, headers=headers).status_code in {200, 422}
    fresh = WritingPage(visitor=page.visitor)
    fresh.sync()
    assert READABLE in str(fresh.text())


def test_an_update_whose_forerunner_is_missing_is_not_taken_for_saved(page: WritingPage) -> None:
    before = page.doc.get_state()
    page.type(" First")
    between = page.doc.get_state()
    page.type(" second")
    told = page.send(update=to_base64url(page.doc.get_update(between)))
    assert (told["seq"], told["state"]) == (1, to_base64url(before))
    still_readable(page)
    page.sync()
    assert page.saved
    fresh = WritingPage(visitor=page.visitor)
    fresh.sync()
    assert str(fresh.text()) == f"{READABLE} First second"


def _unknown_root(doc: Doc[Any]) -> None:
    doc.get("payload", type=Text).insert(0, "x" * 50_000)


def _formatting(doc: Doc[Any]) -> None:
    doc.get("opening", type=Text).format(0, 4, {"href": "javascript:alert(1)"})


def _embedded(doc: Doc[Any]) -> None:
    doc.get("opening", type=Text).insert_embed(0, {"image": "data:image/png;base64,AAAA"})


def add_row(doc: Doc[Any], *, key: str = "0" * 16, **parts: Any) -> None:
    """Add a priority whose parts are as they should be, except for `parts`."""
    row = {"place": 1.0, "title": Text("T"), "measure": Text(), "owner_id": None, "gone": False}
    doc.get("priorities", type=Map)[key] = Map({**row, "carries": None, **parts})


def _rows_that_are_none(doc: Doc[Any]) -> None:
    doc.get("priorities", type=Map)["0" * 16] = "a text"


def _a_row_with_more(doc: Doc[Any]) -> None:
    add_row(doc, secret="x")


def _a_row_with_other_kinds(doc: Doc[Any]) -> None:
    add_row(doc, place="first")


def _a_row_of_lists(doc: Doc[Any]) -> None:
    add_row(doc, title=Array(["T"]))


def _a_key_of_its_own(doc: Doc[Any]) -> None:
    add_row(doc, key="../../etc/passwd")


def _no_place(doc: Doc[Any]) -> None:
    add_row(doc, place=float("nan"))


def _an_owner_who_is_nobody(doc: Doc[Any]) -> None:
    add_row(doc, owner_id=987_654)


def _an_owner_beyond_numbers(doc: Doc[Any]) -> None:
    add_row(doc, owner_id=1e300)


def _a_promise_that_is_none(doc: Doc[Any]) -> None:
    add_row(doc, carries="x")


def _an_outcome_of_nothing(doc: Doc[Any]) -> None:
    doc.get("outcomes", type=Map)["priority-x"] = Map({"state": "done", "sentence": Text()})


def _an_outcome_that_is_none(doc: Doc[Any]) -> None:
    doc.get("outcomes", type=Map)["priority-1"] = Map({"state": "superb", "sentence": Text()})


STRANGERS = [one for name, one in list(globals().items()) if name.startswith("_") and callable(one)]


@pytest.mark.parametrize("change", STRANGERS, ids=lambda one: one.__name__.strip("_"))
def test_what_no_drafting_room_writes(page: WritingPage, change: Callable[[Doc[Any]], None]) -> None:
    state = page.doc.get_state()
    change(page.doc)
    assert refused(page, page.doc.get_update(state)) == STRANGE


def test_an_employee_owns_no_priority(company: Company, page: WritingPage) -> None:
    state = page.doc.get_state()
    page.add_priority("T", owner_id=company.employee.id)
    assert refused(page, page.doc.get_update(state)) == STRANGE


def nested_maps(depth: int) -> bytes:
    """An update by which a map holds a map, and so on: each is a struct of its own (Yjs, update format 1)."""

    def number(value: int) -> bytes:
        low = bytes([value & 127])
        return low if value < 128 else bytes([low[0] | 128]) + number(value >> 7)

    def word(value: str) -> bytes:
        return number(len(value)) + value.encode()

    a_map, named = number(1), bytes([0x20 | 7])
    structs = [named + number(1) + word("priorities") + word("0" * 16) + a_map]
    structs += [named + number(0) + number(7) + number(one) + word("k") + a_map for one in range(depth - 1)]
    return number(1) + number(depth) + number(7) + number(0) + b"".join(structs) + number(0)


@pytest.mark.parametrize("depth", [2, 20_000])
def test_maps_in_maps_in_maps(page: WritingPage, depth: int) -> None:
    assert refused(page, nested_maps(depth)) == STRANGE


def test_texts_that_are_too_long_say_by_how_much(page: WritingPage) -> None:
    page.type("x" * (LONGEST_TEXT + 5), "went_well")
    kept = "Until then what you write is kept on this device only."
    sentence = f"Shorten “What went well” by 5 characters: it may have 60,000. {kept}"
    assert refused(page, page.unsent()) == sentence
    text = page.text("went_well")
    del text[0:5]
    page.sync()
    assert page.saved


@pytest.mark.parametrize(
    ("name", "limit", "label"),
    [("private_notes", LONGEST_NOTES, "Private notes"), ("opening", LONGEST_TEXT, "Opening")],
)
def test_every_text_has_its_limit(page: WritingPage, name: str, limit: int, label: str) -> None:
    over = limit + 1 - len(str(page.text(name)))
    page.type("é" * over, name)
    assert refused(page, page.unsent()).startswith(
        f"Shorten “{label}” by 1 characters: it may have {limit:,}."
    )


def test_priorities_have_their_limits(page: WritingPage) -> None:
    state = page.doc.get_state()
    page.add_priority("x" * (LONGEST_TITLE + 1))
    assert refused(page, page.doc.get_update(state)).startswith(f"Shorten “{'x' * 40}” by 1 characters")
    many = WritingPage(visitor=page.visitor)
    many.sync()
    for number in range(MOST_PRIORITIES + 2):
        many.add_priority(f"Priority {number}")
    assert refused(many, many.unsent()).startswith("Remove 2 of the priorities: there may be 30.")


def test_an_update_that_is_too_large(page: WritingPage) -> None:
    page.type("x" * (LARGEST_UPDATE + 1))
    said = refused(page, page.unsent(), status=413)
    assert said.startswith(
        "This would make the text larger than the server takes. It is kept on this device."
    )


def test_thousands_of_tiny_inserts_are_no_larger_than_their_words(
    company: Company, page: WritingPage
) -> None:
    chance = random.Random(3)
    text = page.text()
    with page.doc.transaction():
        for _ in range(9_000):
            text.insert(chance.randrange(len(text) + 1), "a")
    page.sync()
    assert page.saved
    with time_machine.travel(AT + timedelta(minutes=5), tick=False):
        page.visitor.get("/narratives/2026-q2/product/draft")
    assert company.head.opening == str(text)


def test_a_document_that_grew_too_large_is_refused_before_it_is_hit(page: WritingPage) -> None:
    document = db.session.query(Document).one()
    document.size += 3_000_000
    db.session.commit()
    page.type("x")
    said = page.send(status=413)
    assert said["error"].startswith("This would make the text larger than the server takes.")


@pytest.mark.parametrize(
    "changes",
    [
        {"tab": "not hex"},
        {"tab": None},
        {"seq": "1"},
        {"seq": -1},
        {"seq": True},
        {"seq": 10**12},
        {"state": "?"},
        {"state": "A" * 80_000},
        {"update": "not base64!"},
        {"update": None},
        {"cursor": "x"},
        {"cursor": {"x": "y" * 2_000}},
        {"away": 1},
    ],
    ids=str,
)
def test_messages_that_are_none(page: WritingPage, changes: dict[str, Any]) -> None:
    assert page.send(status=400, **changes) == {"error": STRANGE}
    still_readable(page)


def test_a_state_vector_that_is_none(page: WritingPage) -> None:
    page.send(status=422, seq=None, state=to_base64url(b"\xff" * 20))
    still_readable(page)


def test_bodies_that_are_no_message(page: WritingPage) -> None:
    headers = {"X-CSRFToken": page.visitor.csrf_token(), "Accept": "application/json"}
    post = page.visitor.client.post
    for body in (b"", b"[]", b"null", b"{", b"[" * 20_000, b'"x"'):
        answer = post(page.address, data=body, headers=headers, content_type="application/json")
        assert answer.status_code == 400, body[:10]
    assert post(page.address, data=b"{}", headers=headers, content_type="text/plain").status_code == 400
    large = post(page.address, data=bytes(1_000_001), headers=headers, content_type="application/json")
    assert large.status_code == 413
    still_readable(page)


def test_without_a_token_nothing_is_taken(page: WritingPage) -> None:
    headers = {"Accept": "application/json"}
    answer = page.visitor.client.post(page.address, json=page.body(), headers=headers)
    assert answer.status_code == 400
    still_readable(page)


def test_whoever_lost_their_place_is_told_who_keeps_the_text(company: Company, pages: Pages) -> None:
    page = WritingPage(visitor=pages.sign_in(company.grace))
    page.sync()
    db.session.query(Contributor).delete()
    db.session.commit()
    page.type("Never sent.")
    said = page.send(status=403)
    assert (
        said["error"] == "You no longer write in this bucket. What you wrote is kept on this device; copy it."
    )
    assert db.session.query(DocumentUpdate).count() == 0


def test_rooms_do_not_exist_for_employees_nor_where_there_is_nothing(company: Company, pages: Pages) -> None:
    employee = WritingPage(visitor=pages.sign_in(company.employee))
    employee.send(status=404)
    leader = pages.another().sign_in(company.ada)
    WritingPage(visitor=leader, address="/narratives/2026-q9/product/document").send(status=404)
    WritingPage(visitor=leader, address="/narratives/2026-q2/nothing/document").send(status=404)
    other = WritingPage(visitor=pages.another().sign_in(make_person("leader")))
    other.send(status=403)


def test_before_drafting_opens_and_in_an_archived_bucket_it_says_why(company: Company, pages: Pages) -> None:
    page = WritingPage(visitor=pages.sign_in(company.ada))
    page.sync()
    company.quarter.drafting_opens_at, opens = AT + timedelta(hours=1), company.quarter.drafting_opens_at
    db.session.commit()
    early = page.send(status=409)
    assert (early["state"], early["error"].startswith("Writing opens")) == ("early", True)
    company.quarter.drafting_opens_at = opens
    db.session.commit()
    company.bucket.archived_at = AT
    db.session.add(company.bucket)
    db.session.commit()
    page.type("x")
    assert page.send(status=409)["state"] == "archived"
