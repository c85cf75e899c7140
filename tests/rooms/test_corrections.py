"""Corrections: who may, what readers are told, what keeps its place, and two who correct at once."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from narrative.database import db
from narrative.narratives import queries, reading
from narrative.narratives.correcting import NothingChanged, NotPublished, correct
from narrative.narratives.freezing import render_anew
from narrative.narratives.locking import NewerRevision
from narrative.narratives.models import Narrative, Priority, Publication
from narrative.narratives.publishing import publish_quarter
from narrative.narratives.rules import Draft, PriorityRow
from narrative.narratives.signing_off import StillLacking
from narrative.people.models import Bucket, Contributor, Person
from narrative.quarters.models import Quarter
from narrative.web.moments import format_day
from tests.document_page import WritingPage
from tests.drafting import typed
from tests.factories import MONDAY, make_bucket, make_person, make_quarter, save
from tests.pages import Element, Page, Pages
from tests.writing import ANYWAY, PUBLISHED, READING, owned, published, ready_draft, signed, write

PRODUCT = "/narratives/2026-q2/product"
EDIT, CREATE = f"{PRODUCT}/edit", f"{PRODUCT}/corrections"


@dataclass
class Company:
    """Product is published; Grace writes in it beside its owner."""

    quarter: Quarter
    bucket: Bucket
    grace: Person
    employee: Person

    @property
    def narrative(self) -> Narrative:
        """The narrative as it is now."""
        db.session.rollback()
        found = queries.narrative_for(self.quarter, self.bucket)
        assert found is not None
        return found

    @property
    def publications(self) -> list[Publication]:
        """Everything that readers saw, in its order."""
        db.session.rollback()
        return list(db.session.scalars(select(Publication).order_by(Publication.number)))

    def correct(self, reason: str = "A slip", **texts: Any) -> int:
        """Correct what is published, as the owner."""
        if texts:
            self.write(**texts)
        narrative, facts = self.narrative, {"reason": reason, "by": self.bucket.owner, "at": READING}
        number = correct(narrative, revision_number=narrative.head, **facts)
        db.session.rollback()
        return number

    def write(self, **texts: Any) -> None:
        """Change what stands in the room, as the owner."""
        draft = replace(queries.head_draft(self.narrative), **texts)
        write(self.quarter, self.bucket, draft, at=READING)
        db.session.rollback()

    @property
    def draft(self) -> Draft:
        """What readers see now, as a draft."""
        newest = self.publications[-1]
        return queries.draft_of(queries.revision(self.narrative, newest.revision_number))


@pytest.fixture
def company(app: Flask) -> Any:
    bucket, grace = make_bucket("Product"), make_person("leader", name="Grace Hopper")
    save(Contributor(bucket_id=bucket.id, person_id=grace.id))
    made = Company(make_quarter(), bucket, grace, make_person())
    published(
        made.quarter,
        bucket,
        product=replace(ready_draft("Product"), went_well="One two three four.\n\nFive."),
    )
    with time_machine.travel(READING, tick=False):
        yield made


# The act


def test_a_correction_replaces_what_readers_see_and_says_why(company: Company) -> None:
    assert company.correct(went_well="One two 3 four.\n\nFive.") == 2
    first, second = company.publications
    assert "One two three four." in first.html["went_well"]
    assert "One two 3 four." in second.html["went_well"]
    facts = (second.number, second.words_changed, second.reason, second.published_by_id, second.published_at)
    assert facts == (2, 1, "A slip", company.bucket.owner_id, READING)
    assert (first.reason, first.words_changed) == ("", 0)
    assert company.narrative.head == second.revision_number == first.revision_number + 1


def test_every_block_keeps_its_address(company: Company) -> None:
    before = company.publications[0].html["went_well"]
    company.correct(went_well="One two 3 four.\n\nNew between.\n\nFive.")
    after = company.publications[1].html["went_well"]
    ids = [[part.split('"')[1] for part in html.split("<p ")[1:]] for html in (before, after)]
    assert [ids[1][0], ids[1][2]] == ids[0]
    assert ids[1][1] not in ids[0]


def test_priorities_keep_their_rows(company: Company) -> None:
    (row,) = company.draft.priorities
    known = db.session.scalars(select(Priority.id)).one()
    second = PriorityRow(key="2" * 16, title="Second", measure="Seen", owner_id=company.bucket.owner_id)
    company.correct(priorities=(second, replace(row, title="Renamed")))
    rows = db.session.execute(select(Priority.id, Priority.title).order_by(Priority.position)).all()
    assert [title for _id, title in rows] == ["Second", "Renamed"]
    assert rows[1][0] == known
    company.correct(priorities=(second,))
    shown = reading.published_priorities(company.narrative.id)
    assert [priority.title for priority in shown] == ["Second"]
    # Later narratives may speak of what was taken out; put back, it is the same one.
    assert list(db.session.scalars(select(Priority.title).where(Priority.removed))) == ["Renamed"]
    company.correct(priorities=(second, row))
    assert db.session.get_one(Priority, known).removed is False


def test_what_was_written_after_the_sign_off_is_shown_before_a_correction_publishes_it(
    app: Flask, pages: Pages
) -> None:
    bucket, quarter = make_bucket("Product"), make_quarter()
    narrative = signed(quarter, bucket, ready_draft("Product"))
    write(quarter, bucket, owned(bucket, ready_draft("Product", went_well="Unsigned words.")))
    publish_quarter(quarter, by=None, at=READING, decision=ANYWAY)
    db.session.rollback()
    with time_machine.travel(READING, tick=False):
        page = pages.sign_in(bucket.owner).get(EDIT)
        assert "Unsigned words." in changed(page, "ins")
        assert "Start again from what readers see" in box(page).text
        (restoration,) = [form for form in page.all("form") if "/restoration" in form.attributes["action"]]
        page = pages.post(restoration.attributes["action"], {"head": str(narrative.head)})
        assert changed(page, "ins") == ""
        assert typed(page)["went_well"].replace("\r\n", "\n") == ready_draft("Product").went_well
        page = pages.post(EDIT, typed(page, opening="Put right."))
        pages.post(CREATE, {**correction(page), "reason": "A slip"})
    newest = db.session.scalars(select(Publication).order_by(Publication.number.desc())).first()
    assert newest is not None
    assert newest.number == 2
    assert "Put right." in newest.html["opening"]
    assert "Unsigned" not in "".join(newest.html.values())
    assert narrative.head == newest.revision_number


def test_refused_corrections_change_nothing(company: Company) -> None:
    before = [(one.number, one.html) for one in company.publications]
    with pytest.raises(NothingChanged):
        company.correct()
    with pytest.raises(ValueError, match="reason"):
        company.correct(reason="  ", opening="Other.")
    with pytest.raises(StillLacking):
        company.correct(went_badly="", opening="")
    with pytest.raises(StillLacking):
        company.correct(went_badly="Something.", opening="TODO say more")
    narrative, facts = company.narrative, {"reason": "A slip", "by": company.bucket.owner, "at": READING}
    with pytest.raises(NewerRevision):
        correct(narrative, revision_number=narrative.head - 1, **facts)
    assert [(one.number, one.html) for one in company.publications] == before


def test_what_is_not_published_cannot_be_corrected(company: Company) -> None:
    narrative = write(company.quarter, make_bucket("Late"), at=READING)
    with pytest.raises(NotPublished):
        correct(narrative, revision_number=1, reason="A slip", by=company.grace, at=READING)


def test_what_an_older_renderer_made_is_rendered_anew(company: Company) -> None:
    company.correct(went_well="One two 3 four.\n\nFive.")
    before = [one.html for one in company.publications]
    old = company.publications[0]
    save_html = {**old.html, "went_well": old.html["went_well"].replace("One two", "<b>One</b> two")}
    old.html, old.renderer_version = save_html, 0
    save(old)
    assert render_anew() == 1
    assert [one.html for one in company.publications] == before
    assert render_anew() == 0


# The room


def box(page: Page) -> Element:
    """What stands where the sign-off stood."""
    (found,) = [element for element in page.reader.elements if element.attributes.get("id") == "sign-off"]
    return found


def changed(page: Page, tag: str) -> str:
    """The words that came ("ins") or went ("del"), as the box shows them."""
    return " ".join(one.text.strip() for one in box(page).below() if one.tag == tag)


def correction(page: Page) -> dict[str, str]:
    """What the form of the correction on `page` would send, without a reason."""
    hidden = [one for one in box(page).below() if one.attributes.get("name") in {"revision", "seen"}]
    return {one.attributes["name"]: one.attributes["value"] for one in hidden}


def test_a_contributor_corrects_in_the_room_in_which_it_was_written(company: Company, pages: Pages) -> None:
    pages.sign_in(company.grace)
    page = pages.get(pages.get(PRODUCT).links()["Correct this text"])
    assert "Nothing differs from what readers see." in box(page).text
    page = pages.post(EDIT, typed(page, went_well="One two 3 four.\r\n\r\nFive."))
    assert "Saved. Readers see it once it is published as a correction." in page.text
    assert "Go on with the correction that is being written" in pages.get(PRODUCT).links()
    assert "1 word differs from what readers see" in box(page).text
    assert (changed(page, "del"), changed(page, "ins"), len(company.publications)) == (
        "went three",
        "came 3",
        1,
    )
    seen = pages.another().sign_in(company.employee).get(PRODUCT)
    assert "One two three four." in seen.text
    assert "being written" not in seen.text
    page = pages.post(CREATE, {**correction(page), "reason": "It was a digit"})
    assert "One two 3 four." in page.text
    assert "corrected Friday 10 July 2026" in page.text
    (details,) = page.all("details")
    said = " ".join(details.text.split())
    assert said.startswith(
        "1 of three words or fewer It was a digit Friday 10 July 2026, Grace Hopper · 1 word"
    )


def test_what_is_written_together_is_corrected_together(company: Company, pages: Pages) -> None:
    grace = WritingPage(visitor=pages.sign_in(company.grace))
    owner = WritingPage(visitor=pages.another().sign_in(company.bucket.owner))
    for page in (grace, owner):
        page.sync()
    grace.type(" Together.")
    owner.type(" Indeed.", "went_badly")
    for page in (grace, owner, grace):
        page.sync()
    assert grace.told["closed"] == "published"
    room = pages.get(EDIT)
    assert changed(room, "ins") == "came Together. Indeed."
    pages.post(CREATE, {**correction(room), "reason": "Said better"})
    newest = company.publications[-1]
    assert "Together." in newest.html["opening"]
    assert "Indeed." in newest.html["went_badly"]
    assert newest.html["went_badly"].count("Indeed.") == 1


def test_what_is_typed_after_the_page_was_looked_at_is_not_published_unseen(
    company: Company, pages: Pages
) -> None:
    grace = WritingPage(visitor=pages.sign_in(company.grace))
    grace.sync()
    grace.type(" Seen.")
    grace.sync()
    sent = {**correction(pages.get(EDIT)), "reason": "Said better"}
    grace.type(" Half a sen")
    grace.sync()
    page = pages.post(CREATE, sent, status=409)
    assert "the text was changed since you looked at it" in page.text
    assert changed(page, "ins") == "came Seen. Half a sen"
    assert page.all("textarea", name="reason")[0].text.strip() == "Said better"
    assert len(company.publications) == 1


def test_the_history_says_which_revisions_readers_saw(company: Company, pages: Pages) -> None:
    company.correct(went_well="One two 3 four.\n\nFive.")
    company.write(opening="Not seen by readers.")
    history = pages.sign_in(company.grace).get(f"{PRODUCT}/revisions")
    rows = [" ".join(row.text.split()) for row in history.all("tr")]
    assert ["Published." in row for row in rows[1:]] == [False, True]
    assert ["Correction 1." in row for row in rows[1:]] == [True, False]
    assert "Signed off. Published." in rows[-1]


def test_readers_can_compare_each_correction_with_the_one_before(company: Company, pages: Pages) -> None:
    company.correct(went_well="One two 3 four.\n\nFive.")
    company.correct("More of it", went_well="One two 3 four. And a whole sentence more.\n\nFive.")
    pages.sign_in(company.employee)
    page = pages.get(PRODUCT)
    assert "More of it" in page.text
    assert [item.text for item in page.all("summary")] == ["1 of three words or fewer"]
    page = pages.get(f"{PRODUCT}/corrections/2")
    assert [gone.text.strip() for gone in page.all("del")] == ["three"]
    assert [come.text.strip() for come in page.all("ins")] == ["3"]
    page = pages.get(page.links()["Correction 2 →"])
    assert page.all("del") == []
    assert "whole sentence more" in page.all("ins")[0].text
    for number in (0, 1, 4):
        pages.get(f"{PRODUCT}/corrections/{number}", status=404)


def notes(page: Page) -> dict[str, str]:
    """What stands in the margin, by the id of its block."""
    found = re.findall(r'<p id="([^"]+)">(.*?)</p>', page.html, re.DOTALL)
    marks = {name: re.search(r'class="block-note"[^>]*>([^<]*)<', inner) for name, inner in found}
    return {name: mark[1] for name, mark in marks.items() if mark}


def test_readers_see_which_blocks_were_corrected_and_when(company: Company, pages: Pages) -> None:
    pages.sign_in(company.employee)
    assert notes(pages.get(PRODUCT)) == {}
    company.correct(went_well="One two three 4.\n\nFive.")
    assert notes(pages.get(PRODUCT)) == {}  # a comma marks nothing
    changed = "One two three 4, and much was left out here.\n\nFive.\n\nSix is new."
    with time_machine.travel(READING, tick=False):
        company.correct(went_well=changed)
    page = pages.get(PRODUCT)
    marked = notes(page)
    assert len(marked) == 2
    assert set(marked.values()) == {f"corrected {format_day(READING)}"}
    here = {link.attributes["href"] for link in page.all("a", class_="block-note")}
    assert here == {f"{CREATE}/3"}
    company.correct(went_well=changed.replace("Five.", "Five!"))
    assert notes(pages.get(PRODUCT)) == marked
    company.correct(went_well="One two three four.\n\nFive!")
    assert len(notes(pages.get(PRODUCT))) == 1


def test_a_priority_that_was_corrected_is_marked(company: Company, pages: Pages) -> None:
    (row,) = company.draft.priorities
    further = replace(row, key="f" * 16, title="A priority more than there was")
    changed = replace(row, measure="Everybody has been asked and nobody minds")
    company.correct("Said better", priorities=(replace(row, title=f"{row.title}!"), further))
    company.correct("Said better", priorities=(changed, further))
    items = pages.sign_in(company.employee).get(PRODUCT).all("ol", class_="priorities")[0].children
    marked = [
        [(a.text, a.attributes["href"]) for p in one.children for a in p.children if a.tag == "a"]
        for one in items
    ]
    corrected = f"corrected {format_day(READING)}"
    assert marked == [[(corrected, f"{CREATE}/3")], [(corrected, f"{CREATE}/2")]]


def test_what_was_taken_out_is_marked_where_it_stood(company: Company, pages: Pages) -> None:
    long = "One two three four.\n\nFive.\n\nSix seven eight nine ten."
    company.correct(went_well=long)
    pages.sign_in(company.employee)
    assert "shortened" not in pages.get(PRODUCT).text
    (row,) = company.draft.priorities
    further = replace(row, key="f" * 16, title="A priority more than there was")
    company.correct(went_well="One two three four.\n\nFive.", priorities=(row, further))
    page = pages.get(PRODUCT)
    (link,) = [a for a in page.all("a", class_="block-note") if a.text.startswith("shortened")]
    assert (link.text, link.attributes["href"]) == (f"shortened {format_day(READING)}", f"{CREATE}/3")
    company.correct(went_well=long, priorities=(row,))
    (link,) = [a for a in pages.get(PRODUCT).all("a", class_="block-note") if "shortened" in a.text]
    assert link.attributes["href"] == f"{CREATE}/4"
    assert "shortened" in page.all("section", aria_labelledby="went-well")[0].text


def test_the_ledger_says_when_who_why_and_how_many_words(company: Company, pages: Pages) -> None:
    company.correct("A digit", went_well="One two three 4.\n\nFive.")
    company.correct("The whole of it", went_badly="All of this is new to everybody.")
    page = pages.sign_in(company.employee).get(PRODUCT)
    (ledger,) = page.all("section", aria_labelledby="corrections")
    owner = company.bucket.owner.name
    assert " ".join(ledger.text.split()) == (
        "Corrections since publication The whole of it Friday 10 July 2026, "
        f"{owner} · 6 words changed · See what changed in correction 2 1 of three words or fewer A digit "
        f"Friday 10 July 2026, {owner} · 1 word changed · See what changed in correction 1"
    )


def test_only_those_who_write_correct(company: Company, pages: Pages) -> None:
    company.write(opening="Not published.")
    sent = {"revision": str(company.narrative.head), "reason": "x"}
    pages.sign_in(company.employee)
    pages.get(EDIT, status=404)
    pages.post(CREATE, sent, status=404)
    assert "Correct this text" not in pages.get(PRODUCT).text
    leader = pages.another().sign_in(make_person("leader"))
    for refused in (leader.get(EDIT, status=403), leader.post(CREATE, sent, status=403)):
        assert f"Only {company.bucket.owner.name}, who owns Product" in refused.text
    assert len(company.publications) == 1
    write(company.quarter, make_bucket("Late"), at=READING)
    late = pages.another().sign_in(make_person("organiser"))
    late.post("/narratives/2026-q2/late/corrections", {"revision": "1", "reason": "x"}, status=404)
    late.get("/narratives/2026-q2/late/corrections/2", status=404)


def test_a_correction_without_a_reason_publishes_nothing(company: Company, pages: Pages) -> None:
    company.write(opening="Typed <b>")
    pages.sign_in(company.grace)
    page = pages.post(CREATE, {**correction(pages.get(EDIT)), "reason": " "}, status=422)
    assert page.errors() == ["Say why it is corrected"]
    assert page.all("textarea", name="opening")[0].text.strip() == "Typed <b>"
    assert page.title.startswith("Error: ")
    assert len(company.publications) == 1


def test_what_looks_unfinished_is_asked_about_once(company: Company, pages: Pages) -> None:
    company.write(opening="TODO say more")
    pages.sign_in(company.grace)
    page = pages.get(EDIT)
    assert "“Opening” has a note to yourself: “TODO”" in box(page).text
    sent = {**correction(page), "reason": "x"}
    page = pages.post(CREATE, sent, status=422)
    assert "Nothing was published: something in it looks unfinished." in page.text
    assert page.all("input", name="accepted")
    assert "TODO say more" in pages.post(CREATE, {**sent, "accepted": "y"}).text


def test_what_somebody_looked_at_does_not_stand_for_what_came_since(company: Company, pages: Pages) -> None:
    company.write(opening="TODO say more of what we merge today")
    pages.sign_in(company.grace)
    accepted = {**correction(pages.get(EDIT)), "reason": "x", "accepted": "y"}
    notes = {"loaded": "", "private_notes": "say more of what we merge today"}
    pages.post(f"{PRODUCT}/private-notes", notes)
    page = pages.post(CREATE, accepted, status=422)
    assert "private note" in box(page).text
    (tick,) = page.all("input", name="accepted")
    assert "checked" not in tick.attributes
    assert len(company.publications) == 1


def test_another_address_behind_the_same_words_is_shown_and_counted(company: Company, pages: Pages) -> None:
    plan = "See [the plan]({}) now.\n\nFive [six](https://seven.example/) eight."
    company.correct("At length", went_well=plan.format("https://good.example/"))
    company.write(went_well=plan.format("https://bad.example/"))
    pages.sign_in(company.grace)
    page = pages.get(EDIT)
    assert "1 word differs" in box(page).text
    assert changed(page, "del") == "went (https://good.example/)"
    assert changed(page, "ins") == "came (https://bad.example/)"
    assert "seven.example" not in box(page).text
    pages.post(CREATE, {**correction(page), "reason": "It led nowhere"})
    assert "(https://bad.example/)" in [one.text.strip() for one in pages.get(f"{CREATE}/3").all("ins")]
    assert company.publications[-1].words_changed == 1


def test_a_priority_that_is_carried_over_now_is_shown(app: Flask, pages: Pages) -> None:
    bucket = make_bucket("Product")
    quarter_of_year = timedelta(days=91)
    first = make_quarter("2026-q1", drafting_opens_at=MONDAY - quarter_of_year)
    second = make_quarter()
    published(first, bucket, at=PUBLISHED - quarter_of_year)
    key = f"priority-{db.session.scalars(select(Priority.id)).one()}"
    published(second, bucket)
    narrative = queries.narrative_for(second, bucket)
    rows = tuple(replace(row, carries=key) for row in queries.head_draft(narrative).priorities)
    write(second, bucket, replace(queries.head_draft(narrative), priorities=rows), at=READING)
    with time_machine.travel(READING, tick=False):
        page = pages.sign_in(bucket.owner).get(EDIT)
    assert changed(page, "ins") == "came Carried over."


def test_what_is_long_is_shown_from_its_beginning(company: Company, pages: Pages) -> None:
    company.write(went_well="\n\n".join(f"{number}." * 3 for number in range(500)))
    page = pages.sign_in(company.grace).get(EDIT)
    inserted = [one for one in box(page).below() if one.tag == "ins"]
    assert 150 < len(inserted) < 210
    whole = pages.get(page.links()["See all that differs"])
    assert len(whole.all("ins")) >= 500


def test_a_correction_that_is_sent_again_is_answered_as_the_first_time(
    company: Company, pages: Pages
) -> None:
    company.write(opening="New words")
    pages.sign_in(company.grace)
    sent = {**correction(pages.get(EDIT)), "reason": "x"}
    for _ in range(2):
        assert "The correction is published." in pages.post(CREATE, sent).text
    assert len(company.publications) == 2


@pytest.mark.parametrize("head", ["-1", "-99999999999999999999", "99999999999999999999", "٣", "", "\x00"])
def test_starting_again_forgives_odd_input(company: Company, pages: Pages, head: str) -> None:
    company.write(opening="New words")
    sent = {"head": head, "csrf_token": pages.sign_in(company.grace).csrf_token()}
    answer = pages.client.post(f"{PRODUCT}/revisions/1/restoration", data=sent)
    assert answer.status_code in {303, 409}


def test_nothing_changed_is_said(company: Company, pages: Pages) -> None:
    pages.sign_in(company.grace)
    page = pages.post(CREATE, {**correction(pages.get(EDIT)), "reason": "x"}, status=422)
    assert "Nothing was published: this is what readers see already." in page.text


def test_of_two_corrections_neither_is_lost(company: Company, pages: Pages) -> None:
    pages.sign_in(company.grace)
    sent = typed(pages.get(EDIT), opening="Grace put this right.")
    company.correct("Ada's", went_badly="Ada put that right.")
    page = pages.post(EDIT, sent)
    assert page.all("textarea", name="went_badly")[0].text.strip() == "Ada put that right."
    page = pages.post(CREATE, {**correction(page), "reason": "Grace's reason"})
    assert "Grace put this right." in page.text
    assert "Ada put that right." in page.text
    assert [one.reason for one in company.publications] == ["", "Ada's", "Grace's reason"]
    assert company.publications[-1].words_changed == 4
