"""Watching the ledger: its signed state, that it only grew since the last look, and its keys."""

import json
from typing import Any

from narrative.independent import notes
from narrative.independent.bytes import from_base64url
from narrative.independent.entries import read_entry
from narrative.independent.keep import Keep
from narrative.independent.merkle import is_consistent, is_included, leaf_hash
from narrative.independent.refusals import KeyMismatch, LedgerMismatch, Refusal
from narrative.independent.server import UNANSWERED, Answer, Nobody

OTHER_KEY = (
    "The ledger is signed with another key than the one seen here before. Nothing was sent. Keep {path}: it "
    "holds the earlier key and checkpoint, which show it."
)
REWRITTEN = (
    "The ledger does not continue the one seen here before: something was removed or changed. Keep {path}: "
    "it holds the earlier signed checkpoint, which shows it."
)

NOT_COMMITTED = (
    "The ledger does not hold the keys of this quarter, so nobody can tell whether everybody is given the "
    "same. Nothing was sent. Do not ask here before your organiser has explained it."
)


def trusted_key(keep: Keep, nobody: Nobody) -> tuple[bytes, str]:
    """Return the ledger's public key and its issuer: those first seen. Raises LedgerMismatch for others."""
    kept = keep.content.get("ledger")
    if kept is None:
        said = _found(nobody.get("/ledger/key")).json
        key, name = notes.read_key(said.get("public_key")), said.get("name")
        if not isinstance(name, str):
            raise LedgerMismatch("The ledger does not say whose it is.")
        keep.content["ledger"] = kept = {"key": said["public_key"], "name": name, "checkpoint": ""}
        keep.save()
        return key, name
    return notes.read_key(kept["key"]), str(kept["name"])


def accept(keep: Keep, nobody: Nobody, note: str) -> notes.Checkpoint:
    """Check a checkpoint against the one seen last, remember it, and return it.

    Raises LedgerMismatch for another one, and Refusal for what is no signed note: it contradicts nothing.
    """
    if not notes.is_note(note):
        raise Refusal(UNANSWERED)
    key, issuer = trusted_key(keep, nobody)
    try:
        new = notes.read_checkpoint(note, key=key, issuer=issuer)
    except LedgerMismatch:
        raise LedgerMismatch(OTHER_KEY.format(path=keep.path)) from None
    kept: dict[str, Any] = keep.content["ledger"]
    if kept["checkpoint"]:
        old = notes.read_checkpoint(kept["checkpoint"], key=key, issuer=issuer)
        _check_growth(keep, nobody, old, new)
        if new.size < old.size:
            return new
    kept["checkpoint"] = note
    keep.save()
    return new


def _check_growth(keep: Keep, nobody: Nobody, old: notes.Checkpoint, new: notes.Checkpoint) -> None:
    first, last = sorted((old, new), key=lambda one: one.size)
    proof: list[bytes] = []
    if 0 < first.size < last.size:
        answer = nobody.get(f"/ledger/consistency?from={first.size}&to={last.size}")
        # A ledger that was cut has no proof for the size it had: no proof is as bad as a wrong one.
        proof = [] if answer.status == 404 else _hashes(_found(answer).json.get("proof"))
    if not is_consistent(old=first.size, old_root=first.root, new=last.size, new_root=last.root, proof=proof):
        raise LedgerMismatch(REWRITTEN.format(path=keep.path))


def look(keep: Keep, nobody: Nobody) -> notes.Checkpoint:
    """Fetch the present checkpoint, and accept it."""
    answer = _found(nobody.get("/ledger/checkpoint"))
    return accept(keep, nobody, answer.body.decode("utf-8", "replace"))


def committed_names(keep: Keep, nobody: Nobody, *, issuer: str, quarter: str) -> list[str]:
    """Return the names of keys that the ledger holds of a quarter, in their order.

    Raises KeyMismatch when a proof does not hold, LedgerMismatch when it is not the ledger seen before, and
    Refusal when the server does not say.
    """
    answer = nobody.get(f"/ledger/keys/{quarter}")
    if answer.status == 404:
        raise KeyMismatch(NOT_COMMITTED)
    said = _found(answer).json
    checkpoint = accept(keep, nobody, str(said.get("checkpoint")))
    names: list[str] = []
    try:
        for number, given in enumerate(said["entries"], 1):
            entry = read_entry(given["position"], given["body"])
            included = is_included(
                leaf_hash(given["body"].encode()),
                position=given["position"],
                size=checkpoint.size,
                proof=_hashes(given["proof"]),
                root=checkpoint.root,
            )
            meant = {"kind": "keys", "issuer": issuer, "quarter": quarter, "round": number}
            if not included or not meant.items() <= json.loads(given["body"]).items():
                raise KeyMismatch
            names += entry.said["keys"]
    except (KeyError, TypeError, AttributeError):
        raise KeyMismatch from None
    return names


def _found(answer: Answer) -> Answer:
    """Return what was fetched. Raises Refusal for what is another page than the one asked for."""
    if answer.status != 200:
        raise Refusal(UNANSWERED)
    return answer


def _hashes(proof: object) -> list[bytes]:
    try:
        return [from_base64url(one) for one in proof] if isinstance(proof, list) else []
    except ValueError:
        return []
