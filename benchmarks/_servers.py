"""Real servers on loopback ports, and something that asks them as fast as it can."""

import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
STARTS_WITHIN = 60
CONNECTIONS = 8


@dataclass(frozen=True)
class Measured:
    """Requests a second, and how many answers were not 200."""

    rate: float
    errors: int


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(target: str, **options: Any) -> Iterator[str]:
    """Serve a WSGI application as served_process does; yields its address."""
    with served_process(target, **options) as (address, _process):
        yield address


@contextmanager
def served_process(
    target: str, *, environment: Mapping[str, str], workers: int, threads: int, factory: bool = False
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Serve a WSGI application by granian, as `narrative serve` does; yields its address and process."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--no-access-log"]
    command += ["--workers", str(workers), "--blocking-threads", str(threads), "--log-level", "error"]
    command += ["--factory"] if factory else []
    process = subprocess.Popen([*command, target], env=dict(environment), cwd=HERE.parent)
    try:
        wait_for(port, process)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until somebody listens. Raises RuntimeError when the server ends instead."""
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("a server did not start")


def measure(url: str, *, cookie: str = "", seconds: float) -> Measured:
    """Ask for `url` over a few kept connections for so long: by wrk, or by threads where it is missing."""
    wrk = shutil.which("wrk")
    if wrk is None:
        return _by_threads(url, cookie=cookie, seconds=seconds)
    command = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "-H", f"Cookie: {cookie}", url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    errors = int(refused[1]) if refused else 0
    errors += sum(int(number) for number in broken.groups()) if broken else 0
    return Measured(float(rate[1]) if rate else 0.0, errors)


def _by_threads(url: str, *, cookie: str, seconds: float) -> Measured:
    host, port = url.removeprefix("http://").split("/")[0].split(":")
    path = "/" + url.removeprefix("http://").partition("/")[2]
    asked = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {cookie}\r\n\r\n".encode()
    counts: list[tuple[int, int]] = []
    until = time.monotonic() + seconds

    def ask() -> None:
        good = bad = 0
        with socket.create_connection((host, int(port))) as connection, connection.makefile("rb") as answers:
            while time.monotonic() < until:
                connection.sendall(asked)
                good, bad = (good + 1, bad) if _answered(answers) else (good, bad + 1)
        counts.append((good, bad))

    threads = [threading.Thread(target=ask) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Measured(sum(good for good, _ in counts) / seconds, sum(bad for _, bad in counts))


def _answered(answers: object) -> bool:
    """Read one answer to its end; tell whether it was 200."""
    status = answers.readline()  # type: ignore[attr-defined]
    length = 0
    while (line := answers.readline()) not in {b"\r\n", b""}:  # type: ignore[attr-defined]
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    answers.read(length)  # type: ignore[attr-defined]
    return b" 200" in status
