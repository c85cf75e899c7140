"""RSA blind signatures, the holder's half of RSABSSA-SHA384-PSS-Deterministic (RFC 9474)."""

import hashlib
from dataclasses import dataclass
from math import gcd

from cryptography import exceptions
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA384

from narrative.independent.bytes import sha256
from narrative.independent.refusals import InvalidSignature, KeyMismatch

MODULUS_BITS = 2048
EXPONENT = 65537
SALT_LENGTH = 48
HASH_LENGTH = 48

# SubjectPublicKeyInfo of every RSASSA-PSS key of 2,048 bits with SHA-384, a salt of 48 bytes and e = 65537:
# this, the modulus, and the exponent (RFC 9578, section 6.5).
SPKI_START = bytes.fromhex(
    "30820152303d06092a864886f70d01010a3030a00d300b0609608648016503040202a11a301806092a864886f70d010108"
    "300b0609608648016503040202a2030201300382010f003082010a0282010100"
)
SPKI_END = bytes.fromhex("0203010001")


@dataclass(frozen=True)
class PublicKey:
    """A key is its modulus: the exponent is pinned, and the size too unless a test says otherwise."""

    n: int
    bits: int = MODULUS_BITS

    @classmethod
    def of_modulus(cls, modulus: bytes) -> "PublicKey":
        """Read a modulus of 256 bytes; raise KeyMismatch for anything that cannot be the key of a pass."""
        n = int.from_bytes(modulus, "big")
        if len(modulus) * 8 != MODULUS_BITS or n.bit_length() != MODULUS_BITS or n % 2 == 0:
            raise KeyMismatch
        return cls(n)

    @property
    def size(self) -> int:
        """Length of every message and signature, in bytes."""
        return (self.bits + 7) // 8

    @property
    def key_id(self) -> bytes:
        """token_key_id: SHA-256 of the key's SubjectPublicKeyInfo, 32 bytes."""
        return sha256(SPKI_START + self.n.to_bytes(self.size, "big") + SPKI_END)


@dataclass(frozen=True)
class Blinded:
    """What is sent (`message`) and what stays here (`inverse` of the blinding)."""

    message: bytes
    inverse: int


def encode(message: bytes, *, bits: int, salt: bytes) -> bytes:
    """Return EMSA-PSS-ENCODE with SHA-384 and MGF1-SHA-384 (RFC 8017, section 9.1.1); `bits` is emBits."""
    size = -(-bits // 8)
    digest = hashlib.sha384(bytes(8) + hashlib.sha384(message).digest() + salt).digest()
    block = bytes(size - HASH_LENGTH - len(salt) - 2) + b"\x01" + salt
    masked = bytearray(a ^ b for a, b in zip(block, _mask(digest, len(block)), strict=True))
    masked[0] &= 0xFF >> (8 * size - bits)
    return bytes(masked) + digest + b"\xbc"


def blind(key: PublicKey, message: bytes, *, salt: bytes, blinding: int) -> Blinded:
    """Hide a message from the signer (RFC 9474, section 4.2).

    The RFC's text encodes to as many bits as n has; its vectors, like RFC 8017, use one less. Raises
    ValueError for a blinding that has no inverse.
    """
    encoded = int.from_bytes(encode(message, bits=key.bits - 1, salt=salt), "big")
    if not 0 < blinding < key.n or gcd(blinding, key.n) != 1 or gcd(encoded, key.n) != 1:
        raise ValueError("the blinding lies between 0 and n and has no factor in common with it")
    hidden = encoded * pow(blinding, EXPONENT, key.n) % key.n
    return Blinded(hidden.to_bytes(key.size, "big"), pow(blinding, -1, key.n))


def finalize(
    key: PublicKey, message: bytes, blind_signature: bytes, inverse: int, *, salt_length: int = SALT_LENGTH
) -> bytes:
    """Take the blinding away (RFC 9474, section 4.4). Raises InvalidSignature unless the result verifies."""
    if len(blind_signature) != key.size:
        raise InvalidSignature
    number = int.from_bytes(blind_signature, "big") * inverse % key.n
    signature = number.to_bytes(key.size, "big")
    verify(key, message, signature, salt_length=salt_length)
    return signature


def verify(key: PublicKey, message: bytes, signature: bytes, *, salt_length: int = SALT_LENGTH) -> None:
    """Check an RSASSA-PSS signature (RFC 8017, section 8.1.2). Raises InvalidSignature."""
    public = RSAPublicNumbers(EXPONENT, key.n).public_key()
    try:
        public.verify(signature, message, PSS(MGF1(SHA384()), salt_length), SHA384())
    except exceptions.InvalidSignature:
        raise InvalidSignature from None


def _mask(seed: bytes, length: int) -> bytes:
    """MGF1 with SHA-384 (RFC 8017, appendix B.2.1)."""
    mask = b""
    for counter in range(-(-length // HASH_LENGTH)):
        mask += hashlib.sha384(seed + counter.to_bytes(4, "big")).digest()
    return mask[:length]
