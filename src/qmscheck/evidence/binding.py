"""One extract becomes one typed relation in the engine; what could not be read of it is counted and located."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from qmscheck.cells import cell_name
from qmscheck.engine import Engine, Loaded, counts
from qmscheck.evidence.columns import check_mapping, headings, mapped_columns
from qmscheck.hookspecs import Delimited, Extract, Parquet, Skipped
from qmscheck.model import Evidence, Location, SkippedRow, Source, TableSpec, UnreadableCell
from qmscheck.sql.kinds import Kind
from qmscheck.sql.mapping import (
    DATE_FORMATS,
    MappedColumn,
    RowNumber,
    can_fail,
    census,
    format_fits,
    placed,
    typed,
    unreadable_cells,
)
from qmscheck.sql.select import PLACE

__all__ = ["Bound", "bind"]

_MAX_CELLS = 100


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
    lost: tuple[Skipped, ...]
    missing: frozenset[str]
    notes: tuple[str, ...]
    problems: tuple[str, ...]

    def evidence(self, sha256: str | None) -> Evidence:
        """Write the manifest entry."""
        source, locator, reader = self.labels
        skipped = [*self.extract.skipped, *self.lost]
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


def bind(
    extract: Extract,
    source: Source,
    spec: TableSpec,
    wanted: Collection[str],
    engine: Engine,
    *,
    name: str,
    number: int,
    labels: tuple[str, str, str],
) -> Bound:
    """Load an extract, type its wanted columns, place its records, count and locate what cannot be read.

    Raises EngineError for content that the engine cannot read and SourceMistake for a mapping that does not fit.
    """
    loaded = engine.load(f"{name}_raw", extract.columns, extract.content)
    natives = dict(loaded.columns)
    present = tuple(natives)
    found = headings(spec, source, present)
    check_mapping(source, found, present, labels[1])
    spreadsheet = extract.sheet is not None
    columns = mapped_columns(spec, source, wanted, found, natives, spreadsheet=spreadsheet)
    (rows, unreadable), lost, notes, problems = _typed(engine, name, loaded, columns)
    flagged = [c.name for c in columns if unreadable.get(c.name)]
    row = _row_number(extract, loaded, lost)
    shown = [c.name for c in columns] + [f"_u_{c}" for c in flagged]
    places: dict[str, str | int] = {"_source": number, **{p: p for p in loaded.places}}
    engine.define(name, placed(f"{name}_typed", shown, places, row), materialise=False)
    if not isinstance(extract.content, Parquet):
        engine.forget(f"{name}_raw")
    sheet_columns = {h: i for i, h in enumerate(present)}
    headed = {
        c: (h, extract.first_column + sheet_columns[h]) for c, h in found.items() if h is not None and c in set(wanted)
    }
    bound = Bound(
        name=name,
        extract=extract,
        labels=labels,
        rows=rows,
        columns=tuple(columns),
        present=present,
        headings=headed,
        unreadable={c: unreadable[c] for c in flagged},
        cells=(),
        lost=tuple(lost),
        missing=frozenset(c for c in spec.columns if found.get(c) is None),
        notes=tuple(notes),
        problems=tuple(problems),
    )
    return replace(bound, cells=_cells(engine, bound))


def _typed(
    engine: Engine, name: str, loaded: Loaded, columns: list[MappedColumn]
) -> tuple[tuple[int, dict[str, int]], list[Skipped], list[str], list[str]]:
    """Make the typed relation. Where a date column declares no format and is not ISO, its one possible format is used
    and reported; two possible readings are a question to the user, never a guess.
    """
    notes: list[str] = []
    problems: list[str] = []
    counted, lost = _materialise(engine, name, loaded, columns)
    asked = [
        c
        for c in columns
        if c.kind.temporal and not c.formats and counted[1].get(c.name) and c.native in {None, Kind.TEXT}
    ]
    if not asked:
        return counted, lost, notes, problems
    for column in asked:
        form, note, problem = _date_format(engine, f"{name}_raw", column)
        if form is not None:
            columns[columns.index(column)] = replace(column, formats=(form,))
        notes.extend(filter(None, [note]))
        problems.extend(filter(None, [problem]))
    if notes:
        engine.forget(f"{name}_typed")
        counted, lost = _materialise(engine, name, loaded, columns)
    return counted, lost, notes, problems


def _materialise(
    engine: Engine, name: str, loaded: Loaded, columns: Sequence[MappedColumn]
) -> tuple[tuple[int, dict[str, int]], list[Skipped]]:
    in_place = loaded.position is not None
    passed = [*loaded.places, *([loaded.position] if loaded.position else [])]
    engine.define(f"{name}_typed", typed(f"{name}_raw", columns, passed), materialise=not in_place)
    lost = engine.rejected() if loaded.parsed_by_engine else []
    flagged = [c.name for c in columns if can_fail(c)]
    (counted,) = engine.rows(census(f"{name}_typed", flagged))
    numbers = counts(counted)
    return (numbers[0], dict(zip(flagged, numbers[1:], strict=True))), lost


def _date_format(engine: Engine, raw: str, column: MappedColumn) -> tuple[str | None, str | None, str | None]:
    """Find the format of a date column: (format, note, problem)."""
    (counted,) = engine.rows(format_fits(raw, column))
    filled, iso, *fits = counts(counted)
    readable = [form for form, n in zip(DATE_FORMATS, fits, strict=True) if n == filled]
    if not readable:  # some cells are no dates at all: the format that reads most is proposed only if it is alone
        most = max(fits)
        best = [form for form, n in zip(DATE_FORMATS, fits, strict=True) if n == most]
        readable = best if most > iso else []
    heading = column.header or column.name
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


def _swapped(forms: Sequence[str]) -> bool:
    """Tell whether two of the formats differ in the order of day and month (or of anything that changes the date)."""
    return len({"".join(c for c in f if c in "dmbBYy") for f in forms}) > 1 and len(forms) > 1


def _spoken(form: str) -> str:
    names = {"%d": "day", "%m": "month", "%Y": "year", "%y": "year", "%b": "month", "%B": "month"}
    for code, word in names.items():
        form = form.replace(code, word)
    return form


def _row_number(extract: Extract, loaded: Loaded, lost: Sequence[Skipped]) -> RowNumber | None:
    """Say how the row a person sees follows from a record's position."""
    if loaded.position is not None:
        return RowNumber(loaded.position, extract.first_row)
    if not isinstance(extract.content, Delimited):
        return None
    gone = sorted({*extract.content.missing_rows, *(s.row for s in lost if s.row is not None)})
    gaps = tuple(row - extract.first_row - i for i, row in enumerate(gone))
    return RowNumber("rowid", extract.first_row, gaps)


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
