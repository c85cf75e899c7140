"""Names, e-mail addresses, roles, buckets: what is allowed. Pure."""

import re
import unicodedata
from datetime import timedelta

ROLES = ("employee", "leader", "organiser")
LONGEST_NAME = 120
LONGEST_EMAIL = 254
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256
LINK_LASTS = timedelta(days=7)

_EMAIL = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\".]+(\.[^\s@,;<>\".]+)+")


def normal_email(text: str) -> str:
    """Return the one spelling under which an e-mail address is kept: trimmed, lower case, composed."""
    return unicodedata.normalize("NFC", text.strip()).lower()


def email_error(text: str) -> str | None:
    """Say what is wrong with an e-mail address, or None."""
    if len(text) > LONGEST_EMAIL or not _EMAIL.fullmatch(normal_email(text)):
        return "Enter an e-mail address, such as ada@company.example"
    return None


def slug_of(name: str) -> str:
    """Return the part of an address made from a bucket's name: letters, digits, single hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "bucket"
