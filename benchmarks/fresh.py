"""A command in a process of its own, and what it cost. Imports little: a child's peak memory is never below ours."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

__all__ = ["Command", "Cost", "interleaved", "paired", "run"]


@dataclass(frozen=True, slots=True)
class Command:
    """A command line, the exit codes that mean it did its work, and what its environment has beside ours."""

    line: tuple[str, ...]
    expected: tuple[int, ...] = (0,)
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds on the clock, seconds of all processors, and peak memory in MiB, of one process from start to end."""

    wall: float
    cpu: float
    memory: float


def run(command: Command) -> tuple[Cost, str]:
    """Run a command; give its cost and what it printed. Raises SystemExit, with its last words, where it failed."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        process = subprocess.Popen(command.line, stdout=out, stderr=err, env=_environment() | command.environment)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        printed, told = out.read().decode(), err.read().decode()
    if process.returncode not in command.expected:
        raise SystemExit(f"{' '.join(command.line)}\nended with {process.returncode}:\n{told[-2000:]}")
    peak = usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    return Cost(wall, usage.ru_utime + usage.ru_stime, peak), printed


def _environment() -> dict[str, str]:
    """Let Python keep its byte code, as it does for people: without it, each start compiles every library anew."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def interleaved(commands: Mapping[str, Command], rounds: int) -> dict[str, list[Cost]]:
    """Run all commands in each round, every other round backwards, so that no command always has the warmer machine."""
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for number in range(rounds):
        for name in list(commands)[:: -1 if number % 2 else 1]:
            costs[name].append(run(commands[name])[0])
    return costs


def paired(costs: Sequence[Cost], reference: Sequence[Cost]) -> tuple[float, float, float]:
    """Give three ratios to a reference: the median over rounds of wall time, of the minima, and of the CPU medians."""
    rounds = median(one.wall / other.wall for one, other in zip(costs, reference, strict=True))
    least = min(c.wall for c in costs) / min(c.wall for c in reference)
    cpu = median(c.cpu for c in costs) / median(c.cpu for c in reference)
    return rounds, least, cpu
