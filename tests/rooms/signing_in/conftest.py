"""The moment and the person of these tests."""

from collections.abc import Iterator

import pytest
import time_machine

from narrative.people import actions
from narrative.people.models import Person
from tests.factories import MONDAY, make_person
from tests.rooms.signing_in.trying import PASSWORD


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Monday 29 June 2026, 09:00 UTC, until moved."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada(app: object) -> Person:
    """Somebody with a password."""
    person = make_person("leader", name="Ada", email="ada@test.example")
    actions.set_password(person, PASSWORD)
    return person
