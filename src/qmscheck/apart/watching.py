"""Ends a process that is waited for too long, or that waits for memory it will never get.

A thread that dies for lack of memory before it says that it runs is waited for without end by the one that started it.
And CPython 3.11 tries for ever to note where an exception was raised when there is no memory for that number
(`exception_unwind` in Python/ceval.c): it asks the system for memory, in vain, and does nothing else. Such a process
has no address space left, and either uses no processor or leaves it to the system: both are seen from outside, on Linux
(/proc); elsewhere the limit of time alone ends it.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from threading import Event
from typing import Literal

__all__ = ["End", "ended_by"]

End = Literal["time", "memory"]

#: Address space that an allocator of threads (glibc malloc, HEAP_MAX_SIZE) asks for at once, in bytes.
_PIECE = 64 << 20
#: Seconds without any work after which a process without room is given up.
_PATIENCE = 30.0


def ended_by(process: int, seconds: float, space: int, over: Event, patience: float = _PATIENCE) -> End | None:
    """Wait until `over` is set (None), the time is up, or the process is stuck without room.

    `process` leads a group of its own, `space` is the bytes of address space that it may use. Asks the system once in
    each `patience` seconds, and about other processes only where there is no room.
    """
    until = time.monotonic() + seconds
    spent: tuple[int, int] | None = None
    while not over.wait(min(patience, max(until - time.monotonic(), 0.0))):
        if time.monotonic() >= until:
            return "time"
        before, spent = spent, _spent(process) if _is_full(process, space) else None
        if before and spent and _is_stuck(spent[0] - before[0], spent[1] - before[1]):
            return "memory"
    return None


def _is_full(process: int, space: int) -> bool:
    """Tell whether a thread's piece of address space no longer fits beside what is used."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text("ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return False
    return pages * os.sysconf("SC_PAGE_SIZE") + _PIECE > space


def _is_stuck(own: int, system: int) -> bool:
    """Tell whether ticks of a processor were nobody's work: none at all, or three of four the system's."""
    return system >= 3 * own


def _spent(group: int) -> tuple[int, int]:
    """Give the ticks of processor of a group of processes: their own, and the system's; the dead count with parents."""
    own = system = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if int(told[2]) == group:  # proc(5): utime, stime, cutime, cstime
            own, system = own + int(told[11]) + int(told[13]), system + int(told[12]) + int(told[14])
    return own, system
