"""What a question may be, when it may be asked, and how its state may move. Pure."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from narrative.quarters.rules import Timetable, tick_after, tick_at_or_before

LONGEST_QUESTION = 2000
LONGEST_FOLLOW_UP = 2000
MOST_FOLLOW_UPS = 5
FEWEST_AT_A_TICK = 3

# For so long after closing an identical request is still answered as before: an answer may have been lost.
RETRIES_LAST = timedelta(hours=1)

# For so many days after closing whoever asked can add to a question or withdraw it; then, daily, it is shown.
MESSAGES_LAST = timedelta(days=60)

# The number of a message that withdraws; a follow-up has its own, from 1 to MOST_FOLLOW_UPS.
WITHDRAWAL = 0

# What the page promises before one types, and by which test each sentence is held.
REASSURANCE = (
    (
        "Your browser sends the text, the bucket, a pass and two numbers of a receipt. No name, no account, "
        "no cookie: a request that carries one is refused.",
        "tests/rooms/test_asking.py::test_a_request_with_a_cookie_is_refused",
    ),
    (
        "A pass shows that a colleague asks, not which: the server signed it without seeing it.",
        "tests/rules/test_blind_rsa.py::test_blindness_every_blinded_message_fits_every_message",
    ),
    (
        "Only the text, the bucket and those two numbers are kept of your question: no name, no address, "
        "no time.",
        "tests/structure/test_no_person_beside_a_question.py::test_a_question_holds_nothing_but_itself",
    ),
    (
        "It waits until at least three can appear together, or until questions close. They are shuffled, and "
        "only the day is kept.",
        "tests/database/test_ticks.py::test_two_wait_and_three_go",
    ),
    (
        "No question disappears: each one that came in is shown to everybody.",
        "tests/database/test_ticks.py::test_every_question_that_came_in_is_shown_once",
    ),
    (
        "An organiser can withhold a text, for a reason of the published policy. Then its place on the "
        "board, the reason and the organiser’s name stay for everybody.",
        "tests/rooms/test_withholding.py::test_a_withheld_question_keeps_its_place_with_the_reason_and_the_name",
    ),
)
BESIDE_THE_BUTTON = (
    "No name, no cookie and no time goes with it.",
    "tests/browser/test_asking.py::test_the_request_carries_nothing_but_the_question",
)

# The last of 43 characters says four bits; of the ways to write the other two, one is right.
_MARK = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")

# What browsers trim (ECMA-262, sections 12.2 and 12.3) and nothing else: both commit to the same text.
BLANKS = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
BLANKS += "\u2028\u2029\u202f\u205f\u3000\ufeff"

_SLUG = re.compile(r"[a-z0-9-]{1,60}")

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
    "withheld",
)

# What whoever asked can expect of each state.
STATE_WORDS = {
    "in review": "Waiting to be shown",
    "waiting": "Waiting for an answer",
    "answered": "Answered",
    "answered live": "Answered in the meeting",
    "will follow up": "An answer is promised; its page says by when",
    "declined": "Declined; the reason is on its page",
    "merged": "Merged with another question; its page says which",
    "withdrawn": "Withdrawn by whoever asked it; its text is erased",
    "withheld": "Withheld, its text erased; the reason is on its page",
}

TRANSITIONS: dict[str, tuple[str, ...]] = {
    "waiting": ("answered", "declined", "withdrawn", "withheld"),
    "answered": ("waiting", "withheld"),
    "declined": ("waiting", "withheld"),
}


# What stands in the place of a text that is erased.
ERASED_WORDS = {
    "withdrawn": "Whoever asked this question has withdrawn it. Its text is erased.",
    "withheld": "This question is withheld. Its text is erased, the reason is kept.",
}


def may_become(state: str, other: str) -> bool:
    """Tell whether a question may go from `state` to `other` in one step."""
    return other in TRANSITIONS.get(state, ())


def asking_phase(stage: str, *, passes_held: int, floor: int) -> str:
    """Return whether questions can be asked: 'before', 'too few' (people hold passes), 'open' or 'over'."""
    if stage in {"upcoming", "drafting", "reading"}:
        return "before"
    if stage != "asking":
        return "over"
    return "open" if passes_held >= floor else "too few"


def tick_words(minutes: int) -> str:
    """Return how often new questions appear, in words."""
    named = {60: "every hour", 1440: "once a day"}
    return named.get(minutes) or f"every {minutes} minutes"


def enough_to_release(waiting: int, *, last: bool) -> bool:
    """Tell whether a tick releases what waits: a few would stand alone, but at the last tick all goes."""
    return waiting >= FEWEST_AT_A_TICK or (last and waiting > 0)


def normal_text(text: str) -> str:
    """Return a question's text as it is kept: trimmed, with one kind of line break."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip(BLANKS)


def question_error(text: str) -> str | None:
    """Say what is wrong with a question's text, or None. Length counts code points after trimming."""
    return _text_error(text, what="your question", longest=LONGEST_QUESTION)


def follow_up_error(text: str) -> str | None:
    """Say what is wrong with the text of a follow-up, or None. Length counts code points after trimming."""
    return _text_error(text, what="your follow-up", longest=LONGEST_FOLLOW_UP)


def ask_back_error(text: str) -> str | None:
    """Say what is wrong with what a leader asks back, or None. Length counts code points after trimming."""
    return _text_error(text, what="what you ask back", longest=LONGEST_FOLLOW_UP)


def _text_error(text: str, *, what: str, longest: int) -> str | None:
    text = normal_text(text)
    if not any(unicodedata.category(character)[0] in "LNPS" for character in text):
        return f"Write {what}"
    if len(text) > longest:
        return f"Shorten {what} to {longest:,} characters; it has {len(text):,}"
    if any(_unreadable(character) for character in text):
        return f"Remove the unreadable character from {what}"
    return None


def message_tick_after(
    timetable: Timetable, *, tick_minutes: int, zone: ZoneInfo, at: datetime
) -> datetime | None:
    """Return the first instant later than `at` at which messages are shown, or None after the last.

    They are the ticks of questions; then one a day, at the hour at which questions closed.
    """
    tick = tick_after(timetable, tick_minutes=tick_minutes, zone=zone, at=at)
    later = (day for day in _days_after_closing(timetable, zone) if day > at)
    return tick if tick is not None else next(later, None)


def message_tick_at_or_before(
    timetable: Timetable, *, tick_minutes: int, zone: ZoneInfo, at: datetime
) -> datetime | None:
    """Return the latest instant, `at` included, at which messages are shown, or None before the first."""
    past = [day for day in _days_after_closing(timetable, zone) if day <= at]
    return max(past) if past else tick_at_or_before(timetable, tick_minutes=tick_minutes, zone=zone, at=at)


def _days_after_closing(timetable: Timetable, zone: ZoneInfo) -> list[datetime]:
    closed = timetable.questions_close_at.astimezone(zone)
    # Aware arithmetic within one zone is on the wall clock, so that the hour stays through summer time.
    days = range(1, MESSAGES_LAST.days + 1)
    return [(closed + timedelta(days=number)).astimezone(UTC) for number in days]


def is_mark(text: str) -> bool:
    """Tell whether `text` can be the mark of a receipt: 32 bytes in base64url."""
    return _MARK.fullmatch(text) is not None


def is_slug(text: str) -> bool:
    """Tell whether `text` can be a bucket's slug at all."""
    return _SLUG.fullmatch(text) is not None


def _unreadable(character: str) -> bool:
    # Control characters, and halves of a character that no database can store.
    return unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\t"
