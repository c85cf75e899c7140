"""Before publishing: what the organiser sees of every bucket, and the gate that every path passes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from narrative.database import db
from narrative.due import run_due
from narrative.narratives import writing
from narrative.narratives.destinations import Page as Checked
from narrative.narratives.destinations import dead_links
from narrative.narratives.gate import Decision, FoundMeanwhile
from narrative.narratives.inspecting import anyway_reason
from narrative.narratives.models import Publication
from narrative.narratives.promises import promises
from narrative.narratives.publishing import (
    IMPORTED,
    publish_if_due,
    publish_late,
    publish_past,
    publish_quarter,
)
from narrative.narratives.readings import mark_read
from narrative.narratives.rendering import render_draft
from narrative.narratives.rules import Draft, OutcomeRow
from narrative.narratives.signing_off import StillLacking, sign_off
from narrative.narratives.standings import standings
from narrative.people.models import Bucket, Person
from narrative.quarters.models import Quarter
from narrative.web.blocks import blocks_of
from tests.counting import counted_queries
from tests.factories import MONDAY, make_bucket, make_person, make_quarter
from tests.pages import Page, Pages
from tests.writing import ANYWAY, DRAFTING, PUBLISHED, READING, owned, published, ready_draft, signed, write

PAGE = "/quarters/2026-q2/publication"
COMMENT = "“Opening” has a comment that was left in: “<!-- ask Ben -->”"
MARK = "“Opening” has a note to yourself: “TODO”"


@dataclass
class Company:
    """Two buckets, an organiser, a leader who owns neither, at the time of drafting."""

    quarter: Quarter
    product: Bucket
    people: Bucket
    organiser: Person
    leader: Person

    def sign(self, bucket: Bucket, opening: str) -> None:
        """Write and sign off a draft with that opening, whatever the check finds."""
        draft = owned(bucket, replace(ready_draft(bucket.name), opening=opening))
        narrative = write(self.quarter, bucket, draft)
        sign_off(narrative, revision_number=narrative.head, by=bucket.owner, at=DRAFTING, accepted=True)

    def published(self) -> list[str]:
        """The buckets that readers can see."""
        db.session.rollback()
        return [one.name for one in standings(self.quarter) if one.published]

    def reason(self) -> tuple[str, int | None] | None:
        """Why the quarter was published anyway, and who said so."""
        found = anyway_reason(self.quarter)
        return (found.because, found.said_by_id) if found else None


@pytest.fixture
def company(app: Flask) -> Iterator[Company]:
    with time_machine.travel(DRAFTING, tick=False):
        yield Company(
            make_quarter(),
            make_bucket("Product"),
            make_bucket("People"),
            make_person("organiser", name="Olga Orga"),
            make_person("leader", name="Lena Leader"),
        )


def rows(page: Page) -> list[str]:
    """What the page says of each bucket."""
    return [" ".join(row.text.split()) for row in page.all("li", class_="inspected")]


def hidden(page: Page) -> dict[str, list[str]]:
    """What the press of the page's button sends of what was seen."""
    return {
        name: [e.attributes["value"] for e in page.all("input", name=name)] for name in ("without", "seen")
    }


# The screen


def test_the_organiser_sees_who_read_wrote_and_what_was_found(company: Company, pages: Pages) -> None:
    company.sign(company.product, "Well. <!-- ask Ben --> See [the past](/narratives/2026-q9/nothing).")
    narrative = write(company.quarter, company.people)
    mark_read(narrative, revision_number=1, by=company.leader, at=DRAFTING)
    write(company.quarter, company.people, replace(ready_draft("People"), opening="Later."))
    writing.say_late(
        company.quarter, company.people, expected_on=date(2026, 7, 16), because="Two are ill", at=DRAFTING
    )
    third = make_bucket("Third")
    page = pages.sign_in(company.organiser).get(PAGE)
    last = "Last edit Tuesday 30 June 2026, 09:00 UTC"
    assert rows(page) == [
        f"Product {company.product.owner.name} Signed off {last}, {company.product.owner.name}. "
        "No other leader has marked what is signed off as read. What is signed off looks unfinished: "
        f"{COMMENT} “Opening” has a link that leads nowhere: /narratives/2026-q9/nothing",
        f"People {company.people.owner.name} Drafting Late, expected Thursday 16 July 2026: Two are ill "
        f"{last}, {company.people.owner.name}. No other leader has marked the newest revision as read. "
        "Lena Leader read revision 1; 1 newer. The check found nothing.",
        f"Third {third.owner.name} Not started Nobody has written anything yet. "
        f"Ask {third.owner.name} how Third is coming along",
    ]
    assert page.links()[COMMENT] == "/narratives/2026-q2/product/edit#opening"


def test_edits_after_the_sign_off_are_seen_and_what_is_signed_off_is_checked(
    company: Company, pages: Pages
) -> None:
    narrative = signed(company.quarter, company.product)
    mark_read(narrative, revision_number=1, by=company.leader, at=DRAFTING)
    write(company.quarter, company.product, replace(ready_draft("Product"), opening="TODO all of it"))
    page = pages.sign_in(company.organiser).get(PAGE)
    said = rows(page)[0]
    assert "Changed since sign-off: 3 words. See what changed in Product" in said
    assert page.links()["See what changed in Product"] == (
        "/narratives/2026-q2/product/revisions/2?against=1"
    )
    assert "What is signed off was read by Lena Leader." in said
    assert "The check found nothing." in said


def test_leaders_look_and_cannot_act(company: Company, pages: Pages) -> None:
    company.sign(company.product, "TODO")
    page = pages.sign_in(company.leader).get(PAGE)
    assert MARK in rows(page)[0]
    actions = {
        form.attributes["action"] for form in page.all("form") if form.attributes.get("method") == "post"
    }
    assert actions == {"/sign-out"}
    assert not [link for link in page.links().values() if "/edit" in link]
    pages.another().sign_in(make_person()).get(PAGE, status=403)


@pytest.mark.parametrize("many", [1, 3])
def test_the_screen_takes_a_fixed_number_of_queries(company: Company, pages: Pages, many: int) -> None:
    link = "[a](/narratives/2026-q2/product#went-well) [b](#nowhere) TODO"
    for number in range(many):
        bucket = make_bucket(f"Further {number}")
        company.sign(bucket, link)
        narrative = write(company.quarter, bucket, replace(ready_draft("x"), opening=f"{link} again"))
        for reader in range(many):
            mark_read(narrative, revision_number=2, by=make_person("leader", name=f"R {reader}"), at=DRAFTING)
    pages.sign_in(company.organiser).get(PAGE)
    with counted_queries() as made:
        assert len(rows(pages.get(PAGE))) == 2 + many
    assert len(made) == 17, "\n".join(made)


# The gate: the organiser


def test_with_something_missing_or_unfinished_a_reason_is_asked_for_and_kept(
    company: Company, pages: Pages
) -> None:
    company.sign(company.product, "Well. TODO")
    page = pages.sign_in(company.organiser).get(PAGE)
    seen = hidden(page)
    assert seen["without"] == [str(company.people.id)]
    refused = pages.post(PAGE, {**seen, "because": "  "}, status=422)
    assert refused.errors() == ["Say why it is published anyway"]
    assert company.published() == []
    too_long = pages.post(PAGE, {**seen, "because": "x" * 501}, status=422)
    assert "x" * 501 in too_long.html
    pages.post(PAGE, {**seen, "because": " The board meets today. "})
    assert company.published() == ["Product"]
    assert company.reason() == ("The board meets today.", company.organiser.id)
    for person in (company.organiser, company.leader):
        visitor = pages.another().sign_in(person)
        assert "because: The board meets today. Olga Orga, Tuesday 30 June 2026" in visitor.get(PAGE).text
        assert PAGE in visitor.get("/quarters/2026-q2").links().values()
    employee = pages.another().sign_in(make_person())
    assert PAGE not in employee.get("/quarters/2026-q2").links().values()
    for address in ("/quarters/2026-q2", "/narratives/2026-q2/product", "/"):
        assert "The board meets today" not in employee.get(address).html


def test_earlier_promises_of_which_nothing_is_said_are_named_bucket_by_bucket(
    company: Company, pages: Pages
) -> None:
    both = (company.product, company.people)
    for name, days in (("2025-q4", 182), ("2026-q1", 91)):
        earlier = make_quarter(name, drafting_opens_at=MONDAY - timedelta(days=days))
        drafts = {bucket.slug: ready_draft(f"{name} {bucket.name}") for bucket in both}
        published(earlier, *both, at=PUBLISHED - timedelta(days=days), **drafts)
    (promised,) = promises(company.quarter, company.people)
    done = (OutcomeRow(key=promised.key, state="done"),)
    signed(company.quarter, company.people, ready_draft("People", outcomes=done))
    signed(company.quarter, company.product)
    page = pages.sign_in(company.organiser).get(PAGE)
    product, people = rows(page)
    assert "looks unfinished: What became of “Row of 2026-q1 Product” is not said" in product
    assert "The check found nothing." in people
    assert "2025-q4" not in page.text
    assert pages.post(PAGE, hidden(page), status=422).errors() == ["Say why it is published anyway"]
    # At its instant nobody looks: the owner said that it is meant so, and readers see it as not reported.
    assert publish_if_due(company.quarter, PUBLISHED)


def test_when_all_is_well_no_reason_is_asked_for_nor_kept(company: Company, pages: Pages) -> None:
    for bucket in (company.product, company.people):
        signed(company.quarter, bucket)
    page = pages.sign_in(company.organiser).get(PAGE)
    assert not page.all("textarea", name="because")
    assert "They appear by themselves Thursday 9 July 2026, 09:00 UTC, or now if you publish." in page.text
    pages.post(PAGE, {**hidden(page), "because": "Because."})
    assert company.published() == ["Product", "People"]
    assert company.reason() is None


def test_what_the_check_finds_only_now_stops_the_press(company: Company, pages: Pages) -> None:
    company.sign(company.product, "Well.")
    signed(company.quarter, company.people)
    page = pages.sign_in(company.organiser).get(PAGE)
    company.sign(company.product, "Well. <!-- ask Ben -->")
    page = pages.post(PAGE, {**hidden(page), "because": "All is well."}, status=409)
    assert "the check finds something else now than before" in page.text
    assert company.published() == []
    assert "All is well." in page.html
    with pytest.raises(FoundMeanwhile):
        publish_quarter(
            company.quarter, by=company.organiser, at=PUBLISHED, decision=Decision(seen="", because="x")
        )


# The gate: at its instant


@pytest.mark.parametrize(
    ("opening", "appears"),
    [
        ("Well. TODO", True),
        ("Well. <!-- ask Ben -->", False),
        ("See [there](#nowhere).", False),
        ("See [there](/narratives/2026-q2/people).", True),
        ("What was this quarter about, and how did it end?", False),
    ],
)
def test_at_its_instant_it_waits_with_an_accident_and_not_with_what_its_owner_may_mean(
    company: Company, opening: str, appears: bool
) -> None:
    company.sign(company.product, opening)
    signed(company.quarter, company.people)
    done = run_due(PUBLISHED)
    assert ("Q2 2026 was published." in done) is appears
    assert company.published() == (["Product", "People"] if appears else [])
    if appears:
        assert company.reason() is None
    else:
        assert not publish_if_due(company.quarter, PUBLISHED + timedelta(days=1))
        assert publish_quarter(company.quarter, by=company.organiser, at=PUBLISHED, decision=ANYWAY)


def test_while_an_accident_holds_it_back_it_is_checked_only_after_changes(company: Company) -> None:
    company.sign(company.product, "Well. <!-- ask Ben -->")
    signed(company.quarter, company.people)
    assert not publish_if_due(company.quarter, PUBLISHED)
    with counted_queries() as made:
        assert not publish_if_due(company.quarter, PUBLISHED)
    assert len(made) <= 3, "\n".join(made)
    company.sign(company.product, "Well.")
    assert publish_if_due(company.quarter, PUBLISHED)
    assert company.published() == ["Product", "People"]


def test_the_screen_says_that_an_accident_holds_it_back(company: Company, pages: Pages) -> None:
    company.sign(company.product, "Well. <!-- ask Ben -->")
    signed(company.quarter, company.people)
    page = pages.sign_in(company.organiser).get(PAGE)
    assert "hardly meant for readers. Unless it is mended, they do not appear by themselves" in page.text


# The gate: late ones, and the past


def test_a_late_narrative_passes_the_same_gate(company: Company, pages: Pages) -> None:
    signed(company.quarter, company.product)
    publish_quarter(company.quarter, by=company.organiser, at=PUBLISHED, decision=ANYWAY)
    company.sign(company.people, "Well. TODO")
    address = "/narratives/2026-q2/people/publication"
    with time_machine.travel(READING, tick=False):
        page = pages.sign_in(company.people.owner).post(address, {}, status=422)
        assert page.errors() == ["Say why it is published anyway"]
        assert MARK in page.text
        assert company.published() == ["Product"]
        pages.post(address, {"because": "It is meant so."})
        assert company.published() == ["Product", "People"]
        said = pages.another().sign_in(company.leader).get(PAGE).text
        owner = company.people.owner.name
        assert f"because: It is meant so. {owner}, Friday 10 July 2026" in said
    kept = db.session.scalars(select(Publication.anyway_because).order_by(Publication.id)).all()
    assert kept == ["", "It is meant so."]


def test_a_late_narrative_without_accidents_needs_no_reason(company: Company) -> None:
    signed(company.quarter, company.product)
    publish_quarter(company.quarter, by=company.organiser, at=PUBLISHED, decision=ANYWAY)
    late = signed(company.quarter, company.people)
    assert publish_late(late, by=company.organiser, at=READING, because="x")
    assert db.session.scalars(select(Publication.anyway_because)).all() == ["", ""]


def unfinished(bucket: Bucket) -> Draft:
    """A draft that looks unfinished."""
    return owned(bucket, replace(ready_draft("Old"), opening="TODO"))


def test_what_is_imported_from_the_past_is_not_checked_and_says_so(company: Company, pages: Pages) -> None:
    narrative = write(company.quarter, company.product, unfinished(company.product))
    publish_past(company.quarter, [narrative.id], at=PUBLISHED)
    assert company.published() == ["Product"]
    assert IMPORTED in pages.sign_in(company.organiser).get(PAGE).text
    other = write(company.quarter, company.people, unfinished(company.people))
    publish_past(company.quarter, [other.id], at=PUBLISHED)
    kept = db.session.scalars(select(Publication.anyway_because).order_by(Publication.id)).all()
    assert kept == ["", IMPORTED]


# Links


def test_links_are_followed_to_where_they_lead(company: Company) -> None:
    published(make_quarter("2026-q1"), company.product)
    alive = (
        "#went-badly",
        "#corrections",
        "/",
        "/anonymity",
        "/policy",
        "/quarters/2026-q1",
        "/board/2026-q1",
        "/narratives/2026-q1/product",
        "/narratives/2026-q1/product#went-well",
        "/narratives/2026-q1/product?beside=2026-q2",
        "/narratives/2026-q2/people",
        "/narratives/2026-q2/people#anything",
        "http://localhost:8000/quarters",
        "https://elsewhere.example/narratives/2026-q9/nothing",
        "mailto:ada@test.example",
    )
    dead = (
        "#nowhere",
        "/nowhere",
        "/quarters/2026-q9",
        "/quarters/2026-q2/edit",
        "/narratives/2026-q1/people",
        "/narratives/2026-q9/product",
        "/narratives/2026-q2/nothing",
        "/narratives/2026-q1/product#nowhere",
        "/narratives/2026-q1/product/corrections/2",
        "/narratives/2026-q2/product/edit",
        "/narratives/2026-q2/product/draft",
        "/answers",
        "/sign-out",
        "http://localhost:8000/nowhere",
    )
    text = "\n\n".join(f"[a]({one})" for one in (*alive, *dead))
    draft = replace(ready_draft("Product"), went_badly=text, opening="[b](#nowhere) [c]: /x")
    (found,) = dead_links([Checked(key=("2026-q2", "product"), draft=draft)])
    assert found == {"opening": ["#nowhere"], "went_badly": list(dead)}


def test_a_link_to_a_paragraph_of_the_text_itself_leads_somewhere(company: Company) -> None:
    draft = replace(ready_draft("Product"), opening="See below.")
    place = blocks_of(render_draft(draft).html["went_well"])[1].id
    linking = replace(draft, opening=f"See [below](#{place}).")
    assert dead_links([Checked(key=("2026-q2", "product"), draft=linking)]) == [{}]


def test_text_without_links_costs_no_query(company: Company) -> None:
    page = Checked(
        key=("2026-q2", "product"), draft=ready_draft("Product", opening="See https://b.example/x")
    )
    with counted_queries() as made:
        assert dead_links([page, page]) == [{}, {}]
    assert made == []


def test_the_owner_is_told_of_a_dead_link_and_may_mean_it(company: Company) -> None:
    draft = owned(company.product, replace(ready_draft("Product"), opening="[a](/nowhere)"))
    narrative = write(company.quarter, company.product, draft)
    with pytest.raises(StillLacking) as refusal:
        sign_off(narrative, revision_number=1, by=company.product.owner, at=DRAFTING)
    assert str(refusal.value) == "“Opening” has a link that leads nowhere: /nowhere"
    sign_off(narrative, revision_number=1, by=company.product.owner, at=DRAFTING, accepted=True)
