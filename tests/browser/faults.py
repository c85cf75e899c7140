"""What goes wrong between a browser and its server, and waiting for what comes of it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Page, Route

PATIENCE = 60


def hold(page: Page, address: str) -> list[Route]:
    """Let requests wait from now on; they gather in the list that is returned."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route(address, keep)
    return held


def eventually(page: Page, holds: Callable[[], bool], shown: Callable[[], object] = lambda: "") -> None:
    """Wait until something holds; the page goes on meanwhile."""
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, f"it never came to hold: {shown()!r}"
        page.wait_for_timeout(50)


def kill_browser(profile: Path) -> None:
    """Kill the browser that has this profile open, and it alone."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"--user-data-dir={profile}".encode() in (process / "cmdline").read_bytes().split(b"\0"):
                os.kill(int(process.name), signal.SIGKILL)
