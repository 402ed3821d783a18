"""Write into cells of a workbook, as a person in a spreadsheet program does: only the cells change."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

__all__ = ["write_cells", "write_formula"]


def write_cells(path: Path, sheet: str, cells: Mapping[str, str | int | None], to: Path | None = None) -> None:
    """Put texts (or numbers, or nothing) into cells by their names; a cell that is not there is an error."""
    _write(path, sheet, {cell: _written(cell, value) for cell, value in cells.items()}, to)


def write_formula(path: Path, sheet: str, cell: str, shows: str) -> None:
    """Put a formula into a cell that shows a text."""
    _write(path, sheet, {cell: f'<c r="{cell}" t="str"><f>"{escape(shows)}"</f><v>{escape(shows)}</v></c>'}, None)


def _written(cell: str, value: str | int | None) -> str:
    match value:
        case None:
            return f'<c r="{cell}"/>'
        case int():
            return f'<c r="{cell}"><v>{value}</v></c>'
        case _:
            return f'<c r="{cell}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def _write(path: Path, sheet: str, cells: Mapping[str, str], to: Path | None) -> None:
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    names = re.findall(r'<sheet name="([^"]*)"', parts["xl/workbook.xml"].decode())
    part = f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"
    text = parts[part].decode()
    for cell, new in cells.items():
        text, done = re.subn(
            rf'<c r="{cell}"(?: [^>/]*)?(?:/>|>.*?</c>)', lambda _, new=new: new, text, flags=re.DOTALL
        )
        assert done == 1, cell
    parts[part] = text.encode()
    with zipfile.ZipFile(to or path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
