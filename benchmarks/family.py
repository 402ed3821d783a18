"""The memory of a process with all that it started, sampled while it runs (Linux: read in `/proc`).

    python family.py COMMAND...

prints the peak of the sum, what each had at its own peak, the most address space of one of them, and CPU seconds.
Pages that two processes share are counted twice, so that the sum is never too small for that; what comes and goes
between two looks is seen in `VmHWM` only.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Family", "main"]

_EVERY = 0.1  # seconds between two looks


@dataclass
class Family:
    """What was seen of a process and its descendants, in KiB: `peak` of the sum of all, each one's own, and the most
    address space that one of them had.
    """

    root: int
    peak: int = 0
    space: int = 0
    own: dict[int, int] = field(default_factory=dict)
    over: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        """Look again and again, until told that it is over."""
        while not self.over.wait(_EVERY):
            self.look()

    def look(self) -> None:
        """Look once."""
        seen = {pid: _sizes(pid) for pid in _members(self.root)}
        self.peak = max(self.peak, sum(now for now, *_ in seen.values()))
        for pid, (_, highest, space) in seen.items():
            self.own[pid] = max(self.own.get(pid, 0), highest)
            self.space = max(self.space, space)


def main(line: list[str]) -> int:
    """Run a command and tell what its family took; give its exit code."""
    process = subprocess.Popen(line)
    family = Family(process.pid)
    watching = threading.Thread(target=family.watch, daemon=True)
    watching.start()
    _, status, usage = os.wait4(process.pid, 0)
    family.over.set()
    watching.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    own = ", ".join(f"{kib:,}" for kib in family.own.values())
    cpu = usage.ru_utime + usage.ru_stime
    told = f"peak {family.peak:,} KiB together; each: {own}; address space {family.space:,}; CPU {cpu:.1f} s"
    print(f"exit {process.returncode}; {told}", file=sys.stderr)
    return process.returncode


def _members(root: int) -> Iterator[int]:
    """Give a process and all that descend from it."""
    children = _children()
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += children.get(pid, ())


def _children() -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                told = Path(entry.path, "stat").read_text("utf-8", "replace")
            except OSError:  # it has ended
                continue
            found.setdefault(int(told.rpartition(")")[2].split()[1]), []).append(int(entry.name))
    return found


def _sizes(pid: int) -> tuple[int, int, int]:
    """Give what a process has in memory, the most that it had, and its address space; nothing of one that has ended."""
    try:
        told = Path(f"/proc/{pid}/status").read_text("utf-8", "replace")
    except OSError:
        return 0, 0, 0
    found = dict(line.split(":", 1) for line in told.splitlines() if line.startswith("Vm"))
    now, highest, space = (int(found.get(name, "0 kB").split()[0]) for name in ("VmRSS", "VmHWM", "VmPeak"))
    return now, highest, space


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
