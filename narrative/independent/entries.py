"""What stands in the ledger: reads entries, and refuses what no honest ledger holds."""

import json
import re
from dataclasses import dataclass
from typing import Any

from narrative.independent.refusals import LedgerMismatch

HASH = re.compile(r"[0-9a-f]{64}")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
QUARTER = re.compile(r"\d{4}-q[1-4]")
SHORT = re.compile(r"[^\x00-\x1f]{1,300}")
SIGNATURE = re.compile(r"[A-Za-z0-9_-]{86}")

# The kinds that are written in the name of whoever asked, and carry their signature.
SIGNED = ["follow-up", "withdrawn"]

# Every kind with its fields, besides `kind` itself.
FIELDS: dict[str, tuple[str, ...]] = {
    "keys": ("quarter", "issuer", "keys", "client", "round"),
    "client": ("client",),
    "tick": ("quarter", "released", "day"),
    "question": ("quarter", "id", "mark", "commitment", "day"),
    "answer": ("quarter", "id", "number", "text_hash", "day"),
    "declined": ("quarter", "id", "reason", "sentence_hash", "day"),
    "reopened": ("quarter", "id", "day"),
    "withheld": ("quarter", "id", "reason", "day"),
    "withdrawn": ("quarter", "id", "day"),
    "merged": ("quarter", "id", "into", "day"),
    "follow-up": ("quarter", "mark", "number", "text_hash", "day"),
    "asked-back": ("quarter", "id", "number", "text_hash", "day"),
    "regrant": ("quarter", "number"),
    "close": ("quarter", "received", "day"),
}
# What the same kinds hold since signatures are kept; older entries are without.
LATER: dict[str, tuple[str, ...]] = {
    "keys": ("signed",),
    "withdrawn": ("signature",),
    "follow-up": ("signature",),
}
NUMBERS = ("round", "released", "number", "received")
FORMS = {
    "client": HASH,
    "text_hash": HASH,
    "sentence_hash": HASH,
    "day": DAY,
    "quarter": QUARTER,
    "signature": SIGNATURE,
}


@dataclass(frozen=True)
class Entry:
    """One entry: where it stands, what kind it is, and what it says."""

    position: int
    kind: str
    said: dict[str, Any]

    @property
    def quarter(self) -> str | None:
        """The quarter it is about, if any."""
        return self.said.get("quarter")


def read_entry(position: int, body: str) -> Entry:
    """Read the body at a position. Raises LedgerMismatch for one that is not written as entries are."""
    where = f"Entry {position} of the ledger"
    try:
        said = json.loads(body)
        written = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    except (ValueError, RecursionError):
        raise LedgerMismatch(f"{where} cannot be read.") from None
    if not isinstance(said, dict) or written != body:
        raise LedgerMismatch(f"{where} is not written in its one form.")
    kind = said.get("kind")
    if not isinstance(kind, str) or kind not in FIELDS:
        raise LedgerMismatch(f"{where} is of a kind that this program does not know.")
    names = set(said) - {"kind"} - set(LATER.get(kind, ()))
    if names != set(FIELDS[kind]) or not all(_fits(name, said[name]) for name in set(said) - {"kind"}):
        raise LedgerMismatch(f"{where} ({kind}) does not say what such an entry says.")
    return Entry(position, kind, said)


def _fits(name: str, value: object) -> bool:
    if name in NUMBERS:
        return type(value) is int and value >= 0
    if name == "signed":
        return value == SIGNED
    if name == "keys":
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    return isinstance(value, str) and FORMS.get(name, SHORT).fullmatch(value) is not None
