"""Bytes, numbers and text, and the one derivation that everything secret comes from."""

import hashlib
import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

HASH_LENGTH = 32
LONGEST_FIELD = 0xFFFF

_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")


def sha256(data: bytes) -> bytes:
    """Return the SHA-256 of some bytes, 32 bytes."""
    return hashlib.sha256(data).digest()


def as_bytes(part: str | bytes) -> bytes:
    """Return a text as UTF-8, bytes as they are."""
    return part.encode() if isinstance(part, str) else part


def fields(*parts: str | bytes) -> bytes:
    """Return the parts, each behind its length in two bytes, most significant first.

    No two lists of parts give the same bytes. Raises ValueError for a part of more than 65,535 bytes.
    """
    joined = b""
    for part in map(as_bytes, parts):
        if len(part) > LONGEST_FIELD:
            raise ValueError("a field holds at most 65,535 bytes")
        joined += len(part).to_bytes(2, "big") + part
    return joined


def hkdf(secret: bytes, *, info: bytes, length: int, salt: bytes = b"") -> bytes:
    """Return `length` bytes that only whoever has `secret` can know: HKDF with SHA-256 (RFC 5869)."""
    key = hmac.digest(salt or bytes(HASH_LENGTH), secret, "sha256")
    made, block, counter = b"", b"", 1
    while len(made) < length:
        block = hmac.digest(key, block + info + bytes([counter]), "sha256")
        made, counter = made + block, counter + 1
    return made[:length]


def derive(secret: bytes, length: int, *names: str | bytes) -> bytes:
    """Return bytes for one use of a uniform secret; the names say which."""
    return hkdf(secret, info=fields(*names), length=length)


def to_base64url(data: bytes) -> str:
    """Return bytes as base64url without padding (RFC 4648, section 5)."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def from_base64url(text: object) -> bytes:
    """Return the bytes that `text` says in the one way there is to write them; raise ValueError otherwise."""
    if not isinstance(text, str) or not _BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        raise ValueError("not base64url")
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_base64url(data) != text:
        raise ValueError("not base64url in its one form")
    return data
