"""Why something that was said about a draft is not taken; each has a sentence for whoever said it."""

from narrative.narratives.comments.models import SuggestionDecision
from narrative.narratives.comments.rules import LONGEST_QUOTE, MOST_COMMENTS


class NotSaid(Exception):
    """A comment that is not taken. `field` is the form's field in which to mend it; `sentence` says what."""

    field = "text"
    sentence = ""

    def __init__(self) -> None:
        super().__init__(self.sentence)


class WordsNotFound(NotSaid):
    """The words that somebody means do not stand in the text."""

    field = "words"
    sentence = (
        "These words do not stand in the text now. Copy them from it, or leave this empty for the whole part"
    )


class TooManyWords(NotSaid):
    """More words are quoted than a comment can be about."""

    field = "words"
    sentence = f"Choose fewer words: at most {LONGEST_QUOTE:,} characters"


class WordsNeeded(NotSaid):
    """A wording was suggested for nothing."""

    field = "words"
    sentence = "Say which words your wording is to stand for"


class TooMany(NotSaid):
    """There are as many comments as there may be."""

    sentence = f"There are {MOST_COMMENTS} comments already. Delete some of yours before you write another"


class Decided(Exception):
    """Somebody was faster: what became of the suggestion is `decision`."""

    def __init__(self, decision: SuggestionDecision) -> None:
        super().__init__(f"decided by {decision.decided_by.name}")
        self.decision = decision


class WordsChanged(Exception):
    """The suggestion cannot be put in: the words it was about are others now, or gone (`now` is empty)."""

    def __init__(self, now: str) -> None:
        super().__init__("the words changed")
        self.now = now
