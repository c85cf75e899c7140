"""What an organiser looks at before publishing: how each bucket stands, and what the check found in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select

from narrative.database import db
from narrative.narratives.checking import lacks_of_all
from narrative.narratives.comparing import words_between
from narrative.narratives.destinations import Page
from narrative.narratives.models import AnywayReason, Narrative, Publication, Revision
from narrative.narratives.noting import notes_of_all
from narrative.narratives.nudging import SentNudge, Silence, reason_not_to_ask, silences
from narrative.narratives.promises import promises_of_all, titles
from narrative.narratives.queries import draft_of
from narrative.narratives.readings import ReadBy, readings_of
from narrative.narratives.rules import Draft, Lack
from narrative.narratives.standings import Standing, standings
from narrative.people.models import Bucket, Person
from narrative.quarters.models import Quarter

Drafts = Mapping[tuple[int | None, int], Draft]  # by the narrative's id and the revision's number


DONE = {"signed off", "published"}


@dataclass(frozen=True, kw_only=True)
class Inspected:
    """One bucket. `revision` is what would be published: what is signed off, else the newest (0: none).

    `lacks` are what the check found in it, `words_since` how many words were changed since the sign-off,
    `readers` who has read that very revision and `earlier_readers` who an older one. `not_asked` says why its
    owner cannot be asked now how it is coming along; None: they can.
    """

    stands: Standing
    revision: int
    lacks: list[Lack]
    words_since: int
    readers: list[ReadBy]
    earlier_readers: list[ReadBy]
    nudge: SentNudge | None
    not_asked: str | None


def inspect(quarter: Quarter, *, by: Person, on: date, at: datetime) -> list[Inspected]:
    """Return every bucket of the quarter as `by` sees it on the company's day `on`.

    What is published already is not checked again. A fixed number of queries.
    """
    found = standings(quarter)
    drafts, silence = drafts_of(found), silences(quarter)
    marks = readings_of([one.narrative_id for one in found if one.narrative_id is not None])
    lacks = _lacks(quarter, found, drafts)
    return [
        _inspected(
            one,
            lacks.get(one.bucket_id, []),
            words_since_sign_off(one, drafts),
            marks.get(one.narrative_id or 0, []),
            silence.get(one.bucket_id, Silence()),
            not_asked=reason_not_to_ask(one, silence.get(one.bucket_id, Silence()), by=by, on=on, at=at),
        )
        for one in found
    ]


def _lacks(quarter: Quarter, found: list[Standing], drafts: Drafts) -> dict[int, list[Lack]]:
    """What the check finds in every bucket that is written and not published, by their ids."""
    written = [one for one in found if not one.published and one.head]
    notes = notes_of_all([one.narrative_id for one in written if one.narrative_id is not None])
    promised = promises_of_all(quarter, [one.bucket_id for one in written])
    pages = [
        Page(
            key=(quarter.name, one.slug),
            draft=_to_check(one, drafts),
            private_notes=notes.get(one.narrative_id or 0, ""),
            promised=titles(promised[one.bucket_id]),
        )
        for one in written
    ]
    return dict(zip((one.bucket_id for one in written), lacks_of_all(pages), strict=True))


def _inspected(
    one: Standing,
    lacks: list[Lack],
    words: int,
    marks: list[ReadBy],
    known: Silence,
    *,
    not_asked: str | None,
) -> Inspected:
    revision = one.signed or one.head
    return Inspected(
        stands=one,
        revision=revision,
        lacks=lacks,
        words_since=words,
        readers=[mark for mark in marks if mark.revision_number >= revision],
        earlier_readers=[mark for mark in marks if mark.revision_number < revision],
        nudge=known.standing_nudge(done=one.state in DONE),
        not_asked=not_asked,
    )


def _to_check(one: Standing, drafts: Drafts) -> Draft:
    return drafts.get((one.narrative_id, one.signed or one.head), Draft())


def words_since_sign_off(one: Standing, drafts: Drafts) -> int:
    """Return how many words of a narrative were changed since it was signed off."""
    if one.state != "changed since sign-off" or one.signed is None:
        return 0
    before, after = (drafts.get((one.narrative_id, number), Draft()) for number in (one.signed, one.head))
    return words_between(before, after)


@dataclass(frozen=True)
class PublishedAnyway:
    """A narrative that followed its quarter although it looked unfinished: why, who said so, and when."""

    bucket: str
    because: str
    by: str | None
    published_at: datetime


def anyway_reason(quarter: Quarter) -> AnywayReason | None:
    """Return why the quarter was published although something stood against it, or None."""
    return db.session.scalar(select(AnywayReason).where(AnywayReason.quarter_id == quarter.id))


def published_anyway(quarter: Quarter) -> list[PublishedAnyway]:
    """Return the quarter's late narratives for which a reason was needed, in the order of publication."""
    found = select(Bucket.name, Publication.anyway_because, Person.name, Publication.published_at)
    found = found.select_from(Publication).outerjoin(Person, Person.id == Publication.published_by_id)
    found = found.join(Narrative, Narrative.id == Publication.narrative_id)
    found = found.join(Bucket, Bucket.id == Narrative.bucket_id)
    found = found.where(Narrative.quarter_id == quarter.id, Publication.anyway_because != "")
    return [PublishedAnyway(*row) for row in db.session.execute(found.order_by(Publication.id))]


def drafts_of(found: list[Standing]) -> Drafts:
    """Return the newest and the signed-off revision of all that is not published: one query."""
    wanted = [
        (Revision.narrative_id == one.narrative_id) & Revision.number.in_({one.head, one.signed or one.head})
        for one in found
        if not one.published and one.head
    ]
    rows = db.session.scalars(select(Revision).where(or_(False, *wanted)))
    return {(row.narrative_id, row.number): draft_of(row) for row in rows}
