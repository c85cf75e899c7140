"""Cutting a paragraph into its sentences, and telling whether two are the same. Pure."""

import re
from collections.abc import Collection, Iterator

# Where a sentence may end: its signs, quotes and brackets that close behind them, and the space after it.
# Each sign is looked at once, so that a row of ten thousand dots costs no more than as many letters.
ENDING = re.compile(
    r"(?<![.!?…])(?P<signs>[.!?…]++)[\"'”’»)\]]*+(?P<space>\s++)|(?<![。！？])[。！？]++[」』”’）]*+\s*+"
)
LAST_WORD = re.compile(r"[^\s(\[“‘\"'«]*\Z")
OPENING = "\"'“‘«([*_¿¡"
WORDS = re.compile(r"\w+")
LONGEST_WORD = 40

# What a point belongs to and does not end a sentence with: whatever follows, or where a number does.
ABBREVIATIONS = frozenset(
    {"approx", "ca", "cf", "dr", "e.g", "eg", "esp", "i.e", "ie", "mr", "mrs", "ms", "prof"}
)
ABBREVIATIONS |= {"resp", "st", "viz", "vs"}
BEFORE_NUMBERS = frozenset({"ch", "eq", "fig", "figs", "no", "nos", "p", "pp", "ref", "rev", "sec", "vol"})
BEFORE_NUMBERS |= {"jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"}


def sentences(text: str) -> list[str]:
    """Return the sentences of one paragraph, in order; joined they are `text` again, space and all."""
    cut: list[str] = []
    start = 0
    for match in ENDING.finditer(text):
        if _ends(text, start, match):
            cut.append(text[start : match.end()])
            start = match.end()
    return [*cut, text[start:]] if text[start:] else cut


def normal(sentence: str) -> str:
    """Return what makes a sentence the same as another: its words, whatever stands between them."""
    return " ".join(WORDS.findall(sentence.casefold()))


def all_normal(plain: str) -> Iterator[str]:
    """Yield every sentence of a plain text that has a line for each paragraph, as `normal` gives it."""
    for line in plain.split("\n"):
        yield from filter(None, map(normal, sentences(line)))


def told_apart(text: str, known: Collection[str]) -> list[tuple[str, bool]]:
    """Return the sentences of a paragraph, each with whether it is among the `known` (normal) ones."""
    return [(sentence, normal(sentence) in known) for sentence in sentences(text)]


def _ends(text: str, start: int, match: re.Match[str]) -> bool:
    """Tell whether the sentence that began at `start` ends with `match`."""
    if match["signs"] is None:
        return True
    following = text[match.end() : match.end() + 2].lstrip(OPENING)[:1]
    if following.islower():
        return False
    if match["signs"] != ".":
        return True
    found = LAST_WORD.search(text, max(start, match.start() - LONGEST_WORD), match.start())
    word = found[0] if found else ""
    numbering = word.isdecimal() and not text[start : match.start() - len(word)].strip()
    initial = len(word) == 1 and word.isupper() and word != "I"
    abbreviations = ABBREVIATIONS | BEFORE_NUMBERS if following.isdecimal() else ABBREVIATIONS
    return not (numbering or initial or word.casefold() in abbreviations)
