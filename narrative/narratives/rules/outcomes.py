"""What is said of an earlier promise: a priority of last quarter, or a commitment made in an answer."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

OUTCOMES = {"done": "Done", "partly": "Partly", "not done": "Not done", "dropped": "Dropped"}
# What readers see where the narrative is silent. Nobody chooses it.
NOT_REPORTED = "not reported"
LONGEST_SENTENCE = 500

_KEY = re.compile(r"(priority|commitment)-([1-9][0-9]{0,8})")


@dataclass(frozen=True, kw_only=True)
class OutcomeRow:
    """What is said of one promise: `key` is 'priority-17' or 'commitment-3', `state` in OUTCOMES or ''."""

    key: str
    state: str = ""
    sentence: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing is said yet."""
        return not (self.state or self.sentence.strip())


def said(rows: Iterable[OutcomeRow]) -> tuple[OutcomeRow, ...]:
    """Return the rows that say something, one a key and in one order, so that equal drafts are equal.

    Rows whose key is none are left out: nobody promised that.
    """
    known = {row.key: row for row in rows if not row.blank and number_in(row.key) is not None}
    return tuple(known[key] for key in sorted(known))


def number_in(key: str, kind: str = "") -> int | None:
    """Return the 17 of 'priority-17', or None where `key` is not written so or is not of that `kind`."""
    match = _KEY.fullmatch(key)
    return int(match[2]) if match and kind in {"", match[1]} else None


def numbers_in(keys: Iterable[str], kind: str) -> set[int]:
    """Return the numbers of all the keys that are of that kind."""
    return {number for key in keys if (number := number_in(key, kind)) is not None}


def key_of_carried(key: str) -> str:
    """Return the key of the priority row that carries a promise over.

    It follows from the promise, so that two people who carry over the same promise make one row of it.
    """
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def needs_sentence(row: OutcomeRow) -> bool:
    """Tell whether an outcome still owes its sentence: every state but 'done' does."""
    return row.state not in {"", "done"} and not row.sentence.strip()


def carried_in_words(carried: int) -> str:
    """Say how often a priority was carried over: 'carried 3 quarters', or nothing for a new one."""
    if not carried:
        return ""
    return "carried 1 quarter" if carried == 1 else f"carried {carried} quarters"
