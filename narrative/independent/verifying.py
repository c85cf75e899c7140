"""Checking an export of the ledger, offline: what was checked, and what is not as it should be."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from narrative.independent import notes
from narrative.independent.account import ERASED, Account, accounts
from narrative.independent.bytes import from_base64url, to_base64url
from narrative.independent.entries import Entry, read_entry
from narrative.independent.merkle import leaf_hash, root_of
from narrative.independent.receipts import LENGTH, commitment
from narrative.independent.refusals import LedgerMismatch, Malformed

OTHER_KEY = "The export is signed with another key than the ledger’s that was seen before."
OLDER = (
    "{quarter}: the ledger holds no keys of it. It began before there was a ledger, and its account is not "
    "complete. No client should take passes for such a quarter."
)
FORMAT = "narrative ledger v1"
# A quarter is closed an hour after its questions.
CLOSING_LASTS = timedelta(hours=1)


@dataclass
class Export:
    """An export as it was read; nothing in it is believed yet."""

    name: str
    key: bytes
    checkpoint: str
    leaves: list[str]
    openings: list[dict[str, Any]]
    answers: list[dict[str, Any]]


@dataclass
class Verdict:
    """What was found: sentences about what is well, what cannot be known, and what is not as it should be."""

    good: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    accounts: dict[str, Account] = field(default_factory=dict)

    @property
    def intact(self) -> bool:
        """Whether nothing was found that is not as it should be."""
        return not self.bad


def read_export(said: object) -> Export:
    """Read an export from its JSON. Raises Malformed for anything else."""
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise Malformed("This is not an export of a ledger.")
    name, checkpoint, leaves = said.get("name"), said.get("checkpoint"), said.get("leaves")
    lists = leaves, said.get("openings"), said.get("answers")
    if not isinstance(name, str) or not isinstance(checkpoint, str):
        raise Malformed("The export names no ledger, or holds no checkpoint.")
    if not all(isinstance(one, list) for one in lists) or not all(
        isinstance(one, str) for one in lists[0] or []
    ):
        raise Malformed("The export’s lists are not all there.")
    if not all(isinstance(one, dict) for rows in lists[1:] for one in rows or []):
        raise Malformed("The export’s lists do not hold what they should.")
    try:
        key = notes.read_key(said.get("public_key"))
    except LedgerMismatch as problem:
        raise Malformed(str(problem)) from None
    return Export(name, key, checkpoint, *lists)  # type: ignore[arg-type]


def verify(export: Export) -> Verdict:
    """Check the checkpoint, the tree, the account, and every text against what the ledger says of it."""
    verdict = Verdict()
    try:
        _check_tree(verdict, export)
        verdict.entries = [read_entry(*numbered) for numbered in enumerate(export.leaves)]
        verdict.accounts = accounts(verdict.entries)
    except LedgerMismatch as problem:
        verdict.bad.append(str(problem))
        return verdict
    verdict.good.append("Keys came before questions, and each question has one fate.")
    for account in verdict.accounts.values():
        verdict.good.append(account.words)
        if not account.key_rounds:
            verdict.notes.append(OLDER.format(quarter=account.quarter))
    _check_openings(verdict, export)
    _check_answers(verdict, export)
    return verdict


def check_promise(verdict: Verdict, export: Export, note: str, *, at: datetime) -> None:
    """Add to a verdict whether a promise was kept, as far as it was due by `at`."""
    try:
        promise = notes.read_promise(note, key=export.key, issuer=export.name)
    except LedgerMismatch as problem:
        verdict.bad.append(f"The promise is not one of this ledger. {problem}")
        return
    account = verdict.accounts.get(promise.quarter)
    shown = account.marks.get(promise.mark) if account else None
    if shown and shown.commitment == promise.commitment:
        verdict.good.append(f"The promise was kept: the question is in the ledger, {shown.state}.")
    elif shown:
        verdict.bad.append("The promise was broken: another text stands in the ledger under that receipt.")
    elif account and account.closed:
        verdict.bad.append(
            "The promise was broken: the quarter is closed, and the question is not in the ledger."
        )
    elif at > promise.close + CLOSING_LASTS:
        verdict.bad.append(
            f"The question should have been shown by {promise.close:%d %B %Y} and is not in this export. If "
            "the export is newer than that, the promise was broken; if not, take a new one."
        )
    else:
        verdict.good.append(
            f"The promise is not due before {promise.close:%d %B %Y}; the question is not shown yet."
        )


def check_earlier(verdict: Verdict, export: Export, note: str) -> None:
    """Add to a verdict whether the ledger still begins with what an earlier checkpoint was signed over."""
    try:
        earlier = notes.read_checkpoint(note, key=export.key, issuer=export.name)
    except LedgerMismatch as problem:
        verdict.bad.append(f"The earlier checkpoint is not one of this ledger. {problem}")
        return
    if earlier.size > len(export.leaves):
        verdict.bad.append(
            f"The earlier checkpoint was signed over {earlier.size} entries, and the export has only "
            f"{len(export.leaves)}. Either it is older, or entries were removed."
        )
    elif root_of(_hashes(export.leaves[: earlier.size])) != earlier.root:
        verdict.bad.append(
            "The ledger was rewritten: it does not begin with what the earlier checkpoint signs."
        )
    else:
        verdict.good.append(f"The {earlier.size} entries of the earlier checkpoint are all there, unchanged.")


def _check_tree(verdict: Verdict, export: Export) -> None:
    checkpoint = notes.read_checkpoint(export.checkpoint, key=export.key, issuer=export.name)
    verdict.good.append(f"The checkpoint is signed by the ledger’s key, {to_base64url(export.key)}.")
    if checkpoint.size != len(export.leaves):
        raise LedgerMismatch(
            f"The checkpoint is signed over {checkpoint.size} entries, and {len(export.leaves)} are here."
        )
    if root_of(_hashes(export.leaves)) != checkpoint.root:
        raise LedgerMismatch(
            "An entry was changed, moved or replaced: the entries are not those that were signed."
        )
    verdict.good.append(f"All {checkpoint.size} entries are those that were signed, in their order.")


def _hashes(leaves: list[str]) -> list[bytes]:
    try:
        return [leaf_hash(body.encode()) for body in leaves]
    except UnicodeEncodeError:
        raise LedgerMismatch("An entry is not text.") from None


def _check_openings(verdict: Verdict, export: Export) -> None:
    questions = {one.id: one for account in verdict.accounts.values() for one in account.questions.values()}
    opened, wrong = set(), set()
    for opening in export.openings:
        name = str(opening.get("id"))
        found = questions.get(name)
        if found is None or name in opened or _committed(opening) != found.commitment:
            wrong.add(name)
        opened.add(name)
    missing = [one.id for one in questions.values() if one.state not in ERASED and one.id not in opened]
    verdict.bad += [f"The text of question {one} is not the one that was received." for one in sorted(wrong)]
    verdict.bad += [f"The text of question {one} is missing." for one in missing]
    if not missing and not wrong:
        verdict.good.append(f"{len(opened)} questions are shown with the very texts that were received.")


def _committed(opening: dict[str, Any]) -> str | None:
    quarter, bucket, text = (opening.get(name) for name in ("quarter", "bucket", "text"))
    if not isinstance(quarter, str) or not isinstance(text, str) or not isinstance(bucket, str | None):
        return None
    try:
        salt = from_base64url(opening.get("salt"))
        return commitment(salt, quarter=quarter, bucket=bucket, text=text) if len(salt) == LENGTH else None
    except ValueError:
        return None


def _check_answers(verdict: Verdict, export: Export) -> None:
    hashes: dict[tuple[str, Any], str] = {
        (one.id, number): answer
        for account in verdict.accounts.values()
        for one in account.questions.values()
        for number, answer in enumerate(one.answers, 1)
    }
    questions = {name for account in verdict.accounts.values() for name in account.questions}
    unknown = 0
    given: set[tuple[str, int]] = set()
    wrong = []
    for one in export.answers:
        if str(one.get("id")) not in questions:
            unknown += 1
            continue
        named, text = (str(one.get("id")), one.get("number")), one.get("text")
        if type(named[1]) is not int or not isinstance(text, str) or hashes.get(named) != _text_hash(text):
            wrong.append(named[0])
        else:
            given.add((named[0], named[1]))
    verdict.bad += [f"The answer to question {one} is not the one that was published." for one in wrong]
    current = [
        one
        for account in verdict.accounts.values()
        for one in account.questions.values()
        if one.state == "answered" and (one.id, len(one.answers)) not in given
    ]
    verdict.bad += [f"The answer to question {one.id} is missing." for one in current]
    if unknown:
        verdict.notes.append(f"{unknown} answers belong to questions that are older than the ledger.")
    if not wrong and not current:
        verdict.good.append(f"{len(given)} answers are shown as they were published.")


def _text_hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def check_all(
    said: object,
    *,
    at: datetime,
    promises: Sequence[str] = (),
    checkpoints: Sequence[str] = (),
    key: str | None = None,
) -> Verdict:
    """Check an export and what is at hand beside it, `key` being the one that the ledger is known by.

    Raises Malformed for what is no export.
    """
    export = read_export(said)
    verdict = verify(export)
    if key is not None and key != to_base64url(export.key):
        verdict.bad.append(OTHER_KEY)
    for promise in promises:
        check_promise(verdict, export, promise, at=at)
    for checkpoint in checkpoints:
        check_earlier(verdict, export, checkpoint)
    return verdict
