"""Whether whoever asked a question signed what the ledger says in their name."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from narrative.independent.bytes import fields, from_base64url, sha256
from narrative.independent.receipts import FOLLOW_UP_LABEL, MESSAGE_LABEL


def follow_up_hash(salt: bytes, *, mark: str, number: int, text: str) -> str:
    """Return what the ledger holds of a follow-up, 64 characters of hex."""
    return sha256(fields(FOLLOW_UP_LABEL, salt, mark, str(number), text)).hex()


def is_signed(signature: str, *, quarter: str, mark: str, number: int, text_hash: str = "") -> bool:
    """Tell whether the key of a mark signed a follow-up, or a withdrawal, which is number 0."""
    said = fields(MESSAGE_LABEL, quarter, mark, str(number), text_hash)
    try:
        key = Ed25519PublicKey.from_public_bytes(from_base64url(mark))
        key.verify(from_base64url(signature), said)
    except (InvalidSignature, ValueError):
        return False
    return True
