"""A small server for the browser's pass client: static files, and the two routes with the real mathematics.

It misbehaves on demand, which the application never does.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from narrative.passes.blind_rsa import blind_sign
from narrative.passes.rsa_keys import PrivateKey
from narrative.web.paths import resource_dir

QUARTER = "2026-q3"
ISSUER = "narrative.example"
PAGE = b"<!DOCTYPE html><html lang=en><title>Passes</title><link rel=icon href=data:,><h1>Passes</h1></html>"


def to_base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Received:
    """One request as it came: method, path, headers in lower case, body."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class PassServer:
    """What the handler answers from. `answers` are those to the next questions; None closes the line."""

    key: PrivateKey
    issuer: str = ISSUER
    received: list[Received] = field(default_factory=list)
    answers: list[int | None] = field(default_factory=list)
    reason: str | None = None
    lost_signatures: int = 0
    flipped_bit: int | None = None
    address: str = ""

    def to(self, path: str) -> list[Received]:
        return [request for request in self.received if request.path == path]

    @property
    def issuances(self) -> list[Received]:
        return self.to(f"/passes/{QUARTER}/issuance")

    @property
    def questions(self) -> list[Received]:
        return self.to(f"/questions/{QUARTER}")

    def answer(self, request: Received) -> tuple[int, bytes] | None:
        self.received.append(request)
        if request.path == f"/passes/{QUARTER}/keys":
            keys = [{"purpose": "ask", "slot": 0, "n": self.key.public.jwk["n"]}]
            return 200, json.dumps({"issuer": self.issuer, "keys": keys}).encode()
        if request.path == f"/passes/{QUARTER}/issuance":
            return self.sign(request)
        if request.path == f"/questions/{QUARTER}":
            status = self.answers.pop(0) if self.answers else 202
            said = {"error": f"no: {status}", "reason": self.reason}
            return None if status is None else (status, json.dumps(said).encode())
        return 200, PAGE

    def sign(self, request: Received) -> tuple[int, bytes] | None:
        if self.lost_signatures:
            self.lost_signatures -= 1
            return None
        signatures = [bytearray(blind_sign(self.key, from_base64url(z))) for z in request.json["blinded"]]
        if self.flipped_bit is not None:
            signatures[-1][self.flipped_bit // 8] ^= 1 << self.flipped_bit % 8
        return 200, json.dumps({"signatures": [to_base64url(bytes(s)) for s in signatures]}).encode()


@contextmanager
def serving(server: PassServer) -> Iterator[PassServer]:
    """Serve on a free port of this machine until the end of the block."""
    static = resource_dir("static")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            script = static / self.path.removeprefix("/")
            if script.suffix == ".js" and script.is_file():
                self.send(200, "text/javascript", script.read_bytes())
            else:
                self.take(b"")

        def do_POST(self) -> None:
            self.take(self.rfile.read(int(self.headers["Content-Length"])))

        def take(self, body: bytes) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = server.answer(Received(self.command, self.path, headers, body))
            if answer is None:
                self.close_connection = True
                return
            self.send(answer[0], "text/html" if answer[1] == PAGE else "application/json", answer[1])

        def send(self, status: int, mimetype: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", mimetype)
            self.send_header("Content-Length", str(len(body)))
            if body == PAGE:
                self.send_header("Set-Cookie", "session=somebody; Path=/; HttpOnly; SameSite=Lax")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    server.address = f"http://localhost:{listener.server_port}"
    try:
        yield server
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()
