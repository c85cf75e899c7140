"""A small server for the browser's pass client: static files, and routes with the real mathematics.

It misbehaves on demand, which the application never does.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from narrative.ledger.rules import entries, merkle
from narrative.passes.blind_rsa import blind_sign
from narrative.passes.rsa_keys import PrivateKey
from narrative.questions.commitments import commitment
from narrative.web.paths import resource_dir
from tests.pass_holder import from_base64url, to_base64url

QUARTER = "2026-q3"
ISSUER = "narrative.example"
SLOTS = 4
PAGE = b"<!DOCTYPE html><html lang=en><title>Passes</title><link rel=icon href=data:,><h1>Passes</h1></html>"


@dataclass
class Received:
    """One request as it came: method, path, query, headers in lower case, body."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Ledger:
    """A ledger in memory, signed with a key of its own."""

    name: str = ISSUER
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    bodies: list[str] = field(default_factory=list)

    @property
    def public_key(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    def note(self, text: str, about: str) -> str:
        """Return the text signed under the name "<issuer>/<about>"."""
        name = f"{self.name}/{about}"
        key_id = hashlib.sha256(f"{name}\n\x01".encode() + self.public_key).digest()[:4]
        signature = b64encode(key_id + self.key.sign(text.encode())).decode()
        return f"{text}\n\N{EM DASH} {name} {signature}\n"

    @property
    def hashes(self) -> list[bytes]:
        return [merkle.leaf_hash(body.encode()) for body in self.bodies]

    def checkpoint(self) -> str:
        root = b64encode(merkle.root_of_leaves(self.hashes)).decode()
        return self.note(f"{self.name}/ledger\n{len(self.bodies)}\n{root}\n", "ledger")

    def node(self, level: int, position: int) -> bytes:
        width = 1 << level
        return merkle.root_of_leaves(self.hashes[position * width : (position + 1) * width])

    def inclusion(self, position: int) -> list[str]:
        proof = merkle.inclusion_proof(position, len(self.bodies), self.node)
        return [to_base64url(one) for one in proof]

    def consistency(self, old: int, new: int) -> list[str]:
        return [to_base64url(one) for one in merkle.consistency_proof(old, new, self.node)]

    def keys(self) -> dict[str, Any]:
        found = [at for at, body in enumerate(self.bodies) if json.loads(body)["kind"] == "keys"]
        shown = [{"position": at, "body": self.bodies[at], "proof": self.inclusion(at)} for at in found]
        return {"entries": shown, "checkpoint": self.checkpoint()}


@dataclass
class PassServer:
    """What the handler answers from. `answers` are those to the next questions; None closes the line.

    `keys` are those that it shows and signs with: one to ask with, then `slots` for each round.
    """

    keys: list[PrivateKey]
    issuer: str = ISSUER
    slots: int = SLOTS
    received: list[Received] = field(default_factory=list)
    answers: list[int | None] = field(default_factory=list)
    reason: str | None = None
    lost_signatures: int = 0
    flipped_bit: int | None = None
    issued: dict[int, bytes] = field(default_factory=dict)
    once: bool = False
    ledger: Ledger = field(default_factory=Ledger)
    promise: str | None = None
    address: str = ""

    def __post_init__(self) -> None:
        self.commit()

    @property
    def names(self) -> list[str]:
        """The names of the keys that it shows."""
        uses = [("ask", 0), *(("vote", slot) for slot in range(1, len(self.keys)))]
        return [
            f"{purpose}/{slot}/{to_base64url(key.public.key_id)}"
            for (purpose, slot), key in zip(uses, self.keys, strict=True)
        ]

    @property
    def rounds(self) -> int:
        return (len(self.keys) - 1) // self.slots

    @property
    def offer(self) -> dict[str, Any]:
        """What an honest page of this server says."""
        fingerprint = to_base64url(hashlib.sha256("\n".join(self.names).encode()).digest())
        return {
            "count": 3,
            "slots": self.slots,
            "rounds": self.rounds,
            "fingerprint": fingerprint,
            "csrf": "a-token",
        }

    def commit(self) -> None:
        """Put the keys of the newest round into the ledger."""
        names = self.names if self.rounds == 1 else self.names[-self.slots :]
        known = {"quarter": QUARTER, "issuer": self.issuer, "client": "0" * 64, "round": self.rounds}
        self.ledger.bodies.append(entries.keys(keys=names, **known).body)  # type: ignore[arg-type]

    def to(self, path: str) -> list[Received]:
        return [request for request in self.received if request.path == path]

    @property
    def issuances(self) -> list[Received]:
        return self.to(f"/passes/{QUARTER}/issuance")

    @property
    def questions(self) -> list[Received]:
        return self.to(f"/questions/{QUARTER}")

    @property
    def messages(self) -> list[Received]:
        return self.to(f"/questions/{QUARTER}/messages")

    def answer(self, request: Received) -> tuple[int, bytes] | None:
        self.received.append(request)
        if request.path == f"/passes/{QUARTER}/keys":
            uses = [{"purpose": name.split("/")[0], "slot": int(name.split("/")[1])} for name in self.names]
            keys = [{**use, "n": key.public.jwk["n"]} for use, key in zip(uses, self.keys, strict=True)]
            return _json(issuer=self.issuer, keys=keys)
        if request.path == f"/passes/{QUARTER}/issuance":
            return self.sign(request)
        if request.path.startswith("/ledger/"):
            return self.tell_of_ledger(request)
        if request.path.startswith(("/questions/", "/votes/")):
            return self.take(request)
        return (404, b"{}") if request.path.startswith("/passes/") else (200, PAGE)

    def take(self, request: Received) -> tuple[int, bytes] | None:
        status = self.answers.pop(0) if self.answers else 202
        if status is None:
            return None
        said: dict[str, Any] = {"error": f"no: {status}", "reason": self.reason}
        if status == 202 and "token" in request.json and "salt" in request.json:
            said["promise"] = self.promised(request.json) if self.promise is None else self.promise
        return status, json.dumps(said).encode()

    def promised(self, sent: dict[str, Any]) -> str:
        sealed = commitment(
            from_base64url(sent["salt"]), quarter=QUARTER, bucket=sent["bucket"], text=sent["text"]
        )
        lines = [
            "narrative promise v1",
            self.issuer,
            QUARTER,
            sealed,
            sent["mark"],
            "2026-10-12T17:00:00+00:00",
        ]
        return self.ledger.note("\n".join(lines) + "\n", "promises")

    def tell_of_ledger(self, request: Received) -> tuple[int, bytes]:
        ledger = self.ledger
        if request.path == "/ledger/key":
            return _json(name=ledger.name, public_key=to_base64url(ledger.public_key))
        if request.path == f"/ledger/keys/{QUARTER}":
            return _json(**ledger.keys())
        if request.path == "/ledger/consistency":
            old, new = (int(request.query[name][0]) for name in ("from", "to"))
            return _json(proof=ledger.consistency(old, new))
        return 404, b"{}"

    def sign(self, request: Received) -> tuple[int, bytes] | None:
        if self.lost_signatures:
            self.lost_signatures -= 1
            return None
        number = request.json["round"]
        if self.once and self.issued.setdefault(number, request.body) != request.body:
            return 409, b"{}"
        blinded = request.json["blinded"]
        first = 1 + self.slots * (number - 1)
        keys = [self.keys[0]] * (len(blinded) - self.slots) + self.keys[first : first + self.slots]
        signatures = [
            bytearray(blind_sign(key, from_base64url(z))) for key, z in zip(keys, blinded, strict=True)
        ]
        if self.flipped_bit is not None:
            signatures[-1][self.flipped_bit // 8] ^= 1 << self.flipped_bit % 8
        return _json(signatures=[to_base64url(bytes(s)) for s in signatures])


def _json(**values: Any) -> tuple[int, bytes]:
    return 200, json.dumps(values).encode()


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
            path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
            answer = server.answer(Received(self.command, path, query, headers, body))
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
