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
from narrative.independent.bytes import from_base64url
from narrative.independent.receipts import Receipt
from narrative.independent.signatures import follow_up_hash
from narrative.independent.verdict import Verdict
from narrative.independent.verifying import check_all
from narrative.independent.words import four_words
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


KEYS = ("ask/0/a", "vote/1/b", "vote/2/c")
WORDS = four_words(KEYS)


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
    names = list(KEYS)
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
        added(2),
        entries.withdrawn(id="q2", signature=str(message(2, 0)["signature"]), **of_quarter),
        entries.tick(released=1, **of_quarter),
        question(3),
        added(0),
        entries.close(received=4, **of_quarter),
    ]


def message(number: int, follow_up: int, text: str = "", **said: str) -> dict[str, Any]:
    """What whoever asked one of our questions sends later."""
    return RECEIPTS[number].message(**{"quarter": QUARTER, **said}, number=follow_up, text=text)


def added(number: int, *, follow_up: int = 1, text: str = "More.", **said: Any) -> Entry:
    """The entry of what was added to one of our questions."""
    sent = message(number, follow_up, text)
    about = {"mark": sent["mark"], "number": follow_up, "signature": sent["signature"]}
    hashed = follow_up_hash(from_base64url(sent["salt"]), mark=sent["mark"], number=follow_up, text=text)
    return entries.follow_up(quarter=QUARTER, day=DAY, **{**about, "text_hash": hashed, **said})


def question(number: int) -> Entry:
    """The entry of one of our questions."""
    said = {"mark": RECEIPTS[number].mark, "commitment": committed(number, TEXTS[number])}
    return entries.question(quarter=QUARTER, id=f"q{number}", day=DAY, **said)


def export_of(leaves: list[str]) -> dict[str, Any]:
    """An export of these leaves, signed."""
    opened = {"quarter": QUARTER, "bucket": "people"}
    return {
        "format": "narrative ledger v2",
        "name": ISSUER,
        "public_key": to_base64url(SIGNER.public_key().public_bytes_raw()),
        "checkpoint": checkpoint(leaves),
        "leaves": leaves,
        "openings": [
            {"id": f"q{number}", "salt": to_base64url(RECEIPTS[number].salt), "text": TEXTS[number], **opened}
            for number in (0, 3)
        ],
        "follow_ups": [{name: message(0, 1, "More.")[name] for name in ("mark", "number", "salt", "text")}],
        "answers": [{"id": "q0", "quarter": QUARTER, "number": 2, "text": "Because!"}],
        "words": {QUARTER: WORDS},
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
        (lambda one: one.update(checkpoint=checkpoint(LEAVES[:-1])), "signed over 16 entries"),
        (lambda one: one.update(name="other.example"), "No signature"),
        (lambda one: one.update(public_key=to_base64url(bytes(32))), "No signature"),
        (lambda one: one["openings"][0].update(text="Why not?"), "text of question q0 is not the one"),
        (lambda one: one["openings"][0].update(bucket=None), "text of question q0 is not the one"),
        (lambda one: one["openings"][0].update(salt="x"), "text of question q0 is not the one"),
        (lambda one: one["openings"][0].update(text=7), "text of question q0 is not the one"),
        (lambda one: one["openings"].pop(), "text of question q3 is missing"),
        (lambda one: one["openings"].append(one["openings"][0]), "text of question q0 is not the one"),
        (lambda one: one["openings"][0].update(id=["q0"]), "is not the one that was received"),
        (lambda one: one["follow_ups"][0].update(text="Less."), "follow-up to question q0 is not the one"),
        (lambda one: one["follow_ups"][0].update(salt="x"), "follow-up to question q0 is not the one"),
        (lambda one: one["follow_ups"][0].update(number=True), "follow-up to question q0 is not the one"),
        (lambda one: one["follow_ups"].clear(), "follow-up to question q0 is missing"),
        (lambda one: one["follow_ups"].append({"mark": RECEIPTS[2].mark}), "follow-up to question q2 is not"),
        (lambda one: one["follow_ups"].append({"mark": "nobody"}), "follow-up to question nobody is not"),
        (lambda one: one["words"].clear(), "four words of the export are not those"),
        (lambda one: one["words"].update({QUARTER: "acorn album arch atlas"}), "four words of the export"),
        (lambda one: one["words"].update({"2026-q4": WORDS}), "2026-q4: the four words of the export"),
        (lambda one: one["answers"].append({"id": "q9", "quarter": QUARTER}), "that the ledger never had"),
        (lambda one: one["answers"].append({"id": "q9", "quarter": "2026-q4"}), "that the ledger never had"),
        (lambda one: one["answers"].append({"id": "q9"}), "that the ledger never had"),
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
        ([0, 2, 3, 4, 5, 12, 12], "became of a question that was withdrawn"),
        ([0, 9], "not in the ledger"),
        ([0, 11], "belongs to no question"),
        ([0, 16], "another number of questions"),
        ([0, 2, 3, 4, 5, 12, 11], "added to a question that was withdrawn"),
        ([0, 2, 3, 4, 3], "twice"),
    ],
    ids=str,
)
def test_a_signed_ledger_that_contradicts_itself_is_not_intact(order, said):
    export = export_of([LEAVES[position] for position in order])
    assert [line for line in check_all(export, at=AFTER).bad if said in line]


def forged(position: int, entry: Entry) -> list[str]:
    """What is said of a signed ledger in which another entry stands at that position."""
    export = export_of([*LEAVES[:position], entry.body, *LEAVES[position + 1 :]])
    return check_all(export, at=AFTER).bad


@pytest.mark.parametrize(
    ("signature", "said"),
    [
        (message(1, 0)["signature"], "it was forged"),
        (message(2, 0, quarter="2026-q2")["signature"], "it was forged"),
        (message(2, 1, "More.")["signature"], "it was forged"),
        ("A" * 86, "it was forged"),
        (None, "no signature"),
    ],
    ids=["another question", "another quarter", "another message", "nothing", "none"],
)
def test_a_withdrawal_that_whoever_asked_did_not_sign_is_an_alarm(signature, said):
    [found] = forged(12, entries.withdrawn(quarter=QUARTER, id="q2", day=DAY, signature=signature))
    assert found.startswith(f"Entry 12 (withdrawn, {QUARTER})")
    assert said in found


@pytest.mark.parametrize(
    "change",
    [
        {"text_hash": "2" * 64},
        {"signature": message(0, 2, "More.")["signature"]},
        {"signature": message(2, 1, "More.")["signature"]},
        {"signature": None},
    ],
    ids=["another text", "another number", "another question", "none"],
)
def test_an_addition_that_whoever_asked_did_not_sign_is_an_alarm(change):
    [found] = forged(15, added(0, **change))
    assert found.startswith(f"Entry 15 (follow-up, {QUARTER})")


def without(entry: Entry | str, *names: str) -> str:
    """The body of an entry without some fields."""
    said = json.loads(entry if isinstance(entry, str) else entry.body)
    return entries.canonical({name: value for name, value in said.items() if name not in names})


def test_what_was_written_before_signatures_were_kept_is_pointed_out_and_no_alarm():
    leaves = [without(body, "signed", "signature") for body in LEAVES]
    verdict = check_all(export_of(leaves), at=AFTER)
    assert verdict.bad == []
    assert [note for note in verdict.notes if note.startswith(f"{QUARTER}: 3 withdrawals and follow-ups")]
    # What is signed in such a quarter is checked all the same.
    mixed = [without(body, "signed") for body in LEAVES]
    assert check_all(export_of(mixed), at=AFTER).intact
    mixed[12] = without(entries.withdrawn(quarter=QUARTER, id="q2", day=DAY, signature="A" * 86))
    assert not check_all(export_of(mixed), at=AFTER).intact


def test_a_later_quarter_cannot_go_back_to_having_no_signatures():
    later = LEAVES[0].replace(QUARTER, "2026-q4")
    words = {QUARTER: WORDS, "2026-q4": WORDS}
    assert check_all({**export_of([*LEAVES, later]), "words": words}, at=AFTER).intact
    back = {**export_of([*LEAVES, without(later, "signed")]), "words": words}
    [said] = check_all(back, at=AFTER).bad
    assert "this one is to have none" in said


def test_an_export_in_the_earlier_form_is_read_and_said_to_be_one():
    earlier = {
        **{name: value for name, value in HONEST.items() if name not in {"words", "follow_ups"}},
        "format": "narrative ledger v1",
        "answers": [*HONEST["answers"], {"id": "older", "number": 1, "text": "So."}],
    }
    verdict = check_all(earlier, at=AFTER)
    assert verdict.bad == []
    assert [note[:12] for note in verdict.notes] == ["This export ", "Answers to q"]
    assert f"{QUARTER}: the four words of its keys are {WORDS}." in verdict.good


def test_a_quarter_without_keys_after_one_that_has_them_is_an_alarm():
    """Nothing was committed to, so each of those who asked could have been given keys of their own."""
    unknown = [body.replace(QUARTER, "2026-q4") for body in (LEAVES[2], *LEAVES[3:6])]
    [said] = check_all(export_of([*LEAVES, *unknown]), at=AFTER).bad
    assert said.startswith("2026-q4: the ledger holds no keys of it")
    for position in (7, 9, 11, 12):
        export = export_of([*LEAVES, LEAVES[position].replace(QUARTER, "2026-q4")])
        assert not check_all(export, at=AFTER).intact
    older = LEAVES[7].replace(QUARTER, "2026-q2")
    assert check_all(export_of([*LEAVES, older]), at=AFTER).intact


def test_a_quarter_in_which_nobody_could_ask_is_no_alarm():
    closed = entries.close(quarter="2026-q4", received=0, day=DAY).body
    verdict = check_all(export_of([*LEAVES, closed]), at=AFTER)
    assert (verdict.bad, verdict.notes) == ([], [])
    assert "2026-q4: 0 received." in verdict.good


def test_an_answer_in_the_ledger_to_a_question_that_it_never_had_is_an_alarm():
    answer = entries.answer(quarter=QUARTER, id="q9", number=1, text="So.", day=DAY).body
    export = export_of([*LEAVES, answer])
    export["answers"].append({"id": "q9", "quarter": QUARTER, "number": 1, "text": "So."})
    [said] = check_all(export, at=AFTER).bad
    assert "it speaks of a question that is not in the ledger" in said


def test_a_quarter_that_began_before_the_ledger_is_pointed_out_and_no_alarm():
    leaves = [LEAVES[2], *LEAVES[3:6], LEAVES[7], LEAVES[9].replace('"q1"', '"older"')]
    export = {**export_of(leaves), "words": {}, "follow_ups": []}
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
        {"id": "older", "quarter": QUARTER, "number": 1, "text": "So."},
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
    assert said.count("ok   ") == 11
    assert f"ok   {QUARTER}: the four words of its keys are {WORDS}." in said.splitlines()
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
