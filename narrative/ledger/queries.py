"""Reading the ledger: what stands in it, and the proofs. Nouns; each a fixed number of queries."""

import json
from functools import lru_cache

from flask import current_app
from sqlalchemy import func, select

from narrative.database import db
from narrative.ledger.models import LedgerLeaf
from narrative.ledger.nodes import from_stored
from narrative.ledger.rules import merkle
from narrative.ledger.rules.entries import Entry
from narrative.ledger.rules.words import four_words
from narrative.ledger.signing import signed_checkpoint
from narrative.quarters.models import Quarter

EXTENSION = "narrative.ledger.checkpoint"
MOST_LEAVES = 1000


class NotThere(LookupError):
    """The ledger has no such entries, or is not that long."""


def size() -> int:
    """Return how many entries there are."""
    newest = db.session.scalar(select(func.max(LedgerLeaf.position)))
    return 0 if newest is None else newest + 1


def root(tree_size: int) -> bytes:
    """Return the root over the first `tree_size` entries. Raises NotThere."""
    _demand(0 <= tree_size <= size())
    return from_stored(db.session(), lambda node: merkle.root(tree_size, node))


def checkpoint() -> bytes:
    """Return the signed note of the ledger as it stands. Raises signing.NoKey before there is a key."""
    return checkpoint_at(size())


def checkpoint_at(tree_size: int) -> bytes:
    """Return the signed note of the first `tree_size` entries; the last one is kept by the process."""
    kept: tuple[int, bytes] | None = current_app.extensions.get(EXTENSION)
    if kept is not None and kept[0] == tree_size:
        return kept[1]
    note = signed_checkpoint(tree_size, root(tree_size)).encode()
    # What a transaction appended may still be rolled back.
    if not db.session().info.get("writing"):
        current_app.extensions[EXTENSION] = (tree_size, note)
    return note


def inclusion(position: int, tree_size: int) -> list[bytes]:
    """Return the proof that an entry is among the first `tree_size`. Raises NotThere."""
    _demand(0 <= position < tree_size <= size())
    return from_stored(db.session(), lambda node: merkle.inclusion_proof(position, tree_size, node))


def consistency(old: int, new: int) -> list[bytes]:
    """Return the proof that the first `new` entries begin with the first `old`. Raises NotThere."""
    _demand(0 < old <= new <= size())
    return from_stored(db.session(), lambda node: merkle.consistency_proof(old, new, node))


def leaves(start: int, end: int) -> list[str]:
    """Return the bodies from `start` to before `end`, at most MOST_LEAVES. Raises NotThere."""
    _demand(0 <= start < end <= size() and end - start <= MOST_LEAVES)
    between = LedgerLeaf.position >= start, LedgerLeaf.position < end
    return list(db.session.scalars(select(LedgerLeaf.body).where(*between).order_by(LedgerLeaf.position)))


def keys_entries(quarter: str, tree_size: int) -> list[tuple[int, str]]:
    """Return (position, body) of every round of a quarter's keys among the first `tree_size` entries."""
    found = db.session.execute(
        select(LedgerLeaf.position, LedgerLeaf.body)
        .join(Quarter, Quarter.id == LedgerLeaf.quarter_id)
        .where(LedgerLeaf.kind == "keys", Quarter.name == quarter, LedgerLeaf.position < tree_size)
        .order_by(LedgerLeaf.position)
    )
    return [(position, body) for position, body in found]


def words(quarter: str, tree_size: int) -> str | None:
    """Return the four words of a quarter's keys, as the first `tree_size` entries hold them; None without."""
    found = keys_entries(quarter, tree_size)
    return _four_words(tuple(json.loads(found[0][1])["keys"])) if found else None


def every_quarters_words(tree_size: int) -> dict[str, str]:
    """Return the four words of every quarter that has keys among the first `tree_size` entries, by name."""
    of_keys = LedgerLeaf.kind == "keys", LedgerLeaf.position < tree_size
    named = select(Quarter.name).join(LedgerLeaf, LedgerLeaf.quarter_id == Quarter.id).where(*of_keys)
    names = db.session.scalars(named.distinct().order_by(Quarter.name)).all()
    return {name: found for name in names if (found := words(name, tree_size))}


# Slow on purpose, and the same for every reader.
_four_words = lru_cache(maxsize=100)(four_words)


def position_of(entry: Entry) -> int | None:
    """Return where exactly that entry first stands, or None."""
    hashed = merkle.leaf_hash(entry.body.encode())
    return db.session.scalar(select(func.min(LedgerLeaf.position)).where(LedgerLeaf.hash == hashed))


def last_client() -> str | None:
    """Return the hash of the pass client that was last written down, with keys or by itself, or None."""
    kinds = LedgerLeaf.kind.in_(("keys", "client"))
    newest = select(LedgerLeaf.kind, LedgerLeaf.quarter_id, LedgerLeaf.body).where(kinds)
    row = db.session.execute(newest.order_by(LedgerLeaf.position.desc()).limit(1)).first()
    return Entry(row.kind, None, row.body).fields["client"] if row else None


def _demand(there: bool) -> None:
    if not there:
        raise NotThere
