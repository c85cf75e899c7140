"""Talking to the server: as somebody who is signed in, or as nobody. The two never share a connection.

What nobody sends carries no cookie and no address of a page. All requests carry the same few headers that a
widespread browser sends, so that whoever uses this client is not the only one with its name.
"""

import http.client
import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from narrative.independent.refusals import NotSent, Refusal

PATIENCE = 30
LARGEST_ANSWER = 64_000_000
HERE = ("localhost", "127.0.0.1", "::1")
HEADERS = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Accept": "*/*",
    "Accept-Language": "en-US,en;q=0.5",
}
PLAIN_HTTP = (
    "The address is not https: anybody on the network could read along. Use the one that begins with https."
)
UNANSWERED = "The server could not answer just now. Try again in a while; nothing was changed."


class NotSignedIn(Refusal):
    """The session is missing or over."""

    sentence = "You are not signed in here any more. Run `narrative ask passes` again."


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The body as a JSON object; empty when it is none."""
        try:
            said = json.loads(self.body)
        except ValueError:
            return {}
        return said if isinstance(said, dict) else {}


class _NoRedirect(HTTPRedirectHandler):
    """A redirect is an answer like another: following it could lead to another server."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


def safe_address(server: str) -> str:
    """Return a server's address without what follows its host. Raises Refusal for one that is not safe."""
    parts = urlsplit(server if "//" in server else f"https://{server}")
    if parts.scheme == "http" and parts.hostname not in HERE:
        raise Refusal(PLAIN_HTTP)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Refusal(f"{server} is not the address of a server.")
    return f"{parts.scheme}://{parts.netloc}"


@dataclass
class Nobody:
    """Requests that say nothing about who sends them."""

    server: str

    def get(self, path: str) -> Answer:
        """Fetch an address. Raises NotSent when no answer came, Refusal when the server had none to give."""
        answer = _send(self.server + path)
        if answer.status >= 500 or answer.status == 429:
            raise Refusal(UNANSWERED)
        return answer

    def post(self, path: str, body: str) -> Answer:
        """Send JSON. Raises NotSent when it cannot be known whether it arrived, or it could not be stored."""
        headers = {"Content-Type": "application/json"}
        answer = _send(self.server + path, body.encode(), headers)
        if answer.status >= 500:
            said = answer.json.get("error") if answer.status == 503 else None
            raise NotSent(said if isinstance(said, str) else None)
        return answer


@dataclass
class Somebody:
    """Requests of a person's session. `cookies` are kept by the caller between commands."""

    server: str
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        """Fetch a page. Raises NotSignedIn when there is no session, NotSent when no answer came."""
        answer = self._send(path)
        if answer.status in {301, 302, 303, 401}:
            raise NotSignedIn
        return answer

    def post_json(self, path: str, body: str, *, csrf: str) -> Answer:
        """Send JSON with the token of a page."""
        return self._send(path, body.encode(), {"Content-Type": "application/json", "X-CSRFToken": csrf})

    def sign_in(self, email: str, password: str) -> None:
        """Sign in with a password. Raises Refusal when that does not work."""
        self._submit("/sign-in", email=email, password=password)

    def sign_in_by_link(self, link: str) -> None:
        """Use a one-time link up. Raises Refusal when it is not one of this server, or used already."""
        parts = urlsplit(link.strip())
        if f"{parts.scheme}://{parts.netloc}" != self.server or not parts.path.startswith("/sign-in/"):
            raise Refusal(f"This is not a one-time link of {self.server}.")
        self._submit(parts.path)

    def _submit(self, path: str, **form: str) -> None:
        page = read_page(self._send(path).body)
        sent = urlencode({"csrf_token": page.csrf, **form}).encode()
        answer = self._send(path, sent, {"Content-Type": "application/x-www-form-urlencoded"})
        if answer.status not in {302, 303}:
            raise Refusal("The server did not sign you in: check what you typed, or ask for a new link.")

    def _send(self, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        own = {
            "Referer": f"{self.server}/",
            **(headers or {}),
            **({"Cookie": cookie} if cookie else {}),
        }
        return _send(self.server + path, body, own, cookies=self.cookies)


@dataclass
class Page:
    """What is read from a page: the token of its forms, and what its <pass-holder> offers."""

    csrf: str = ""
    offer: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "input" and found.get("name") == "csrf_token":
            self.page.csrf = found.get("value", "")
        elif tag == "pass-holder":
            self.page.offer = {name.removeprefix("data-"): value for name, value in found.items()}


def read_page(body: bytes) -> Page:
    """Read a page's HTML."""
    reader = _Reader()
    reader.feed(body.decode("utf-8", "replace"))
    return reader.page


def _send(
    address: str,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    *,
    cookies: dict[str, str] | None = None,
) -> Answer:
    opener = build_opener(_NoRedirect)
    opener.addheaders = []
    # The address was checked by `safe_address`.
    request = Request(address, data=body, headers={**HEADERS, **(headers or {})})  # noqa: S310
    try:
        with opener.open(request, timeout=PATIENCE) as response:
            status, got, read = response.status, response.headers, response.read(LARGEST_ANSWER)
    except HTTPError as refused:
        with refused:
            status, got, read = refused.code, refused.headers, refused.read(LARGEST_ANSWER)
    except (URLError, OSError, http.client.HTTPException):
        raise NotSent from None
    if cookies is not None:
        for line in got.get_all("Set-Cookie") or []:
            cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items()})
    return Answer(status, read)
