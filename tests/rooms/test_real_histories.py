"""The real narratives, opened, edited in one word, saved: the comparison shows that word alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from narrative.narratives.comparing import compare_drafts
from narrative.narratives.rules import Draft
from tests.document_page import WritingPage
from tests.drafting import AT, EDIT, ROOM, Company, make_company, typed
from tests.pages import Page, Pages
from tests.real_input import real_files

WORD = re.compile(r"(?<!\S)[A-Za-z]{3,}(?!\S)")


@pytest.fixture
def company(app: Flask) -> Iterator[Company]:
    """A company, and the clock, in the drafting stage."""
    with time_machine.travel(AT, tick=False):
        yield make_company()


def middle_word(text: str) -> re.Match[str]:
    """The plain word that stands nearest to the middle of a text."""
    return min(WORD.finditer(text), key=lambda word: abs(word.start() - len(text) / 2))


def shown(page: Page) -> tuple[list[str], list[str]]:
    """What the comparison on a revision's page says went and came; the first of each is its legend."""
    return [e.text for e in page.all("del")][1:], [e.text for e in page.all("ins")][1:]


def test_a_word_edited_in_the_shared_document_is_shown_alone(company: Company, pages: Pages) -> None:
    ada = WritingPage(visitor=pages.sign_in(company.ada))
    for path in real_files():
        text = path.read_text(encoding="utf-8")
        base = company.write(Draft(went_well=text)).head
        ada.sync()
        document, word = ada.text("went_well"), middle_word(str(ada.text("went_well")))
        place = len(text[: word.start()].encode())
        with ada.doc.transaction():
            del document[place : place + len(word[0])]
            document.insert(place, "Wombat")
        ada.sync()
        page = ada.visitor.get(f"{ROOM}/revisions/{base + 1}?against={base}")
        assert shown(page) == ([word[0]], ["Wombat"]), name_of(path)


def test_a_word_edited_in_the_form_is_shown_alone(company: Company, pages: Pages) -> None:
    visitor = pages.sign_in(company.grace)
    for path in real_files():
        base = company.write(Draft(went_well=path.read_text(encoding="utf-8"))).head
        form = typed(visitor.get(EDIT))
        word = middle_word(form["went_well"])
        text = form["went_well"][: word.start()] + "Wombat" + form["went_well"][word.end() :]
        visitor.post(EDIT, {**form, "went_well": text.replace("\n", "\r\n")}, follow=False, status=303)
        page = visitor.get(f"{ROOM}/revisions/{base + 1}?against={base}")
        assert shown(page) == ([word[0]], ["Wombat"]), name_of(path)


def test_an_ordinary_correction_highlights_little_of_a_text() -> None:
    """Six words, as corrections have at the median, in six places: at most 2 % of all texts together."""
    highlighted = written = 0
    for path in real_files():
        text = path.read_text(encoding="utf-8")
        words = list(WORD.finditer(text))
        edited = text
        for word in words[len(words) // 7 :: len(words) // 7 or 1][5::-1]:
            edited = edited[: word.start()] + "Wombat" + edited[word.end() :]
        (part,) = compare_drafts(Draft(went_well=text), Draft(went_well=edited), owners={})
        pieces = [piece for paragraph in part.paragraphs for piece in paragraph.pieces]
        highlighted += sum(len(piece.text.split()) for piece in pieces if piece.kind == "added")
        written += sum(len(piece.text.split()) for piece in pieces if piece.kind != "removed")
    assert highlighted == 6 * len(real_files())
    assert highlighted / written <= 0.02


def name_of(path: Path) -> str:
    """A real narrative's place in its folder."""
    return "/".join(path.parts[-3:])
