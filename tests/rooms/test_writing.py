"""The drafting room: who comes in, what is kept, what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from narrative.database import db
from narrative.narratives import queries, writing
from narrative.narratives.models import Publication, Revision
from narrative.narratives.rules import LONGEST_TEXT, PROMPTS, Draft
from narrative.people.models import Contributor
from tests.drafting import AT, EDIT, ROOM, Company, finished, make_company, script_save, typed
from tests.factories import MONDAY, make_quarter, save
from tests.pages import Pages


@pytest.fixture
def company(app: Flask) -> Iterator[Company]:
    """A company, and the clock, in the drafting stage."""
    with time_machine.travel(AT, tick=False):
        yield make_company()


# Who comes in


def test_the_owner_a_contributor_and_an_organiser_write(company: Company, pages: Pages) -> None:
    for person in (company.ada, company.grace, company.organiser):
        page = pages.another().sign_in(person).get(EDIT)
        assert [e.text for e in page.all("h1")] == ["Product"]


def test_another_leader_reads_the_draft_but_is_told_who_writes_it(company: Company, pages: Pages) -> None:
    company.write(Draft(opening="A secret of Ada's"))
    visitor = pages.sign_in(company.other_leader)
    refused = visitor.get(EDIT, status=403)
    assert "Only Ada Lovelace, who owns Product, its contributors, and organisers can write" in refused.text
    assert "A secret of Ada's" not in refused.html
    assert "A secret of Ada's" in visitor.get(f"{ROOM}/draft").text
    visitor.post(EDIT, {"opening": "mine now", "base": "1"}, status=403)
    assert company.head.opening == "A secret of Ada's"


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("get", EDIT),
        ("get", f"{ROOM}/draft"),
        ("get", f"{ROOM}/revisions"),
        ("get", f"{ROOM}/revisions/1"),
        ("post", EDIT),
        ("post", f"{ROOM}/preview"),
        ("post", f"{ROOM}/lateness"),
        ("post", f"{ROOM}/sign-off"),
        ("post", f"{ROOM}/sign-off/withdrawal"),
        ("post", f"{ROOM}/revisions/1/restoration"),
    ],
)
def test_for_employees_nothing_of_a_draft_exists(
    company: Company, pages: Pages, method: str, address: str
) -> None:
    company.write(Draft(opening="A secret of Ada's"))
    # Even for one who once wrote here: what counts is the role now.
    save(Contributor(bucket_id=company.bucket.id, person_id=company.employee.id))
    page = getattr(pages.sign_in(company.employee), method)(address, status=404)
    assert "secret" not in page.html
    assert "Product" not in page.text
    assert len(company.revisions) == 1


def test_what_there_is_not_is_not_found(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.ada)
    for address in (
        "/narratives/2027-q1/product/edit",
        "/narratives/2026-q2/nothing/edit",
        f"{ROOM}/revisions/9",
    ):
        visitor.get(address, status=404)


def test_writing_opens_with_drafting(company: Company, pages: Pages) -> None:
    later = make_quarter("2026-q3", drafting_opens_at=AT + timedelta(days=90))
    visitor = pages.sign_in(company.ada)
    page = visitor.get("/narratives/2026-q3/product/edit")
    assert "Writing opens Monday 28 September 2026, 09:00 UTC" in page.text
    refused = visitor.post(
        "/narratives/2026-q3/product/edit", {"opening": "Early bird", "base": "0"}, status=409
    )
    assert "Nothing was saved; what you typed is still on this page." in refused.text
    assert "Early bird" in refused.html
    assert queries.narrative_for(later, company.bucket) is None


# Saving with a form


def test_what_was_typed_is_a_new_revision_and_on_the_page_again(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.grace)
    page = visitor.get(EDIT)
    sent = typed(page, opening="We *sailed*.\r\nFar.", went_badly="<b>Paint</b> & “rust”")
    sent |= {"priorities-0-title": "Ship  the boat", "priorities-0-measure": "It floats"}
    sent |= {"priorities-0-owner_id": str(company.ada.id)}
    page = visitor.post(EDIT, sent)
    assert "Saved." in page.text
    [revision] = company.revisions
    assert (revision.number, revision.base, revision.author_id) == (1, 0, company.grace.id)
    assert revision.saved_at == AT
    assert company.head.opening == "We *sailed*.\nFar."
    assert [(row.title, row.measure, row.owner_id) for row in company.head.priorities] == [
        ("Ship the boat", "It floats", company.ada.id)
    ]
    again = typed(page)
    assert (again["opening"], again["went_badly"]) == ("We *sailed*.\nFar.", "<b>Paint</b> & “rust”")
    assert again["base"] == "1"
    assert again["priorities-0-owner_id"] == str(company.ada.id)
    assert "<p>We <em>sailed</em>." in page.html


def test_prompts_are_hints_and_never_in_the_text(company: Company, pages: Pages) -> None:
    page = pages.sign_in(company.ada).get(EDIT)
    assert PROMPTS["opening"][0] in page.text
    assert {sent for name, sent in typed(page).items() if name in {"opening", "went_well"}} == {""}


def test_nothing_new_is_no_new_revision_but_saved(company: Company, pages: Pages) -> None:
    company.write(finished(company.ada))
    visitor = pages.sign_in(company.ada)
    assert "Saved." in visitor.post(EDIT, typed(visitor.get(EDIT))).text
    assert len(company.revisions) == 1


def test_a_stale_page_overwrites_nobody_and_says_so(company: Company, pages: Pages) -> None:
    company.write(Draft(opening="Start.", went_well="One.\n\nTwo."))
    ada, grace = pages.sign_in(company.ada), pages.another().sign_in(company.grace)
    adas, graces = ada.get(EDIT), grace.get(EDIT)
    ada.post(EDIT, typed(adas, went_well="One, said Ada.\n\nTwo."))
    page = grace.post(EDIT, typed(graces, opening="Start, said Grace.", went_well="One.\n\nTwo.\n\nThree."))
    assert "Merged with what Ada Lovelace had saved while you were writing. Both texts are kept" in page.text
    assert company.head.opening == "Start, said Grace."
    for words in ("One, said Ada.", "Two.", "Three."):
        assert words in company.head.went_well
    own, merged = company.revisions[2:]
    assert (own.base, own.went_well, own.author_id) == (1, "One.\n\nTwo.\n\nThree.", company.grace.id)
    assert (merged.base, merged.note) == (3, "Merged with what Ada Lovelace had saved")
    assert page.links()["Your text as you sent it"] == f"{ROOM}/revisions/3"
    assert typed(page)["base"] == "4"


def test_both_wordings_of_the_same_words_are_kept_and_named(company: Company, pages: Pages) -> None:
    company.write(Draft(opening="It went well.", went_well="Sails."))
    visitor = pages.sign_in(company.grace)
    page = visitor.get(EDIT)
    company.write(Draft(opening="It went splendidly.", went_well="Sails."))
    merged = visitor.post(EDIT, typed(page, opening="It went so-so."))
    assert "Both wordings stand there, one after the other. Keep what is right." in merged.text
    assert "You both changed the same words in: Opening." in merged.text
    assert "splendidly" in company.head.opening
    assert "so-so" in company.head.opening


def test_a_stale_page_on_which_nothing_was_typed_changes_nothing(company: Company, pages: Pages) -> None:
    company.write(Draft(opening="Start."))
    visitor = pages.sign_in(company.grace)
    page = visitor.get(EDIT)
    company.write(Draft(opening="Start again."))
    visitor.post(EDIT, typed(page))
    assert company.head.opening == "Start again."
    assert len(company.revisions) == 2


def test_a_base_that_cannot_be_read_loses_no_word(company: Company, pages: Pages) -> None:
    company.write(Draft(opening="Written by Ada."))
    visitor = pages.sign_in(company.grace)
    for base in ("", "x", "-1", "99", "9" * 30, "²"):
        visitor.post(EDIT, {"base": base, "opening": f"Sent with base {base}."})
    for words in ("Written by Ada.", "Sent with base x.", "Sent with base 99.", "Sent with base ²."):
        assert words in company.head.opening


# Bad input


def test_a_text_that_is_too_long_is_refused_and_kept_on_the_page(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.ada)
    page = visitor.get(EDIT)
    long = "é" * (LONGEST_TEXT + 7)
    refused = visitor.post(EDIT, typed(page, opening=long, went_well="kept too"), status=422)
    assert refused.errors() == ["Shorten “Opening” by 7 characters: it may have 60,000"]
    assert refused.title.startswith("Error: ")
    again = typed(refused)
    assert (again["opening"], again["went_well"], again["base"]) == (long, "kept too", "0")
    assert company.revisions == []
    assert len(typed(visitor.post(EDIT, typed(page, opening=long[7:])))["opening"]) == LONGEST_TEXT


def test_characters_that_cannot_be_stored_do_no_harm(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.ada)
    sent = typed(visitor.get(EDIT), opening="a\x00b\x1bc")
    sent["priorities-0-title"] = "nul\x00l"
    visitor.post(EDIT, sent)
    assert (company.head.opening, company.head.priorities[0].title) == ("abc", "null")
    body = b"opening=%ED%A0%80half&base=1&csrf_token=" + visitor.csrf_token().encode()
    visitor._page(
        visitor.client.post(
            EDIT, data=body, content_type="application/x-www-form-urlencoded", follow_redirects=True
        ),
        200,
    )
    assert "half" in company.head.opening
    assert "\ud800" not in company.head.opening


def test_priorities_are_held_to_their_limits_and_owners(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.ada)
    sent = typed(visitor.get(EDIT))
    for index in range(32):
        sent[f"priorities-{index}-title"] = "x" * (201 if index == 3 else 5)
    sent["priorities-1-owner_id"] = str(company.employee.id)
    sent["priorities-2-owner_id"] = "'; --"
    page = visitor.post(EDIT, sent, status=422)
    errors = page.errors()
    assert "Shorten “Priority” by 1 characters: it may have 200" in errors
    assert "Choose the owner from the list" in errors
    assert company.revisions == []
    kept = typed(page)
    assert kept["priorities-3-title"] == "x" * 201
    assert kept["priorities-31-title"] == "xxxxx"
    for index in (1, 2, 3):
        del sent[f"priorities-{index}-title"]
    del sent["priorities-1-owner_id"], sent["priorities-2-owner_id"]
    sent |= {"priorities-50-title": "a", "priorities-51-title": "b"}
    assert visitor.post(EDIT, sent, status=422).errors() == ["Remove 1 of the priorities: there may be 30"]


def test_a_form_without_a_token_changes_nothing(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.ada)
    response = visitor.client.post(EDIT, data={"opening": "forged", "base": "0"})
    assert response.status_code == 400
    assert company.revisions == []


def test_what_is_typed_when_it_is_published_is_kept_and_readers_see_nothing_of_it(
    company: Company, pages: Pages
) -> None:
    company.write(finished(company.ada))
    visitor = pages.sign_in(company.ada)
    page = visitor.get(EDIT)
    company.publish()
    kept = visitor.post(EDIT, typed(page, opening="One more thing"))
    assert "Saved. Readers see it once it is published as a correction." in kept.text
    assert company.head.opening == "One more thing"
    told = script_save(visitor, {**typed(kept), "opening": "And another"})
    assert "Publish the correction" in told["sign_off"]
    assert company.head.opening == "And another"
    assert "another" not in pages.another().sign_in(company.employee).get(ROOM).text


def test_a_late_narrative_is_written_after_its_quarter_was_published(company: Company, pages: Pages) -> None:
    company.quarter.published_at = AT - timedelta(hours=1)
    db.session.commit()
    visitor = pages.sign_in(company.ada)
    visitor.post(EDIT, typed(visitor.get(EDIT), opening="Late but here"))
    assert company.head.opening == "Late but here"


def test_an_archived_bucket_is_written_no_more(company: Company, pages: Pages) -> None:
    company.write(Draft(opening="Before"))
    visitor = pages.sign_in(company.ada)
    page = visitor.get(EDIT)
    company.bucket.archived_at = AT
    db.session.commit()
    refused = visitor.post(EDIT, typed(page, opening="After"), status=409)
    assert "The bucket was archived" in refused.text
    assert company.head.opening == "Before"
    assert "This bucket was archived" in visitor.get(EDIT).text


# Rows, without scripts


def test_rows_are_added_moved_and_removed_by_buttons_that_save(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.ada)
    page = visitor.post(EDIT, typed(visitor.get(EDIT), opening="typed before", **{"priorities-0-title": "A"}))
    page = visitor.post(EDIT, typed(page, row="add"))
    page = visitor.post(EDIT, typed(page, row="add", **{"priorities-1-title": "B"}))
    page = visitor.post(EDIT, typed(page, row="up-2", **{"priorities-2-title": "C"}))
    assert [row.title for row in company.head.priorities] == ["A", "C", "B"]
    keys = {row.title: row.key for row in company.head.priorities}
    page = visitor.post(EDIT, typed(page, row="remove-0", went_well="typed at last"))
    assert [row.title for row in company.head.priorities] == ["C", "B"]
    assert {row.title: row.key for row in company.head.priorities} == {"B": keys["B"], "C": keys["C"]}
    assert (company.head.opening, company.head.went_well) == ("typed before", "typed at last")


def test_a_row_that_says_nothing_is_not_stored(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.ada)
    page = visitor.post(EDIT, typed(visitor.get(EDIT), row="add", opening="x"))
    assert [e.attributes["name"] for e in page.all("input") if "-title" in e.attributes["name"]] == [
        "priorities-0-title"
    ]
    assert company.head.priorities == ()


def test_an_owner_who_left_stays_chosen_and_is_marked(company: Company, pages: Pages) -> None:
    company.write(finished(company.other_leader))
    company.other_leader.deactivated_at = AT
    db.session.commit()
    visitor = pages.sign_in(company.ada)
    page = visitor.get(EDIT)
    assert f"{company.other_leader.name} (left)" in page.text
    visitor.post(EDIT, typed(page, opening="changed"))
    assert company.head.priorities[0].owner_id == company.other_leader.id


# Seeing it


def test_the_preview_is_what_the_published_page_shows(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.grace)
    data = {"text": "We *sailed*\n- far\n- away <script>x</script>", "csrf_token": visitor.csrf_token()}
    response = visitor.client.post(f"{ROOM}/preview", data=data)
    html = response.get_data(as_text=True)
    assert "<em>sailed</em>" in html
    assert html.count("<li>") == 2
    assert "<script>" not in html
    data["text"] = "x" * (LONGEST_TEXT + 1)
    assert visitor.client.post(f"{ROOM}/preview", data=data).status_code == 422
    assert company.revisions == []


def test_last_quarters_published_text_stands_beside(company: Company, pages: Pages) -> None:
    before = make_quarter("2026-q1", drafting_opens_at=MONDAY - timedelta(days=90))
    writing.save(
        before, company.bucket, draft=Draft(opening="As *published* before"), base=0, by=company.ada, at=AT
    )
    narrative = queries.narrative_for(before, company.bucket)
    assert narrative is not None
    save(
        Publication(
            narrative_id=narrative.id,
            number=1,
            revision_number=1,
            html={},
            renderer_version=1,
            words=3,
            published_at=AT,
        )
    )
    writing_after = Draft(opening="A correction that is not out yet")
    save(Revision(narrative_id=narrative.id, number=2, base=1, saved_at=AT, opening=writing_after.opening))
    page = pages.sign_in(company.ada).get(EDIT)
    assert "<p>As <em>published</em> before</p>" in page.html
    assert "not out yet" not in page.html


def test_who_wrote_lately_is_on_the_page(company: Company, pages: Pages) -> None:
    company.write(Draft(opening="x"), by=company.grace)
    page = pages.sign_in(company.ada).get(EDIT)
    assert page.links()["Grace Hopper"] == f"{ROOM}/revisions/1"


# Being late


def test_a_late_narrative_says_when_it_is_expected(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.ada)
    said = {"expected_on": "2026-07-09", "because": "The audit is not back."}
    visitor.post(f"{ROOM}/lateness", said)
    narrative = company.narrative
    assert narrative is not None
    assert (str(narrative.expected_on), narrative.late_because) == ("2026-07-09", "The audit is not back.")
    for wrong in ("2026-06-29", "not a day"):
        page = visitor.post(f"{ROOM}/lateness", {**said, "expected_on": wrong}, status=422)
        assert len(page.errors()) == 1
        assert "The audit is not back." in page.text
    visitor.post(f"{ROOM}/lateness", {"expected_on": "", "because": "gone"})
    narrative = company.narrative
    assert narrative is not None
    assert (narrative.expected_on, narrative.late_because) == (None, None)
