"""Workbooks as documents, with python-calamine, which lives here: each row is a passage of its sheet, with its cells.

A sheet is a table of records only where a plan names it as one; in a folder of documents it is read as a form or list.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace

from qmscheck import as_text
from qmscheck_documents import tables
from qmscheck_documents.blocks import SHEET_LEVEL, Block, Parsed, Refused
from qmscheck_documents.containers import OLE, encrypted_name, parts_of
from qmscheck_documents.wording import normalised

__all__ = ["parse"]

_MOST_ROWS = 20_000
_MOST_CELLS = 2_000_000


def parse(content: bytes) -> Parsed | Refused:
    """Take a workbook apart."""
    if content.startswith(OLE):
        if encrypted_name("EncryptedPackage") in content:
            return Refused("encrypted", "The workbook is protected by a password.")
    else:
        names = parts_of(content, "workbook")
        if isinstance(names, Refused):
            return names
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError  # noqa: PLC0415

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return _parsed(book)
    except PasswordError:
        return Refused("encrypted", "The workbook is protected by a password.")
    except (CalamineError, ValueError, OSError) as error:
        return Refused("corrupt", f"The workbook is damaged: {type(error).__name__}.")


def _parsed(book: object) -> Parsed | Refused:
    found: list[Block] = []
    rows = 0
    for sheet in book.sheets_metadata:  # type: ignore[attr-defined]
        if str(sheet.typ).rpartition(".")[2] != "WorkSheet":
            continue
        opened = book.get_sheet_by_name(sheet.name)  # type: ignore[attr-defined]
        if opened.total_height * opened.total_width > _MOST_CELLS:
            return Refused("too-large", f"The sheet {sheet.name} has {opened.total_height:,} rows: name it as a table.")
        grid = _grid(opened)
        rows += len(grid)
        if rows > _MOST_ROWS:
            return Refused("too-large", f"The workbook has more than {_MOST_ROWS:,} rows: name it as a table.")
        hidden = str(sheet.visible).rpartition(".")[2] != "Visible"
        if grid:
            found.append(Block("heading", f"{sheet.name} (hidden)" if hidden else sheet.name, level=SHEET_LEVEL))
        for start, stop in _tables(grid):
            found.extend(_rows(grid[start:stop]))
    return Parsed([block for block in found if block.text])


def _grid(sheet: object) -> list[tuple[int, list[str]]]:
    """Give the rows that hold anything, with their numbers in the sheet, and cells from column A on."""
    grid = []
    for number, row in enumerate(sheet.to_python(skip_empty_area=False), 1):  # type: ignore[attr-defined]
        cells = [_shown(cell) for cell in row]
        if any(cells):
            grid.append((number, cells))
    return grid


def _shown(cell: object) -> str:
    return normalised(as_text(cell) or "")


def _tables(grid: Sequence[tuple[int, list[str]]]) -> Iterator[tuple[int, int]]:
    """Cut a sheet where rows are left blank."""
    start = 0
    for n in range(1, len(grid) + 1):
        if n == len(grid) or grid[n][0] > grid[n - 1][0] + 1:
            yield start, n
            start = n


def _rows(part: Sequence[tuple[int, list[str]]]) -> Iterator[Block]:
    first = min(next(i for i, cell in enumerate(cells) if cell) for _, cells in part)
    last = max(max(i for i, cell in enumerate(cells) if cell) for _, cells in part)
    grid = [cells[first : last + 1] for _, cells in part]
    for block in tables.rows(grid, [number for number, _ in part]):
        yield replace(block, cell=f"{_letters(first)}{block.line}:{_letters(last)}{block.line}")


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
