"""Hashing and checking passwords: Argon2id (RFC 9106), a few at a time, equal work whoever asks."""

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from narrative.people.refusals import TooBusy
from narrative.people.rules import LONGEST_PASSWORD, normal_password

MEMORY = 32 * 1024  # KiB a check
CHECKS_AT_ONCE = 2
PATIENCE = 15  # seconds that a request waits for its turn

hasher = PasswordHasher(time_cost=3, memory_cost=MEMORY, parallelism=1)
_turns = threading.BoundedSemaphore(CHECKS_AT_ONCE)


def _unmatchable() -> str:
    """Return a well-formed hash, of today's cost, that belongs to no password anybody knows."""
    salt, digest = (base64.b64encode(bytes(size)).decode().rstrip("=") for size in (16, 32))
    return (
        f"$argon2id$v=19$m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}${salt}${digest}"
    )


UNMATCHABLE = _unmatchable()


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for one of the few places: each check takes memory, and all of them the same processors."""
    if not _turns.acquire(timeout=PATIENCE):
        raise TooBusy
    try:
        yield
    finally:
        _turns.release()


def hash_password(password: str) -> str:
    """Return what is kept of a password. Takes a tenth of a second; raises TooBusy."""
    with _turn():
        return hasher.hash(normal_password(password))


def matches(kept: str | None, password: str) -> bool:
    """Tell whether `password` is the one that `kept` was made from.

    Without anything kept the same work is done and the answer is no, so that the time says nothing about who
    has an account. Raises TooBusy.
    """
    with _turn():
        try:
            hasher.verify(kept or UNMATCHABLE, normal_password(password)[: LONGEST_PASSWORD + 1])
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def outdated(kept: str) -> bool:
    """Tell whether `kept` was made at another cost than today's."""
    return hasher.check_needs_rehash(kept)
