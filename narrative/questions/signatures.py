"""Whether whoever asked a question signed something: Ed25519, as every program that checks it reads it. Pure.

What the server takes stands in the ledger for good, where browsers check it anew. The few keys and signatures
about which programs disagree (points of small order, numbers not written in their one form) are refused: a
colleague could otherwise have the server write down what browsers then call forged.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from narrative.encoding import from_base64url

KEY_LENGTH = 32
SIGNATURE_LENGTH = 64

FIELD = 2**255 - 19
# The y-coordinates of the points whose order is 1, 2, 4 or 8.
_ORDER_8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022
SMALL_ORDER = frozenset({0, 1, FIELD - 1, _ORDER_8, FIELD - _ORDER_8})


def signature_of(mark: str, signature: str, message: bytes) -> bytes | None:
    """Return the signature's bytes if the key of that mark made it over these bytes, else None."""
    key = from_base64url(mark, length=KEY_LENGTH)
    made = from_base64url(signature, length=SIGNATURE_LENGTH)
    if key is None or made is None or not (_is_plain(key) and _is_plain(made[:KEY_LENGTH])):
        return None
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(made, message)
    except InvalidSignature:
        return None
    return made


def _is_plain(point: bytes) -> bool:
    """Tell whether a point is written in its one form, and is none of the eight that hold for anything."""
    y = int.from_bytes(point, "little") & (2**255 - 1)
    return y < FIELD and y not in SMALL_ORDER
