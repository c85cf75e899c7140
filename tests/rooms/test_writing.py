"""The drafting room: who comes in, what is kept, what is refused, and what a script is told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from narrative.database import db
from narrative.narratives import queries, writing
from narrative.narratives.models import Narrative, Publication, Revision
from narrative.narratives.revising import thin_revisions
from narrative.narratives.rules import LONGEST_TEXT, PROMPTS, Draft, PriorityRow
from narrative.people.models import Bucket, Contributor, Person
from narrative.quarters.models import Quarter
from tests.factories import MONDAY, make_bucket, make_person, make_quarter, save
from tests.pages import Page, Pages

AT = MONDAY + timedelta(days=1)
SCRIPT = {"Accept": "application/json"}


@dataclass
class Company:
    """Ada owns the bucket Product, Grace writes in it, and everybody else does something else."""

    quarter: Quarter
    bucket: Bucket
    ada: Person
    grace: Person
    other_leader: Person
    organiser: Person
    employee: Person

    @property
    def narrative(self) -> Narrative | None:
        """The narrative as it stands in the database now."""
        db.session.rollback()
        return queries.narrative_for(self.quarter, self.bucket)

    @property
    def head(self) -> Draft:
        """What the newest revision says."""
        return queries.head_draft(self.narrative)

    @property
    def revisions(self) -> list[Revision]:
        """Every revision, by number."""
        db.session.rollback()
        return list(db.session.query(Revision).order_by(Revision.number))

    def write(self, draft: Draft, *, base: int | None = None, by: Person | None = None) -> writing.Saved:
        """Save as Ada would, on the newest revision unless told otherwise."""
        base = (self.narrative.head if self.narrative else 0) if base is None else base
        return writing.save(self.quarter, self.bucket, draft=draft, base=base, by=by or self.ada, at=AT)

    def publish(self) -> None:
        """Publish the newest revision."""
        narrative = self.narrative
        assert narrative is not None
        facts = {"html": {}, "renderer_version": 1, "words": 1, "published_at": AT}
        save(Publication(narrative_id=narrative.id, number=1, revision_number=narrative.head, **facts))


@pytest.fixture
def company(app: Flask) -> Company:
    """A company in its drafting stage, at AT."""
    ada, grace = make_person("leader", name="Ada Lovelace"), make_person("leader", name="Grace Hopper")
    bucket = make_bucket("Product", owner=ada)
    save(Contributor(bucket_id=bucket.id, person_id=grace.id))
    others = [make_person(role) for role in ("leader", "organiser", "employee")]
    return Company(make_quarter("2026-q2"), bucket, ada, grace, *others)


@pytest.fixture(autouse=True)
def _in_drafting() -> Any:
    with time_machine.travel(AT, tick=False):
        yield


EDIT = "/narratives/2026-q2/product/edit"
ROOM = "/narratives/2026-q2/product"
READY = PriorityRow(key="0" * 16, title="Ship the boat", measure="It floats", owner_id=None)


def typed(page: Page, **changes: str) -> dict[str, str]:
    """What a browser without scripts would send from the form on `page`, after `changes`."""
    form = next(e for e in page.all("form") if e.attributes.get("id") == "draft")
    sent: dict[str, str] = {}
    inside = list(_below(form))
    for element in inside:
        name = element.attributes.get("name", "")
        if element.tag == "input" and name:
            sent[name] = element.attributes.get("value", "")
        elif element.tag == "textarea":
            sent[name] = element.text.removeprefix("\r\n").removeprefix("\n")
        elif element.tag == "select":
            options = [e for e in _below(element) if e.tag == "option"]
            chosen = [o for o in options if "selected" in o.attributes] or options[:1]
            sent[name] = chosen[0].attributes["value"]
    unknown = {name for name in changes if name not in sent and name != "row"}
    assert not unknown, unknown
    return {**sent, **changes}


def _below(element: Any) -> Any:
    for child in element.children:
        yield child
        yield from _below(child)


def finished(owner: Person) -> Draft:
    """A draft that lacks nothing."""
    row = PriorityRow(key="0" * 16, title="Ship the boat", measure="It floats", owner_id=owner.id)
    return Draft(
        opening="Calm.", went_well="Sails.", went_badly="Paint.", next_priorities="Go.", priorities=(row,)
    )


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


def test_after_publication_the_text_is_kept_on_the_page_and_nothing_saved(
    company: Company, pages: Pages
) -> None:
    company.write(finished(company.ada))
    visitor = pages.sign_in(company.ada)
    page = visitor.get(EDIT)
    company.publish()
    refused = visitor.post(EDIT, typed(page, opening="One more thing"), status=409)
    assert "This narrative is published, so nothing was saved here." in refused.text
    assert "One more thing" in refused.html
    assert len(company.revisions) == 1
    assert "Its text is frozen" in visitor.get(EDIT).text or "its text is frozen" in visitor.get(EDIT).text
    told = script_save(visitor, {"opening": "And another", "base": "1"}, status=409)
    assert told["error"].startswith("This narrative is published")
    assert len(company.revisions) == 1


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


# Saving by a script


def script_save(visitor: Pages, sent: dict[str, str], *, status: int = 200) -> dict[str, Any]:
    """What the server tells a script that saves."""
    data = {**sent, "csrf_token": visitor.csrf_token()}
    response = visitor.client.post(EDIT, data=data, headers=SCRIPT)
    assert response.status_code == status, response.get_data(as_text=True)[:500]
    return dict(response.get_json())


def test_a_script_is_told_its_revision_and_goes_on_from_it(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.ada)
    first = script_save(visitor, {"opening": "One", "base": "0"})
    assert (first["revision"], first["head"], first["saved_at"]) == (1, 1, AT.isoformat())
    assert "texts" not in first
    assert "is empty" in first["sign_off"]
    second = script_save(visitor, {"opening": "One two", "base": "1"})
    assert (second["revision"], second["head"]) == (2, 2)
    assert script_save(visitor, {"opening": "One two", "base": "2"})["revision"] == 2
    assert [revision.opening for revision in company.revisions] == ["One", "One two"]


def test_a_script_whose_answer_was_lost_sends_again_and_stores_nothing_twice(
    company: Company, pages: Pages
) -> None:
    ada, grace = pages.sign_in(company.ada), pages.another().sign_in(company.grace)
    sent = {"opening": "Ada's words", "base": "0"}
    assert script_save(ada, sent)["revision"] == 1
    assert script_save(ada, sent)["revision"] == 1
    script_save(grace, {"opening": "Ada's words", "went_well": "Grace's", "base": "1"})
    again = script_save(ada, sent)
    assert (again["revision"], again["head"]) == (1, 2)
    assert again["texts"]["went_well"] == "Grace's"
    assert len(company.revisions) == 2


def test_a_stale_script_gets_the_merged_text_and_who_saved(company: Company, pages: Pages) -> None:
    company.write(finished(company.ada))
    ada, grace = pages.sign_in(company.ada), pages.another().sign_in(company.grace)
    sent = typed(ada.get(EDIT))
    script_save(grace, {**sent, "went_well": "Sails, by Grace."})
    told = script_save(ada, {**sent, "went_badly": "Paint, by Ada."})
    assert (told["revision"], told["head"]) == (3, 4)
    assert told["texts"] == {
        "opening": "Calm.",
        "went_well": "Sails, by Grace.",
        "went_badly": "Paint, by Ada.",
        "next_priorities": "Go.",
    }
    assert [row["title"] for row in told["priorities"]] == ["Ship the boat"]
    assert "Merged with what Grace Hopper had saved" in told["notice"]
    # Its user typed on meanwhile: it goes on from its own revision, not from the merge it never showed.
    told = script_save(ada, {**sent, "went_badly": "Paint, by Ada. And rust.", "base": "3"})
    assert told["texts"]["went_well"] == "Sails, by Grace."
    assert company.head.went_badly == "Paint, by Ada. And rust."


def test_a_script_is_told_what_is_wrong(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.ada)
    told = script_save(visitor, {"opening": "x" * (LONGEST_TEXT + 1), "base": "0"}, status=422)
    assert told == {"error": "Shorten “Opening” by 1 characters: it may have 60,000."}


def test_a_session_that_ended_is_told_apart_and_can_be_taken_up_again(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.ada)
    sent = {**typed(visitor.get(EDIT)), "opening": "Typed before the session ended"}
    with visitor.client.session_transaction() as session:
        session.clear()
    response = visitor.client.post(EDIT, data=sent, headers=SCRIPT)
    assert response.status_code == 400
    assert "session that has ended" in response.get_json()["error"]
    assert visitor.client.get(EDIT, headers=SCRIPT).status_code == 302
    visitor.sign_in(company.ada)
    renewed = visitor.client.get(EDIT, headers=SCRIPT).get_json()
    assert renewed["person"] == company.ada.id
    response = visitor.client.post(EDIT, data={**sent, "csrf_token": renewed["csrf_token"]}, headers=SCRIPT)
    assert response.status_code == 200
    assert company.head.opening == "Typed before the session ended"


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


# Signing off


def test_the_owner_signs_off_what_they_saw(company: Company, pages: Pages) -> None:
    company.write(finished(company.ada))
    visitor = pages.sign_in(company.ada)
    page = visitor.get(EDIT)
    number = next(e for e in page.all("input", name="revision")).attributes["value"]
    page = visitor.post(f"{ROOM}/sign-off", {"revision": number})
    assert "Signed off. Revision 1 is what will be published." in page.text
    narrative = company.narrative
    assert narrative is not None
    assert narrative.sign_off is not None
    facts = (
        narrative.sign_off.revision_number,
        narrative.sign_off.signed_by_id,
        narrative.sign_off.signed_at,
    )
    assert facts == (1, company.ada.id, AT)
    visitor.post(f"{ROOM}/sign-off", {"revision": number})


def test_only_the_accountable_owner_signs_off(company: Company, pages: Pages) -> None:
    company.write(finished(company.ada))
    for person in (company.grace, company.organiser, company.other_leader):
        visitor = pages.another().sign_in(person)
        page = visitor.post(f"{ROOM}/sign-off", {"revision": "1"}, status=403)
        assert "Only Ada Lovelace, who owns Product, can sign off" in page.text
    page = pages.sign_in(company.grace).get(EDIT)
    assert "Only Ada Lovelace can sign it off." in page.text
    assert not page.all("input", name="revision")
    assert company.narrative is not None
    assert company.narrative.sign_off is None


def test_a_newer_revision_refuses_the_sign_off_and_shows_what_changed(company: Company, pages: Pages) -> None:
    company.write(finished(company.ada))
    visitor = pages.sign_in(company.ada)
    visitor.get(EDIT)
    changed = Draft(
        **{**finished(company.ada).texts, "opening": "Stormy."}, priorities=finished(company.ada).priorities
    )
    company.write(changed, by=company.grace)
    page = visitor.post(f"{ROOM}/sign-off", {"revision": "1"}, status=409)
    assert "Somebody saved revision 2 after the page was loaded on which you signed revision 1." in page.text
    assert page.links()["Read what was changed"] == f"{ROOM}/revisions/2?against=1"
    assert company.narrative is not None
    assert company.narrative.sign_off is None
    for nonsense in ("", "x", "-1", "2²", "999999999999999999999999"):
        visitor.post(f"{ROOM}/sign-off", {"revision": nonsense}, status=409)


def test_an_unfinished_text_is_not_signed_off(company: Company, pages: Pages) -> None:
    nobody_s = PriorityRow(key="1" * 16, title="Move")
    company.write(Draft(opening="Only this", priorities=(nobody_s,)))
    visitor = pages.sign_in(company.ada)
    page = visitor.get(EDIT)
    assert page.links()["“Move” has no owner"] == "#priorities-0-owner_id"
    assert page.links()["“What went well” is empty"] == "#went_well"
    assert not page.all("input", name="revision")
    refused = visitor.post(f"{ROOM}/sign-off", {"revision": "1", "accepted": "y"}, status=422)
    assert refused.links()["“Move” has no owner"] == f"{EDIT}#priorities-0-owner_id"
    assert company.narrative is not None
    assert company.narrative.sign_off is None


def test_what_only_looks_unfinished_must_be_looked_at(company: Company, pages: Pages) -> None:
    draft = finished(company.ada)
    company.write(Draft(**{**draft.texts, "went_well": "The TODO app sold."}, priorities=draft.priorities))
    visitor = pages.sign_in(company.ada)
    assert "“What went well” has a note to yourself: “TODO”" in visitor.get(EDIT).text
    page = visitor.post(f"{ROOM}/sign-off", {"revision": "1"}, status=422)
    assert page.all("input", name="accepted")
    visitor.post(f"{ROOM}/sign-off", {"revision": "1", "accepted": "y"})
    assert company.narrative is not None
    assert company.narrative.sign_off is not None


def test_a_save_after_the_sign_off_is_kept_and_asks_for_it_again(company: Company, pages: Pages) -> None:
    company.write(finished(company.ada))
    visitor = pages.sign_in(company.ada)
    visitor.post(f"{ROOM}/sign-off", {"revision": "1"})
    page = visitor.post(EDIT, typed(visitor.get(EDIT), opening="Calm, mostly."))
    assert "Changed since sign-off" in page.text
    assert page.links()["What was changed since"] == f"{ROOM}/revisions/2?against=1"
    assert company.narrative is not None
    assert company.narrative.sign_off is not None
    assert company.narrative.sign_off.revision_number == 1
    visitor.post(f"{ROOM}/sign-off", {"revision": "2"})
    assert company.narrative.sign_off.revision_number == 2
    assert "Changed since sign-off" not in visitor.get(EDIT).text


def test_the_owner_takes_the_sign_off_back(company: Company, pages: Pages) -> None:
    company.write(finished(company.ada))
    visitor = pages.sign_in(company.ada)
    visitor.post(f"{ROOM}/sign-off", {"revision": "1"})
    pages.another().sign_in(company.organiser).post(f"{ROOM}/sign-off/withdrawal", status=403)
    visitor.post(f"{ROOM}/sign-off/withdrawal")
    assert company.narrative is not None
    assert company.narrative.sign_off is None
    visitor.post(f"{ROOM}/sign-off/withdrawal")
    company.publish()
    visitor.post(f"{ROOM}/sign-off", {"revision": "1"}, status=409)
    visitor.post(f"{ROOM}/sign-off/withdrawal", status=409)
    assert re.search("published", visitor.get(EDIT).text)


# Revisions


def revise(company: Company, *drafts: Draft, minutes: int = 30) -> None:
    """Save each draft on the one before, some minutes apart, in turn by Ada and Grace."""
    for turn, draft in enumerate(drafts):
        by = (company.ada, company.grace)[turn % 2]
        at = AT + timedelta(minutes=minutes * turn)
        writing.save(company.quarter, company.bucket, draft=draft, base=turn, by=by, at=at)


def test_revisions_are_listed_by_whoever_wrote_when(company: Company, pages: Pages) -> None:
    revise(company, Draft(opening="a"), Draft(opening="ab"), Draft(opening="abc"))
    writing.save(
        company.quarter,
        company.bucket,
        draft=Draft(opening="abcd"),
        base=3,
        by=company.ada,
        at=AT + timedelta(minutes=61),
    )
    page = pages.sign_in(company.other_leader).get(f"{ROOM}/revisions")
    rows = [" ".join(row.text.split()) for row in page.all("tr")][1:]
    assert rows == [
        "Tuesday 30 June 2026, 10:01 UTC Ada Lovelace The newest. 2 saves",
        "Tuesday 30 June 2026, 09:30 UTC Grace Hopper 1 save",
        "Tuesday 30 June 2026, 09:00 UTC Ada Lovelace 1 save",
    ]
    assert page.links()["Tuesday 30 June 2026, 10:01 UTC"] == f"{ROOM}/revisions/4"


def test_a_long_list_of_revisions_has_pages(company: Company, pages: Pages) -> None:
    revise(company, *(Draft(opening=str(number)) for number in range(402)))
    visitor = pages.sign_in(company.ada)
    newest = visitor.get(f"{ROOM}/revisions")
    assert len(newest.all("tr")) == 1 + 400
    older = visitor.get(next(e.attributes["href"] for e in newest.all("a", rel="next")))
    assert len(older.all("tr")) == 1 + 2


def test_a_revision_shows_what_it_changed_word_by_word(company: Company, pages: Pages) -> None:
    row = PriorityRow(key="0" * 16, title="Ship the boat", measure="It floats", owner_id=company.grace.id)
    revise(
        company,
        Draft(opening="We sailed far and came home safely.", went_well="Same <b>words</b>."),
        Draft(opening="We sailed far and came home late.", went_well="Same <b>words</b>.", priorities=(row,)),
    )
    page = pages.sign_in(company.other_leader).get(f"{ROOM}/revisions/2")
    assert [e.text for e in page.all("del")] == ["went", "safely."]
    assert [e.text for e in page.all("ins")][:2] == ["came", "late."]
    assert "Ship the boat. How we will know: It floats. Owner: Grace Hopper." in page.text
    assert "What went well" not in [e.text for e in page.all("h2")][:2]
    assert "<b>words</b>" not in page.html


def test_any_two_revisions_are_compared(company: Company, pages: Pages) -> None:
    revise(company, *(Draft(opening=f"Words, version {word}.") for word in ("one", "two", "three")))
    visitor = pages.sign_in(company.ada)
    page = visitor.get(f"{ROOM}/revisions/3?against=1")
    assert [e.text for e in page.all("del")][1:] == ["one."]
    assert [e.text for e in page.all("ins")][1:] == ["three."]
    assert "Both say the same." in visitor.get(f"{ROOM}/revisions/3?against=3").text
    assert "The first revision" in visitor.get(f"{ROOM}/revisions/1").text


def test_formatting_alone_is_said_to_be_formatting(company: Company, pages: Pages) -> None:
    revise(company, Draft(opening="Just so."), Draft(opening="*Just* so."))
    page = pages.sign_in(company.ada).get(f"{ROOM}/revisions/2")
    assert "The words are the same; only their formatting changed." in page.text


def test_an_earlier_revision_is_made_the_newest_again_as_a_new_one(company: Company, pages: Pages) -> None:
    row = PriorityRow(key="0" * 16, title="Ship the boat")
    revise(company, Draft(opening="Good.", priorities=(row,)), Draft(opening="Worse."))
    visitor = pages.sign_in(company.grace)
    page = visitor.get(f"{ROOM}/revisions/1")
    head = next(e for e in page.all("input", name="head")).attributes["value"]
    visitor.post(f"{ROOM}/revisions/1/restoration", {"head": head})
    assert company.head == Draft(opening="Good.", priorities=(row,))
    assert [(r.number, r.base, r.note) for r in company.revisions] == [
        (1, 0, ""),
        (2, 1, ""),
        (3, 2, "Restored from revision 1"),
    ]


def test_a_restoration_does_not_bury_what_was_saved_meanwhile(company: Company, pages: Pages) -> None:
    revise(company, Draft(opening="Good."), Draft(opening="Worse."))
    visitor = pages.sign_in(company.ada)
    page = visitor.post(f"{ROOM}/revisions/1/restoration", {"head": "1"}, status=409)
    assert "Nothing was restored: somebody saved revision 2 meanwhile." in page.text
    assert company.head.opening == "Worse."
    visitor.post(f"{ROOM}/revisions/7/restoration", {"head": "2"}, status=404)
    pages.another().sign_in(company.other_leader).post(
        f"{ROOM}/revisions/1/restoration", {"head": "2"}, status=403
    )
    company.publish()
    visitor.post(f"{ROOM}/revisions/1/restoration", {"head": "2"}, status=409)
    assert len(company.revisions) == 2


def test_old_autosaves_are_thinned_while_people_write(company: Company, pages: Pages) -> None:
    for number in range(120):
        draft = Draft(opening=f"Typed so far: {number}")
        at = AT + timedelta(seconds=number)
        writing.save(company.quarter, company.bucket, draft=draft, base=number, by=company.ada, at=at)
    assert len(company.revisions) == 120
    narrative = company.narrative
    assert narrative is not None
    later = AT + timedelta(days=2)
    assert thin_revisions(narrative, at=later) == 119
    assert [(r.number, r.opening) for r in company.revisions] == [(120, "Typed so far: 119")]
    # A page that was open all the while stands on a revision that is gone: none of its words is lost.
    saved = writing.save(
        company.quarter,
        company.bucket,
        draft=Draft(opening="Typed so far: 50", went_well="And this, at last."),
        base=51,
        by=company.grace,
        at=later,
    )
    assert "Typed so far: 119" in saved.draft.opening
    assert saved.draft.went_well == "And this, at last."
