"""The parent of the worker processes: files go out, answers come back in order; a bad file costs itself alone.

Why not a pool from a library: the pools of the standard library and of pebble import the caller's main module in each
child, which runs a script that uses qmscheck a second time, and they exchange pickles with a child that reads hostile
files.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import chain
from types import TracebackType
from typing import IO, Self

from qmscheck_documents.asking import Asked, Examined
from qmscheck_documents.blocks import Refused
from qmscheck_documents.watch import Watch
from qmscheck_documents.worker import answer_of, questions

__all__ = ["Workshop"]

_WORKERS = 2
#: Files that are held at once, with the one whose answer is waited for; and their bytes, above which no more is begun.
_AHEAD = 32
_HELD = 32 << 20
#: Files and bytes up to which one worker is sooner done than a second one has started.
_FEW, _LIGHT = 15, 1 << 20
#: Files, and bytes, that a worker is given at once: it does not wait for us between two small ones.
_TOGETHER, _SMALL = 8, 1 << 18
#: Bytes that a worker takes for documents of a few pages (measured: decision 0052). It may take more, up to its limit.
_TAKES = 48 << 20
#: The C library gives memory back to the system whenever so much of it is free at the end of its heap, and PDFium frees
#: all of a page at once: the system cleared 1.3 GB of new memory for 1,000 documents, a tenth of all time. Workers keep
#: it until they end (mallopt(3); other libraries than glibc take no notice).
_KEPT = {"MALLOC_TRIM_THRESHOLD_": str(64 << 20), "MALLOC_MMAP_THRESHOLD_": str(32 << 20)}
_SECONDS = 60.0
_MOST_MEMORY = 2 << 30

#: A file that was asked for, and its answer as soon as there is one.
_Waiting = tuple[Asked, "Future[Examined | Refused]"]


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
        self._watch = Watch(seconds)
        self._workers = workers
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="document")  # starts no thread before it is asked
        self._free: deque[subprocess.Popen[bytes]] = deque()
        self._children: list[subprocess.Popen[bytes]] = []
        self._asked = 0

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
        self._watch.end()
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
            self._asked = 1
            if len(first) > _FEW or sum(len(one.content) for one in first) > _LIGHT:
                self._threads.shutdown()
                self._threads = ThreadPoolExecutor(self._workers, thread_name_prefix="document")
                self._asked = self._workers
                break
        coming = chain(first, coming)
        waiting: deque[_Waiting] = deque()
        self._begin(coming, waiting)
        return self._answers(coming, waiting)

    @property
    def memory(self) -> int:
        """About what the workers that were asked take together, in bytes."""
        return self._asked * _TAKES

    def _begin(self, coming: Iterator[Asked], waiting: deque[_Waiting]) -> None:
        """Send files out, several small ones together, until enough are under way."""
        while len(waiting) <= _AHEAD - _TOGETHER and sum(len(asked.content) for asked, _ in waiting) < _HELD:
            together: list[_Waiting] = []
            for asked in coming:
                together.append((asked, Future()))
                if len(together) == _TOGETHER or sum(len(one.content) for one, _ in together) > _SMALL:
                    break
            if not together:
                return
            self._threads.submit(self._together, tuple(together))
            waiting.extend(together)

    def _answers(self, coming: Iterator[Asked], waiting: deque[_Waiting]) -> Iterator[Examined | Refused]:
        while waiting:
            _, first = waiting.popleft()
            self._begin(coming, waiting)
            yield first.result()

    def _together(self, files: Sequence[_Waiting]) -> None:
        """Let workers examine some files; whoever waits for one of them gets its answer as soon as it is there."""
        left = files
        try:
            while left:
                left = self._by_one(left)
        except BaseException as error:
            for _, answer in left:
                if not answer.done():
                    answer.set_exception(error)
            raise

    def _by_one(self, files: Sequence[_Waiting]) -> Sequence[_Waiting]:
        """Let one worker examine some files; end it if one takes too long. Give those that it did not come to."""
        child = self._worker()
        assert child.stdin is not None  # noqa: S101
        assert child.stdout is not None  # noqa: S101
        done = 0
        with suppress(OSError, ValueError, KeyError, TypeError):
            self._watch.over(child)
            child.stdin.write(questions([asked for asked, _ in files]))
            child.stdin.flush()
            for asked, answer in files:
                self._watch.over(child)
                if (heard := _heard(child.stdout, asked, self._keep)) is None:
                    break
                answer.set_result(heard)
                done += 1
        late = self._watch.off(child)
        if done == len(files) and not late:
            self._free.append(child)
            return ()
        _end(child)
        if done == len(files):
            return ()
        if late:
            files[done][1].set_result(Refused("timeout", f"Its parser was stopped after {self._seconds:g} seconds."))
        else:
            why = f"Its parser broke down ({_death(child.returncode)}); other files are not affected."
            files[done][1].set_result(Refused("crashed", why))
        return files[done + 1 :]

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
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**_KEPT, **os.environ},
        )
        self._children.append(child)
        return child


def _heard(back: IO[bytes], asked: Asked, keep: Callable[[Asked, bytes], None] | None) -> Examined | Refused | None:
    """Hear an answer; None where the worker is gone before it has answered."""
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
