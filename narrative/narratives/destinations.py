"""Which links of a draft lead nowhere inside the product, as readers would find out by following them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from sqlalchemy import Select, func, select, tuple_
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from narrative.config import settings_of
from narrative.database import db
from narrative.narratives.models import Narrative, Publication
from narrative.narratives.rendering import PLACES, render_draft
from narrative.narratives.rules import Draft
from narrative.narratives.rules.links import Destination, addresses, destination
from narrative.people.models import Bucket
from narrative.quarters.models import Quarter
from narrative.web.access import level_of

# What may lead inside; a text without any of it need not be rendered to know that none of its links does.
MAY_LEAD_INSIDE = re.compile(r"[(<:]\s*[/#]|https?:", re.I)
OPEN_TO_READERS = {"public", "employee"}
# Of a narrative's own pages, these are for readers; its drafts do not exist for them.
FOR_READERS = {"narratives.show", "corrections.show"}
ID = re.compile(r' id="([^"]*)"')

Key = tuple[str, str]  # a quarter's name and a bucket's slug


@dataclass(frozen=True, kw_only=True)
class Page:
    """A draft to check, where it will be read, and the private notes beside it, which never will be.

    `promised` are the titles of the promises that it has to account for, by their keys.
    """

    key: Key
    draft: Draft
    private_notes: str = ""
    promised: Mapping[str, str] = field(default_factory=dict)


@dataclass
class _There:
    """What there is: quarters, buckets in use, corrections and places of published narratives."""

    quarters: set[str] = field(default_factory=set)
    buckets: set[str] = field(default_factory=set)
    editions: dict[Key, int] = field(default_factory=dict)
    places: dict[Key, set[str]] = field(default_factory=dict)


def dead_links(pages: Iterable[Page]) -> list[dict[str, list[str]]]:
    """Return for each page the addresses that lead nowhere, by the names of the texts that hold them.

    Narratives of the same quarter count as there: they appear in the same moment. A fixed number of queries;
    none where no link leads inside the product.
    """
    found = [(page, *_inside(page.draft)) for page in pages]
    if not any(links for _page, links, _places in found):
        return [{} for _one in found]
    there = _what_is_there(
        to for _page, links, _places in found for text in links.values() for to in text.values()
    )
    return [_dead(page, links, places, there) for page, links, places in found]


def _inside(draft: Draft) -> tuple[dict[str, dict[str, Destination]], set[str]]:
    """Return the links that lead inside, by text and address, and the places of the page that will be."""
    base_url = settings_of().base_url
    if not any(MAY_LEAD_INSIDE.search(text) for text in draft.texts.values()):
        return {}, set()
    html = render_draft(draft).html
    links = {
        name: {one: to for one in addresses(text) if (to := destination(one, base_url=base_url))}
        for name, text in html.items()
    }
    return {name: found for name, found in links.items() if found}, _places(html)


def _places(html: Mapping[str, str]) -> set[str]:
    return {
        "",
        "corrections",
        *PLACES.values(),
        *(name for text in html.values() for name in ID.findall(text)),
    }


def _dead(
    page: Page, links: Mapping[str, Mapping[str, Destination]], places: set[str], there: _There
) -> dict[str, list[str]]:
    there = _There(there.quarters, there.buckets, there.editions, {**there.places, page.key: places})
    dead = {
        name: [address for address, to in found.items() if not _leads_somewhere(to, page.key, there)]
        for name, found in links.items()
    }
    return {name: found for name, found in dead.items() if found}


def _leads_somewhere(to: Destination, here: Key, there: _There) -> bool:
    if not to.path:
        return to.place in there.places[here]
    try:
        endpoint, values = current_app.url_map.bind("").match(to.path, method="GET")
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    open_to_readers = level_of(current_app, endpoint) in OPEN_TO_READERS
    if not open_to_readers or values.get("quarter", here[0]) not in there.quarters:
        return False
    of_a_narrative = to.path.startswith("/narratives/")
    return not of_a_narrative or (
        endpoint in FOR_READERS and _narrative_is_there(values, to.place, here, there)
    )


def _narrative_is_there(values: Mapping[str, Any], place: str, here: Key, there: _There) -> bool:
    key = (str(values["quarter"]), str(values["bucket"]))
    if "number" in values:
        return 1 < int(values["number"]) <= there.editions.get(key, 0)
    if key == here or (place and key in there.editions):
        return place in there.places.get(key, set())
    return key in there.editions or (key[0] == here[0] and key[1] in there.buckets)


def _what_is_there(links: Iterable[Destination]) -> _There:
    there = _There()
    there.quarters = set(db.session.scalars(select(Quarter.name)))
    there.buckets = set(db.session.scalars(select(Bucket.slug).where(Bucket.archived_at.is_(None))))
    newest = _published(func.max(Publication.number)).group_by(Quarter.name, Bucket.slug)
    there.editions = {(quarter, bucket): number for quarter, bucket, number in db.session.execute(newest)}
    # Only of narratives to a place of which a link leads.
    paths = [to.path.split("/") for to in links if to.place]
    wanted = {(parts[2], parts[3]) for parts in paths if parts[1:2] == ["narratives"] and len(parts) == 4}
    html = _published(Publication.html).where(tuple_(Quarter.name, Bucket.slug).in_(wanted))
    for quarter, bucket, texts in db.session.execute(html.order_by(Publication.number)):
        there.places[quarter, bucket] = _places(texts)
    return there


def _published(*columns: Any) -> Select[Any]:
    found = select(Quarter.name, Bucket.slug, *columns).select_from(Publication)
    found = found.join(Narrative, Narrative.id == Publication.narrative_id)
    found = found.join(Quarter, Quarter.id == Narrative.quarter_id)
    return found.join(Bucket, Bucket.id == Narrative.bucket_id)
