"""A client that fetches pages as a browser without scripts would, and lints each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from narrative.people.models import Person

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass
class Element:
    """One element: its tag, attributes and the text inside it."""

    tag: str
    attributes: dict[str, str]
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def below(self) -> list[Element]:
        """Every element inside, in document order."""
        return [found for child in self.children for found in (child, *child.below())]


class Reader(HTMLParser):
    """Collects elements in document order and complains of tags that do not nest."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.open: list[Element] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if self.open:
            self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1].tag != tag:
            self.faults.append(f"</{tag}> closes nothing")
            return
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data


class Page:
    """A fetched page: its status, text and elements."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.html = response.get_data(as_text=True)
        self.reader = Reader()
        self.reader.feed(self.html)

    @property
    def text(self) -> str:
        """The visible text, white space folded."""
        body = [element for element in self.reader.elements if element.tag == "body"]
        return " ".join(body[0].text.split()) if body else ""

    @property
    def title(self) -> str:
        """The text of <title>."""
        return " ".join(self.all("title")[0].text.split())

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Every element with that tag and those attributes (`class_` for class, contained)."""
        found = []
        for element in self.reader.elements:
            wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
            classes = wanted.pop("class", None)
            if element.tag != tag or (classes and classes not in element.attributes.get("class", "").split()):
                continue
            if all(element.attributes.get(name) == value for name, value in wanted.items()):
                found.append(element)
        return found

    def links(self) -> dict[str, str]:
        """Link texts to addresses."""
        return {" ".join(a.text.split()): a.attributes.get("href", "") for a in self.all("a")}

    def errors(self) -> list[str]:
        """The lines of the error summary."""
        everything = self.reader.elements
        summary = [e for e in everything if "error-summary" in e.attributes.get("class", "").split()]
        return [" ".join(a.text.split()) for s in summary for a in s.below() if a.tag == "a"]


def lint(page: Page) -> list[str]:
    """Return what is wrong with a page that no page may have."""
    faults = list(page.reader.faults)
    elements = page.reader.elements
    ids = [e.attributes["id"] for e in elements if "id" in e.attributes]
    faults += [f"id {name!r} stands twice" for name in {n for n in ids if ids.count(n) > 1}]
    if len(page.all("h1")) != 1:
        faults.append(f"{len(page.all('h1'))} h1 instead of one")
    if not page.all("title") or not page.title:
        faults.append("no title")
    faults += _form_faults(page, set(ids))
    for element in elements:
        if "style" in element.attributes or any(name.startswith("on") for name in element.attributes):
            faults.append(f"inline style or handler on <{element.tag}>")
        if element.tag == "style" or (element.tag == "script" and "src" not in element.attributes):
            faults.append(f"inline <{element.tag}>")
        if element.tag == "a" and "href" in element.attributes:
            named = element.text.strip() or element.attributes.get("aria-label")
            images = [d for d in element.below() if d.tag in {"img", "svg", "title"}]
            if not (named or images):
                faults.append(f"empty link to {element.attributes['href']}")
        for reference in ("aria-describedby", "aria-labelledby", "for"):
            for name in element.attributes.get(reference, "").split():
                if name not in ids:
                    faults.append(f"{reference}={name!r} points at nothing")
    return faults


def _form_faults(page: Page, ids: set[str]) -> list[str]:
    faults = []
    labelled = {label.attributes.get("for") for label in page.all("label")}
    wrapped = {id(d) for label in page.all("label") for d in label.below()}
    for form in page.all("form"):
        inside = form.below()
        if form.attributes.get("method", "get").lower() == "post":
            if "action" not in form.attributes:
                faults.append("a form without an action")
            if not any(e.attributes.get("name") == "csrf_token" for e in inside):
                faults.append(f"no CSRF token in the form to {form.attributes.get('action')}")
    for control in [e for e in page.reader.elements if e.tag in {"input", "select", "textarea"}]:
        if control.attributes.get("type") in {"hidden", "submit"}:
            continue
        named = control.attributes.get("aria-label") or control.attributes.get("aria-labelledby")
        if control.attributes.get("id") not in labelled and id(control) not in wrapped and not named:
            faults.append(f"no label for {control.attributes.get('name')}")
    return faults


class Pages:
    """One visitor. `get` and `post` lint what comes back; `post` sends the page's own CSRF token."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()

    def sign_in(self, person: Person) -> Pages:
        """Sign `person` in without the sign-in page, and return self."""
        with self.client.session_transaction() as session:
            session["person"], session["epoch"] = person.id, person.session_epoch
        return self

    def another(self) -> Pages:
        """Another visitor of the same application."""
        return Pages(self.app)

    def get(self, address: str, *, status: int = 200, follow: bool = True, **options: Any) -> Page:
        """Fetch a page; fails unless it has that status and passes the lint."""
        return self._page(self.client.get(address, follow_redirects=follow, **options), status)

    def post(
        self,
        address: str,
        data: dict[str, Any] | None = None,
        *,
        status: int = 200,
        follow: bool = True,
        **options: Any,
    ) -> Page:
        """Send a form with a CSRF token, following the redirect."""
        sent = {"csrf_token": self.csrf_token(), **(data or {})}
        return self._page(self.client.post(address, data=sent, follow_redirects=follow, **options), status)

    def csrf_token(self) -> str:
        """A token for this visitor's session, as a page of theirs would carry it."""
        page = self.client.get("/account", follow_redirects=True).get_data(as_text=True)
        match = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert match, "neither the account nor the sign-in page carries a CSRF token"
        return match[1]

    def _page(self, response: TestResponse, status: int) -> Page:
        page = Page(response)
        assert page.status == status, f"{page.status} instead of {status}: {page.text[:600]}"
        if response.mimetype == "text/html" and page.html and not 300 <= page.status < 400:
            faults = lint(page)
            assert faults == [], f"{response.request.path}: {faults}"
        return page
