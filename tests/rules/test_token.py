"""RFC 9578 type 2 to the byte; a pass is good for one thing only; what is kept of a spent one."""

import hashlib
import json
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrative.passes.blind_rsa import InvalidSignature, blind, blind_sign, encode, finalize
from narrative.passes.rsa_keys import PrivateKey, PublicKey
from narrative.passes.token import (
    MalformedToken,
    OtherChallenge,
    OtherKey,
    Token,
    challenge,
    challenge_digest,
    spent_mark,
    token_challenge,
    token_input,
    verify_token,
)

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/rfc9578-type2.json").read_text())
KEY = PrivateKey.generate()
ASK = {"issuer": "narrative.example", "quarter": "2026-q3", "purpose": "ask", "slot": 0}
CHALLENGE = challenge(**ASK)

all_vectors = pytest.mark.parametrize("vector", VECTORS, ids=range(len(VECTORS)))


def make_token(nonce: bytes = bytes(32), *, key: PrivateKey = KEY, salt: bytes | None = None) -> Token:
    digest = challenge_digest(CHALLENGE)
    message = token_input(nonce, challenge_digest=digest, key_id=key.public.key_id)
    hidden = blind(key.public, message, salt=salt)
    signature = finalize(key.public, message, blind_sign(key, hidden.message), hidden.inverse)
    return Token(nonce, digest, key.public.key_id, signature)


TOKEN = make_token()


def test_the_rfc_has_five_vectors():
    assert len(VECTORS) == 5


@all_vectors
def test_rfc_9578_type_2(vector):
    value = {name: bytes.fromhex(text) for name, text in vector.items()}
    key = PrivateKey.from_pem(value["skS"])
    assert key.public.spki == value["pkS"]
    assert PublicKey.from_spki(value["pkS"]) == key.public

    digest = challenge_digest(value["token_challenge"])
    message = token_input(value["nonce"], challenge_digest=digest, key_id=key.public.key_id)
    hidden = blind(key.public, message, salt=value["salt"], blinding=int.from_bytes(value["blind"], "big"))
    assert b"\x00\x02" + key.public.key_id[-1:] + hidden.message == value["token_request"]
    assert blind_sign(key, hidden.message) == value["token_response"]
    signature = finalize(key.public, message, value["token_response"], hidden.inverse)
    token = Token(value["nonce"], digest, key.public.key_id, signature)
    assert token.serialize() == value["token"]
    assert Token.parse(value["token"]) == token
    verify_token(token, key=key.public, challenge=value["token_challenge"])


@all_vectors
def test_rfc_9577_challenges(vector):
    data = bytes.fromhex(vector["token_challenge"])
    issuer = data[4 : 4 + int.from_bytes(data[2:4], "big")]
    rest = data[4 + len(issuer) :]
    context, origin = rest[1 : 1 + rest[0]], rest[1 + rest[0] + 2 :]
    assert issuer == b"issuer.example"
    assert len(context) in (0, 32)
    assert token_challenge(issuer.decode(), redemption_context=context, origin_info=origin) == data


def test_the_challenge_of_a_pass_written_out():
    context = hashlib.sha256(b"\0\x0cnarrative v1\0\x072026-q3\0\x03ask\0\x010").digest()
    assert b"\0\x02\0\x11narrative.example\x20" + context + b"\0\0" == CHALLENGE


def test_the_mark_of_a_spent_pass_written_out():
    fields = b"\0\x12narrative spent v1\0\x03ask\0\x072026-q3\0\x010\0\x20" + bytes(32)
    assert spent_mark(bytes(32), quarter="2026-q3", purpose="ask") == hashlib.sha256(fields).digest()


@given(nonce=st.binary(min_size=32, max_size=32))
@settings(max_examples=20, deadline=None)
def test_a_pass_verifies_and_survives_travel(nonce):
    token = make_token(nonce)
    assert len(token.serialize()) == 354
    assert Token.parse(token.serialize()) == token
    verify_token(token, key=KEY.public, challenge=CHALLENGE)


@given(bit=st.integers(0, 354 * 8 - 1))
@settings(max_examples=100, deadline=None)
def test_one_changed_bit_of_a_pass_is_refused(bit):
    changed = bytearray(TOKEN.serialize())
    changed[bit // 8] ^= 1 << bit % 8
    refusal = {0: MalformedToken, 1: InvalidSignature, 2: OtherChallenge, 3: OtherKey}
    expected = refusal[0 if bit < 16 else 2 if 272 <= bit < 528 else 3 if 528 <= bit < 784 else 1]
    with pytest.raises(expected):
        verify_token(Token.parse(bytes(changed)), key=KEY.public, challenge=CHALLENGE)


@given(data=st.binary(max_size=400).filter(lambda data: len(data) != 354))
def test_another_length_is_no_token(data):
    with pytest.raises(MalformedToken):
        Token.parse(data)


@pytest.mark.parametrize("change", [-1, 1])
def test_a_token_cut_or_grown_is_no_token(change):
    data = TOKEN.serialize()
    with pytest.raises(MalformedToken):
        Token.parse(data[:change] if change < 0 else data + b"\0")


@pytest.mark.parametrize(
    "other",
    [{"issuer": "other.example"}, {"quarter": "2026-q4"}, {"purpose": "vote"}, {"slot": 1}],
    ids=lambda other: next(iter(other)),
)
def test_a_pass_for_something_else_is_refused(other):
    with pytest.raises(OtherChallenge):
        verify_token(TOKEN, key=KEY.public, challenge=challenge(**(ASK | other)))


def test_a_pass_of_another_key_is_refused():
    other = PrivateKey.generate()
    with pytest.raises(OtherKey):
        verify_token(TOKEN, key=other.public, challenge=CHALLENGE)
    claimed = Token(TOKEN.nonce, TOKEN.challenge_digest, other.public.key_id, TOKEN.authenticator)
    with pytest.raises(InvalidSignature):
        verify_token(claimed, key=other.public, challenge=CHALLENGE)


def test_two_signatures_of_one_nonce_are_one_spent_pass():
    """Whoever holds a pass could have its nonce signed with many salts: the mark must not follow them."""
    first, second = make_token(salt=bytes(48)), make_token(salt=bytes([1] * 48))
    assert first.authenticator != second.authenticator
    for token in (first, second):
        verify_token(token, key=KEY.public, challenge=CHALLENGE)
    marks = {spent_mark(token.nonce, quarter="2026-q3", purpose="ask") for token in (first, second)}
    assert len(marks) == 1


CONTEXTS = st.tuples(st.text("aq-01", max_size=4), st.text("aq-01", max_size=4), st.integers(0, 200))


@given(contexts=st.sets(CONTEXTS, min_size=2, max_size=6))
def test_no_two_contexts_are_alike(contexts):
    """Fields that run into one another would make ("2026-q1", "1ask") and ("2026-q11", "ask") one."""
    nonce = bytes(32)
    for (quarter, purpose, slot), (quarter2, purpose2, slot2) in combinations(contexts, 2):
        one = {"quarter": quarter, "purpose": purpose, "slot": slot}
        two = {"quarter": quarter2, "purpose": purpose2, "slot": slot2}
        assert challenge(issuer="i", **one) != challenge(issuer="i", **two)
        assert spent_mark(nonce, **one) != spent_mark(nonce, **two)


def test_passes_use_one_bit_less_than_the_modulus():
    encoded = encode(TOKEN.signed, bits=KEY.n.bit_length() - 1, salt=bytes(48))
    assert len(encoded) == 256
    assert encoded[0] < 0x80
