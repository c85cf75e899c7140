"""What stands in the ledger for a question's text, and what whoever asked signs. Pure.

Every list of parts is written with each part behind its length, so that no two lists give the same bytes.
"""

import hashlib
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

QUESTION_LABEL = b"narrative question v1"
FOLLOW_UP_LABEL = b"narrative follow-up v1"
MESSAGE_LABEL = b"narrative message v1"
SALT_LENGTH = 16

_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")


def commitment(salt: bytes, *, quarter: str, bucket: str | None, text: str) -> str:
    """Return what the ledger holds of a question, 43 characters of base64url.

    `salt` is 16 random bytes that the asker's browser chose: without them nobody can try texts against it.
    `bucket` is a slug or None, `text` the question as it is kept (rules.normal_text).
    """
    parts = QUESTION_LABEL, salt, quarter.encode(), (bucket or "").encode(), utf8(text)
    return to_base64url(hashlib.sha256(fields(*parts)).digest())


def message(*, quarter: str, mark: str, number: int, text: str) -> bytes:
    """Return the bytes that whoever asked signs (Ed25519, RFC 8032) for a follow-up or a withdrawal."""
    return fields(MESSAGE_LABEL, quarter.encode(), mark.encode(), str(number).encode(), utf8(text))


def follow_up_hash(salt: bytes, *, mark: str, number: int, text: str) -> str:
    """Return what the ledger holds of a follow-up, 64 characters of hex.

    `salt` is 16 random bytes, drawn when it is shown and erased with the text: none can be tried against it.
    """
    parts = FOLLOW_UP_LABEL, salt, mark.encode(), str(number).encode(), utf8(text)
    return hashlib.sha256(fields(*parts)).hexdigest()


def fields(*parts: bytes) -> bytes:
    """Return the parts, each behind its length as opaque data<0..2^16-1> (RFC 8446, section 3.4)."""
    return b"".join(len(part).to_bytes(2, "big") + part for part in parts)


def utf8(text: str) -> bytes:
    """Return a text as UTF-8, also one that UTF-8 cannot hold: it is refused later, by its own sentence."""
    return text.encode("utf-8", "surrogatepass")


def to_base64url(data: bytes) -> str:
    """Return bytes as base64url without padding (RFC 4648, section 5)."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str, *, length: int) -> bytes | None:
    """Return the `length` bytes that `text` says in the one way there is to write them, or None."""
    if not _BASE64URL.fullmatch(text) or len(text) != -(-length * 4 // 3):
        return None
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return data if to_base64url(data) == text else None
