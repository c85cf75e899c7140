"""A page that writes together with others: a client of the protocol in Python, with a document of its own."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from pycrdt import Doc, Map, Text

from narrative.encoding import from_base64url, to_base64url
from tests.pages import Pages

DOCUMENT = "/narratives/2026-q2/product/document"


def base64url(text: str) -> bytes:
    """The bytes that a text says."""
    found = from_base64url(text)
    assert found is not None
    return found


def counted(state: bytes) -> dict[int, int]:
    """How much of each client's writing a state vector counts (numbers of seven bits a byte, low first)."""
    numbers, number, shift = [], 0, 0
    for byte in state:
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            numbers.append(number)
            number, shift = 0, 0
    return dict(zip(numbers[1::2], numbers[2::2], strict=True))


@dataclass
class DocumentPage:
    """A page's document, and what it sends and takes over. How it reaches the server is for others to say."""

    tab: str = field(default_factory=lambda: secrets.token_hex(8))
    doc: Doc[Any] = field(default_factory=Doc)
    seq: int | None = None
    confirmed: bytes = b"\x00"
    told: dict[str, Any] = field(default_factory=dict)

    def text(self, name: str = "opening") -> Text:
        """One of its texts."""
        found: Text = self.doc.get(name, type=Text)
        return found

    def type(self, words: str, name: str = "opening") -> None:
        """Write words at the end of a text."""
        text = self.text(name)
        text.insert(len(text), words)

    def add_priority(self, title: str, **facts: Any) -> str:
        """Add a priority and return its key."""
        key = secrets.token_hex(8)
        row = {
            "place": 1.0,
            "title": Text(title),
            "measure": Text(),
            "owner_id": None,
            "gone": False,
            "carries": None,
            **facts,
        }
        self.doc.get("priorities", type=Map)[key] = Map(row)
        return key

    def unsent(self) -> bytes:
        """Everything that the server has not confirmed; nothing where it has it all."""
        return b"" if self.saved else self.doc.get_update(self.confirmed)

    def body(self, **changes: Any) -> dict[str, Any]:
        """What it sends now."""
        return {
            "tab": self.tab,
            "seq": self.seq,
            "state": to_base64url(self.doc.get_state()),
            "update": to_base64url(self.unsent()),
            "cursor": None,
            "away": False,
            **changes,
        }

    def take_over(self, told: dict[str, Any]) -> dict[str, Any]:
        """Take over what the server says, and return it."""
        self.told = told
        if told["update"]:
            self.doc.apply_update(base64url(told["update"]))
        self.seq = told["seq"]
        if told["state"] is not None:
            self.confirmed = base64url(told["state"])
        return told

    @property
    def saved(self) -> bool:
        """Whether the server has everything that this page has."""
        confirmed = counted(self.confirmed)
        return all(confirmed.get(one, 0) >= size for one, size in counted(self.doc.get_state()).items())


@dataclass
class WritingPage(DocumentPage):
    """A page of somebody who is signed in as `visitor`, at the application in this process."""

    visitor: Pages = field(kw_only=True)
    address: str = field(default=DOCUMENT, kw_only=True)
    token: str = field(default="", kw_only=True)

    def send(self, *, status: int = 200, **changes: Any) -> dict[str, Any]:
        """Send, and return what the server says, without taking anything of it over."""
        self.token = self.token or self.visitor.csrf_token()
        headers = {"X-CSRFToken": self.token, "Accept": "application/json"}
        response = self.visitor.client.post(self.address, json=self.body(**changes), headers=headers)
        assert response.status_code == status, response.get_data(as_text=True)[:500]
        return dict(response.get_json())

    def sync(self, **changes: Any) -> dict[str, Any]:
        """Send what is unsent and take over what comes back."""
        return self.take_over(self.send(**changes))
