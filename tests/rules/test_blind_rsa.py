"""RFC 9474 to the byte, on both arithmetic paths; and no signature for anything but a well-formed message."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from narrative.passes import blind_rsa
from narrative.passes.blind_rsa import (
    InvalidSignature,
    MalformedBlindedMessage,
    SigningFault,
    UnusableMessage,
    blind,
    blind_sign,
    encode,
    finalize,
    plain_power,
    prepare,
    verify,
)
from narrative.passes.rsa_keys import MalformedKey, PrivateKey, PublicKey

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/rfc9474.json").read_text())
KEY = PrivateKey.generate()
PUBLIC = KEY.public

gmp = pytest.param(
    blind_rsa.gmp_power,
    id="gmp",
    marks=pytest.mark.skipif(
        blind_rsa.powmod_sec is None, reason="gmpy2 (the extra `fast`) is not installed"
    ),
)
both_paths = pytest.mark.parametrize("power", [pytest.param(plain_power, id="plain"), gmp])
all_variants = pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])


def number(vector: dict[str, str], name: str) -> int:
    return int(vector[name], 16)


def key_of(vector: dict[str, str]) -> PrivateKey:
    return PrivateKey(**{name: number(vector, name) for name in "nedpq"})


def test_the_rfc_has_four_variants():
    assert [vector["name"] for vector in VECTORS] == [
        "RSABSSA-SHA384-PSS-Randomized",
        "RSABSSA-SHA384-PSSZERO-Randomized",
        "RSABSSA-SHA384-PSS-Deterministic",
        "RSABSSA-SHA384-PSSZERO-Deterministic",
    ]


@both_paths
@all_variants
def test_rfc_9474(vector, power):
    key = key_of(vector)
    message, salt = bytes.fromhex(vector["input_msg"]), bytes.fromhex(vector["salt"])
    assert message == bytes.fromhex(vector["msg_prefix"] + vector["msg"])
    assert len(salt) == number(vector, "sLen")
    if "encoded_msg" in vector:
        assert encode(message, bits=key.n.bit_length() - 1, salt=salt).hex() == vector["encoded_msg"]

    hidden = blind(key.public, message, salt=salt, blinding=pow(number(vector, "inv"), -1, key.n))
    assert hidden.inverse == number(vector, "inv")
    assert hidden.message.hex() == vector["blinded_msg"]
    blind_signature = blind_sign(key, hidden.message, power=power)
    assert blind_signature.hex() == vector["blind_sig"]
    signature = finalize(key.public, message, blind_signature, hidden.inverse, salt_length=len(salt))
    assert signature.hex() == vector["sig"]


@all_variants
def test_another_salt_length_is_never_accepted(vector):
    other = 0 if number(vector, "sLen") else 48
    with pytest.raises(InvalidSignature):
        verify(
            key_of(vector).public,
            bytes.fromhex(vector["input_msg"]),
            bytes.fromhex(vector["sig"]),
            salt_length=other,
        )


@given(message=st.binary(max_size=200))
@settings(max_examples=25, deadline=None)
def test_every_message_comes_back_signed(message):
    hidden = blind(PUBLIC, message)
    signature = finalize(PUBLIC, message, blind_sign(KEY, hidden.message), hidden.inverse)
    verify(PUBLIC, message, signature)


def test_the_same_message_is_never_blinded_alike():
    assert blind(PUBLIC, b"m").message != blind(PUBLIC, b"m").message


def test_signing_is_a_function_of_the_blinded_message():
    hidden = blind(PUBLIC, b"m").message
    assert blind_sign(KEY, hidden) == blind_sign(KEY, hidden) == blind_sign(KEY, hidden, power=plain_power)


@given(bit=st.integers(0, 2047))
@settings(max_examples=60, deadline=None)
def test_one_changed_bit_of_a_signature_is_refused(bit):
    hidden = blind(PUBLIC, b"m")
    blind_signature = blind_sign(KEY, hidden.message)
    signature = finalize(PUBLIC, b"m", blind_signature, hidden.inverse)
    with pytest.raises(InvalidSignature):
        verify(PUBLIC, b"m", flipped(signature, bit))
    with pytest.raises(InvalidSignature):
        finalize(PUBLIC, b"m", flipped(blind_signature, bit), hidden.inverse)


@given(bit=st.integers(0, 98 * 8 - 1))
@settings(max_examples=40, deadline=None)
def test_one_changed_bit_of_a_message_is_refused(bit):
    message = bytes(98)
    hidden = blind(PUBLIC, message)
    with pytest.raises(InvalidSignature):
        finalize(PUBLIC, flipped(message, bit), blind_sign(KEY, hidden.message), hidden.inverse)


@pytest.mark.parametrize("length", [0, 255, 257, 512])
def test_a_signature_of_another_length_is_refused(length):
    hidden = blind(PUBLIC, b"m")
    signature = bytes(length)
    with pytest.raises(InvalidSignature):
        finalize(PUBLIC, b"m", signature, hidden.inverse)
    with pytest.raises(InvalidSignature):
        verify(PUBLIC, b"m", signature)


@both_paths
@pytest.mark.parametrize(
    "value",
    [0, 1, PUBLIC.n - 1, PUBLIC.n, PUBLIC.n + 1, 2**2048 - 1],
    ids=["0", "1", "n - 1", "n", "n + 1", "2^2048 - 1"],
)
def test_numbers_outside_the_range_are_never_signed(value, power):
    with pytest.raises(MalformedBlindedMessage):
        blind_sign(KEY, value.to_bytes(256, "big"), power=power)


@both_paths
@pytest.mark.parametrize("value", [2, PUBLIC.n - 2], ids=["2", "n - 2"])
def test_numbers_at_the_edge_of_the_range_are_signed(value, power):
    signature = blind_sign(KEY, value.to_bytes(256, "big"), power=power)
    assert pow(int.from_bytes(signature, "big"), 65537, PUBLIC.n) == value


@both_paths
@given(length=st.integers(0, 600).filter(lambda length: length != 256))
@settings(max_examples=30, deadline=None)
def test_another_length_is_never_signed(power, length):
    with pytest.raises(MalformedBlindedMessage):
        blind_sign(KEY, (2).to_bytes(length, "big") if length else b"", power=power)


@both_paths
def test_a_fault_in_either_half_is_kept_back(power):
    for modulus in (KEY.p, KEY.q):

        def faulty(base, exponent, n, hit=modulus):
            return power(base, exponent, n) ^ (n == hit)

        with pytest.raises(SigningFault):
            blind_sign(KEY, blind(PUBLIC, b"m").message, power=faulty)


@both_paths
def test_private_exponents_and_their_bases_are_fresh_each_time(power):
    seen = []

    def watched(base, exponent, n):
        seen.append((base, exponent))
        return power(base, exponent, n)

    hidden = blind(PUBLIC, b"m").message
    for _ in range(3):
        blind_sign(KEY, hidden, power=watched)
    private = [(base, exponent) for base, exponent in seen if exponent != PUBLIC.e]
    assert len({base for base, _ in private}) == len({exponent for _, exponent in private}) == 6
    assert {exponent % (KEY.p - 1) for _, exponent in private[::2]} == {KEY.dp}


@pytest.mark.parametrize(
    "blinding", [0, PUBLIC.n, PUBLIC.n + 1, KEY.p, 7 * KEY.q], ids=["0", "n", "n + 1", "p", "7q"]
)
def test_a_blinding_without_inverse_is_refused(blinding):
    with pytest.raises(UnusableMessage):
        blind(PUBLIC, b"m", blinding=blinding)


def test_blindness_every_blinded_message_fits_every_message():
    """With the private key in hand: for each pair there is a blinding that explains it, so none is told."""
    salt = bytes(48)
    messages = [bytes([number]) for number in range(6)]
    blinded = [blind(PUBLIC, message, salt=salt).message for message in messages]
    for message in messages:
        encoded = int.from_bytes(encode(message, bits=2047, salt=salt), "big")
        for hidden in blinded:
            power_of_r = int.from_bytes(hidden, "big") * pow(encoded, -1, KEY.n) % KEY.n
            r = pow(power_of_r, KEY.d, KEY.n)
            assert blind(PUBLIC, message, salt=salt, blinding=r).message == hidden


def test_prepare():
    assert prepare(b"m") == b"m"
    first, second = prepare(b"m", randomized=True), prepare(b"m", randomized=True)
    assert len(first) == 33
    assert first.endswith(b"m")
    assert first != second


def test_a_private_key_survives_storage():
    assert PrivateKey.from_der(KEY.to_der()) == KEY
    assert PrivateKey.from_pem(KEY.to_pem()) == KEY


def test_a_public_key_survives_travel():
    assert PublicKey.from_spki(PUBLIC.spki) == PUBLIC
    assert PUBLIC.size == 256
    assert PUBLIC.e == 65537
    assert PUBLIC.jwk["e"] == "AQAB"
    assert len(PUBLIC.jwk["n"]) == 342


@pytest.mark.parametrize("name", ["d", "p", "q"])
def test_secret_numbers_are_not_printed(name):
    assert str(getattr(KEY, name)) not in repr(KEY)
    assert str(KEY.n) in repr(KEY)


@pytest.mark.parametrize("garbage", [b"", b"\x30", b"-----BEGIN PRIVATE KEY-----", bytes(300)])
def test_garbage_is_no_key(garbage):
    for read in (PrivateKey.from_der, PrivateKey.from_pem, PublicKey.from_spki):
        with pytest.raises(MalformedKey):
            read(garbage)


def test_another_kind_of_key_is_no_key():
    other = ed25519.Ed25519PrivateKey.generate()
    with pytest.raises(MalformedKey):
        PrivateKey.from_der(other.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(MalformedKey):
        PublicKey.from_spki(other.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    plain_rsa = PUBLIC.verifier.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(MalformedKey):
        PublicKey.from_spki(plain_rsa)


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
