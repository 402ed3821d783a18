"""What the parser does not tell of a sheet of LibreOffice: its errors, its merged cells, what is hidden.

Read from the XML of the document, once, with nothing of it kept in memory.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from functools import partial
from xml.etree import ElementTree as ET

from qmscheck_tables.sheet_xml import Cells, error_named

__all__ = ["CONTENT", "check_whole", "look_through_ods"]

CONTENT = "content.xml"

_HIDDEN = ("collapse", "filter")
_MOST = 16_384
_MOST_REPEATED = 10_000
_PIECE = 1 << 16


def check_whole(container: zipfile.ZipFile) -> None:
    """Read the XML to its end: the parser waits for ever for that of a sheet which is not closed (python-calamine
    0.9.1). Raises ET.ParseError for a damaged one.
    """
    parser = ET.XMLParser(target=_Nothing())  # noqa: S314  (document types are refused before)
    with container.open(CONTENT) as stream:
        for piece in iter(partial(stream.read, _PIECE), b""):
            parser.feed(piece)
    parser.close()


class _Nothing:
    """Takes what a parser finds, and keeps nothing."""

    def close(self) -> None:
        """Give nothing."""


def look_through_ods(container: zipfile.ZipFile, sheet: str, *, formulas: bool = False) -> Cells:
    """Read the XML of a document up to the end of a sheet. Raises ET.ParseError or KeyError for a damaged one."""
    cells = Cells()
    row = column = times = 0
    for begins, tag, node in _inside(container, sheet):
        if tag == "table-row" and begins:
            column, times = 0, _number(node, "number-rows-repeated")
        elif tag == "table-row":
            if _get(node, "visibility") in _HIDDEN:
                cells.hidden += range(row, row + min(times, _MOST_REPEATED))
            row += times
            node.clear()
        elif tag == "table-column" and not begins:
            count = _number(node, "number-columns-repeated")
            if _get(node, "visibility") in _HIDDEN:
                cells.hidden_columns += range(column, min(column + count, _MOST))
            column += count
        elif tag in {"table-cell", "covered-table-cell"} and not begins:
            count = _number(node, "number-columns-repeated")
            _note(cells, node, (row, column), (times, count), formulas=formulas)
            column += count
    return cells


def _inside(container: zipfile.ZipFile, sheet: str) -> Iterator[tuple[bool, str, ET.Element]]:
    """Give the beginning and the end of each element inside a sheet."""
    inside = False
    with container.open(CONTENT) as stream:
        for event, node in ET.iterparse(stream, events=("start", "end")):  # noqa: S314 (expat limits entities)
            tag = node.tag.rpartition("}")[2]
            if tag == "table" and event == "start" and not inside:
                inside = _get(node, "name") == sheet
            elif tag == "table" and event == "end":
                if inside and _get(node, "name") == sheet:
                    return
                node.clear()
            elif inside:
                yield event == "start", tag, node
            elif tag == "table-row" and event == "end":
                node.clear()


def _note(cells: Cells, node: ET.Element, place: tuple[int, int], times: tuple[int, int], *, formulas: bool) -> None:
    """Note a cell, and those that repeat it, where the parser would leave something out."""
    row, column = place
    height, width = _number(node, "number-rows-spanned"), _number(node, "number-columns-spanned")
    if (height, width) != (1, 1):
        cells.merged.append((place, (row + height - 1, column + width - 1)))
    formula = _get(node, "formula") is not None
    if not formula and _get(node, "value-type") != "error":
        return
    text = "".join(node.itertext()).strip()
    kinds = {value for name, value in node.items() if name.endswith("}value-type")}
    told = None
    if "error" in kinds:
        told = error_named(text)
    elif formula and (formulas or not (kinds or text)):
        told = "#FORMULA!"
    for at in range(row, row + min(times[0], _MOST_REPEATED)) if told else ():
        for across in range(column, column + min(times[1], _MOST)):
            cells.errors[at, across] = told or ""


def _get(node: ET.Element, name: str) -> str | None:
    return next((value for key, value in node.items() if key.endswith(f"}}{name}")), None)


def _number(node: ET.Element, name: str) -> int:
    text = _get(node, name) or "1"
    return max(1, int(text)) if text.isdecimal() and len(text) < 9 else 1  # noqa: PLR2004
