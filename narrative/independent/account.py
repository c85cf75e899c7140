"""The account of a quarter, counted anew from the ledger's entries."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from narrative.independent.entries import Entry
from narrative.independent.receipts import WITHDRAWAL
from narrative.independent.refusals import LedgerMismatch
from narrative.independent.signatures import is_signed

STATES = ("answered", "declined", "merged", "withdrawn", "withheld", "waiting")
ERASED = ("withdrawn", "withheld")
BECOMES = {
    "answer": "answered",
    "declined": "declined",
    "reopened": "waiting",
    "withheld": "withheld",
    "withdrawn": "withdrawn",
    "merged": "merged",
}


@dataclass
class Question:
    """One question by its entry, and what became of it.

    `answers` are the hashes of the published texts, `follow_ups` the salted ones of what was added.
    """

    id: str
    quarter: str
    mark: str
    commitment: str
    state: str = "waiting"
    answers: list[str] = field(default_factory=list)
    follow_ups: list[str] = field(default_factory=list)


@dataclass
class Account:
    """What the entries say of one quarter. `older` is one that had begun before there was a ledger.

    `signed` says that nothing in it is good in the name of whoever asked without their signature;
    `signatures` counts what is signed, `unsigned` what in an earlier quarter is not.
    """

    quarter: str
    key_rounds: int = 0
    key_names: list[str] = field(default_factory=list)
    expected: int = 0
    closed: bool = False
    older: bool = False
    first_keys: list[str] = field(default_factory=list)
    signed: bool = False
    signatures: int = 0
    unsigned: int = 0
    questions: dict[str, Question] = field(default_factory=dict)
    marks: dict[str, Question] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """The account in one line."""
        counts = Counter(question.state for question in self.questions.values())
        parts = [f"{counts[state]} {state}" for state in STATES if counts[state]]
        return f"{self.quarter}: {len(self.questions)} received" + (
            f": {', '.join(parts)}." if parts else "."
        )


def accounts(entries: Iterable[Entry]) -> dict[str, Account]:
    """Walk through the entries in their order.

    Raises LedgerMismatch where they contradict each other, or where whoever asked did not sign what is said
    in their name.
    """
    found: dict[str, Account] = {}
    for entry in entries:
        if entry.quarter is None:
            continue
        if entry.kind == "keys" and "signed" not in entry.said and entry.said["round"] == 1:
            _check_no_step_back(found, entry)
        account = found.setdefault(entry.quarter, Account(entry.quarter))
        if account.expected and entry.kind != "question":
            raise _wrong(entry, "a tick released more questions than stand in the ledger")
        _take(account, entry)
    for account in found.values():
        if account.expected:
            raise LedgerMismatch(
                f"{account.quarter}: the last tick released more questions than stand in the ledger."
            )
        if account.older and not may_be_older(found, account.quarter):
            raise LedgerMismatch(
                f"{account.quarter}: the ledger holds no keys of it, and did of an earlier quarter. Whoever "
                "asked in it was given keys that nobody committed to."
            )
    return found


def may_be_older(found: dict[str, Account], quarter: str) -> bool:
    """Tell whether a quarter can have begun before the ledger: it has no keys, nor has any before it."""
    return all(not one.key_rounds for one in found.values() if one.quarter <= quarter)


def _check_no_step_back(found: dict[str, Account], entry: Entry) -> None:
    if any(one.signed for one in found.values()):
        raise _wrong(
            entry, "an earlier quarter has signatures of those who asked, and this one is to have none"
        )


def _take(account: Account, entry: Entry) -> None:
    said = entry.said
    if entry.kind == "keys":
        _take_keys(account, entry)
    elif entry.kind == "tick":
        account.older = not account.key_rounds
        account.expected = said["released"]
    elif entry.kind == "question":
        _take_question(account, entry)
    elif entry.kind == "close":
        other = said["received"] != len(account.questions) and account.key_rounds
        if account.closed or other:
            raise _wrong(entry, "the quarter was closed with another number of questions than there are")
        account.closed = True
        account.older = account.older or (not account.key_rounds and said["received"] > 0)
    elif entry.kind == "follow-up":
        _take_follow_up(account, entry)
    elif entry.kind in BECOMES or entry.kind == "asked-back":
        _change(account, entry)


def _take_keys(account: Account, entry: Entry) -> None:
    if account.older:
        raise _wrong(entry, "questions were shown before any keys were committed to")
    names: list[str] = entry.said["keys"]
    start = account.key_rounds and len(account.key_names)
    slots = [("vote", str(slot)) for slot in range(start or 1, (start or 1) + len(names) - (not start))]
    wanted = slots if start else [("ask", "0"), *slots]
    if (
        entry.said["round"] != account.key_rounds + 1
        or [tuple(one.split("/")[:2]) for one in names] != wanted
    ):
        raise _wrong(entry, "the rounds of keys are not in their order, or one is there twice")
    account.key_rounds += 1
    if account.key_rounds == 1:
        account.first_keys, account.signed = list(names), "signed" in entry.said
    account.key_names += names


def _take_question(account: Account, entry: Entry) -> None:
    said = entry.said
    if not account.expected or account.closed or said["id"] in account.questions:
        raise _wrong(entry, "a question appeared outside of a tick, after closing, or twice")
    account.expected -= 1
    if said["mark"] in account.marks:
        raise _wrong(entry, "another question has the same mark")
    question = Question(said["id"], account.quarter, said["mark"], said["commitment"])
    account.questions[question.id] = account.marks[question.mark] = question


def _take_follow_up(account: Account, entry: Entry) -> None:
    question = account.marks.get(entry.said["mark"])
    if question is None and not account.key_rounds:
        account.older = True
        return
    if question is None or entry.said["number"] != len(question.follow_ups) + 1:
        raise _wrong(entry, "a follow-up is missing, or belongs to no question")
    if question.state in ERASED:
        raise _wrong(entry, f"something was added to a question that was {question.state}")
    said = entry.said
    _check_signature(account, entry, question, number=said["number"], text_hash=said["text_hash"])
    question.follow_ups.append(said["text_hash"])


def _check_signature(
    account: Account, entry: Entry, question: Question, *, number: int, text_hash: str = ""
) -> None:
    signature = entry.said.get("signature")
    named = {"quarter": account.quarter, "mark": question.mark}
    if signature is None and account.signed:
        raise _wrong(entry, "it carries no signature, so nobody knows whether whoever asked wrote it")
    if signature is None:
        account.unsigned += 1
    elif is_signed(signature, **named, number=number, text_hash=text_hash):
        account.signatures += 1
    else:
        raise _wrong(entry, "it was forged: whoever asked the question did not sign it")


def _change(account: Account, entry: Entry) -> None:
    question = account.questions.get(entry.said["id"])
    if question is None and not account.key_rounds:
        account.older = True
        return
    if question is None:
        raise _wrong(entry, "it speaks of a question that is not in the ledger")
    if question.state in ERASED and entry.kind != "withheld":
        raise _wrong(entry, f"something became of a question that was {question.state}")
    if entry.kind == "withdrawn":
        _check_signature(account, entry, question, number=WITHDRAWAL)
    if entry.kind == "answer":
        if entry.said["number"] != len(question.answers) + 1:
            raise _wrong(entry, "a version of an answer is missing")
        question.answers.append(entry.said["text_hash"])
    question.state = BECOMES.get(entry.kind, question.state)


def _wrong(entry: Entry, why: str) -> LedgerMismatch:
    return LedgerMismatch(f"Entry {entry.position} ({entry.kind}, {entry.quarter}): {why}.")
