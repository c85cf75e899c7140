"""How anonymous is this: the promise and what is not promised stand on one page, for anybody."""

from dataclasses import replace

from narrative.passes import scrubbing
from tests.factories import make_person
from tests.pages import Pages

NOT_PROMISED = (
    "A changed server",
    "Watchers",
    "False company",
    "A question that disappears unseen by others",
    "A forged hand",
    "The last 2 seconds",
    "What you write",
    "Force",
    "Those who hold no passes",
    "Very small companies",
    "Forged passes, one day",
)


def test_anybody_can_read_what_is_promised_and_what_is_not(pages: Pages):
    for visitor in (pages, pages.another().sign_in(make_person())):
        page = visitor.get("/anonymity")
        headings = [heading.text for heading in page.all("h2")]
        assert headings.index("The promise") < headings.index("What is not promised")
        assert [item for item in NOT_PROMISED if item not in page.text] == []


def test_it_says_the_settings_of_this_installation(pages: Pages):
    settings = pages.app.extensions["narrative.settings"]
    pages.app.extensions["narrative.settings"] = replace(settings, asking_floor=21, passes_each=4)
    page = pages.get("/anonymity")
    assert "Questions do not open before 21 colleagues hold passes" in page.text
    assert "each may ask 4 questions a quarter" in page.text


def test_it_says_what_a_copy_of_the_files_shows_while_many_ask_at_once(pages: Pages):
    """As docs/anonymity.md does; tests/anonymity/test_exposure.py shows that it is so, and for how long."""
    assert scrubbing.SCRUB_WINDOW == 2
    said = "shows those of the last 2 seconds, and only those, in the order in which they came"
    assert said in " ".join(pages.get("/anonymity").text.split())
    settings = pages.app.extensions["narrative.settings"]
    elsewhere = replace(settings, anonymous_url="postgresql+psycopg://elsewhere/anonymous")
    pages.app.extensions["narrative.settings"] = elsewhere
    assert "The last 2 seconds" not in pages.get("/anonymity").text


def test_it_says_what_the_anonymous_store_of_this_installation_would_show(pages: Pages):
    assert "rebuilt after every single write" in pages.get("/anonymity").text
    settings = pages.app.extensions["narrative.settings"]
    elsewhere = replace(settings, anonymous_url="postgresql+psycopg://elsewhere/anonymous")
    pages.app.extensions["narrative.settings"] = elsewhere
    page = pages.get("/anonymity")
    assert "rebuilt after every single write" not in page.text
    assert "the order in which passes were spent can be read" in page.text


def test_every_page_leads_there(pages: Pages):
    page = pages.sign_in(make_person()).get("/receipts")
    assert page.links()["How anonymous is this?"] == "/anonymity"
