"""Looks at a folder through the readers: every file, every table in it, every column, in the engine."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from qmscheck.engine import Engine, EngineError
from qmscheck.errors import QmscheckError
from qmscheck.evidence.binding import Bound, begin
from qmscheck.hookspecs import Batch, Extract, Holding, Parquet, Reader, Request, Rows, Unread
from qmscheck.model import ColumnMapping, ColumnSpec, Source, TableSpec
from qmscheck.plan.sources import reader_for
from qmscheck.proposal.seen import Column, Document, Lost, Seen, Table, Value
from qmscheck.sql.mapping import union
from qmscheck.sql.profile import commonest, profile, values

__all__ = ["Looking", "look"]

#: Records of a workbook, a database or a JSON file that are looked at; of text and Parquet, the engine takes all.
_MOST_ROWS = 20_000
_MOST_COLUMNS = 300
_MOST_FILES = 5_000
#: Cells from which on only one row in so many is looked at.
_MOST_CELLS = 3_000_000
#: Values of a column that are looked at one by one.
_TOP = 60
_LEFT_BEHIND = ("~$", ".")
_OURS = frozenset({"qmscheck.toml", "attestations.toml", "decisions.toml"})
#: The counts of a column without any value.
_BLANK = (0,) * 8
_DOCUMENTS = "documents"
#: Documents that lie beside the tables, from which on the whole folder is one of documents.
_MANY_ALONE = 3


@dataclass(frozen=True)
class Looking:
    """What is needed to look: the folder, the readers by name, an engine, and a private folder."""

    folder: Path
    readers: Mapping[str, Reader]
    engine: Engine
    scratch: Path
    as_of: dt.date
    told: Callable[[str], None] = lambda _text: None
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def request(self, table: str, path: Path, options: Mapping[str, str]) -> Request:
        """Ask as a `[[source]]` would."""
        return Request(table, path, dict(options), self.as_of, self.scratch, self.folder)


@dataclass(frozen=True)
class _One:
    """One table of one file, bound as text."""

    path: str
    reader: Reader
    holding: Holding
    bound: Bound
    cut: bool


def look(looking: Looking, passed: Callable[[str, Mapping[str, str]], bool]) -> Seen:
    """Look at every file below the folder, but for tables that are `passed`: those that the plan already reads.

    A file that cannot be read is `Lost`, and ends nothing.
    """
    found: list[_One] = []
    lost: list[Lost] = []
    papers: list[str] = []
    for path in _files(looking.folder, lost):
        reader = reader_for(path, looking.folder, looking.readers)
        if reader is None:
            lost.append(Lost(path, "no reader knows such files"))
        elif "/" in reader.suffixes:
            papers.append(path)
        else:
            looking.told(f"looking at {path}")
            for one in _held(looking, path, reader, passed):
                (lost if isinstance(one, Lost) else found).append(one)  # type: ignore[arg-type]
    tables = tuple(_table(looking.engine, group) for group in _groups(looking.folder, found))
    folders = tuple(f for f in _paper_folders(papers) if not passed(f, {}))
    documents, unread = _documents(looking, folders)
    return Seen(tables, folders, documents, (*lost, *unread))


def _files(folder: Path, lost: list[Lost]) -> Iterator[str]:
    """Give the files below a folder, in an order that no machine changes."""
    number = 0
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.startswith(_LEFT_BEHIND) or name in _OURS:
                continue
            number += 1
            if number > _MOST_FILES:
                lost.append(Lost(".", f"more than {_MOST_FILES} files: the others were not looked at"))
                return
            path = (Path(place) / name).relative_to(folder).as_posix()
            if path.isprintable():
                yield path
            else:
                lost.append(Lost(ascii(path)[1:-1], "its name cannot be written in a plan: rename it"))


def _held(
    looking: Looking, path: str, reader: Reader, passed: Callable[[str, Mapping[str, str]], bool]
) -> Iterator[_One | Lost]:
    """Give each table of a file."""
    if passed(path, {}):
        return
    asked = looking.request("", looking.folder / path, {})
    try:
        held = list(reader.holds(asked)) if reader.holds is not None else []
    except Exception as error:  # noqa: BLE001  (a plugin may raise anything)
        yield Lost(path, f"the reader '{reader.name}' failed: {type(error).__name__}")
        return
    for holding in held or [Holding("")]:
        if not (holding.options and passed(path, holding.options)):
            yield from _read(looking, path, reader, holding)


def _read(looking: Looking, path: str, reader: Reader, holding: Holding) -> Iterator[_One | Lost]:
    label = f"{path} [{holding.name}]" if holding.options else path
    request = looking.request("found", looking.folder / path, holding.options)
    try:
        for part in reader.read(request):
            if isinstance(part, Unread):
                yield Lost(label, f"{part.reason}: {part.detail}")
            elif isinstance(part, Extract):
                yield _bound(looking, part, path, reader, holding)
    except (EngineError, QmscheckError) as error:
        yield Lost(label, f"corrupt: {error}".replace(str(looking.folder / path), path))
    except Exception as error:  # noqa: BLE001  (a plugin may raise anything)
        yield Lost(label, f"the reader '{reader.name}' failed: {type(error).__name__}")


def _bound(looking: Looking, extract: Extract, path: str, reader: Reader, holding: Holding) -> _One | Lost:
    """Bind an extract with every column as text, so that its rows have the numbers that an audit would give them."""
    engine, headings = looking.engine, extract.columns
    if isinstance(extract.content, Parquet):
        headings = tuple(name for name, _ in engine.load("_peek", (), extract.content).columns)
        engine.forget("_peek")
    limit = _Limit(_MOST_ROWS)
    if isinstance(extract.content, Rows):
        extract = replace(extract, content=Rows(limit.batches(extract.content)))
    names = {f"c{number}": heading for number, heading in enumerate(headings[:_MOST_COLUMNS])}
    if not names:
        return Lost(path, "empty: it has no columns")
    spec = TableSpec(purpose="seen", key="c0", columns={name: ColumnSpec(type="text") for name in names})
    mapped = {name: ColumnMapping(from_=heading) for name, heading in names.items()}
    source = Source(table="found", path=path, columns=mapped)
    number = next(looking.numbers)
    labels = ("", path, reader.name)
    finish = begin(extract, source, spec, list(names), engine, name=f"_seen_{number}", number=number, labels=labels)
    bound = finish()
    return _One(path, reader, holding, bound, limit.reached)


class _Limit:
    """Passes batches on until they hold so many records."""

    def __init__(self, rows: int) -> None:
        self._left, self.reached = rows, False

    def batches(self, content: Rows) -> Iterator[Batch]:
        for batch in content.batches:
            if self._left <= 0:
                self.reached = True
                return
            self._left -= len(batch.columns[0]) if batch.columns else 0
            yield batch


def _groups(folder: Path, found: list[_One]) -> Iterator[list[_One]]:
    """Put together what is one table in several files: the same headings, and names that differ in digits only."""
    groups: dict[object, list[_One]] = {}
    for one in found:
        name = re.sub(r"\d+", "0", one.path)
        key = (name, one.reader.name, tuple(one.holding.options.items()), one.bound.present)
        groups.setdefault(key, []).append(one)
    for group in groups.values():
        pattern = _pattern([one.path for one in group])
        same = {p.relative_to(folder).as_posix() for p in folder.glob(pattern)} == {one.path for one in group}
        if len(group) == 1 or same:
            yield group
        else:
            yield from ([one] for one in group)


def _pattern(paths: list[str]) -> str:
    """Write one pattern for paths that differ in digits: `*` for each run of digits that differs."""
    if len(paths) == 1:
        return paths[0]
    parts = [re.split(r"(\d+)", path) for path in paths]
    joined = "".join(options[0] if len(set(options)) == 1 else "*" for options in zip(*parts, strict=True))
    return re.sub(r"\*[-_.\d]*(?:\*[-_.\d]*)*\*", "*", joined)


def _table(engine: Engine, group: list[_One]) -> Table:
    """Profile a table in the engine."""
    first = group[0]
    names = [column.name for column in first.bound.columns]
    view = first.bound.name
    if len(group) > 1:
        view = f"{view}_all"
        parts = [(one.bound.name, frozenset(one.bound.unreadable), one.bound.missing) for one in group]
        engine.define(view, union(parts, names, []), materialise=False)
    rows = sum(one.bound.rows for one in group)
    each = 1 + rows * len(names) // _MOST_CELLS
    counted, tops = _profiled(engine, view, names, each)
    columns = [
        _column(name, first.bound.headings[name][0], counted.get(name, _BLANK), tops.get(name, ())) for name in names
    ]
    start = first.bound.extract.first_row
    may_start = "header_row" in first.reader.options
    notes = [note for one in group for note in one.bound.extract.notes if " is read; not read: " not in note]
    if any(one.cut for one in group):
        notes.append(f"Only the first {_MOST_ROWS:,} rows were looked at.")
    if each > 1:
        notes.append(f"Of its {rows:,} rows, one in {each} was looked at.")
    return Table(
        path=_pattern([one.path for one in group]),
        paths=tuple(one.path for one in group),
        reader=first.reader.name,
        options=first.holding.options,
        sheet=first.holding.name,
        view=view,
        rows=rows,
        columns=tuple(columns),
        header_row=start - 1 if may_start and start > 2 else None,  # noqa: PLR2004  (1: the headings, 2: records)
        notes=tuple(dict.fromkeys(notes)),
    )


def _profiled(
    engine: Engine, view: str, names: Sequence[str], each: int
) -> tuple[dict[str, list[int]], dict[str, list[Value]]]:
    """Give, by column, its counts and its commonest values."""
    counted = f"{view}_values"
    engine.define(counted, values(view, names, each), materialise=True)
    counts = {str(name): [int(str(n or 0)) for n in row] for name, *row in engine.rows(profile(counted))}
    tops: dict[str, list[Value]] = {}
    for name, text, times, row in engine.rows(commonest(counted, _TOP)):
        place = None if row is None else int(str(row))
        tops.setdefault(str(name), []).append(Value(str(text), int(str(times)), place))
    engine.forget(counted)
    return counts, tops


def _column(name: str, heading: str, counts: Sequence[int], top: Sequence[Value]) -> Column:
    filled, distinct, numbers, commas, integers, booleans, iso, letters = counts
    return Column(heading, name, filled, distinct, numbers, commas, integers, booleans, iso, letters, tuple(top))


def _paper_folders(papers: Sequence[str]) -> list[str]:
    """Give the folders that hold documents, the outermost only; a document beside the folders stays by itself."""
    folders: list[str] = []
    alone = [path for path in papers if "/" not in path]
    inner = sorted({path.rpartition("/")[0] for path in papers if "/" in path})
    for folder in inner:
        if not any(folder.startswith(f"{outer}/") for outer in folders):
            folders.append(folder)
    if alone and (not folders or len(alone) >= _MANY_ALONE):
        return ["."]
    return [*folders, *alone]


def _documents(looking: Looking, folders: Sequence[str]) -> tuple[tuple[Document, ...], tuple[Lost, ...]]:
    """Read what documents are: kind and title, as the reader of documents tells them."""
    found: list[Document] = []
    lost: list[Lost] = []
    for folder in folders:
        looking.told(f"looking at the documents in {folder}")
        path = looking.folder / folder
        reader = reader_for(folder if folder != "." else "./", looking.folder, looking.readers)
        try:
            for part in reader.read(looking.request(_DOCUMENTS, path, {})) if reader is not None else ():
                if isinstance(part, Extract) and part.table == _DOCUMENTS and isinstance(part.content, Rows):
                    found.extend(_listed(part, part.content))
                elif isinstance(part, Unread):
                    lost.append(Lost(_relative(part.path, looking.folder), f"{part.reason}: {part.detail}"))
        except Exception as error:  # noqa: BLE001  (a plugin may raise anything)
            lost.append(Lost(folder, f"the documents cannot be read: {type(error).__name__}"))
    return tuple(sorted(found, key=lambda d: d.path)), tuple(lost)


def _listed(extract: Extract, content: Rows) -> Iterator[Document]:
    """Read documents from the batches of their reader."""
    at = {name: number for number, name in enumerate(extract.columns)}
    if not {"path", "kind", "title"} <= set(at):
        return
    for batch in content.batches:
        cells = (batch.columns[at[name]] for name in ("path", "kind", "title"))
        for path, kind, title in zip(*cells, strict=True):
            yield Document(path or "", kind or "other", title or "")


def _relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
