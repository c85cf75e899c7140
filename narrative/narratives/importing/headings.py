"""Which of the four texts a heading in somebody else's report means. Pure."""

import re

QUARTER = re.compile(r"q[1-4]|(?:19|20)\d\d(?:[/-]?q[1-4])?|q[1-4][/-]?(?:19|20)\d\d")
PASSED_OVER = frozenset(
    {
        "a",
        "an",
        "and",
        "are",
        "for",
        "from",
        "go",
        "has",
        "have",
        "in",
        "is",
        "key",
        "main",
        "new",
        "of",
        "on",
    }
    | {"our", "quarter", "quarters", "quarterly", "some", "that", "the", "this", "to", "us", "we", "were"}
)

# As people head these things; compared without the words above and without the quarter's name.
SYNONYMS = {
    "opening": (
        "opening, overview, summary, executive summary, introduction, intro, background, abstract, in "
        "short, in brief, tl;dr, at a glance, about, about the team, context, contact, contacts, links, "
        "sponsor, sponsors"
    ),
    "went_well": (
        "what went well, went well, good, the good, highlights, successes, wins, achievements, "
        "accomplishments, accomplished, what we accomplished, what we achieved, what we did, what we "
        "shipped, what was done, done, completed, completed work, completed since the last update, "
        "finished, delivered, deliveries, shipped, launched, released, progress, progress report, "
        "results, milestones, improvements, changes, important changes, what's new, news, good news, "
        "recap, retrospective, activities, last quarter, work done, status"
    ),
    "went_badly": (
        "what didn't, what didn't go well, what did not go well, what didn't work, what went badly, went "
        "badly, what went wrong, went wrong, bad, the bad, bad news, challenges, problems, problem areas, "
        "issues, known problems, known issues, open issues, difficulties, obstacles, blockers, blocked, "
        "setbacks, risks, concerns, misses, missed, missed goals, not done, unfinished, delays, delayed, "
        "failures, lowlights, lessons, lessons learned, what we learned, learnings, could be better, what "
        "could be better, what could have gone better, needs improvement, to improve, what to improve, "
        "regrets"
    ),
    "next_priorities": (
        "next, next priorities, priorities, priorities for next quarter, next quarter, next quarter's "
        "priorities, next quarter's plans, plan, plans, plans for next quarter, plans for the next "
        "quarter, planned, planned work, future, future work, future plans, future directions, plans for "
        "the future, roadmap, goals, goals for next quarter, objectives, todo, to do, todo list, to-do, "
        "still to do, tasks, open tasks, remaining work, next steps, next up, what's next, what is next, "
        "what comes next, coming up, coming next, upcoming, upcoming work, looking ahead, looking "
        "forward, outlook, backlog, work in progress, in progress, ongoing, ongoing work, help wanted, "
        "help needed, how to help, get involved, join us"
    ),
}
# Said within a longer heading or in the line above a list, these are enough.
PHRASES = {
    "next_priorities": (
        r"to ?do|work in progress|next quarter|next steps?|future (?:work|plans?)|roadmap|looking ahead|"
        r"what[’']?s next|help wanted|plans? for|still .{0,30}to do|needs? work|we (?:plan|intend) to"
    ),
    "went_badly": (
        r"(?:known|open) (?:issues|problems)|lessons learned|went wrong|went badly|didn[’']?t go well|"
        r"challenges|setbacks|blockers"
    ),
    "went_well": r"accomplishments|achievements|highlights|what went well|completed since",
}
HAS_PHRASE = {text: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for text, words in PHRASES.items()}


def text_headed(heading: str) -> str | None:
    """Give the name of the text that `heading` means by itself, or None."""
    return _BY_HEADING.get(_bare(heading))


def text_mentioned(words: str) -> tuple[str, str] | None:
    """Give the name of the text that a longer heading or a line mentions, and the words that say so."""
    for name, phrase in HAS_PHRASE.items():
        if found := phrase.search(words):
            return name, found[0]
    return None


def _bare(heading: str) -> str:
    words = re.findall(r"[\w;-]+", heading.lower().replace("’", "'").replace("'s", "").replace("'", ""))
    return " ".join(word for word in words if word not in PASSED_OVER and not QUARTER.fullmatch(word))


_BY_HEADING = {
    _bare(heading): text for text, headings in SYNONYMS.items() for heading in headings.split(", ")
}
