"""The account of a quarter, counted anew from the ledger's entries."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from narrative.independent.entries import Entry
from narrative.independent.refusals import LedgerMismatch

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
    """One question by its entry, and what became of it. `answers` are the hashes of the published texts."""

    id: str
    quarter: str
    mark: str
    commitment: str
    state: str = "waiting"
    answers: list[str] = field(default_factory=list)
    follow_ups: int = 0


@dataclass
class Account:
    """What the entries say of one quarter. `older` is one that had begun before there was a ledger."""

    quarter: str
    key_rounds: int = 0
    key_names: list[str] = field(default_factory=list)
    expected: int = 0
    closed: bool = False
    older: bool = False
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
    """Walk through the entries in their order. Raises LedgerMismatch where they contradict each other."""
    found: dict[str, Account] = {}
    for entry in entries:
        if entry.quarter is None:
            continue
        account = found.setdefault(entry.quarter, Account(entry.quarter))
        if account.expected and entry.kind != "question":
            raise _wrong(entry, "a tick released more questions than stand in the ledger")
        _take(account, entry)
    for account in found.values():
        if account.expected:
            raise LedgerMismatch(
                f"{account.quarter}: the last tick released more questions than stand in the ledger."
            )
    return found


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
    if question is None or entry.said["number"] != question.follow_ups + 1:
        raise _wrong(entry, "a follow-up is missing, or belongs to no question")
    question.follow_ups += 1


def _change(account: Account, entry: Entry) -> None:
    question = account.questions.get(entry.said["id"])
    if question is None and not account.key_rounds:
        account.older = True
        return
    if question is None:
        raise _wrong(entry, "it speaks of a question that is not in the ledger")
    if question.state in ERASED and entry.kind != "withheld":
        raise _wrong(entry, f"something became of a question that was {question.state}")
    if entry.kind == "answer":
        if entry.said["number"] != len(question.answers) + 1:
            raise _wrong(entry, "a version of an answer is missing")
        question.answers.append(entry.said["text_hash"])
    question.state = BECOMES.get(entry.kind, question.state)


def _wrong(entry: Entry, why: str) -> LedgerMismatch:
    return LedgerMismatch(f"Entry {entry.position} ({entry.kind}, {entry.quarter}): {why}.")
