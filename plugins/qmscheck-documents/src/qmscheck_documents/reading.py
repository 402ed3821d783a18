"""One request read: every file parsed once, and two tables handed over, `documents` and `passages`.

Read this first. `folder` says which files; `markdown`, `plain_text`, `pdf` and `word` take them apart into blocks;
`roles` judges the blocks; `particulars` and `kinds` judge the document.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from qmscheck import Batch, Extract, Request, Rows, Unread, as_text
from qmscheck_documents.blocks import Parsed, Refused
from qmscheck_documents.folder import files, relative
from qmscheck_documents.kinds import kind_of
from qmscheck_documents.language import language_of
from qmscheck_documents.particulars import Particulars, particulars
from qmscheck_documents.roles import Passage, passages, settled, without_blank_particulars

__all__ = ["DOCUMENTS", "PASSAGES", "read"]

DOCUMENTS = (
    "path", "title", "kind", "doc_id", "version", "status", "owner", "approved_by", "approved_on", "review_due",
    "language", "pages", "words", "text_layer", "placeholders", "modified_on", "sha256", "contradictions",
)  # fmt: skip
PASSAGES = (
    "passage_id", "document", "document_title", "document_kind", "page", "heading", "paragraph", "role", "text",
)  # fmt: skip

_PARSERS = MappingProxyType(
    {".md": "markdown", ".markdown": "markdown", ".txt": "plain_text", ".pdf": "pdf", ".docx": "word"}
)
_LFS = b"version https://git-lfs.github.com/spec/v1"
_LARGEST = 100_000_000
_BATCH = 4000
_CHAPTER = re.compile(r"(?:chapter|kapitel|part|teil) [\divxlc]+", re.IGNORECASE)
_TO_FILL_IN = frozenset({"template", "form"})
_NOT_WORDS = frozenset({"comment", "header_footer"})


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


@dataclass(frozen=True, slots=True)
class _Document:
    """A file that was read, ready to become one row of `documents` and many of `passages`."""

    path: str
    title: str
    kind: str
    sha256: str
    parsed: Parsed
    told: Particulars
    passages: list[Passage]


def read(request: Request) -> Iterator[Extract | Unread]:
    """Read a folder or a file; what cannot be read is named, and nothing is left out silently."""
    path = request.path or request.root
    documents, parts = _empty(len(DOCUMENTS)), _empty(len(PASSAGES))
    seen: list[Path] = []
    notes: list[str] = []
    any_file = False
    for file in files(path):
        any_file = True
        if isinstance(file, Unread):
            yield file
            continue
        found = _document(file, request, path)
        if isinstance(found, Unread):
            yield found
            continue
        yield from _scanned(file, found)
        seen.append(file)
        notes.extend(f"{found.path}: {note}" for note in found.parsed.notes)
        _add_document(documents, found)
        _add_passages(parts, found)
    if not any_file:
        yield Unread(path, "empty", "The folder holds no files.")
    if seen:
        for table, columns, content in (("documents", DOCUMENTS, documents), ("passages", PASSAGES, parts)):
            yield Extract(table, path, columns, Rows(content.batches()), tuple(seen), notes=tuple(notes))


def _empty(width: int) -> _Table:
    return _Table(tuple([] for _ in range(width)))


def _document(file: Path, request: Request, top: Path) -> _Document | Unread:
    content = _content(file)
    if isinstance(content, Unread):
        return content
    parser = import_module(f"qmscheck_documents.{_PARSERS[file.suffix.casefold()]}")
    try:
        parsed: Parsed | Refused = parser.parse(content)
    except (RecursionError, MemoryError, OverflowError) as error:
        return Unread(
            file, "too-large", f"The file is nested or filled beyond what can be read: {type(error).__name__}."
        )
    if isinstance(parsed, Refused):
        return Unread(file, parsed.reason, parsed.detail)
    if not parsed.blocks and not parsed.scanned:
        return Unread(file, "empty", "The file holds no text.")
    name = relative(file, request.root)
    told = particulars(parsed)
    judged = list(passages(parsed.blocks))
    title = told.values.get("title") or _title(judged) or PurePosixPath(name).stem
    below = relative(file, top if top.is_dir() else top.parent)
    kind = kind_of(
        below,
        title,
        [told.values["kind"]] if "kind" in told.values else [],
        unfilled=any(passage.marks for passage in judged),
    )
    marked = any(passage.marks > passage.block.blank for passage in judged)
    judged = settled(judged, unfilled=marked or kind in _TO_FILL_IN)
    if kind not in _TO_FILL_IN:
        judged = without_blank_particulars(judged)
    digest = hashlib.sha256(content).hexdigest()
    return _Document(name, title, kind, digest, parsed, told, judged)


def _content(file: Path) -> bytes | Unread:
    if file.suffix.casefold() not in _PARSERS:
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


def _title(judged: list[Passage]) -> str | None:
    """Give the first of the highest headings; in PDF, where levels are guessed, on the first page that has any."""
    headings = [passage.block for passage in judged if passage.block.kind == "heading" and passage.role != "contents"]
    headings = [block for block in headings if not _CHAPTER.fullmatch(block.text)]
    if not headings:
        return None
    first = [block for block in headings if block.page == headings[0].page]
    highest = min(block.level for block in first)
    return next(block.text for block in first if block.level == highest)


def _scanned(file: Path, found: _Document) -> Iterator[Unread]:
    if found.parsed.scanned and not found.parsed.blocks:
        yield Unread(file, "no-text-layer", "The file is a scan: it shows pictures of text, which cannot be read.")
        return
    for page in found.parsed.scanned:
        yield Unread(file, "no-text-layer", "The page is a scan: it shows a picture, which cannot be read.", page)


def _add_document(table: _Table, found: _Document) -> None:
    told = found.told.values
    text = [passage.block.text for passage in found.passages if passage.role not in _NOT_WORDS]
    values: dict[str, object] = {
        **told,
        "path": found.path,
        "title": found.title,
        "kind": found.kind,
        # Blank would mean that nobody looked: rules must be able to tell that from a document that says no status.
        "status": told.get("status") or ("not stated" if found.parsed.blocks else None),
        "language": told.get("language") or language_of(" ".join(text[:400])),
        "pages": found.parsed.pages,
        "words": sum(len(part.split()) for part in text),
        "text_layer": bool(found.parsed.blocks),
        "placeholders": sum(passage.marks for passage in found.passages),
        "sha256": found.sha256,
        "contradictions": found.told.contradictions,
    }
    _add(table, found.path, [as_text(values.get(name)) for name in DOCUMENTS])


def _add_passages(table: _Table, found: _Document) -> None:
    for ordinal, passage in enumerate(found.passages, 1):
        block = passage.block
        values: tuple[object, ...] = (
            f"{found.path}#{ordinal}",
            found.path,
            found.title,
            found.kind,
            block.page,
            passage.heading,
            ordinal,
            passage.role,
            block.text,
        )
        _add(table, found.path, [as_text(value) for value in values])
        table.rows[-1], table.pages[-1] = block.line, block.page
        table.headings[-1], table.paragraphs[-1] = passage.heading, ordinal


def _add(table: _Table, path: str, cells: list[str | None]) -> None:
    for column, cell in zip(table.columns, cells, strict=True):
        column.append(cell)
    table.rows.append(0)
    table.pages.append(None)
    table.headings.append(None)
    table.paragraphs.append(None)
    table.paths.append(path)
