"""When the anonymous store is scrubbed: at once while little comes, grouped under load."""

import atexit
import threading
import time
from collections.abc import Callable

# For at most so many seconds, and the scrubbing itself, what was written lies in the order in which it came.
SCRUB_WINDOW = 2.0


class Scrubber:
    """Scrubs after every write, but not more often than every `window` seconds.

    The first write after a quiet time is scrubbed before `written` returns, those that follow together at
    the window's end, by a thread of their own. `scrub` tells whether it could; if not, it is tried again.
    """

    def __init__(self, scrub: Callable[[], bool], *, window: float = SCRUB_WINDOW) -> None:
        self._scrub, self._window = scrub, window
        self._lock = threading.Lock()
        self._planned: threading.Timer | None = None
        self._ends_well = False
        self._scrubbed_at = float("-inf")

    def written(self) -> None:
        """Say that something was written and committed."""
        with self._lock:
            if self._planned is not None:
                return
            wait = self._scrubbed_at + self._window - time.monotonic()
            if wait > 0:
                self._plan(wait)
                return
            # Whoever writes while this scrubs plans another.
            self._scrubbed_at = time.monotonic()
        self._try()

    def now(self) -> None:
        """Scrub at once, whatever the window; a tick is over only then."""
        with self._lock:
            self._scrubbed_at = time.monotonic()
        self._try()

    def finish(self) -> None:
        """Scrub now if it is still to be done."""
        with self._lock:
            planned, self._planned = self._planned, None
        if planned is not None:
            planned.cancel()
            self._scrub()

    def _plan(self, wait: float) -> None:
        if not self._ends_well:
            # A process that ends in good order scrubs first; after any other end, the next start does.
            atexit.register(self.finish)
            self._ends_well = True
        self._planned = threading.Timer(min(wait, self._window), self._run)
        self._planned.daemon = True
        self._planned.start()

    def _run(self) -> None:
        with self._lock:
            self._planned, self._scrubbed_at = None, time.monotonic()
        self._try()

    def _try(self) -> None:
        if not self._scrub():
            with self._lock:
                if self._planned is None:
                    self._plan(self._window)
