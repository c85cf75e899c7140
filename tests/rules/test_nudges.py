"""Whom one may ask how a narrative is coming along, and how long that stands before them."""

from datetime import UTC, datetime, timedelta

import pytest

from narrative.narratives.rules import AT_WORK, nudge_stands, why_not_asked

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
SILENT = {
    "owner": "Ada",
    "own": False,
    "signed_off": False,
    "wrote_at": None,
    "asked_today": False,
    "at": NOW,
}


@pytest.mark.parametrize(
    ("change", "why_not"),
    [
        ({}, None),
        ({"wrote_at": NOW - AT_WORK}, None),
        ({"wrote_at": NOW - AT_WORK + timedelta(seconds=1)}, "somebody wrote in the last three days"),
        ({"signed_off": True}, "it is signed off"),
        ({"own": True}, "it is yours"),
        ({"asked_today": True}, "Ada was asked today already"),
    ],
)
def test_only_the_silent_are_asked_and_once_a_day(change: dict[str, object], why_not: str | None) -> None:
    assert why_not_asked(**{**SILENT, **change}) == why_not  # type: ignore[arg-type]


def test_the_words_say_as_many_days_as_are_meant() -> None:
    assert timedelta(days=3) == AT_WORK


def test_a_nudge_stands_until_somebody_writes_or_it_is_done() -> None:
    before, after = NOW - timedelta(days=9), NOW + timedelta(minutes=1)
    assert nudge_stands(sent_at=NOW, wrote_at=None, done=False)
    assert nudge_stands(sent_at=NOW, wrote_at=before, done=False)
    assert not nudge_stands(sent_at=NOW, wrote_at=after, done=False)
    assert not nudge_stands(sent_at=NOW, wrote_at=None, done=True)
