"""Who has the room open now. Rows are few, short, and gone when their page is."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from narrative.database import db, insertion, transaction
from narrative.narratives.document.messages import Here, Sent
from narrative.narratives.document.models import Presence
from narrative.people.models import Person

LASTS = timedelta(seconds=20)
NOTED_EVERY = timedelta(seconds=8)


def here(narrative_id: int, *, at: datetime) -> list[Here]:
    """Return every page that was heard of in the last twenty seconds."""
    found = select(Presence.tab, Presence.person_id, Person.name, Presence.cursor, Presence.seen_at)
    found = found.join(Person, Person.id == Presence.person_id)
    found = found.where(Presence.narrative_id == narrative_id, Presence.seen_at > at - LASTS)
    rows: Sequence[Any] = db.session.execute(found.order_by(Presence.tab)).all()
    return [
        Here(tab=row.tab, person=row.person_id, name=row.name, cursor=row.cursor, seen_at=row.seen_at)
        for row in rows
    ]


def is_news(pages: Sequence[Here], sent: Sent, *, at: datetime) -> bool:
    """Tell whether what a page says of itself must be noted, so that others see it."""
    known = next((one for one in pages if one.tab == sent.tab), None)
    if sent.away or known is None:
        return sent.away != (known is None)
    return known.cursor != sent.cursor or known.seen_at <= at - NOTED_EVERY


def note(session: Session, narrative_id: int, sent: Sent, *, person_id: int, at: datetime) -> None:
    """Note in the caller's transaction that a page has the room open, or no longer has it."""
    key = {"narrative_id": narrative_id, "tab": sent.tab}
    if sent.away:
        session.execute(delete(Presence).filter_by(**key))
        return
    facts = {"person_id": person_id, "cursor": sent.cursor, "seen_at": at}
    noted = insertion(session, Presence).values(**key, **facts)
    session.execute(noted.on_conflict_do_update(index_elements=list(key), set_=facts))


def note_alone(narrative_id: int, sent: Sent, *, person_id: int, at: datetime) -> None:
    """Note it in a transaction of its own. No kept page shows it."""
    with transaction(shown=False) as session:
        note(session, narrative_id, sent, person_id=person_id, at=at)
