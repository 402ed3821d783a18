"""Several tables in one sheet: blocks of cells with blank rows or columns between them, each under its own headings.

A blank row inside a register, or a narrow blank column, makes no second table: what stands behind it must begin with a
row of different words and go on with figures or dates, and blocks side by side must not be equally long.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qmscheck_tables.headings import column_letters, find_heading

__all__ = ["Block", "blocks", "cells_of"]

#: Columns that a table has beside, or below, another one; and the part of its rows that are filled without a gap.
_BESIDE, _BELOW, _DENSE = 2, 3, 0.9

Record = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Block:
    """A table in a sheet: rows and columns count from 0 within what was looked at, both ends included; the headings are
    in the row `top`.
    """

    top: int
    left: int
    bottom: int
    right: int


def blocks(rows: Sequence[Record]) -> list[Block]:
    """Give the tables of a sheet where there are several; nothing where it holds one, or none."""
    found = [block for block in _side_by_side(rows) if block is not None]
    return found if len(found) > 1 else []


def cells_of(block: Block, left: int = 0) -> str:
    """Write the cells of a block as a spreadsheet does: B4:H90. `left` is the sheet column of its column 0."""
    first, last = column_letters(block.left + left), column_letters(block.right + left)
    return f"{first}{block.top + 1}:{last}{block.bottom + 1}"


def _side_by_side(rows: Sequence[Record]) -> Iterator[Block]:
    """Cut a sheet at blank columns, where each part is a table of its own; then each part at blank rows."""
    width = max((len(row) for row in rows), default=0)
    parts = list(_runs([any(_filled(row, at) for row in rows) for at in range(width)]))
    whole = [_table(rows, Block(0, left, len(rows) - 1, right), _BESIDE) for left, right in parts]
    apart = [block for block in whole if block is not None and _is_dense(rows, block)]
    if len(parts) == 1 or len({block.bottom for block in apart}) < len(parts):
        yield from _one_below_the_other(rows, (0, width - 1), _BELOW)  # one table, or one with a gap
        return
    for part in parts:
        yield from _one_below_the_other(rows, part, _BESIDE)


def _one_below_the_other(rows: Sequence[Record], part: tuple[int, int], columns: int) -> Iterator[Block]:
    """Cut a part of a sheet at blank rows. `columns` is how many the first table has at least."""
    left, right = part
    runs = list(_runs([any(_filled(row, at) for at in range(left, right + 1)) for row in rows]))
    pending: Block | None = None
    for top, bottom in runs:
        block = _table(rows, Block(top, left, bottom, right), columns if pending is None else _BELOW)
        if pending is not None and (block is None or not _is_other(rows, pending, block)):
            pending = Block(pending.top, left, bottom, right)  # a gap in one table
        elif block is not None:
            if pending is not None:
                yield _narrowed(rows, pending)
            pending = block
    if pending is not None:
        yield _narrowed(rows, pending)


def _table(rows: Sequence[Record], cells: Block, columns: int) -> Block | None:
    """Give the table of a block, from its headings on; None where it is none: too narrow, or without records."""
    inside = [row[cells.left : cells.right + 1] for row in rows[cells.top : cells.bottom + 1]]
    at = find_heading(inside)
    if at is None:
        return None
    filled = [number for number, row in enumerate(inside) if any(_filled(row, place) for place in range(len(row)))]
    labels = [cell for cell in inside[at] if cell and cell.strip()]
    words = len(labels) >= columns and len(set(labels)) == len(labels) and not any(map(_is_figure, labels))
    if not words or filled[-1] == at:
        return None
    return Block(cells.top + at, cells.left, cells.top + filled[-1], cells.right)


def _is_dense(rows: Sequence[Record], block: Block) -> bool:
    """Tell whether hardly a row of a block is blank."""
    inside = [any(_filled(row, at) for at in range(block.left, block.right + 1)) for row in rows]
    return sum(inside[block.top : block.bottom + 1]) >= _DENSE * (block.bottom + 1 - block.top)


def _is_other(rows: Sequence[Record], above: Block, below: Block) -> bool:
    """Tell whether a block begins a table of its own: under other headings than the table above, and its first records
    have figures or dates, which its headings have not.
    """
    upper, lower = ({cell for cell in rows[block.top] if cell and cell.strip()} for block in (above, below))
    figures = any(map(_is_figure, rows[below.top + 1][below.left : below.right + 1]))
    return upper != lower and figures


def _narrowed(rows: Sequence[Record], block: Block) -> Block:
    """Leave the blank columns at both ends of a block out."""
    used = [
        at
        for at in range(block.left, block.right + 1)
        if any(_filled(row, at) for row in rows[block.top : block.bottom + 1])
    ]
    return Block(block.top, used[0], block.bottom, used[-1])


def _runs(marks: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Give the runs of true marks, by their ends."""
    start: int | None = None
    for at, mark in enumerate([*marks, False]):
        if mark and start is None:
            start = at
        elif not mark and start is not None:
            yield start, at - 1
            start = None


def _filled(row: Record, at: int) -> bool:
    cell = row[at] if at < len(row) else None
    return cell is not None and bool(cell.strip())


def _is_figure(cell: str | None) -> bool:
    return cell is not None and any(map(str.isdigit, cell)) and not any(map(str.isalpha, cell))
