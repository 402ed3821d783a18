"""What a request has found so far: documents and their passages, and what of the files cannot be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qmscheck import UNREADABLE, Batch, Extract, Rows, Unread, as_text
from qmscheck_documents.asking import COMPARED, DOCUMENTS, PASSAGES, Examined
from qmscheck_documents.folded import Folded

__all__ = ["Found", "Lacking"]

#: Of a file that was read, by its number: the reason, the sentence and the page of something that could not be read.
Lacking = tuple[int, str, str, int | None]


@dataclass(slots=True)
class Found:
    """The columns of `documents`, the passages, the files they come from, and what of these is lacking."""

    documents: tuple[list[str | None], ...] = field(default_factory=lambda: tuple([] for _ in DOCUMENTS))
    passages: Folded = field(default_factory=Folded)
    seen: list[Path] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lacking: list[Lacking] = field(default_factory=list)

    def add(self, file: Path, answer: Examined) -> None:
        """Add a document and its passages. What it is like is not known yet."""
        number = len(self.seen)
        self.lacking.extend(_lacking(number, answer))
        self.seen.append(file)
        self.notes.extend(answer.notes)
        for column, cell in zip(self.documents, (*answer.document, *(None for _ in COMPARED)), strict=True):
            column.append(cell)
        self.passages.add(number, answer)

    def finish(self, likes: Sequence[tuple[object, ...]]) -> None:
        """Say that all were added, and of each, in their order, what it is like: the cells of `COMPARED`."""
        for column, told in zip(self.documents[-len(COMPARED) :], zip(*likes, strict=True), strict=False):
            column[:] = map(as_text, told)
        self.passages.fold()

    def unread(self) -> Iterator[Unread]:
        """Name what could not be read of the files that were."""
        for number, reason, detail, page in self.lacking:
            yield Unread(self.seen[number], reason, detail, page)

    def extracts(self, path: Path) -> Iterator[Extract]:
        """Give both tables, if any file was read."""
        if not self.seen:
            return
        files, notes = tuple(self.seen), tuple(self.notes)
        marked = any(UNREADABLE in column for column in self.documents)
        parts = self.passages.batches(self.documents)
        yield Extract("documents", path, DOCUMENTS, Rows((_batch(self.documents),)), files, notes=notes, marked=marked)
        yield Extract("passages", path, PASSAGES, Rows(parts), files, notes=notes, worded="text")


def _batch(documents: tuple[list[str | None], ...]) -> Batch:
    """Give the documents as records: each is a file, and stands on no line or page of one."""
    paths = [str(path) for path in documents[0]]
    nowhere: list[Any] = [None] * len(paths)
    return Batch(documents, [0] * len(paths), nowhere, nowhere, nowhere, paths=paths)


def _lacking(number: int, answer: Examined) -> Iterator[Lacking]:
    if answer.scanned and not answer.has_text:
        told = "The file is a scan: it shows pictures of text, which cannot be read."
        yield number, "no-text-layer", told, None
    else:
        for page in answer.scanned:
            yield number, "no-text-layer", "The page is a scan: it shows a picture, which cannot be read.", page
    for reason, detail in answer.unread:
        yield number, reason, detail, None
