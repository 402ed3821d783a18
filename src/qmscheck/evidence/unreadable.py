"""Where the cells are that cannot be read as their type, and how each should have been written."""

from __future__ import annotations

from qmscheck.cells import cell_name
from qmscheck.engine import Engine
from qmscheck.evidence.bound import Bound
from qmscheck.extracts import Extract
from qmscheck.model import Location, UnreadableCell
from qmscheck.sql.figures import Spelling
from qmscheck.sql.kinds import Kind
from qmscheck.sql.mapping import MappedColumn, unreadable_cells
from qmscheck.sql.select import PLACE

__all__ = ["located_cells"]

_MAX_CELLS = 100


def located_cells(engine: Engine, bound: Bound) -> tuple[UnreadableCell, ...]:
    """Locate the unreadable cells, the first hundred of each column."""
    found: list[UnreadableCell] = []
    by_name = {c.name: c for c in bound.columns}
    for column in bound.unreadable:
        heading, position = bound.headings.get(column, (column, 0))  # it may be in another file of the log
        for record in engine.rows(unreadable_cells(bound.name, column, _MAX_CELLS)):
            _, row, path, page, under, paragraph, cell = record[-len(PLACE) :]
            number = int(str(row)) if row else None
            sheet = bound.extract.sheet
            name = cell_name(position, number) if sheet is not None and number else None
            place = Location(
                path=str(path) if path else bound.locator,
                sheet=sheet,
                row=number,
                column=heading,
                cell=str(cell) if cell else name,
                page=int(str(page)) if page else None,
                heading=str(under) if under else None,
                paragraph=int(str(paragraph)) if paragraph else None,
            )
            found.append(
                UnreadableCell(location=place, column=column, expected=_expected(by_name[column], bound.extract))
            )
    return tuple(found)


def _expected(column: MappedColumn, extract: Extract) -> str:
    if extract.marked and column.kind is Kind.TEXT:
        return "words in a language of the terms" if extract.worded else "text that can be read"
    if column.kind.temporal and column.formats:
        return f"{column.kind} written as {' or '.join(column.formats)}"
    if column.kind.temporal:
        return f"{column.kind} written as YYYY-MM-DD"
    return f"{column.kind}{_written(column.spelling) if column.kind.numeric else ''}"


def _written(spelling: Spelling) -> str:
    """Say how numbers should be written, where the plan declares it."""
    parts = []
    if spelling.decimal is not None:
        parts.append(f"with '{spelling.decimal}' before the fraction")
    if spelling.units:
        parts.append(f"with {' or '.join(spelling.units)} or nothing beside it")
    if spelling.percent is not None:
        parts.append("with %")
    return f" written {' and '.join(parts)}" if parts else ""
