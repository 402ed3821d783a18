"""One sheet of a workbook: its headings, its records, and what of it a person would not see as the parser does.

Merged cells have a value in their first cell only; hidden rows and columns are records like others until the plan says
otherwise. Neither is ever settled in silence.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from qmscheck import Batch, Skipped, as_text
from qmscheck_tables.headings import (
    column_letters,
    combined,
    find_heading,
    is_total,
    looks_like_records,
    second_heading,
    top_heading,
)
from qmscheck_tables.several import blocks, cells_of

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

__all__ = ["Area", "Shape", "Sheet", "Wanted", "areas", "batches", "has_records", "shape"]

_BATCH = 5000
_SAMPLE = 500
_LISTED = 12

Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta
Place = tuple[int, int]
Record = list[str | None]


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, both ends included; rows and columns count from 0."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def is_table(self) -> bool:
        """True where there is room for headings and a record of two columns."""
        return self.bottom > self.top and self.right > self.left

    def meets(self, other: Area) -> bool:
        """Tell whether the two have a cell in common."""
        rows = self.top <= other.bottom and other.top <= self.bottom
        return rows and self.left <= other.right and other.left <= self.right


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the plan says of a sheet. `fill` is None where it says nothing of merged cells."""

    header_row: int | None = None
    header_rows: int = 1
    skip_hidden: bool = False
    fill: bool | None = None
    comma: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that is safe to walk. `errors` are cells that the parser leaves blank; `merged` ranges by their corners;
    `hidden` rows and `hidden_columns` count from 0. `area` is the part of the sheet that the plan names.
    """

    sheet: CalamineSheet
    errors: Mapping[Place, str]
    merged: tuple[tuple[Place, Place], ...] = ()
    hidden: frozenset[int] = frozenset()
    hidden_columns: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    area: Area | None = None
    wanted: Wanted = Wanted()

    @property
    def left(self) -> int:
        """The sheet column of the first cell of a record."""
        return self.sheet.start[1] if self.sheet.start else 0


@dataclass(frozen=True, slots=True)
class Shape:
    """Where the table of a sheet is: the index of its last heading row, its columns within a record, their labels.

    `advised` is how many rows of headings it seems to have, where that is another number than the plan says.
    """

    heading: int
    first: int
    last: int
    labels: list[str | None]
    notes: tuple[str, ...]
    advised: int | None = None


def shape(found: Sheet) -> Shape | None:
    """Find the headings of a sheet; None where it has none."""
    wanted = found.wanted
    sample = [row for _, row in islice(_records(found, 0), _SAMPLE)]
    top = _top(found, sample)
    if top is None:
        return None
    heading = top + wanted.header_rows - 1
    rows = dict(islice(_records(found, top), wanted.header_rows))
    if heading not in rows:
        return None
    labels = rows[heading] if wanted.header_rows == 1 else _joined(found, top, list(rows.values()))
    if not any(label and label.strip() for label in labels):
        return None
    first, last = _extent(found, heading, labels)
    labels = [*labels, *[None] * (last + 1)][first : last + 1]
    notes = (*_heading_notes(found, sample, top, labels), *_several_notes(found, sample))
    notes = (*found.notes, *notes, *_seen_notes(found, heading, first, last))
    second = _second(found, sample, top)
    return Shape(heading, first, last, labels, notes, None if second is None else 2)


def areas(found: Sheet) -> list[str]:
    """Give the cells of the tables of a sheet where there are several; nothing where it holds one, or none."""
    return [cells_of(block, found.left) for block in blocks([row for _, row in _records(found, 0)])]


def has_records(found: Sheet, heading: int) -> bool:
    """Tell whether anything stands below the headings."""
    return any(any(row) for _, row in _records(found, heading + 1))


def batches(found: Sheet, table: Shape, skipped: list[Skipped]) -> Iterator[Batch]:
    """Give the records below the headings; what is none goes to `skipped`."""
    skipped.clear()
    rows: list[int] = []
    records: list[Record] = []
    first, end = table.first, table.last + 1
    for number, row in _records(found, table.heading + 1):
        record = row[first:end]
        if not any(cell is not None and cell.strip() for cell in record):
            continue
        if found.wanted.skip_hidden and number in found.hidden:
            skipped.append(Skipped(number + 1, "a hidden row, which the plan leaves out"))
            continue
        if is_total(record):
            skipped.append(Skipped(number + 1, "a totals row, not a record"))
            continue
        rows.append(number + 1)
        records.append([*record, *[None] * (end - first - len(record))])
        if len(rows) == _BATCH:
            yield Batch(columns=tuple(map(list, zip(*records, strict=True))), rows=rows)
            rows, records = [], []
    if rows:
        yield Batch(columns=tuple(map(list, zip(*records, strict=True))), rows=rows)


# ---------------------------------------------------------------- headings


def _top(found: Sheet, sample: list[Record]) -> int | None:
    """Give the index of the first heading row, counting from 0."""
    given = found.wanted.header_row
    if given is None and found.area is not None:
        return found.area.top
    if given is None:
        at = find_heading(sample)
        return None if at is None else top_heading(sample, at, found.wanted.header_rows)
    row = next((row for number, row in _records(found, given - 1) if number == given - 1), None)
    return given - 1 if row is not None and any(row) else None


def _joined(found: Sheet, top: int, rows: list[Record]) -> list[str | None]:
    """Join the labels of several heading rows; a merged cell labels all that it covers."""
    merged = [(a, b) for a, b in found.merged if top <= a[0] < top + len(rows) and b[1] > a[1]]
    width = max(len(row) for row in rows)
    spread = [[*row, *[None] * (width - len(row))] for row in rows]
    for (row, column), (_, end) in merged:
        for covered in range(column, min(end, width + found.left - 1) + 1):
            spread[row - top][covered - found.left] = rows[row - top][column - found.left]
    return [label or None for label in combined(spread, spread=not merged)]


def _heading_notes(found: Sheet, sample: list[Record], top: int, labels: list[str | None]) -> Iterator[str]:
    wanted = found.wanted
    if wanted.header_rows > 1:
        yield f"The headings are taken from rows {top + 1} to {top + wanted.header_rows}."
        return
    chosen = wanted.header_row is not None or found.area is not None
    if not chosen and any(any(row) for row in sample[:top]):
        yield f"The headings are taken from row {top + 1}; the rows above it are not records."
    second = _second(found, sample, top)
    if second is not None:
        yield f"Row {second + 1} may be a row of headings, too; set header_rows = 2 if it is."
    if not chosen and looks_like_records(labels):
        yield f"Row {top + 1} is taken for headings but looks like a record; set header_row if that is wrong."


def _second(found: Sheet, sample: list[Record], top: int) -> int | None:
    """Give the index of a row that may be a second row of headings."""
    if found.wanted.header_rows > 1 or top >= len(sample):
        return None
    second = second_heading(sample, top)
    return second if second is not None and (found.area is None or second > top) else None


def _several_notes(found: Sheet, sample: list[Record]) -> Iterator[str]:
    """Say that a sheet holds several tables, of which the plan names none."""
    if found.area is None and found.wanted.header_row is None and (several := blocks(sample)):
        listed = ", ".join(cells_of(block, found.left) for block in several[:_LISTED])
        yield f"The sheet seems to hold {len(several)} tables ({listed}), read as one; set range to choose one of them."


def _seen_notes(found: Sheet, heading: int, first: int, last: int) -> Iterator[str]:
    """Say what a person would not see as it is read: merged cells, hidden rows, hidden columns."""
    below = [a for a, b in found.merged if a[0] > heading and b[0] > a[0] and _within(found.area, a)]
    if below and found.wanted.fill is None:
        yield (
            f"{len(below)} merged cells reach over several rows (the first: {_name(min(below))}); their value counts "
            "for the first of these rows only; set fill_merged = true to count it for each."
        )
    elif below and found.wanted.fill:
        yield f"The value of {len(below)} merged cells counts for each of their rows (fill_merged)."
    if not found.wanted.skip_hidden and found.hidden:
        rows = [n for n, row in _records(found, heading + 1) if n in found.hidden and any(row[first : last + 1])]
        if rows:
            yield f'Hidden rows are read: {_listed(rows)}; hidden = "skip" leaves them out.'
    columns = [c for c in found.hidden_columns if first <= c - found.left <= last]
    if columns:
        yield f"Hidden columns are read: {', '.join(map(column_letters, columns[:_LISTED]))}."


def _within(area: Area | None, place: Place) -> bool:
    return area is None or (area.top <= place[0] <= area.bottom and area.left <= place[1] <= area.right)


def _name(place: Place) -> str:
    return f"{column_letters(place[1])}{place[0] + 1}"


def _listed(rows: Sequence[int]) -> str:
    """Write row numbers, counting from 1, with ranges: 3, 5 to 8."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    shown = [f"{a + 1}" if a == b else f"{a + 1} to {b + 1}" for a, b in runs[:_LISTED]]
    return ", ".join(shown) + (f" and {len(runs) - _LISTED} more ranges" if len(runs) > _LISTED else "")


# ---------------------------------------------------------------- cells


def _extent(found: Sheet, heading: int, labels: Sequence[str | None]) -> tuple[int, int]:
    """Give the first and the last column that hold a heading or, below it, anything."""
    if found.area is not None:
        return max(0, found.area.left - found.left), found.area.right - found.left
    left = found.left
    used = {position for position, label in enumerate(labels) if label is not None and label.strip()}
    used |= {column - left for row, column in found.errors if row > heading and column >= left}
    open_ = [position for position in range(found.sheet.width) if not min(used) <= position <= max(used)]
    for cells in islice(found.sheet.iter_rows(), heading + 1, None) if open_ else ():
        filled = [position for position in open_ if cells[position] != "" and str(cells[position]).strip()]
        if filled:
            used.update(filled)
            open_ = [position for position in open_ if not min(used) <= position <= max(used)]
    return min(used), max(used)


def _records(found: Sheet, start: int) -> Iterator[tuple[int, Record]]:
    """Give the rows of a sheet with their index, as text; blank cells are None, and so is what lies beside the area."""
    rows = _filled(found, _texts(found, start if not found.wanted.fill else 0))
    area = found.area
    for number, row in rows:
        if number < start:
            continue
        if area is None:
            yield number, row
        elif number > area.bottom:
            return
        elif number < area.top:
            yield number, []
        else:
            yield number, [c if _within(area, (number, at + found.left)) else None for at, c in enumerate(row)]


def _texts(found: Sheet, start: int) -> Iterator[tuple[int, Record]]:
    errors: dict[int, list[tuple[int, str]]] = {}
    for (row, column), text in found.errors.items():
        errors.setdefault(row, []).append((column - found.left, text))
    comma = found.wanted.comma
    number = -1
    for number, cells in enumerate(found.sheet.iter_rows()):
        if number >= start:
            texts = [(cell or None) if type(cell) is str else _text(cell, comma=comma) for cell in cells]
            yield number, _with_errors(texts, errors[number]) if number in errors else texts
    for row in sorted(row for row in errors if row > number):
        if row >= start:
            yield row, _with_errors([], errors[row])


def _filled(found: Sheet, rows: Iterator[tuple[int, Record]]) -> Iterator[tuple[int, Record]]:
    """Give a merged cell's value to each row that it covers, in its first column, where the plan wants it."""
    tall = [(a, b) for a, b in found.merged if b[0] > a[0]] if found.wanted.fill else []
    if not tall:
        yield from rows
        return
    begins: dict[int, list[tuple[Place, Place]]] = {}
    for merge in tall:
        begins.setdefault(merge[0][0], []).append(merge)
    held: dict[int, tuple[int, str | None]] = {}
    for number, row in rows:
        for at, (end, value) in list(held.items()):
            if number > end:
                del held[at]
            elif at < len(row):
                row[at] = value
        for (_, column), (end, _) in begins.get(number, ()):
            at = column - found.left
            if 0 <= at < len(row):
                held[at] = (end, row[at])
        yield number, row


def _with_errors(row: Record, errors: Sequence[tuple[int, str]]) -> Record:
    for column, text in errors:
        if column >= 0:
            row += [None] * (column + 1 - len(row))
            row[column] = text
    return row


def _text(cell: Cell, *, comma: bool) -> str | None:
    if isinstance(cell, dt.timedelta):
        seconds = round(cell.total_seconds())
        minutes, seconds = divmod(abs(seconds), 60)
        return f"{'-' if cell < dt.timedelta() else ''}{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
    return as_text(cell, comma=comma)
