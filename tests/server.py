"""A real installation: its own data folder, the `narrative` command, and a server that can be killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

STARTS_WITHIN = 60


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Installation:
    """One installation of Narrative in a folder of its own. `settings` are NARRATIVE_ variables.

    `module` is what serves; another one than ours stands for a changed program.
    """

    data: Path
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    module: str = "narrative"

    @property
    def address(self) -> str:
        """Where people reach it."""
        return f"http://localhost:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every command: nothing of ours but the settings."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("NARRATIVE_")}
        given = {
            "NARRATIVE_DATA": str(self.data),
            "NARRATIVE_BASE_URL": self.address,
            "NARRATIVE_PORT": str(self.port),
            "NARRATIVE_WORKERS": "2",
        }
        return {**own, **given, **self.settings}

    def run(self, *arguments: str, status: int = 0) -> str:
        """Run a command and return what it printed; fails unless it ends with that status."""
        done = subprocess.run(
            [sys.executable, "-m", "narrative", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def start(self, *arguments: str) -> None:
        """Start the server and wait until it answers."""
        command = [sys.executable, "-m", self.module, *(arguments or ("serve",))]
        with (self.data.parent / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + STARTS_WITHIN
        while not self.answers():
            assert self.process.poll() is None, (self.data.parent / "server.log").read_text()
            assert time.monotonic() < until, "the server did not start"
            time.sleep(0.05)

    def answers(self) -> bool:
        """Whether the server answers now."""
        try:
            urllib.request.urlopen(f"{self.address}/sign-in", timeout=5).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def kill(self) -> None:
        """Kill every process of the server at once, as a power cut would."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        """Stop the server as an administrator would."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self.kill()
            self.process = None
