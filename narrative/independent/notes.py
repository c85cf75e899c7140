"""Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint), and the promises signed like them."""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from narrative.independent.bytes import from_base64url, sha256
from narrative.independent.refusals import LedgerMismatch

KEY_LENGTH = 32
ED25519 = b"\x01"
CHECKPOINTS, PROMISES = "ledger", "promises"
PROMISE_LABEL = "narrative promise v1"

_SEPARATOR = "\n\n— "
_LINE = re.compile(r"— (\S+) ([A-Za-z0-9+/]+={0,2})")


@dataclass(frozen=True)
class Checkpoint:
    """How many entries the ledger had, and the root of its tree over them."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True)
class Promise:
    """That a question will be shown by `close`: whose, by its commitment and mark."""

    issuer: str
    quarter: str
    commitment: str
    mark: str
    close: datetime


def read_key(text: object) -> bytes:
    """Return the 32 bytes of a ledger's public key. Raises LedgerMismatch."""
    try:
        key = from_base64url(text)
    except ValueError:
        key = b""
    if len(key) != KEY_LENGTH:
        raise LedgerMismatch("The ledger’s public key is not one.")
    return key


def is_note(text: str) -> bool:
    """Tell whether a text has the form of a signed note, whoever signed it."""
    return _SEPARATOR in text


def opened(note: str, *, key: bytes, name: str) -> str:
    """Return the text of a note that `name` signed with `key`. Raises LedgerMismatch unless it did."""
    text, separator, signatures = note.partition(_SEPARATOR)
    if not separator:
        raise LedgerMismatch("This is not a signed note.")
    text += "\n"
    key_id = sha256(f"{name}\n".encode() + ED25519 + key)[:4]
    for line in f"— {signatures}".splitlines():
        match = _LINE.fullmatch(line)
        if match is None or match[1] != name:
            continue
        made = _decoded(match[2])
        if made[:4] == key_id and _signed(key, made[4:], text):
            return text
    raise LedgerMismatch(f"No signature of {name} stands under it, or it is not valid.")


def read_checkpoint(note: str, *, key: bytes, issuer: str) -> Checkpoint:
    """Read a checkpoint of an issuer's ledger. Raises LedgerMismatch unless it is one, and signed."""
    origin = f"{issuer}/{CHECKPOINTS}"
    lines = opened(note, key=key, name=origin).split("\n")
    size = lines[1] if len(lines) == 4 else ""
    root = _decoded(lines[2]) if size else b""
    if lines[0] != origin or not re.fullmatch(r"0|[1-9][0-9]{0,15}", size) or len(root) != 32:
        raise LedgerMismatch("The signed checkpoint does not say origin, size and root.")
    return Checkpoint(origin, int(size), root)


def read_promise(note: str, *, key: bytes, issuer: str) -> Promise:
    """Read a promise of an issuer. Raises LedgerMismatch unless it is one, and signed."""
    lines = opened(note, key=key, name=f"{issuer}/{PROMISES}").split("\n")
    if len(lines) != 7 or lines[0] != PROMISE_LABEL or lines[1] != issuer or lines[6]:
        raise LedgerMismatch("The signed promise does not say what was promised.")
    try:
        close = datetime.fromisoformat(lines[5])
    except ValueError:
        close = None
    if close is None or close.tzinfo is None:
        raise LedgerMismatch("The signed promise does not say until when.")
    return Promise(issuer, lines[2], lines[3], lines[4], close)


def _decoded(text: str) -> bytes:
    """Return the bytes of base64 in its one form, or none."""
    try:
        data = b64decode(text, validate=True)
    except ValueError:
        return b""
    return data if b64encode(data).decode() == text else b""


def _signed(key: bytes, signature: bytes, text: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True
