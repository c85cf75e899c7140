"""What can stand in the ledger: builds and reads the body of each kind of entry. Pure.

A body is canonical JSON: keys sorted, no blanks, nothing escaped that need not be. Bodies hold days, never
times, and never a text that people wrote: only its hash or its salted commitment, so that it can be erased.

What is written in the name of whoever asked carries their signature (questions.commitments.message), which
anybody can check: the mark of the question's own entry is the public key.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from narrative.encoding import from_base64url

Value = str | int | list[str]

# The kinds that are written in the name of whoever asked.
SIGNED = ("follow-up", "withdrawn")


class MalformedEntry(ValueError):
    """The text is not a body that this program would have written."""


@dataclass(frozen=True)
class Entry:
    """One thing to put into the ledger. `quarter` is a name like "2026-q3", None where there is none."""

    kind: str
    quarter: str | None
    body: str

    @property
    def fields(self) -> dict[str, Any]:
        """Return what the body says."""
        read: dict[str, Any] = json.loads(self.body)
        return read


def text_hash(text: str) -> str:
    """Return what the ledger holds of a published text: the SHA-256 of its UTF-8 in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def keys(*, quarter: str, issuer: str, keys: Sequence[str], client: str, round: int) -> Entry:
    """The keys of one round of passes. Each is "purpose/slot/key id"; round 1 begins with "ask/0/…".

    `client` is the SHA-256 in hex of the published list of hashes of the pass client's modules. Round 1 says
    which kinds of entries are signed: none of these is good without a signature in this quarter.
    """
    signed = {"signed": list(SIGNED)} if round == 1 else {}
    return _entry("keys", quarter, issuer=issuer, keys=list(keys), client=client, round=round, **signed)


def client(*, client: str) -> Entry:
    """The pass client that is served from now on, by the same hash as in `keys`."""
    return _entry("client", None, client=client)


def tick(*, quarter: str, released: int, day: date) -> Entry:
    """A tick that released that many questions; stands before them."""
    return _entry("tick", quarter, released=released, day=day.isoformat())


def question(*, quarter: str, id: str, mark: str, commitment: str, day: date) -> Entry:
    """A question that was released, by the salted commitment to its text."""
    return _entry("question", quarter, id=id, mark=mark, commitment=commitment, day=day.isoformat())


def answer(*, quarter: str, id: str, number: int, text: str, day: date) -> Entry:
    """The answer of that number, from 1; a later one corrects it. `text` is the published Markdown."""
    return _entry("answer", quarter, id=id, number=number, text_hash=text_hash(text), day=day.isoformat())


def declined(*, quarter: str, id: str, reason: str, sentence: str, day: date) -> Entry:
    """A question that was declined, for a reason of the published policy."""
    hashed = text_hash(sentence)
    return _entry("declined", quarter, id=id, reason=reason, sentence_hash=hashed, day=day.isoformat())


def reopened(*, quarter: str, id: str, day: date) -> Entry:
    """A question that waits again."""
    return _entry("reopened", quarter, id=id, day=day.isoformat())


def withheld(*, quarter: str, id: str, reason: str, day: date) -> Entry:
    """A question whose text was taken from view, for a reason of the published policy."""
    return _entry("withheld", quarter, id=id, reason=reason, day=day.isoformat())


def withdrawn(*, quarter: str, id: str, day: date, signature: str | None) -> Entry:
    """A question that whoever asked it took back, with their signature in base64url.

    None for what was taken in before signatures were kept.
    """
    return _entry("withdrawn", quarter, id=id, day=day.isoformat(), **_signed(signature))


def merged(*, quarter: str, id: str, into: str, day: date) -> Entry:
    """A question that is answered with another one, of the id `into`."""
    return _entry("merged", quarter, id=id, into=into, day=day.isoformat())


def follow_up(
    *, quarter: str, mark: str, number: int, text_hash: str, day: date, signature: str | None
) -> Entry:
    """What whoever asked the question of that mark added to it, from number 1.

    `text_hash` is a SHA-256 in hex that cannot be tried out with likely texts: over a salt and the text.
    `signature` is over that hash, so that it gives no more away; None as in `withdrawn`.
    """
    said: dict[str, Value] = {"mark": mark, "number": number, "text_hash": text_hash}
    return _entry("follow-up", quarter, **said, day=day.isoformat(), **_signed(signature))


def asked_back(*, quarter: str, id: str, number: int, text: str, day: date) -> Entry:
    """What a leader asked back, from number 1."""
    return _entry("asked-back", quarter, id=id, number=number, text_hash=text_hash(text), day=day.isoformat())


def regrant(*, quarter: str, number: int) -> Entry:
    """That many people were given passes a second time, since they had lost theirs."""
    return _entry("regrant", quarter, number=number)


def close(*, quarter: str, received: int, day: date) -> Entry:
    """The end of asking, after which a quarter's questions are that many for good."""
    return _entry("close", quarter, received=received, day=day.isoformat())


def read(body: str) -> Entry:
    """Read a body. Raises MalformedEntry unless it is, byte for byte, what the functions above write."""
    try:
        fields = json.loads(body)
        if not isinstance(fields, dict) or canonical(fields) != body:
            raise MalformedEntry("not canonical JSON")
    except (ValueError, RecursionError) as problem:
        raise MalformedEntry(str(problem)) from None
    kind = fields.get("kind")
    shape = SHAPES.get(kind) if isinstance(kind, str) else None
    if shape is None or not {"kind", *shape} <= set(fields):
        raise MalformedEntry("an unknown kind of entry, or one without a field that it has")
    shape = {"kind": _text, **shape, **LATER.get(str(kind), {})}
    if not all(name in shape and shape[name](value) for name, value in fields.items()):
        raise MalformedEntry("a field that it has not, or one that holds what it cannot hold")
    return Entry(str(kind), fields.get("quarter"), body)


def canonical(fields: Mapping[str, Any]) -> str:
    """Return an object as canonical JSON."""
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _signed(signature: str | None) -> dict[str, Value]:
    return {} if signature is None else {"signature": signature}


def _entry(kind: str, quarter: str | None, **fields: Value) -> Entry:
    if quarter is not None:
        fields["quarter"] = quarter
    return read(canonical({"kind": kind, **fields}))


def _text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 300 and value.isprintable()


def _texts(value: object) -> bool:
    return isinstance(value, list) and 0 < len(value) <= 10_000 and all(_text(one) for one in value)


def _number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def _hash(value: object) -> bool:
    return isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")


def _signature(value: object) -> bool:
    return isinstance(value, str) and from_base64url(value, length=64) is not None


def _kinds(value: object) -> bool:
    return value == list(SIGNED)


def _day(value: object) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


SHAPES: dict[str, dict[str, Callable[[object], bool]]] = {
    "keys": {"quarter": _text, "issuer": _text, "keys": _texts, "client": _hash, "round": _number},
    "client": {"client": _hash},
    "tick": {"quarter": _text, "released": _number, "day": _day},
    "question": {"quarter": _text, "id": _text, "mark": _text, "commitment": _text, "day": _day},
    "answer": {"quarter": _text, "id": _text, "number": _number, "text_hash": _hash, "day": _day},
    "declined": {"quarter": _text, "id": _text, "reason": _text, "sentence_hash": _hash, "day": _day},
    "reopened": {"quarter": _text, "id": _text, "day": _day},
    "withheld": {"quarter": _text, "id": _text, "reason": _text, "day": _day},
    "withdrawn": {"quarter": _text, "id": _text, "day": _day},
    "merged": {"quarter": _text, "id": _text, "into": _text, "day": _day},
    "follow-up": {"quarter": _text, "mark": _text, "number": _number, "text_hash": _hash, "day": _day},
    "asked-back": {"quarter": _text, "id": _text, "number": _number, "text_hash": _hash, "day": _day},
    "regrant": {"quarter": _text, "number": _number},
    "close": {"quarter": _text, "received": _number, "day": _day},
}

# What entries hold since signatures are kept. Those of before are good without it, and stay as they are.
LATER: dict[str, dict[str, Callable[[object], bool]]] = {
    "keys": {"signed": _kinds},
    "withdrawn": {"signature": _signature},
    "follow-up": {"signature": _signature},
}
