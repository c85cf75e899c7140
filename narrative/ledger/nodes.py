"""The stored hashes of the tree, and proofs made of them in a fixed number of queries."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from narrative.ledger.models import LedgerLeaf, LedgerNode
from narrative.ledger.rules.merkle import Lookup

Made = TypeVar("Made")
Place = tuple[int, int]


def from_stored(session: Session, make: Callable[[Lookup], Made]) -> Made:
    """Return what `make` makes of the tree by its lookup, in at most two queries.

    It is called twice: first to note which nodes it wants, then with their hashes.
    """
    wanted: list[Place] = []

    def note(level: int, position: int) -> bytes:
        wanted.append((level, position))
        return b""

    make(note)
    found = stored_nodes(session, wanted)
    return make(lambda level, position: found[level, position])


def stored_nodes(session: Session, places: list[Place]) -> dict[Place, bytes]:
    """Return the hashes of complete subtrees by (level, position), in at most two queries."""
    leaves = [position for level, position in places if level == 0]
    nodes = [place for place in places if place[0] > 0]
    found: dict[Place, bytes] = {}
    if leaves:
        rows = select(LedgerLeaf.position, LedgerLeaf.hash).where(LedgerLeaf.position.in_(leaves))
        found |= {(0, position): bytes(hashed) for position, hashed in session.execute(rows)}
    if nodes:
        place = tuple_(LedgerNode.level, LedgerNode.position)
        columns = select(LedgerNode.level, LedgerNode.position, LedgerNode.hash)
        stored = session.execute(columns.where(place.in_(nodes)))
        found |= {(level, position): bytes(hashed) for level, position, hashed in stored}
    return found
