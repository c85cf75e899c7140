"""Private notes: those who write here see them, and no page that anybody else reaches holds them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from narrative.narratives.comments.saying import Said, say
from narrative.narratives.document.checks import LONGEST_NOTES
from narrative.narratives.document.settling import settle_what_rests
from narrative.narratives.noting import notes_of
from narrative.narratives.publishing import publish_quarter
from narrative.narratives.signing_off import sign_off
from tests.document_page import WritingPage
from tests.drafting import AT, EDIT, ROOM, SCRIPT, Company, finished, make_company
from tests.factories import MONDAY
from tests.pages import Page, Pages

NOTES = f"{ROOM}/private-notes"
CANARY = "zinnober-7 leaves in May"
BETWEEN_LEADERS = "karmin-3, are we sure?"


@pytest.fixture
def company(app: Flask) -> Iterator[Company]:
    """A company in its drafting stage, with a draft."""
    with time_machine.travel(AT, tick=False):
        made = make_company()
        made.write(finished(made.ada))
        yield made


def shown(page: Page) -> dict[str, str]:
    """What the form of the notes holds on a page."""
    [loaded], [typed] = page.all("input", name="loaded"), page.all("textarea", name="private_notes")
    return {
        "loaded": loaded.attributes["value"],
        "private_notes": typed.text.removeprefix("\r\n").strip("\n"),
    }


def test_those_who_write_here_keep_notes(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.grace)
    page = visitor.post(NOTES, {**shown(visitor.get(EDIT)), "private_notes": "Ask 🙂 Ada.\nSoon."})
    assert page.response.request.path == EDIT
    assert shown(page)["private_notes"] == "Ask 🙂 Ada.\nSoon."
    assert shown(pages.another().sign_in(company.organiser).get(EDIT))["loaded"] == "Ask 🙂 Ada.\nSoon."
    assert len(company.revisions) == 1


def test_what_others_wrote_meanwhile_stays(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.grace)
    visitor.post(NOTES, {"loaded": "", "private_notes": "First.\n\nLast."})
    stale = shown(visitor.get(EDIT))
    live = WritingPage(visitor=pages.another().sign_in(company.ada))
    live.sync()
    live.text("private_notes").insert(len("First."), " And Ada’s.")
    live.sync()
    page = visitor.post(NOTES, {**stale, "private_notes": "First.\n\nLast. And Grace’s."})
    assert "The private notes are saved." in page.text
    assert notes_of(company.narrative) == "First. And Ada’s.\n\nLast. And Grace’s."
    live.sync()
    assert str(live.text("private_notes")) == notes_of(company.narrative)
    page = visitor.post(NOTES, {"loaded": "First.", "private_notes": "Second."})
    assert "Both wordings stand there now." in page.text
    assert notes_of(company.narrative) == "First. And Ada’s.\n\nLast. And Grace’s.\n\nSecond."


def test_too_long_notes_are_given_back(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.grace)
    long = "x" * (LONGEST_NOTES + 1)
    page = visitor.post(NOTES, {"loaded": "", "private_notes": long}, status=422)
    assert page.errors() == ["Shorten “Private notes” by 1 characters: it may have 20,000"]
    assert long in page.html
    visitor.post(NOTES, {"loaded": "", "private_notes": "y" * LONGEST_NOTES})
    page = visitor.post(NOTES, {"loaded": "", "private_notes": "z"}, status=422)
    assert page.all("textarea")[0].text.strip() == "z"
    assert notes_of(company.narrative) == "y" * LONGEST_NOTES


def test_who_does_not_write_here_neither_reads_nor_writes_them(company: Company, pages: Pages) -> None:
    pages.sign_in(company.ada).post(NOTES, {"loaded": "", "private_notes": CANARY})
    reader = pages.another().sign_in(company.other_leader)
    reader.get(EDIT, status=403)
    page = reader.post(NOTES, {"loaded": "", "private_notes": "Mine."}, status=403)
    assert CANARY not in page.html
    pages.another().sign_in(company.employee).post(NOTES, {"private_notes": "Mine."}, status=404)
    assert notes_of(company.narrative) == CANARY


def addresses(app: Flask) -> list[str]:
    """Every address of the installation that can be read, of this quarter, bucket and the first revisions."""
    values = {"quarter": "2026-q2", "bucket": "product"}
    bound, found = app.url_map.bind("localhost"), set()
    for rule in app.url_map.iter_rules():
        named = rule.arguments - set(values)
        if "GET" in (rule.methods or set()) and named <= {"number", "comment_id"}:
            numbers = [dict.fromkeys(named, number) for number in (1, 2)]
            known = {name: values[name] for name in rule.arguments & set(values)}
            found |= {bound.build(rule.endpoint, {**known, **numbered}) for numbered in numbers}
    return sorted(found)


def everything(visitor: Pages) -> str:
    """What somebody is answered at every address, as a page and as JSON, and to what asks for the notes."""
    own = [f"{ROOM}/revisions/2?against=1", f"{ROOM}/comments/new?part=private_notes"]
    walked = [*addresses(visitor.app), *own]
    answers = [visitor.client.get(one, headers=head).text for one in walked for head in ({}, SCRIPT)]
    assert sum("<h1" in answer for answer in answers) > 20
    token = {"csrf_token": visitor.csrf_token()}
    forms = (f"{ROOM}/comments", {"part": "opening", "words": "zinnober-7", "text": "x"}), (NOTES, {})
    answers += [visitor.client.post(one, data={**token, **sent}).text for one, sent in forms]
    page, head = WritingPage(visitor=visitor), {"X-CSRFToken": token["csrf_token"]}
    answers.append(visitor.client.post(page.address, json=page.body(), headers=head).text)
    return "\n".join(answers)


def test_no_page_that_others_reach_holds_them_before_or_after_publication(
    company: Company, pages: Pages
) -> None:
    live = WritingPage(visitor=pages.sign_in(company.ada))
    live.sync()
    live.type(CANARY, "private_notes")
    live.type(" The canary’s control: krapplack-9.")
    live.sync()
    settle_what_rests(AT + timedelta(hours=1))
    said = Said(part="opening", text=BETWEEN_LEADERS, words="krapplack-9", replacement=BETWEEN_LEADERS)
    say(company.quarter, company.bucket, said, by=company.other_leader, at=AT)
    narrative = company.narrative
    assert narrative is not None
    leader, employee = (pages.another().sign_in(one) for one in (company.other_leader, company.employee))
    for visitor in (leader, employee):
        told = everything(visitor)
        assert CANARY not in told
        assert (BETWEEN_LEADERS in told) == (visitor is leader)
    assert "krapplack-9" in everything(leader)
    assert CANARY in pages.another().sign_in(company.grace).get(EDIT).text
    sign_off(narrative, revision_number=narrative.head, by=company.ada, at=AT)
    publishing = MONDAY + timedelta(days=10)
    with time_machine.travel(publishing, tick=False):
        assert publish_quarter(company.quarter, by=None, at=publishing)
        for visitor in (leader, employee):
            told = everything(visitor)
            assert "krapplack-9" in told
            assert CANARY not in told
            assert (BETWEEN_LEADERS in told) == (visitor is leader)
