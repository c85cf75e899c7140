"""The check for accidents, with all that it has to know: the company's prompts, the product's own pages."""

from collections.abc import Mapping, Sequence

from narrative.narratives import queries
from narrative.narratives.destinations import Page, dead_links
from narrative.narratives.models import Narrative
from narrative.narratives.noting import notes_of
from narrative.narratives.promises import promises, titles
from narrative.narratives.rules import Draft, Known, Lack, missing_for_sign_off
from narrative.people.models import Bucket
from narrative.quarters.models import Quarter


def lacks_of_all(pages: Sequence[Page]) -> list[list[Lack]]:
    """Return what each of several drafts lacks, in their order: a fixed number of queries."""
    prompts = queries.prompts()
    return [
        missing_for_sign_off(
            page.draft,
            Known(
                prompts=prompts,
                private_notes=page.private_notes,
                dead_links=dead,
                promised=page.promised,
            ),
        )
        for page, dead in zip(pages, dead_links(pages), strict=True)
    ]


def lacks_of(
    quarter: Quarter, bucket: Bucket, draft: Draft, *, promised: Mapping[str, str], notes: str
) -> list[Lack]:
    """Return what a draft of the bucket's narrative lacks, and what looks forgotten in it.

    `promised` are the titles of what it has to account for, by their keys; `notes` are private.
    """
    key = (quarter.name, bucket.slug)
    (lacks,) = lacks_of_all([Page(key=key, draft=draft, promised=promised, private_notes=notes)])
    return lacks


def lacks_of_head(narrative: Narrative) -> list[Lack]:
    """Return what the newest revision lacks."""
    return lacks_in(narrative, queries.head_draft(narrative))


def lacks_in(narrative: Narrative, draft: Draft) -> list[Lack]:
    """Return what one of its revisions lacks."""
    quarter, bucket = narrative.quarter, narrative.bucket
    promised = titles(promises(quarter, bucket))
    return lacks_of(quarter, bucket, draft, promised=promised, notes=notes_of(narrative))
