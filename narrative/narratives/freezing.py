"""Freezing a revision into a publication: the only way by which anything reaches readers."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from narrative.database import db, transaction
from narrative.narratives.models import Narrative, Publication, Revision
from narrative.narratives.queries import draft_of
from narrative.narratives.rendering import Rendered, render_draft
from narrative.narratives.reporting import keep_outcomes, keep_priorities
from narrative.narratives.rules import Draft
from narrative.people.models import Person
from narrative.web.markdown import RENDERER_VERSION


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What makes a publication a correction: its number (2 or more), how many words it changed, and why."""

    number: int
    words_changed: int
    reason: str


def freeze(
    session: Session,
    pinned: tuple[int, int],
    draft: Draft,
    rendered: Rendered,
    *,
    by: Person | None,
    at: datetime,
    correction: Correction | None = None,
    anyway_because: str = "",
) -> None:
    """Store a pinned revision as published, with its priorities and outcomes, in the caller's transaction.

    `pinned` is the narrative's id and the revision's number; `draft` and `rendered` are what that says.
    `anyway_because` is why, if something in it looks unfinished.
    """
    narrative_id, revision_number = pinned
    publication = Publication(
        narrative_id=narrative_id, number=1, revision_number=revision_number, published_at=at
    )
    publication.html, publication.renderer_version = rendered.html, rendered.version
    publication.anyway_because = anyway_because
    publication.words, publication.published_by_id = rendered.words, by.id if by else None
    for name, value in (asdict(correction) if correction else {}).items():
        setattr(publication, name, value)
    session.add(publication)
    narrative = session.get_one(Narrative, narrative_id)
    keep_priorities(session, narrative, draft)
    keep_outcomes(session, narrative, draft, corrects=correction is not None)


def render_anew() -> int:
    """Render again what an older renderer made, and return how many publications that were.

    The words are the frozen revision's, and every block keeps its id. For after an upgrade; each publication
    is a transaction of its own, so that it can be broken off and run again.
    """
    outdated = select(Publication.id).where(Publication.renderer_version < RENDERER_VERSION)
    numbers = list(db.session.scalars(outdated))
    for number in numbers:
        with transaction() as session:
            publication = session.get_one(Publication, number)
            here = Revision.narrative_id == publication.narrative_id
            frozen = select(Revision).where(here, Revision.number == publication.revision_number)
            rendered = render_draft(draft_of(session.scalars(frozen).one()), before=publication.html)
            publication.html, publication.words = rendered.html, rendered.words
            publication.renderer_version = rendered.version
    return len(numbers)
