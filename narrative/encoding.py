"""How bytes are joined and written as text, the same in passes, questions and the ledger. Pure."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")


def fields(*parts: bytes) -> bytes:
    """Return the parts, each behind its length as opaque data<0..2^16-1> (RFC 8446, section 3.4).

    No two lists of parts give the same bytes. Raises OverflowError for a part of more than 65,535 bytes.
    """
    return b"".join(len(part).to_bytes(2, "big") + part for part in parts)


def to_base64url(data: bytes) -> str:
    """Return bytes as base64url without padding (RFC 4648, section 5)."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str, *, length: int | None = None) -> bytes | None:
    """Return the `length` bytes (or however many) that `text` says in the one way to write them, or None."""
    wrong = len(text) % 4 == 1 if length is None else len(text) != -(-length * 4 // 3)
    if wrong or not _BASE64URL.fullmatch(text):
        return None
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return data if to_base64url(data) == text else None
