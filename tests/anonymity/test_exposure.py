"""What stands in the anonymous store's file before it is scrubbed: shown here as what it is, and until when.

Under load scrubbing is grouped: whatever came since the last time lies in the order in which it came.
"""

import random
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from narrative.passes.scrubbing import Scrubber
from narrative.passes.store import AnonymousStore, insert_unless_there
from narrative.passes.store_tables import votes
from tests.anonymity.linker.attacks import guess, places
from tests.anonymity.linker.evidence import Evidence, Request, files_of, is_scrubbed
from tests.anonymity.linker.statistics import hits

VOTERS = 40


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AnonymousStore]:
    """A store whose window ends when the test says so, however busy the machine is."""
    monkeypatch.setitem(Scrubber.__init__.__kwdefaults__, "window", 600.0)
    made = AnonymousStore(f"sqlite:///{tmp_path / 'anon.db'}", main_url="sqlite:////nowhere/narrative.db")
    yield made
    made.engine.dispose()


def give(store: AnonymousStore, person: int) -> Request:
    """One vote."""
    mark = secrets.token_bytes(32)
    with store.transaction() as connection:
        insert_unless_there(connection, votes, spent_mark=mark, quarter="2026-q2", slot=1)
    return Request(person, {"pass": mark})


def linked(evidence: Evidence, requests: list[Request]) -> int:
    """How many the best of all attacks links."""
    found = [guess(values, random.Random(7)) for values in places(evidence, requests).values()]
    return max(max(hits(order), hits(order[::-1])) for order in found)


def test_the_first_after_a_quiet_time_is_scrubbed_before_it_is_answered(
    store: AnonymousStore, tmp_path: Path
) -> None:
    give(store, 0)
    assert is_scrubbed(files_of(tmp_path))
    for person in range(1, VOTERS):
        give(store, person)
    assert not is_scrubbed(files_of(tmp_path))


def test_until_it_is_scrubbed_the_order_can_be_read_and_not_afterwards(
    store: AnonymousStore, tmp_path: Path
) -> None:
    give(store, -1)
    requests = [give(store, person) for person in range(VOTERS)]
    assert linked(files_of(tmp_path), requests) == VOTERS
    with store.transaction(at_tick=True):
        pass
    after = files_of(tmp_path)
    assert is_scrubbed(after)
    # So many by chance, in the best of all attacks, once in a hundred million.
    assert linked(after, requests) < 12
