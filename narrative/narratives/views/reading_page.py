"""The page of a published narrative."""

from datetime import datetime
from typing import Any

from flask import abort, g, render_template, url_for

from narrative.narratives import reading
from narrative.narratives.marking import marks
from narrative.narratives.models import Publication
from narrative.narratives.outcomes import published_outcomes
from narrative.narratives.reading import Edition
from narrative.narratives.rendering import PLACES, linked, unlinked
from narrative.narratives.repeating import repeats_of
from narrative.narratives.rules import LABELS, TEXTS, may_write
from narrative.narratives.standings import Standing, standings
from narrative.people.models import Bucket
from narrative.quarters.models import Quarter
from narrative.quarters.queries import quarter as quarter_called
from narrative.quarters.timeline import where_it_stands
from narrative.web.moments import format_day


def published_page(
    quarter: Quarter, bucket: Bucket, beside: str | None, *, new: bool, at: datetime
) -> str | None:
    """Return the page, with the quarter named `beside` next to it, or None when it is not published.

    Where it is asked what is `new`, what stood in the bucket's narrative before it is marked.

    Answers 404 for a quarter beside it in which the bucket published nothing.
    """
    publication = reading.newest_publication(quarter, bucket)
    if publication is None:
        return None
    facts = {
        "quarter": quarter,
        "bucket": bucket,
        "publication": publication,
        "stage": quarter.stage(at),
        "words": where_it_stands(quarter, at=at),
        "minutes": reading.minutes(publication),
        "labels": LABELS,
        "places": PLACES,
        "texts": TEXTS,
        "priorities": reading.published_priorities(publication.narrative_id),
        "outcomes": published_outcomes(publication.narrative_id),
    }
    if beside is not None:
        return render_template(
            "narratives/beside.html",
            html=linked(publication.html),
            **facts,
            **_beside(quarter, bucket, beside),
        )
    around = _around(quarter, bucket, publication, new=new)
    return render_template("narratives/show.html", **facts, **around)


def _around(quarter: Quarter, bucket: Bucket, publication: Publication, *, new: bool) -> dict[str, Any]:
    before, after = neighbours(standings(quarter), bucket)
    editions = reading.history(publication.narrative_id)
    *corrections, first = editions
    marked = marks(publication.narrative_id, editions)
    earlier = reading.earlier_quarter(quarter, bucket)
    repeats = repeats_of(earlier, bucket, publication.html) if new else None
    html = repeats.html if repeats else publication.html
    may_correct = may_write(
        role=g.person.role,
        person_id=g.person.id,
        owner_id=bucket.owner_id,
        contributor_ids=[person.id for person in bucket.contributors],
    )
    return {
        "html": linked(html, _notes(quarter, bucket, marked.blocks)),
        "priority_notes": _notes(quarter, bucket, marked.priorities),
        "shortened_notes": _notes(quarter, bucket, marked.shortened, did="shortened"),
        "before": before,
        "after": after,
        "corrections": corrections,
        "first": first,
        "earlier": earlier,
        "repeats": repeats,
        "may_correct": may_correct,
        "being_corrected": may_correct and reading.is_being_corrected(publication),
    }


def _notes(
    quarter: Quarter, bucket: Bucket, corrected: dict[str, Edition], *, did: str = "corrected"
) -> dict[str, tuple[str, str]]:
    """Return what stands beside all that was corrected: the day, leading to what was changed."""

    def note(one: Edition) -> tuple[str, str]:
        address = url_for("corrections.show", quarter=quarter.name, bucket=bucket.slug, number=one.number)
        return f"{did} {format_day(one.published_at)}", address

    return {name: note(one) for name, one in corrected.items()}


def _beside(quarter: Quarter, bucket: Bucket, name: str) -> dict[str, Any]:
    other = quarter_called(name)
    publication = reading.newest_publication(other, bucket) if other and other.id != quarter.id else None
    if publication is None:
        abort(404)
    return {
        "other": other,
        "other_html": unlinked(publication.html),
        "other_priorities": reading.published_priorities(publication.narrative_id),
    }


def neighbours(found: list[Standing], bucket: Bucket) -> tuple[Standing | None, Standing | None]:
    """Return the published narratives before and after the bucket's own, in the order of the buckets."""
    published = [one for one in found if one.published]
    around = [None, *published, None]
    here = next((index for index, one in enumerate(published) if one.bucket_id == bucket.id), None)
    return (None, None) if here is None else (around[here], around[here + 2])
