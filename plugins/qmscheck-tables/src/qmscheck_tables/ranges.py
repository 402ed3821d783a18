"""The part of a workbook that a plan names: cells (`B4:H90`, `Log!B4:H90`), a defined name, or a named table."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Mapping
from xml.etree import ElementTree as ET

from qmscheck_tables.opening import RefusedError
from qmscheck_tables.sheet_xml import root_of
from qmscheck_tables.sheets import Area

__all__ = ["named_area", "named_areas"]

_CELLS = re.compile(
    r"=?(?:(?:'((?:[^']|'')+)'|([^'!]+))!)?\$?([A-Za-z]{1,3})\$?([0-9]{1,7}):\$?([A-Za-z]{1,3})\$?([0-9]{1,7})"
)
_WORKBOOK = "xl/workbook.xml"


def named_area(text: str, container: zipfile.ZipFile | None, parts: Mapping[str, str]) -> tuple[str | None, Area]:
    """Give the sheet (None: the one that is read anyway) and the cells that a range or a name means.

    Raises RefusedError where the workbook knows no such name.
    """
    cells = _cells(text)
    if cells is not None:
        return cells
    names = {} if container is None else named_areas(container, parts)
    found = {name.casefold(): place for name, place in names.items()}.get(text.casefold())
    if found is None:
        listed = ", ".join(sorted(names)[:12]) or "none"
        raise RefusedError(
            "no-such-table",
            f'there is no range {text}; write its cells, range = "B4:H90", or one of its names: {listed}',
        )
    return found


def named_areas(container: zipfile.ZipFile, parts: Mapping[str, str]) -> dict[str, tuple[str | None, Area]]:
    """Give the named tables and the defined names of a workbook, each with its sheet and its cells."""
    if _WORKBOOK not in container.namelist():
        return {}
    return {**_tables(container, parts), **_defined(container)}


def _cells(text: str) -> tuple[str | None, Area] | None:
    match = _CELLS.fullmatch(text.strip())
    if match is None:
        return None
    quoted, plain, left, top, right, bottom = match.groups()
    rows, columns = sorted((int(top), int(bottom))), sorted((_column(left), _column(right)))
    if rows[0] < 1:
        return None
    sheet = quoted.replace("''", "'") if quoted else plain
    return sheet, Area(rows[0] - 1, columns[0], rows[1] - 1, columns[1])


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _defined(container: zipfile.ZipFile) -> dict[str, tuple[str | None, Area]]:
    found = {}
    for node in root_of(container, _WORKBOOK).iter():
        if node.tag.rpartition("}")[2] == "definedName":
            place = _cells(node.text or "")
            if place is not None:
                found[node.get("name", "")] = place
    return found


def _tables(container: zipfile.ZipFile, parts: Mapping[str, str]) -> dict[str, tuple[str | None, Area]]:
    """Find the named tables of each sheet; the row that sums a table up is none of its records."""
    found: dict[str, tuple[str | None, Area]] = {}
    known = set(container.namelist())
    for sheet, part in parts.items():
        folder, name = posixpath.split(part)
        relations = f"{folder}/_rels/{name}.rels"
        if relations not in known:
            continue
        for relation in root_of(container, relations).iter():
            target = relation.get("Target", "")
            file = posixpath.normpath(posixpath.join(folder, target)) if not target.startswith("/") else target[1:]
            if relation.get("Type", "").endswith("/table") and file in known:
                found.update(_table(root_of(container, file), sheet))
    return found


def _table(root: ET.Element, sheet: str) -> dict[str, tuple[str | None, Area]]:
    place = _cells(root.get("ref", ""))
    if place is None or root.get("headerRowCount") == "0":
        return {}
    _, area = place
    sums = int(root.get("totalsRowCount", "0") or 0)
    area = Area(area.top, area.left, area.bottom - sums, area.right)
    return {name: (sheet, area) for name in (root.get("displayName"), root.get("name")) if name}
