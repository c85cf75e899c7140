"""The page that shows what a correction changed."""

from flask import render_template

from narrative.narratives import queries, reading
from narrative.narratives.comparing import compare_drafts
from narrative.narratives.promises import promised_titles
from narrative.people.queries import bucket as bucket_called
from narrative.quarters.queries import quarter as quarter_called


def correction_page(quarter_name: str, slug: str, number: int) -> str | None:
    """Return what publication `number` changed of the one before it, or None where there is no such."""
    quarter, bucket = quarter_called(quarter_name), bucket_called(slug)
    if quarter is None or bucket is None:
        return None
    after = reading.publication(quarter, bucket, number)
    before = reading.publication(quarter, bucket, number - 1)
    if after is None or before is None:
        return None
    history = reading.history(after.narrative_id)
    drafts = [queries.draft_of(reading.published_text(one)) for one in (before, after)]
    owners = queries.owner_names(drafts[0]) | queries.owner_names(drafts[1])
    return render_template(
        "corrections/show.html",
        quarter=quarter,
        bucket=bucket,
        correction=next(one for one in history if one.number == number),
        newest=history[0].number,
        parts=compare_drafts(*drafts, owners=owners, promised=promised_titles(*drafts)),
    )
