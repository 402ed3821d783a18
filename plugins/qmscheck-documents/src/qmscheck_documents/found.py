"""What a request has found so far: two tables that grow, document by document, and what of the files cannot be read."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from qmscheck import UNREADABLE, Batch, Extract, Rows, Unread, as_text
from qmscheck_documents.asking import COMPARED, DOCUMENTS, PASSAGES, Examined

__all__ = ["Found", "Lacking", "Table", "numbered"]

_BATCH = 4000
_TITLE, _KIND = DOCUMENTS.index("title"), DOCUMENTS.index("kind")

#: Of a file that was read, by its number: the reason, the sentence and the page of something that could not be read.
Lacking = tuple[int, str, str, int | None]


@dataclass(slots=True)
class Table:
    """Columns that grow while files are read, with the place of every record."""

    columns: tuple[list[str | None], ...]
    rows: list[int] = field(default_factory=list)
    pages: list[int | None] = field(default_factory=list)
    headings: list[str | None] = field(default_factory=list)
    paragraphs: list[int | None] = field(default_factory=list)
    cells: list[str | None] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    languages: list[str | None] = field(default_factory=list)

    def batches(self) -> Iterator[Batch]:
        """Give some thousand records at a time."""
        for start in range(0, len(self.paths), _BATCH):
            part = slice(start, start + _BATCH)
            yield Batch(
                columns=tuple(column[part] for column in self.columns),
                rows=self.rows[part],
                pages=self.pages[part],
                headings=self.headings[part],
                paragraphs=self.paragraphs[part],
                cells=self.cells[part] or None,
                paths=self.paths[part],
                languages=self.languages[part] or None,
            )


def _empty(width: int) -> Table:
    return Table(tuple([] for _ in range(width)))


@dataclass(slots=True)
class Found:
    """Two tables, the files they come from, how many passages each of these has, and what of them is lacking."""

    documents: Table = field(default_factory=lambda: _empty(len(DOCUMENTS)))
    parts: Table = field(default_factory=lambda: _empty(len(PASSAGES)))
    seen: list[Path] = field(default_factory=list)
    passages: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lacking: list[Lacking] = field(default_factory=list)

    def add(self, file: Path, answer: Examined) -> None:
        """Add a document and its passages, column by column. What it is like is not known yet."""
        self.lacking.extend(_lacking(len(self.seen), answer))
        self.seen.append(file)
        self.passages.append(len(answer.texts))
        self.notes.extend(answer.notes)
        _add_document(self.documents, answer)
        _add_passages(self.parts, answer)

    def unread(self) -> Iterator[Unread]:
        """Name what could not be read of the files that were."""
        for number, reason, detail, page in self.lacking:
            yield Unread(self.seen[number], reason, detail, page)

    def extracts(self, path: Path) -> Iterator[Extract]:
        """Give both tables, if any file was read."""
        if not self.seen:
            return
        files, notes = tuple(self.seen), tuple(self.notes)
        marked = any(UNREADABLE in column for column in self.documents.columns)
        yield Extract("documents", path, DOCUMENTS, Rows(self.documents.batches()), files, notes=notes, marked=marked)
        yield Extract("passages", path, PASSAGES, Rows(self.parts.batches()), files, notes=notes, worded="text")

    def liken(self, likes: Sequence[tuple[object, ...]]) -> None:
        """Say of each document, in their order, what it is like: the cells of `COMPARED`."""
        for column, told in zip(self.documents.columns[-len(COMPARED) :], zip(*likes, strict=True), strict=False):
            column[:] = map(as_text, told)


def numbered(name: str, numbers: Sequence[str]) -> list[str]:
    """Give the ids of passages of a document, whose numbers are given."""
    return list(map(f"{name}#".__add__, numbers))


def _lacking(number: int, answer: Examined) -> Iterator[Lacking]:
    if answer.scanned and not answer.has_text:
        told = "The file is a scan: it shows pictures of text, which cannot be read."
        yield number, "no-text-layer", told, None
    else:
        for page in answer.scanned:
            yield number, "no-text-layer", "The page is a scan: it shows a picture, which cannot be read.", page
    for reason, detail in answer.unread:
        yield number, reason, detail, None


def _add_document(table: Table, answer: Examined) -> None:
    for column, cell in zip(table.columns, (*answer.document, *(None for _ in COMPARED)), strict=True):
        column.append(cell)
    table.rows.append(0)
    table.pages.append(None)
    table.headings.append(None)
    table.paragraphs.append(None)
    table.paths.append(str(answer.document[0]))


def _add_passages(table: Table, answer: Examined) -> None:
    number = len(answer.texts)
    name, title, kind = str(answer.document[0]), answer.document[_TITLE], answer.document[_KIND]
    numbers = list(map(sys.intern, map(str, range(1, number + 1))))
    pages = {page: None if page is None else str(page) for page in set(answer.on_pages)}
    columns: list[Sequence[str | None]] = [
        numbered(name, numbers),
        [name] * number,
        [title] * number,
        [kind] * number,
        [pages[page] for page in answer.on_pages],
        answer.headings,
        numbers,
        answer.cells,
        answer.roles,
        answer.texts,
    ]
    for column, more in zip(table.columns, columns, strict=True):
        column.extend(more)
    table.paths.extend([name] * number)
    table.rows.extend(answer.lines)
    table.pages.extend(answer.on_pages)
    table.headings.extend(answer.headings)
    table.paragraphs.extend(range(1, number + 1))
    table.cells.extend(answer.cells)
    table.languages.extend(answer.languages)
