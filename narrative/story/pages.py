"""Build the narratives of a quarter, and the drafts of the current one, from their pages."""

from __future__ import annotations

from importlib.resources.abc import Traversable
from typing import get_args

from narrative.story.reading import Table, read_page
from narrative.story.shapes import (
    Comment,
    Correction,
    Draft,
    Late,
    Narrative,
    Outcome,
    Priority,
    Progress,
    Reply,
    Result,
    Section,
    Texts,
)

BLANK = Texts("", "", "", "")


def narrative_from(folder: Traversable, slug: str) -> Narrative:
    """The narrative of the bucket `slug`, from the page of that name."""
    front, texts = read_page(folder, f"{slug}.md")
    return Narrative(
        bucket=slug,
        texts=texts,
        priorities=tuple(_priority(row) for row in front.rows("priority")),
        outcomes=tuple(_outcome(row) for row in front.rows("outcome")),
        late=_late(front.table("late")) if "late" in front else None,
        corrections=tuple(_correction(row) for row in front.rows("correction")),
    )


def draft_of(narrative: Narrative, *, states: Table, folder: Traversable) -> Draft:
    """What stands in the drafting room: signed off is the text to be published, the rest lies in `folder`."""
    slug = narrative.bucket
    progress: Progress = states.one_of(slug, get_args(Progress))
    if progress == "signed-off":
        return Draft(slug, progress, narrative.texts, narrative.outcomes)
    if progress == "not-started":
        return Draft(slug, progress, BLANK)
    front, texts = read_page(folder, f"{slug}.md")
    outcomes = tuple(_outcome(row) for row in front.rows("outcome"))
    return Draft(slug, progress, texts, outcomes, tuple(_comment(row) for row in front.rows("comment")))


def _comment(row: Table) -> Comment:
    return Comment(
        by=row.text("by"),
        section=row.one_of("section", get_args(Section)),
        words=row.text("words"),
        text=row.text("text"),
        suggestion=row.text("suggestion") if "suggestion" in row else None,
        replies=tuple(Reply(by=reply.text("by"), text=reply.text("text")) for reply in row.rows("reply")),
    )


def _priority(row: Table) -> Priority:
    return Priority(
        key=row.text("key"),
        title=row.text("title"),
        how_we_will_know=row.text("how"),
        owner=row.text("owner"),
        carries=row.text("carries") if "carries" in row else None,
    )


def _outcome(row: Table) -> Outcome:
    return Outcome(
        of=row.text("of"),
        result=row.one_of("result", get_args(Result)),
        sentence=row.text("sentence"),
    )


def _late(row: Table) -> Late:
    return Late(
        expected_day=row.number("expected_day"),
        arrived_day=row.number("arrived_day"),
        reason=row.text("reason"),
    )


def _correction(row: Table) -> Correction:
    return Correction(
        day=row.number("day"),
        by=row.text("by"),
        reason=row.text("reason"),
        section=row.one_of("section", get_args(Section)),
        was=row.text("was"),
        now=row.text("now"),
        outcome=_outcome(row.table("outcome")) if "outcome" in row else None,
    )
