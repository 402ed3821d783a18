"""Workbooks as documents, with python-calamine, which lives here: each row is a passage of its sheet, with its cells.

A sheet is a table of records only where a plan names it as one; in a folder of documents it is read as a form or list.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

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
        refused = names if isinstance(names, Refused) else _refused(content, names)
        if refused is not None:
            return refused
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError  # noqa: PLC0415

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return _parsed(book)
    except PasswordError:
        return Refused("encrypted", "The workbook is protected by a password.")
    except (CalamineError, ValueError, OSError) as error:
        return Refused("corrupt", f"The workbook is damaged: {type(error).__name__}.")


def _refused(content: bytes, names: Sequence[str]) -> Refused | None:
    """Refuse what ends the parser, which makes room for all between two cells, or what it waits for without end."""
    from qmscheck_tables.sheet_ods import CONTENT, check_whole  # noqa: PLC0415  (a reader that finds no workbook)
    from qmscheck_tables.sheet_xml import look_through, sheet_parts  # noqa: PLC0415

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            if CONTENT in names:
                check_whole(container)
            parts = sheet_parts(container) if "xl/workbook.xml" in names else {}
            for name, part in parts.items():
                if part in names and part.endswith(".xml") and look_through(container, part).is_absurd:
                    return Refused(
                        "too-large", f"The cells of the sheet {name} lie too far apart: delete the stray ones."
                    )
    except (
        ET.ParseError,
        zipfile.BadZipFile,
        zlib.error,
        RuntimeError,
        LookupError,
        ValueError,
        OSError,
        EOFError,
    ) as error:
        return Refused("corrupt", f"The workbook is damaged: {type(error).__name__}.")
    return None


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
        for start, stop in _tables(grid, _covered(opened)):
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


def _covered(sheet: object) -> frozenset[int]:
    """Give the rows, from 1, that a merged cell of a row above reaches into."""
    ranges: list[tuple[tuple[int, int], tuple[int, int]]] = getattr(sheet, "merged_cell_ranges", None) or []
    return frozenset(row + 1 for (top, _), (bottom, _) in ranges for row in range(top + 1, min(bottom, _MOST_ROWS) + 1))


def _tables(grid: Sequence[tuple[int, list[str]]], covered: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Cut a sheet where rows are left blank; a row that a merged cell covers is none of these."""
    start = 0
    for n in range(1, len(grid) + 1):
        if n == len(grid) or not covered.issuperset(range(grid[n - 1][0] + 1, grid[n][0])):
            yield start, n
            start = n


def _rows(part: Sequence[tuple[int, list[str]]]) -> Iterator[Block]:
    first = min(next(i for i, cell in enumerate(cells) if cell) for _, cells in part)
    last = max(max(i for i, cell in enumerate(cells) if cell) for _, cells in part)
    grid = [cells[first : last + 1] for _, cells in part]
    for block in tables.rows(grid, [number for number, _ in part]):
        yield block._replace(cell=f"{_letters(first)}{block.line}:{_letters(last)}{block.line}")


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
