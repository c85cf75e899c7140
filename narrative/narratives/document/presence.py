"""Who has the room open now. Rows are few, short, and gone when their page is."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import JSON, Table, bindparam, delete, select, text
from sqlalchemy.orm import Session

from narrative.database import Instant, db, transaction
from narrative.narratives.document.messages import Here, Sent
from narrative.narratives.document.models import Presence
from narrative.people.models import Person

LASTS = timedelta(seconds=20)
NOTED_EVERY = timedelta(seconds=8)

# Everybody who writes asks for these every second: they are built once.
_ROWS, _PEOPLE = cast("Table", Presence.__table__), cast("Table", Person.__table__)
_HERE = (
    select(_ROWS.c.tab, _PEOPLE.c.id.label("person"), _PEOPLE.c.name, _ROWS.c.cursor, _ROWS.c.seen_at)
    .join(_PEOPLE, _PEOPLE.c.id == _ROWS.c.person_id)
    .where(_ROWS.c.narrative_id == bindparam("narrative_id"), _ROWS.c.seen_at > bindparam("since"))
    .order_by(_ROWS.c.tab)
)
_NOTE = text(
    "INSERT INTO presences (narrative_id, tab, person_id, cursor, seen_at) "
    "VALUES (:narrative_id, :tab, :person_id, :cursor, :seen_at) ON CONFLICT (narrative_id, tab) DO UPDATE "
    "SET person_id = excluded.person_id, cursor = excluded.cursor, seen_at = excluded.seen_at"
).bindparams(bindparam("cursor", type_=JSON), bindparam("seen_at", type_=Instant))


def here(narrative_id: int, *, at: datetime) -> list[Here]:
    """Return every page that was heard of in the last twenty seconds."""
    found = db.session.execute(_HERE, {"narrative_id": narrative_id, "since": at - LASTS})
    return [Here(**row) for row in found.mappings()]


def is_news(pages: Sequence[Here], sent: Sent, *, at: datetime) -> bool:
    """Tell whether what a page says of itself must be noted, so that others see it."""
    known = next((one for one in pages if one.tab == sent.tab), None)
    if sent.away or known is None:
        return sent.away != (known is None)
    return known.cursor != sent.cursor or known.seen_at <= at - NOTED_EVERY


def note(session: Session, narrative_id: int, sent: Sent, *, person_id: int, at: datetime) -> None:
    """Note in the caller's transaction that a page has the room open, or no longer has it."""
    if sent.away:
        session.execute(delete(Presence).filter_by(narrative_id=narrative_id, tab=sent.tab))
        return
    facts = {"person_id": person_id, "cursor": sent.cursor, "seen_at": at}
    session.execute(_NOTE, {"narrative_id": narrative_id, "tab": sent.tab, **facts})


def note_alone(narrative_id: int, sent: Sent, *, person_id: int, at: datetime) -> None:
    """Note it in a transaction of its own. No kept page shows it."""
    with transaction(shown=False) as session:
        note(session, narrative_id, sent, person_id=person_id, at=at)
