"""Exports of the ledger, as they are read."""

from dataclasses import dataclass
from typing import Any

from narrative.independent import notes
from narrative.independent.refusals import LedgerMismatch, Malformed

FORMAT = "narrative ledger v2"
# Without follow-ups and words, and without the quarters of answers.
EARLIER_FORMAT = "narrative ledger v1"

ROWS = ("openings", "follow_ups", "answers")


@dataclass
class Export:
    """An export as it was read; nothing in it is believed yet. `whole` is one in the present form."""

    name: str
    key: bytes
    checkpoint: str
    whole: bool
    leaves: list[str]
    words: dict[str, str]
    openings: list[dict[str, Any]]
    follow_ups: list[dict[str, Any]]
    answers: list[dict[str, Any]]


def read_export(said: object) -> Export:
    """Read an export from its JSON, in either form. Raises Malformed for anything else."""
    if not isinstance(said, dict) or said.get("format") not in (FORMAT, EARLIER_FORMAT):
        raise Malformed("This is not an export of a ledger.")
    whole = said["format"] == FORMAT
    if not whole:
        said = {**said, "words": {}, "follow_ups": []}
    name, checkpoint, leaves, words = (said.get(one) for one in ("name", "checkpoint", "leaves", "words"))
    if not isinstance(name, str) or not isinstance(checkpoint, str):
        raise Malformed("The export names no ledger, or holds no checkpoint.")
    if not isinstance(leaves, list) or not all(isinstance(one, str) for one in leaves):
        raise Malformed("The export’s entries are not all there.")
    if not isinstance(words, dict) or not all(isinstance(one, str) for one in words.values()):
        raise Malformed("The export’s words are not there.")
    rows = [said.get(one) for one in ROWS]
    if not all(isinstance(one, list) and all(isinstance(row, dict) for row in one) for one in rows):
        raise Malformed("The export’s lists do not hold what they should.")
    try:
        key = notes.read_key(said.get("public_key"))
    except LedgerMismatch as problem:
        raise Malformed(str(problem)) from None
    return Export(name, key, checkpoint, whole, leaves, words, *rows)  # type: ignore[arg-type]
