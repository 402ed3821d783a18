"""One request read: every file examined once, and two tables handed over, `documents` and `passages`.

Read this first. `folder` says which files; `workshop` lets worker processes examine them; there `document` puts one
file together: the parser of its format (`asking.PARSERS`) takes it apart into blocks, `roles` judges the blocks,
`particulars` and `kinds` the document.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from qmscheck import Batch, Begun, Extract, Request, Rows, Unread
from qmscheck_documents.asking import DOCUMENTS, PARSERS, PASSAGES, Asked, Examined
from qmscheck_documents.blocks import Refused
from qmscheck_documents.folder import files, relative
from qmscheck_documents.workshop import Workshop

__all__ = ["read"]

_LFS = b"version https://git-lfs.github.com/spec/v1"
_LARGEST = 100_000_000
_BATCH = 4000


@dataclass(slots=True)
class _Table:
    """Columns that grow while files are read, with the place of every record."""

    columns: tuple[list[str | None], ...]
    rows: list[int] = field(default_factory=list)
    pages: list[int | None] = field(default_factory=list)
    headings: list[str | None] = field(default_factory=list)
    paragraphs: list[int | None] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def batches(self) -> Iterator[Batch]:
        for start in range(0, len(self.paths), _BATCH):
            part = slice(start, start + _BATCH)
            yield Batch(
                columns=tuple(column[part] for column in self.columns),
                rows=self.rows[part],
                pages=self.pages[part],
                headings=self.headings[part],
                paragraphs=self.paragraphs[part],
                paths=self.paths[part],
            )


def read(request: Request) -> Iterator[Extract | Unread | Begun]:
    """Read a folder or a file; what cannot be read is named, and nothing is left out silently."""
    path = request.path or request.root
    documents, parts = _empty(len(DOCUMENTS)), _empty(len(PASSAGES))
    seen: list[Path] = []
    notes: list[str] = []
    any_file = False
    for file, found in _examined(path, request.root):
        if isinstance(found, Begun):
            yield found
            continue
        any_file = True
        if isinstance(found, Unread):
            yield found
            continue
        yield from _scanned(file, found)
        yield from (Unread(file, reason, detail) for reason, detail in found.unread)
        seen.append(file)
        notes.extend(found.notes)
        _add(documents, parts, found, relative(file, request.root))
    if not any_file:
        yield Unread(path, "empty", "The folder holds no files.")
    if seen:
        for table, columns, content in (("documents", DOCUMENTS, documents), ("passages", PASSAGES, parts)):
            yield Extract(table, path, columns, Rows(content.batches()), tuple(seen), notes=tuple(notes))


def _empty(width: int) -> _Table:
    return _Table(tuple([] for _ in range(width)))


def _examined(path: Path, root: Path) -> Iterator[tuple[Path, Examined | Unread | Begun]]:
    """Tell that the work has begun; then give each file with what it holds, or with why it cannot be read, by name."""
    top = path if path.is_dir() else path.parent
    order: deque[tuple[Path, Unread | None]] = deque()

    def asked() -> Iterator[Asked]:
        for file in files(path):
            if isinstance(file, Unread):
                order.append((file.path, file))
                continue
            content = _content(file)
            order.append((file, content if isinstance(content, Unread) else None))
            if not isinstance(content, Unread):
                yield Asked(relative(file, root), relative(file, top), file.suffix.casefold(), content)

    with Workshop() as workshop:
        answers = workshop.examine(asked())
        yield path, Begun()
        for answer in answers:
            yield from _before(order)
            file, _ = order.popleft()
            yield file, Unread(file, answer.reason, answer.detail) if isinstance(answer, Refused) else answer
    yield from _before(order)


def _before(order: deque[tuple[Path, Unread | None]]) -> Iterator[tuple[Path, Unread]]:
    """Give what could not be read before the next file that was examined."""
    while order and order[0][1] is not None:
        file, unread = order.popleft()
        assert unread is not None  # noqa: S101
        yield file, unread


def _content(file: Path) -> bytes | Unread:
    if file.suffix.casefold() not in PARSERS:
        return Unread(file, "unsupported", f"Documents of this kind ({file.suffix or 'no suffix'}) are not read.")
    try:
        size = file.stat().st_size
        if size > _LARGEST:
            return Unread(file, "too-large", f"The file has {size:,} bytes; at most {_LARGEST:,} are read.")
        content = file.read_bytes()
    except OSError as error:
        return Unread(file, "missing", f"The file cannot be opened: {error.strerror}.")
    if not content.strip():
        return Unread(file, "empty", "The file is empty.")
    if content.startswith(_LFS):
        return Unread(file, "lfs-pointer", "Git LFS left a pointer here; fetch the file itself (git lfs pull).")
    return content


def _scanned(file: Path, found: Examined) -> Iterator[Unread]:
    if found.scanned and not found.has_text:
        yield Unread(file, "no-text-layer", "The file is a scan: it shows pictures of text, which cannot be read.")
        return
    for page in found.scanned:
        yield Unread(file, "no-text-layer", "The page is a scan: it shows a picture, which cannot be read.", page)


def _add(documents: _Table, parts: _Table, found: Examined, path: str) -> None:
    _append(documents, path, found.document)
    for ordinal, (cells, place) in enumerate(zip(found.passages, found.places, strict=True), 1):
        _append(parts, path, cells)
        parts.rows[-1], parts.pages[-1] = place.line, place.page
        parts.headings[-1], parts.paragraphs[-1] = place.heading, ordinal


def _append(table: _Table, path: str, cells: list[str | None]) -> None:
    for column, cell in zip(table.columns, cells, strict=True):
        column.append(cell)
    table.rows.append(0)
    table.pages.append(None)
    table.headings.append(None)
    table.paragraphs.append(None)
    table.paths.append(path)
