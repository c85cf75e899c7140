"""Comments on a draft: by links and forms, following the words they are about, seen by leaders only."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from narrative.database import db
from narrative.encoding import to_base64url
from narrative.narratives.comments import queries
from narrative.narratives.comments.models import Comment, Mention
from narrative.narratives.comments.queries import Thread
from narrative.narratives.comments.rules import LONGEST_COMMENT
from narrative.narratives.rules import Draft
from tests.document_page import WritingPage
from tests.drafting import AT, EDIT, ROOM, SCRIPT, Company, finished, make_company
from tests.factories import save
from tests.pages import Page, Pages

COMMENTS = f"{ROOM}/comments"
TEXT = "Wir — “sähen” 🙂 das Schiff.\n\nThen it *sank*, [slowly](https://x.example/sank), it sank."


@pytest.fixture
def company(app: Flask) -> Iterator[Company]:
    """A company in its drafting stage, with a draft."""
    with time_machine.travel(AT, tick=False):
        made = make_company()
        made.write(Draft(**{**finished(made.ada).texts, "opening": TEXT}))
        yield made


def say(visitor: Pages, status: int = 200, **said: str) -> Page:
    """Send the form of a comment on the opening."""
    return visitor.post(COMMENTS, {"part": "opening", "page": "draft", **said}, status=status)


def quotes(page: Page) -> list[str]:
    """The quoted words that a page shows."""
    found = page.all("blockquote", class_="quoted")
    return [quote.text for quote in found if "hidden" not in quote.attributes]


def threads(company: Company) -> list[Thread]:
    """Every thread, as it stands in the database now."""
    return queries.threads(company.narrative)


def test_a_leader_who_may_not_write_comments_on_words_of_the_draft(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.other_leader)
    page = visitor.get(f"{ROOM}/draft")
    assert page.links()["Comment on Opening"] == f"{COMMENTS}/new?part=opening&page=draft"
    visitor.get(page.links()["Comment on Opening"])
    page = say(visitor, words="“sähen” 🙂 das", text="Why <b>“sähen”</b>?\nReally?")
    assert page.response.request.path == f"{ROOM}/draft"
    assert quotes(page) == ["“sähen” 🙂 das"]
    [text] = page.all("p", class_="comment-text")
    assert text.text == "Why <b>“sähen”</b>?\nReally?"
    [thread] = threads(company)
    assert (thread.now, thread.standing) == ("“sähen” 🙂 das", "there")
    assert "Why <b>“sähen”</b>?" in pages.another().sign_in(company.ada).get(EDIT).text
    assert company.head.opening == TEXT


def test_words_copied_from_the_page_are_found_without_their_marks(company: Company, pages: Pages) -> None:
    say(pages.sign_in(company.grace), words="Then it sank,   slowly, it", text="Slowly?")
    [thread] = threads(company)
    assert thread.root.quote == "Then it *sank*, [slowly](https://x.example/sank), it"


def test_words_that_are_not_in_the_text_are_refused_and_kept(company: Company, pages: Pages) -> None:
    page = say(pages.sign_in(company.grace), status=422, words="It never sank", text="But it did.")
    assert page.errors() == [
        "These words do not stand in the text now. Copy them from it, or leave this empty for the whole part"
    ]
    assert [area.text.strip() for area in page.all("textarea")] == ["It never sank", "But it did.", ""]
    assert threads(company) == []


def test_a_comment_needs_words_of_its_own_and_not_too_many(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.grace)
    assert say(visitor, status=422, text=" \n ").errors() == ["Write what you want to say"]
    long = "x" * (LONGEST_COMMENT + 1)
    page = say(visitor, status=422, text=long)
    assert page.errors() == ["Shorten “Comment” by 1 characters: it may have 2,000"]
    assert long in page.html
    assert say(visitor, status=422, text="x", part="private_notes").errors() == ["Not a valid choice."]
    assert threads(company) == []


def test_there_may_be_five_hundred_comments_and_no_more(company: Company, pages: Pages) -> None:
    narrative = company.narrative
    assert narrative is not None
    facts = {"narrative_id": narrative.id, "part": "opening", "author_id": company.ada.id, "said_at": AT}
    db.session.add_all(Comment(**facts, text=str(number), version=number) for number in range(500))
    db.session.commit()
    page = say(pages.sign_in(company.grace), status=422, text="One more.")
    assert page.errors() == ["There are 500 comments already. Delete some of yours before you write another"]
    page = pages.get(f"{ROOM}/draft")
    assert len(page.all("p", class_="comment-text")) == 500


def test_a_comment_follows_its_words_while_others_write(company: Company, pages: Pages) -> None:
    ada = WritingPage(visitor=pages.another().sign_in(company.ada))
    ada.sync()
    say(pages.sign_in(company.grace), words="das Schiff", text="Which?")
    ada.text().insert(0, "Où? 🙂 ")
    ada.sync()
    [thread] = threads(company)
    assert (thread.now, thread.standing) == ("das Schiff", "there")
    place = str(ada.text()).index("Schiff")
    ada.text().insert(len(str(ada.text())[:place].encode()), "große ")
    ada.sync()
    [thread] = threads(company)
    assert (thread.now, thread.standing) == ("das große Schiff", "changed")
    assert "The words were changed since: das große Schiff" in pages.get(f"{ROOM}/draft").text
    start = len(str(ada.text())[: str(ada.text()).index("das große")].encode())
    del ada.text()[start : start + len("das große Schiff".encode())]
    ada.sync(update=to_base64url(ada.doc.get_update()))
    [thread] = threads(company)
    assert (thread.now, thread.standing) == ("", "removed")
    assert "The words were removed since." in pages.get(f"{ROOM}/draft").text
    assert thread.root.quote == "das Schiff"


def test_a_save_of_the_form_moves_comments_too(company: Company, pages: Pages) -> None:
    say(pages.sign_in(company.grace), words="das Schiff", text="Which?")
    company.write(Draft(**{**company.head.texts, "opening": "Zuerst: " + TEXT}))
    [thread] = threads(company)
    assert (thread.now, thread.place and thread.place.start) == (
        "das Schiff",
        len(f"Zuerst: {TEXT[: TEXT.index('das')]}".encode()),
    )


def test_a_thread_is_answered_resolved_and_reopened(company: Company, pages: Pages) -> None:
    reader = pages.sign_in(company.other_leader)
    say(reader, text="Too long?")
    [thread] = threads(company)
    one = f"{COMMENTS}/{thread.root.id}"
    page = reader.post(f"{one}/replies", {"text": "  ", "page": "draft"}, status=422)
    assert page.errors() == ["Write what you want to say"]
    writer = pages.another().sign_in(company.grace)
    page = writer.post(f"{one}/replies", {"text": "No.", "page": "edit"})
    assert page.response.request.path == EDIT
    assert [p.text for p in page.all("p", class_="comment-text")] == ["Too long?", "No."]
    assert "1 comment is open. That does not stop a sign-off." in page.text
    page = writer.post(f"{one}/resolution", {"page": "edit"})
    assert "Grace Hopper resolved this." in page.text
    assert "is open. That does not stop" not in page.text
    writer.post(f"{one}/resolution", {"page": "edit"})
    reader.post(f"{one}/reopening", {"page": "draft"})
    assert [one.resolved for one in threads(company)] == [False]
    third = pages.another().sign_in(company.organiser)
    assert third.post(f"{one}/resolution").status == 200


def test_who_neither_writes_here_nor_began_a_thread_cannot_resolve_it(company: Company, pages: Pages) -> None:
    say(pages.sign_in(company.grace), text="Hm.")
    [thread] = threads(company)
    other = pages.another().sign_in(company.other_leader)
    page = other.post(f"{COMMENTS}/{thread.root.id}/resolution", status=403)
    assert "Only Grace Hopper, who began this thread, and those who write in Product" in page.text
    assert "Resolve" not in other.get(f"{ROOM}/draft").text
    assert not threads(company)[0].resolved


def test_one_edits_and_deletes_ones_own_only(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.grace)
    say(visitor, words="das Schiff", text="Whihc?")
    [thread] = threads(company)
    one = f"{COMMENTS}/{thread.root.id}"
    other = pages.another().sign_in(company.ada)
    for address in (one, f"{one}/deletion"):
        page = other.post(address, {"text": "Mine."}, status=403)
        assert "Only Grace Hopper, who wrote this comment, can change or delete it." in page.text
    other.get(f"{one}/edit", status=403)
    page = visitor.get(f"{one}/edit")
    assert page.all("textarea", name="text")[0].text.strip() == "Whihc?"
    assert visitor.post(one, {"text": ""}, status=422).errors() == ["Write what you want to say"]
    assert ", edited" in visitor.post(one, {"text": "Which?", "page": "draft"}).text
    other.post(f"{one}/replies", {"text": "That one."})
    page = visitor.post(f"{one}/deletion", {"page": "draft"})
    assert "Grace Hopper deleted this comment." in page.text
    assert "That one." in page.text
    assert ("Which?" in page.text, quotes(page)) == (False, [])
    visitor.post(f"{one}/deletion", status=404)
    [reply] = threads(company)[0].replies
    other.post(f"{COMMENTS}/{reply.id}/deletion")
    assert threads(company) == []
    kept = [(row.text, row.quote, row.starts) for row in db.session.query(Comment)]
    assert kept == [("", "", None), ("", "", None)]


def test_employees_and_other_narratives_do_not_know_a_comment(company: Company, pages: Pages) -> None:
    say(pages.sign_in(company.grace), text="Between us.")
    [thread] = threads(company)
    employee = pages.another().sign_in(company.employee)
    for address in (COMMENTS, f"{COMMENTS}/new", f"{COMMENTS}/{thread.root.id}/edit"):
        employee.get(address, status=404)
    for verb in ("", "/replies", "/resolution", "/reopening", "/deletion", "/acceptance", "/decline"):
        employee.post(f"{COMMENTS}/{thread.root.id}{verb}", {"text": "x"}, status=404)
    employee.post(COMMENTS, {"part": "opening", "text": "x"}, status=404)
    for verb in ("", "/replies", "/resolution", "/reopening", "/deletion", "/acceptance", "/decline"):
        pages.post(f"{COMMENTS}/{thread.root.id + 1}{verb}", {"text": "x"}, status=404)
    assert len(threads(company)) == 1


def test_a_page_asks_for_news_and_is_told_when_there_are_none(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.grace)
    say(visitor, words="das Schiff", text="Which?")
    first = visitor.client.get(f"{COMMENTS}?page=edit", headers=SCRIPT)
    told = first.get_json()
    [thread] = threads(company)
    assert [(mark["id"], mark["part"], mark["resolved"]) for mark in told["marks"]] == [
        (thread.root.id, "opening", False)
    ]
    assert "Which?" in told["parts"]["opening"]
    assert told["names"] == [person.name for person in leaders_but(company, company.grace.name)]
    again = {**SCRIPT, "If-None-Match": first.headers["ETag"]}
    second = visitor.client.get(f"{COMMENTS}?page=edit", headers=again)
    assert (second.status_code, second.get_data()) == (304, b"")
    pages.another().sign_in(company.ada).post(f"{COMMENTS}/{thread.root.id}/resolution")
    third = visitor.client.get(f"{COMMENTS}?page=edit", headers=again)
    assert third.status_code == 200
    assert [mark["resolved"] for mark in third.get_json()["marks"]] == [True]
    assert len(company.revisions) == 1
    again["If-None-Match"] = third.headers["ETag"]
    company.write(finished(company.ada))
    fourth = visitor.client.get(f"{COMMENTS}?page=edit", headers=again)
    assert (fourth.status_code, fourth.get_json()["head"]) == (200, 2)


def leaders_but(company: Company, name: str) -> list:
    """The leaders and organisers, by name, without one."""
    everybody = (company.ada, company.grace, company.other_leader, company.organiser)
    return sorted((one for one in everybody if one.name != name), key=lambda one: one.name)


def test_who_is_mentioned_sees_it_at_home_until_they_open_the_room(company: Company, pages: Pages) -> None:
    company.employee.name, company.other_leader.name = "Max Mustermann", "Ada Lovelace King"
    db.session.commit()
    visitor = pages.sign_in(company.grace)
    said = "@ada lovelace and @Grace Hopper, ask @Max Mustermann; me@Person is no name, @Adalbert neither."
    say(visitor, text=said)
    assert [row.person_id for row in db.session.query(Mention)] == [company.ada.id]
    ada = pages.another().sign_in(company.ada)
    page = ada.get("/")
    [thread] = threads(company)
    link = f"{COMMENTS}#comment-{thread.root.id}"
    assert page.links()["Grace Hopper mentioned you in Product"] == link
    for one in (company.other_leader, company.employee, company.grace):
        assert "mentioned you" not in pages.another().sign_in(one).get("/").text
    ada.get(EDIT)
    assert "mentioned you" not in ada.get("/").text
    visitor.post(f"{COMMENTS}/{thread.root.id}", {"text": "@Ada Lovelace King?"})
    assert [row.person_id for row in db.session.query(Mention)] == [company.other_leader.id]
    visitor.post(f"{COMMENTS}/{thread.root.id}/deletion")
    assert db.session.query(Mention).count() == 0


def test_comments_stop_no_sign_off(company: Company, pages: Pages) -> None:
    company.write(finished(company.ada))
    say(pages.sign_in(company.other_leader), text="Do not publish this.")
    owner = pages.another().sign_in(company.ada)
    page = owner.get(EDIT)
    assert page.links()["1 comment is open"] == f"{EDIT}#comments"
    number = next(e for e in page.all("input", name="revision")).attributes["value"]
    owner.post(f"{ROOM}/sign-off", {"revision": number})
    narrative = company.narrative
    assert narrative is not None
    assert narrative.sign_off is not None


def test_nothing_is_said_before_drafting_opens_and_what_was_typed_is_kept(
    company: Company, pages: Pages
) -> None:
    company.quarter.drafting_opens_at = AT.replace(month=7, day=8)
    save(company.quarter)
    page = say(pages.sign_in(company.grace), status=409, text="Far too early, is it not?")
    assert "Far too early, is it not?" in page.text
    assert db.session.query(Comment).count() == 0


def test_marks_that_a_browser_sends_are_taken_at_their_word_only_where_they_stand(
    company: Company, pages: Pages
) -> None:
    visitor = pages.sign_in(company.grace)
    nonsense = ("", "null", "[]", "{", '{"item": 3}', '{"item":{"client":-1,"clock":0}}', "9" * 600)
    nowhere = ('{"item":{"client":7,"clock":3},"assoc":0}', '{"tname":"opening","assoc":0}')
    for number, mark in enumerate([*nonsense, *nowhere]):
        say(visitor, words="das Schiff", text=str(number), starts=mark, ends=mark)
    assert {thread.now for thread in threads(company)} == {"das Schiff"}
    assert len(threads(company)) == len(nonsense) + len(nowhere)
