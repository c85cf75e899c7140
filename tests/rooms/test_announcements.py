"""What an organiser sends round once a quarter is published: the address, the dates, the check words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from narrative.ledger import queries as ledger
from narrative.narratives.publishing import publish_quarter
from narrative.passes import keys
from narrative.quarters.models import Quarter
from tests.asking import ASKING, CLOSES
from tests.factories import make_bucket, make_person, make_quarter
from tests.pages import Page, Pages
from tests.writing import PUBLISHED, READING, signed

QUARTER, PUBLICATION = "/quarters/2026-q2", "/quarters/2026-q2/publication"
READABLE = "The narratives of Q2 2026 are published: http://localhost:8000/quarters/2026-q2"


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(PUBLISHED - timedelta(days=1), tick=False) as travelling:
        yield travelling


@pytest.fixture
def quarter(app: Flask) -> Quarter:
    found = make_quarter()
    signed(found, make_bucket("Product"))
    return found


def text_of(page: Page) -> str | None:
    """The announcement as it is copied."""
    found = page.all("pre", id="announcement")
    return found[0].text if found else None


@pytest.fixture
def published(quarter: Quarter, clock: Any) -> Quarter:
    """The quarter after an organiser published it, while it is read."""
    clock.move_to(PUBLISHED)
    publish_quarter(quarter, by=make_person("organiser"), at=PUBLISHED)
    clock.move_to(READING)
    return quarter


@pytest.mark.parametrize("address", [QUARTER, PUBLICATION])
def test_an_organiser_finds_it_with_the_words_that_the_account_shows(
    published: Quarter, pages: Pages, address: str
) -> None:
    page = pages.sign_in(make_person("organiser")).get(address)
    words = ledger.words("2026-q2", ledger.size())
    assert words is not None
    assert len(words.split()) == 4
    assert [one.text for one in pages.get("/ledger").all("p", class_="four-words")] == [words]
    assert text_of(page) == "\n\n".join(
        [
            READABLE,
            "Questions open Thursday 23 July 2026, 09:00 UTC and close Thursday 30 July 2026, 09:00 UTC. "
            "Read before that: whoever reads can ask, and nobody can tell who asked.",
            f"Check words: {words}. They must be the same on everybody’s screen: "
            "http://localhost:8000/ledger/2026-q2",
        ]
    )
    [button] = page.all("copy-button")
    assert button.attributes["from"] == "announcement"


def test_while_questions_are_open_it_says_so_and_afterwards_there_is_none(
    published: Quarter, pages: Pages, clock: Any
) -> None:
    clock.move_to(ASKING)
    said = text_of(pages.sign_in(make_person("organiser")).get(QUARTER))
    assert said is not None
    assert "\n\nQuestions are open until Thursday 30 July 2026, 09:00 UTC. Whoever reads" in said
    clock.move_to(CLOSES)
    assert text_of(pages.get(QUARTER)) is None
    assert text_of(pages.get(PUBLICATION)) is None


def test_before_publication_there_is_nothing_to_announce(quarter: Quarter, pages: Pages) -> None:
    pages.sign_in(make_person("organiser"))
    assert text_of(pages.get(QUARTER)) is None
    assert text_of(pages.get(PUBLICATION)) is None


def test_while_the_keys_are_being_made_it_says_that_the_words_follow(
    published: Quarter, pages: Pages
) -> None:
    with keys._making:
        page = pages.sign_in(make_person("organiser")).get(QUARTER)
    assert "The check words are still being made" in page.text
    assert "Check words:" not in str(text_of(page))
    assert READABLE in str(text_of(page))


@pytest.mark.parametrize("role", ["employee", "leader"])
def test_readers_are_not_told_to_send_it_round(published: Quarter, pages: Pages, role: str) -> None:
    page = pages.sign_in(make_person(role)).get(QUARTER)
    assert "to read all of it" in page.text
    assert text_of(page) is None
    assert "Tell everybody" not in page.text


def test_whoever_publishes_finds_it_on_the_next_page(quarter: Quarter, pages: Pages) -> None:
    pages.sign_in(make_person("organiser"))
    [seen] = [one.attributes["value"] for one in pages.get(PUBLICATION).all("input", name="seen")]
    said = text_of(pages.post(PUBLICATION, {"seen": seen, "because": "It is time."}))
    assert said is not None
    assert said.startswith(READABLE)
