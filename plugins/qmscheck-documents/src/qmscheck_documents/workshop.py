"""The parent of the worker processes: files go out, answers come back in order; a bad file costs itself alone.

Why not a pool from a library: the pools of the standard library and of pebble import the caller's main module in each
child, which runs a script that uses qmscheck a second time, and they exchange pickles with a child that reads hostile
files.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType
from typing import IO, Self

from qmscheck_documents.asking import Asked, Examined
from qmscheck_documents.blocks import Refused
from qmscheck_documents.worker import answer_of, question

__all__ = ["Workshop"]

_WORKERS = 2
#: Files that are held at once, with the one whose answer is waited for; and their bytes, above which no more is begun.
_AHEAD = 16
_HELD = 32 << 20
#: Files and bytes up to which one worker is sooner done than a second one has started.
_FEW, _LIGHT = 15, 1 << 20
_SECONDS = 60.0
_MOST_MEMORY = 2 << 30


class Workshop:
    """Some workers, started when they are needed. Use it as a context: at its end they are gone.

    `seconds` is how long one file may take, `memory` the address space of a worker in bytes.
    """

    def __init__(
        self,
        *,
        workers: int = _WORKERS,
        seconds: float = _SECONDS,
        memory: int = _MOST_MEMORY,
        keep: Callable[[Asked, bytes], None] | None = None,
    ) -> None:
        """Start nothing yet. `keep` is given the text of each file that was read, in another thread."""
        self._keep = keep
        self._seconds, self._memory = seconds, memory
        self._workers = workers
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="document")  # starts no thread before it is asked
        self._free: deque[subprocess.Popen[bytes]] = deque()
        self._children: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        """Give the workshop itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every worker, also one that is still at work: whoever leaves wants no more answers."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for child in self._children:
            child.kill()
        self._threads.shutdown(wait=True)
        for child in self._children:
            _end(child)

    def examine(self, files: Iterable[Asked]) -> Iterator[Examined | Refused]:
        """Examine files, some at a time: the first are begun at once. Give the answers in their order, and hold no more
        than a few files.
        """
        coming = iter(files)
        first: list[Asked] = []
        for asked in coming:
            first.append(asked)
            if len(first) > _FEW or sum(len(one.content) for one in first) > _LIGHT:
                self._threads.shutdown()
                self._threads = ThreadPoolExecutor(self._workers, thread_name_prefix="document")
                break
        waiting: deque[tuple[int, Future[Examined | Refused]]] = deque(map(self._begun, first))
        self._begin(coming, waiting)
        return self._answers(coming, waiting)

    def _begun(self, asked: Asked) -> tuple[int, Future[Examined | Refused]]:
        return len(asked.content), self._threads.submit(self._one, asked)

    def _begin(self, coming: Iterator[Asked], waiting: deque[tuple[int, Future[Examined | Refused]]]) -> None:
        while len(waiting) < _AHEAD and sum(size for size, _ in waiting) < _HELD:
            asked = next(coming, None)
            if asked is None:
                return
            waiting.append(self._begun(asked))

    def _answers(
        self, coming: Iterator[Asked], waiting: deque[tuple[int, Future[Examined | Refused]]]
    ) -> Iterator[Examined | Refused]:
        while waiting:
            _, first = waiting.popleft()
            self._begin(coming, waiting)
            yield first.result()

    def _one(self, asked: Asked) -> Examined | Refused:
        """Let a worker examine one file; end it if the file takes too long."""
        child = self._worker()
        assert child.stdin is not None  # noqa: S101
        assert child.stdout is not None  # noqa: S101
        late = threading.Event()
        watch = threading.Timer(self._seconds, _stop, (child, late))
        watch.daemon = True
        watch.start()
        try:
            answer = _exchange(child.stdin, child.stdout, asked, self._keep)
        except (OSError, ValueError, KeyError, TypeError):
            answer = None
        finally:
            watch.cancel()
        if answer is not None:
            self._free.append(child)
            return answer
        _end(child)
        if late.is_set():
            return Refused("timeout", f"Its parser was stopped after {self._seconds:g} seconds.")
        return Refused("crashed", f"Its parser broke down ({_death(child.returncode)}); other files are not affected.")

    def _worker(self) -> subprocess.Popen[bytes]:
        """Give a worker that is free and alive, else a new one."""
        with suppress(IndexError):
            while True:
                child = self._free.popleft()
                if child.poll() is None:
                    return child
                _end(child)
        # -P: the folder of the caller is no place to import from; it may be the very one that is audited.
        command = [sys.executable, "-P", "-m", "qmscheck_documents.worker", str(self._memory)]
        child = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._children.append(child)
        return child


def _stop(child: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    child.kill()


def _exchange(
    out: IO[bytes], back: IO[bytes], asked: Asked, keep: Callable[[Asked, bytes], None] | None
) -> Examined | Refused | None:
    """Ask and hear; None where the worker is gone before it has answered."""
    out.write(question(asked))
    out.write(asked.content)
    out.flush()
    length = back.readline()
    if not length.endswith(b"\n"):
        return None
    text = back.read(int(length))
    if len(text) != int(length):
        return None
    answer = answer_of(text)
    if keep is not None and isinstance(answer, Examined):
        keep(asked, text)
    return answer


def _end(child: subprocess.Popen[bytes]) -> None:
    """End a worker and let go of its pipes."""
    child.kill()
    for pipe in filter(None, (child.stdin, child.stdout)):
        with suppress(OSError):
            pipe.close()
    child.wait()


def _death(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
