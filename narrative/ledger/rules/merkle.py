"""The Merkle tree of the ledger (RFC 9162, section 2.1). Pure.

Trees are read through a lookup `node(level, position)`: the hash of the complete subtree over the leaves from
`position << level`, `1 << level` of them. So proofs cost as many stored rows as they have hashes, and a few.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence

HASH_LENGTH = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

Lookup = Callable[[int, int], bytes]


def leaf_hash(body: bytes) -> bytes:
    """Return the hash of a leaf (section 2.1.1)."""
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees together (section 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(size: int, node: Lookup) -> bytes:
    """Return the root of the first `size` leaves (section 2.1.1, MTH)."""
    return _span(0, size, node) if size else EMPTY_ROOT


def root_of_leaves(hashes: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes at hand, without any stored node."""
    return root(len(hashes), _in_memory(hashes))


def inclusion_proof(position: int, size: int, node: Lookup) -> list[bytes]:
    """Return the proof that the leaf at `position` is among the first `size` (section 2.1.3.1).

    Raises ValueError unless 0 <= position < size.
    """
    if not 0 <= position < size:
        raise ValueError("the leaf is not in a tree of that size")
    return list(_path(position, 0, size, node))


def consistency_proof(old: int, new: int, node: Lookup) -> list[bytes]:
    """Return the proof that the first `new` leaves begin with the first `old` (section 2.1.4.1).

    Raises ValueError unless 0 < old <= new.
    """
    if not 0 < old <= new:
        raise ValueError("a proof leads from a smaller tree, but not an empty one, to a larger")
    return list(_subproof(old, 0, new, node, whole=True)) if old < new else []


def verify_inclusion(
    leaf: bytes, *, position: int, size: int, proof: Sequence[bytes], expected_root: bytes
) -> bool:
    """Tell whether the leaf of that hash is at `position` of the tree with that size and root (2.1.3.2)."""
    if not 0 <= position < size:
        return False
    here, last, found = position, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = node_hash(sibling, found)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and found == expected_root


def verify_consistency(
    *, old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Tell whether the larger tree begins with the smaller (section 2.1.4.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    found_old = found_new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            found_old, found_new = node_hash(sibling, found_old), node_hash(sibling, found_new)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            found_new = node_hash(found_new, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and (found_old, found_new) == (old_root, new_root)


def completed(position: int, leaf: bytes, node: Lookup) -> Iterator[tuple[int, int, bytes]]:
    """Yield (level, position, hash) of every subtree that the leaf at `position` completes, from level 1."""
    level, found = 0, leaf
    while position & 1:
        found = node_hash(node(level, position - 1), found)
        level, position = level + 1, position >> 1
        yield level, position, found


def _split(length: int) -> int:
    """Return the largest power of two smaller than `length`."""
    return 1 << (length - 1).bit_length() - 1


def _span(start: int, end: int, node: Lookup) -> bytes:
    length = end - start
    if length & (length - 1) == 0:
        level = length.bit_length() - 1
        return node(level, start >> level)
    middle = start + _split(length)
    return node_hash(_span(start, middle, node), _span(middle, end, node))


def _path(position: int, start: int, end: int, node: Lookup) -> Iterator[bytes]:
    if end - start == 1:
        return
    middle = start + _split(end - start)
    if position < middle:
        yield from _path(position, start, middle, node)
        yield _span(middle, end, node)
    else:
        yield from _path(position, middle, end, node)
        yield _span(start, middle, node)


def _subproof(old: int, start: int, end: int, node: Lookup, *, whole: bool) -> Iterator[bytes]:
    if old == end:
        if not whole:
            yield _span(start, end, node)
        return
    middle = start + _split(end - start)
    if old <= middle:
        yield from _subproof(old, start, middle, node, whole=whole)
        yield _span(middle, end, node)
    else:
        yield from _subproof(old, middle, end, node, whole=False)
        yield _span(start, middle, node)


def _in_memory(hashes: Sequence[bytes]) -> Lookup:
    def node(level: int, position: int) -> bytes:
        if level == 0:
            return hashes[position]
        return node_hash(node(level - 1, 2 * position), node(level - 1, 2 * position + 1))

    return node
