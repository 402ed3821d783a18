"""A child process that examines files, one after the other, within its memory (its argument, in bytes).

It is asked on its standard input, a line of JSON and the bytes of the file, and answers on its standard output with
the length of a JSON text and that text. JSON and not pickle: nothing that a hostile file does to the child runs in the
parent. See `workshop`.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys

from qmscheck_documents.asking import Asked, Examined
from qmscheck_documents.blocks import Refused

__all__ = ["answer_of", "main", "question", "text_of"]


def question(asked: Asked) -> bytes:
    """Write the line that stands before the bytes of a file."""
    told = {"name": asked.name, "below": asked.below, "suffix": asked.suffix}
    return json.dumps({**told, "template": asked.template, "size": len(asked.content)}).encode() + b"\n"


def text_of(answer: Examined | Refused) -> str:
    """Write an answer as JSON."""
    return json.dumps({name: getattr(answer, name) for name in answer.__slots__})


def answer_of(text: str | bytes) -> Examined | Refused:
    """Read an answer. Raises ValueError, KeyError or TypeError for what is none."""
    told = json.loads(text)
    if "reason" in told:
        return Refused(**told)
    return Examined(**{**told, "unread": [(reason, detail) for reason, detail in told["unread"]]})


def main() -> None:
    """Answer until the input ends. What a library prints must not look like an answer, so it goes elsewhere."""
    from qmscheck_documents.document import examine  # noqa: PLC0415  (the parent, which asks, has no need of it)

    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interruption ends
    _limit(int(sys.argv[1]))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    questions = sys.stdin.buffer
    while line := questions.readline():
        told = json.loads(line)
        content = questions.read(told.pop("size"))
        text = text_of(examine(Asked(**told, content=content))).encode()
        answers.write(b"%d\n" % len(text) + text)
        answers.flush()


def _limit(most: int) -> None:
    """Bound the address space, where the system can."""
    try:
        import resource  # noqa: PLC0415  (not on every system)
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    main()
