"""What a narrative says while it is written, and how much of it there may be."""

import re
from dataclasses import dataclass, field

from narrative.narratives.rules.outcomes import OutcomeRow

TEXTS = ("opening", "went_well", "went_badly", "next_priorities")
LABELS = {
    "opening": "Opening",
    "went_well": "What went well",
    "went_badly": "What didn’t",
    "next_priorities": "Next priorities",
}
PROMPTS = {
    "opening": (
        "One paragraph for somebody who reads nothing else.",
        "What was this quarter about, and how did it end?",
    ),
    "went_well": (
        "What are you glad of, and how can one tell that it worked?",
        "Name the people who did it and the figures that moved.",
    ),
    "went_badly": (
        "What did you promise and not do, or do and regret?",
        "What do you know now that you did not know then?",
    ),
    "next_priorities": (
        "What comes first next quarter, and what will have to wait for it?",
        "Then add each priority below, so that next quarter can say what became of it.",
    ),
}

LONGEST_TEXT = 60_000
LONGEST_TITLE = 200
LONGEST_MEASURE = 2_000
LONGEST_NAME = 80
LONGEST_LATE_REASON = 500
MOST_PRIORITIES = 30


@dataclass(frozen=True, kw_only=True)
class PriorityRow:
    """One priority as it is being written. `key` is what it is known by through every later revision.

    `carries` is the key of the promise that it carries over, 'priority-17' or 'commitment-3'.
    """

    key: str
    title: str = ""
    measure: str = ""
    owner_id: int | None = None
    carries: str | None = None

    @property
    def blank(self) -> bool:
        """Whether nobody has written anything in it."""
        return not (self.title.strip() or self.measure.strip() or self.owner_id)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """Everything that one revision says: four texts in Markdown, priorities in their order, outcomes by key.

    `outcomes` holds what is said of earlier promises, as outcomes.said returns it.
    """

    opening: str = ""
    went_well: str = ""
    went_badly: str = ""
    next_priorities: str = ""
    priorities: tuple[PriorityRow, ...] = field(default=())
    outcomes: tuple[OutcomeRow, ...] = field(default=())

    @property
    def texts(self) -> dict[str, str]:
        """The four texts by name, in their order."""
        return {name: getattr(self, name) for name in TEXTS}


def clean_text(text: str) -> str:
    """Return `text` with one kind of line break, and without what no database or page can hold.

    Null and other control characters go; half a surrogate pair becomes U+FFFD; all else stays as typed.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", text)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def length_error(label: str, text: str, limit: int) -> str | None:
    """Say that a text is too long and by how much, or None."""
    over = len(text) - limit
    if over <= 0:
        return None
    return f"Shorten “{label}” by {over:,} characters: it may have {limit:,}"
