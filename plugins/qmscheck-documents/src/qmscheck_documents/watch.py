"""One thread that ends worker processes whose time is up: a timer for each file would start a thread for each."""

from __future__ import annotations

import subprocess
import threading
import time

__all__ = ["Watch"]


class Watch:
    """Ends each process that was not called off within `seconds` of being watched. Starts its thread when needed."""

    def __init__(self, seconds: float) -> None:
        """Watch nothing yet."""
        self._seconds = seconds
        self._changed = threading.Condition()
        self._until: dict[subprocess.Popen[bytes], float] = {}
        self._late: set[subprocess.Popen[bytes]] = set()
        self._thread: threading.Thread | None = None
        self._ended = False

    def over(self, child: subprocess.Popen[bytes]) -> None:
        """Give a process its seconds, from now on."""
        with self._changed:
            idle = not self._until
            self._until[child] = time.monotonic() + self._seconds
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="document-watch", daemon=True)
                self._thread.start()
            elif idle:  # else the thread wakes for an earlier end anyway, and looks again
                self._changed.notify()

    def off(self, child: subprocess.Popen[bytes]) -> bool:
        """Stop watching a process; tell whether it was ended because its time was up."""
        with self._changed:
            self._until.pop(child, None)
            return child in self._late

    def end(self) -> None:
        """Watch nothing any more."""
        with self._changed:
            self._ended = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _watch(self) -> None:
        with self._changed:
            while not self._ended:
                now = time.monotonic()
                for child in [one for one, until in self._until.items() if until <= now]:
                    del self._until[child]
                    self._late.add(child)
                    child.kill()
                self._changed.wait(max(0.0, min(self._until.values()) - now) if self._until else None)
