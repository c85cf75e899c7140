"""Where a published text was corrected: what stands beside its blocks, sections and priorities.

What moved only a comma marks nothing. Whatever a correction changed, added or took out is marked with the
latest correction that did so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, select

from narrative.database import db
from narrative.narratives.models import Publication, Revision
from narrative.narratives.reading import Edition
from narrative.web.blocks import blocks_of, changed_blocks

PRIORITIES = "priorities"


@dataclass
class Marks:
    """The corrections of blocks by their ids, of priorities by their keys.

    `shortened` are those that took something out, by the names of the texts, and under 'priorities'.
    """

    blocks: dict[str, Edition] = field(default_factory=dict)
    priorities: dict[str, Edition] = field(default_factory=dict)
    shortened: dict[str, Edition] = field(default_factory=dict)


@dataclass(frozen=True)
class _Text:
    html: Mapping[str, str]
    priorities: Mapping[str, dict[str, Any]]


def marks(narrative_id: int, editions: Sequence[Edition]) -> Marks:
    """Return what `editions`, the whole history, marks in the newest of them.

    One query, and none where nothing but commas was corrected.
    """
    marking = sorted(one.number for one in editions if one.number > 1 and not one.tiny)
    found = Marks()
    if not marking:
        return found
    known, newest = {one.number: one for one in editions}, max(one.number for one in editions)
    texts = _texts(narrative_id, {newest, *marking, *(number - 1 for number in marking)})
    for number in marking:
        _mark(found, known[number], before=texts[number - 1], after=texts[number], newest=texts[newest])
    return found


def _mark(found: Marks, edition: Edition, *, before: _Text, after: _Text, newest: _Text) -> None:
    for name, html in after.html.items():
        former = before.html.get(name, "")
        found.blocks |= dict.fromkeys(changed_blocks(former, html), edition)
        # What came back since was not taken out.
        if _ids(former) - _ids(html) - _ids(newest.html.get(name, "")):
            found.shortened[name] = edition
    changed = [key for key, row in after.priorities.items() if before.priorities.get(key) != row]
    found.priorities |= dict.fromkeys(changed, edition)
    if set(before.priorities) - set(after.priorities) - set(newest.priorities):
        found.shortened[PRIORITIES] = edition


def _ids(html: str) -> set[str]:
    return {block.id for block in blocks_of(html)}


def _texts(narrative_id: int, numbers: set[int]) -> dict[int, _Text]:
    frozen = and_(
        Revision.narrative_id == Publication.narrative_id, Revision.number == Publication.revision_number
    )
    rows = select(Publication.number, Publication.html, Revision.priorities).join(Revision, frozen)
    rows = rows.where(Publication.narrative_id == narrative_id, Publication.number.in_(numbers))
    return {
        row.number: _Text(row.html, {one["key"]: one for one in row.priorities})
        for row in db.session.execute(rows)
    }
