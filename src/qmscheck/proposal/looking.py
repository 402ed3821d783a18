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
from qmscheck.evidence.binding import begin
from qmscheck.evidence.bound import Bound
from qmscheck.extracts import Batch, Extract, Holding, Parquet, Request, Rows, Stream, Unread
from qmscheck.hookspecs import Reader
from qmscheck.model import ColumnMapping, ColumnSpec, Option, Source, TableSpec
from qmscheck.plan.sources import reader_for
from qmscheck.proposal.origin import Origin
from qmscheck.proposal.seen import Column, Document, Lost, Seen, Table, Value
from qmscheck.sql.mapping import union
from qmscheck.sql.profile import commonest, profile, values

__all__ = ["Looking", "look", "paths_of", "pattern_of"]

#: Records of a workbook, a database or a JSON file that are looked at; of text and Parquet, the engine takes all.
_MOST_ROWS = 20_000
_MOST_COLUMNS = 300
_MOST_TABLES = 200
_MOST_FILES = 5_000
#: Cells from which on only one row in so many is looked at.
_MOST_CELLS = 3_000_000
#: Values of a column that are looked at one by one.
_TOP = 60
_LEFT_BEHIND = ("~$", ".")
#: What Windows and macOS leave in folders.
_OF_SYSTEMS = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"})
_OURS = frozenset({"qmscheck.toml", "attestations.toml", "decisions.toml"})
#: The counts of a column without any value.
_BLANK = (0,) * 8
_DOCUMENTS = "documents"
_HEADER_ROWS = "header_rows"
#: Documents that lie beside the tables, from which on the whole folder is one of documents.
_MANY_ALONE = 3


@dataclass(frozen=True)
class Looking:
    """What is needed to look: the folder, the readers by name, an engine, and a private folder.

    `also` are sources beside the files of the folder: addresses and queries that somebody named.
    """

    folder: Path
    readers: Mapping[str, Reader]
    engine: Engine
    scratch: Path
    as_of: dt.date
    told: Callable[[str], None] = lambda _text: None
    numbers: Iterator[int] = field(default_factory=itertools.count)
    also: tuple[Origin, ...] = ()

    def request(self, table: str, path: Path | None, options: Mapping[str, Option]) -> Request:
        """Ask as a `[[source]]` would."""
        return Request(table, path, dict(options), self.as_of, self.scratch, self.folder, most=_MOST_ROWS)


@dataclass(frozen=True)
class _One:
    """One table of one file, bound as text."""

    origin: Origin
    holding: Holding
    bound: Bound
    cut: bool
    advised: Mapping[str, int] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """What its file or its address is called."""
        return self.origin.label


def look(looking: Looking, passed: Callable[[str, Mapping[str, str]], bool]) -> Seen:
    """Look at every file below the folder, and at what was named besides, but for tables that are `passed`: those that
    the plan already reads.

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
            _gather(looking, Origin(path, reader, looking.folder / path), passed, found, lost)
    for origin in looking.also:
        _gather(looking, origin, passed, found, lost)
    tables = tuple(_table(looking.engine, group) for group in _groups(looking.folder, _alike(found, lost)))
    folders = tuple(f for f in _paper_folders(papers, nothing_else=not found) if not passed(f, {}))
    documents, unread = _documents(looking, folders)
    return Seen(tables, folders, documents, (*lost, *unread))


def _files(folder: Path, lost: list[Lost]) -> Iterator[str]:
    """Give the files below a folder, in an order that no machine changes."""
    number = 0
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.startswith(_LEFT_BEHIND) or name in _OURS or name.casefold() in _OF_SYSTEMS:
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


def _gather(
    looking: Looking,
    origin: Origin,
    passed: Callable[[str, Mapping[str, str]], bool],
    found: list[_One],
    lost: list[Lost],
) -> None:
    """Look at each table of a file or of a named source."""
    looking.told(f"looking at {origin.label}")
    for one in _held(looking, origin, passed):
        if isinstance(one, Lost):
            lost.append(one)
        else:
            found.append(one)


def _held(looking: Looking, origin: Origin, passed: Callable[[str, Mapping[str, str]], bool]) -> Iterator[_One | Lost]:
    """Give each table of a file; one that was chosen is looked at alone."""
    reader, path = origin.reader, origin.label
    if passed(path, origin.chosen):
        return
    held: Sequence[Holding | Unread] = [Holding("", origin.chosen)] if origin.chosen else []
    try:
        if reader.holds is not None and not held:
            held = list(reader.holds(looking.request("", origin.path, origin.options)))
    except QmscheckError:
        if origin.keys is not None:  # a mistake of who named it
            raise
        yield Lost(path, f"the reader '{reader.name}' failed: {QmscheckError.__name__}")
        return
    except Exception as error:  # noqa: BLE001  (a plugin may raise anything)
        yield Lost(path, f"the reader '{reader.name}' failed: {type(error).__name__}")
        return
    if len(held) > _MOST_TABLES:
        yield Lost(
            path, f"it holds {len(held)} tables: the first {_MOST_TABLES} were looked at; name others one by one"
        )
    for holding in held[:_MOST_TABLES] or [Holding("")]:
        if isinstance(holding, Unread):
            yield Lost(path, f"{holding.reason}: {holding.detail}")
        elif not (holding.options and passed(path, holding.options)):
            yield from _read(looking, origin, holding)


def _read(looking: Looking, origin: Origin, holding: Holding) -> Iterator[_One | Lost]:
    reader, path = origin.reader, origin.label
    label = f"{path} [{', '.join(holding.options.values())}]" if holding.options else path
    request = looking.request("found", origin.path, {**origin.options, **holding.options})
    try:
        for part in reader.read(request):
            if isinstance(part, Unread):
                yield Lost(label, f"{part.reason}: {part.detail}")
            elif isinstance(part, Extract):
                better = _advised(request, part, reader)
                one = _bound(looking, better or part, origin, holding)
                yield replace(one, advised=part.advised) if better is not None and isinstance(one, _One) else one
    except (EngineError, QmscheckError) as error:
        if isinstance(error, QmscheckError) and origin.keys is not None:
            raise
        yield Lost(label, f"corrupt: {error}".replace(str(looking.folder / path), path))
    except Exception as error:  # noqa: BLE001  (a plugin may raise anything)
        yield Lost(label, f"the reader '{reader.name}' failed: {type(error).__name__}")


def _advised(request: Request, extract: Extract, reader: Reader) -> Extract | None:
    """Read a table again as its reader advises; None where it advises nothing, or two columns would be called alike."""
    known = {key: value for key, value in extract.advised.items() if key in reader.options}
    if not known:
        return None
    again = next(iter(reader.read(replace(request, options={**request.options, **known}))), None)
    if not isinstance(again, Extract) or any(re.search(r" \(\d+\)$", name) for name in again.columns):
        return None
    return again


def _bound(looking: Looking, extract: Extract, origin: Origin, holding: Holding) -> _One | Lost:
    """Bind an extract with every column as text, so that its rows have the numbers that an audit would give them."""
    engine, headings = looking.engine, extract.columns
    if isinstance(extract.content, Parquet):
        headings = tuple(name for name, _ in engine.load("_peek", (), extract.content).columns)
        engine.forget("_peek")
    number, loaded = next(looking.numbers), None
    if isinstance(extract.content, Stream):  # it names its columns when it is read, and is read once
        loaded = engine.load(f"_seen_{number}_raw", (), extract.content)
        headings = tuple(name for name, _ in loaded.columns)
    limit = _Limit(_MOST_ROWS)
    if isinstance(extract.content, Rows):
        extract = replace(extract, content=Rows(limit.batches(extract.content)))
    names = {f"c{number}": heading for number, heading in enumerate(headings[:_MOST_COLUMNS])}
    if not names:
        return Lost(origin.label, "empty: it has no columns")
    spec = TableSpec(purpose="seen", key="c0", columns={name: ColumnSpec(type="text") for name in names})
    mapped = {name: ColumnMapping(from_=heading) for name, heading in names.items()}
    source = Source(table="found", path=origin.label, columns=mapped)
    bound = begin(
        extract,
        source,
        spec,
        list(names),
        engine,
        name=f"_seen_{number}",
        number=number,
        locator=origin.label,
        loaded=loaded,
    )()
    return _One(origin, holding, bound, limit.reached or (loaded is not None and bound.rows >= _MOST_ROWS))


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


def _alike(found: list[_One], lost: list[Lost]) -> list[_One]:
    """Leave out what one address has in several forms: no source could read them together."""
    forms: dict[object, list[_One]] = {}
    for one in found:
        if one.origin.keys is not None:
            forms.setdefault((one.path, *one.holding.options.items()), []).append(one)
    odd = [group for group in forms.values() if len({one.bound.present for one in group}) > 1]
    lost.extend(
        Lost(group[0].path, f"its {len(group)} files have different columns: name each by its own address")
        for group in odd
    )
    left = {id(one) for group in odd for one in group}
    return [one for one in found if id(one) not in left]


def _groups(folder: Path, found: list[_One]) -> Iterator[list[_One]]:
    """Put together what is one table in several files: the same headings, and names that differ in digits only."""
    groups: dict[object, list[_One]] = {}
    for one in found:
        name = re.sub(r"\d+", "0", one.path) if one.origin.keys is None else one.path
        reader = one.origin.reader.name
        key = (name, reader, (*one.holding.options.items(), *one.advised.items()), one.bound.present)
        groups.setdefault(key, []).append(one)
    for group in groups.values():
        paths = [one.path for one in group]
        alike = group[0].origin.keys is not None or paths_of(folder, pattern_of(paths)) == frozenset(paths)
        if len(group) == 1 or alike:
            yield group
        else:
            yield from ([one] for one in group)


def paths_of(folder: Path, pattern: str) -> frozenset[str]:
    """Give the files of a folder that a pattern reads, relative to it."""
    return frozenset(path.relative_to(folder).as_posix() for path in folder.glob(pattern))


def pattern_of(paths: Sequence[str]) -> str:
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
    may_start = "header_row" in first.origin.reader.options and "range" not in first.holding.options
    start -= first.advised.get(_HEADER_ROWS, 1) - 1
    notes = [note for one in group for note in one.bound.extract.notes if " is read; not read: " not in note]
    if any(one.cut for one in group):
        notes.append(f"Only the first {_MOST_ROWS:,} rows were looked at.")
    if each > 1:
        notes.append(f"Of its {rows:,} rows, one in {each} was looked at.")
    return Table(
        path=pattern_of([one.path for one in group]),
        paths=tuple(one.path for one in group),
        reader=first.origin.reader.name,
        options=first.holding.options,
        sheet=first.holding.name,
        view=view,
        rows=rows,
        columns=tuple(columns),
        header_row=start - 1 if may_start and start > 2 else None,  # noqa: PLR2004  (1: the headings, 2: records)
        notes=tuple(dict.fromkeys(notes)),
        advised=first.advised,
        keys=first.origin.keys,
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


def _paper_folders(papers: Sequence[str], *, nothing_else: bool) -> list[str]:
    """Give the folders that hold documents, the outermost only; a document beside folders or tables stays by itself."""
    folders: list[str] = []
    alone = [path for path in papers if "/" not in path]
    inner = sorted({path.rpartition("/")[0] for path in papers if "/" in path})
    for folder in inner:
        if not any(folder.startswith(f"{outer}/") for outer in folders):
            folders.append(folder)
    if len(alone) >= _MANY_ALONE or (alone and nothing_else and not folders):
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
                elif isinstance(part, Unread) and not _is_table(looking, part):
                    lost.append(Lost(_relative(part.path, looking.folder), f"{part.reason}: {part.detail}"))
        except Exception as error:  # noqa: BLE001  (a plugin may raise anything)
            lost.append(Lost(folder, f"the documents cannot be read: {type(error).__name__}"))
    return tuple(sorted(found, key=lambda d: d.path)), tuple(lost)


def _is_table(looking: Looking, unread: Unread) -> bool:
    """Tell whether what is no document is a file of records, which was looked at as such."""
    if unread.reason != "unsupported":
        return False
    reader = reader_for(_relative(unread.path, looking.folder), looking.folder, looking.readers)
    return reader is not None and "/" not in reader.suffixes


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
