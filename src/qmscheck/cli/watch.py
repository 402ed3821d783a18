"""What may stop an audit before its end: its time limit, the person at the keyboard, the system.

The audit is told to hurry (the engine's statements are interrupted between two vectors), and the exception is raised
in it, so that everything is closed as always. An audit that does not come back is ended, with whatever it had started.
A main thread that waits for the engine hears no signal before the engine comes back, so another thread listens.
What is raised while an object is taken away (`__del__`, a weak reference) is forgotten by Python: it is raised again.
"""

from __future__ import annotations

import _thread
import contextlib
import os
import select
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from qmscheck.errors import Stopped, told_time

__all__ = ["Watch", "ended", "stopped_by"]

#: Signals by which the system, or whoever owns the session, ends a program. Windows has fewer.
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))

#: Seconds in which an audit that was told to stop must have come back.
_GRACE = 5.0

#: Seconds after which everything is told again to hurry.
_AGAIN = 0.2

#: The signal by which the listening thread wakes the main thread; nothing else in the program uses it.
_WAKING = getattr(signal, "SIGALRM", None)


class Watch:
    """A span in which a limit of time and signals stop what is done, with a private folder that is gone at its end."""

    def __init__(self, doing: Callable[[], str], seconds: float | None = None, *, grace: float = _GRACE) -> None:
        """Watch nothing yet. `doing` says what is being done; `grace` is how long it may take to stop, in seconds."""
        self._doing = doing
        self._seconds = seconds
        self._grace = grace
        self._hurries: list[Callable[[], None]] = []
        self._cause: BaseException | None = None
        self._raised = False
        self._deferring = True
        self._left = threading.Event()
        self._before: dict[int, Callable[[int, FrameType | None], object] | int | None] = {}
        self._forgetting: Callable[[sys.UnraisableHookArgs], object] = sys.unraisablehook
        self._awake: tuple[int, int] | None = None
        self._main = threading.main_thread()
        self._thread = threading.Thread(target=self._listen, name="watch", daemon=True)
        self.scratch = Path()

    def on_stop(self, hurry: Callable[[], None]) -> None:
        """Have something called when the work is to stop, in another thread: what it interrupts raises soon."""
        self._hurries.append(hurry)
        if self._cause is not None:
            hurry()

    def __enter__(self) -> Self:
        """Begin to listen. A signal that the caller ignores stays ignored."""
        if threading.current_thread() is self._main:
            self._awake = _pipe()
            for number in {signal.SIGINT, *_SIGNALS}:
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._hear)
            if _WAKING is not None:
                self._before[_WAKING] = signal.signal(_WAKING, self._hear)
            if self._awake is not None:
                signal.set_wakeup_fd(self._awake[1], warn_on_full_buffer=False)
            self._forgetting = sys.unraisablehook
            sys.unraisablehook = self._forgotten
        self.scratch = Path(tempfile.mkdtemp(prefix="qmscheck-"))
        self._thread.start()
        try:  # who does not get in will not be seen out
            self._deferring = False
            self._raise()
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let signals do again what they did; a folder that an exception left behind is gone. What was told to stop
        and failed otherwise on its way out (a statement that was interrupted) was stopped.
        """
        self._leave()
        if self._cause is not None and error is not self._cause:
            raise self._cause from None

    def _leave(self) -> None:
        """Stop listening, and take everything away."""
        self._deferring = True
        self._left.set()
        if self._before:
            signal.set_wakeup_fd(-1)
            sys.unraisablehook = self._forgetting
        self._wake()
        self._thread.join()
        shutil.rmtree(self.scratch, ignore_errors=True)
        for number, before in self._before.items():
            signal.signal(number, before)
        for end in self._awake or ():
            os.close(end)

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        """Raise in the main thread what stopped the work: once, and not while it is being left."""
        if self._cause is None and number != _WAKING:
            self._stop(stopped_by(number))
        self._raise()

    def _raise(self) -> None:
        if self._cause is not None and not self._raised and not self._deferring:
            self._raised = True
            raise self._cause

    def _forgotten(self, told: sys.UnraisableHookArgs) -> None:
        """Note that what stopped the work was raised where Python forgets it: the other thread has it raised again."""
        if self._cause is not None and told.exc_value is self._cause:
            self._raised = False
        else:
            self._forgetting(told)

    def _stop(self, cause: BaseException) -> None:
        """Note why, and tell everything to hurry."""
        if self._cause is None:
            self._cause = cause
            self._hurry()

    def _hurry(self) -> None:
        for hurry in tuple(self._hurries):
            with contextlib.suppress(Exception):  # what is closed already needs no telling
                hurry()

    def _listen(self) -> None:
        """Wait for the end, a signal or the time limit; and then for the work to come back, but not for ever."""
        end = None if self._seconds is None else time.monotonic() + self._seconds
        while not self._left.is_set():
            heard = self._heard(None if end is None else max(0.0, end - time.monotonic()))
            if self._left.is_set():
                return
            if heard is not None:
                self._stop(stopped_by(heard))
            elif end is not None and time.monotonic() >= end:
                self._stop(_over(self._seconds or 0.0, self._doing()))
                if self._before:
                    _wake_main(self._main)
            if self._cause is not None:
                self._last_words(self._cause)
                return

    def _last_words(self, cause: BaseException) -> None:
        """Wait for the work to come back; if it does not, or somebody insists, end the process and all it started."""
        end = time.monotonic() + self._grace
        while not self._left.is_set():
            heard = self._heard(min(_AGAIN, max(0.0, end - time.monotonic())))
            if self._left.is_set():
                return
            if heard is not None or time.monotonic() >= end:
                self._end(cause)
            self._hurry()  # a statement may have begun just when the first word was spoken
            if self._before and not self._raised:
                _wake_main(self._main)

    def _end(self, cause: BaseException) -> None:
        for child in _children():
            with contextlib.suppress(OSError):
                os.kill(child, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
        for _ in range(2):  # what still runs may just have written something
            shutil.rmtree(self.scratch, ignore_errors=True)
        ended(cause)

    def _heard(self, seconds: float | None) -> int | None:
        """Wait for a signal that stops the work: its number, or None where the time passed or the end came."""
        if self._awake is None:
            self._left.wait(seconds)
            return None
        ready, _, _ = select.select([self._awake[0]], [], [], seconds)
        stopping = {int(number) for number in self._before if number != _WAKING}
        heard = os.read(self._awake[0], 64) if ready else b""
        return next((number for number in heard if number in stopping), None)

    def _wake(self) -> None:
        if self._awake is not None:
            os.write(self._awake[1], b"\0")


def stopped_by(number: int) -> BaseException:
    """Say that a signal stopped the work. The exit code is that of shells: 128 and its number."""
    if number == signal.SIGINT:
        return KeyboardInterrupt()
    return Stopped(f"it was ended ({signal.Signals(number).name})", 128 + number)


def ended(cause: BaseException) -> None:
    """End the process without another step of the work."""
    from qmscheck.cli import failure  # noqa: PLC0415

    code = failure.tell(cause, sys.argv[1:])
    os._exit(code)


def _over(seconds: float, doing: str) -> Stopped:
    hint = "give it more time (--timeout), or less to do (--select)"
    return Stopped(f"It was stopped after {told_time(seconds)}, its time limit, while {doing}.", 2, hint)


def _pipe() -> tuple[int, int] | None:
    """Open a pipe into which the system writes each signal at once, where it can."""
    if sys.platform == "win32":
        return None
    ends = os.pipe()
    os.set_blocking(ends[1], False)
    return ends


def _wake_main(main: threading.Thread) -> None:
    """Have the main thread look up from whatever it waits for."""
    if _WAKING is not None and main.ident is not None:
        signal.pthread_kill(main.ident, _WAKING)
    else:
        _thread.interrupt_main()


def _children() -> list[int]:
    """Give the processes that this one started, and those that they started, where the system tells."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            told = stat.read_text("utf-8", "replace").rpartition(")")[2].split()
            parents.setdefault(int(told[1]), []).append(int(stat.parent.name))
    found: list[int] = []
    coming = [os.getpid()]
    while coming:
        own = parents.get(coming.pop(), [])
        found += own
        coming += own
    return found
