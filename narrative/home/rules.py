"""The one thing a person can do now: a table by stage and role. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What the front page knows. Counts are of the quarter shown.

    `writing` are the buckets this person writes in whose narrative is not signed off, `mine` the waiting
    questions that this person owns, `unclaimed` those that nobody has taken. `changed` are the buckets this
    person owns whose narrative was changed since they signed it off.
    """

    role: str
    stage: str
    earlier: bool = False
    later: bool = False
    overdue: bool = False
    writing: tuple[tuple[str, str], ...] = ()
    changed: tuple[tuple[str, str], ...] = ()
    unsigned: int = 0
    mine: int = 0
    unclaimed: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class Step:
    """The one thing: what stands, what the button says, and which page it leads to.

    `page` names the address in views.py; `bucket` is the bucket it is about, if any. `also` is a second
    label and page, for who has two things to look after.
    """

    text: str
    label: str = ""
    page: str = ""
    bucket: str = ""
    also: tuple[str, str] | None = None


def first_step(role: str, *, has_buckets: bool) -> Step:
    """Return the one thing to do before any quarter is scheduled."""
    if role != "organiser":
        return Step("No quarter is scheduled yet. When the organiser has chosen its dates, they stand here.")
    if not has_buckets:
        return Step(
            "Begin with the buckets: the parts of the company that get a narrative.",
            "Add a bucket",
            "buckets",
        )
    return Step(
        "The buckets are there. Now choose the six dates of the first quarter.",
        "Schedule a quarter",
        "schedule",
    )


def next_step(now: Situation) -> Step:
    """Return the one thing this person can do in this stage."""
    return {
        "upcoming": _upcoming,
        "drafting": _drafting,
        "reading": _reading,
        "asking": _asking,
        "answering": _answering,
        "closed": _closed,
    }[now.stage](now)


def _upcoming(now: Situation) -> Step:
    if now.role == "organiser":
        return Step(
            "Drafting has not opened yet. The dates can still be moved.", "See the dates", "timetable"
        )
    return _look_back(now, "Drafting has not opened yet.")


def _drafting(now: Situation) -> Step:
    if now.writing and now.role != "employee":
        slug, name = now.writing[0]
        more = f" (and {len(now.writing) - 1} more)" if len(now.writing) > 1 else ""
        return Step(
            f"The narrative of {name}{more} is not signed off yet.",
            f"Write {name}",
            "write",
            slug,
            _whole(now),
        )
    if now.changed and now.role != "employee":
        slug, name = now.changed[0]
        text = f"{name} was changed since you signed it off. Look at it, then sign off again."
        return Step(text, f"Sign off {name} again", "sign off", slug, _whole(now))
    if now.role == "organiser":
        return _organise_drafting(now)
    if now.role == "leader":
        return Step(
            "What you write in is signed off. See how the others stand.", "See every draft", "quarter"
        )
    return _look_back(now, "Leaders are writing. Everything is published at once.")


def _whole(now: Situation) -> tuple[str, str] | None:
    """What an organiser who writes has to look after beside the own text."""
    if now.role != "organiser":
        return None
    return ("See what is missing" if now.overdue else "See how all of them stand", "publish")


def _organise_drafting(now: Situation) -> Step:
    if now.overdue:
        return Step("It is time to publish, and something is missing.", "See what is missing", "publish")
    if now.unsigned:
        words = "1 narrative is" if now.unsigned == 1 else f"{now.unsigned} narratives are"
        return Step(f"{words} not signed off yet.", "See how they stand", "publish")
    return Step("Every narrative is signed off. They are published at their instant.", "See them", "publish")


def _look_back(now: Situation, text: str) -> Step:
    return Step(text, "Read last quarter's", "before") if now.earlier else Step(text)


def _reading(_now: Situation) -> Step:
    words = (
        "The quarter is published. While you read, your browser fetches the passes with which you can ask."
    )
    return Step(words, "Read the quarter", "quarter")


def _asking(now: Situation) -> Step:
    if now.role != "employee" and now.mine:
        return _own_questions(now)
    if now.role != "employee" and now.unclaimed:
        return _unclaimed(now)
    return Step(
        "Questions are open. Nobody can tell who asked, and every question is accounted for.",
        "Ask anonymously",
        "ask",
    )


def _answering(now: Situation) -> Step:
    if now.role != "employee" and now.mine:
        return _own_questions(now)
    if now.role != "employee" and now.unclaimed:
        return _unclaimed(now)
    return Step("Questions are closed. Leaders are answering.", "See what was answered", "board")


def _own_questions(now: Situation) -> Step:
    words = "1 question waits" if now.mine == 1 else f"{now.mine} questions wait"
    return Step(f"{words} for your answer.", "Answer", "mine")


def _unclaimed(now: Situation) -> Step:
    words = "1 question has" if now.unclaimed == 1 else f"{now.unclaimed} questions have"
    return Step(f"{words} no owner yet.", "See them", "unclaimed")


def _closed(now: Situation) -> Step:
    if now.role == "organiser" and not now.later:
        return Step(
            "The quarter is closed. Choose the dates of the next one.",
            "Schedule the next quarter",
            "schedule",
        )
    if now.role != "employee" and now.mine:
        return _own_questions(now)
    return Step(
        "The quarter is closed. Every question stands on the board with what became of it.",
        "See every question",
        "board",
    )
