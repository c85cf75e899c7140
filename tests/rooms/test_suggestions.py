"""Suggestions: who writes here accepts or declines a proposed wording; one decides, the other is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import time_machine
from flask import Flask

from narrative.database import db
from narrative.encoding import to_base64url
from narrative.narratives.comments import queries
from narrative.narratives.comments.models import Suggestion, SuggestionDecision
from narrative.narratives.document.contents import read
from narrative.narratives.document.updates import document_now
from narrative.narratives.rules import LONGEST_TEXT
from tests.document_page import WritingPage
from tests.drafting import AT, ROOM, SCRIPT, Company, finished, make_company
from tests.pages import Page, Pages

COMMENTS = f"{ROOM}/comments"
TEXT = "Où est le bateau ? 🙂 It sank, alas."


@pytest.fixture
def company(app: Flask) -> Iterator[Company]:
    """A company in its drafting stage, with a draft."""
    with time_machine.travel(AT, tick=False):
        made = make_company()
        made.write(replace(finished(made.ada), opening=TEXT))
        yield made


def suggest(visitor: Pages, words: str, replacement: str, *, status: int = 200, **said: str) -> Page:
    """Send the form of a suggestion for the opening."""
    sent = {"part": "opening", "words": words, "replacement": replacement, "suggests": "y", **said}
    return visitor.post(COMMENTS, {"page": "draft", **sent}, status=status)


def one(company: Company) -> str:
    """The address of the newest suggestion."""
    db.session.rollback()
    return f"{COMMENTS}/{max(row.comment_id for row in db.session.query(Suggestion))}"


def opening(company: Company) -> str:
    """What the shared text says."""
    narrative = company.narrative
    assert narrative is not None
    doc = document_now(db.session(), narrative.id)
    assert doc is not None
    return read(doc).draft.opening


def decisions() -> list[tuple[bool, str, int]]:
    """What was decided, by whom."""
    db.session.rollback()
    rows = db.session.query(SuggestionDecision).order_by(SuggestionDecision.comment_id)
    return [(row.accepted, row.sentence, row.decided_by_id) for row in rows]


def test_an_accepted_wording_stands_in_the_text_as_its_authors(company: Company, pages: Pages) -> None:
    reader = pages.sign_in(company.other_leader)
    page = suggest(reader, "It sank, alas", "It sank 🙂 slowly, hélas", text="Kinder.")
    assert [e.text for e in page.all("del") + page.all("ins")] == [
        "It sank, alas",
        "It sank 🙂 slowly, hélas",
    ]
    assert "Accept" not in page.text
    live = WritingPage(visitor=pages.another().sign_in(company.ada))
    live.sync()
    writer = pages.another().sign_in(company.grace)
    page = writer.post(f"{one(company)}/acceptance", {"page": "draft"})
    assert "Accepted by Grace Hopper" in page.text
    assert company.head.opening == "Où est le bateau ? 🙂 It sank 🙂 slowly, hélas."
    live.sync()
    assert str(live.text()) == company.head.opening
    revision = company.revisions[-1]
    assert (revision.author_id, revision.authors) == (company.other_leader.id, [company.other_leader.id])
    assert decisions() == [(True, "", company.grace.id)]
    [thread] = queries.threads(company.narrative)
    assert thread.resolved


def test_words_that_were_removed_meanwhile_are_not_put_back(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.grace)
    suggest(visitor, "It sank", "It went down")
    live = WritingPage(visitor=pages.another().sign_in(company.ada))
    live.sync()
    place = len(TEXT[: TEXT.index("It sank")].encode())
    live.text().insert(place + 3, "never ")
    live.sync()
    page = visitor.post(f"{one(company)}/acceptance", status=409)
    assert "The words that this was suggested for were changed meanwhile" in page.text
    assert [e.text for e in page.all("del") + page.all("ins")] == ["It sank", "It went down"]
    assert page.all("blockquote")[0].text == "It never sank"
    del live.text()[place : place + len("It never sank")]
    live.sync(update=to_base64url(live.doc.get_update()))
    page = visitor.post(f"{one(company)}/acceptance", status=409)
    assert "Nothing: the words were removed." in page.text
    live.sync()
    assert str(live.text()) == TEXT.replace("It sank", "")
    assert decisions() == []


def test_a_wording_of_nothing_removes_the_words(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.grace)
    page = suggest(visitor, ", alas", "")
    assert "nothing: remove these words" in page.text
    visitor.post(f"{one(company)}/acceptance")
    assert opening(company) == "Où est le bateau ? 🙂 It sank."


def test_a_suggestion_needs_words_to_stand_for(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.grace)
    page = suggest(visitor, "", "Better.", status=422)
    assert page.errors() == ["Say which words your wording is to stand for"]
    assert "Better." in page.html
    page = suggest(visitor, "It sank", " It sank ", status=422)
    assert page.errors() == ["Change the wording, or suggest none"]
    assert suggest(visitor, "It swam", "Better.", status=422).errors() == [
        "These words do not stand in the text now. Copy them from it, or leave this empty for the whole part"
    ]


def test_a_suggestion_is_declined_with_a_sentence_or_without(company: Company, pages: Pages) -> None:
    reader = pages.sign_in(company.other_leader)
    writer = pages.another().sign_in(company.ada)
    for sentence, said in (
        ("", "Declined by Ada Lovelace"),
        ("It did.", "Declined by Ada Lovelace: It did."),
    ):
        suggest(reader, "It sank", "It swam")
        page = writer.post(f"{one(company)}/decline", {"sentence": "x" * 501}, status=422)
        assert page.errors() == ["Shorten “Why not” by 1 characters: it may have 500"]
        page = writer.post(f"{one(company)}/decline", {"sentence": sentence, "page": "draft"})
        assert said in page.text
    assert opening(company) == TEXT
    assert decisions() == [(False, "", company.ada.id), (False, "It did.", company.ada.id)]


def test_whoever_comes_second_is_told_who_was_first(company: Company, pages: Pages) -> None:
    suggest(pages.sign_in(company.other_leader), "It sank", "It swam")
    ada, grace = (pages.another().sign_in(person) for person in (company.ada, company.grace))
    ada.post(f"{one(company)}/acceptance")
    for verb in ("acceptance", "decline"):
        page = grace.post(f"{one(company)}/{verb}", status=409)
        assert "Ada Lovelace has accepted this suggestion already. Nothing was changed." in page.text
    assert opening(company) == TEXT.replace("sank", "swam")
    assert decisions() == [(True, "", company.ada.id)]


def test_only_those_who_write_here_decide(company: Company, pages: Pages) -> None:
    reader = pages.sign_in(company.other_leader)
    suggest(reader, "It sank", "It swam")
    for verb in ("acceptance", "decline"):
        page = reader.post(f"{one(company)}/{verb}", status=403)
        assert "Only Ada Lovelace, who owns Product, its contributors, and organisers can accept" in page.text
    assert decisions() == []
    reader.post(COMMENTS, {"part": "opening", "text": "No suggestion."})
    number = max(thread.root.id for thread in queries.threads(company.narrative))
    pages.another().sign_in(company.ada).post(f"{COMMENTS}/{number}/acceptance", status=404)


def test_a_wording_that_would_make_the_text_too_long_is_not_put_in(company: Company, pages: Pages) -> None:
    long = "x" * (LONGEST_TEXT - 10) + " It sank"
    company.write(replace(finished(company.ada), opening=long))
    visitor = pages.sign_in(company.grace)
    suggest(visitor, "It sank", "It sank slowly, alas")
    page = visitor.post(f"{one(company)}/acceptance", status=422)
    assert "The text was not changed. Shorten “Opening” by 11 characters" in page.text
    assert (opening(company), decisions()) == (long, [])


def test_a_script_is_told_in_a_sentence(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.grace)
    suggest(visitor, "It sank", "It swam")
    data = {"csrf_token": visitor.csrf_token()}
    told = visitor.client.post(f"{one(company)}/acceptance", data=data, headers=SCRIPT)
    assert told.get_json() == {"comment": int(one(company).rsplit("/", 1)[1])}
    told = visitor.client.post(f"{one(company)}/acceptance", data=data, headers=SCRIPT)
    assert (told.status_code, told.get_json()["error"][:24]) == (409, "Grace Hopper has accepte")
    told = visitor.client.post(COMMENTS, data={**data, "part": "opening"}, headers=SCRIPT)
    assert (told.status_code, told.get_json()) == (422, {"error": "Write what you want to say."})
