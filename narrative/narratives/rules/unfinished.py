"""What a draft lacks before its owner can sign it off, and what looks forgotten in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from narrative.narratives.rules.drafts import LABELS, PROMPTS, TEXTS, Draft, PriorityRow
from narrative.narratives.rules.outcomes import OutcomeRow, needs_sentence


@dataclass(frozen=True, kw_only=True)
class Lack:
    """One thing that is missing, or looks forgotten.

    `field` is the id of the control to mend it in. What is not `certain` may be meant: its author decides.
    """

    field: str
    sentence: str
    certain: bool = True


LEFTOVERS = (
    (re.compile(r"<!--.*?(-->|\Z)", re.DOTALL), "a comment that was left in"),
    (re.compile(r"\b(TODO|FIXME|TBD|TBC|TBA)\b"), "a note to yourself"),
    (re.compile(r"\b(xxx+|lorem ipsum|to be (done|determined|written|confirmed))\b", re.I), "a placeholder"),
    (re.compile(r"\?\?\?+|\[(insert|your|name|link|number|date)\b[^\]\n]*\](?!\()", re.I), "a placeholder"),
    (re.compile(r"\b(do not|don['’]?t) (publish|include|share)\b", re.I), "something not meant for readers"),
)
LONGEST_QUOTE = 40


def missing_for_sign_off(draft: Draft, promised: Mapping[str, str] | None = None) -> list[Lack]:
    """Return what the sign-off of `draft` still lacks, in the order of the page; empty when it is ready.

    A narrative needs some text, each priority a title and an owner, and each outcome but 'done' a sentence. A
    section may be left empty, nothing be promised, and a promise not be reported: then the owner says that it
    is meant so. `promised` are the titles of the earlier promises by their keys, in the order of the page.
    """
    blank = not any(text.strip() for text in draft.texts.values())
    said = {row.key: row for row in draft.outcomes}
    lacks = []
    for index, (key, title) in enumerate((promised or {}).items()):
        lacks += _missing_in_outcome(said.get(key) or OutcomeRow(key=key), title, index)
    lacks += [
        Lack(field=name, sentence=f"“{LABELS[name]}” is empty", certain=blank)
        for name in TEXTS
        if not (draft.texts[name].strip() or (name == "next_priorities" and draft.priorities))
    ]
    if not draft.priorities:
        none = "There is no priority for next quarter"
        lacks.append(Lack(field="priorities-0-title", sentence=none, certain=blank))
    for index, row in enumerate(draft.priorities):
        lacks += _missing_in_priority(row, index)
    for name, text in draft.texts.items():
        lacks += [
            Lack(field=name, sentence=f"“{LABELS[name]}” has {what}", certain=False)
            for what in leftovers(text)
        ]
    return lacks


def _missing_in_outcome(row: OutcomeRow, title: str, index: int) -> list[Lack]:
    sentence = f"outcomes-{index}-sentence"
    if needs_sentence(row):
        return [Lack(field=sentence, sentence=f"“{title}” is {row.state}: say why in one sentence")]
    lacks = [
        Lack(field=sentence, sentence=f"“{title}” has {what}", certain=False)
        for what in leftovers(row.sentence)
    ]
    if not row.state:
        unsaid = f"What became of “{title}” is not said"
        lacks.append(Lack(field=f"outcomes-{index}-state-0", sentence=unsaid, certain=False))
    return lacks


def _missing_in_priority(row: PriorityRow, index: int) -> list[Lack]:
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
        Lack(field=f"priorities-{index}-{part}", sentence=f"{named} has {what}", certain=False)
        for part in ("title", "measure")
        for what in leftovers(getattr(row, part))
    ]
    return lacks


def leftovers(text: str) -> list[str]:
    """Name what in `text` looks as if it was not meant for readers, each with its first words."""
    found = []
    for pattern, what in LEFTOVERS:
        match = pattern.search(text)
        if match:
            found.append(f"{what}: {_quoted(match[0])}")
    folded = " ".join(text.split()).casefold()
    for prompt in (sentence for prompts in PROMPTS.values() for sentence in prompts):
        if prompt.casefold() in folded:
            found.append(f"a prompt that was left in: {_quoted(prompt)}")
    return found


def _quoted(text: str) -> str:
    line = " ".join(text.split())
    return f"“{line}”" if len(line) <= LONGEST_QUOTE else f"“{line[:LONGEST_QUOTE].rstrip()}…”"
