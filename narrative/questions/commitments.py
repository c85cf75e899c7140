"""What stands in the ledger for a question's text, and what whoever asked signs. Pure.

Every list of parts is written with each part behind its length, so that no two lists give the same bytes.
"""

import hashlib

from narrative.encoding import fields, to_base64url

QUESTION_LABEL = b"narrative question v1"
FOLLOW_UP_LABEL = b"narrative follow-up v1"
MESSAGE_LABEL = b"narrative message v2"
SALT_LENGTH = 16


def commitment(salt: bytes, *, quarter: str, bucket: str | None, text: str) -> str:
    """Return what the ledger holds of a question, 43 characters of base64url.

    `salt` is 16 random bytes that the asker's browser chose: without them nobody can try texts against it.
    `bucket` is a slug or None, `text` the question as it is kept (rules.normal_text).
    """
    parts = QUESTION_LABEL, salt, quarter.encode(), (bucket or "").encode(), utf8(text)
    return to_base64url(hashlib.sha256(fields(*parts)).digest())


def message(*, quarter: str, mark: str, number: int, text_hash: str) -> bytes:
    """Return the bytes that whoever asked signs (Ed25519, RFC 8032) for a follow-up or a withdrawal.

    `text_hash` is that of follow_up_hash, and "" for a withdrawal. Never the text itself: the signature stays
    in the ledger when the text is erased, and likely texts could be tried against it.
    """
    return fields(MESSAGE_LABEL, quarter.encode(), mark.encode(), str(number).encode(), text_hash.encode())


def follow_up_hash(salt: bytes, *, mark: str, number: int, text: str) -> str:
    """Return what the ledger holds of a follow-up, 64 characters of hex.

    `salt` is 16 bytes that nobody can guess, chosen by the asker's browser and erased with the text: no text
    can be tried against it. `text` is the follow-up as it is kept (rules.normal_text).
    """
    parts = FOLLOW_UP_LABEL, salt, mark.encode(), str(number).encode(), utf8(text)
    return hashlib.sha256(fields(*parts)).hexdigest()


def utf8(text: str) -> bytes:
    """Return a text as UTF-8, also one that UTF-8 cannot hold: it is refused later, by its own sentence."""
    return text.encode("utf-8", "surrogatepass")
