"""Receipts: 16 bytes that the asker keeps. From them come a question's key, its mark, and its salt."""

import re
import unicodedata

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from narrative.independent.bytes import derive, fields, sha256, to_base64url
from narrative.independent.passes import SEED_LABEL
from narrative.independent.refusals import Malformed

LABEL = "narrative receipt v2"
QUESTION_LABEL = "narrative question v1"
MESSAGE_LABEL = "narrative message v2"
FOLLOW_UP_LABEL = "narrative follow-up v1"
LENGTH = 16
DIGITS = 26
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECKS = ALPHABET + "*~$=U"
ALIKE = str.maketrans("OIL", "011")
WITHDRAWAL = 0
MOST_FOLLOW_UPS = 5

# What ECMAScript calls white space or the end of a line, so that all clients commit to the same text.
BLANKS = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
BLANKS += "\u2028\u2029\u202f\u205f\u3000\ufeff"


class Receipt:
    """A receipt and what comes of it: `mark` (public), `salt` (16 bytes) and the key that signs messages."""

    def __init__(self, secret: bytes) -> None:
        self.secret = secret
        self._key = Ed25519PrivateKey.from_private_bytes(derive(secret, 32, LABEL, "signing"))
        self.mark = to_base64url(self._key.public_key().public_bytes_raw())
        self.salt = derive(secret, LENGTH, LABEL, "salt")

    @classmethod
    def of_pass(cls, seed: bytes, index: int) -> "Receipt":
        """Return the receipt of the question that pass `index` asks."""
        return cls(derive(seed, LENGTH, SEED_LABEL, "receipt", str(index)))

    @classmethod
    def read(cls, typed: str) -> "Receipt":
        """Read a receipt as people type it. Raises Malformed."""
        return cls(parse_code(typed, what="a receipt"))

    @property
    def code(self) -> str:
        """The receipt as it is written down."""
        return format_code(self.secret)

    def message(self, *, quarter: str, number: int, text: str) -> dict[str, str | int | None]:
        """Return message `number` about the question as it is sent; 0 with no text withdraws it.

        Signed (Ed25519, RFC 8032) is not the text, but a hash of it that its salt opens: the signature stays
        in the ledger, also when the text is erased.
        """
        salt = derive(self.secret, LENGTH, LABEL, "follow-up", str(number)) if number else None
        text_hash = sha256(fields(FOLLOW_UP_LABEL, salt, self.mark, str(number), text)).hex() if salt else ""
        signed = self._key.sign(fields(MESSAGE_LABEL, quarter, self.mark, str(number), text_hash))
        return {
            "mark": self.mark,
            "number": number,
            "text": text,
            "salt": to_base64url(salt) if salt else None,
            "signature": to_base64url(signed),
        }


def commitment(salt: bytes, *, quarter: str, bucket: str | None, text: str) -> str:
    """Return what the ledger holds of a question, 43 characters of base64url."""
    return to_base64url(sha256(fields(QUESTION_LABEL, salt, quarter, bucket or "", text)))


def normal_text(text: str) -> str:
    """Return a text as the server keeps it: trimmed, with one kind of line break."""
    return re.sub(r"\r\n?", "\n", text).strip(BLANKS)


def format_code(data: bytes) -> str:
    """Write 16 bytes for people: Crockford's base32 with its check character, in groups of four."""
    number = int.from_bytes(data, "big")
    text = "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(DIGITS)))
    text += CHECKS[number % 37]
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def parse_code(typed: str, *, what: str) -> bytes:
    """Read 16 bytes back. Forgives case, spaces, dashes, O for 0, and I and L for 1. Raises Malformed."""
    kept = [
        one
        for one in typed.upper()
        if not one.isspace() and one != "\u2212" and unicodedata.category(one) != "Pd"
    ]
    text = "".join(kept).translate(ALIKE)
    digits = [ALPHABET.find(one) for one in text[:DIGITS]]
    number = 0
    for digit in digits:
        number = number << 5 | digit
    if len(text) != DIGITS + 1 or -1 in digits or number >> 8 * LENGTH or CHECKS[number % 37] != text[DIGITS]:
        raise Malformed(f"This is not {what}. It has 27 characters; check each of them.")
    return number.to_bytes(LENGTH, "big")
