"""A visitor over HTTP who repeats, byte for byte, whatever was not acknowledged: what our scripts do."""

from __future__ import annotations

import http.client
import json
import re
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.server import Installation

GIVES_UP_AFTER = 60


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass
class Visitor:
    """Somebody with cookies of their own, or nobody. `repeated` counts what had to be sent again."""

    installation: Installation
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    repeated: int = 0

    def sign_in(self, link: str) -> Visitor:
        """Use a one-time link up; keeps a token for later forms."""
        self.token = self._token_of(f"/sign-in/{link}")
        assert self.post(f"/sign-in/{link}", {}).status == 302
        self.token = self._token_of("/account")
        return self

    def _token_of(self, path: str) -> str:
        match = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(path).body)
        assert match, path
        return match[1]

    def get(self, path: str) -> Answer:
        """Fetch an address until it answers."""
        return self._insist("GET", path, b"", {})

    def post(self, path: str, form: dict[str, Any], **headers: str) -> Answer:
        """Send a form with its token until it is answered."""
        kind = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        return self._insist("POST", path, urlencode({"csrf_token": self.token, **form}).encode(), kind)

    def post_json(self, path: str, sent: Any) -> Answer:
        """Send JSON until it is answered; with the session's token, if there is a session."""
        headers = {"Content-Type": "application/json", **({"X-CSRFToken": self.token} if self.token else {})}
        return self._insist("POST", path, json.dumps(sent).encode(), headers)

    def _insist(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        until = time.monotonic() + GIVES_UP_AFTER
        while True:
            try:
                answer = self._send(method, path, body, headers)
            except (OSError, http.client.HTTPException):
                assert time.monotonic() < until, f"no answer from {path}"
                self.repeated += method == "POST"
                time.sleep(0.05)
                continue
            assert answer.status < 500, answer.body
            return answer

    def _send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        connection = http.client.HTTPConnection("localhost", self.installation.port, timeout=30)
        try:
            connection.request(method, path, body, {**headers, **(cookie if self.cookies else {})})
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                self.cookies.update([value.split(";")[0].split("=", 1)])
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, text)
