"""A writer that is a program: reaches a real server over HTTP, and goes on when it cannot be reached."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.document_page import DocumentPage

PATIENCE = 20


class Unreachable(Exception):
    """The server did not answer, or not as one that works."""


@dataclass
class ScriptedWriter(DocumentPage):
    """Somebody who writes at `address` (the room's, without anything behind it), signed in by `cookie`.

    `errors` are answers that no writer should get.
    """

    address: str = field(kw_only=True)
    cookie: str = field(kw_only=True)
    token: str = field(default="", kw_only=True)
    errors: list[str] = field(default_factory=list, kw_only=True)
    connection: http.client.HTTPConnection | None = field(default=None, kw_only=True)

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        """Send a request over the kept connection. Raises Unreachable."""
        host = urlsplit(self.address)
        headers = {"Cookie": self.cookie, "Accept": "application/json", "X-CSRFToken": self.token}
        headers |= {"Content-Type": "application/json", "Origin": f"{host.scheme}://{host.netloc}"}
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection(host.hostname or "", host.port, timeout=PATIENCE)
            self.connection.request(method, host.path + path, body, headers)
            answer = self.connection.getresponse()
            # The session that a token belongs to is in the cookie that comes with it.
            given = answer.getheader("Set-Cookie")
            self.cookie = given.partition(";")[0] if given else self.cookie
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as problem:
            self.close()
            raise Unreachable from problem

    def close(self) -> None:
        """Let go of the connection."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def open(self) -> None:
        """Fetch a form token, as the page would carry it. Raises Unreachable."""
        status, said = self.ask("GET", "/edit")
        if status != 200:
            raise Unreachable(f"{status}: {said[:200]!r}")
        self.token = json.loads(said)["csrf_token"]

    def sync(self, **changes: Any) -> dict[str, Any]:
        """Send what is unsent and take over what comes back. Raises Unreachable."""
        if not self.token:
            self.open()
        status, said = self.ask("POST", "/document", json.dumps(self.body(**changes)).encode())
        if status != 200:
            self.errors.append(f"{status}: {said[:200]!r}")
            raise Unreachable(self.errors[-1])
        return self.take_over(json.loads(said))

    def write_until(self, done: threading.Event, words: Any, *, pause: float, chance: random.Random) -> None:
        """Type the next of `words` and synchronise, again and again; through failures too."""
        time.sleep(chance.random() * pause)
        while not done.is_set():
            self.type_somewhere(next(words), chance)
            try:
                self.sync()
            except Unreachable:
                done.wait(pause)
            done.wait(pause * (0.8 + 0.4 * chance.random()))

    def type_somewhere(self, words: str, chance: random.Random) -> None:
        """Write words between two others of a random text, never inside of one."""
        text = self.text(chance.choice(("opening", "went_well", "went_badly", "next_priorities")))
        said = str(text)
        gaps = [0, *(place + 1 for place, letter in enumerate(said) if letter == " "), len(said)]
        text.insert(len(said[: chance.choice(gaps)].encode()), f"{words} ")
