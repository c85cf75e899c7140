"""Pasting into the drafting room: what it becomes, what is left out, and that nothing freezes the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from narrative.web.markdown import render
from tests.browser.document_server import DocumentServer, serving
from tests.browser.pasted_samples import SAMPLES
from tests.browser.writers import Writer

pytestmark = pytest.mark.browser

PASTED = """async ([html, text]) => {
    const { pasted } = await import("/static/js/writing/paste/pasted.js");
    return pasted(html, text);
}"""
PASTE = """([html, text]) => {
    const clipboardData = new DataTransfer();
    if (html) clipboardData.setData("text/html", html);
    clipboardData.setData("text/plain", text);
    const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
    document.activeElement.dispatchEvent(paste);
}"""


@pytest.fixture
def ada(browser: Browser) -> Iterator[Writer]:
    """Ada at her room. The console says nothing at all, whatever is pasted."""
    complaints: list[str] = []
    with serving(DocumentServer()) as server, browser.new_context() as context:
        context.on("console", lambda message: complaints.append(message.text))
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        yield Writer(server, context, context.new_page()).come()
    assert complaints == []


def pasted(page: Page, html: str, text: str) -> Any:
    return page.evaluate(PASTED, [html, text])


@pytest.mark.parametrize("origin", SAMPLES)
def test_what_is_pasted_becomes_markdown(ada: Writer, origin: str) -> None:
    html, text, markdown = SAMPLES[origin]
    assert pasted(ada.page, html, text) == {"markdown": markdown, "note": ""}
    ada.editor("opening").focus()
    ada.page.evaluate(PASTE, [html, text])
    ada.reads("opening", markdown).saved()
    assert ada.server.text("opening") == markdown


def test_the_server_reads_the_lists_and_tables_as_they_were(ada: Writer) -> None:
    html = str(render(SAMPLES["google docs"][2])).replace("\n", "")
    assert "<ul><li>Beds<ul><li>52 kits</li></ul></li><li><strong>Plates</strong></li></ul>" in html
    assert "<th>Ward</th><th>Falls</th>" in html
    assert "<td>Nine | ten</td>" in html


def test_plain_text_stays_as_it_is(ada: Writer) -> None:
    text = "# Title\r\n\r\n* a_b *c*\r\n1. x <b>y</b> 👩‍👩‍👧 עברית"
    assert pasted(ada.page, "", text)["markdown"] == text.replace("\r\n", "\n")


def test_blocks_pasted_into_a_sentence_stand_on_lines_of_their_own(ada: Writer) -> None:
    ada.type("opening", "Before after.")
    for _ in "after.":
        ada.page.keyboard.press("ArrowLeft")
    ada.page.evaluate(PASTE, ["<ul><li>one</li><li>two</li></ul>", "one two"])
    ada.reads("opening", "Before \n\n- one\n- two\n\nafter.")
    ada.page.evaluate(PASTE, ["<b>bold</b>", "bold"])
    ada.reads("opening", "Before \n\n- one\n- two**bold**\n\nafter.")


UNFORMATTED = "The words were pasted without their formatting: there was too much of it to read."
TOO_LONG = "Nothing was pasted: it has 10,000,000 characters, and a text may have 60,000. Paste a part of it."
HUGE = {  # made in the page: (HTML, text), what it becomes, what is said
    "an image within": (
        """['<p><b>x</b><img src="data:image/png;base64,' + "A".repeat(1e7) + '"></p>', "x"]""",
        "**x**",
        "",
    ),
    "ten megabytes of words": ("['<b>' + 'word '.repeat(2e6), 'word '.repeat(2e6)]", "", TOO_LONG),
    "ten megabytes of tags": ("['<b>' + '<div>'.repeat(2e6), 'few']", "few", UNFORMATTED),
    "tables in tables": ("['<b>x</b>' + '<table><tr><td>'.repeat(1e5), 'few']", "few", UNFORMATTED),
    "styles in styles": ("['<b>x</b>' + '<style><p style='.repeat(1e5), 'few']", "few", UNFORMATTED),
    "spaces without end": ("['<b>x</b>' + ' \\n'.repeat(9e5) + '<i>y</i>', 'm']", "**x** *y*", ""),
    "marks without end": ("['<b>' + '*_[`'.repeat(1e4) + '</b>', 'm']", None, ""),
}


@pytest.mark.parametrize("kind", HUGE)
def test_ten_megabytes_do_not_freeze_the_page(ada: Writer, kind: str) -> None:
    made, markdown, note = HUGE[kind]
    ada.editor("opening").focus()
    took = ada.page.evaluate(
        f"() => {{ const made = {made}; const began = performance.now(); ({PASTE})(made);"
        " return performance.now() - began; }"
    )
    assert took < 1_000
    if markdown is not None:
        ada.reads("opening", markdown)
    if note:
        expect(ada.page.locator(".paste-note")).to_have_text(note)
    ada.type("went_well", "And on.").saved()
    assert ada.server.text("went_well") == "And on."
