"""The company's prompts: set by organisers, shown beside the text, never in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import time_machine
from flask import Flask

from narrative.narratives import queries
from narrative.narratives.rules import PROMPTS, TEXTS
from tests.drafting import AT, EDIT, ROOM, Company, finished, make_company
from tests.pages import Page, Pages

PAGE = "/prompts/edit"
OWN = "What would you tell a neighbour?"


@pytest.fixture
def company(app: Flask) -> Iterator[Company]:
    """A company, and the clock, in the drafting stage."""
    with time_machine.travel(AT, tick=False):
        yield make_company()


def typed(page: Page, **changes: str) -> dict[str, str]:
    """What the form on the page would send, after changes."""
    texts = {e.attributes["name"]: e.text.strip("\r\n") for e in page.all("textarea")}
    assert set(texts) == set(TEXTS)
    return {**texts, **changes}


def test_an_organiser_sets_them_and_whoever_writes_sees_them(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.organiser)
    assert visitor.get("/quarters").links()["Prompts for writing"] == PAGE
    assert visitor.get(EDIT).links()["Change the prompts"] == PAGE
    visitor.post(PAGE, typed(visitor.get(PAGE), opening=f"  {OWN}  \r\n\r\nSecond?"))
    assert queries.own_prompts() == {"opening": f"{OWN}\nSecond?"}
    writer = pages.another().sign_in(company.ada)
    page = writer.get(EDIT)
    (hint,) = page.all("p", id_="opening-hint")
    assert hint.text == f"{OWN} Second?"
    assert PROMPTS["opening"][0] not in page.text
    assert PROMPTS["went_well"][0] in page.text
    assert "Change the prompts" not in page.links()


def test_emptying_a_field_brings_ours_back(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.organiser)
    visitor.post(PAGE, typed(visitor.get(PAGE), opening=OWN, went_well="Well?"))
    page = visitor.post(PAGE, typed(visitor.get(PAGE), opening=" \n "))
    assert queries.own_prompts() == {"went_well": "Well?"}
    assert typed(page)["opening"] == "\n".join(PROMPTS["opening"])


def test_they_never_reach_the_text_and_one_that_was_typed_there_is_found(
    company: Company, pages: Pages
) -> None:
    visitor = pages.sign_in(company.organiser)
    visitor.post(PAGE, typed(visitor.get(PAGE), opening=OWN))
    company.write(finished(company.ada))
    draft = pages.another().sign_in(company.ada)
    assert OWN not in draft.get(f"{ROOM}/draft").text
    assert "a prompt that was left in" not in draft.get(EDIT).text
    company.write(replace(finished(company.ada), opening=f"{OWN} That we sail."))
    assert f"“Opening” has a prompt that was left in: “{OWN}”" in draft.get(EDIT).text
    company.write(replace(finished(company.ada), opening=PROMPTS["opening"][0]))
    assert "a prompt that was left in" not in draft.get(EDIT).text
    company.publish()
    correction = draft.get(EDIT)
    assert OWN in correction.text


def test_too_many_or_too_long_are_refused_and_kept_on_the_page(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.organiser)
    many = "\n".join(f"Number {number}?" for number in range(9))
    page = visitor.post(PAGE, typed(visitor.get(PAGE), went_badly=many, opening="x" * 301), status=422)
    assert page.errors() == [
        "Shorten the longest prompt of “Opening” by 1 characters: it may have 300",
        "Remove 1 of the prompts of “What didn’t”: it may have 8",
    ]
    assert typed(page)["went_badly"].replace("\r\n", "\n") == many
    assert queries.own_prompts() == {}


@pytest.mark.parametrize("role", ["ada", "employee"])
def test_only_organisers_set_them(company: Company, pages: Pages, role: str) -> None:
    visitor = pages.sign_in(getattr(company, role))
    visitor.get(PAGE, status=403)
    visitor.post(PAGE, {"opening": OWN}, status=403)
    assert queries.own_prompts() == {}
