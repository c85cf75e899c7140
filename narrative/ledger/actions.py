"""Writing into the ledger: always at its end, always in the transaction of what it tells."""

import secrets

from flask import current_app
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from narrative.config import settings_of
from narrative.database import db, insertion, locked, transaction
from narrative.ledger.models import LedgerKey, LedgerLeaf, LedgerNode
from narrative.ledger.nodes import stored_nodes
from narrative.ledger.queries import last_client
from narrative.ledger.rules.entries import Entry
from narrative.ledger.rules.entries import client as client_entry
from narrative.ledger.rules.merkle import completed, leaf_hash
from narrative.quarters.models import Quarter

CLIENT_NOTED = "narrative.ledger.client_noted"


class UnknownQuarter(LookupError):
    """An entry names a quarter that is not scheduled."""


def append(session: Session, *entries: Entry) -> list[int]:
    """Put entries at the end of the ledger, in the caller's transaction, and return their positions.

    Whoever appends waits here for whoever appended before to commit, so call it last: what is locked after
    it can be locked by somebody who waits. Makes the ledger's key when there is none yet. Raises
    UnknownQuarter.
    """
    if not entries:
        return []
    _lock(session)
    newest = session.scalar(select(func.max(LedgerLeaf.position)))
    start = 0 if newest is None else newest + 1
    quarters = _quarter_ids(session, entries)
    hashes = [leaf_hash(entry.body.encode()) for entry in entries]
    leaves = [
        {
            "position": start + index,
            "kind": entry.kind,
            "quarter_id": quarters[entry.quarter] if entry.quarter else None,
            "body": entry.body,
            "hash": hashes[index],
        }
        for index, entry in enumerate(entries)
    ]
    session.execute(insert(LedgerLeaf), leaves)
    nodes = _completed_nodes(session, start, hashes)
    if nodes:
        session.execute(insert(LedgerNode), nodes)
    return [start + index for index in range(len(entries))]


def ensure_key() -> None:
    """Make the ledger's key unless there is one: promises are signed where nothing may be written."""
    if db.session.get(LedgerKey, 1) is not None:
        return
    with transaction(shown=False) as session:
        _make_key(session)


def note_client(client: str) -> bool:
    """Write down that another pass client is served than the ledger's last entry says; tell whether it is.

    `client` is its hash as in `entries.keys`. Once a process and not before there are keys: while one version
    takes another's place, both serve, and must not contradict each other for ever.
    """
    if current_app.extensions.get(CLIENT_NOTED):
        return False
    last = last_client()
    if last is None:
        return False
    changed = last != client
    if changed:
        with transaction(shown=False) as session:
            _lock(session)
            changed = last_client() != client
            if changed:
                append(session, client_entry(client=client))
    current_app.extensions[CLIENT_NOTED] = True
    return changed


def _lock(session: Session) -> None:
    if session.get(LedgerKey, 1) is None:
        _make_key(session)
    locked(session, LedgerKey, 1)


def _make_key(session: Session) -> None:
    """Insert the key; of two at once one is kept, and the other waits for it rather than failing."""
    row = {"id": 1, "private_key": secrets.token_bytes(32), "name": settings_of().issuer}
    session.execute(insertion(session, LedgerKey).values(row).on_conflict_do_nothing())


def _quarter_ids(session: Session, entries: tuple[Entry, ...]) -> dict[str, int]:
    names = {entry.quarter for entry in entries if entry.quarter}
    if not names:
        return {}
    found = session.execute(select(Quarter.name, Quarter.id).where(Quarter.name.in_(names)))
    ids: dict[str, int] = {row[0]: row[1] for row in found}
    if missing := names - set(ids):
        raise UnknownQuarter(", ".join(sorted(missing)))
    return ids


def _completed_nodes(session: Session, start: int, hashes: list[bytes]) -> list[dict[str, object]]:
    """Return the rows of all subtrees that leaves from `start` complete."""
    known = _left_edge(session, start)
    made: list[dict[str, object]] = []
    for position, leaf in enumerate(hashes, start):
        known[0, position] = leaf
        for level, place, found in completed(position, leaf, lambda level, place: known[level, place]):
            known[level, place] = found
            made.append({"level": level, "position": place, "hash": found})
    return made


def _left_edge(session: Session, size: int) -> dict[tuple[int, int], bytes]:
    """Return the complete subtrees that the first `size` leaves fall into, by level and position."""
    edge = [(level, (size >> level) - 1) for level in range(size.bit_length()) if size >> level & 1]
    return stored_nodes(session, edge)
