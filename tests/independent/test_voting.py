"""Votes of the independent client on a real server."""

from __future__ import annotations

import pytest

from tests.independent.conftest import receipt_in, shown

pytestmark = pytest.mark.slow


def test_votes_are_given_and_taken_back(running, person):
    running.fetch("mine", person)
    receipt = receipt_in(running.ask("mine", "question", "--text", "One?"))
    for text in ("Two?", "Three?"):
        running.ask("mine", "question", "--text", text)
    running.tick()
    question = shown(running, receipt)
    assert "in the list of 2026-q2 fetched last" in running.ask("mine", "vote", question.id, status=1)
    running.ask("mine", "check")
    assert "given" in running.ask("mine", "vote", question.id)
    running.ask("mine", "vote", str(question.slot))
    running.tick()
    assert shown(running, receipt).votes == 1
    assert "taken back" in running.ask("mine", "vote", question.id, "--retract")
    running.tick()
    assert shown(running, receipt).votes == 0
    assert "no pass here" in running.ask("mine", "vote", "999", status=1)
