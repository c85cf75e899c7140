"""Reading: who sees what when, what stands on a narrative's page, and what a kept page may never do."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from narrative.database import db
from narrative.narratives import writing
from narrative.narratives.publishing import publish_quarter
from narrative.narratives.rules import PriorityRow
from narrative.people.models import Bucket, Contributor, Person
from narrative.quarters.models import Quarter, TimetableChange
from tests.counting import counted_queries
from tests.factories import MONDAY, make_bucket, make_person, make_quarter, save
from tests.pages import Page, Pages
from tests.writing import ANYWAY, DRAFTING, PUBLISHED, READING, published, ready_draft, signed, write

PRODUCT = "/narratives/2026-q2/product"
QUARTER = "/quarters/2026-q2"


@dataclass
class Company:
    """Three buckets, of which Finance is never signed off."""

    quarter: Quarter
    product: Bucket
    people: Bucket
    finance: Bucket
    employee: Person
    leader: Person
    organiser: Person


@pytest.fixture
def company(app: Flask) -> Company:
    buckets = [make_bucket(name) for name in ("Product", "People", "Finance")]
    return Company(
        make_quarter(), *buckets, *(make_person(role) for role in ("employee", "leader", "organiser"))
    )


@pytest.fixture
def reading(company: Company) -> Any:
    """The quarter is published without Finance, and it is the day after."""
    write(company.quarter, company.finance)
    published(company.quarter, company.product, company.people)
    with time_machine.travel(READING, tick=False):
        yield


# Before publication


@pytest.fixture
def drafting(company: Company) -> Any:
    signed(company.quarter, company.product)
    write(company.quarter, company.people)
    with time_machine.travel(DRAFTING, tick=False):
        yield


@pytest.mark.usefixtures("drafting")
def test_before_publication_employees_see_the_timetable_and_no_draft(company: Company, pages: Pages) -> None:
    pages.sign_in(company.employee)
    page = pages.get(QUARTER)
    assert "The narratives appear Thursday 9 July 2026, 09:00" in page.text
    for name in ("Product", "People", "Finance", "Signed off", "Drafting opens" * 2):
        assert name not in page.text
    for slug in ("product", "people", "finance", "nowhere"):
        pages.get(f"/narratives/2026-q2/{slug}", status=404)


@pytest.mark.usefixtures("drafting")
def test_before_publication_leaders_see_how_each_draft_stands(company: Company, pages: Pages) -> None:
    page = pages.sign_in(company.leader).get(QUARTER)
    assert "1 of 3 narratives is signed off" in page.text
    rows = {row.children[0].text.strip(): row.text for row in page.all("tr")[1:]}
    assert "Signed off" in rows["Product"]
    assert "Drafting" in rows["People"]
    assert "Not started" in rows["Finance"]
    sent_on = pages.get(PRODUCT, status=302, follow=False)
    assert sent_on.response.location == "/narratives/2026-q2/product/draft"


def test_what_is_not_there_is_not_found(company: Company, pages: Pages) -> None:
    pages.sign_in(company.employee)
    for address in ("/quarters/2031-q1", "/quarters/soon", "/narratives/2031-q1/product", "/narratives/x/y"):
        pages.get(address, status=404)


# The quarter


@pytest.mark.usefixtures("reading")
def test_the_quarter_lists_what_can_be_read_and_what_is_late(company: Company, pages: Pages) -> None:
    page = pages.sign_in(company.employee).get(QUARTER)
    (contents,) = page.all("ol", class_="contents-list")
    entries = [" ".join(item.text.split()) for item in contents.children]
    assert entries == [
        f"Product {company.product.owner.name} 1 min Opening of Product.",
        f"People {company.people.owner.name} 1 min Opening of People.",
        f"Finance {company.finance.owner.name} Late",
    ]
    assert page.links()["Product"] == PRODUCT
    assert "Finance" not in page.links()
    assert "Well of Finance" not in page.html
    assert "Reading · questions open Thursday 23 July 2026, 09:00 UTC" in page.text


def test_a_late_narrative_says_when_it_is_expected_and_why(company: Company, pages: Pages) -> None:
    writing.say_late(
        company.quarter, company.finance, expected_on=date(2026, 7, 16), because="The audit", at=DRAFTING
    )
    published(company.quarter, company.product)
    with time_machine.travel(READING, tick=False):
        page = pages.sign_in(company.employee).get(QUARTER)
        assert "Late, expected Thursday 16 July 2026 The audit" in page.text


@pytest.mark.usefixtures("reading")
def test_moved_dates_stand_with_their_notes(company: Company, pages: Pages) -> None:
    was = company.quarter.questions_open_at
    change = {
        "quarter_id": company.quarter.id,
        "instant": "questions_open_at",
        "was": was - timedelta(days=7),
    }
    save(
        TimetableChange(
            **change,
            now=was,
            note="The meeting is later",
            changed_by_id=company.organiser.id,
            changed_at=DRAFTING,
        )
    )
    page = pages.sign_in(company.employee).get(QUARTER)
    assert (
        "“Questions open” moved from Thursday 16 July 2026, 09:00 UTC to Thursday 23 July 2026" in page.text
    )
    assert page.text.count("The meeting is later") == 2


# A narrative


@pytest.mark.usefixtures("reading")
def test_a_narrative_shows_its_texts_and_priorities(company: Company, pages: Pages) -> None:
    page = pages.sign_in(company.employee).get(PRODUCT)
    said = ("Opening of Product.", "Well of Product.", "Badly of Product.", "Next of Product.")
    for text in (*said, "Row of Product", "How we will know: Measure of Product", company.product.owner.name):
        assert text in page.text
    assert [h.text for h in page.all("h2")][-3:] == ["What went well", "What didn’t", "Next priorities"]
    assert "1 minute to read · published Thursday 9 July 2026" in page.text
    assert "Correct this text" not in page.text
    assert "You can ask about this, anonymously, once questions open" in page.text


@pytest.mark.usefixtures("reading")
def test_every_paragraph_has_a_link_to_itself(company: Company, pages: Pages) -> None:
    page = pages.sign_in(company.employee).get(PRODUCT)
    ids = [p.attributes["id"] for p in page.all("p") if "id" in p.attributes]
    links = page.all("a", class_="paragraph-link")
    assert [link.attributes["href"] for link in links] == [f"#{name}" for name in ids]
    assert len(ids) == 5
    assert {link.attributes["aria-label"] for link in links} == {"Link to this paragraph"}


@pytest.mark.usefixtures("reading")
def test_one_reads_on_to_the_neighbours(company: Company, pages: Pages) -> None:
    pages.sign_in(company.employee)
    assert pages.get(PRODUCT).links()["People →"] == "/narratives/2026-q2/people"
    assert pages.get("/narratives/2026-q2/people").links()["← Product"] == PRODUCT
    assert "Finance →" not in pages.get("/narratives/2026-q2/people").links()


@pytest.mark.usefixtures("reading")
def test_what_is_late_does_not_exist_for_employees(company: Company, pages: Pages) -> None:
    address = "/narratives/2026-q2/finance"
    pages.sign_in(company.employee).get(address, status=404)
    leader = pages.another().sign_in(company.leader)
    assert leader.get(address, status=302, follow=False).response.location == f"{address}/draft"


@pytest.mark.usefixtures("reading")
def test_hostile_text_is_shown_not_run(company: Company, pages: Pages) -> None:
    save(replace_opening(company.finance, "<script>alert(1)</script> & <b>bold</b>", company))
    page = pages.sign_in(company.employee).get("/narratives/2026-q2/finance")
    assert "<script>alert" not in page.html
    assert "<b>bold" not in page.html


def replace_opening(bucket: Bucket, text: str, company: Company) -> Any:
    from narrative.narratives.publishing import publish_late

    draft = replace(ready_draft("Finance"), opening=text)
    row = PriorityRow(key="1" * 16, title=text, measure=text, owner_id=None)
    narrative = signed(company.quarter, bucket, replace(draft, priorities=(row,)), at=READING)
    publish_late(narrative, by=company.organiser, at=READING)
    return bucket


def test_one_asks_while_questions_are_open(company: Company, pages: Pages) -> None:
    published(company.quarter, company.product)
    with time_machine.travel(MONDAY + timedelta(days=25), tick=False):
        links = pages.sign_in(company.employee).get(PRODUCT).links()
    assert links["Ask about this"] == "/questions/2026-q2/new#product"
    with time_machine.travel(MONDAY + timedelta(days=32), tick=False):
        assert "Ask about this" not in pages.another().sign_in(company.employee).get(PRODUCT).links()


# Beside


def test_an_earlier_quarter_stands_beside_it_when_asked(company: Company, pages: Pages) -> None:
    earlier = make_quarter("2026-q1", drafting_opens_at=MONDAY - timedelta(days=91))
    published(earlier, company.product, product=ready_draft("Old"))
    published(company.quarter, company.product)
    with time_machine.travel(READING, tick=False):
        pages.sign_in(company.employee)
        alone = pages.get(PRODUCT)
        assert "Well of Old" not in alone.html
        page = pages.get(alone.links()["Q1 2026 beside it"])
        assert page.title.startswith("Product, Q2 2026 beside Q1 2026")
        asides = page.all("aside")
        assert "Well of Old." in asides[1].text
        assert "Well of Product." not in asides[1].text
        assert "Well of Product." in page.text
        for other in ("2026-q2", "2025-q4", "nonsense"):
            pages.get(f"{PRODUCT}?beside={other}", status=404)


def test_what_was_not_published_before_cannot_be_beside_it(company: Company, pages: Pages) -> None:
    earlier = make_quarter("2026-q1", drafting_opens_at=MONDAY - timedelta(days=91))
    write(earlier, company.product, ready_draft("Old"))
    published(company.quarter, company.product)
    with time_machine.travel(READING, tick=False):
        pages.sign_in(company.employee)
        assert "Q1 2026 beside it" not in pages.get(PRODUCT).links()
        pages.get(f"{PRODUCT}?beside=2026-q1", status=404)


# Kept pages


def both_ways(pages: Pages, person: Person, address: str) -> tuple[Page, Page]:
    """The page as it was built, and as it is given from memory."""
    pages.sign_in(person)
    return pages.get(address), pages.get(address)


@pytest.mark.usefixtures("reading")
@pytest.mark.parametrize("address", [PRODUCT, QUARTER])
def test_a_kept_page_is_the_built_one(company: Company, pages: Pages, address: str) -> None:
    for person in (company.employee, company.leader, company.organiser):
        built, kept = both_ways(pages.another(), person, address)
        assert kept.html == built.html


@pytest.mark.usefixtures("reading")
def test_each_reader_finds_only_their_own_name_and_token(company: Company, pages: Pages) -> None:
    other = make_person(name="Ann <Other> & Sons")
    first = pages.sign_in(company.employee).get(PRODUCT)
    second = pages.another().sign_in(other).get(PRODUCT)
    assert company.employee.name in first.text
    assert company.employee.name not in second.html
    assert "Ann <Other> & Sons" in second.text
    assert "Ann &lt;Other&gt; &amp; Sons" in second.html
    tokens = [page.all("input", name="csrf_token")[0].attributes["value"] for page in (first, second)]
    assert tokens[0] != tokens[1]
    ids = [re.findall(r'data-person="(\d+)"', page.html) for page in (first, second)]
    assert ids in ([[], []], [[str(company.employee.id)], [str(other.id)]])


@pytest.mark.usefixtures("reading")
def test_the_token_of_a_kept_page_signs_out(company: Company, pages: Pages) -> None:
    _built, kept = both_ways(pages, company.employee, PRODUCT)
    token = kept.all("input", name="csrf_token")[0].attributes["value"]
    pages.client.post("/sign-out", data={"csrf_token": token})
    assert pages.get(PRODUCT, status=302, follow=False).response.location.startswith("/sign-in")


@pytest.mark.usefixtures("reading")
def test_what_only_leaders_see_is_not_kept_for_employees(company: Company, pages: Pages) -> None:
    owner = pages.another().sign_in(company.product.owner)
    assert "Correct this text" in owner.get(PRODUCT).text
    assert "Correct this text" not in pages.another().sign_in(company.leader).get(PRODUCT).text
    assert "Correct this text" not in pages.sign_in(company.employee).get(PRODUCT).text
    assert "Finance" in pages.another().sign_in(company.organiser).get(QUARTER).links()
    assert "Finance" not in pages.get(QUARTER).links()


@pytest.mark.usefixtures("reading")
def test_a_kept_page_changes_with_what_it_shows(company: Company, pages: Pages) -> None:
    both_ways(pages, company.employee, QUARTER)
    company.product.name = "Products"
    save(company.product)
    assert "Products" in pages.get(QUARTER).text
    assert "Products" in pages.get(PRODUCT).text
    save(Contributor(bucket_id=company.product.id, person_id=company.leader.id))
    assert "Correct this text" in pages.another().sign_in(company.leader).get(PRODUCT).text


@pytest.mark.usefixtures("reading")
def test_a_kept_page_changes_with_the_stage(company: Company, pages: Pages) -> None:
    pages.sign_in(company.employee)
    opens = company.quarter.questions_open_at
    with time_machine.travel(opens - timedelta(seconds=1), tick=False):
        assert "Reading ·" in pages.get(QUARTER).text
    with time_machine.travel(opens, tick=False):
        assert "Asking ·" in pages.get(QUARTER).text


@pytest.mark.usefixtures("reading")
def test_who_is_deactivated_or_signed_out_everywhere_is_out_at_once(company: Company, pages: Pages) -> None:
    both_ways(pages, company.employee, PRODUCT)
    company.employee.session_epoch += 1
    save(company.employee)
    pages.get(PRODUCT, status=302, follow=False)
    pages.sign_in(company.employee).get(PRODUCT)
    company.employee.deactivated_at = READING
    save(company.employee)
    pages.get(PRODUCT, status=302, follow=False)


@pytest.mark.usefixtures("reading")
def test_a_message_is_shown_once_and_never_kept(company: Company, pages: Pages) -> None:
    pages.sign_in(company.organiser)
    with pages.client.session_transaction() as session:
        session["_flashes"] = [("message", "Only for me")]
    assert "Only for me" in pages.get(PRODUCT).text
    assert "Only for me" not in pages.get(PRODUCT).text


@pytest.mark.usefixtures("reading")
def test_a_kept_page_costs_no_query_of_the_orm(company: Company, pages: Pages) -> None:
    both_ways(pages, company.employee, PRODUCT)
    with counted_queries() as made:
        pages.get(PRODUCT)
    assert made == []


@pytest.mark.parametrize(("address", "fixed"), [(QUARTER, 8), (PRODUCT, 14)])
@pytest.mark.parametrize("many", [1, 3])
def test_building_a_page_costs_a_fixed_number_of_queries(
    company: Company, pages: Pages, address: str, fixed: int, many: int
) -> None:
    row = ready_draft("Product").priorities[0]
    rows = tuple(replace(row, key=f"{number:016}") for number in range(many))
    further = [make_bucket(f"Further {number}") for number in range(many)]
    promised = tuple(replace(row, key=f"a{number:015}") for number in range(many))
    earlier = make_quarter("2026-q1", drafting_opens_at=MONDAY - timedelta(days=91))
    published(earlier, company.product, product=replace(ready_draft("Old"), priorities=promised))
    published(
        company.quarter, company.product, *further, product=replace(ready_draft("Product"), priorities=rows)
    )
    with time_machine.travel(READING, tick=False):
        # The first request does what is due, the second finds nothing due: neither's queries are the page's.
        for _ in range(2):
            pages.sign_in(company.employee).get("/quarters")
        with counted_queries() as made:
            pages.get(address)
    assert len(made) == fixed, "\n".join(made)


def test_publication_is_seen_with_the_very_next_request(company: Company, pages: Pages) -> None:
    signed(company.quarter, company.product)
    with time_machine.travel(PUBLISHED, tick=False):
        pages.sign_in(company.employee)
        assert "Nothing can be read yet" in pages.get(QUARTER).text
        publish_quarter(company.quarter, by=company.organiser, at=PUBLISHED, decision=ANYWAY)
        assert "1 min" in pages.get(QUARTER).text
    db.session.rollback()
