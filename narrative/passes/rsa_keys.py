"""RSA keys of passes: the numbers, and the three forms in which they travel.

Private keys are stored as PKCS #8. Public keys travel as SubjectPublicKeyInfo with the id-RSASSA-PSS
algorithm (RFC 9578, section 6.5), whose SHA-256 names the key, and as a JSON Web Key (RFC 7517).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
)

from narrative.encoding import to_base64url

MODULUS_BITS = 2048
PUBLIC_EXPONENT = 65537

# AlgorithmIdentifier: id-RSASSA-PSS with SHA-384, MGF1 with SHA-384 and a salt of 48 bytes (RFC 4055).
PSS_ALGORITHM = bytes.fromhex(
    "303d06092a864886f70d01010a3030a00d300b0609608648016503040202"
    "a11a301806092a864886f70d010108300b0609608648016503040202a203020130"
)


class MalformedKey(ValueError):
    """The bytes are not an RSA key in the form that was asked for."""


@dataclass(frozen=True)
class PublicKey:
    """The public half (n, e) of a signing key."""

    n: int
    e: int = PUBLIC_EXPONENT

    @property
    def size(self) -> int:
        """Length of the modulus, and so of every message and signature, in bytes."""
        return (self.n.bit_length() + 7) // 8

    @cached_property
    def verifier(self) -> rsa.RSAPublicKey:
        """The same key as `cryptography` knows it."""
        return rsa.RSAPublicNumbers(self.e, self.n).public_key()

    @cached_property
    def spki(self) -> bytes:
        """SubjectPublicKeyInfo in DER with the id-RSASSA-PSS algorithm (RFC 9578, section 6.5)."""
        numbers = self.verifier.public_bytes(Encoding.DER, PublicFormat.PKCS1)
        return _der(0x30, PSS_ALGORITHM + _der(0x03, b"\x00" + numbers))

    @cached_property
    def key_id(self) -> bytes:
        """token_key_id: SHA-256 of `spki`, 32 bytes (RFC 9578, section 6.5)."""
        return hashlib.sha256(self.spki).digest()

    @property
    def jwk(self) -> dict[str, str]:
        """The key as a JSON Web Key, the form that WebCrypto accepts (RFC 7518, section 6.3)."""
        return {"kty": "RSA", "n": _base64url_integer(self.n), "e": _base64url_integer(self.e)}

    @classmethod
    def from_spki(cls, der: bytes) -> PublicKey:
        """Read what `spki` wrote; raise `MalformedKey` unless it is that form to the last byte."""
        try:
            loaded = load_der_public_key(der)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise MalformedKey("not a SubjectPublicKeyInfo") from error
        if not isinstance(loaded, rsa.RSAPublicKey):
            raise MalformedKey("not an RSA key")
        numbers = loaded.public_numbers()
        key = cls(numbers.n, numbers.e)
        if key.spki != der:
            raise MalformedKey("not an RSASSA-PSS key with SHA-384 and a salt of 48 bytes")
        return key


@dataclass(frozen=True)
class PrivateKey:
    """A signing key. Its secret numbers are left out of `repr`, and so out of logs and tracebacks."""

    n: int
    e: int
    d: int = field(repr=False)
    p: int = field(repr=False)
    q: int = field(repr=False)

    @cached_property
    def public(self) -> PublicKey:
        return PublicKey(self.n, self.e)

    @cached_property
    def dp(self) -> int:
        return self.d % (self.p - 1)

    @cached_property
    def dq(self) -> int:
        return self.d % (self.q - 1)

    @cached_property
    def q_inverse(self) -> int:
        """The inverse of q modulo p."""
        return pow(self.q, -1, self.p)

    @classmethod
    def generate(cls, bits: int = MODULUS_BITS) -> PrivateKey:
        """Make a fresh key with the generator of `cryptography`."""
        return cls._from_loaded(rsa.generate_private_key(PUBLIC_EXPONENT, bits))

    @classmethod
    def from_der(cls, pkcs8: bytes) -> PrivateKey:
        """Read a PKCS #8 key; raise `MalformedKey` when it is none, or its numbers do not belong together."""
        return cls._read(load_der_private_key, pkcs8)

    @classmethod
    def from_pem(cls, pkcs8: bytes) -> PrivateKey:
        """The same as `from_der`, from PEM."""
        return cls._read(load_pem_private_key, pkcs8)

    @classmethod
    def _read(cls, load: Callable[..., object], pkcs8: bytes) -> PrivateKey:
        try:
            # The library's own check tests both primes anew, 20 to 90 ms for each of some 65 keys.
            key = cls._from_loaded(load(pkcs8, password=None, unsafe_skip_rsa_key_validation=True))
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise MalformedKey("not a PKCS #8 RSA key") from error
        key._check()
        return key

    def _check(self) -> None:
        """Raise `MalformedKey` unless the exponents are each other's inverse for both primes."""
        odd = self.n > 0 and self.p > 2 and self.q > 2 and self.p * self.q == self.n
        if not odd or any(self.e * self.d % (prime - 1) != 1 for prime in (self.p, self.q)):
            raise MalformedKey("the numbers of the key do not belong together")

    def to_der(self) -> bytes:
        """The key as unencrypted PKCS #8."""
        return self._loaded().private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())

    def to_pem(self) -> bytes:
        """The key as unencrypted PKCS #8 in PEM."""
        return self._loaded().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def _loaded(self) -> rsa.RSAPrivateKey:
        self._check()
        public = rsa.RSAPublicNumbers(self.e, self.n)
        secret = rsa.RSAPrivateNumbers(self.p, self.q, self.d, self.dp, self.dq, self.q_inverse, public)
        # Both primes were tested when the key was made; see `_read`.
        return secret.private_key(unsafe_skip_rsa_key_validation=True)

    @classmethod
    def _from_loaded(cls, loaded: object) -> PrivateKey:
        if not isinstance(loaded, rsa.RSAPrivateKey):
            raise MalformedKey("not an RSA key")
        secret = loaded.private_numbers()
        return cls(secret.public_numbers.n, secret.public_numbers.e, secret.d, secret.p, secret.q)


def _der(tag: int, content: bytes) -> bytes:
    """One DER value: tag, length, content (X.690, section 8.1)."""
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    size = (length.bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + length.to_bytes(size, "big") + content


def _base64url_integer(number: int) -> str:
    return to_base64url(number.to_bytes((number.bit_length() + 7) // 8, "big"))
