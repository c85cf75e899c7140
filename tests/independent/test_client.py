"""The independent client against a real server: passes, questions, votes, receipts, and what it refuses."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from narrative.cli import cli
from narrative.database import db, transaction
from narrative.independent.fetching import Offer, agreed_keys, read_offer
from narrative.independent.keep import Keep
from narrative.independent.receipts import Receipt
from narrative.independent.refusals import KeyMismatch
from narrative.independent.server import Nobody, Somebody
from narrative.ledger.models import LedgerLeaf
from narrative.ledger.signing import signed_checkpoint
from narrative.passes.models import Issuance, PassKey
from narrative.passes.rsa_keys import PrivateKey, PublicKey
from narrative.people.models import Person
from narrative.questions import queries
from tests.factories import make_person
from tests.independent.conftest import SLOTS, Running, receipt_in, shown

pytestmark = pytest.mark.slow


def test_passes_are_fetched_once_and_kept_from_other_eyes(running, person):
    said = running.fetch("mine", person)
    assert f"2026-q2: 3 passes to ask with and {SLOTS} to vote with" in said
    file = running.folder / "mine.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    holding = running.kept("mine")["holdings"]["2026-q2"]
    assert [(one["purpose"], one["slot"]) for one in holding["passes"]] == [
        *[("ask", 0)] * 3,
        *(("vote", slot) for slot in range(1, SLOTS + 1)),
    ]
    assert db.session.scalars(select(Issuance.round).where(Issuance.person_id == person.id)).all() == [1]
    again = running.ask("mine", "passes", "--server", running.installation.address)
    assert "3 passes to ask with" in again
    assert running.kept("mine")["holdings"]["2026-q2"] == holding


def test_a_recovery_code_brings_the_same_passes_and_no_other_code_does(running, person):
    code = receipt_in(running.fetch("mine", person))
    assert receipt_in(running.ask("mine", "code")) == code
    assert "are in another browser or file" in running.fetch("other", person, status=1)
    assert "belongs to other passes" in running.fetch(
        "wrong", person, "--recovery-code", Receipt(bytes(16)).code, status=1
    )
    running.fetch("other", person, "--recovery-code", code.lower().replace("-", " "))
    first, second = (running.kept(name)["holdings"]["2026-q2"] for name in ("mine", "other"))
    assert [one["token"] for one in first["passes"]] == [one["token"] for one in second["passes"]]


def test_a_recovery_code_can_be_typed_unseen(running, person):
    code = receipt_in(running.fetch("mine", person))
    options = ("--server", running.installation.address, "--recovery-code")
    running.ask("other", "passes", *options, typed=f"{running.link(person)}\n{code}\n")
    assert (
        running.kept("other")["holdings"]["2026-q2"]["seed"]
        == running.kept("mine")["holdings"]["2026-q2"]["seed"]
    )


def test_a_file_holds_the_passes_of_one_person(running, person):
    running.fetch("mine", person)
    kept = running.kept("mine")
    (running.folder / "mine.json").write_text(json.dumps({**kept, "session": {}}))
    assert "of another account" in running.fetch("mine", make_person(), status=1)
    assert running.kept("mine")["holdings"] == kept["holdings"]


def test_a_question_is_asked_shown_added_to_and_checked(running, person):
    running.fetch("mine", person)
    said = running.ask("mine", "question", "--promise", str(running.folder / "promise"), typed="Why?\r\n")
    receipt = receipt_in(said)
    assert "signed promise" in said
    for text in ("When?", "Who?"):
        running.ask("mine", "question", "--text", text)
    assert "no pass left" in running.ask("mine", "question", "--text", "More?", status=1)
    assert f"{receipt}  not shown yet" in running.ask("mine", "check")
    running.tick()
    question = shown(running, receipt)
    assert question.text == "Why?"
    said = running.ask("mine", "check", "--list")
    assert f"{receipt}  2026-q2, {question.id}: waiting for an answer" in said
    assert f"{question.id}: slot {question.slot}, waiting" in said

    assert "follow-up 1" in running.ask("mine", "follow-up", receipt, "--text", "I mean the roof.")
    assert "follow-up 2" in running.ask("mine", "follow-up", "-", typed=f"{receipt}\nAnd the door.\n")
    running.tick()
    assert [row.text for row in queries.follow_ups(shown(running, receipt))] == [
        "I mean the roof.",
        "And the door.",
    ]
    assert "follow-up 3" in running.ask("mine", "follow-up", receipt, "--text", "And the cat.")


def test_a_question_is_withdrawn_and_its_text_erased(running, person):
    running.fetch("mine", person)
    receipts = [
        receipt_in(running.ask("mine", "question", "--text", text)) for text in ("One?", "Two?", "Three?")
    ]
    running.tick()
    assert "Aborted" in running.ask("mine", "withdraw", receipts[0], typed="n\n", status=1)
    assert "erased" in running.ask("mine", "withdraw", receipts[0], typed="y\n")
    running.ask("mine", "withdraw", receipts[0], "--yes")
    running.tick()
    question = shown(running, receipts[0])
    assert (question.state, question.text) == ("withdrawn", "")
    assert "withdrawn by whoever asked it" in running.ask("mine", "check", receipts[0])
    assert "can be added" in running.ask("mine", "follow-up", receipts[0], "--text", "But!", status=1)


def test_an_exported_pass_is_spent_without_signing_in(running, person):
    running.fetch("mine", person)
    token = running.kept("mine")["holdings"]["2026-q2"]["passes"][2]["token"]
    exported = f"{running.installation.address}/spend#2026-q2.{token}"
    said = running.ask("phone", "spend", typed=f"{exported}\nFrom a phone?\n")
    assert "session" not in running.kept("phone")
    assert "no pass left" in running.ask("phone", "spend", exported, "--text", "Again?", status=1)
    changed = exported[:-1] + ("A" if exported[-1] != "A" else "E")
    assert "not a pass" in running.ask("phone", "spend", changed, "--text", "Again?", status=1)
    for text in ("Two?", "Three?"):
        running.ask("mine", "question", "--text", text)
    assert "no pass left" in running.ask("mine", "question", "--text", "Four?", status=1)
    running.tick()
    assert shown(running, receipt_in(said)).text == "From a phone?"


def test_nothing_of_it_carries_a_cookie_but_fetching_and_checking(running, person):
    running.fetch("mine", person)
    kept = running.kept("mine")
    (running.folder / "mine.json").write_text(json.dumps({**kept, "session": {"narrative": "forged"}}))
    receipt = receipt_in(running.ask("mine", "question", "--text", "Without a session?"))
    assert "not signed in" in running.ask("mine", "check", status=1)
    running.ask("mine", "follow-up", receipt, "--text", "Nor this.")


def test_keys_that_others_are_not_shown_are_refused(running, person):
    running.fetch("mine", person)
    kept = running.kept("mine")
    names = kept["seen"]["2026-q2"]
    kept["seen"]["2026-q2"] = [names[0], names[2], names[1], *names[3:]]
    kept["holdings"] = {}
    (running.folder / "mine.json").write_text(json.dumps(kept))
    address = ("--server", running.installation.address)
    assert "not the same for everybody" in running.ask("mine", "passes", *address, status=1)
    assert running.kept("mine")["holdings"].get("2026-q2", {}).get("passes") is None


def offered(running: Running, person: Person) -> tuple[Keep, Nobody, Offer]:
    """A fresh file, and what a page offers to somebody."""
    somebody = Somebody(running.installation.address)
    somebody.sign_in_by_link(running.link(person))
    keep = Keep(running.folder / "fresh.json")
    return keep, Nobody(running.installation.address), read_offer(somebody)


@pytest.mark.parametrize(
    "changed",
    [
        {"fingerprint": "A" * 43},
        {"issuer": "other.example"},
        {"rounds": 2},
        {"rounds": 0},
        {"slots": SLOTS + 1},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_page_that_speaks_of_other_keys_is_refused(running, person, changed):
    keep, nobody, offer = offered(running, person)
    with pytest.raises(KeyMismatch):
        agreed_keys(keep, nobody, replace(offer, **changed))
    assert len(agreed_keys(keep, nobody, offer).keys) == 1 + SLOTS


def test_keys_that_the_ledger_does_not_hold_are_refused(running, person):
    keep, nobody, offer = offered(running, person)
    with transaction() as session:
        session.execute(update(LedgerLeaf).where(LedgerLeaf.kind == "keys").values(kind="client"))
    with pytest.raises(KeyMismatch, match="ledger does not hold"):
        agreed_keys(keep, nobody, offer)


def test_passes_with_one_invalid_signature_are_thrown_away_for_good(running, person):
    row = db.session.get(PassKey, (running.quarter.id, "vote", 1))
    n, other = PublicKey.from_spki(row.public_key).n, PrivateKey.generate()
    while other.n < n:
        other = PrivateKey.generate()
    with transaction() as session:
        own = (PassKey.quarter_id == running.quarter.id, PassKey.purpose == "vote", PassKey.slot == 1)
        session.execute(update(PassKey).where(*own).values(private_key=other.to_der()))
    assert "thrown away" in running.fetch("mine", person, status=1)
    assert running.kept("mine")["holdings"]["2026-q2"] == {"spoiled": True}
    address = ("--server", running.installation.address)
    assert "thrown away" in running.ask("mine", "passes", *address, status=1)
    assert "no pass left" in running.ask("mine", "question", "--text", "Why?", status=1)


def test_another_ledger_than_the_one_seen_before_is_refused(running, person):
    running.fetch("mine", person)
    kept = running.kept("mine")
    file = running.folder / "mine.json"
    file.write_text(json.dumps({**kept, "ledger": {**kept["ledger"], "key": "A" * 43}}))
    assert "another key than the one seen here before" in running.ask("mine", "check", status=1)
    rewritten = signed_checkpoint(1, bytes(32))
    file.write_text(json.dumps({**kept, "ledger": {**kept["ledger"], "checkpoint": rewritten}}))
    assert "does not continue the one seen here before" in running.ask("mine", "check", status=1)
    longer = signed_checkpoint(9, bytes(32))
    file.write_text(json.dumps({**kept, "ledger": {**kept["ledger"], "checkpoint": longer}}))
    assert "does not continue the one seen here before" in running.ask("mine", "check", status=1)
    assert running.kept("mine")["ledger"]["checkpoint"] == longer


def export_of(running: Running) -> Any:
    """The export of the ledger as whoever is signed in downloads it."""
    session = running.kept("mine")["session"]
    return Somebody(running.installation.address, session).get("/ledger/export.json").json


def test_the_ledger_of_a_real_server_keeps_its_promises(running, person):
    running.fetch("mine", person)
    receipts = [
        receipt_in(running.ask("mine", "question", "--text", text)) for text in ("One?", "Two?", "Thé…?")
    ]
    file = running.folder / "export.json"

    def verified() -> tuple[int, str]:
        file.write_text(json.dumps(export_of(running)))
        done = CliRunner().invoke(cli, ["verify", str(file), "--passes", str(running.folder / "mine.json")])
        return done.exit_code, done.output

    status, said = verified()
    assert (status, said.count("is not due before")) == (0, 3), said
    running.tick()
    running.ask("mine", "withdraw", receipts[1], "--yes")
    running.tick()
    status, said = verified()
    assert (status, said.count("promise was kept")) == (0, 3), said
    assert "2026-q2: 3 received: 1 withdrawn, 2 waiting." in said
    edited = export_of(running)
    edited["openings"][0]["text"] = "Something else?"
    file.write_text(json.dumps(edited))
    assert CliRunner().invoke(cli, ["verify", str(file)]).exit_code == 1


def test_a_server_that_does_not_answer_costs_no_pass(running, person):
    running.fetch("mine", person)
    running.installation.kill()
    assert "may or may not have arrived" in running.ask("mine", "question", "--text", "Lost?", status=1)
    [held, *_] = running.kept("mine")["holdings"]["2026-q2"]["passes"]
    assert len(held["sent"]) == 1
    assert not held.get("spent")
    running.installation.start()
    running.ask("mine", "question", "--text", "Lost?")
    assert running.kept("mine")["holdings"]["2026-q2"]["passes"][0]["spent"] is True


@pytest.mark.parametrize("address", ["http://narrative.example", "ftp://narrative.example", "http://"])
def test_no_password_goes_over_plain_http(tmp_path: Path, address: str) -> None:
    command = [sys.executable, "-m", "narrative", "ask", "passes", "--server", address]
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path)}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
