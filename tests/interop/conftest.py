"""Somebody else's Privacy Pass library, in a Node process that answers one question a line."""

from __future__ import annotations

import json
import shutil
import subprocess
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import missing

HERE = Path(__file__).parent
PROGRAM = HERE / "privacy_pass.mjs"
INSTALLED = HERE / "node_modules" / "@cloudflare" / "privacypass-ts"


class Library:
    """The library. Bytes travel as base64url, both ways; what it throws is raised as `Refused`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, question: str, **values: Any) -> dict[str, Any]:
        """Ask one question; each answer that is a text is returned as bytes."""
        sent = {name: as_text(value) if isinstance(value, bytes) else value for name, value in values.items()}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"ask": question, **sent}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "refused" in answer:
            raise Refused(answer["refused"])
        return {name: as_bytes(value) if isinstance(value, str) else value for name, value in answer.items()}


class Refused(Exception):
    """What the library threw."""


def as_text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def as_bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.fixture
def library() -> Iterator[Library]:
    """A fresh process with the library, which remembers what it blinded."""
    node = shutil.which("node")
    if node is None:
        missing("nobody else's Privacy Pass was tried: Node is not installed")
    if not INSTALLED.is_dir():
        missing("nobody else's Privacy Pass was tried: run `npm ci --ignore-scripts` in tests/interop")
    with subprocess.Popen(
        [str(node), str(PROGRAM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Library(process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=60) == 0
