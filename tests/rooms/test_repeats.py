"""New since last quarter: what stood there before is quieter, on request, and nothing is taken away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask

from narrative.narratives.publishing import publish_quarter
from narrative.narratives.queries import head_draft, narrative_for
from narrative.narratives.rules import Draft
from narrative.people.models import Bucket, Person
from narrative.quarters.models import Quarter
from tests.factories import MONDAY, make_bucket, make_person, make_quarter
from tests.pages import Page, Pages
from tests.writing import ANYWAY, PUBLISHED, READING, corrected, owned, published, ready_draft, signed, write

THEN = "We wash *beds*. It rained on e.g. Monday. Calm."
NOW = "Nothing new here. We wash beds. <Calm> & quiet.\n\n- It rained on\n  e.g. Monday.\n- Calm.\n"
NEXT_MONDAY = MONDAY + timedelta(days=91)
Q3 = "/narratives/2026-q3/product"
LATER = timedelta(days=91)


@dataclass
class Company:
    """Product was published in Q2, and is written for Q3; Finance has never been."""

    quarter: Quarter
    earlier: Quarter
    product: Bucket
    finance: Bucket
    employee: Person
    leader: Person


@pytest.fixture
def company(app: Flask) -> Company:
    product, finance = (make_bucket(name) for name in ("Product", "Finance"))
    earlier = make_quarter("2026-q2")
    quarter = make_quarter("2026-q3", drafting_opens_at=NEXT_MONDAY)
    people = [make_person(role) for role in ("employee", "leader")]
    made = Company(quarter, earlier, product, finance, *people)
    published(earlier, product, product=replace(ready_draft("Then"), opening=THEN, went_well="Well of both."))
    return made


def draft_now() -> Draft:
    """What Q3 says."""
    return replace(ready_draft("Now"), opening=NOW, went_well="Well of both.")


@pytest.fixture
def reading(company: Company) -> Iterator[datetime]:
    """Q3 is published too, and it is the day after."""
    for bucket in (company.product, company.finance):
        signed(company.quarter, bucket, draft_now(), at=NEXT_MONDAY)
    assert publish_quarter(company.quarter, by=None, at=PUBLISHED + LATER, decision=ANYWAY)
    with time_machine.travel(READING + LATER, tick=False):
        yield READING + LATER


def quiet(page: Page) -> list[str]:
    """What is marked as repeated."""
    return [" ".join(e.text.split()) for e in page.all("span", class_="repeated")]


def prose(page: Page) -> str:
    """Everything that readers read of the four texts, without what is only heard."""
    texts = "".join(re.findall(r'<div class="prose.*?</div>', page.html, re.DOTALL))
    return re.sub(r'<span class="visually-hidden">[^<]*</span>|<[^>]*>', "", texts)


@pytest.mark.usefixtures("reading")
def test_what_stood_there_last_quarter_is_quieter_on_request(company: Company, pages: Pages) -> None:
    plain = pages.sign_in(company.employee).get(Q3)
    assert quiet(plain) == []
    marked = pages.get(plain.links()["what is new since Q2 2026"])
    assert quiet(marked) == ["We wash beds.", "It rained on e.g. Monday.", "Calm.", "Well of both."]
    assert prose(marked) == prose(plain)
    assert len(prose(plain)) > 100
    assert "What is small and grey stood in Q2 2026 too: 50 % of the words." in marked.text
    assert marked.links()["Show it all alike"] == Q3
    heard = [e.text for e in marked.all("span", class_="visually-hidden") if "Q2 2026" in e.text]
    assert heard == ["In part as in Q2 2026: ", "As in Q2 2026: ", "As in Q2 2026: "]


@pytest.mark.usefixtures("reading")
def test_both_views_are_kept_apart_and_links_to_paragraphs_stay(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.employee)
    for _ in range(2):
        plain, marked = visitor.get(Q3), visitor.get(Q3 + "?new=1")
        assert (quiet(plain) == [], len(quiet(marked))) == (True, 4)
    assert quiet(visitor.get(Q3 + "?new=2")) == []
    anchors = [
        [e.attributes["href"] for e in page.all("a", class_="paragraph-link")] for page in (plain, marked)
    ]
    assert anchors[0] == anchors[1]
    assert len(anchors[0]) == 5


@pytest.mark.usefixtures("reading")
def test_a_bucket_without_an_earlier_narrative_offers_nothing(company: Company, pages: Pages) -> None:
    page = pages.sign_in(company.employee).get("/narratives/2026-q3/finance?new=1")
    assert (quiet(page), "new since" in page.text) == ([], False)
    assert "new since" not in pages.get("/narratives/2026-q2/product").text


def test_it_is_compared_with_what_readers_saw_last_corrections_and_all(
    company: Company, reading: datetime, pages: Pages
) -> None:
    narrative = pages.sign_in(company.employee).get(Q3 + "?new=1")
    assert "We wash beds." in quiet(narrative)
    found = narrative_for(company.earlier, company.product)
    assert found is not None
    draft = replace(head_draft(found), opening="It rained on e.g. Monday. Calm.")
    corrected(found, draft, reason="We do not.", at=reading)
    assert "We wash beds." not in quiet(pages.get(Q3 + "?new=1"))


def test_a_draft_says_how_much_of_it_repeats_last_quarter_and_shows_it(
    company: Company, pages: Pages
) -> None:
    with time_machine.travel(NEXT_MONDAY + timedelta(days=1), tick=False):
        write(company.quarter, company.product, owned(company.product, draft_now()), at=NEXT_MONDAY)
        visitor = pages.sign_in(company.product.owner)
        address = visitor.get(f"{Q3}/edit").links()["50 % of it repeats Q2 2026"]
        assert address == f"{Q3}/draft?new=1"
        page = visitor.get(address)
        assert quiet(page) == ["We wash beds.", "It rained on e.g. Monday.", "Calm.", "Well of both."]
        assert "50 % of the words" in page.text
        plain = visitor.get(page.links()["Show it all alike"])
        assert (quiet(plain), prose(plain) == prose(page)) == ([], True)
        assert plain.links()["50 % of it repeats Q2 2026"] == address
        pages.another().sign_in(company.employee).get(address, status=404)


def test_a_draft_of_new_words_alone_has_no_such_figure(company: Company, pages: Pages) -> None:
    with time_machine.travel(NEXT_MONDAY + timedelta(days=1), tick=False):
        visitor = pages.sign_in(company.product.owner)
        assert "repeats" not in visitor.get(f"{Q3}/edit").text
        write(company.quarter, company.product, at=NEXT_MONDAY)
        assert "repeats" not in visitor.get(f"{Q3}/edit").text
        assert "Nothing here stood in Q2 2026: all of it is new." in visitor.get(f"{Q3}/draft?new=1").text
