"""Hashing passwords: equal work for everybody, a few at a time."""

import threading
import time
from typing import Any

import pytest

from narrative.people import passwords
from narrative.people.refusals import TooBusy


def test_a_password_matches_itself_however_it_is_typed() -> None:
    kept = passwords.hash_password("pa\u0308sswort mit e\u0301")
    assert kept.startswith("$argon2id$")
    assert passwords.matches(kept, "p\u00e4sswort mit \u00e9")
    assert not passwords.matches(kept, "p\u00e4sswort mit e")
    assert not passwords.outdated(kept)
    assert passwords.outdated("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")


def test_nobody_costs_as_much_work_as_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = passwords.hash_password("correct horse battery")
    costs: list[str] = []

    class Watched(passwords.PasswordHasher):
        def verify(self, hash: Any, password: Any) -> Any:
            costs.append(str(hash).split("$")[3])
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "hasher", Watched())
    assert passwords.matches(kept, "correct horse battery")
    assert not passwords.matches(kept, "wrong")
    assert not passwords.matches(None, "correct horse battery")
    assert costs == [f"m={passwords.MEMORY},t=3,p=1"] * 3


def test_few_passwords_are_checked_at_once_and_impatience_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "PATIENCE", 0.01)
    inside, most, refused = threading.Semaphore(0), [0], [0]
    lock, leave = threading.Lock(), threading.Event()

    class Slow(passwords.PasswordHasher):
        def hash(self, password: Any, *, salt: Any = None) -> str:
            inside.release()
            leave.wait(timeout=30)
            return "hashed"

    monkeypatch.setattr(passwords, "hasher", Slow())

    def work() -> None:
        try:
            passwords.hash_password("correct horse battery")
            with lock:
                most[0] += 1
        except TooBusy:
            with lock:
                refused[0] += 1

    threads = [threading.Thread(target=work) for _number in range(passwords.CHECKS_AT_ONCE + 3)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 30
    while refused[0] < 3 and time.monotonic() < deadline:
        leave.wait(timeout=0.01)
    leave.set()
    for thread in threads:
        thread.join(timeout=30)
    assert (most[0], refused[0]) == (passwords.CHECKS_AT_ONCE, 3)
    assert passwords.hash_password("the places are free again") == "hashed"
