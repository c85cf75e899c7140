"""What becomes of a narrative on its way to readers, and what readers are told of corrections."""

from collections.abc import Iterable

from narrative.narratives.rules.unfinished import Lack

WORDS_A_MINUTE = 220
MOST_WORDS_OF_A_TINY_CORRECTION = 3
LONGEST_REASON = 500
FIRST_WORDS = 24


def standing(*, head: int, signed: int | None, published: bool, quarter_published: bool) -> str:
    """Return how a narrative stands: `head` is its newest revision, `signed` the one that was signed off.

    One of 'published', 'late', 'not started', 'drafting', 'signed off', 'changed since sign-off'.
    """
    if published:
        return "published"
    if signed is not None:
        return "signed off" if signed == head else "changed since sign-off"
    if quarter_published:
        return "late"
    return "drafting" if head else "not started"


def reading_minutes(words: int) -> int:
    """Return how long reading takes, in whole minutes, at least one."""
    return max(1, -(-words // WORDS_A_MINUTE))


def first_words(text: str) -> str:
    """Return the beginning of a plain text, for a list of contents."""
    words = text.split()
    return " ".join(words[:FIRST_WORDS]) + ("…" if len(words) > FIRST_WORDS else "")


def is_tiny(words_changed: int) -> bool:
    """Tell whether a correction is a comma or a misspelling: such ones are listed folded."""
    return words_changed <= MOST_WORDS_OF_A_TINY_CORRECTION


def may_publish_late(*, role: str, person_id: int, owner_id: int) -> bool:
    """Tell whether a person may publish a late narrative: its bucket's owner, and organisers."""
    return role == "organiser" or (role == "leader" and person_id == owner_id)


def new_lacks(before: Iterable[Lack], after: Iterable[Lack]) -> list[Lack]:
    """Return what a correction would break: what a sign-off lacks now and did not lack before."""
    known = {lack.sentence for lack in before}
    return [lack for lack in after if lack.sentence not in known]
