"""Checking an export of the ledger, offline: what was checked, and what is not as it should be."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from narrative.independent import notes
from narrative.independent.account import Account, accounts
from narrative.independent.bytes import to_base64url
from narrative.independent.entries import read_entry
from narrative.independent.exports import Export, read_export
from narrative.independent.merkle import leaf_hash, root_of
from narrative.independent.refusals import LedgerMismatch
from narrative.independent.texts import check_texts
from narrative.independent.verdict import Verdict

OTHER_KEY = "The export is signed with another key than the ledger’s that was seen before."
OLDER = (
    "{quarter}: the ledger holds no keys of it. It began before there was a ledger, and its account is not "
    "complete. No client should take passes for such a quarter."
)
EARLIER = (
    "This export is in an earlier form, without follow-ups and words, and does not say of which quarter an "
    "answer is. Take a new one to have these checked too."
)
SIGNED = "{quarter}: {number} withdrawals and follow-ups are signed by those who asked."
UNSIGNED = (
    "{quarter}: {number} withdrawals and follow-ups were written before signatures were kept. Only whoever "
    "asked knows whether they are theirs."
)
# A quarter is closed an hour after its questions.
CLOSING_LASTS = timedelta(hours=1)


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
        _tell(verdict, account)
    if not export.whole:
        verdict.notes.append(EARLIER)
    check_texts(verdict, export)
    return verdict


def _tell(verdict: Verdict, account: Account) -> None:
    verdict.good.append(account.words)
    if account.signatures:
        verdict.good.append(SIGNED.format(quarter=account.quarter, number=account.signatures))
    if account.unsigned:
        verdict.notes.append(UNSIGNED.format(quarter=account.quarter, number=account.unsigned))
    if account.older:
        verdict.notes.append(OLDER.format(quarter=account.quarter))


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
