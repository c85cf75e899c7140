"""What whoever asked signed: taken where every program that checks it agrees, and refused elsewhere."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from narrative.questions.signatures import FIELD, SMALL_ORDER, signature_of
from tests.pass_holder import to_base64url

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
MARK = to_base64url(KEY.public_key().public_bytes_raw())
SAID = b"said"
MADE = KEY.sign(SAID)

D = -121665 * pow(121666, -1, FIELD) % FIELD


def test_a_signature_holds_for_its_key_and_its_message_only():
    assert signature_of(MARK, to_base64url(MADE), SAID) == MADE
    other = to_base64url(Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    assert signature_of(other, to_base64url(MADE), SAID) is None
    assert signature_of(MARK, to_base64url(MADE), b"other") is None
    assert signature_of(MARK, to_base64url(MADE)[:-1], SAID) is None
    assert signature_of(MARK[:-1], to_base64url(MADE), SAID) is None
    assert signature_of("", "", SAID) is None


@pytest.mark.parametrize("y", sorted(SMALL_ORDER), ids=range(5))
@pytest.mark.parametrize("sign", [0, 1])
def test_a_key_that_holds_for_anything_is_refused(y, sign):
    """With such a key the signature (identity, 0) is valid for one message in a few: programs disagree."""
    key = (y | sign << 255).to_bytes(32, "little")
    forged = (1).to_bytes(32, "little") + bytes(32)
    for number in range(64):
        assert signature_of(to_base64url(key), to_base64url(forged), bytes([number])) is None


def test_the_control_such_keys_are_taken_without_looking():
    key = (1).to_bytes(32, "little")
    forged = (1).to_bytes(32, "little") + bytes(32)
    Ed25519PublicKey.from_public_bytes(key).verify(forged, b"anything at all")


def test_the_points_that_are_refused_are_those_of_small_order():
    """On -x² + y² = 1 + d·x²·y² eight times each is the identity, and there are no others."""
    points = []
    for y in SMALL_ORDER:
        square = (y * y - 1) * pow(D * y * y + 1, -1, FIELD) % FIELD
        x = pow(square, (FIELD + 3) // 8, FIELD)
        x = x if x * x % FIELD == square else x * pow(2, (FIELD - 1) // 4, FIELD) % FIELD
        assert x * x % FIELD == square
        points += [(x, y), (-x % FIELD, y)]
    assert len(set(points)) == 8
    assert {double(double(double(point))) for point in points} == {(0, 1)}


def double(point: tuple[int, int]) -> tuple[int, int]:
    x, y = point
    k = D * x * x * y * y
    return 2 * x * y * pow(1 + k, -1, FIELD) % FIELD, (y * y + x * x) * pow(1 - k, -1, FIELD) % FIELD


def test_a_key_that_is_not_written_in_its_one_form_is_refused():
    for y in (FIELD, FIELD + 1, 2**255 - 1):
        assert signature_of(to_base64url(y.to_bytes(32, "little")), to_base64url(MADE), SAID) is None
