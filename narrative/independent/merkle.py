"""The ledger's tree (RFC 9162, section 2.1), from the side of whoever checks it."""

from collections.abc import Sequence

from narrative.independent.bytes import sha256


def leaf_hash(body: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\x00" + body)


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees side by side."""
    return sha256(b"\x01" + left + right)


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes in their order (section 2.1.1)."""
    peaks: list[tuple[int, bytes]] = []
    for one in hashes:
        size, top = 1, one
        while peaks and peaks[-1][0] == size:
            top = node_hash(peaks.pop()[1], top)
            size *= 2
        peaks.append((size, top))
    if not peaks:
        return sha256(b"")
    root = peaks.pop()[1]
    while peaks:
        root = node_hash(peaks.pop()[1], root)
    return root


def is_included(leaf: bytes, *, position: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Tell whether a leaf's hash stands at `position` of the tree (section 2.1.3.2)."""
    if not 0 <= position < size:
        return False
    fn, sn, top = position, size - 1, leaf
    for one in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            top = node_hash(one, top)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            top = node_hash(top, one)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and top == root


def is_consistent(*, old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether the tree of `old` leaves is the beginning of the tree of `new` (section 2.1.4.2)."""
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof
    if not 0 < old < new or not proof:
        return False
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    before = after = path[0]
    for one in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            before, after = node_hash(one, before), node_hash(one, after)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            after = node_hash(after, one)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and before == old_root and after == new_root
