"""Publishing: who may, what is pinned, what is left out, what becomes late, and that it happens once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from narrative.database import db
from narrative.narratives import locking, writing
from narrative.narratives.gate import Decision, MoreMissing, NothingSignedOff
from narrative.narratives.models import Narrative, Priority, Publication
from narrative.narratives.publishing import CannotPublish, publish_if_due, publish_late, publish_quarter
from narrative.narratives.signing_off import sign_off, withdraw_sign_off
from narrative.narratives.standings import standings
from narrative.people.models import Bucket, Person
from narrative.quarters.models import Quarter
from tests.counting import counted_queries
from tests.factories import make_bucket, make_person, make_quarter, save
from tests.pages import Page, Pages
from tests.writing import ANYWAY, DRAFTING, PUBLISHED, READING, owned, ready_draft, signed, write

PAGE = "/quarters/2026-q2/publication"


@dataclass
class Company:
    """Two buckets, an organiser."""

    quarter: Quarter
    product: Bucket
    people: Bucket
    organiser: Person

    def states(self) -> dict[str, str]:
        """How each bucket's narrative stands, by name."""
        db.session.rollback()
        return {one.name: one.state for one in standings(self.quarter)}


@pytest.fixture
def company(app: Flask) -> Company:
    return Company(make_quarter(), make_bucket("Product"), make_bucket("People"), make_person("organiser"))


def publications() -> list[Publication]:
    db.session.rollback()
    return list(db.session.scalars(select(Publication).order_by(Publication.id)))


def priorities() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Priority.title).order_by(Priority.narrative_id, Priority.position)))


# The act


def test_publishing_shows_every_signed_off_text_in_one_moment(company: Company) -> None:
    for bucket in (company.product, company.people):
        signed(company.quarter, bucket)
    assert publish_quarter(company.quarter, by=company.organiser, at=PUBLISHED, decision=ANYWAY)
    assert company.states() == {"Product": "published", "People": "published"}
    assert company.quarter.published_at == PUBLISHED
    facts = {(one.number, one.published_at, one.published_by_id, one.reason) for one in publications()}
    assert facts == {(1, PUBLISHED, company.organiser.id, "")}
    assert priorities() == ["Row of Product", "Row of People"]
    assert "Well of Product" in publications()[0].html["went_well"]


def test_it_is_published_once(company: Company) -> None:
    signed(company.quarter, company.product)
    assert publish_quarter(company.quarter, by=company.organiser, at=PUBLISHED, decision=ANYWAY)
    assert not publish_quarter(company.quarter, by=company.organiser, at=READING, decision=ANYWAY)
    assert [one.number for one in publications()] == [1]
    assert company.quarter.published_at == PUBLISHED


def test_what_was_signed_off_is_published_whatever_was_written_since(company: Company) -> None:
    narrative = signed(company.quarter, company.product)
    pinned = narrative.head
    write(company.quarter, company.product, ready_draft("Later"))
    assert company.states()["Product"] == "changed since sign-off"
    assert publish_quarter(company.quarter, by=company.organiser, at=PUBLISHED, decision=ANYWAY)
    (publication,) = publications()
    assert publication.revision_number == pinned
    assert "Later" not in "".join(publication.html.values())
    assert priorities() == ["Row of Product"]


def test_what_is_not_signed_off_is_late_and_unseen(company: Company) -> None:
    signed(company.quarter, company.product)
    write(company.quarter, company.people)
    assert publish_quarter(company.quarter, by=company.organiser, at=PUBLISHED, decision=ANYWAY)
    assert company.states() == {"Product": "published", "People": "late"}
    assert len(publications()) == 1


def test_a_bucket_made_later_is_not_late_in_a_quarter_before_it(company: Company) -> None:
    signed(company.quarter, company.product)
    publish_quarter(company.quarter, by=company.organiser, at=PUBLISHED, decision=ANYWAY)
    make_bucket("Founded later")
    assert company.states() == {"Product": "published", "People": "late"}


def test_an_archived_bucket_is_not_published_and_a_published_one_stays_when_archived(
    company: Company,
) -> None:
    gone = make_bucket("Gone")
    for bucket in (company.product, company.people, gone):
        signed(company.quarter, bucket)
    gone.archived_at = DRAFTING
    save(gone)
    publish_quarter(company.quarter, by=company.organiser, at=PUBLISHED, decision=ANYWAY)
    company.people.archived_at = READING
    save(company.people)
    assert company.states() == {"Product": "published", "People": "published"}


def test_nothing_signed_off_publishes_nothing(company: Company) -> None:
    write(company.quarter, company.product)
    with pytest.raises(NothingSignedOff):
        publish_quarter(company.quarter, by=company.organiser, at=PUBLISHED, decision=ANYWAY)
    db.session.rollback()
    assert company.quarter.published_at is None
    assert db.session.scalar(select(Narrative.id).where(Narrative.bucket_id == company.people.id)) is None


def test_no_more_is_left_out_than_was_seen(company: Company) -> None:
    signed(company.quarter, company.product)
    narrative = signed(company.quarter, company.people)
    withdraw_sign_off(narrative, at=DRAFTING)
    with pytest.raises(MoreMissing) as refusal:
        publish_quarter(company.quarter, by=company.organiser, at=PUBLISHED, decision=Decision(without=()))
    assert refusal.value.names == ["People"]
    assert publications() == []
    seen = Decision(without={company.people.id}, because="People follow.")
    assert publish_quarter(company.quarter, by=company.organiser, at=PUBLISHED, decision=seen)


# By itself


def test_it_publishes_itself_at_its_instant_when_all_is_signed_off(company: Company) -> None:
    for bucket in (company.product, company.people):
        signed(company.quarter, bucket)
    assert not publish_if_due(company.quarter, PUBLISHED - timedelta(seconds=1))
    assert publish_if_due(company.quarter, PUBLISHED)
    assert not publish_if_due(company.quarter, PUBLISHED)
    assert {one.published_by_id for one in publications()} == {None}


def test_it_waits_for_the_organiser_when_something_is_missing(company: Company) -> None:
    signed(company.quarter, company.product)
    assert not publish_if_due(company.quarter, PUBLISHED)
    assert publications() == []


def test_the_first_request_after_its_instant_publishes_it(company: Company, pages: Pages) -> None:
    for bucket in (company.product, company.people):
        signed(company.quarter, bucket)
    with time_machine.travel(PUBLISHED - timedelta(minutes=1), tick=False):
        pages.sign_in(make_person()).get("/narratives/2026-q2/product", status=404)
    with time_machine.travel(PUBLISHED, tick=False):
        assert "Well of Product" in pages.get("/narratives/2026-q2/product").text


# Late


def test_a_late_narrative_is_published_once_it_is_signed_off(company: Company) -> None:
    signed(company.quarter, company.product)
    late = write(company.quarter, company.people)
    with pytest.raises(CannotPublish):
        publish_late(late, by=company.organiser, at=READING)
    publish_quarter(company.quarter, by=company.organiser, at=PUBLISHED, decision=ANYWAY)
    with pytest.raises(CannotPublish):
        publish_late(late, by=company.organiser, at=READING)
    sign_off(late, revision_number=late.head, by=company.people.owner, at=READING)
    assert company.states()["People"] == "signed off"
    assert publish_late(late, by=company.organiser, at=READING)
    assert not publish_late(late, by=company.organiser, at=READING)
    assert company.states() == {"Product": "published", "People": "published"}
    assert publications()[-1].published_at == READING


# Frozen


def test_no_way_of_writing_changes_what_is_published(company: Company) -> None:
    narrative = signed(company.quarter, company.product)
    publish_quarter(company.quarter, by=company.organiser, at=PUBLISHED, decision=ANYWAY)
    before = [(one.html, one.revision_number, one.words) for one in publications()]
    facts: dict[str, Any] = {"by": company.product.owner, "at": READING}
    changed = owned(company.product, replace(ready_draft("Product"), opening="Something else."))
    for base in (narrative.head, 0):
        writing.save(company.quarter, company.product, draft=changed, base=base, **facts)
    writing.restore(narrative, 1, head=narrative.head, **facts)
    late = {"expected_on": date(2026, 8, 1), "because": "x", "at": READING}
    ways = (
        lambda: sign_off(narrative, revision_number=narrative.head, **facts),
        lambda: withdraw_sign_off(narrative, at=READING),
        lambda: writing.say_late(company.quarter, company.product, **late),
    )
    for way in ways:
        with pytest.raises(locking.WritingClosed):
            way()
        db.session.rollback()
    assert narrative.head > 2
    assert [(one.html, one.revision_number, one.words) for one in publications()] == before


def test_no_writing_route_changes_what_is_published(company: Company, app: Flask, pages: Pages) -> None:
    narrative = signed(company.quarter, company.product)
    publish_quarter(company.quarter, by=company.organiser, at=PUBLISHED, decision=ANYWAY)
    before = [(one.number, one.html) for one in publications()]
    tried = set()
    sent = {"base": narrative.head, "opening": "Something else.", "revision": narrative.head, "without": "1"}
    with time_machine.travel(READING, tick=False):
        pages.sign_in(company.product.owner)
        for rule in app.url_map.iter_rules():
            room = str(rule).startswith(("/narratives/", "/quarters/"))
            if not room or "POST" not in (rule.methods or set()) or rule.endpoint == "corrections.create":
                continue
            values = {"quarter": "2026-q2", "bucket": "product", "number": 1, "comment_id": 1}
            address = app.url_map.bind("").build(
                rule.endpoint, {name: values[name] for name in rule.arguments}, method="POST"
            )
            token = pages.csrf_token()
            pages.client.post(address, data={**sent, "csrf_token": token})
            tried.add(rule.endpoint)
    assert {"narratives.update", "sign_offs.create", "late_publications.create"} <= tried
    assert [(one.number, one.html) for one in publications()] == before


# The organiser's page


@pytest.fixture
def in_drafting() -> object:
    with time_machine.travel(DRAFTING, tick=False):
        yield


def hidden(page: Page) -> dict[str, list[str]]:
    """What the page sends along with the press of its button: which lack of which buckets was seen."""
    return {
        name: [e.attributes["value"] for e in page.all("input", name=name)] for name in ("without", "seen")
    }


@pytest.mark.usefixtures("in_drafting")
def test_the_organiser_sees_how_each_stands_and_publishes(company: Company, pages: Pages) -> None:
    signed(company.quarter, company.product)
    write(company.quarter, company.people)
    writing.say_late(
        company.quarter, company.people, expected_on=date(2026, 7, 16), because="Two are ill", at=DRAFTING
    )
    pages.sign_in(company.organiser)
    page = pages.get(PAGE)
    rows = [" ".join(row.text.split()) for row in page.all("li", class_="inspected")]
    assert rows[0].startswith(f"Product {company.product.owner.name} Signed off")
    assert rows[1].startswith(f"People {company.people.owner.name} Drafting")
    assert "expected Thursday 16 July 2026: Two are ill" in rows[1]
    assert "Publish without People" in page.text
    page = pages.post(PAGE, {**hidden(page), "because": "People follow on Thursday."})
    assert "Q2 2026 is published" in page.text
    assert company.states() == {"Product": "published", "People": "late"}


@pytest.mark.usefixtures("in_drafting")
def test_a_sign_off_that_is_gone_stops_the_press(company: Company, pages: Pages) -> None:
    signed(company.quarter, company.product)
    narrative = signed(company.quarter, company.people)
    page = pages.sign_in(company.organiser).get(PAGE)
    withdraw_sign_off(narrative, at=DRAFTING)
    page = pages.post(PAGE, hidden(page), status=409)
    assert "Nothing was published. People is not signed off any more" in page.text
    assert publications() == []


@pytest.mark.usefixtures("in_drafting")
def test_with_nothing_signed_off_there_is_no_button(company: Company, pages: Pages) -> None:
    page = pages.sign_in(company.organiser).get(PAGE)
    assert "Nothing to publish yet" in page.text
    assert "Nothing was published" in pages.post(PAGE, {}, status=409).text


@pytest.mark.usefixtures("in_drafting")
@pytest.mark.parametrize("role", ["employee", "leader"])
def test_only_organisers_publish(company: Company, pages: Pages, role: str) -> None:
    signed(company.quarter, company.product)
    pages.sign_in(make_person(role))
    page = pages.get(PAGE, status=200 if role == "leader" else 403)
    assert page.all("button", data_kind="primary") == []
    assert "Only organisers" in pages.post(PAGE, {}, status=403).text
    assert publications() == []


def test_a_late_narrative_is_published_by_its_owner_or_an_organiser(company: Company, pages: Pages) -> None:
    signed(company.quarter, company.product)
    late = write(company.quarter, company.people)
    publish_quarter(company.quarter, by=company.organiser, at=PUBLISHED, decision=ANYWAY)
    address = "/narratives/2026-q2/people/publication"
    with time_machine.travel(READING, tick=False):
        pages.another().sign_in(make_person()).post(address, {}, status=404)
        leader = pages.another().sign_in(make_person("leader"))
        assert f"Only {company.people.owner.name}" in leader.post(address, {}, status=403).text
        pages.sign_in(company.people.owner)
        assert "not signed off yet" in pages.post(address, {}, status=409).text
        room = "/narratives/2026-q2/people/edit"
        assert "it can be published at once" in pages.get(room).text
        sign_off(late, revision_number=late.head, by=company.people.owner, at=READING)
        db.session.expire_all()
        (form,) = pages.get(room).all("form", action=address)
        assert "Publish revision 1" in form.text
        assert "Well of People" in pages.post(address, {}).text
    assert company.states() == {"Product": "published", "People": "published"}


def test_the_page_says_when_the_instant_has_passed(company: Company, pages: Pages) -> None:
    signed(company.quarter, company.product)
    with time_machine.travel(PUBLISHED + timedelta(hours=1), tick=False):
        page = pages.sign_in(company.organiser).get(PAGE)
        assert "The instant has passed" in page.text


@pytest.mark.parametrize("many", [1, 3])
def test_standings_take_one_query(company: Company, many: int) -> None:
    for number in range(many):
        signed(company.quarter, make_bucket(f"Further {number}"))
    assert company.quarter.name == "2026-q2"
    with counted_queries() as made:
        assert len(standings(company.quarter)) == 2 + many
    assert len(made) == 1
