"""A command in a process of its own, and what it cost. Imports little: a child's peak memory is never below ours."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

__all__ = ["Command", "Cost", "Failed", "interleaved", "paired", "run"]


@dataclass(frozen=True, slots=True)
class Command:
    """A command line, the exit codes that mean it did its work, what its environment has beside ours, and the
    seconds that it may take. `beside` gives the CPU seconds that a server has used up so far: what it uses meanwhile is
    of the command.
    """

    line: tuple[str, ...]
    expected: tuple[int, ...] = (0,)
    environment: Mapping[str, str] = field(default_factory=dict)
    limit: float | None = None
    beside: Callable[[], float] | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds on the clock, seconds of all processors, and peak memory in MiB, of one process from start to end."""

    wall: float
    cpu: float
    memory: float


class Failed(SystemExit):
    """A command that ended otherwise than expected, or took longer than it may; with its last words."""


def run(command: Command) -> tuple[Cost, str]:
    """Run a command; give its cost and what it printed. Raises Failed where it failed."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        before = command.beside() if command.beside is not None else 0.0
        start = time.perf_counter()
        process = subprocess.Popen(command.line, stdout=out, stderr=err, env=_environment() | command.environment)
        # Not process.kill: it would look whether the process has ended, and so take its usage from wait4.
        late = threading.Timer(command.limit or threading.TIMEOUT_MAX, os.kill, (process.pid, signal.SIGKILL))
        late.daemon = True
        late.start()
        _, status, usage = os.wait4(process.pid, 0)
        late.cancel()
        wall = time.perf_counter() - start
        there = command.beside() - before if command.beside is not None else 0.0
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        printed, told = out.read().decode(), err.read().decode()
    if process.returncode not in command.expected:
        ended = f"ended with {process.returncode}"
        how = f"{ended} after its {command.limit:.0f} s" if command.limit and wall >= command.limit else ended
        raise Failed(f"{' '.join(command.line)}\n{how}:\n{told[-2000:]}")
    peak = usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    return Cost(wall, usage.ru_utime + usage.ru_stime + there, peak), printed


def _environment() -> dict[str, str]:
    """Let Python keep its byte code, as it does for people: without it, each start compiles every library anew."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def interleaved(
    commands: Mapping[str, Command], rounds: int, lost: Callable[[str, Failed], None] | None = None
) -> dict[str, list[Cost]]:
    """Run all commands in each round, every other round backwards, so that no command always has the warmer machine.

    A command that fails ends all, unless `lost` is given: it is told, and the others go on without that command.
    """
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for number in range(rounds):
        for name in list(costs)[:: -1 if number % 2 else 1]:
            try:
                costs[name].append(run(commands[name])[0])
            except Failed as failure:
                if lost is None:
                    raise
                lost(name, failure)
                del costs[name]
    return costs


def paired(costs: Sequence[Cost], reference: Sequence[Cost]) -> tuple[float, float, float]:
    """Give three ratios to a reference: the median over rounds of wall time, of the minima, and of the CPU medians."""
    rounds = median(one.wall / other.wall for one, other in zip(costs, reference, strict=True))
    least = min(c.wall for c in costs) / min(c.wall for c in reference)
    cpu = median(c.cpu for c in costs) / median(c.cpu for c in reference)
    return rounds, least, cpu
