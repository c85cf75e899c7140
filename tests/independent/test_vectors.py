"""Every formula of the independent client against vectors that nobody here wrote."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from narrative.independent import rsa
from narrative.independent.bytes import from_base64url, hkdf, sha256, to_base64url
from narrative.independent.merkle import is_consistent, is_included, leaf_hash, root_of
from narrative.independent.passes import token_input
from narrative.independent.refusals import InvalidSignature, KeyMismatch

VECTORS = Path(__file__).parents[1] / "vectors"
RFC_9474 = json.loads((VECTORS / "rfc9474.json").read_text())
RFC_9578 = json.loads((VECTORS / "rfc9578-type2.json").read_text())

all_variants = pytest.mark.parametrize("vector", RFC_9474, ids=lambda vector: vector["name"])


def number(vector: dict[str, str], name: str) -> int:
    return int(vector[name], 16)


@all_variants
def test_rfc_9474(vector):
    key = rsa.PublicKey(number(vector, "n"), bits=4096)
    message, salt = bytes.fromhex(vector["input_msg"]), bytes.fromhex(vector["salt"])
    if "encoded_msg" in vector:
        assert rsa.encode(message, bits=key.bits - 1, salt=salt).hex() == vector["encoded_msg"]
    blinding = pow(number(vector, "inv"), -1, key.n)
    hidden = rsa.blind(key, message, salt=salt, blinding=blinding)
    assert hidden.message.hex() == vector["blinded_msg"]
    signature = rsa.finalize(
        key, message, bytes.fromhex(vector["blind_sig"]), hidden.inverse, salt_length=len(salt)
    )
    assert signature.hex() == vector["sig"]


@all_variants
def test_a_changed_signature_is_refused(vector):
    key = rsa.PublicKey(number(vector, "n"), bits=4096)
    changed = bytearray(bytes.fromhex(vector["blind_sig"]))
    changed[100] ^= 1
    for signature in (bytes(changed), b"", bytes(changed[:-1])):
        with pytest.raises(InvalidSignature):
            rsa.finalize(key, bytes.fromhex(vector["input_msg"]), signature, number(vector, "inv"))


@pytest.mark.parametrize("vector", RFC_9578, ids=range(len(RFC_9578)))
def test_rfc_9578_type_2(vector):
    value = {name: bytes.fromhex(text) for name, text in vector.items()}
    private = load_pem_private_key(value["skS"], password=None)
    n = private.public_key().public_numbers().n
    key = rsa.PublicKey.of_modulus(n.to_bytes(256, "big"))
    assert key.key_id == sha256(value["pkS"])
    signed = token_input(value["nonce"], sha256(value["token_challenge"]), key.key_id)
    blinding = int.from_bytes(value["blind"], "big")
    hidden = rsa.blind(key, signed, salt=value["salt"], blinding=blinding)
    assert b"\x00\x02" + key.key_id[-1:] + hidden.message == value["token_request"]
    assert signed + rsa.finalize(key, signed, value["token_response"], hidden.inverse) == value["token"]


@pytest.mark.parametrize(
    "modulus",
    [b"", b"\x80" + bytes(255), b"\x7f" + b"\xff" * 255, b"\xff" * 255, b"\xff" * 257],
    ids=["empty", "even", "short number", "short bytes", "long"],
)
def test_what_cannot_be_the_key_of_a_pass_is_refused(modulus):
    with pytest.raises(KeyMismatch):
        rsa.PublicKey.of_modulus(modulus)


def test_rfc_5869():
    """Test cases 1 and 3 of appendix A."""
    secret = b"\x0b" * 22
    first = hkdf(secret, info=bytes(range(0xF0, 0xFA)), length=42, salt=bytes(range(13)))
    assert first.hex() == (
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    )
    third = hkdf(secret, info=b"", length=42)
    assert third.hex() == (
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
    )


# The reference tree of certificate transparency: eight leaves, and its roots by size.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOT_OF_EIGHT = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def test_the_reference_tree():
    hashes = [leaf_hash(leaf) for leaf in LEAVES]
    assert root_of(hashes).hex() == ROOT_OF_EIGHT
    assert root_of(hashes[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert root_of([]) == sha256(b"")


def test_no_hash_fits_an_impossible_place():
    one = leaf_hash(b"")
    assert is_included(one, position=0, size=1, proof=[], root=one)
    assert not is_included(one, position=1, size=1, proof=[], root=one)
    assert not is_included(one, position=0, size=1, proof=[one], root=one)
    assert not is_included(one, position=-1, size=1, proof=[], root=one)
    assert not is_consistent(old=2, old_root=one, new=1, new_root=one, proof=[])
    assert not is_consistent(old=1, old_root=one, new=2, new_root=one, proof=[])


@pytest.mark.parametrize("text", ["a", "AA==", "AB", "a b", "é", None, 3])
def test_base64url_has_one_form(text):
    with pytest.raises(ValueError, match="base64url"):
        from_base64url(text)
    assert from_base64url(to_base64url(b"\x00\xff")) == b"\x00\xff"
