"""Finding one's own questions in what everybody can see, and what became of them."""

from dataclasses import dataclass
from typing import Any

from narrative.independent.asking import asking_passes, receipt_of
from narrative.independent.keep import Keep
from narrative.independent.receipts import Receipt
from narrative.independent.refusals import Refusal
from narrative.independent.server import Somebody
from narrative.independent.verdict import Verdict

STATE_WORDS = {
    "waiting": "waiting for an answer",
    "answered": "answered",
    "declined": "declined; the reason is on its page",
    "merged": "merged with another question; its page says which",
    "withdrawn": "withdrawn by whoever asked it; its text is erased",
    "withheld": "withheld, its text erased; the reason is on its page",
}
NOT_SHOWN = "not shown yet, or not a question of these quarters"
NO_QUARTER = "Say of which quarter the question is, with --quarter."


@dataclass(frozen=True)
class Found:
    """A receipt and the question it found, if any: its quarter, id, state, slot and number of follow-ups."""

    receipt: Receipt
    quarter: str | None
    question: dict[str, Any] | None

    @property
    def words(self) -> str:
        """What became of it, in words."""
        if self.question is None:
            return NOT_SHOWN
        state = str(self.question.get("state"))
        return STATE_WORDS.get(state, state)


def quarters_held(keep: Keep) -> list[str]:
    """Return the quarters of which something is held, the latest first."""
    names = {held.get("quarter", name) for name, held in keep.content["holdings"].items()}
    return sorted(names, reverse=True)


def the_quarter(keep: Keep, named: str | None) -> str:
    """Return the quarter that was named, or the latest of which something is held. Raises Refusal."""
    held = quarters_held(keep)
    if named is None and not held:
        raise Refusal(NO_QUARTER)
    return named or held[0]


def refresh(keep: Keep, somebody: Somebody, quarters: list[str]) -> None:
    """Fetch the public lists of questions of some quarters, the same for everybody, and keep them."""
    lists = keep.content.setdefault("lists", {})
    for quarter in quarters:
        questions = somebody.get(f"/questions/{quarter}").json.get("questions")
        if isinstance(questions, list):
            lists[quarter] = questions
    keep.save()


def find(keep: Keep, receipt: Receipt) -> Found:
    """Look for a receipt's question in the lists that were fetched last."""
    for quarter, questions in keep.content.get("lists", {}).items():
        for question in questions:
            if question.get("mark") == receipt.mark:
                return Found(receipt, quarter, question)
    return Found(receipt, None, None)


def find_in_export(verdict: Verdict, receipt: Receipt) -> Found:
    """Look for a receipt's question in an export that was verified."""
    for quarter, account in verdict.accounts.items():
        question = account.marks.get(receipt.mark)
        if question is not None:
            said = {"id": question.id, "state": question.state, "messages": len(question.follow_ups)}
            return Found(receipt, quarter, said)
    return Found(receipt, None, None)


def own_receipts(keep: Keep) -> list[Receipt]:
    """Return the receipts of all questions that were asked from this file."""
    return [
        receipt_of(keep, name, held)
        for name in list(keep.content["holdings"])
        for held in asking_passes(keep, name)
        if held.get("spent") or held.get("sent")
    ]


def slot_of(keep: Keep, quarter: str, question: str) -> int:
    """Return the slot of a question by its id in the list fetched last, or of a slot as it was typed.

    Nothing is fetched now: a signed-in request just before a vote would say who votes.
    """
    if question.isdecimal() and len(question) < 6:
        return int(question)
    for one in keep.content.get("lists", {}).get(quarter, []):
        if one.get("id") == question and isinstance(one.get("slot"), int):
            return int(one["slot"])
    raise Refusal(
        f"There is no question {question} in the list of {quarter} fetched last. Fetch it with "
        "`narrative ask check`, and vote some time later."
    )
