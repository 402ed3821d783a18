"""JSON documents and JSON Lines: records of any depth become rows with dotted columns."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from qmscheck import Batch, Extract, Holding, Request, Rows, Skipped, Unread, as_text
from qmscheck_tables.headings import name_columns
from qmscheck_tables.opening import first_bytes, list_option, source_path, text_option
from qmscheck_tables.paging import ALONE, Pages, pages_of, together

__all__ = ["holds", "read"]

_BATCH = 5000
_LARGEST_DOCUMENT = 512 << 20
_DEEPEST = 16
_MOST_COLUMNS = 5000
_MOST_FORMS = 1000
_OFFSET = re.compile(rb":[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:?[0-9]{2})\"")

#: The types of values that are one cell, as the parser gives them.
_PLAIN = frozenset({str, int, float, bool, type(None)})
_KEYS = ("id", "key", "name", "field")

Record = dict[str, Any]
Numbered = tuple[int, Record | str]  # a record, or why there is none in this row


def read(request: Request) -> Iterator[Extract | Unread]:
    """Give the records of a JSON file, or say why there are none."""
    path = source_path(request)
    where = text_option(request, "records")
    how = _Writing(frozenset(list_option(request, "keyed")), comma=request.comma)
    head = first_bytes(path)
    if isinstance(head, Unread):
        yield head
    elif not head.strip(b"\xef\xbb\xbf \t\r\n"):
        yield Unread(path, "empty", "the file holds no text")
    elif head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head:
        yield Unread(path, "corrupt", "the file is not UTF-8, as JSON must be")
    elif path.suffix.lower() != ".json" or _first_line_is_record(head):
        yield _zoned(_lines(request, path, how) if where is None else _pages(request, path, where, how), head)
    else:
        yield _zoned(_document(request, path, where, how), head)


@dataclass(frozen=True, slots=True)
class _Writing:
    """How records become cells: `keyed` are the paths of lists whose entries are a key and a value."""

    keyed: frozenset[str]
    comma: bool


def _zoned(part: Extract | Unread, head: bytes) -> Extract | Unread:
    """Say whether times with their offset from UTC were seen."""
    return replace(part, zoned=_OFFSET.search(head) is not None) if isinstance(part, Extract) else part


def holds(request: Request) -> Iterator[Holding]:
    """Name the lists of records of a JSON document; one table without a name where it is itself a list, or lines."""
    path = source_path(request)
    head = first_bytes(path)
    if isinstance(head, Unread) or not head.strip(b"\xef\xbb\xbf \t\r\n"):
        return
    if path.suffix.lower() != ".json" or _first_line_is_record(head) or path.stat().st_size > _LARGEST_DOCUMENT:
        yield Holding("")
        return
    value = _parsed(path.read_bytes())
    names = [name for name, _ in _lists(value, "", 0)]
    for name in names:
        yield Holding(name, {"records": name} if len(names) > 1 else {})
    if not names and isinstance(value, list):
        yield Holding("")


def _first_line_is_record(head: bytes) -> bool:
    first, _, rest = head.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")
    return bool(rest.strip()) and isinstance(_parsed(first), dict)


def _lines(request: Request, path: Path, how: _Writing) -> Extract | Unread:
    """Read twice: once for the columns and the lines that are no record, once for the records themselves."""
    columns: dict[str, None] = {}
    skipped = []
    forms: set[tuple[object, ...]] = set()
    for row, record in _numbered_lines(path):
        if isinstance(record, str):
            skipped.append(Skipped(row, record, lost=True))
        elif len(columns) <= _MOST_COLUMNS:
            form = _form(record)
            if form not in forms:
                columns.update(dict.fromkeys(_flat(record, how)))
                if form is not None and len(forms) < _MOST_FORMS:
                    forms.add(form)
    if not columns:
        return _document(request, path, None, how)
    names = list(columns)
    return _extract(request, path, names, Rows(_filled(_numbered_lines(path), names, how)), skipped)


def _form(record: Record) -> tuple[object, ...] | None:
    """Give the names of a record, and of the objects in it: records of one form have the same columns.

    None where a list of objects stands in it, or an object in objects in an object: its columns are found each time.
    """
    form: list[object] = list(record)
    for value in record.values():
        if type(value) is dict:
            if not all(type(inner) in _PLAIN for inner in value.values()):
                return None
            form.append(tuple(value))
        elif type(value) is list and not all(type(entry) in _PLAIN for entry in value):
            return None
        else:
            form.append(None)
    return tuple(form)


def _pages(request: Request, path: Path, where: str, how: _Writing) -> Extract | Unread:
    """Read lines each of which holds a list of records, as answers of a service do that gives page after page."""
    skipped: list[Skipped] = []
    records: list[Any] = []
    pages: list[Pages] = []
    for row, page in _numbered_lines(path):
        found = [page] if isinstance(page, str) else _listed(page, where)
        if isinstance(page, str):
            skipped.append(Skipped(row, page, lost=True))
        elif found is None and skipped and not pages:
            break
        elif found is None:
            return Unread(path, "no-such-table", f"there is no list of records at {where} in line {row}")
        else:
            pages.append(pages_of(page))
            records += found
    if not pages:  # a document over several lines, whatever its name says
        return _document(request, path, where, how)
    return _of_pages(_numbered(request, path, records, how, skipped), together(pages))


def _of_pages(part: Extract | Unread, pages: Pages) -> Extract | Unread:
    """Say that a file is one page of several."""
    if pages == ALONE or isinstance(part, Unread):
        return part
    return replace(part, total=pages.total, more=pages.more)


def _numbered_lines(path: Path) -> Iterator[Numbered]:
    with path.open("rb") as stream:
        for row, line in enumerate(stream, start=1):
            if not line.strip(b"\xef\xbb\xbf \t\r\n"):
                continue
            value = _parsed(line)
            if isinstance(value, dict):
                yield row, value
            elif isinstance(value, Exception):
                yield row, f"the line is not JSON: {value}"
            else:
                yield row, "the line is not an object with names and values"


def _parsed(text: bytes) -> Any:
    """Parse JSON; a mistake in it is given back as a value."""
    try:
        return json.loads(text.removeprefix(b"\xef\xbb\xbf").decode("utf-8"))
    except RecursionError:
        return ValueError("it is nested too deeply")
    except ValueError as error:
        return error


def _document(request: Request, path: Path, where: str | None, how: _Writing) -> Extract | Unread:
    if path.stat().st_size > _LARGEST_DOCUMENT:
        detail = "the document is larger than 512 MB; write it as JSON Lines, one record in each line (.jsonl)"
        return Unread(path, "too-large", detail)
    value = _parsed(path.read_bytes())
    if isinstance(value, Exception):
        return Unread(path, "corrupt", f"the file is not JSON: {value}")
    records = _at(path, value, where) if where else _only_list(path, value)
    if isinstance(records, Unread):
        return records
    return _of_pages(_numbered(request, path, records, how, []), pages_of(value))


def _numbered(
    request: Request, path: Path, records: list[Any], how: _Writing, skipped: list[Skipped]
) -> Extract | Unread:
    """Give records by their number in their list."""
    numbered: list[Numbered] = [
        (row, record if isinstance(record, dict) else "the entry is not an object with names and values")
        for row, record in enumerate(records, start=1)
    ]
    lost = [*skipped, *(Skipped(row, record, lost=True) for row, record in numbered if isinstance(record, str))]
    columns: dict[str, None] = {}
    for _, record in numbered:
        if isinstance(record, dict) and len(columns) <= _MOST_COLUMNS:
            columns.update(dict.fromkeys(_flat(record, how)))
    if not columns:
        reason = "unsupported" if numbered else "empty"
        return Unread(path, reason, "the file holds no list of objects" if numbered else "the list of records is empty")
    names = list(columns)
    return _extract(request, path, names, Rows(_filled(iter(numbered), names, how)), lost)


def _at(path: Path, value: Any, where: str) -> list[Any] | Unread:
    found = _listed(value, where)
    return Unread(path, "no-such-table", f"there is no list of records at {where}") if found is None else found


def _listed(value: Any, where: str) -> list[Any] | None:
    """Follow a dotted path to a list; through lists on the way, whose entries' lists are put together."""
    steps = where.split(".")
    for number, step in enumerate(steps):
        if isinstance(value, list) and number:
            parts = [_listed(entry, ".".join(steps[number:])) for entry in value]
            return [record for part in parts if part is not None for record in part] if any(parts) else None
        value = value.get(step) if isinstance(value, dict) else None
    return value if isinstance(value, list) else None


def _only_list(path: Path, value: Any) -> list[Any] | Unread:
    """Find the list of records: the document itself, or the only list of objects inside it."""
    if isinstance(value, list):
        return value
    found = dict(_lists(value, "", 0))
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        places = ", ".join(list(found)[:10])
        return Unread(path, "ambiguous", f"the file holds several lists of records ({places}); set records to one")
    return Unread(path, "unsupported", "the file holds no list of objects")


def _lists(value: Any, place: str, depth: int) -> Iterator[tuple[str, list[Any]]]:
    if not isinstance(value, dict) or depth > _DEEPEST:
        return
    for name, inner in value.items():
        if isinstance(inner, list) and any(isinstance(entry, dict) for entry in inner):
            yield place + name, inner
        else:
            yield from _lists(inner, f"{place}{name}.", depth + 1)


def _extract(
    request: Request, path: Path, columns: list[str], content: Rows, skipped: list[Skipped]
) -> Extract | Unread:
    if len(columns) > _MOST_COLUMNS:
        return Unread(path, "too-large", f"the records have more than {_MOST_COLUMNS} different names")
    return Extract(
        table=request.table,
        path=path,
        columns=name_columns(columns),
        content=content,
        files=(path,),
        skipped=tuple(skipped),
    )


def _filled(records: Iterator[Numbered], columns: Sequence[str], how: _Writing) -> Iterator[Batch]:
    rows: list[int] = []
    cells: tuple[list[str | None], ...] = tuple([] for _ in columns)
    for row, record in records:
        if isinstance(record, str):
            continue
        flat = _flat(record, how)
        rows.append(row)
        for column, name in zip(cells, columns, strict=True):
            column.append(flat.get(name))
        if len(rows) == _BATCH:
            yield Batch(columns=cells, rows=rows)
            rows, cells = [], tuple([] for _ in columns)
    if rows:
        yield Batch(columns=cells, rows=rows)


def _flat(record: Record, how: _Writing, place: str = "", depth: int = 0) -> dict[str, str | None]:
    """Write a record as cells: `{"via": {"channel": "web"}}` has the column `via.channel`."""
    cells: dict[str, str | None] = {}
    for name, value in record.items():
        full = place + name
        if type(value) in _PLAIN:  # most values are, and need no table of their own
            column = full if full.isascii() else _mended(full)
            text = value if type(value) is str else as_text(value, comma=how.comma)
            text = text if text is None or text.isascii() else _mended(text)
            cells[column if column not in cells else f"{column} (2)"] = text
            continue
        if isinstance(value, dict) and value and depth < _DEEPEST:
            inner = _flat(value, how, f"{full}.", depth + 1)
        else:
            inner = {_mended(full): _cell(value, how)}
            if isinstance(value, list) and depth < _DEEPEST and any(isinstance(entry, dict) for entry in value):
                inner |= _listed_cells(value, how, full, depth)
        for column, text in inner.items():
            cells[column if column not in cells else f"{column} (2)"] = text
    return cells


def _listed_cells(entries: list[Any], how: _Writing, place: str, depth: int) -> dict[str, str | None]:
    """Write the cells of a list of objects: `components.name` joins the names of all; of a list that the plan calls
    keyed, `custom_fields[360001]` is the value of the entry with this key.
    """
    known = [entry for entry in entries if isinstance(entry, dict)]
    if place in how.keyed:
        cells: dict[str, str | None] = {}
        for entry in known:
            key = next((as_text(entry[k]) for k in _KEYS if k in entry), None)
            if key is not None and "value" in entry:
                name = _mended(f"{place}[{key}]")
                found = [text for text in (cells.get(name), _cell(entry["value"], how)) if text is not None]
                cells[name] = "; ".join(found) or None
        return cells
    rows = [_flat(entry, how, f"{place}.", depth + 1) for entry in known]
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: "; ".join(row.get(name) or "" for row in rows).strip("; ") or None for name in names}


def _cell(value: Any, how: _Writing) -> str | None:
    if isinstance(value, list) and not any(isinstance(entry, dict | list) for entry in value):
        return _mended("; ".join(as_text(entry, comma=how.comma) or "" for entry in value)) or None
    if isinstance(value, dict | list):
        return _mended(json.dumps(value, ensure_ascii=False, separators=(",", ":"))) if value else None
    text = as_text(value, comma=how.comma)
    return None if text is None else _mended(text)


def _mended(text: str) -> str:
    """Replace halves of letters, which JSON can write and UTF-8 cannot."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
