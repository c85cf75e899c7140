"""The history of a draft that several wrote: who wrote when and what, names of revisions, going back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask

from narrative.database import db
from narrative.narratives import writing
from narrative.narratives.document.settling import settle_what_rests
from narrative.narratives.naming import NamedMeanwhile, name_revision
from narrative.narratives.revising import THINNED_EVERY
from narrative.narratives.rules import Draft
from narrative.narratives.rules.authorship import runs_of, written_by
from narrative.narratives.writing import restore
from tests.document_page import WritingPage
from tests.drafting import AT, EDIT, ROOM, Company, finished, make_company, script_save, typed
from tests.pages import Page, Pages

LIST = f"{ROOM}/revisions"


@pytest.fixture
def company(app: Flask) -> Iterator[Company]:
    """A company, and the clock, in the drafting stage."""
    with time_machine.travel(AT, tick=False):
        yield make_company()


@pytest.fixture
def ada(company: Company, pages: Pages) -> WritingPage:
    """Ada's page, opened."""
    page = WritingPage(visitor=pages.sign_in(company.ada))
    page.sync()
    return page


@pytest.fixture
def grace(company: Company, pages: Pages, ada: WritingPage) -> WritingPage:
    """Grace's page, opened after Ada's."""
    page = WritingPage(visitor=pages.another().sign_in(company.grace))
    page.sync()
    return page


def put_in(page: WritingPage, before: str, words: str, name: str = "opening") -> None:
    """Write words in front of some that stand there, and send them."""
    page.sync()
    text = page.text(name)
    text.insert(len(str(text).encode()[: str(text).encode().index(before.encode())]), words)
    page.sync()


def written_by_both(ada: WritingPage, grace: WritingPage) -> None:
    """Ada writes two paragraphs, Grace puts words into the first and writes a third."""
    ada.type("We sailed far and came home.\n\nThe paint is dry.")
    ada.sync()
    put_in(grace, "came home", "never once ")
    grace.type("\n\n- Où est le *port*?")
    grace.sync()
    ada.sync()


def rows(page: Page) -> list[str]:
    """The lines of the list of revisions."""
    return [" ".join(row.text.split()) for row in page.all("tr")][1:]


# Who wrote when


def test_a_revision_that_several_wrote_names_them_all_wherever_it_stands(
    company: Company, pages: Pages, ada: WritingPage, grace: WritingPage
) -> None:
    written_by_both(ada, grace)
    ada.type(" More.")
    ada.sync()
    visitor = pages.another().sign_in(company.other_leader)
    both = "Ada Lovelace and Grace Hopper"
    assert rows(visitor.get(LIST)) == [f"Tuesday 30 June 2026, 09:00 UTC {both} The newest. 1 save"]
    assert f"{both}, Tuesday 30 June 2026, 09:00 UTC." in visitor.get(f"{LIST}/1").text
    organiser = pages.another().sign_in(company.organiser)
    assert f"{both} Tuesday 30 June 2026, 09:00 UTC" in organiser.get(EDIT).text
    assert f"Tuesday 30 June 2026, 09:00 UTC, {both}" in organiser.get("/quarters/2026-q2/publication").text


def test_whoever_saves_a_stale_form_is_told_of_everybody_who_wrote_meanwhile(
    company: Company, pages: Pages
) -> None:
    company.write(finished(company.ada))
    third = pages.another().sign_in(company.organiser)
    stale = typed(third.get(EDIT), opening="Calm, said the organiser.")
    ada, grace = (WritingPage(visitor=pages.another().sign_in(one)) for one in (company.ada, company.grace))
    for page in (ada, grace):
        page.sync()
        page.type(" More.", "went_well")
        page.sync()
    told = script_save(third, stale)
    assert "Merged with what Ada Lovelace and Grace Hopper had saved" in told["notice"]


def test_a_session_shows_each_of_its_saves(company: Company, pages: Pages) -> None:
    for number in range(3):
        company.write(Draft(opening="a" * (number + 1)))
    page = pages.sign_in(company.ada).get(LIST)
    (row,) = rows(page)
    assert "3 saves" in row
    assert [page.links()[f"Revision {n}"] for n in (1, 2, 3)] == [f"{LIST}/{n}" for n in (1, 2, 3)]


# Names


def test_a_revision_is_named_from_its_own_page_and_named_again(company: Company, pages: Pages) -> None:
    for opening in ("One.", "Two."):
        company.write(Draft(opening=opening))
    visitor = pages.sign_in(company.grace)
    page = visitor.post(f"{LIST}/1/name", {"name": "  Before the  board ", "seen": ""})
    assert (page.all("h1")[0].text, company.revisions[0].name) == ("Before the board", "Before the board")
    assert "Revision 1 is called “Before the board”." in page.text
    (field,) = page.all("input", name="name")
    (seen,) = page.all("input", name="seen")
    assert (field.attributes["value"], seen.attributes["value"]) == ("Before the board",) * 2
    visitor.post(f"{LIST}/1/name", {"name": "After it", "seen": "Before the board"})
    assert [one.name for one in company.revisions] == ["After it", ""]
    visitor.post(f"{LIST}/1/name", {"name": "", "seen": "After it"})
    assert [one.name for one in company.revisions] == ["", ""]


def test_a_revision_is_named_from_the_list_which_can_show_the_named_ones_alone(
    company: Company, pages: Pages
) -> None:
    for opening in ("One.", "Two.", "Three."):
        company.write(Draft(opening=opening))
    visitor = pages.sign_in(company.ada)
    assert "No revision has a name yet." in visitor.get(LIST + "?named=1").text
    form = visitor.get(f"{LIST}/2/name?back=list")
    (action,) = [e.attributes["action"] for e in form.all("form") if "/2/name" in e.attributes["action"]]
    answered = visitor.post(action, {"name": "For Grace", "seen": ""}, status=303, follow=False)
    assert answered.response.location == LIST + "#revision-2"
    when = "Tuesday 30 June 2026, 09:00 UTC Ada Lovelace"
    assert rows(visitor.get(LIST)) == [
        f"{when} The newest. 1 save Name it: revision 3",
        f"{when} For Grace Rename: revision 2",
        f"{when} 1 save Name it: revision 1",
    ]
    named = visitor.get(visitor.get(LIST).links()["Named only"])
    assert rows(named) == [f"{when} For Grace Rename: revision 2"]


def test_a_name_that_cannot_be_given_is_kept_on_the_page(company: Company, pages: Pages) -> None:
    company.write(Draft(opening="One."))
    narrative = company.narrative
    assert narrative is not None
    visitor = pages.sign_in(company.ada)
    long = visitor.post(f"{LIST}/1/name", {"name": "x" * 81, "seen": ""}, status=422)
    assert long.errors() == ["Shorten “Name” by 1 characters: it may have 80"]
    assert f'value="{"x" * 81}"' in long.html
    name_revision(narrative, 1, name="Grace’s", seen="")
    late = visitor.post(f"{LIST}/1/name", {"name": "Ada’s", "seen": ""}, status=409)
    assert late.errors() == [
        "Somebody called it “Grace’s” meanwhile. Send yours again to call it that instead"
    ]
    assert company.revisions[0].name == "Grace’s"
    sent = {name: late.all("input", name=name)[0].attributes["value"] for name in ("name", "seen")}
    visitor.post(f"{LIST}/1/name", sent)
    assert company.revisions[0].name == "Ada’s"
    with pytest.raises(NamedMeanwhile):
        name_revision(narrative, 1, name="Late", seen="")
    with pytest.raises(LookupError):
        name_revision(narrative, 7, name="None")


def test_only_those_who_write_name_revisions(company: Company, pages: Pages) -> None:
    company.write(Draft(opening="One."))
    reader = pages.sign_in(company.other_leader)
    assert "Name it" not in reader.get(LIST).text
    assert "Give it a name" not in reader.get(f"{LIST}/1").text
    reader.post(f"{LIST}/1/name", {"name": "No", "seen": ""}, status=403)
    reader.get(f"{LIST}/1/name", status=403)
    pages.another().sign_in(company.employee).post(f"{LIST}/1/name", {"name": "No"}, status=404)
    pages.another().sign_in(company.ada).post(f"{LIST}/7/name", {"name": "No"}, status=404)
    assert company.revisions[0].name == ""


def test_a_named_revision_is_never_thinned_out(company: Company) -> None:
    def thinned(revisions: int, begun: datetime, ended: datetime) -> list[tuple[int, str]]:
        """Write on, the last of it so late that what stood there before is old."""
        for number in range(1, revisions + 1):
            draft = Draft(opening=f"{company.head.opening} {number}" if company.narrative else "1")
            base = company.narrative.head if company.narrative else 0
            when = ended if number == revisions else begun
            writing.save(company.quarter, company.bucket, draft=draft, base=base, by=company.ada, at=when)
        return [(one.number, one.name) for one in company.revisions]

    thinned(9, AT, AT)
    assert company.narrative is not None
    name_revision(company.narrative, 4, name="Before the board")
    later, last = AT + timedelta(days=2), AT + timedelta(days=4)
    found = thinned(THINNED_EVERY - 9, AT, later)
    assert found == [(3, ""), (4, "Before the board"), (99, ""), (100, "")]
    name_revision(company.narrative, 4, name="")
    assert thinned(THINNED_EVERY, later, last) == [(99, ""), (199, ""), (200, "")]


# Who wrote what


def test_a_whole_text_says_who_wrote_which_words(
    company: Company, pages: Pages, ada: WritingPage, grace: WritingPage
) -> None:
    written_by_both(ada, grace)
    page = pages.another().sign_in(company.other_leader).get(f"{LIST}/1")
    paragraphs = [" ".join(e.text.split()) for e in page.all("div", class_="written-paragraph")]
    assert paragraphs == [
        "Ada Lovelace We sailed far and never once (Grace Hopper) came home.",
        "The paint is dry.",
        "Grace Hopper Où est le port?",
    ]
    assert [e.text for e in page.all("span", class_="of-another")] == ["never once"]


def test_what_one_wrote_alone_and_what_nobody_is_known_for(company: Company, pages: Pages) -> None:
    company.write(Draft(opening="Calm. & *quiet*"))
    visitor = pages.sign_in(company.other_leader)
    page = visitor.get(f"{LIST}/1")
    assert "Ada Lovelace wrote every word of it." in page.text
    assert page.all("small", class_="writer") == []
    company.revisions[0].authorship = {}
    db.session.commit()
    assert "Who wrote which words was not recorded." in visitor.get(f"{LIST}/1").text


def test_a_comparison_says_who_added_what_when_several_did(
    company: Company, pages: Pages, ada: WritingPage, grace: WritingPage
) -> None:
    company.write(Draft(opening="We sailed far and came home.", went_well="Sails."))
    written = [page.sync() for page in (ada, grace)]
    assert all(written)
    put_in(ada, "far", "very ")
    visitor = pages.another().sign_in(company.other_leader)
    alone = visitor.get(f"{LIST}/2?against=1")
    assert ([e.text for e in alone.all("ins")][1:], alone.all("small", class_="writer")) == (["very"], [])
    put_in(grace, "came", "late ")
    put_in(ada, "came", "and tired ")
    page = visitor.get(f"{LIST}/{company.revisions[-1].number + 1}?against=1")
    (changed,) = [
        p for p in page.all("p") if "sailed" in p.text and p.children and p.children[0].tag == "ins"
    ]
    assert " ".join(changed.text.split()) == (
        "We sailed very (Ada Lovelace) far and late (Grace Hopper) and tired (Ada Lovelace) came home."
    )


# Going back while others write


def test_going_back_while_others_write_keeps_what_they_write(
    company: Company, ada: WritingPage, grace: WritingPage
) -> None:
    ada.type("Good words.\n\nLast paragraph.")
    ada.sync()
    ada.visitor.get(LIST)
    grace.sync()
    text = grace.text()
    del text[0 : len(b"Good words.")]
    text.insert(0, "Worse words.")
    grace.sync()
    page = ada.visitor.get(f"{LIST}/1")
    seen = next(e for e in page.all("input", name="head")).attributes["value"]
    assert seen == "2"
    # Grace writes on in another place: one sentence is sent before the restoration, one after it.
    grace.type(" And this.")
    grace.sync()
    grace.type(" And that.")
    ada.visitor.post(f"{LIST}/1/restoration", {"head": seen})
    grace.sync()
    ada.sync()
    assert str(ada.text()) == str(grace.text()) == "Good words.\n\nLast paragraph. And this. And that."
    settle_what_rests(AT + timedelta(hours=1))
    newest = company.revisions[-1]
    assert [(one.number, one.note) for one in company.revisions] == [
        (1, ""),
        (2, ""),
        (3, ""),
        (4, "Restored from revision 1"),
        (5, ""),
    ]
    assert newest.opening == str(ada.text())
    assert written_by(newest.opening, runs_of(newest.authorship["opening"])) == [
        (company.ada.id, "Good words.\n\nLast paragraph."),
        (company.grace.id, " And this. And that."),
    ]


def test_what_was_written_before_is_still_its_authors_after_going_back(company: Company) -> None:
    company.write(Draft(opening="Grace’s words."), by=company.grace)
    company.write(Draft(opening="Other words, by Ada."))
    narrative = company.narrative
    assert narrative is not None
    assert restore(narrative, 1, head=2, by=company.ada, at=AT) == 3
    newest = company.revisions[-1]
    assert (newest.author_id, newest.authors) == (company.ada.id, [company.ada.id])
    runs = runs_of(newest.authorship["opening"])
    assert written_by(newest.opening, runs) == [(company.grace.id, "Grace’s words.")]


def test_going_back_over_words_that_somebody_writes_just_now_is_refused(
    company: Company, ada: WritingPage, grace: WritingPage
) -> None:
    ada.type("Good words.")
    ada.sync()
    ada.visitor.get(LIST)
    grace.sync()
    grace.type(" Worse words.")
    grace.sync()
    ada.visitor.get(LIST)
    text = grace.text()
    text.insert(len(b"Good words. Worse "), "and worse ")
    grace.sync()
    page = ada.visitor.post(f"{LIST}/1/restoration", {"head": "2"}, status=409)
    assert "Nothing was restored: the text was changed meanwhile, in revision 3." in page.text
    assert company.head.opening == "Good words. Worse and worse words."


def test_the_page_says_what_going_back_does(company: Company, pages: Pages) -> None:
    company.write(Draft(opening="Good."))
    company.write(Draft(opening="Worse."))
    visitor = pages.sign_in(company.ada)
    page = visitor.get(f"{LIST}/1")
    assert "It becomes one more revision; what stands there now is kept as revision 2." in page.text
    assert "keeps what they write meanwhile." in page.text
    assert "It becomes one more revision" not in visitor.get(f"{LIST}/2").text
