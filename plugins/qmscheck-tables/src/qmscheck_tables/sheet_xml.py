"""What must be known of a workbook's own files before and beside the parser: how large it is, and its errors.

The parser allocates every cell between the first and the last one, so that two far apart cells end the process; and
it hands errors and formulas without a value over as blanks. Both are read here from the XML of the sheet.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

__all__ = ["Cells", "absurd_container", "error_named", "is_encrypted", "look_through", "root_of", "sheet_parts"]

_PIECE = 1 << 20
_LONGEST_CELL = 16 << 20
_LARGEST_PART = 2 << 30
_LARGEST_SMALL_PART = 32 << 20
_DENSEST = 250
_SUSPICIOUS = 64 << 20
_MOST_CELLS = 40_000_000
_LETTERS = {letter: place for place, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ", start=1)}

_KNOWN = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})

_USUAL = re.compile(rb'<c r="([A-Z]+)(\d{1,18})"')  # as nearly all programs write it; fast, as it begins with letters
_REFERENCE = re.compile(rb"""\sr=["']([A-Za-z]{1,8})(\d{1,18})["']""")
_ROW = re.compile(rb"""<(?:\w+:)?row\b[^<>]*?\sr=["'](\d{1,18})["']""")
_ROW_TAG = re.compile(rb"<(?:\w+:)?row\b([^<>]*)>")
_NUMBER = re.compile(rb"""\sr=["'](\d{1,18})["']""")
_IS_HIDDEN = re.compile(rb"""\shidden=["'](?:1|true)["']""")
_COLUMN_TAG = re.compile(rb"<(?:\w+:)?col\b([^<>]*)>")
_MOST_COLUMNS = 16_384
_CELL_START = re.compile(rb"<(?:\w+:)?c[\s>/]")
_FILLED = re.compile(rb"<(?:\w+:)?c\b([^<>]*[^/<>])>(?!\s*</)(.*?)</(?:\w+:)?c>", re.DOTALL)
_ERROR = re.compile(rb"""<(?:\w+:)?c\b([^<>]*\st=["']e["'][^<>]*)>(.*?)</(?:\w+:)?c>""", re.DOTALL)
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b([^<>]*[^/<>])>\s*<(?:\w+:)?f\b(?:[^<>]*/>|[^<>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_ANY_FORMULA = re.compile(rb"<(?:\w+:)?c\b([^<>]*[^/<>])>\s*<(?:\w+:)?f\b")
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)</")


#: Bytes in which the document type of a part would stand.
_PROLOG = 1000


@dataclass(slots=True)
class Cells:
    """The rectangle that the cells of a sheet span, the text of those that the parser leaves blank, and what is hidden.

    Rows and columns count from 0. `merged` are ranges by their corners, where the parser does not know them.
    """

    first: tuple[int, int] | None = None
    last: tuple[int, int] = (0, 0)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)

    @property
    def is_absurd(self) -> bool:
        """Tell whether the parser would need more memory for the sheet than a sheet deserves."""
        if self.first is None:
            return False
        return (self.last[0] - self.first[0] + 1) * (self.last[1] - self.first[1] + 1) > _MOST_CELLS

    def span(self, row: int, column: int) -> None:
        """Widen the rectangle to a cell."""
        self.first = (min(row, self.first[0]), min(column, self.first[1])) if self.first else (row, column)
        self.last = (max(row, self.last[0]), max(column, self.last[1]))


def absurd_container(container: zipfile.ZipFile) -> str | None:
    """Say why a container is not opened: it unpacks to more than a workbook can sensibly be."""
    for part in container.infolist():
        if part.file_size > _LARGEST_PART:
            return f"{part.filename} inside it unpacks to {part.file_size >> 20} MB"
        if part.file_size > _SUSPICIOUS and part.file_size > _DENSEST * max(1, part.compress_size):
            return f"{part.filename} inside it unpacks to {part.file_size // max(1, part.compress_size)} times its size"
    return None


def declares_entities(container: zipfile.ZipFile) -> str | None:
    """Name a part with a document type: Office Open XML has none, and what its entities stand for would be lost."""
    for part in container.infolist():
        if part.filename.endswith(".xml") and not part.flag_bits & 1:
            with container.open(part) as stream:
                if b"<!DOCTYPE" in stream.read(_PROLOG):
                    return part.filename
    return None


def is_encrypted(container: zipfile.ZipFile) -> bool:
    """Tell whether parts of a container, or the content of an OpenDocument file, are encrypted."""
    if any(part.flag_bits & 1 for part in container.infolist()):
        return True
    return b"encryption-data" in _small_part(container, "META-INF/manifest.xml")


def sheet_parts(container: zipfile.ZipFile) -> Mapping[str, str]:
    """Give the file inside the container for each sheet name. Raises ET.ParseError."""
    targets = {
        relation.get("Id"): relation.get("Target", "")
        for relation in root_of(container, "xl/_rels/workbook.xml.rels").iter()
        if relation.get("Target")
    }
    parts = {}
    for sheet in root_of(container, "xl/workbook.xml").iter():
        if sheet.tag.rpartition("}")[2] != "sheet":
            continue
        relation = next((value for name, value in sheet.items() if name.rpartition("}")[2] == "id"), None)
        target = targets.get(relation)
        if target:
            parts[sheet.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return parts


def look_through(container: zipfile.ZipFile, part: str, *, formulas: bool = False) -> Cells:
    """Read the XML of a sheet once. With `formulas`, each cell with a formula is noted, whatever it shows.

    Raises KeyError, BadZipFile, OSError, EOFError or zlib.error for a damaged one.
    """
    cells = Cells()
    starts = references = 0
    rows: list[int] = []
    for piece in _pieces(container, part):
        found = _USUAL.findall(piece)
        count = piece.count(b"<c ") + piece.count(b"<c>")
        if len(found) != count or b":c" in piece:
            found, count = _REFERENCE.findall(piece), len(_CELL_START.findall(piece))
        starts, references = starts + count, references + len(found)
        _span(cells, found)
        if starts != references:  # cells without a name stand where their row is
            rows += [int(row) - 1 for row in _ROW.findall(piece)]
        _note_errors(cells, piece)
        if b"hidden=" in piece:
            _note_hidden(cells, piece)
        for attributes in _ANY_FORMULA.findall(piece) if formulas else ():
            _note(cells, attributes, "#FORMULA!")
    for row in rows:
        cells.span(row, 0)
    return _without_blanks(container, part, cells) if cells.is_absurd and not rows else cells


def _small_part(container: zipfile.ZipFile, name: str) -> bytes:
    try:
        with container.open(name) as part:
            return part.read(_LARGEST_SMALL_PART)
    except KeyError:
        return b""


def root_of(container: zipfile.ZipFile, name: str) -> ET.Element:
    """Parse a small part of a container. Raises ET.ParseError."""
    return ET.fromstring(_small_part(container, name))  # noqa: S314 (expat limits the growth of entities)


def _pieces(container: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Read a part in pieces that end behind a cell."""
    held = b""
    with container.open(part) as stream:
        while piece := stream.read(_PIECE):
            held += piece
            end = held.rfind(b"c>")
            if end < 0 and len(held) < _LONGEST_CELL:
                continue
            end = end + len(b"c>") if end >= 0 else len(held)
            yield held[:end]
            held = held[end:]
    yield held


def _span(cells: Cells, found: list[tuple[bytes, bytes]]) -> None:
    if not found:
        return
    rows = {row for _, row in found}
    columns = {letters for letters, _ in found}
    numbers = [_column(letters) for letters in columns]
    cells.span(min(map(int, rows)) - 1, min(numbers))
    cells.span(max(map(int, rows)) - 1, max(numbers))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.decode().upper():
        number = number * 26 + _LETTERS[letter]
    return number - 1


def _note_errors(cells: Cells, piece: bytes) -> None:
    if b't="e"' in piece or b"t='e'" in piece:
        for attributes, content in _ERROR.findall(piece):
            value = _VALUE.search(content)
            _note(cells, attributes, error_named(value[1].decode("utf-8", "replace") if value else ""))
    if b"<f" in piece or b":f" in piece:
        for attributes in _FORMULA.findall(piece):
            if b't="str"' not in attributes and b"t='str'" not in attributes:
                _note(cells, attributes, "#FORMULA!")


def error_named(text: str) -> str:
    """Give an error as the core knows it, which looks through columns of text for these few only."""
    return text if text in _KNOWN else "#ERROR!"


def _note_hidden(cells: Cells, piece: bytes) -> None:
    """Note rows that are hidden or filtered out, and hidden columns, as far as there can be any."""
    for attributes in _ROW_TAG.findall(piece):
        row = _NUMBER.search(attributes) if _IS_HIDDEN.search(attributes) else None
        if row:
            cells.hidden.append(int(row[1]) - 1)
    for attributes in _COLUMN_TAG.findall(piece):
        low, high = re.search(rb'\smin="(\d{1,6})"', attributes), re.search(rb'\smax="(\d{1,6})"', attributes)
        if low and high and _IS_HIDDEN.search(attributes):
            cells.hidden_columns += range(int(low[1]) - 1, min(int(high[1]), _MOST_COLUMNS))


def _note(cells: Cells, attributes: bytes, text: str) -> None:
    place = _REFERENCE.search(b" " + attributes)
    if place:
        cells.errors.setdefault((int(place[2]) - 1, _column(place[1])), text)


def _without_blanks(container: zipfile.ZipFile, part: str, whole: Cells) -> Cells:
    """Measure again without cells that only carry a format, which the parser leaves out too."""
    cells = Cells(errors=whole.errors, hidden=whole.hidden, hidden_columns=whole.hidden_columns)
    for piece in _pieces(container, part):
        named = (_REFERENCE.search(b" " + attributes) for attributes, _ in _FILLED.findall(piece))
        _span(cells, [(place[1], place[2]) for place in named if place])
    return cells
