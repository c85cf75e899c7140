"""`narrative verify` calls an honest export intact, and finds whatever was done to another."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from narrative.cli import cli
from narrative.independent.receipts import Receipt
from narrative.independent.verifying import Verdict, check_all
from narrative.ledger.rules import entries, merkle, notes
from narrative.ledger.rules.entries import Entry
from narrative.questions.commitments import commitment
from tests.pass_holder import to_base64url

ISSUER, QUARTER, DAY = "narrative.example", "2026-q3", date(2026, 8, 3)
SIGNER = Ed25519PrivateKey.generate()
CLOSE = datetime(2026, 8, 7, 12, tzinfo=UTC)
BEFORE, AFTER = CLOSE - timedelta(days=1), CLOSE + timedelta(days=1)
TEXTS = ["Why?", "When?", "Who?", "How?"]
RECEIPTS = [Receipt(bytes([number]) * 16) for number in range(5)]


def signed(text: str, name: str, *, key: Ed25519PrivateKey = SIGNER) -> str:
    """A note as the server signs it."""
    public = key.public_key().public_bytes_raw()
    return notes.signed_note(text, name=name, public_key=public, signature=key.sign(text.encode()))


def checkpoint(leaves: list[str]) -> str:
    """The signed checkpoint over some leaves."""
    root = merkle.root_of_leaves([merkle.leaf_hash(body.encode()) for body in leaves])
    name = notes.checkpoint_name(ISSUER)
    return signed(notes.checkpoint_text(notes.Checkpoint(name, len(leaves), root)), name)


def committed(number: int, text: str) -> str:
    """The commitment of one of our questions."""
    return commitment(RECEIPTS[number].salt, quarter=QUARTER, bucket="people", text=text)


def promise(number: int = 0, *, text: str | None = None) -> str:
    """The signed promise for one of our questions."""
    said = {"quarter": QUARTER, "commitment": committed(number, text or TEXTS[number]), "close": CLOSE}
    told = notes.promise_text(issuer=ISSUER, mark=RECEIPTS[number].mark, **said)  # type: ignore[arg-type]
    return signed(told, notes.promise_name(ISSUER))


def told() -> list[Entry]:
    """A quarter with one question of each fate."""
    names = ["ask/0/a", "vote/1/b", "vote/2/c"]
    client = "0" * 64
    of_quarter = {"quarter": QUARTER, "day": DAY}
    return [
        entries.keys(quarter=QUARTER, issuer=ISSUER, keys=names, client=client, round=1),
        entries.client(client="1" * 64),
        entries.tick(released=3, **of_quarter),
        *(question(number) for number in range(3)),
        entries.keys(quarter=QUARTER, issuer=ISSUER, keys=["vote/3/d", "vote/4/e"], client=client, round=2),
        entries.answer(id="q0", number=1, text="Because.", **of_quarter),
        entries.answer(id="q0", number=2, text="Because!", **of_quarter),
        entries.declined(id="q1", reason="person", sentence="It names somebody.", **of_quarter),
        entries.withheld(id="q1", reason="person", **of_quarter),
        entries.follow_up(mark=RECEIPTS[2].mark, number=1, text_hash="2" * 64, **of_quarter),
        entries.withdrawn(id="q2", **of_quarter),
        entries.tick(released=1, **of_quarter),
        question(3),
        entries.close(received=4, **of_quarter),
    ]


def question(number: int) -> Entry:
    """The entry of one of our questions."""
    said = {"mark": RECEIPTS[number].mark, "commitment": committed(number, TEXTS[number])}
    return entries.question(quarter=QUARTER, id=f"q{number}", day=DAY, **said)


def export_of(leaves: list[str]) -> dict[str, Any]:
    """An export of these leaves, signed."""
    opened = {"quarter": QUARTER, "bucket": "people"}
    return {
        "format": "narrative ledger v1",
        "name": ISSUER,
        "public_key": to_base64url(SIGNER.public_key().public_bytes_raw()),
        "checkpoint": checkpoint(leaves),
        "leaves": leaves,
        "openings": [
            {"id": f"q{number}", "salt": to_base64url(RECEIPTS[number].salt), "text": TEXTS[number], **opened}
            for number in (0, 3)
        ],
        "answers": [{"id": "q0", "number": 2, "text": "Because!"}],
    }


LEAVES = [entry.body for entry in told()]
HONEST = export_of(LEAVES)
SPLIT = 9


def test_an_honest_export_is_intact():
    verdict = check_all(HONEST, at=AFTER, promises=[promise()], checkpoints=[checkpoint(LEAVES[:SPLIT])])
    assert verdict.bad == []
    assert f"{QUARTER}: 4 received: 1 answered, 1 withdrawn, 1 withheld, 1 waiting." in verdict.good
    assert "The promise was kept: the question is in the ledger, answered." in verdict.good


def changed(work: Callable[[dict[str, Any]], object]) -> Verdict:
    """The verdict about an export with which something was done, its checkpoint left as it was."""
    export = copy.deepcopy(HONEST)
    work(export)
    return check_all(export, at=AFTER)


@pytest.mark.parametrize("position", range(len(LEAVES)))
def test_a_dropped_edited_doubled_or_moved_entry_is_found(position):
    body = LEAVES[position]
    other = LEAVES[position - 1]
    assert body != other
    edited = body.replace("2026", "2025") if "2026" in body else body.replace("1", "2")
    assert not changed(lambda export: export["leaves"].pop(position)).intact
    assert not changed(lambda export: export["leaves"].insert(position, body)).intact
    assert not changed(lambda export: export["leaves"].__setitem__(position, edited)).intact
    assert not changed(lambda export: export["leaves"].__setitem__(position, other)).intact
    moved = [*LEAVES[:position], *LEAVES[position + 1 :], body]
    assert moved == LEAVES or not changed(lambda export: export.update(leaves=moved)).intact


@pytest.mark.parametrize("position", [0, *range(2, len(LEAVES))])
def test_whoever_has_the_key_cannot_drop_an_entry_of_a_quarter_unseen(position):
    """The tree is signed anew: the account, the texts or the earlier checkpoint still say so."""
    leaves = [*LEAVES[:position], *LEAVES[position + 1 :]]
    export = {**copy.deepcopy(HONEST), "leaves": leaves, "checkpoint": checkpoint(leaves)}
    verdict = check_all(export, at=AFTER, checkpoints=[checkpoint(LEAVES)])
    assert any("earlier checkpoint" in line for line in verdict.bad) or len(verdict.bad) == 1
    assert not verdict.intact


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (lambda one: one.update(checkpoint=one["checkpoint"].replace("example", "other")), "No signature"),
        (lambda one: one.update(checkpoint=checkpoint(LEAVES[:-1])), "signed over 15 entries"),
        (lambda one: one.update(name="other.example"), "No signature"),
        (lambda one: one.update(public_key=to_base64url(bytes(32))), "No signature"),
        (lambda one: one["openings"][0].update(text="Why not?"), "text of question q0 is not the one"),
        (lambda one: one["openings"][0].update(bucket=None), "text of question q0 is not the one"),
        (lambda one: one["openings"][0].update(salt="x"), "text of question q0 is not the one"),
        (lambda one: one["openings"][0].update(text=7), "text of question q0 is not the one"),
        (lambda one: one["openings"].pop(), "text of question q3 is missing"),
        (lambda one: one["openings"].append(one["openings"][0]), "text of question q0 is not the one"),
        (lambda one: one["openings"][0].update(id=["q0"]), "is not the one that was received"),
        (lambda one: one["answers"][0].update(text="Because?"), "answer to question q0 is not the one"),
        (lambda one: one["answers"].clear(), "answer to question q0 is missing"),
        (lambda one: one["answers"].append({"id": "q3", "number": 1, "text": "So."}), "question q3 is not"),
        (lambda one: one["answers"].append({"id": "q3", "number": {}, "text": {}}), "question q3 is not"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_was_done_to_an_export_is_said(what, said):
    verdict = changed(what)
    assert [line for line in verdict.bad if said in line], verdict.bad


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ([2, 3, 4, 5, 0], "before any keys"),
        ([0, 3], "outside of a tick"),
        ([0, 2, 3, 4], "the last tick released more"),
        ([0, 2, 3, 4, 7], "released more questions"),
        ([0, 0], "one is there twice"),
        ([6], "not in their order"),
        ([0, 2, 3, 4, 5, 8], "a version of an answer is missing"),
        ([0, 2, 3, 4, 5, 12, 11, 12], "became of a question that was withdrawn"),
        ([0, 9], "not in the ledger"),
        ([0, 11], "belongs to no question"),
        ([0, 15], "another number of questions"),
        ([0, 2, 3, 4, 3], "twice"),
    ],
    ids=str,
)
def test_a_signed_ledger_that_contradicts_itself_is_not_intact(order, said):
    export = export_of([LEAVES[position] for position in order])
    assert [line for line in check_all(export, at=AFTER).bad if said in line]


def test_a_quarter_that_began_before_the_ledger_is_pointed_out_and_no_alarm():
    leaves = [LEAVES[2], *LEAVES[3:6], LEAVES[7], LEAVES[9].replace('"q1"', '"older"')]
    export = export_of(leaves)
    export["openings"] = [
        {
            **export["openings"][0],
            "id": f"q{number}",
            "salt": to_base64url(RECEIPTS[number].salt),
            "text": TEXTS[number],
        }
        for number in range(3)
    ]
    export["answers"] = [
        {"id": "q0", "number": 1, "text": "Because."},
        {"id": "older", "number": 1, "text": "So."},
    ]
    verdict = check_all(export, at=AFTER)
    assert verdict.bad == []
    assert len(verdict.notes) == 2


def test_promises_kept_due_and_broken():
    def said(note: str, *, leaves: list[str] = LEAVES, at: datetime = AFTER) -> tuple[list[str], str]:
        verdict = check_all({**export_of(leaves), "openings": [], "answers": []}, at=at, promises=[note])
        about = [line for line in verdict.good + verdict.bad if "promise" in line.lower()]
        return [line for line in verdict.bad if line in about], about[-1]

    assert said(promise())[0] == []
    assert said(promise(4, text="Lost?"))[1].startswith("The promise was broken: the quarter is closed")
    assert said(promise(0, text="Another?"))[1].startswith("The promise was broken: another text")
    assert said(promise(4, text="Lost?"), leaves=LEAVES[:-1], at=BEFORE)[0] == []
    assert "a new one" in said(promise(4, text="Lost?"), leaves=LEAVES[:-1])[1]
    forged = promise().replace(RECEIPTS[0].mark, RECEIPTS[1].mark)
    assert said(forged)[1].startswith("The promise is not one of this ledger")


def test_earlier_checkpoints():
    rewritten = [*LEAVES[:3], LEAVES[4], LEAVES[3], *LEAVES[5:]]
    assert not check_all(HONEST, at=AFTER, checkpoints=[checkpoint(rewritten)]).intact
    assert not check_all(HONEST, at=AFTER, checkpoints=[checkpoint([*LEAVES, LEAVES[1]])]).intact
    assert not check_all(HONEST, at=AFTER, checkpoints=["nothing"]).intact
    assert check_all(HONEST, at=AFTER, checkpoints=[checkpoint([]), checkpoint(LEAVES)]).intact
    assert not check_all(HONEST, at=AFTER, key=to_base64url(bytes(32))).intact


def run(tmp_path: Path, export: Any, *options: str) -> tuple[int, str]:
    """Verify by command: its exit code and what it printed."""
    file = tmp_path / "export.json"
    file.write_text(export if isinstance(export, str) else json.dumps(export), encoding="utf-8")
    done = CliRunner().invoke(cli, ["verify", str(file), *options])
    return done.exit_code, done.output


def test_the_command_says_it_in_words_and_by_its_exit_code(tmp_path):
    (tmp_path / "promise").write_text(promise(), encoding="utf-8")
    (tmp_path / "checkpoint").write_text(checkpoint(LEAVES[:SPLIT]), encoding="utf-8")
    options = ["--promise", str(tmp_path / "promise"), "--checkpoint", str(tmp_path / "checkpoint")]
    status, said = run(tmp_path, HONEST, *options)
    assert (status, said.splitlines()[-1]) == (0, "Intact.")
    assert said.count("ok   ") == 8
    status, said = run(tmp_path, export_of(LEAVES[1:]), *options)
    assert status == 1
    assert "NOT INTACT" in said


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "nothing", "[" * 100_000, '{"format":"narrative ledger v1","leaves":[1]}']
)
def test_what_is_no_export_ends_with_2(tmp_path, text):
    status, said = run(tmp_path, text)
    assert status == 2
    assert len(said.splitlines()) == 1


def test_calling_it_wrongly_ends_with_2(tmp_path):
    assert CliRunner().invoke(cli, ["verify", str(tmp_path / "nowhere")]).exit_code == 2
    assert CliRunner().invoke(cli, ["verify"]).exit_code == 2
