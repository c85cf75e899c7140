"""Signed notes (C2SP signed-note) and the checkpoints written in them (C2SP tlog-checkpoint). Pure.

A note is a text that ends in a line break, an empty line, and one line for each signature.
"""

import hashlib
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import UTC, datetime

ED25519 = b"\x01"
KEY_ID_LENGTH = 4
PROMISE_LABEL = "narrative promise v1"

_SIGNATURE = re.compile(r"— (\S+) ([A-Za-z0-9+/]+={0,2})")
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")


class MalformedNote(ValueError):
    """The text is not a note, or not one of this kind."""


@dataclass(frozen=True)
class Note:
    """A text, and the signatures under it by the names of their keys; whether they hold is not known here."""

    text: str
    signatures: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True)
class Checkpoint:
    """How many entries a ledger has, and the root of its tree."""

    origin: str
    size: int
    root: bytes


def checkpoint_name(issuer: str) -> str:
    """Return the name of the ledger and of the key that signs its checkpoints."""
    return f"{issuer}/ledger"


def promise_name(issuer: str) -> str:
    """Return the name under which promises are signed."""
    return f"{issuer}/promises"


def checkpoint_text(checkpoint: Checkpoint) -> str:
    """Return what is signed: origin, size and root, a line each."""
    return f"{checkpoint.origin}\n{checkpoint.size}\n{b64encode(checkpoint.root).decode()}\n"


def promise_text(*, issuer: str, quarter: str, commitment: str, mark: str, close: datetime) -> str:
    """Return the promise that a question with that commitment and mark is shown by the instant `close`."""
    until = close.astimezone(UTC).isoformat()
    return "\n".join((PROMISE_LABEL, issuer, quarter, commitment, mark, until)) + "\n"


def key_id(name: str, public_key: bytes) -> bytes:
    """Return the four bytes by which a signature line says which key made it."""
    return hashlib.sha256(f"{name}\n".encode() + ED25519 + public_key).digest()[:KEY_ID_LENGTH]


def verifier_key(name: str, public_key: bytes) -> str:
    """Return a key in the form that other tools for signed notes read."""
    return f"{name}+{key_id(name, public_key).hex()}+{b64encode(ED25519 + public_key).decode()}"


def signed_note(text: str, *, name: str, public_key: bytes, signature: bytes) -> str:
    """Return a note of a text and the Ed25519 signature over it."""
    return f"{text}\n— {name} {b64encode(key_id(name, public_key) + signature).decode()}\n"


def parse_note(note: str) -> Note:
    """Read a note. Raises MalformedNote."""
    text, separator, lines = note.rpartition("\n\n")
    if not separator or not lines.endswith("\n"):
        raise MalformedNote("a note ends in an empty line and its signatures")
    found = []
    for line in lines.removesuffix("\n").split("\n"):
        match = _SIGNATURE.fullmatch(line)
        if match is None:
            raise MalformedNote("a line under the note is no signature")
        found.append((match[1], _decoded(match[2])))
    return Note(text + "\n", tuple(found))


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint. Raises MalformedNote."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise MalformedNote("a checkpoint says origin, size and root")
    root = _decoded(lines[2])
    if len(root) != hashlib.sha256().digest_size:
        raise MalformedNote("the root of a checkpoint is 32 bytes")
    return Checkpoint(lines[0], int(lines[1]), root)


def _decoded(text: str) -> bytes:
    """Return the bytes of base64 in its one form. Raises MalformedNote."""
    try:
        data = b64decode(text, validate=True)
    except ValueError:
        data = b""
    if not data or b64encode(data).decode() != text:
        raise MalformedNote("not base64 in its one form")
    return data
