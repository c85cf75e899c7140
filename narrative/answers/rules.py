"""Who may do what in the queue, and the published policy for declining. Pure."""

from typing import Protocol

from narrative.questions.rules import may_become

LONGEST_ANSWER = 20_000
LONGEST_SENTENCE = 500

# The published policy: the only reasons for which a question is declined.
DECLINE_REASONS = {
    "personal": "It is about a person who can be recognised",
    "confidential": "We may not say it: law, contract or somebody’s privacy",
    "duplicate": "It was asked and answered already",
    "abusive": "It attacks somebody",
    "off-topic": "It is not about this quarter or the company’s work",
}

# The only reasons for which the text of a question is erased.
WITHHOLD_REASONS = {
    "personal": "It told something private of a person who can be recognised",
    "abusive": "It attacked or threatened somebody",
    "law": "The law forbids us to show it",
}


class Someone(Protocol):
    """What these rules need to know of a person."""

    id: int
    role: str


def may_answer(person: Someone, *, owner_id: int | None) -> bool:
    """Tell whether `person` may draft, publish, decline or hand off: the owner, or an organiser."""
    return person.role == "organiser" or (person.role == "leader" and person.id == owner_id)


def may_claim(person: Someone, *, owner_id: int | None) -> bool:
    """Tell whether `person` may claim a question: any leader, while nobody has."""
    return person.role in {"leader", "organiser"} and owner_id is None


def may_withhold(person: Someone, *, state: str) -> bool:
    """Tell whether `person` may erase a question in that state: an organiser, unless it is erased already."""
    return person.role == "organiser" and may_become(state, "withheld")


def answer_error(text: str) -> str | None:
    """Say what is wrong with an answer's text, or None."""
    length = len(text.strip())
    if length == 0:
        return "Write the answer"
    if length > LONGEST_ANSWER:
        return f"Shorten the answer to {LONGEST_ANSWER:,} characters; it has {length:,}"
    return None


def sentence_error(text: str) -> str | None:
    """Say what is wrong with the sentence that goes with a reason or a note, or None."""
    length = len(text.strip())
    if length == 0:
        return "Write a sentence to the person who asked"
    if length > LONGEST_SENTENCE:
        return f"Shorten the sentence to {LONGEST_SENTENCE} characters; it has {length:,}"
    return None
