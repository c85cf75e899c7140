"""What is kept on this machine: one file, for its owner's eyes only, with passes, receipts and promises.

The file holds: `server` (address), `session` (the cookies of whoever is signed in), `ledger` (the key and the
checkpoint seen last), `seen` (names of keys by quarter), `lists` (public lists of questions) and `holdings`
 by quarter, each with `seed`, `person`, `rounds`, `passes`, `votes`, `messages`.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from narrative.independent.refusals import Malformed, Refusal

VERSION = 1
FOLDER = Path(".local/share/narrative")


def folder() -> Path:
    """Return the folder of the files that nobody named."""
    own = os.environ.get("XDG_DATA_HOME")
    return Path(own) / "narrative" if own else Path.home() / FOLDER


def default_path(server: str) -> Path:
    """Return where the passes of a server are kept unless somebody says otherwise."""
    return folder() / f"{urlsplit(server).netloc.replace(':', '_')}.json"


def only_path() -> Path:
    """Return the one file that there is. Raises Refusal when there are none or several."""
    found = sorted(folder().glob("*.json"))
    if len(found) != 1:
        what = "There are no passes here yet: fetch them with `narrative ask passes`."
        raise Refusal(
            what if not found else f"There are several files in {folder()}: name one with --passes."
        )
    return found[0]


class Keep:
    """The file, read and written whole. Every change is on the disk before it is acted upon."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.content: dict[str, Any] = {"version": VERSION, "holdings": {}, "seen": {}}

    @classmethod
    @contextmanager
    def opened(cls, path: Path) -> Iterator["Keep"]:
        """Open the file for one command: a second one, which could spend the same pass, waits."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.with_suffix(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            keep = cls(path)
            keep._read()
            yield keep

    def _read(self) -> None:
        if not self.path.exists():
            return
        try:
            read = json.loads(self.path.read_text(encoding="utf-8"))
            if read["version"] != VERSION or not isinstance(read["holdings"], dict):
                raise ValueError("another version")
        except (ValueError, KeyError, TypeError):
            raise Malformed(f"{self.path} does not hold passes.") from None
        self.content = read

    def save(self) -> None:
        """Write the file anew beside itself, readable by its owner only, and put it in its place."""
        new = self.path.with_suffix(".new")
        new.unlink(missing_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(self.content, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.path)

    def holding(self, name: str) -> dict[str, Any]:
        """Return what is held under a quarter's name, or for one exported pass; empty when nothing is."""
        held: dict[str, Any] = self.content["holdings"].setdefault(name, {})
        return held

    def change(self, name: str, update: Callable[[dict[str, Any]], object]) -> None:
        """Change what is held under a name, and save it."""
        update(self.holding(name))
        self.save()
