"""The ledger's tree: reference trees of certificate transparency, every small proof, every tampering."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrative.independent import merkle as independent
from narrative.ledger.rules import merkle

# The leaves and roots that logs of certificates are tried with (RFC 6962's own reference code).
REFERENCE_LEAVES = [
    bytes.fromhex(text)
    for text in (
        *("", "00", "10", "2021", "3031", "40414243"),
        *("5051525354555657", "606162636465666768696a6b6c6d6e6f"),
    )
]
REFERENCE_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
MOST = 33


def hashes_of(bodies: list[bytes]) -> list[bytes]:
    return [merkle.leaf_hash(body) for body in bodies]


def stored(hashes: list[bytes]) -> merkle.Lookup:
    """A lookup over nodes that were completed one leaf after the other, as the database keeps them."""
    kept: dict[tuple[int, int], bytes] = {}
    for position, leaf in enumerate(hashes):
        kept[0, position] = leaf
        for level, place, found in merkle.completed(position, leaf, lambda *where: kept[where]):
            kept[level, place] = found
    return lambda level, position: kept[level, position]


BODIES = [str(number).encode() for number in range(MOST)]
HASHES = hashes_of(BODIES)
NODE = stored(HASHES)
ROOTS = [merkle.root(size, NODE) for size in range(MOST + 1)]


def test_the_empty_tree_is_the_hash_of_nothing() -> None:
    assert merkle.root_of_leaves([]) == hashlib.sha256(b"").digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_the_reference_trees(size: int) -> None:
    hashes = hashes_of(REFERENCE_LEAVES)
    assert merkle.root(size, stored(hashes)).hex() == REFERENCE_ROOTS[size - 1]
    assert merkle.root_of_leaves(hashes[:size]).hex() == REFERENCE_ROOTS[size - 1]


def test_a_reference_proof_of_inclusion() -> None:
    """Leaf 5 of 8, as published with the reference trees."""
    proof = merkle.inclusion_proof(5, 8, stored(hashes_of(REFERENCE_LEAVES)))
    assert [one.hex()[:16] for one in proof] == ["bc1a0643b12e4d2d", "ca854ea128ed050b", "d37ee418976dd957"]


def test_a_reference_proof_of_consistency() -> None:
    """From 6 to 8."""
    proof = merkle.consistency_proof(6, 8, stored(hashes_of(REFERENCE_LEAVES)))
    assert [one.hex()[:16] for one in proof] == ["0ebc5d3437fbe2db", "ca854ea128ed050b", "d37ee418976dd957"]


def test_stored_nodes_and_leaves_at_hand_give_the_same_roots() -> None:
    assert [merkle.root_of_leaves(HASHES[:size]) for size in range(MOST + 1)] == ROOTS


def included(position: int, size: int, proof: list[bytes], *, leaf: bytes, root: bytes) -> bool:
    """Whether both checkers say so; they must not differ."""
    ours = merkle.verify_inclusion(leaf, position=position, size=size, proof=proof, expected_root=root)
    theirs = independent.is_included(leaf, position=position, size=size, proof=proof, root=root)
    assert ours == theirs
    return ours


@pytest.mark.parametrize("size", range(1, MOST + 1))
def test_every_leaf_of_every_tree_is_proven_and_nothing_else(size: int) -> None:
    for position in range(size):
        proof = merkle.inclusion_proof(position, size, NODE)
        assert len(proof) <= (size - 1).bit_length()
        right = {"leaf": HASHES[position], "root": ROOTS[size]}
        assert included(position, size, proof, **right)
        assert not included(position, size, proof, leaf=HASHES[position], root=ROOTS[size - 1])
        assert not included(position, size, [*proof, ROOTS[1]], **right)
        if size > 1:
            assert not included(position, size, proof[:-1], **right)
            assert not included(position, size, proof, leaf=HASHES[(position + 1) % size], root=ROOTS[size])
            assert not included((position + 1) % size, size, proof, **right)
        for at in range(len(proof)):
            bent = [*proof[:at], bytes(32), *proof[at + 1 :]]
            assert not included(position, size, bent, **right)


def consistent(old: int, new: int, proof: list[bytes], *, old_root: bytes, new_root: bytes) -> bool:
    """Whether both checkers say so; they must not differ."""
    roots = {"old_root": old_root, "new_root": new_root}
    ours = merkle.verify_consistency(old=old, new=new, proof=proof, **roots)
    assert ours == independent.is_consistent(old=old, new=new, proof=proof, **roots)
    return ours


@pytest.mark.parametrize("new", range(1, MOST + 1))
def test_every_tree_begins_with_every_smaller_one_and_that_is_all_that_is_proven(new: int) -> None:
    for old in range(1, new + 1):
        proof = merkle.consistency_proof(old, new, NODE)
        assert consistent(old, new, proof, old_root=ROOTS[old], new_root=ROOTS[new])
        assert not consistent(old, new, proof, old_root=bytes(32), new_root=ROOTS[new])
        assert not consistent(old, new, proof, old_root=ROOTS[old], new_root=bytes(32))
        assert not consistent(old, new, [*proof, ROOTS[1]], old_root=ROOTS[old], new_root=ROOTS[new])
        for at in range(len(proof)):
            bent = [*proof[:at], bytes(32), *proof[at + 1 :]]
            assert not consistent(old, new, bent, old_root=ROOTS[old], new_root=ROOTS[new])
            short = proof[:at] + proof[at + 1 :]
            assert not consistent(old, new, short, old_root=ROOTS[old], new_root=ROOTS[new])


@pytest.mark.parametrize(("position", "size"), [(0, 0), (1, 1), (-1, 1), (5, 3)])
def test_there_is_no_proof_of_what_is_not_there(position: int, size: int) -> None:
    with pytest.raises(ValueError, match="not in a tree"):
        merkle.inclusion_proof(position, size, NODE)
    assert not merkle.verify_inclusion(
        HASHES[0], position=position, size=size, proof=[], expected_root=ROOTS[1]
    )


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 3), (4, 3), (-1, 2)])
def test_there_is_no_proof_from_nothing_or_backwards(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="smaller tree"):
        merkle.consistency_proof(old, new, NODE)
    assert not merkle.verify_consistency(old=old, old_root=ROOTS[1], new=new, new_root=ROOTS[1], proof=[])


bodies = st.lists(st.binary(max_size=20), min_size=2, max_size=40)


@given(bodies, st.data())
def test_a_dropped_leaf_is_caught(kept: list[bytes], data: st.DataObject) -> None:
    """Whoever saw the ledger before finds no proof that leads from there to one without the leaf."""
    seen = data.draw(st.integers(1, len(kept)))
    dropped = data.draw(st.integers(0, seen - 1))
    other = kept[:dropped] + kept[dropped + 1 :] + [b"what came after", b"and after"]
    assert caught(kept[:seen], other) or kept[:seen] == other[:seen]


@given(bodies, st.data())
def test_an_edited_leaf_is_caught(kept: list[bytes], data: st.DataObject) -> None:
    seen = data.draw(st.integers(1, len(kept)))
    edited = data.draw(st.integers(0, seen - 1))
    other = [*kept[:edited], kept[edited] + b"!", *kept[edited + 1 :]]
    assert caught(kept[:seen], other)


@given(bodies, st.data())
def test_reordered_leaves_are_caught(kept: list[bytes], data: st.DataObject) -> None:
    other = data.draw(st.permutations(kept))
    assert caught(kept, [*other, b"what came after"]) or other == kept


def caught(seen: list[bytes], other: list[bytes]) -> bool:
    """Whether the best proof that the other ledger can make fails against the root that was seen."""
    hashes = hashes_of(other)
    proof = merkle.consistency_proof(len(seen), len(other), stored(hashes))
    return not merkle.verify_consistency(
        old=len(seen),
        old_root=merkle.root_of_leaves(hashes_of(seen)),
        new=len(other),
        new_root=merkle.root_of_leaves(hashes),
        proof=proof,
    )
