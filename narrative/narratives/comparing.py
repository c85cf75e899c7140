"""What changed between two drafts, as readers would notice it: word by word, text by text."""

from collections.abc import Mapping
from dataclasses import dataclass

from narrative.narratives.diffs import Looking, Paragraph, compare, words_changed
from narrative.narratives.rendering import render_draft
from narrative.narratives.rules import LABELS, Draft
from narrative.narratives.rules.outcomes import NOT_REPORTED
from narrative.web.markdown import plain_text, render

PRIORITIES = "Each priority"
OUTCOMES = "What became of last quarter’s priorities"
# What a merge can name as changed by both, besides the four texts.
PARTS = {**LABELS, "priorities": PRIORITIES, "outcomes": OUTCOMES}
# Characters of both versions together; longer texts are compared as they were typed, without being rendered.
MOST_RENDERED = 60_000


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


def compare_drafts(
    before: Draft, after: Draft, *, owners: Mapping[int, str], promised: Mapping[str, str] | None = None
) -> list[Comparison]:
    """Return the parts that differ, in the order of the page.

    `owners` names priorities' owners by id, `promised` gives the titles of earlier promises by key.
    """
    names = [name for name in LABELS if before.texts[name] != after.texts[name]]
    length = sum(len(draft.texts[name]) for draft in (before, after) for name in names)
    looking, typed = Looking(), length > MOST_RENDERED
    parts = []
    if before.outcomes != after.outcomes:
        was, now = (_outcomes_in_words(draft, promised or {}) for draft in (before, after))
        parts.append(Comparison(OUTCOMES, compare(was, now, looking)))
    for name in names:
        texts = before.texts[name], after.texts[name]
        parts.append(_comparison(LABELS[name], texts, looking, typed=typed))
    old, new = (_in_words(draft, owners) for draft in (before, after))
    if old != new:
        parts.append(Comparison(PRIORITIES, compare(old, new, looking)))
    return parts


def words_between(before: Draft, after: Draft) -> int:
    """Return how many words differ of those that readers would read."""
    return words_changed(render_draft(before).plain, render_draft(after).plain)


def _comparison(label: str, texts: tuple[str, str], looking: Looking, *, typed: bool) -> Comparison:
    before, after = texts
    if typed:
        return Comparison(label, compare(before, after, looking), as_typed=True)
    paragraphs = compare(plain_text(render(before)), plain_text(render(after)), looking)
    return Comparison(label, paragraphs, all(paragraph.kind == "same" for paragraph in paragraphs))


def _in_words(draft: Draft, owners: Mapping[int, str]) -> str:
    """Return the priorities as plain text, a line for each."""
    lines = []
    for row in draft.priorities:
        owner = owners.get(row.owner_id, "nobody yet") if row.owner_id else "nobody yet"
        measure = " ".join(row.measure.split()) or "not said yet"
        lines.append(f"{row.title or 'Without a title'}. How we will know: {measure}. Owner: {owner}.")
    return "\n".join(lines)


def _outcomes_in_words(draft: Draft, promised: Mapping[str, str]) -> str:
    """Return what is said of each promise as plain text, a line for each."""
    lines = []
    for row in draft.outcomes:
        title = promised.get(row.key, "A promise that is not known any more")
        lines.append(f"{title}: {row.state or NOT_REPORTED}. {' '.join(row.sentence.split())}".rstrip())
    return "\n".join(lines)
