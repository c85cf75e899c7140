"""The browser's client and the application's own routes: a reader's passes are good, and given once."""

from base64 import urlsafe_b64decode
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from narrative import clock
from narrative.database import db
from narrative.passes import redeem
from narrative.passes.keys import create_keys
from narrative.passes.models import Issuance
from narrative.passes.offer import pass_offer
from narrative.people.models import Person
from narrative.quarters.models import Quarter
from tests.browser.house import served
from tests.factories import make_person, make_quarter
from tests.pages import Pages

pytestmark = pytest.mark.browser


@pytest.fixture
def engine_name() -> str:
    """The routes are tested on both engines elsewhere."""
    return "sqlite"


@pytest.fixture
def quarter(app: Flask) -> Quarter:
    """A quarter that was published yesterday."""
    begun = clock.now() - timedelta(days=11)
    made = make_quarter(drafting_opens_at=begun, published_at=begun + timedelta(days=10))
    create_keys(made, at=clock.now())
    return made


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the application is served."""
    with served(app) as address:
        yield address


def signed_in(browser: Browser, app: Flask, address: str, person: Person) -> BrowserContext:
    """A browser profile with that person's session."""
    pages = Pages(app).sign_in(person)
    cookie = pages.client.get_cookie("narrative")
    assert cookie is not None
    context = browser.new_context()
    context.add_cookies([{"name": "narrative", "value": cookie.value, "url": address}])
    return context


def hold(page: Page, quarter: Quarter, person: Person, **changes: Any) -> Any:
    """Fetch passes on the home page; the unspent ones, or the name of what failed."""
    offer = pass_offer(quarter, at=clock.now())
    assert offer is not None
    owner = {"issuer": offer.issuer, "person": person.id, "quarter": offer.quarter}
    said = {name: getattr(offer, name) for name in ("count", "slots", "rounds", "fingerprint")}
    request = {**owner, **said, "csrf": "", **changes}
    return page.evaluate(
        """async (request) => {
            const page = new DOMParser().parseFromString(await (await fetch("/")).text(), "text/html");
            const csrf = page.querySelector("[name=csrf_token]").value;
            const base = document.querySelector('link[rel="icon"]').href.split("/img/")[0];
            const { holdPasses } = await import(`${base}/js/passes/hold.js`);
            const { unspentPasses } = await import(`${base}/js/passes/holding.js`);
            try {
                await holdPasses({ ...request, csrf });
                return (await unspentPasses(request)).map((pass) => pass.token);
            } catch (error) {
                return error.name;
            }
        }""",
        request,
    )


def test_what_a_reader_gets_is_good_and_given_once(
    app: Flask, browser: Browser, address: str, quarter: Quarter
) -> None:
    person = make_person()
    with signed_in(browser, app, address, person) as context:
        page = context.new_page()
        page.goto(address)
        tokens = hold(page, quarter, person)
        assert tokens == hold(page, quarter, person)
    db.session.rollback()  # see what the server wrote since
    marks = {
        redeem.verify(urlsafe_b64decode(token + "=="), quarter_name=quarter.name, purpose="ask")
        for token in tokens
    }
    assert len(marks) == 3
    assert db.session.query(Issuance).count() == 1


def test_a_second_browser_is_told_where_the_passes_are(
    app: Flask, browser: Browser, address: str, quarter: Quarter
) -> None:
    person = make_person()
    with signed_in(browser, app, address, person) as context:
        page = context.new_page()
        page.goto(address)
        assert len(hold(page, quarter, person)) == 3
    with signed_in(browser, app, address, person) as context:
        page, asked = context.new_page(), []
        page.on(
            "request", lambda request: asked.append(request.method) if "issuance" in request.url else None
        )
        page.goto(address)
        assert [hold(page, quarter, person) for _page_read in range(3)] == ["AlreadyIssued"] * 3
        assert asked == ["POST"]
