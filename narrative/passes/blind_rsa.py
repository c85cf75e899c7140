"""RSA blind signatures, RSABSSA-SHA384-PSS (RFC 9474): the mathematics of a pass, and nothing else.

The holder hides an encoded message behind a random number r, the signer signs what it cannot read, and the
holder takes r away again:

    holder   blind        z = EM · r^e                mod n
    signer   blind_sign   s = z^d                     mod n
    holder   finalize     s · r^-1 = EM^d             mod n, an ordinary RSASSA-PSS signature

For every z and every EM there is exactly one r that ties them, so z says nothing about EM, whoever has the
private key. Passes use the variant RSABSSA-SHA384-PSS-Deterministic: their messages hold a fresh nonce.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from math import gcd

from cryptography.exceptions import InvalidSignature as PaddingMismatch
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.hashes import SHA384

from .rsa_keys import PrivateKey, PublicKey

try:
    from gmpy2 import powmod_sec
except ImportError:  # the optional extra `fast`
    powmod_sec = None

SALT_LENGTH = 48
PREFIX_LENGTH = 32
HASH_LENGTH = 48
EXPONENT_BLINDING_BITS = 64

Power = Callable[[int, int, int], int]


class BlindSignatureError(ValueError):
    """What every refusal of this module is."""


class MalformedBlindedMessage(BlindSignatureError):
    """The blinded message has a wrong length, or is a number outside (1, n − 1)."""


class InvalidSignature(BlindSignatureError):
    """The signature does not belong to this message and key. A holder throws the message away for good."""


class UnusableMessage(BlindSignatureError):
    """The message or the blinding has a factor in common with n: with honest keys this does not happen."""


class SigningFault(RuntimeError):
    """The signature did not verify and was kept back: released, it could have given a factor of n away."""


@dataclass(frozen=True)
class Blinded:
    """What the holder sends (`message`) and what only the holder keeps (`inverse`, r^-1 mod n)."""

    message: bytes
    inverse: int


def plain_power(base: int, exponent: int, modulus: int) -> int:
    return pow(base, exponent, modulus)


def gmp_power(base: int, exponent: int, modulus: int) -> int:
    """GMP's power whose time does not depend on its arguments; exponent > 0, modulus odd."""
    return int(powmod_sec(base, exponent, modulus))


fastest_power: Power = gmp_power if powmod_sec else plain_power


def prepare(message: bytes, *, randomized: bool = False) -> bytes:
    """The message to be signed (RFC 9474, section 4.1): as it is, or behind a random prefix of 32 bytes."""
    return secrets.token_bytes(PREFIX_LENGTH) + message if randomized else message


def encode(message: bytes, *, bits: int, salt: bytes) -> bytes:
    """EMSA-PSS-ENCODE with SHA-384 and MGF1-SHA-384 (RFC 8017, section 9.1.1); `bits` is emBits."""
    size = (bits + 7) // 8
    digest = hashlib.sha384(bytes(8) + hashlib.sha384(message).digest() + salt).digest()
    padding = bytes(size - HASH_LENGTH - len(salt) - 2)
    block = _number(padding + b"\x01" + salt)
    length = size - HASH_LENGTH - 1
    masked = (block ^ _number(_mask(digest, length))) % (1 << (8 * length - (8 * size - bits)))
    return masked.to_bytes(length, "big") + digest + b"\xbc"


def blind(
    key: PublicKey, message: bytes, *, salt: bytes | None = None, blinding: int | None = None
) -> Blinded:
    """Hide a prepared message from the signer (RFC 9474, section 4.2).

    `salt` (48 bytes) and `blinding` (1 < r < n) are fresh random numbers unless they are given.
    The RFC's text encodes to bit_len(n) bits; its vectors, like RFC 8017, use bit_len(n) − 1.
    """
    salt = secrets.token_bytes(SALT_LENGTH) if salt is None else salt
    encoded = _number(encode(message, bits=key.n.bit_length() - 1, salt=salt))
    r = _invertible(key.n) if blinding is None else blinding
    if not 0 < r < key.n or gcd(r, key.n) != 1 or gcd(encoded, key.n) != 1:
        raise UnusableMessage("the message or its blinding has a factor in common with the modulus")
    hidden = encoded * pow(r, key.e, key.n) % key.n
    return Blinded(hidden.to_bytes(key.size, "big"), pow(r, -1, key.n))


def blind_sign(key: PrivateKey, blinded: bytes, *, power: Power = fastest_power) -> bytes:
    """Sign a blinded message (RFC 9474, section 4.3) and check the result before it leaves.

    Raises `MalformedBlindedMessage` for a wrong length or a number outside (1, n − 1), and `SigningFault`
    when s^e differs from the message. The number that meets the private exponents is multiplied by a fresh
    random r^e, and each exponent has a fresh random multiple of its order added, so that neither time nor
    power drawn follows what the sender chose.
    """
    message = _number(blinded)
    if len(blinded) != key.public.size or not 1 < message < key.n - 1:
        raise MalformedBlindedMessage("a blinded message is as long as the modulus and in (1, n − 1)")
    r = _invertible(key.n)
    masked = message * power(r, key.e, key.n) % key.n
    signature = _private_power(key, masked, power) * pow(r, -1, key.n) % key.n
    if power(signature, key.e, key.n) != message:
        raise SigningFault("a blind signature did not verify and was not released")
    return signature.to_bytes(key.public.size, "big")


def finalize(
    key: PublicKey, message: bytes, blind_signature: bytes, inverse: int, *, salt_length: int = SALT_LENGTH
) -> bytes:
    """Take the blinding away (RFC 9474, section 4.4); `InvalidSignature` unless the result verifies."""
    if len(blind_signature) != key.size:
        raise InvalidSignature("a blind signature is as long as the modulus")
    signature = (_number(blind_signature) * inverse % key.n).to_bytes(key.size, "big")
    verify(key, message, signature, salt_length=salt_length)
    return signature


def verify(key: PublicKey, message: bytes, signature: bytes, *, salt_length: int = SALT_LENGTH) -> None:
    """Check an RSASSA-PSS signature (RFC 8017, section 8.1.2). Raises `InvalidSignature`; returns nothing."""
    try:
        key.verifier.verify(signature, message, PSS(MGF1(SHA384()), salt_length), SHA384())
    except PaddingMismatch as error:
        raise InvalidSignature("the signature does not belong to this message and key") from error


def _private_power(key: PrivateKey, number: int, power: Power) -> int:
    """number^d mod n by the Chinese remainder theorem, each exponent blinded."""
    in_p = power(number % key.p, _blinded_exponent(key.dp, key.p), key.p)
    in_q = power(number % key.q, _blinded_exponent(key.dq, key.q), key.q)
    return in_q + key.q * ((in_p - in_q) * key.q_inverse % key.p)


def _blinded_exponent(exponent: int, prime: int) -> int:
    """The same power for every base: a random multiple of the group's order, prime − 1, is added."""
    return exponent + secrets.randbits(EXPONENT_BLINDING_BITS) * (prime - 1)


def _invertible(n: int) -> int:
    """A uniform random number in (1, n) without a factor in common with n."""
    while True:
        number = 2 + secrets.randbelow(n - 2)
        if gcd(number, n) == 1:
            return number


def _mask(seed: bytes, length: int) -> bytes:
    """MGF1 with SHA-384 (RFC 8017, appendix B.2.1)."""
    blocks = range((length + HASH_LENGTH - 1) // HASH_LENGTH)
    return b"".join(hashlib.sha384(seed + i.to_bytes(4, "big")).digest() for i in blocks)[:length]


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")
