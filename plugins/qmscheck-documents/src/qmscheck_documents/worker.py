"""A child process that examines files, one after the other, within its memory (its argument, in bytes).

It is asked on its standard input, a line of JSON that tells of some files and their bytes, and answers for each on its
standard output with the length of a JSON text and that text. JSON and not pickle: nothing that a hostile file does to
the child runs in the parent. See `workshop`.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import sys
from collections.abc import Sequence
from typing import IO, Any

from qmscheck_documents.asking import Asked, Examined
from qmscheck_documents.blocks import Refused

__all__ = ["answer_of", "main", "questions", "text_of"]

_COLUMNS = ("lines", "on_pages", "headings", "cells", "roles", "texts", "languages")
#: What stands between the parts of a column: no text has it, and JSON writes it as it is (a line break in two).
_APART = "\x7f"
_REPEATED = ("headings", "roles", "languages")
#: Answers after which what only a cycle keeps alive is looked for. In between that search costs more than it frees.
_ROUND = 50

#: Seconds between two looks whether who asks is still there.
_LOOK = 0.5


def questions(files: Sequence[Asked]) -> bytes:
    """Write what a worker is asked: a line that tells of some files, and their bytes, one behind the other."""
    told = [(one.name, one.below, one.suffix, one.template, len(one.content)) for one in files]
    return b"".join((json.dumps(told).encode(), b"\n", *(one.content for one in files)))


def _asked(line: bytes, source: IO[bytes]) -> list[Asked]:
    """Read all that is asked before any of it is answered: else both ends would wait for the other to read."""
    told = json.loads(line)
    return [Asked(name, below, suffix, source.read(size), template) for name, below, suffix, template, size in told]


def text_of(answer: Examined | Refused) -> str:
    """Write an answer as JSON."""
    told = {name: getattr(answer, name) for name in answer.__slots__}
    if isinstance(answer, Examined):
        told["passages"] = len(answer.texts)
        told |= {name: _joined(told[name]) for name in _COLUMNS}
    return json.dumps(told, ensure_ascii=False)


def answer_of(text: str | bytes) -> Examined | Refused:
    """Read an answer. Raises ValueError, KeyError or TypeError for what is none."""
    told = json.loads(text)
    if "reason" in told:
        return Refused(**told)
    number = told.pop("passages")
    columns: dict[str, list[Any]] = {name: _parted(told[name], number) for name in _COLUMNS}
    columns["lines"] = list(map(int, columns["lines"]))
    columns["on_pages"] = [int(page) if page else None for page in columns["on_pages"]]
    for name in _REPEATED:  # a folder has a hundred thousand of them, and few that differ
        columns[name] = list(map(sys.intern, columns[name]))
    for name in ("headings", "cells", "languages"):
        columns[name] = [one or None for one in columns[name]]
    told["unread"] = [(reason, detail) for reason, detail in told["unread"]]
    return Examined(**{**told, **columns})


def _joined(column: list[object]) -> str:
    """Write a column as one text, a part for each passage: a list of as many texts takes ten times as long to read."""
    if column.count(None) == len(column):
        return _APART * (len(column) - 1)
    parts = ["" if one is None else str(one) for one in column]
    text = _APART.join(parts)
    if "\n" not in text and text.count(_APART) < len(parts):
        return text
    return _APART.join([part.replace("\n", " ").replace(_APART, " ") for part in parts])


def _parted(text: str, number: int) -> list[str]:
    found = text.split(_APART) if number else []
    if len(found) != number:
        raise ValueError("the columns of an answer differ in length")
    return found


def main() -> None:
    """Answer until the input ends. What a library prints must not look like an answer, so it goes elsewhere."""
    from qmscheck_documents.document import examine  # noqa: PLC0415  (the parent, which asks, has no need of it)

    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interruption ends
    _limit(int(sys.argv[1]))
    _follow(os.getppid())
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    source = sys.stdin.buffer
    gc.disable()
    gc.freeze()  # what was imported stays; no search need look at it again
    answered = 0
    while line := source.readline():
        for asked in _asked(line, source):
            text = text_of(examine(asked)).encode("utf-8", "surrogatepass")
            answers.write(b"%d\n" % len(text) + text)
            answers.flush()
            answered += 1
            if answered % _ROUND == 0:
                gc.collect()


def _follow(parent: int) -> None:
    """End with the process that asks, also where it was killed while a long file was examined.

    A timer looks, and no thread: a thread would take a part of the address space.
    """

    def look(_number: int, _frame: object) -> None:
        if os.getppid() != parent:
            os._exit(1)

    if hasattr(signal, "setitimer"):  # not on Windows
        signal.signal(signal.SIGALRM, look)
        signal.siginterrupt(signal.SIGALRM, False)
        signal.setitimer(signal.ITIMER_REAL, _LOOK, _LOOK)


def _limit(most: int) -> None:
    """Bound the address space, where the system can."""
    try:
        import resource  # noqa: PLC0415  (not on every system)
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    main()
