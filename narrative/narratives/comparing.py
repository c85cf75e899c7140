"""What changed between two drafts, as readers would notice it: word by word, text by text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from narrative.narratives.rendering import plain_outcomes, plain_rows
from narrative.narratives.rules import LABELS, TEXTS, Draft
from narrative.narratives.rules.attributing import Written, attributed, written
from narrative.narratives.rules.authorship import Kept, runs_of
from narrative.narratives.rules.diffs import Looking, Paragraph, compare, words_changed
from narrative.narratives.rules.outcomes import NOT_REPORTED
from narrative.narratives.rules.word_authors import Author, authors_of_words
from narrative.web.markdown import addresses, plain_text, render

PRIORITIES = "Each priority"
OUTCOMES = "What became of last quarter’s priorities"
# What a merge can name as changed by both, besides the four texts.
PARTS = {**LABELS, "priorities": PRIORITIES, "outcomes": OUTCOMES}
# Characters of both versions together; longer texts are compared as they were typed, without being rendered.
MOST_RENDERED = 60_000
# Changed paragraphs in a box that is sent anew with each save.
MOST_SHOWN = 200


@dataclass(frozen=True)
class Comparison:
    """One part of a draft in both versions.

    `only_marks`: its words are the same, its formatting is not. `as_typed`: the Markdown itself is compared.
    """

    label: str
    paragraphs: list[Paragraph]
    only_marks: bool = False
    as_typed: bool = False

    @property
    def changed(self) -> bool:
        """Whether any word differs."""
        return any(paragraph.kind != "same" for paragraph in self.paragraphs)

    @property
    def writers(self) -> set[Author]:
        """Who wrote what was added, as far as that is known."""
        added = (piece for paragraph in self.paragraphs for piece in paragraph.pieces)
        return {piece.by for piece in added if piece.kind == "added"}


def compare_drafts(
    before: Draft,
    after: Draft,
    *,
    owners: Mapping[int, str],
    promised: Mapping[str, str] | None = None,
    authorship: Mapping[str, Kept] | None = None,
) -> list[Comparison]:
    """Return the parts that differ, in the order of the page.

    `owners` names priorities' owners by id, `promised` gives the titles of earlier promises by key. With the
    `authorship` of `after`, each added piece says who wrote it.
    """
    names = [name for name in LABELS if before.texts[name] != after.texts[name]]
    length = sum(len(draft.texts[name]) for draft in (before, after) for name in names)
    looking, typed = Looking(), length > MOST_RENDERED
    parts = []
    if before.outcomes != after.outcomes:
        was, now = (_outcomes_in_words(draft, promised or {}) for draft in (before, after))
        parts.append(Comparison(OUTCOMES, compare(was, now, looking)))
    for name in names:
        old, new = (before.texts[name], after.texts[name]) if typed else readable(before, after, name)
        part = _comparison(LABELS[name], old, new, looking, typed=typed)
        if authorship is not None:
            authors = authors_of_words(after.texts[name], runs_of(authorship.get(name, ())), new)
            part = replace(part, paragraphs=attributed(part.paragraphs, authors))
        parts.append(part)
    old, new = (_in_words(draft, owners) for draft in (before, after))
    if old != new:
        parts.append(Comparison(PRIORITIES, compare(old, new, looking)))
    return parts


def beginning(parts: Sequence[Comparison]) -> tuple[list[Comparison], bool]:
    """Return as much of a comparison as a part of a page may hold, and whether that is all of it."""
    left = MOST_SHOWN
    shown: list[Comparison] = []
    for part in parts:
        changed = [place for place, one in enumerate(part.paragraphs) if one.kind != "same"]
        if len(changed) > left:
            return [*shown, replace(part, paragraphs=part.paragraphs[: changed[left]])], False
        left -= len(changed)
        shown.append(part)
    return shown, True


def words_between(before: Draft, after: Draft) -> int:
    """Return how many words differ of those that readers would read; another address of a link is one."""
    pairs = [readable(before, after, name) for name in TEXTS if before.texts[name] != after.texts[name]]
    rows = [[*plain_rows(draft), *plain_outcomes(draft)] for draft in (before, after)]
    old, new = ([pair[side] for pair in pairs] + rows[side] for side in (0, 1))
    return words_changed("\n".join(old), "\n".join(new))


def readable(before: Draft, after: Draft, name: str) -> tuple[str, str]:
    """Return a text of both drafts as readers read it; addresses that only one of them has are said."""
    old, new = (str(render(draft.texts[name])) for draft in (before, after))
    saying = addresses(old) ^ addresses(new)
    return plain_text(old, saying=saying), plain_text(new, saying=saying)


def who_wrote(draft: Draft, authorship: Mapping[str, Kept]) -> dict[str, list[Written]]:
    """Return the draft's texts by name, paragraph by paragraph, with who wrote their words."""
    typed = sum(map(len, draft.texts.values())) > MOST_RENDERED
    found = {}
    for name, text in draft.texts.items():
        plain = text if typed else plain_text(render(text))
        found[name] = written(plain, authors_of_words(text, runs_of(authorship.get(name, ())), plain))
    return {name: paragraphs for name, paragraphs in found.items() if paragraphs}


def _comparison(label: str, before: str, after: str, looking: Looking, *, typed: bool) -> Comparison:
    paragraphs = compare(before, after, looking)
    same = all(paragraph.kind == "same" for paragraph in paragraphs)
    return Comparison(label, paragraphs, only_marks=same and not typed, as_typed=typed)


def _in_words(draft: Draft, owners: Mapping[int, str]) -> str:
    """Return the priorities as plain text, a line for each."""
    lines = []
    for row in draft.priorities:
        owner = owners.get(row.owner_id, "nobody yet") if row.owner_id else "nobody yet"
        measure = " ".join(row.measure.split()) or "not said yet"
        carried = " Carried over." if row.carries else ""
        title = row.title or "Without a title"
        lines.append(f"{title}. How we will know: {measure}. Owner: {owner}.{carried}")
    return "\n".join(lines)


def _outcomes_in_words(draft: Draft, promised: Mapping[str, str]) -> str:
    """Return what is said of each promise as plain text, a line for each."""
    lines = []
    for row in draft.outcomes:
        title = promised.get(row.key, "A promise that is not known any more")
        lines.append(f"{title}: {row.state or NOT_REPORTED}. {' '.join(row.sentence.split())}".rstrip())
    return "\n".join(lines)
