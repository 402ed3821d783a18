"""What is asked about in one request, and what is remembered of all of it together."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from qmscheck import Request, Unread
from qmscheck_documents.asking import Asked, Examined
from qmscheck_documents.found import Found
from qmscheck_documents.store import Store
from qmscheck_documents.taking import Taken, content_of, taken
from qmscheck_documents.whole import unpacked

__all__ = ["Asking", "recalled"]


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked about, and where answers are remembered. `seeds` and `refused` grow while files are examined;
    `left` tells that nobody waits for an answer any more.
    """

    request: Request
    path: Path
    templates: tuple[Path, ...]
    store: Store | None
    seeds: list[bytes] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    left: threading.Event = field(default_factory=threading.Event)

    @property
    def place(self) -> Path | None:
        """The file of all that the folder came to. None where nothing is remembered."""
        if self.store is None:
            return None
        return self.store.place(*map(os.path.abspath, (self.path, self.request.root, *self.templates)))


def recalled(asking: Asking) -> tuple[Found, list[Unread]] | None:
    """Give all that the folder came to before, and what cannot be read; None where any file is another than it was."""
    assert asking.store is not None  # noqa: S101
    assert asking.place is not None  # noqa: S101
    files: list[tuple[Taken, Asked]] = []
    seeds: list[bytes] = []
    unread: list[Unread] = []
    for one in taken(asking.request, asking.path, asking.templates):
        if asking.left.is_set():
            return None
        if isinstance(one.asked, Unread):
            unread.append(one.asked)
        else:
            seeds.append(asking.store.seed(one.asked))
            bare = one.asked._replace(content=b"")  # not all files at once
            files.append((one._replace(asked=bare), bare))
    texts = asking.store.get_whole(asking.place, seeds)
    if texts is None:
        return None
    found, refused = unpacked(texts, [None if one.aside else one.path for one, _ in files])
    again = _refused([(*files[number], seeds[number]) for number in refused], asking.store) if refused else []
    return None if again is None else (found, [*unread, *again, *found.unread()])


def _refused(files: Sequence[tuple[Taken, Asked, bytes]], store: Store) -> list[Unread] | None:
    """Ask once more about files that their parser refused: one that broke down may not do so again. None where there is
    another answer.
    """
    asked: list[Path] = []

    def questions() -> Iterator[Asked]:
        for one, bare, seed in files:
            content = content_of(one.path)
            if isinstance(content, Unread) or store.seed(question := bare._replace(content=content)) != seed:
                return  # written meanwhile
            asked.append(one.path)
            yield question

    from qmscheck_documents.workshop import Workshop  # noqa: PLC0415  (rarely: it takes longer than to recall)

    with Workshop(keep=store.put) as workshop:
        answers = list(workshop.examine(questions()))
    told = [
        Unread(path, one.reason, one.detail)
        for path, one in zip(asked, answers, strict=True)
        if not isinstance(one, Examined)
    ]
    return told if len(told) == len(files) else None
