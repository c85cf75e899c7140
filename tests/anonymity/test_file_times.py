"""The file system notes when a file last changed. Any visit sets that anew: it need not be a question's."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from tests.asking import ASKING, ask, open_quarter
from tests.pages import Pages

LONG_AGO = 1_000_000_000


@pytest.fixture
def engine_name() -> str:
    """The anonymous store is a file beside either engine."""
    return "sqlite"


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(ASKING, tick=False):
        yield


def times(places: list[Path]) -> list[bool]:
    """Whether each still shows the time that the last question left."""
    return [place.stat().st_mtime == LONG_AGO for place in places]


def test_any_visit_sets_the_times_of_the_store_anew(app: Flask, pages: Pages) -> None:
    folder: Path = app.extensions["narrative.settings"].data
    places = [folder / "anon.db", folder]
    ask(app, open_quarter(), "Why?")
    for place in places:
        os.utime(place, (LONG_AGO, LONG_AGO))
    app.test_client(use_cookies=False).get("/passes/2026-q2/keys")
    assert times(places) == [True, True]  # an anonymous request does nothing of the kind
    pages.get("/sign-in")
    assert times(places) == [False, False]
