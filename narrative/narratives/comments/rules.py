"""What may be said about a draft, by whom, and about which words. Pure."""

import re
from collections.abc import Mapping

LONGEST_COMMENT = 2_000
LONGEST_SENTENCE = 500
LONGEST_QUOTE = 2_000
LONGEST_REPLACEMENT = 4_000
MOST_COMMENTS = 500

_WORD = re.compile(r"\w+")
# What readers never see of a link is no word of the text.
_ADDRESS = re.compile(r"(?<=\])\([^()\s]*(\([^()\s]*\)[^()\s]*)*\)")
_BEFORE_NAME = re.compile(r"(?<![\w@])@")


def may_resolve(*, person_id: int, may_write: bool, author_id: int) -> bool:
    """Tell whether a person may close or reopen a thread: who writes here, and whoever began it."""
    return may_write or person_id == author_id


def found_words(text: str, words: str) -> tuple[int, int] | None:
    """Return where in `text`, Markdown, stand the words that somebody means, or None; the first such place.

    They may be copied from the page, which shows no marks and breaks lines elsewhere: then words are compared
    with words.
    """
    wanted = words.strip()
    place = text.find(wanted) if wanted else -1
    if place >= 0:
        return place, place + len(wanted)
    return _by_words(text, wanted)


def _by_words(text: str, wanted: str) -> tuple[int, int] | None:
    seen = _ADDRESS.sub(lambda match: " " * len(match[0]), text)
    there = list(_WORD.finditer(seen))
    names, sought = [match[0] for match in there], _WORD.findall(wanted)
    if not sought:
        return None
    for index in range(len(names) - len(sought) + 1):
        if names[index : index + len(sought)] == sought:
            return there[index].start(), there[index + len(sought) - 1].end()
    return None


def named(text: str, names: Mapping[int, str]) -> set[int]:
    """Return the ids of those whose name stands in `text` behind an @; of two names that fit, the longer."""
    longest_first = sorted(names.items(), key=lambda one: -len(one[1]))
    folded = {person_id: name.casefold() for person_id, name in longest_first}
    found = set()
    for match in _BEFORE_NAME.finditer(text):
        rest = " ".join(text[match.end() :].split()).casefold()
        fits = [one for one, name in folded.items() if _begins_with(rest, name)]
        found |= {one for one in fits if folded[one] == folded[fits[0]]}
    return found


def _begins_with(rest: str, name: str) -> bool:
    return rest.startswith(name) and not re.match(r"\w", rest[len(name) :])


def standing(quote: str, now: str | None) -> str:
    """Say how the quoted words stand: 'there', 'changed', 'removed', or 'none' where none were quoted."""
    if not quote:
        return "none"
    if not now:
        return "removed"
    return "there" if now == quote else "changed"
