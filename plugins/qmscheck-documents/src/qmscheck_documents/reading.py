"""One request read: every file examined once, and two tables handed over, `documents` and `passages`.

Read this first. `folder` says which files; `workshop` lets worker processes examine them; there `document` puts one
file together: the parser of its format (`asking.PARSERS`) takes it apart into blocks, `roles` judges the blocks,
`particulars` and `kinds` the document.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from qmscheck import UNREADABLE, Batch, Begun, Extract, Problem, QmscheckError, Request, Rows, Unread, as_text
from qmscheck_documents.asking import COMPARED, DOCUMENTS, PARSERS, PASSAGES, Asked, Examined
from qmscheck_documents.blocks import Refused
from qmscheck_documents.folder import files, relative
from qmscheck_documents.similar import Sketched, compared
from qmscheck_documents.store import opened
from qmscheck_documents.worker import answer_of
from qmscheck_documents.workshop import Workshop

__all__ = ["read"]

_LFS = b"version https://git-lfs.github.com/spec/v1"
_LARGEST = 100_000_000
_BATCH = 4000
_KIND = DOCUMENTS.index("kind")


@dataclass(slots=True)
class _Table:
    """Columns that grow while files are read, with the place of every record."""

    columns: tuple[list[str | None], ...]
    rows: list[int] = field(default_factory=list)
    pages: list[int | None] = field(default_factory=list)
    headings: list[str | None] = field(default_factory=list)
    paragraphs: list[int | None] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    languages: list[str | None] = field(default_factory=list)

    def add(self, cells: Sequence[list[str | None]], path: str, number: int) -> None:
        """Add records of one document, whose places are set apart."""
        for column, more in zip(self.columns, cells, strict=True):
            column.extend(more)
        self.rows.extend([0] * number)
        self.pages.extend([None] * number)
        self.headings.extend([None] * number)
        self.paragraphs.extend([None] * number)
        self.paths.extend([path] * number)

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
                languages=self.languages[part] or None,
            )


@dataclass(slots=True)
class _Found:
    """What a request has found so far: two tables, the files they come from, and a sketch of each document."""

    documents: _Table
    parts: _Table
    seen: list[Path] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    sketches: list[Sketched] = field(default_factory=list)


class _Ahead(NamedTuple):
    """A file on its way: what is known of it already (it cannot be read, or was remembered), or nothing yet."""

    path: Path
    known: Unread | bytes | None
    aside: bool = False


def read(request: Request) -> Iterator[Extract | Unread | Begun]:
    """Read a folder or a file; what cannot be read is named, and nothing is left out silently."""
    path = request.path or request.root
    found = _Found(_empty(len(DOCUMENTS)), _empty(len(PASSAGES)))
    any_file = False
    for one, answer in _examined(request, path):
        if isinstance(answer, Begun):
            yield answer
            continue
        any_file = any_file or not one.aside
        if isinstance(answer, Unread):
            yield answer
        elif one.aside:
            found.sketches.append(_sketched(str(answer.document[0]), answer, template=True))
        else:
            yield from _scanned(one.path, answer)
            yield from (Unread(one.path, reason, detail) for reason, detail in answer.unread)
            _add(found, one.path, answer, str(answer.document[0]))
    if not any_file:
        yield Unread(path, "empty", "The folder holds no files.")
    if found.seen:
        yield from _extracts(found, path)


def _extracts(found: _Found, path: Path) -> Iterator[Extract]:
    for number, like in enumerate(compared(found.sketches)[: len(found.seen)]):
        told = (like.other, like.likeness, like.template, like.to_template)
        for column, value in zip(found.documents.columns[-len(COMPARED) :], told, strict=True):
            column[number] = as_text(value)
    files, notes = tuple(found.seen), tuple(found.notes)
    marked = any(UNREADABLE in column for column in found.documents.columns)
    yield Extract("documents", path, DOCUMENTS, Rows(found.documents.batches()), files, notes=notes, marked=marked)
    yield Extract("passages", path, PASSAGES, Rows(found.parts.batches()), files, notes=notes, worded="text")


def _empty(width: int) -> _Table:
    return _Table(tuple([] for _ in range(width)))


def _examined(request: Request, path: Path) -> Iterator[tuple[_Ahead, Examined | Unread | Begun]]:
    """Tell that the work has begun; then give each file with what it holds, or with why it cannot be read, by name."""
    top = path if path.is_dir() else path.parent
    templates = _templates(request)
    store = opened(request.cache)
    order: deque[_Ahead] = deque()

    def asked() -> Iterator[Asked]:
        for file, aside in (*_told_apart(files(path), aside=False), *_others(templates, path)):
            if isinstance(file, Unread):
                order.append(_Ahead(file.path, file, aside))
                continue
            content = _content(file)
            if isinstance(content, Unread):
                order.append(_Ahead(file, content, aside))
                continue
            is_template = aside or any(file.is_relative_to(one) for one in templates)
            question = Asked(
                relative(file, request.root), relative(file, top), file.suffix.casefold(), content, is_template
            )
            known = store.get(question) if store is not None else None
            order.append(_Ahead(file, known, aside))
            if known is None:
                yield question

    with Workshop(keep=store.put if store is not None else None) as workshop:
        answers = workshop.examine(asked())
        yield _Ahead(path, None), Begun()
        for answer in answers:
            yield from _before(order)
            one = order.popleft()
            yield one, Unread(one.path, answer.reason, answer.detail) if isinstance(answer, Refused) else answer
    yield from _before(order)
    if store is not None:
        store.thin_out()


def _templates(request: Request) -> list[Path]:
    """Give the files and folders that the plan calls templates. Raises QmscheckError where there is none."""
    told = request.options.get("templates")
    if told is None:
        return []
    names = (told,) if isinstance(told, str) else told if isinstance(told, tuple) else ()
    places = [request.root / name for name in names]
    lost = [name for name, place in zip(names, places, strict=True) if not place.exists()]
    if lost or not places:
        message = f"templates: there is no file or folder '{lost[0]}'" if lost else "templates: name a file or a folder"
        raise QmscheckError(Problem("", 0, 0, message))
    return places


def _told_apart(found: Iterable[Path | Unread], *, aside: bool) -> Iterator[tuple[Path | Unread, bool]]:
    yield from ((file, aside) for file in found)


def _others(templates: Iterable[Path], path: Path) -> Iterator[tuple[Path | Unread, bool]]:
    """Give the templates that lie elsewhere: they are compared with, and are no documents of the source."""
    for place in templates:
        if not place.is_relative_to(path):
            yield from _told_apart(files(place), aside=True)


def _before(order: deque[_Ahead]) -> Iterator[tuple[_Ahead, Examined | Unread]]:
    """Give what was known before the next file that was examined."""
    while order and order[0].known is not None:
        one = order.popleft()
        if isinstance(one.known, Unread):
            yield one, one.known
        elif one.known is not None:
            answer = answer_of(one.known)
            assert isinstance(answer, Examined)  # noqa: S101  (nothing else is remembered)
            yield one, answer


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
    if not content or content.isspace():
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


def _add(found: _Found, file: Path, answer: Examined, path: str) -> None:
    """Add a document and its passages, column by column."""
    found.seen.append(file)
    found.notes.extend(answer.notes)
    found.sketches.append(_sketched(path, answer, template=answer.document[_KIND] == "template"))
    found.documents.add([[cell] for cell in (*answer.document, *(None for _ in COMPARED))], path, 1)
    parts, number = found.parts, len(answer.texts)
    name, title, kind = (answer.document[DOCUMENTS.index(column)] for column in ("path", "title", "kind"))
    columns: list[list[str | None]] = [
        [f"{name}#{n}" for n in range(1, number + 1)],
        [name] * number,
        [title] * number,
        [kind] * number,
        [None if page is None else str(page) for page in answer.on_pages],
        answer.headings,
        [str(n) for n in range(1, number + 1)],
        answer.cells,
        [*answer.roles],
        [*answer.texts],
    ]
    parts.add(columns, path, number)
    start = len(parts.paths) - number
    parts.rows[start:] = answer.lines
    parts.pages[start:] = answer.on_pages
    parts.headings[start:] = answer.headings
    parts.paragraphs[start:] = range(1, number + 1)
    parts.languages.extend(answer.languages)


def _sketched(path: str, answer: Examined, *, template: bool) -> Sketched:
    return Sketched(path, template, answer.sketch)
