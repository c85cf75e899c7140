"""Bodies of entries: written in one form only, read back only from that form, by two programs alike."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrative.independent.entries import read_entry
from narrative.independent.refusals import LedgerMismatch
from narrative.ledger.rules import entries
from narrative.ledger.rules.entries import Entry, MalformedEntry, canonical, read

DAY = date(2026, 8, 3)
QUARTER = "2026-q3"
ID, HASH, SIGNATURE = "0a" * 16, "ab" * 32, "A" * 86
ABOUT = {"quarter": QUARTER, "id": ID, "day": DAY}

EVERY_KIND = [
    entries.keys(quarter=QUARTER, issuer="localhost:8000", keys=["ask/0/x"], client=HASH, round=1),
    entries.client(client=HASH),
    entries.tick(quarter=QUARTER, released=3, day=DAY),
    entries.question(**ABOUT, mark="m" * 43, commitment="c" * 43),
    entries.answer(**ABOUT, number=1, text="Yes."),
    entries.declined(**ABOUT, reason="personal", sentence="It names somebody."),
    entries.reopened(**ABOUT),
    entries.withheld(**ABOUT, reason="personal"),
    entries.withdrawn(**ABOUT, signature=SIGNATURE),
    entries.merged(**ABOUT, into="0b" * 16),
    entries.follow_up(quarter=QUARTER, mark="m" * 43, number=1, text_hash=HASH, day=DAY, signature=SIGNATURE),
    entries.asked_back(**ABOUT, number=1, text="Which?"),
    entries.regrant(quarter=QUARTER, number=2),
    entries.close(quarter=QUARTER, received=3, day=DAY),
]


def kind_of(entry: Entry) -> str:
    return entry.kind


def test_every_kind_is_here() -> None:
    assert {entry.kind for entry in EVERY_KIND} == set(entries.SHAPES)


@pytest.mark.parametrize("entry", EVERY_KIND, ids=kind_of)
def test_a_body_is_read_as_it_was_written(entry: Entry) -> None:
    assert read(entry.body) == entry
    assert read_entry(0, entry.body).said == entry.fields


def test_a_body_holds_a_day_and_the_hash_of_a_text_but_neither_time_nor_text() -> None:
    assert entries.answer(**ABOUT, number=2, text="Yes.").body == (
        '{"day":"2026-08-03","id":"' + ID + '","kind":"answer","number":2,"quarter":"2026-q3",'
        '"text_hash":"' + entries.text_hash("Yes.") + '"}'
    )


@pytest.mark.parametrize("entry", EVERY_KIND, ids=kind_of)
def test_nothing_can_be_left_out_or_put_in(entry: Entry) -> None:
    fields, later = entry.fields, entries.LATER.get(entry.kind, {})
    for name in fields:
        without = canonical({other: value for other, value in fields.items() if other != name})
        if name in later:
            assert read(without).fields == read_entry(0, without).said
        else:
            refused(without)
        for wrong in (None, 1.5, True, {}, [], -1, ""):
            refused(canonical({**fields, name: wrong}))
    refused(canonical({**fields, "at": "2026-08-03T09:00:00Z"}))


@pytest.mark.parametrize(
    "body",
    [
        *("", "{}", "[]", "null", '"tick"', "{", "NaN", "[" * 100_000),
        '{"client":"' + HASH + '", "kind":"client"}',
        '{"kind":"client","client":"' + HASH + '"}',
        '{"client":"' + HASH + '","client":"' + HASH + '","kind":"client"}',
        '{"client":"' + HASH.upper() + '","kind":"client"}',
        '{"kind":"gossip"}',
        '{"day":"2026-08-03T09:00","kind":"tick","quarter":"2026-q3","released":1}',
        '{"day":"2026-02-30","kind":"tick","quarter":"2026-q3","released":1}',
        '{"day":"2026-08-03","kind":"tick","quarter":"2026-q3","released":1.0}',
    ],
    ids=range(16),
)
def test_anything_else_is_refused(body: str) -> None:
    refused(body)


def test_what_was_written_before_signatures_were_kept_is_read_as_it_is() -> None:
    about = {"id": ID, "kind": "withdrawn", "quarter": QUARTER, "day": "2026-08-03"}
    assert read(canonical(about)).body == entries.withdrawn(**ABOUT, signature=None).body
    for wrong in ("A" * 85, "A" * 85 + "B", "A" * 85 + "=", "ä" * 86):
        refused(canonical({**about, "signature": wrong}))
    first = EVERY_KIND[0].fields
    assert first["signed"] == ["follow-up", "withdrawn"]
    refused(canonical({**first, "signed": ["withdrawn"]}))
    later = entries.keys(quarter=QUARTER, issuer="localhost:8000", keys=["vote/1/x"], client=HASH, round=2)
    assert "signed" not in later.fields


def refused(body: str) -> None:
    with pytest.raises(MalformedEntry):
        read(body)


@given(st.dictionaries(st.text(), st.one_of(st.text(), st.integers(), st.lists(st.text()))))
def test_no_other_object_is_taken_for_an_entry(fields: dict[str, object]) -> None:
    try:
        body = read(json.dumps(fields)).body
    except MalformedEntry:
        return
    assert canonical(json.loads(body)) == body


def test_what_the_other_program_refuses_is_refused_here() -> None:
    with pytest.raises(LedgerMismatch):
        read_entry(0, '{"kind":"gossip"}')
    refused('{"kind":"gossip"}')
