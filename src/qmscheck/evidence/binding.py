"""One extract becomes one typed relation in the engine; what could not be read of it is counted and located."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from qmscheck.cells import cell_name
from qmscheck.engine import Engine, Loaded, counts
from qmscheck.evidence.columns import check_mapping, headings, mapped_columns
from qmscheck.hookspecs import Delimited, Extract, Parquet, Rows, Skipped
from qmscheck.model import Evidence, Location, SkippedRow, Source, TableSpec, UnreadableCell
from qmscheck.sql.kinds import Kind
from qmscheck.sql.mapping import (
    DATE_FORMATS,
    MappedColumn,
    RowNumber,
    as_it_stands,
    can_fail,
    census,
    filled,
    finished,
    format_fits,
    inspection,
    placed,
    typed,
    unreadable_cells,
)
from qmscheck.sql.plain import ASIDE, may_be_plain, plainly, put_aside, sample, together, typed_plainly
from qmscheck.sql.select import PLACE

__all__ = ["Bound", "begin"]

_MAX_CELLS = 100

#: Bytes from which on it pays to look at the first records before a delimited file is typed, and how many.
_LARGE = 4 << 20
_SAMPLE = 10_000
#: A plain cast is tried where at most one in so many cells is odd.
_FEW = 20
_POSITION = "_at"
#: Raw records up to which it costs more to drop them than to keep them until the end of the audit.
_KEPT = 2_000


@dataclass(frozen=True)
class Bound:
    """An extract as the view `name`. `labels` are source, locator and reader; `headings` gives each mapped column its
    heading and sheet column; `unreadable` counts per column; `problems` say why the extract cannot be relied on.
    """

    name: str
    extract: Extract
    labels: tuple[str, str, str]
    rows: int
    columns: tuple[MappedColumn, ...]
    present: tuple[str, ...]
    headings: Mapping[str, tuple[str, int]]
    unreadable: Mapping[str, int]
    cells: tuple[UnreadableCell, ...]
    blank: frozenset[str]
    lost: tuple[Skipped, ...]
    missing: frozenset[str]
    notes: tuple[str, ...]
    problems: tuple[str, ...]

    def evidence(self, sha256: str | None) -> Evidence:
        """Write the manifest entry."""
        source, locator, reader = self.labels
        skipped = [*(s for s in self.extract.skipped if not s.lost), *self.lost]
        used = {h for h, _ in self.headings.values()}
        return Evidence(
            table=self.extract.table,
            source=source,
            locator=locator,
            sha256=sha256,
            reader=reader,
            rows_read=self.rows,
            rows_skipped=tuple(
                SkippedRow(path=locator, row=s.row, reason=s.reason, sheet=self.extract.sheet)
                for s in sorted(skipped, key=lambda s: (s.row or 0, s.reason))
            ),
            columns={column: heading for column, (heading, _) in self.headings.items()},
            unmapped_columns=tuple(h for h in self.present if h not in used),
            missing_columns=tuple(sorted(self.missing)),
            unreadable_count=sum(self.unreadable.values()),
            unreadable=self.cells,
            notes=(*self.extract.notes, *self.notes),
            status="read" if not self.problems else "ambiguous",
            detail="; ".join(self.problems) or None,
        )


def begin(
    extract: Extract,
    source: Source,
    spec: TableSpec,
    wanted: Collection[str],
    engine: Engine,
    *,
    name: str,
    number: int,
    labels: tuple[str, str, str],
) -> Callable[[], Bound]:
    """Load an extract. What is given types its wanted columns, places its records, counts and locates what cannot be
    read; it may be called in another thread.

    Raises EngineError for content that the engine cannot read and SourceMistake for a mapping that does not fit; what
    is given raises EngineError, too.
    """
    loaded = engine.load(f"{name}_raw", extract.columns, extract.content)
    present = tuple(heading for heading, _ in loaded.columns)
    found = headings(spec, source, present)
    check_mapping(source, found, present, labels[1])
    columns = mapped_columns(spec, source, wanted, found, loaded, spreadsheet=extract.sheet is not None)
    work = _Binding(engine, name, number, extract, loaded)
    return partial(_bound, work, columns, found, spec, wanted, present, labels)


def _bound(
    work: _Binding,
    columns: list[MappedColumn],
    found: Mapping[str, str | None],
    spec: TableSpec,
    wanted: Collection[str],
    present: tuple[str, ...],
    labels: tuple[str, str, str],
) -> Bound:
    engine, name, extract = work.engine, work.name, work.extract
    columns = work.inspected(columns)
    read = work.read(columns)
    asked = [c for c in columns if c.kind.temporal and not c.formats and read.unreadable.get(c.name) and _is_text(c)]
    notes, problems, columns = _date_formats(work, columns, asked, found)
    if notes:
        read = work.read(columns)
    if not isinstance(extract.content, Parquet) and read.rows > _KEPT:
        engine.forget(f"{name}_raw")
    sheet_columns = {h: i for i, h in enumerate(present)}
    headed = {
        c: (h, extract.first_column + sheet_columns[h]) for c, h in found.items() if h is not None and c in set(wanted)
    }
    bound = Bound(
        name=name,
        extract=extract,
        labels=labels,
        rows=read.rows,
        columns=tuple(columns),
        present=present,
        headings=headed,
        unreadable={c: n for c, n in read.unreadable.items() if n},
        cells=(),
        blank=read.blank,
        lost=(*read.lost, *(s for s in extract.skipped if s.lost)),
        missing=frozenset(c for c in spec.columns if found.get(c) is None),
        notes=tuple(notes),
        problems=tuple(problems),
    )
    return replace(bound, cells=_cells(engine, bound))


@dataclass(frozen=True)
class _Read:
    """What came of typing an extract: records, unreadable cells by column, columns without any value, lost rows."""

    rows: int
    unreadable: Mapping[str, int]
    blank: frozenset[str]
    lost: tuple[Skipped, ...]


@dataclass
class _Binding:
    """One extract on its way into the engine: raw relation, typed relation, view with places."""

    engine: Engine
    name: str
    number: int
    extract: Extract
    loaded: Loaded
    filled: frozenset[str] = frozenset()

    def inspected(self, columns: list[MappedColumn]) -> list[MappedColumn]:
        """Look once through a file that is scanned in place: which cells can be taken as they are, what is blank."""
        there = [c for c in columns if c.header is not None]
        if self.loaded.position is None or not there:
            return columns
        raw = f"{self.name}_raw"
        numbers = counts(self.engine.rows(inspection(raw, there))[0])
        odd = {c.name: n for c, n in zip(there, numbers[1::2], strict=True)}
        again = [c for c in there if odd[c.name]]
        if again:
            exact = counts(self.engine.rows(inspection(raw, again, exactly=True))[0])
            odd |= {c.name: n for c, n in zip(again, exact[1::2], strict=True)}
        found = [finished(c, odd.get(c.name, 1)) for c in columns]
        given = {c.name for c, n in zip(there, numbers[::2], strict=True) if n}
        self.filled = frozenset(c.name for c in found if c.name in given and as_it_stands(c))
        return found

    def read(self, columns: Sequence[MappedColumn]) -> _Read:
        """Type the records, place them, count what cannot be read. May be called again with other columns."""
        for made in ("", "_whole", "_odd", "_mended", "_typed"):
            self.engine.forget(f"{self.name}{made}")
        places: dict[str, str | int] = {"_source": self.number, **{p: p for p in self.loaded.places}}
        if isinstance(self.extract.content, Rows):
            whole = typed(f"{self.name}_raw", columns, self.loaded.places, places)
            self.engine.define(self.name, whole, materialise=True)
            return self._counted(columns, ())
        content = self.extract.content
        if isinstance(content, Delimited):
            columns = self._sampled(content, columns)
        lost = self._typed(columns)
        if isinstance(content, Delimited) and content.parallel and self._is_in_doubt(content, lost):
            self.engine.forget(f"{self.name}_typed")
            self.engine.forget(f"{self.name}_raw")
            self.engine.load(f"{self.name}_raw", self.extract.columns, content, careful=True)
            lost = self._typed(columns)
        base, position, columns = self._mended(columns)
        shown = [c.name for c in columns] + [f"_u_{c.name}" for c in columns if can_fail(c)]
        row = _row_number(self.extract, self.loaded, lost, position)
        view = placed(base, shown, places, row, self.loaded.hollow)
        self.engine.define(self.name, view, materialise=False)
        return self._counted(columns, lost)

    def _counted(self, columns: Sequence[MappedColumn], lost: tuple[Skipped, ...]) -> _Read:
        """Count the records, what cannot be read of them, and the columns without a value."""
        flagged = [c.name for c in columns if can_fail(c)]
        names = [c.name for c in columns]
        kept = self.loaded.position is None
        (counted,) = self.engine.rows(census(self.name, flagged, names if kept else ()))
        rows, *found = counts(counted)
        given = found[len(flagged) :]
        if not kept:  # a file that is scanned in place is not read through for this
            names = [n for n in names if n not in self.filled]
            given = counts(self.engine.rows(filled(self.name, names))[0]) if names else []
        unreadable = dict(zip(flagged, found[: len(flagged)], strict=True))
        return _Read(rows, unreadable, frozenset(c for c, n in zip(names, given, strict=True) if not n), lost)

    def _is_in_doubt(self, content: Delimited, lost: Sequence[Skipped]) -> bool:
        """Tell whether a parse in parallel lost rows, or gave another number of records than the file has lines."""
        if lost or content.lines is None:
            return bool(lost)
        ((records,),) = self.engine.rows(census(f"{self.name}_typed", (), ()))
        return records != content.lines

    def _sampled(self, content: Delimited, columns: Sequence[MappedColumn]) -> Sequence[MappedColumn]:
        """Choose the columns of a large file of which a plain cast reads nearly all cells, by its first records."""
        asked = [c for c in columns if may_be_plain(c)]
        if not asked or content.path.stat().st_size < _LARGE:
            return columns
        (row,) = self.engine.rows(sample(f"{self.name}_raw", asked, _SAMPLE))
        self.engine.rejected()  # the whole file is still to come
        records, *odd = counts(row)
        chosen = {c.name for c, n in zip(asked, odd, strict=True) if n * _FEW <= records}
        return [plainly(c) if c.name in chosen else c for c in columns]

    def _mended(self, columns: Sequence[MappedColumn]) -> tuple[str, str, Sequence[MappedColumn]]:
        """Type with care the records that were put aside: (typed relation, its position, columns)."""
        base, again = f"{self.name}_typed", f"{self.name}_mended"
        if not any(c.plain for c in columns):
            return base, "rowid", columns
        if not counts(self.engine.rows(census(base, (), (ASIDE,)))[0])[1]:
            return base, "rowid", columns
        careful = [replace(c, bare=False, plain=False) if c.plain else c for c in columns]
        passed = self._passed()
        self.engine.define(f"{self.name}_odd", put_aside(base, columns, passed, _POSITION), materialise=False)
        mended = typed(f"{self.name}_odd", careful, [*passed, _POSITION])
        self.engine.define(again, mended, materialise=True)
        whole = together(base, again, columns, passed, _POSITION)
        self.engine.define(f"{self.name}_whole", whole, materialise=False)
        return f"{self.name}_whole", _POSITION, careful

    def _passed(self) -> list[str]:
        """Name the columns of the raw relation that are passed on as they are."""
        loaded = self.loaded
        return [*loaded.places, *(c for c in (loaded.position, loaded.hollow) if c is not None)]

    def _typed(self, columns: Sequence[MappedColumn]) -> tuple[Skipped, ...]:
        loaded = self.loaded
        write = typed_plainly if any(c.plain for c in columns) else typed
        whole = write(f"{self.name}_raw", columns, self._passed())
        self.engine.define(f"{self.name}_typed", whole, materialise=loaded.position is None)
        if not loaded.parsed_by_engine or not isinstance(self.extract.content, Delimited):
            return ()
        shift = self.extract.first_row - self.extract.content.skip - 1
        return tuple(Skipped((s.row or 0) + shift, s.reason) for s in self.engine.rejected())


def _is_text(column: MappedColumn) -> bool:
    return column.native in {None, Kind.TEXT}


def _date_formats(
    work: _Binding, columns: Sequence[MappedColumn], asked: Sequence[MappedColumn], found: Mapping[str, str | None]
) -> tuple[list[str], list[str], list[MappedColumn]]:
    """Find the format of date columns that declare none and are not ISO: (notes, problems, columns).

    The one possible format is used and reported; two possible readings are a question to the user, never a guess.
    """
    notes: list[str] = []
    problems: list[str] = []
    given = list(columns)
    for column in asked:
        heading = found.get(column.name) or column.name
        form, note, problem = _date_format(work.engine, f"{work.name}_raw", column, heading)
        if form is not None:
            given[given.index(column)] = replace(column, formats=(form,))
        notes.extend(filter(None, [note]))
        problems.extend(filter(None, [problem]))
    return notes, problems, given


def _date_format(
    engine: Engine, raw: str, column: MappedColumn, heading: str
) -> tuple[str | None, str | None, str | None]:
    """Find the format of a date column: (format, note, problem)."""
    (counted,) = engine.rows(format_fits(raw, column))
    filled, iso, *fits = counts(counted)
    readable = [form for form, n in zip(DATE_FORMATS, fits, strict=True) if n == filled]
    if not readable:  # some cells are no dates at all: the format that reads most is proposed only if it is alone
        most = max(fits)
        best = [form for form, n in zip(DATE_FORMATS, fits, strict=True) if n == most]
        readable = best if most > iso else []
    readable = _once(readable)
    if not readable:
        return None, None, None
    if _swapped(readable):
        day, month = readable[0], readable[1]
        return (
            None,
            None,
            (
                f"the dates in '{heading}' can be read as {_spoken(day)} and as {_spoken(month)}: declare its format, "
                f'{column.name} = {{ from = "{heading}", format = "{day}" }} or format = "{month}"'
            ),
        )
    return readable[0], f"'{heading}' was read with the date format {readable[0]}: no other fits its cells", None


def _once(forms: Sequence[str]) -> list[str]:
    """Leave out one of two formats that mean the same: May is its own short form."""
    return [f for f in forms if "%B" not in f or f.replace("%B", "%b") not in forms]


def _swapped(forms: Sequence[str]) -> bool:
    """Tell whether two of the formats differ in the order of day and month (or of anything that changes the date)."""
    return len({"".join(c for c in f if c in "dmbBYy") for f in forms}) > 1 and len(forms) > 1


def _spoken(form: str) -> str:
    names = {"%d": "day", "%m": "month", "%Y": "year", "%y": "year", "%b": "month", "%B": "month"}
    for code, word in names.items():
        form = form.replace(code, word)
    return form


def _row_number(extract: Extract, loaded: Loaded, lost: Sequence[Skipped], position: str) -> RowNumber | None:
    """Say how the row a person sees follows from a record's position."""
    if loaded.position is not None:
        return RowNumber(loaded.position, extract.first_row)
    if not isinstance(extract.content, Delimited):
        return None
    gone = sorted({*extract.content.missing_rows, *(s.row for s in lost if s.row is not None)})
    gaps = tuple(row - extract.first_row - i for i, row in enumerate(gone))
    return RowNumber(position, extract.first_row, gaps)


def _cells(engine: Engine, bound: Bound) -> tuple[UnreadableCell, ...]:
    """Locate the unreadable cells, the first hundred of each column."""
    found: list[UnreadableCell] = []
    by_name = {c.name: c for c in bound.columns}
    for column in bound.unreadable:
        heading, position = bound.headings[column]
        for record in engine.rows(unreadable_cells(bound.name, column, _MAX_CELLS)):
            _, row, path, page, under, paragraph = record[-len(PLACE) :]
            number = int(str(row)) if row else None
            sheet = bound.extract.sheet
            place = Location(
                path=str(path) if path else bound.labels[1],
                sheet=sheet,
                row=number,
                column=heading,
                cell=cell_name(position, number) if sheet is not None and number else None,
                page=int(str(page)) if page else None,
                heading=str(under) if under else None,
                paragraph=int(str(paragraph)) if paragraph else None,
            )
            found.append(UnreadableCell(location=place, column=column, expected=_expected(by_name[column])))
    return tuple(found)


def _expected(column: MappedColumn) -> str:
    if column.kind.temporal and column.formats:
        return f"{column.kind} written as {' or '.join(column.formats)}"
    return str(column.kind) + (" written as YYYY-MM-DD" if column.kind.temporal else "")
