"""The check for accidents, with all that it has to know: the company's prompts, the product's own pages."""

from collections.abc import Mapping, Sequence

from narrative.narratives import queries
from narrative.narratives.destinations import Page, dead_links
from narrative.narratives.models import Narrative
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


def lacks_of(quarter: Quarter, bucket: Bucket, draft: Draft, promised: Mapping[str, str]) -> list[Lack]:
    """Return what a draft of the bucket's narrative lacks, and what looks forgotten in it.

    `promised` are the titles of what it has to account for, by their keys.
    """
    (lacks,) = lacks_of_all([Page(key=(quarter.name, bucket.slug), draft=draft, promised=promised)])
    return lacks


def lacks_of_head(narrative: Narrative) -> list[Lack]:
    """Return what the newest revision lacks."""
    promised = titles(promises(narrative.quarter, narrative.bucket))
    return lacks_of(narrative.quarter, narrative.bucket, queries.head_draft(narrative), promised)
