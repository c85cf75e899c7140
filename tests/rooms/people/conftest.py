"""The moment of these tests, and the organiser at her desk."""

from collections.abc import Iterator

import pytest
import time_machine

from narrative.people.models import Person
from tests.factories import MONDAY, make_person
from tests.pages import Pages


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    """Monday 29 June 2026, 09:00 UTC."""
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def noor(app: object) -> Person:
    """The organiser."""
    return make_person("organiser", name="Noor", email="noor@test.example")


@pytest.fixture
def desk(pages: Pages, noor: Person) -> Pages:
    """The organiser's browser."""
    return pages.sign_in(noor)
