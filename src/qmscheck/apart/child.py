"""The other process: does one piece of work within its limits, tells of each step, and answers with what was found.

It is asked on its standard input and answers on its standard output, in lines of JSON: `step`, `note`, `plan` (how
rules are counted), and at last one of `answer` (with the number of bytes that follow), `problems`, `memory` (there
was not enough), `defect`.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import json
import os
import pickle
import signal
import sys
import threading
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import IO

from qmscheck.apart import Request

__all__ = ["main"]

#: What is said of a library, a thread, a module and an engine for which the address space has no room.
_NO_SPACE = (
    "failed to map segment",
    "can't start new thread",
    "error return without exception set",
    "Out of Memory Error",
)


def main() -> None:
    """Answer once. What a library prints must not look like an answer, so it goes elsewhere."""
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interruption ends
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    gc.set_threshold(200_000, 20, 20)  # as the command does
    request: Request = pickle.load(sys.stdin.buffer)  # noqa: S301  (from the parent, and from nobody else)
    _limit(request.space)
    threading.Thread(target=_watch, daemon=True).start()
    with contextlib.suppress(BrokenPipeError):
        _answer(request, answers)
        answers.flush()
    os._exit(0)


def _answer(request: Request, answers: IO[bytes]) -> None:
    """Do the work; say in the place of what was found why there is nothing."""
    from qmscheck import plugins  # noqa: PLC0415  (with what the work needs, much of the program: within the limits)
    from qmscheck.apart.works import Hears  # noqa: PLC0415
    from qmscheck.engine import Means  # noqa: PLC0415
    from qmscheck.errors import QmscheckError  # noqa: PLC0415

    hears = Hears(
        lambda text: _tell(answers, step=text),
        lambda text: _tell(answers, note=text),
        (lambda text: _tell(answers, plan=text)) if request.is_planned else None,
    )
    try:
        found = request.work.answer(plugins.load(request.disabled), hears, Means(request.memory))
        text = found.encode("utf-8")
    except QmscheckError as error:
        _tell(answers, problems=[asdict(problem) for problem in error.problems])
    except Exception as error:  # noqa: BLE001  (a defect is told as one)
        if _lacks_memory(error):
            _tell(answers, memory=True)
            return
        frame = traceback.extract_tb(error.__traceback__)[-1]
        _tell(answers, defect=f"{type(error).__name__}: {error} ({Path(frame.filename).name}:{frame.lineno})"[:2000])
    else:
        _tell(answers, answer=len(text))
        answers.write(text)


def _lacks_memory(error: Exception) -> bool:
    """Tell whether something failed because there was no room for it, whoever says so."""
    refused = isinstance(error, OSError) and error.errno == errno.ENOMEM
    return refused or isinstance(error, MemoryError) or any(sign in str(error) for sign in _NO_SPACE)


def _tell(answers: IO[bytes], **told: object) -> None:
    answers.write(json.dumps(told).encode("ascii") + b"\n")
    answers.flush()


def _watch() -> None:
    """End this process, and those that it started, as soon as nobody waits for its answer."""
    sys.stdin.buffer.read(1)
    if os.name == "posix":
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def _limit(space: int) -> None:
    """Bound the address space, leave no image of a process that broke, and be the first to go where memory is short."""
    try:
        import resource  # noqa: PLC0415  (not on every system)
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", "ascii")


if __name__ == "__main__":
    main()
