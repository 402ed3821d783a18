"""An audit in a process of its own, which can be ended at any time and may use only so much memory.

An engine does not hear an interruption inside one function call, and its limit of memory does not count every text. So
criteria that did not come with the product are judged where neither can take this process down (decision 0038). In
goes the plan, out come what is told meanwhile and the record, as JSON that is read like any other. See `child`.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import IO, Any, Literal

from qmscheck import record as record_room
from qmscheck.errors import Problem, QmscheckError
from qmscheck.model import AuditPlan, AuditRecord
from qmscheck.plan import PlanFile
from qmscheck.plugins import Plugins
from qmscheck.toml import ShiftedProblem

__all__ = ["Bounds", "Isolation", "Request", "conduct", "foreign", "is_apart"]

#: `auto`: where a ruleset is neither shipped nor trusted by the plan.
Isolation = Literal["auto", "always", "never"]

#: The distributions of this product that bring rulesets.
_SHIPPED = frozenset({"qmscheck", "qmscheck-iso9001"})
#: Address space beside what the engine may use: the interpreter, its libraries, stacks of threads.
_ROOM = 2 << 30
_LEAST = 4 << 30
_LONGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an audit may use: seconds (None: as many as it takes), and bytes of memory (None: what the machine has)."""

    seconds: float | None = None
    memory: int | None = None

    @property
    def space(self) -> int:
        """The bytes of address space."""
        return self.memory + _ROOM if self.memory is not None else max(_LEAST, _of_machine())


@dataclass(frozen=True, slots=True)
class Request:
    """What the other process is asked to audit."""

    planfile: PlanFile
    disabled: frozenset[str]
    threads: int | None
    cache: Path | None
    memory: int | None
    space: int
    is_planned: bool


def foreign(plan: AuditPlan, plugins: Plugins) -> tuple[int, ...]:
    """Give the numbers of the rulesets that neither came with the product nor are trusted by the plan."""
    return tuple(
        number
        for number, name in enumerate(plan.rulesets)
        if name not in plan.trusted
        and not (name in plugins.rulesets and plugins.origin("ruleset", name).distribution in _SHIPPED)
    )


def is_apart(plan: AuditPlan, plugins: Plugins, isolation: Isolation | None = None) -> bool:
    """Tell whether an audit is to be conducted in a process of its own. None: the environment says, or `auto`."""
    chosen = isolation or os.environ.get("QMSCHECK_ISOLATION", "auto")
    return chosen == "always" or (chosen != "never" and bool(foreign(plan, plugins)))


def conduct(
    planfile: PlanFile,
    plugins: Plugins,
    bounds: Bounds,
    *,
    threads: int | None = None,
    progress: Callable[[str], None] = lambda _text: None,
    cache: Path | None = None,
    noted: Callable[[str], None] = lambda _text: None,
    planned: Callable[[str], None] | None = None,
) -> AuditRecord:
    """Conduct one audit as `audit.conduct` does, in a process of its own.

    Raises QmscheckError as that does, and where the process was stopped or broke down: at the place where the plan
    names the rulesets. Nothing of that process, its own processes, or its private folder is left.
    """
    request = Request(planfile, plugins.disabled, threads, cache, bounds.memory, bounds.space, planned is not None)
    late = threading.Event()
    steps = ["starting"]
    with _started(bounds.seconds, late) as child:
        hears = {"step": progress, "note": noted, "plan": planned or noted}
        answer = _exchange(child, request, hears, steps)
    if "record" in answer and not late.is_set():
        return record_room.read(str(answer["record"]), "the record of the other process")
    if "problems" in answer and not late.is_set():
        raise QmscheckError(*map(_problem, answer["problems"]))
    if "defect" in answer and not late.is_set():
        raise RuntimeError(str(answer["defect"]))
    why = _why(bounds, child.returncode, answer, late=late.is_set())
    raise _stopped(planfile, plugins, steps[-1], why)


def _stopped(planfile: PlanFile, plugins: Plugins, step: str, why: str) -> QmscheckError:
    """Say which rulesets were being judged when the process ended."""
    message = f"the audit with this ruleset {why}; the last step was: {step}"
    hint = "narrow it down with --select and --ignore, or give it more: docs/safety.md"
    numbers = foreign(planfile.plan, plugins) or range(len(planfile.plan.rulesets))
    return QmscheckError(*(planfile.problem(("audit", "rulesets", number), message, hint) for number in numbers))


def _why(bounds: Bounds, code: int, answer: dict[str, Any], *, late: bool) -> str:
    if late:
        return f"was stopped after {bounds.seconds:g} seconds"
    if "memory" in answer:
        return f"needed more memory than it may use ({bounds.space >> 20} MiB of address space)"
    death = f"signal {-code}" if code < 0 else f"exit code {code}"
    return f"broke down ({death}; it may use {bounds.space >> 20} MiB of address space)"


@contextmanager
def _started(seconds: float | None, late: threading.Event) -> Iterator[subprocess.Popen[bytes]]:
    """Start the process, in a group of its own and with a folder of its own; at the end both are gone."""
    # -P: the folder of the caller is no place to import from; it may be the very one that is audited.
    command = [sys.executable, "-P", "-m", "qmscheck.apart.child"]
    grouped: dict[str, Any] = {"process_group": 0} if os.name == "posix" else {}
    with tempfile.TemporaryDirectory(prefix="qmscheck-", ignore_cleanup_errors=True) as folder:
        child = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "TMPDIR": folder},
            **grouped,
        )
        watch = threading.Timer(seconds or 0, _stop, (child, late))
        watch.daemon = True
        if seconds is not None:
            watch.start()
        try:
            yield child
        finally:
            watch.cancel()
            _end(child)


def _stop(child: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
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
    hears: Mapping[str, Callable[[str], None]],
    steps: list[str],
) -> dict[str, Any]:
    """Ask, pass on what is told, and give the answer; an empty one where the process ended without."""
    assert child.stdin is not None  # noqa: S101
    assert child.stdout is not None  # noqa: S101
    answer: dict[str, Any] = {}
    with suppress(OSError):
        child.stdin.write(pickle.dumps(request))  # only ever read by the child: nothing comes back this way
        child.stdin.flush()  # and stays open: its end tells the child that nobody waits any more
        for told in _told(child.stdout):
            kind = next(iter(told), "")
            if kind in hears:
                hears[kind](str(told[kind]))
                steps += [str(told[kind])] if kind == "step" else []
            else:
                answer = told
    if not answer:
        with suppress(subprocess.TimeoutExpired):  # it has closed its output: it is about to end
            child.wait(timeout=10)
    return answer


def _told(pipe: IO[bytes]) -> Iterator[dict[str, Any]]:
    """Read messages: a line of JSON each; the record follows its line. What is no message is the end."""
    while (line := pipe.readline(_LONGEST)).endswith(b"\n"):
        try:
            told = json.loads(line)
            if not isinstance(told, dict):
                return
            if "record" in told:
                text = pipe.read(int(told["record"]))
                told = {"record": text.decode("utf-8")} if len(text) == int(told["record"]) else {}
        except (ValueError, TypeError):
            return
        yield told


def _problem(told: dict[str, Any]) -> Problem:
    kind = ShiftedProblem if "shift" in told else Problem
    return kind(**{name.name: told[name.name] for name in fields(kind)})


def _of_machine() -> int:
    """The bytes of memory that the machine has; 0 where it does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0
