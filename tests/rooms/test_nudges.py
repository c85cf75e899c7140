"""Asking how a narrative is coming along: whom, when not, and who sees it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from narrative.database import db
from narrative.narratives import writing
from narrative.narratives.models import Nudge
from narrative.narratives.nudging import nudge
from narrative.narratives.rules import AT_WORK
from narrative.narratives.standings import standings
from narrative.people.models import Bucket, Contributor, Person
from narrative.quarters.models import Quarter
from tests.counting import counted_queries
from tests.factories import MONDAY, make_bucket, make_person, make_quarter, save
from tests.pages import Pages
from tests.writing import ANYWAY, PUBLISHED, publish_quarter, ready_draft, signed, write

NOW = MONDAY + timedelta(days=8)
BEFORE = MONDAY + timedelta(days=1)
ALL = "/quarters/2026-q2/nudges"
ONE = "/narratives/2026-q2/product/nudges"


@pytest.fixture
def quarter(app: Flask) -> Iterator[Quarter]:
    with time_machine.travel(NOW, tick=False):
        yield make_quarter()


@pytest.fixture
def olga(quarter: Quarter) -> Person:
    return make_person("organiser", name="Olga Orga")


@pytest.fixture
def product(quarter: Quarter) -> Bucket:
    return make_bucket("Product", owner=make_person("leader", name="Ada Lovelace"))


def sent() -> list[tuple[int, int, int]]:
    """Which bucket's owner was asked by whom: ids."""
    db.session.rollback()
    rows = db.session.scalars(select(Nudge).order_by(Nudge.sent_at, Nudge.bucket_id))
    return [(row.bucket_id, row.person_id, row.sent_by_id) for row in rows]


def test_the_silent_are_asked_and_the_others_passed_over_with_a_reason(
    quarter: Quarter, olga: Person, product: Bucket, pages: Pages
) -> None:
    write(quarter, product, at=NOW - AT_WORK)
    at_work, done, own = make_bucket("At work"), make_bucket("Done"), make_bucket("Own", owner=olga)
    write(quarter, at_work, at=NOW - timedelta(days=1))
    signed(quarter, done, at=BEFORE)
    page = pages.sign_in(olga).get("/quarters/2026-q2/publication")
    assert "That is Ada Lovelace." in page.text
    page = pages.post(ALL)
    assert (
        "Asked: Ada Lovelace (Product). They see it on their home page. Passed over: At work, because "
        "somebody wrote in the last three days; Done, because it is signed off; Own, because it is yours."
        in page.text
    )
    assert sent() == [(product.id, product.owner_id, olga.id)]
    assert own.owner_id == olga.id


def test_a_contributor_who_wrote_counts_and_an_organiser_who_put_a_comma_right_does_not(
    quarter: Quarter, olga: Person, product: Bucket
) -> None:
    grace, other = make_person("leader"), make_bucket("Other")
    save(Contributor(bucket_id=product.id, person_id=grace.id))
    for bucket, by in ((product, grace), (other, olga)):
        writing.save(quarter, bucket, draft=ready_draft("x"), base=0, by=by, at=NOW - timedelta(hours=1))
    result = nudge(quarter, standings(quarter), by=olga, on=NOW.date(), at=NOW)
    assert result.passed_over == [("Product", "somebody wrote in the last three days")]
    assert [name for _owner, name in result.asked] == ["Other"]


def test_once_a_day_and_the_second_is_refused_with_a_sentence(
    quarter: Quarter, olga: Person, product: Bucket, pages: Pages
) -> None:
    pages.sign_in(olga).post(ONE)
    refused = pages.post(ONE, status=409)
    sentence = "Nobody was asked. Passed over: Product, because Ada Lovelace was asked today already."
    assert sentence in refused.text
    assert sentence in pages.another().sign_in(make_person("organiser")).post(ALL, status=409).text
    assert len(sent()) == 1
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        pages.post(ONE)
    assert len(sent()) == 2


def test_it_is_seen_by_whoever_writes_there_until_somebody_does(
    quarter: Quarter, olga: Person, product: Bucket, pages: Pages
) -> None:
    grace = make_person("leader")
    save(Contributor(bucket_id=product.id, person_id=grace.id))
    stranger = make_bucket("Other").owner
    pages.sign_in(olga).post(ONE)
    asked = "Olga Orga asked on Tuesday 7 July 2026 how"
    for person in (product.owner, grace):
        visitor = pages.another().sign_in(person)
        assert f"{asked} Product is coming along." in visitor.get("/").text
        assert f"{asked} this is coming along." in visitor.get("/narratives/2026-q2/product/edit").text
    for person in (stranger, make_person()):
        assert "is coming along" not in pages.another().sign_in(person).get("/").text
    write(quarter, product, at=NOW + timedelta(minutes=5))
    for address in ("/", "/narratives/2026-q2/product/edit"):
        assert "is coming along" not in pages.another().sign_in(product.owner).get(address).text


def test_nobody_is_asked_for_what_is_published_or_not_open(
    quarter: Quarter, olga: Person, product: Bucket, pages: Pages
) -> None:
    pages.sign_in(olga).post("/narratives/2026-q2/nothing/nudges", status=404)
    pages.post("/quarters/2026-q9/nudges", status=404)
    signed(quarter, product, at=BEFORE)
    publish_quarter(quarter, by=olga, at=PUBLISHED, decision=ANYWAY)
    assert "Nobody was asked." in pages.post(ALL, status=409).text
    make_quarter("2026-q4", drafting_opens_at=NOW + timedelta(days=60))
    page = pages.post("/quarters/2026-q4/nudges", status=409)
    assert "Nobody was asked: drafting has not opened yet." in page.text
    assert sent() == []


@pytest.mark.parametrize("role", ["employee", "leader"])
def test_only_organisers_ask(quarter: Quarter, product: Bucket, pages: Pages, role: str) -> None:
    pages.sign_in(make_person(role))
    for address in (ONE, ALL):
        assert "Only organisers" in pages.post(address, status=403).text
    assert sent() == []


@pytest.mark.parametrize("many", [1, 3])
def test_the_home_page_takes_a_fixed_number_of_queries(
    quarter: Quarter, olga: Person, pages: Pages, many: int
) -> None:
    ada = make_person("leader")
    for number in range(many):
        make_bucket(f"Silent {number}", owner=ada)
        changed = make_bucket(f"Changed {number}", owner=ada)
        signed(quarter, changed, at=BEFORE)
        write(quarter, changed, ready_draft("later"), at=BEFORE)
    nudge(quarter, standings(quarter), by=olga, on=NOW.date(), at=NOW)
    pages.sign_in(ada).get("/")
    with counted_queries() as made:
        page = pages.get("/")
    assert page.text.count("was changed since you signed it off:") == many
    assert page.text.count("is coming along") == 2 * many
    assert len(made) == 14, "\n".join(made)
