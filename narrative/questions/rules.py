"""What a question may be and how its state may move. Pure."""

LONGEST_QUESTION = 2000
FEWEST_AT_A_TICK = 3

# Every state of product.md, so that what comes later needs no new shape.
STATES = (
    "in review",
    "waiting",
    "answered",
    "answered live",
    "will follow up",
    "declined",
    "merged",
    "withdrawn",
)

TRANSITIONS: dict[str, tuple[str, ...]] = {
    "waiting": ("answered", "declined"),
    "answered": ("waiting",),
    "declined": ("waiting",),
}


def may_become(state: str, other: str) -> bool:
    """Tell whether a question may go from `state` to `other` in one step."""
    return other in TRANSITIONS.get(state, ())


def question_error(text: str) -> str | None:
    """Say what is wrong with a question's text, or None. Length counts code points after trimming."""
    length = len(text.strip())
    if length == 0:
        return "Write your question"
    if length > LONGEST_QUESTION:
        return f"Shorten your question to 2,000 characters; it has {length:,}"
    if "\x00" in text:
        return "Remove the unreadable character from your question"
    return None
