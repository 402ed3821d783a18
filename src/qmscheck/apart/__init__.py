"""Work with criteria in a process of its own, which can be ended at any time and may use only so much memory.

An engine does not hear an interruption inside one function call, and its limit of memory does not count every text. So
criteria that did not come with the product are judged where neither can take this process down (decision 0038). In
goes a piece of work (`works`), out come what is told meanwhile and what was found, as JSON that is read like any other.
See `child`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from typing import IO, TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from qmscheck.apart.resident import resident
from qmscheck.apart.watching import End, ended_by
from qmscheck.errors import Problem, QmscheckError, told_time

if TYPE_CHECKING:
    import subprocess

    from qmscheck.apart.works import Hears, Work
    from qmscheck.plugins import Plugins

__all__ = ["Bounds", "Isolation", "Request", "foreign", "is_apart", "perform"]

Found = TypeVar("Found")

#: `auto`: where a ruleset is neither shipped nor trusted by the plan.
Isolation = Literal["auto", "always", "never"]

#: The distributions of this product that bring rulesets.
_SHIPPED = frozenset({"qmscheck", "qmscheck-iso9001"})
#: Address space beside what the engine may use: the interpreter, its libraries, stacks of threads.
_ROOM = 2 << 30
_LEAST = 4 << 30
#: glibc reserves 64 MiB of address space for each part of its memory, up to eight a processor (mallopt(3)).
_FEW_ARENAS = {"MALLOC_ARENA_MAX": "2"}
_LONGEST = 1 << 20
#: Seconds after which work apart is stopped where nobody says when (decision 0046).
_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """What work may use: seconds (None: an hour), and bytes of memory (None: what the machine has)."""

    seconds: float | None = None
    memory: int | None = None

    @property
    def limit(self) -> float:
        """The seconds after which it is stopped."""
        return _HOUR if self.seconds is None else self.seconds

    @property
    def space(self) -> int:
        """The bytes of address space. Allocators keep it where they give memory back: as much again (decision 0052)."""
        return 2 * self.memory + _ROOM if self.memory is not None else max(_LEAST, _of_machine())


@dataclass(frozen=True, slots=True)
class Request:
    """What the other process is asked to do, and what it may use: bytes of memory, and of address space."""

    work: Work[object]
    disabled: frozenset[str]
    memory: int | None
    space: int
    is_planned: bool


class _Named(Protocol):
    """What names rulesets: a plan, or a piece of work."""

    @property
    def rulesets(self) -> Sequence[str]:
        """All of them."""

    @property
    def trusted(self) -> Sequence[str]:
        """Those of them that are called one's own."""


def foreign(asked: _Named, plugins: Plugins) -> tuple[int, ...]:
    """Give the numbers of the rulesets that neither came with the product nor are trusted by the plan."""
    return tuple(
        number
        for number, name in enumerate(asked.rulesets)
        if name not in asked.trusted
        and not (name in plugins.rulesets and plugins.origin("ruleset", name).distribution in _SHIPPED)
    )


def is_apart(asked: _Named, plugins: Plugins, isolation: Isolation | None = None) -> bool:
    """Tell whether work is to be done in a process of its own. None: the environment says, or `auto`."""
    chosen = isolation or os.environ.get("QMSCHECK_ISOLATION", "auto")
    return chosen == "always" or (chosen != "never" and bool(foreign(asked, plugins)))


def perform(work: Work[Found], plugins: Plugins, bounds: Bounds, hears: Hears) -> Found:
    """Do what `work.here` does, in a process of its own.

    Raises QmscheckError as that does, and where the process was stopped or broke down: at the place that names the
    rulesets. Nothing of that process, its own processes, or its private folder is left.
    """
    request = Request(work, plugins.disabled, _beside(bounds.memory), bounds.space, hears.plan is not None)
    steps = ["starting"]
    with _started(bounds) as (child, ends):
        answer = _exchange(child, request, hears, steps)
    if "answer" in answer and not ends:
        return work.read(str(answer["answer"]))
    if "problems" in answer and not ends:
        raise QmscheckError(*map(_problem, answer["problems"]))
    if "defect" in answer and not ends:
        raise RuntimeError(str(answer["defect"]))
    end = ends[0] if ends else "memory" if "memory" in answer else None
    raise _stopped(work, plugins, steps[-1], _why(bounds, child.returncode, end))


def _stopped(work: Work[object], plugins: Plugins, step: str, why: str) -> QmscheckError:
    """Say which rulesets were being judged when the process ended."""
    message = f"the {work.noun} with this ruleset {why}; the last step was: {step}"
    hint = f"{work.narrower}, or give it more (--timeout): docs/safety.md"
    numbers = foreign(work, plugins) or range(len(work.rulesets))
    return QmscheckError(*(work.problem(number, message, hint) for number in numbers))


def _why(bounds: Bounds, code: int, end: End | None) -> str:
    if end == "time":
        whose = ", its limit where --timeout names none" if bounds.seconds is None else ""
        return f"was stopped after {told_time(bounds.limit)}{whose}"
    if end == "memory":
        return f"needed more memory than it may use ({bounds.space >> 20} MiB of address space)"
    death = f"signal {-code}" if code < 0 else f"exit code {code}"
    return f"broke down ({death}; it may use {bounds.space >> 20} MiB of address space)"


@contextmanager
def _started(bounds: Bounds) -> Iterator[tuple[subprocess.Popen[bytes], list[End]]]:
    """Start the process, in a group of its own and with a folder of its own; at the end both are gone.

    The list tells why it was stopped, where it was.
    """
    import subprocess  # noqa: PLC0415  (not where work is done in this process)

    # -P: the folder of the caller is no place to import from; it may be the very one that is audited.
    command = [sys.executable, "-P", "-m", "qmscheck.apart.child"]
    grouped: dict[str, Any] = {"process_group": 0} if os.name == "posix" else {}
    over, ends = threading.Event(), list[End]()
    with tempfile.TemporaryDirectory(prefix="qmscheck-", ignore_cleanup_errors=True) as folder:
        child = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**({} if bounds.memory is None else _FEW_ARENAS), **os.environ, "TMPDIR": folder},
            **grouped,
        )
        watch = threading.Thread(target=_watch, args=(child, bounds, over, ends), daemon=True)
        watch.start()
        try:
            yield child, ends
        finally:
            over.set()
            watch.join()
            _end(child)


def _watch(child: subprocess.Popen[bytes], bounds: Bounds, over: threading.Event, ends: list[End]) -> None:
    if end := ended_by(child.pid, bounds.limit, bounds.space, over):
        ends.append(end)
        _kill(child)


def _kill(child: subprocess.Popen[bytes]) -> None:
    """Kill the process with those that it started."""
    if os.name == "posix":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    child.kill()


def _end(child: subprocess.Popen[bytes]) -> None:
    """Let a process that has answered go by itself, and kill what is left of it."""
    for pipe in filter(None, (child.stdin, child.stdout)):
        with suppress(OSError):
            pipe.close()
    _kill(child)
    child.wait()


def _exchange(
    child: subprocess.Popen[bytes],
    request: Request,
    hears: Hears,
    steps: list[str],
) -> dict[str, Any]:
    """Ask, pass on what is told, and give the answer; an empty one where the process ended without."""
    import pickle  # noqa: PLC0415  (as subprocess)
    import subprocess  # noqa: PLC0415

    assert child.stdin is not None  # noqa: S101
    assert child.stdout is not None  # noqa: S101
    answer: dict[str, Any] = {}
    ears = {"step": hears.step, "note": hears.note, "plan": hears.plan or hears.note}
    with suppress(OSError):
        child.stdin.write(pickle.dumps(request))  # only ever read by the child: nothing comes back this way
        child.stdin.flush()  # and stays open: its end tells the child that nobody waits any more
        for told in _told(child.stdout):
            kind = next(iter(told), "")
            if kind in ears:
                ears[kind](str(told[kind]))
                steps += [str(told[kind])] if kind == "step" else []
            else:
                answer = told
    if not answer:
        with suppress(subprocess.TimeoutExpired):  # it has closed its output: it is about to end
            child.wait(timeout=10)
    return answer


def _told(pipe: IO[bytes]) -> Iterator[dict[str, Any]]:
    """Read messages: a line of JSON each; the answer follows its line. What is no message is the end."""
    while (line := pipe.readline(_LONGEST)).endswith(b"\n"):
        try:
            told = json.loads(line)
            if not isinstance(told, dict):
                return
            if "answer" in told:
                text = pipe.read(int(told["answer"]))
                told = {"answer": text.decode("utf-8")} if len(text) == int(told["answer"]) else {}
        except (ValueError, TypeError):
            return
        yield told


def _problem(told: dict[str, Any]) -> Problem:
    from qmscheck.toml import ShiftedProblem  # noqa: PLC0415  (only where there is one)

    kind = ShiftedProblem if "shift" in told else Problem
    return kind(**{name.name: told[name.name] for name in fields(kind)})


def _beside(memory: int | None) -> int | None:
    """Give what is left for the other process: this one waits meanwhile, and is counted, too (decision 0052)."""
    return None if memory is None else max(memory - resident(), memory // 2)


def _of_machine() -> int:
    """The bytes of memory that the machine has; 0 where it does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0
