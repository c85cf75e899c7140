"""Names, e-mail addresses, roles, buckets, signing in: what is allowed. Pure."""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Collection
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Literal, Protocol

ROLES = ("employee", "leader", "organiser")
LONGEST_NAME = 120
LONGEST_EMAIL = 254
LONGEST_SLUG = 60
LONGEST_PATH = 2000
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256
LINK_LASTS = timedelta(days=7)
TRY_WINDOW = timedelta(minutes=15)
TRIES_PER_ACCOUNT = 10
TRIES_PER_ADDRESS = 50
IPV6_HOUSEHOLD = 64
SHRINKS_TO = 8  # no text has fewer than an eighth of its characters left when it is composed

_EMAIL = re.compile(r"[^\s@,;<>\"\x00-\x1f\x7f]+@[^\s@,;<>\".\x00-\x1f\x7f]+(\.[^\s@,;<>\".\x00-\x1f\x7f]+)+")
_FORMULA = ("=", "+", "-", "@")
_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class PersonLike(Protocol):
    """What the rules need to know of a person."""

    id: int
    role: str
    deactivated_at: datetime | None


def composed(text: str, form: Literal["NFC", "NFKC"] = "NFC", *, longest: int) -> str:
    """Return `text` composed; as it is, where it is too long to have `longest` characters or fewer then.

    Composing takes quadratic time for accents without end: a megabyte would keep a process for minutes.
    """
    return text if len(text) > SHRINKS_TO * longest else unicodedata.normalize(form, text)


def normal_email(text: str) -> str:
    """Return the one spelling under which an e-mail address is kept: trimmed, lower case, composed."""
    lower = composed(text.strip(), longest=LONGEST_EMAIL).lower()
    return composed(lower, longest=LONGEST_EMAIL)


def email_error(text: str) -> str | None:
    """Say what is wrong with an e-mail address, or None."""
    email = normal_email(text)
    if len(email) > LONGEST_EMAIL or email.startswith(_FORMULA) or not _EMAIL.fullmatch(email):
        return "Enter an e-mail address, such as ada@company.example"
    return None


def normal_name(text: str) -> str:
    """Return the spelling under which a name is kept: composed, white space folded."""
    return " ".join(composed(" ".join(text.split()), longest=LONGEST_NAME).split())


def name_error(text: str) -> str | None:
    """Say what is wrong with the name of a person or a bucket, or None."""
    name = normal_name(text)
    if not name:
        return "Enter a name"
    if len(name) > LONGEST_NAME:
        return f"Shorten the name to {LONGEST_NAME} characters; it has {len(name):,}"
    if any(unicodedata.category(sign) == "Cc" or sign in _DIRECTION_MARKS for sign in name):
        return "Remove the unreadable characters from the name"
    if name.startswith(_FORMULA):
        return "A name cannot begin with = + - or @, which spreadsheets take for a formula"
    return None


def normal_password(text: str) -> str:
    """Return the spelling that is hashed: the same keys give the same one on every keyboard."""
    return composed(text, "NFKC", longest=LONGEST_PASSWORD)


def password_error(password: str, *, name: str, email: str) -> str | None:
    """Say why a person of that name and e-mail address cannot have that password, or None."""
    password = normal_password(password)
    if len(password) < SHORTEST_PASSWORD:
        return f"Choose a password of at least {SHORTEST_PASSWORD} characters"
    if len(password) > LONGEST_PASSWORD:
        return f"Choose a password of at most {LONGEST_PASSWORD} characters"
    guessable = {_bare(name), _bare(email), _bare(email.partition("@")[0])}
    if _bare(password) in guessable or len(set(password)) == 1:
        return "Choose a password that is not your name, your e-mail address or one character repeated"
    return None


def _bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def may_own(person: PersonLike) -> bool:
    """Tell whether `person` can own a bucket or contribute to one: leaders and organisers who are active."""
    return person.deactivated_at is None and person.role in {"leader", "organiser"}


def slug_of(name: str) -> str:
    """Return the part of an address made from a bucket's name: letters, digits, single hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_SLUG].rstrip("-") or "bucket"


def free_slug(name: str, taken: Collection[str]) -> str:
    """Return the slug of `name`, with the smallest number behind it that makes it none of `taken`."""
    slug, number = slug_of(name), 1
    while slug in taken:
        number += 1
        ending = f"-{number}"
        slug = slug_of(name)[: LONGEST_SLUG - len(ending)].rstrip("-") + ending
    return slug


def version_of(*parts: object) -> str:
    """Return a short digest of what a form shows, by which a stale one is recognised."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def token_hash(token: str) -> str:
    """Return what is kept of a one-time link's token."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def link_address(token: str, *, base_url: str) -> str:
    """Return the whole address of a one-time link."""
    return f"{base_url}/sign-in/{token}"


def try_hash(kind: str, subject: str, *, key: str) -> str:
    """Return what stands for an account or a client address in the table of tries.

    Keyed, since addresses are few enough to guess them all.
    """
    return hmac.new(key.encode(), f"{kind}\0{subject}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def household(address: str) -> str:
    """Return the part of a client address that one visitor cannot change at will: IPv6 by its /64."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(IPv6Network((int(parsed), IPV6_HOUSEHOLD), strict=False))
    return str(parsed)


def safe_path(text: str) -> str | None:
    """Return `text` if it is a path on this very site, else None: nobody is sent elsewhere."""
    if not text.startswith("/") or text.startswith("//") or "\\" in text or len(text) > LONGEST_PATH:
        return None
    return None if any(ord(sign) <= 0x20 or ord(sign) == 0x7F for sign in text) else text
