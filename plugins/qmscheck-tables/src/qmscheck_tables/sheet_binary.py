"""What the parser does not tell of a sheet of XLS and XLSB: its errors, which are no blanks, and what is hidden.

Sources: [MS-XLS], Excel Binary File Format (records BoundSheet8, BoolErr, Formula, Row, ColInfo); [MS-XLSB], Excel
Binary Workbook (records BrtRowHdr, BrtColInfo, BrtCellError, BrtFmlaError, BrtMergeCell). Both are lists of records: a
type, a length, and so many bytes.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree as ET

from qmscheck_tables.compound import BrokenError, streams
from qmscheck_tables.sheet_xml import Cells, error_named, root_of

__all__ = ["binary_parts", "look_through_xls", "look_through_xlsb"]

_NAMES = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_SHEETS, _END, _FORMULA, _ERROR_CELL, _OLD_ROW, _OLD_COLUMNS = 0x0085, 0x000A, 0x0006, 0x0205, 0x0208, 0x007D
_ROW, _ERROR, _OF_FORMULA = 0, 3, range(8, 12)
_ERROR_OF_FORMULA, _COLUMNS, _BUNDLE, _MERGED = 11, 60, 156, 176
_PLACE = struct.Struct("<HH")
_RANGE = struct.Struct("<IIII")
#: Where the flags of a row and of columns stand in their records, and the bit that says hidden.
_OLD_ROW_FLAG, _OLD_COLUMNS_FLAG, _ROW_FLAG, _COLUMNS_FLAG = (12, 0x20), (8, 0x01), (11, 0x10), (16, 0x01)
_WIDEST = 16_384
_LARGEST_LIST, _LARGEST_SHEET = 32 << 20, 512 << 20


def look_through_xls(content: bytes, position: int, *, formulas: bool = False) -> Cells | None:
    """Read what is to be told of a sheet of an XLS file, by its position among all; None where it is not found.

    With `formulas`, each cell with a formula is noted, whatever it shows.
    """
    try:
        found = streams(content, ("Workbook", "Book"))
    except BrokenError:
        return None
    book = found.get("Workbook") or found.get("Book") or b""
    starts = [body[:4] for kind, body in _records(book, 0) if kind == _SHEETS]
    if position >= len(starts) or len(starts[position]) < _PLACE.size:
        return None
    cells = Cells()
    (start,) = struct.unpack("<I", starts[position])
    for kind, body in _records(book, start):
        if kind == _ERROR_CELL and len(body) >= 8 and body[7]:  # noqa: PLR2004  (the flag that tells it from a boolean)
            cells.errors.setdefault(_PLACE.unpack_from(body), _named(body[6]))
        elif kind == _FORMULA and len(body) >= 14:  # noqa: PLR2004  (place, format, and eight bytes of result)
            if body[12:14] == b"\xff\xff" and body[6] == 2:  # noqa: PLR2004  (2: the result is an error)
                cells.errors.setdefault(_PLACE.unpack_from(body), _named(body[8]))
            elif formulas:
                cells.errors.setdefault(_PLACE.unpack_from(body), "#FORMULA!")
        elif kind == _OLD_ROW and _says(body, _OLD_ROW_FLAG):
            cells.hidden.append(int.from_bytes(body[:2], "little"))
        elif kind == _OLD_COLUMNS and _says(body, _OLD_COLUMNS_FLAG):
            first, last = _PLACE.unpack_from(body)
            cells.hidden_columns += range(first, min(last + 1, _WIDEST))
    return cells


def _says(body: bytes, flag: tuple[int, int]) -> bool:
    """True of a record whose flag is set, and long enough to have it."""
    at, bit = flag
    return len(body) > at and bool(body[at] & bit)


def _records(book: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Give type and content of the records from a place up to the end of that part of the book."""
    while at + _PLACE.size <= len(book):
        kind, size = _PLACE.unpack_from(book, at)
        at += _PLACE.size
        yield kind, book[at : at + size]
        if kind == _END:
            return
        at += size


def binary_parts(container: zipfile.ZipFile) -> Mapping[str, str]:
    """Give the file inside an XLSB container for each sheet name. Raises KeyError, BadZipFile, OSError or EOFError."""
    try:
        relations = root_of(container, "xl/_rels/workbook.bin.rels")
    except ET.ParseError:
        return {}
    targets = {one.get("Id", ""): one.get("Target", "") for one in relations.iter()}
    with container.open("xl/workbook.bin") as stream:
        listed = stream.read(_LARGEST_LIST)
    parts = {}
    for kind, body in _parted(listed):
        if kind == _BUNDLE:
            relation, at = _text(body, 8)
            name, _ = _text(body, at)
            if target := targets.get(relation):
                parts[name] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return parts


def look_through_xlsb(container: zipfile.ZipFile, part: str, *, formulas: bool = False) -> Cells | None:
    """Read what is to be told of a sheet of an XLSB file; None for one that is too large to look at.

    Raises KeyError, BadZipFile, OSError, EOFError or zlib.error for a damaged one.
    """
    cells = Cells()
    row = 0
    if container.getinfo(part).file_size > _LARGEST_SHEET:
        return None
    with container.open(part) as stream:
        content = stream.read()
    for kind, body in _parted(content):
        if kind == _ROW and len(body) >= _PLACE.size:
            (row,) = struct.unpack_from("<I", body)
            if _says(body, _ROW_FLAG):
                cells.hidden.append(row)
        elif kind == _COLUMNS and _says(body, _COLUMNS_FLAG):
            first, last = struct.unpack_from("<II", body)
            cells.hidden_columns += range(first, min(last + 1, _WIDEST))
        elif kind == _MERGED and len(body) >= _RANGE.size:
            top, bottom, left, right = _RANGE.unpack_from(body)
            cells.merged.append(((top, left), (bottom, right)))
        elif kind in {_ERROR, _ERROR_OF_FORMULA} and len(body) > 8:  # noqa: PLR2004  (column, format, then the error)
            cells.errors.setdefault((row, struct.unpack_from("<I", body)[0]), _named(body[8]))
        elif formulas and kind in _OF_FORMULA and len(body) >= _PLACE.size:
            cells.errors.setdefault((row, struct.unpack_from("<I", body)[0]), "#FORMULA!")
    return cells


def _parted(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Give type and content of the records of a part: both numbers are written in groups of seven bits."""
    at, end = 0, len(content)
    while at < end:
        kind, at = _number(content, at, 2)
        size, at = _number(content, at, 4)
        yield kind, content[at : at + size]
        at += size


def _number(content: bytes, at: int, most: int) -> tuple[int, int]:
    number = 0
    for group in range(most):
        if at >= len(content):
            break
        byte = content[at]
        at += 1
        number |= (byte & 0x7F) << 7 * group
        if byte < 0x80:  # noqa: PLR2004  (the last group)
            break
    return number, at


def _text(body: bytes, at: int) -> tuple[str, int]:
    length = int.from_bytes(body[at : at + 4], "little")
    end = at + 4 + 2 * length
    return body[at + 4 : end].decode("utf-16-le", "replace"), end


def _named(code: int) -> str:
    return error_named(_NAMES.get(code, ""))
