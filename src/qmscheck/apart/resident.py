"""How many bytes of memory this process has, for whoever shares a limit with others."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["resident"]

#: What is taken for it where the system does not say: what was measured of a process that waits (decision 0052).
_SUPPOSED = 40 << 20


def resident(told: Path = Path("/proc/self/statm")) -> int:
    """Give the resident memory of this process, in bytes, with the pages of libraries that others have, too.

    `told` is where Linux says it, in pages, as its second number (proc_pid_statm(5)).
    """
    try:
        return int(told.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError, AttributeError):
        return _SUPPOSED
