"""The check for accidents: what a draft lacks before it can be signed off, and what looks forgotten in it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from narrative.narratives.rules.drafts import LABELS, PROMPTS, TEXTS, Draft, PriorityRow
from narrative.narratives.rules.outcomes import OutcomeRow, needs_sentence


@dataclass(frozen=True, kw_only=True)
class Lack:
    """One thing that is missing, or looks forgotten.

    `field` is the id of the control to mend it in. What is not `certain` may be meant: its author decides.
    An `accident` is what hardly anybody means for readers: a quarter is not published by itself with one.
    """

    field: str
    sentence: str
    certain: bool = True
    accident: bool = False


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the check has to know beside the draft.

    `prompts` are the company's, by the names of the texts; `private_notes` the text that may never be
    published; `dead_links` the addresses, by the names of the texts that hold them, that lead nowhere.
    `promised` are the titles of the earlier promises by their keys, in the order of the page.
    """

    prompts: Mapping[str, Sequence[str]] = field(default_factory=lambda: PROMPTS)
    private_notes: str = ""
    dead_links: Mapping[str, Sequence[str]] = field(default_factory=dict)
    promised: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Leftover:
    """Something that looks as if it was not meant for readers, in words; whether hardly anybody means it."""

    what: str
    accident: bool = False


LEFTOVERS = (
    (re.compile(r"<!--.*?(-->|\Z)", re.DOTALL), "a comment that was left in", True),
    (re.compile(r"\b(TODO|FIXME|TBD|TBC|TBA)\b"), "a note to yourself", False),
    (
        re.compile(r"\b(xxx+|lorem ipsum|to be (done|determined|written|confirmed))\b", re.I),
        "a placeholder",
        False,
    ),
    (
        re.compile(r"\?\?\?+|\[(insert|your|name|link|number|date)\b[^\]\n]*\](?!\()", re.I),
        "a placeholder",
        False,
    ),
    (
        re.compile(r"\b(do not|don['’]?t) (publish|include|share)\b", re.I),
        "something not meant for readers",
        False,
    ),
)
LONGEST_QUOTE = 40
MOST_QUOTES = 3
# Fewer words than these may stand in any text by chance; then only a whole line counts.
WORDS_OF_A_PROMPT = 4
WORDS_OF_A_NOTE = 3
# What a line of Markdown may begin or end with around its words.
_MARKS = " \t>#*+-_"
_NUMBER = re.compile(r"[0-9]{1,9}[.)]\s+")


def missing_for_sign_off(draft: Draft, known: Known | None = None) -> list[Lack]:
    """Return what the sign-off of `draft` still lacks, in the order of the page; empty when it is ready.

    A narrative needs some text, each priority a title and an owner, and each outcome but 'done' a sentence. A
    section may be left empty, nothing be promised, and a promise not be reported: then the owner says that it
    is meant so.
    """
    known = known or Known()
    blank = not any(text.strip() for text in draft.texts.values())
    said = {row.key: row for row in draft.outcomes}
    lacks = []
    for index, key in enumerate(known.promised):
        lacks += _missing_in_outcome(said.get(key) or OutcomeRow(key=key), index, known)
    lacks += [
        Lack(field=name, sentence=f"“{LABELS[name]}” is empty", certain=blank)
        for name in TEXTS
        if not (draft.texts[name].strip() or (name == "next_priorities" and draft.priorities))
    ]
    if not draft.priorities:
        none = "There is no priority for next quarter"
        lacks.append(Lack(field="priorities-0-title", sentence=none, certain=blank))
    for index, row in enumerate(draft.priorities):
        lacks += _missing_in_priority(row, index, known)
    for name, text in draft.texts.items():
        dead = [Leftover(f"a link that leads nowhere: {one}", True) for one in known.dead_links.get(name, ())]
        lacks += [_lack(name, f"“{LABELS[name]}”", one) for one in [*leftovers(text, known), *dead]]
    return lacks


def _lack(field: str, named: str, found: Leftover) -> Lack:
    return Lack(field=field, sentence=f"{named} has {found.what}", certain=False, accident=found.accident)


def _missing_in_outcome(row: OutcomeRow, index: int, known: Known) -> list[Lack]:
    sentence, named = f"outcomes-{index}-sentence", f"“{known.promised[row.key]}”"
    if needs_sentence(row):
        return [Lack(field=sentence, sentence=f"{named} is {row.state}: say why in one sentence")]
    lacks = [_lack(sentence, named, one) for one in leftovers(row.sentence, known)]
    if not row.state:
        unsaid = f"What became of {named} is not said"
        lacks.append(Lack(field=f"outcomes-{index}-state-0", sentence=unsaid, certain=False))
    return lacks


def _missing_in_priority(row: PriorityRow, index: int, known: Known) -> list[Lack]:
    named = f"“{row.title.strip()}”" if row.title.strip() else f"Priority {index + 1}"
    said = (
        ("title", row.title.strip(), "has no title"),
        ("measure", row.measure.strip(), "does not say how we will know"),
        ("owner_id", row.owner_id, "has no owner"),
    )
    lacks = [
        Lack(field=f"priorities-{index}-{part}", sentence=f"{named} {what}", certain=part != "measure")
        for part, value, what in said
        if not value
    ]
    lacks += [
        _lack(f"priorities-{index}-{part}", named, one)
        for part in ("title", "measure")
        for one in leftovers(getattr(row, part), known)
    ]
    return lacks


def leftovers(text: str, known: Known | None = None) -> list[Leftover]:
    """Name what in `text` looks as if it was not meant for readers, each kind with its first words."""
    known = known or Known()
    found = []
    for pattern, what, accident in LEFTOVERS:
        quotes = [_quoted(match[0]) for match in pattern.finditer(text)]
        if quotes:
            found.append(Leftover(f"{what}: {_listed(quotes)}", accident))
    prompts = [line for lines in known.prompts.values() for line in lines]
    left = _standing(prompts, text, least=WORDS_OF_A_PROMPT, short_ones=True)
    found += [Leftover(f"a prompt that was left in: {_quoted(one)}", True) for one in left]
    noted = _standing(known.private_notes.split("\n"), text, least=WORDS_OF_A_NOTE, short_ones=False)
    return found + [Leftover(f"a line of the private notes: {_quoted(one)}", True) for one in noted]


def _standing(lines: Iterable[str], text: str, *, least: int, short_ones: bool) -> list[str]:
    """Return those of `lines` that stand in `text`, however it is set.

    One of fewer words than `least` must be a whole line there, if such `short_ones` are looked for at all.
    """
    folded = _folded(text)
    whole = {_folded(_bare(line)) for line in text.split("\n")}
    found = []
    for line in dict.fromkeys(map(_bare, lines)):
        words = _folded(line)
        long = len(words.split()) >= least
        if words and (words in folded if long else short_ones and words in whole):
            found.append(line)
    return found


def _bare(line: str) -> str:
    stripped = line.strip(_MARKS)
    number = _NUMBER.match(stripped)
    return stripped[number.end() :] if number else stripped


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _listed(quotes: Sequence[str]) -> str:
    shown = list(dict.fromkeys(quotes))[:MOST_QUOTES]
    more = len(quotes) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _quoted(text: str) -> str:
    line = " ".join(text.split())
    return f"“{line}”" if len(line) <= LONGEST_QUOTE else f"“{line[:LONGEST_QUOTE].rstrip()}…”"
