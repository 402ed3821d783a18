"""Write into cells of a workbook, as a person in a spreadsheet program does: only the cells change."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

__all__ = ["write_cells"]


def write_cells(path: Path, sheet: str, cells: Mapping[str, str | int | None], to: Path | None = None) -> None:
    """Put texts (or numbers, or nothing) into cells by their names; a cell that is not there is an error."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    names = re.findall(r'<sheet name="([^"]*)"', parts["xl/workbook.xml"].decode())
    part = f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"
    text = parts[part].decode()
    for cell, value in cells.items():
        match value:
            case None:
                new = f'<c r="{cell}"/>'
            case int():
                new = f'<c r="{cell}"><v>{value}</v></c>'
            case _:
                new = f'<c r="{cell}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
        text, done = re.subn(
            rf'<c r="{cell}"(?: [^>/]*)?(?:/>|>.*?</c>)', lambda _, new=new: new, text, flags=re.DOTALL
        )
        assert done == 1, cell
    parts[part] = text.encode()
    with zipfile.ZipFile(to or path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
