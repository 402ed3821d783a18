"""Workbooks of Excel and LibreOffice. Library of this module: python-calamine."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from qmscheck import Batch, Extract, Holding, Request, Rows, Skipped, Unread, as_text
from qmscheck_tables.headings import find_heading, is_total, looks_like_records, name_columns
from qmscheck_tables.opening import RefusedError, choice_option, first_bytes, source_path, text_option, whole_option
from qmscheck_tables.sheet_xml import absurd_container, is_encrypted, look_through, sheet_parts

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

__all__ = ["holds", "read"]

_BATCH = 5000
_SAMPLE = 500
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_PATIENCE = 120
_MOST_MEMORY = 4 << 30
_NO_ERRORS = "In this format a cell with a formula error is read as blank."
_TRIAL = """
import sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[3]), int(sys.argv[3])))
except ImportError:
    pass
from python_calamine import CalamineWorkbook
with open(sys.argv[1], "rb") as stream:
    CalamineWorkbook.from_filelike(stream).get_sheet_by_name(sys.argv[2])
"""

#: What comes of a damaged workbook: refusals of our own, and errors of the libraries.
_DAMAGE = (
    RefusedError,
    zipfile.BadZipFile,
    ET.ParseError,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    KeyError,
    NotImplementedError,
    RuntimeError,
)

Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta
Errors = Mapping[tuple[int, int], str]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet that is safe to walk, with the cells that the parser leaves blank."""

    sheet: CalamineSheet
    errors: Errors
    notes: tuple[str, ...]
    comma: bool = False


@dataclass(frozen=True, slots=True)
class _Choice:
    """What the plan says of the sheet: its name, the row of its headings, and whether formulas are marked."""

    sheet: str | None
    header_row: int | None
    formulas: bool
    comma: bool


def read(request: Request) -> Iterator[Extract | Unread]:
    """Give the records of one sheet of a workbook, or say why they cannot be read."""
    path = source_path(request)
    wanted, header_row = text_option(request, "sheet"), whole_option(request, "header_row")
    formulas = choice_option(request, "formulas", ("value", "mark")) == "mark"
    head = first_bytes(path, 4096)
    if isinstance(head, Unread):
        yield head
        return
    try:
        yield _extract(request, path, head, _Choice(wanted, header_row, formulas, request.comma))
    except _DAMAGE as error:
        refused = _refusal(error)
        yield Unread(path, refused.reason, refused.detail)


def holds(request: Request) -> Iterator[Holding]:
    """Name the visible sheets of a workbook; none where it cannot be opened."""
    path = source_path(request)
    head = first_bytes(path, 4096)
    if isinstance(head, Unread):
        return
    try:
        _guarded(path, head)
        with path.open("rb") as stream:
            names = _visible(_opened(path, stream))
    except _DAMAGE:
        return
    for name in names:
        yield Holding(name, {"sheet": name} if len(names) > 1 else {})


def _refusal(error: Exception) -> RefusedError:
    """Say what an error of the libraries means for the workbook."""
    if isinstance(error, RefusedError):
        return error
    lost = " or incomplete" if isinstance(error, (KeyError, NotImplementedError, RuntimeError)) else ""
    return RefusedError("corrupt", f"the workbook is damaged{lost}: {error}")


def _extract(request: Request, path: Path, head: bytes, choice: _Choice) -> Extract:
    wanted, header_row = choice.sheet, choice.header_row
    parts = _guarded(path, head)
    with path.open("rb") as stream:
        book = _opened(path, stream)
        visible = _visible(book)
        lesser: list[tuple[bool, int, Extract]] = []
        for name in [wanted] if wanted is not None else visible:
            found = replace(_sheet(book, path, _known(book, name), parts, formulas=choice.formulas), comma=choice.comma)
            heading = _heading(found, header_row)
            if heading is None:
                continue
            table = _table(request, path, found, heading, chosen=header_row is not None)
            records = any(any(row) for _, row in _records(found, heading + 1))
            if wanted is not None or (records and len(table.columns) > 1):
                return _with_others(table, visible if wanted is None else [])
            lesser.append((records, len(table.columns), table))
    if lesser:
        return _with_others(max(lesser, key=lambda kept: kept[:2])[2], visible)
    if header_row is not None:
        raise RefusedError("empty", f"row {header_row}, given as header_row, is not in the sheet or is blank")
    raise RefusedError("empty", f"the sheet {wanted} is empty" if wanted else "every visible sheet is empty")


def _known(book: CalamineWorkbook, name: str) -> str:
    if name not in book.sheet_names:
        raise RefusedError("no-such-sheet", f"there is no sheet {name}; there are: {', '.join(book.sheet_names)}")
    return name


def _with_others(table: Extract, visible: list[str]) -> Extract:
    others = ", ".join(name for name in visible if name != table.sheet)
    if not others:
        return table
    note = f"The sheet {table.sheet} is read; not read: {others}. Set sheet to choose another."
    return replace(table, notes=(*table.notes, note))


def _guarded(path: Path, head: bytes) -> Mapping[str, str]:
    """Look at the container before the parser does; give the files of the sheets where they are XML."""
    if head.startswith(_OLE):
        with path.open("rb") as stream:
            if "EncryptedPackage".encode("utf-16-le") in stream.read():
                raise RefusedError("encrypted", "the workbook is protected by a password")
        return {}
    if not head.startswith(_ZIP):
        markup = head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
        kind = "a web page or XML" if markup else "no workbook"
        raise RefusedError("unsupported" if markup else "corrupt", f"the file is {kind}, whatever its name says")
    with zipfile.ZipFile(path) as container:
        if absurd := absurd_container(container):
            raise RefusedError("too-large", f"the workbook is refused: {absurd}")
        if is_encrypted(container):
            raise RefusedError("encrypted", "the workbook is protected by a password")
        return sheet_parts(container) if "xl/workbook.xml" in container.namelist() else {}


def _opened(path: Path, stream: object) -> CalamineWorkbook:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError  # noqa: PLC0415

    try:
        return CalamineWorkbook.from_filelike(stream)  # type: ignore[arg-type]
    except PasswordError as error:
        raise RefusedError("encrypted", "the workbook is protected by a password") from error
    except CalamineError as error:
        raise RefusedError("corrupt", f"{path.name} cannot be opened as a workbook: {error}") from error
    except BaseException as error:
        raise _panic(error) from error


def _panic(error: BaseException) -> BaseException:
    """Turn a panic of the parser, which is no Exception, into a refusal; anything else stays what it is."""
    if type(error).__name__ == "PanicException":
        return RefusedError("corrupt", "the workbook is damaged: its parser gave up")
    return error


def _visible(book: CalamineWorkbook) -> list[str]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum  # noqa: PLC0415

    return [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
    ]


def _sheet(book: CalamineWorkbook, path: Path, name: str, parts: Mapping[str, str], *, formulas: bool) -> _Sheet:
    from python_calamine import CalamineError  # noqa: PLC0415

    errors: Errors = {}
    part = parts.get(name, "")
    if part.endswith(".xml"):
        with zipfile.ZipFile(path) as container:
            cells = look_through(container, part, formulas=formulas)
        if cells.is_absurd:
            raise RefusedError("too-large", f"the cells of sheet {name} lie too far apart; delete the stray ones")
        errors = cells.errors
    else:
        _try_out(path, name)
    try:
        return _Sheet(book.get_sheet_by_name(name), errors, () if part.endswith(".xml") else (_NO_ERRORS,))
    except CalamineError as error:
        raise RefusedError("corrupt", f"the sheet {name} is damaged: {error}") from error
    except BaseException as error:
        raise _panic(error) from error


def _try_out(path: Path, name: str) -> None:
    """Parse the sheet in another process first: in binary formats only that shows that the parser survives it."""
    command = [sys.executable, "-P", "-c", _TRIAL, str(path), name, str(_MOST_MEMORY)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_PATIENCE, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise RefusedError("too-large", f"the sheet {name} takes longer than {_PATIENCE} seconds to parse") from error
    if done.returncode < 0:
        raise RefusedError("too-large", f"the sheet {name} needs more memory than its content deserves")
    if done.returncode:
        reason = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise RefusedError("corrupt", f"the sheet {name} is damaged: {reason}")


def _heading(found: _Sheet, header_row: int | None) -> int | None:
    """Give the index of the heading row, counting from 0."""
    if header_row is None:
        return find_heading([row for _, row in islice(_records(found, 0), _SAMPLE)])
    row = next((row for number, row in _records(found, header_row - 1) if number == header_row - 1), None)
    return header_row - 1 if row is not None and any(row) else None


def _records(found: _Sheet, start: int) -> Iterator[tuple[int, list[str | None]]]:
    """Give the rows of a sheet with their index, as text; blank cells are None."""
    left = found.sheet.start[1] if found.sheet.start else 0
    errors: dict[int, list[tuple[int, str]]] = {}
    for (row, column), text in found.errors.items():
        errors.setdefault(row, []).append((column - left, text))
    number = -1
    for number, cells in enumerate(found.sheet.iter_rows()):
        if number >= start:
            texts = [(cell or None) if type(cell) is str else _text(cell, comma=found.comma) for cell in cells]
            yield number, _with_errors(texts, errors[number]) if number in errors else texts
    for row in sorted(row for row in errors if row > number):
        if row >= start:
            yield row, _with_errors([], errors[row])


def _with_errors(row: list[str | None], errors: Sequence[tuple[int, str]]) -> list[str | None]:
    for column, text in errors:
        if column >= 0:
            row += [None] * (column + 1 - len(row))
            row[column] = text
    return row


def _text(cell: Cell, *, comma: bool) -> str | None:
    if isinstance(cell, dt.timedelta):
        seconds = round(cell.total_seconds())
        minutes, seconds = divmod(abs(seconds), 60)
        return f"{'-' if cell < dt.timedelta() else ''}{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
    return as_text(cell, comma=comma)


def _table(request: Request, path: Path, found: _Sheet, heading: int, *, chosen: bool) -> Extract:
    left = found.sheet.start[1] if found.sheet.start else 0
    labels = next(row for number, row in _records(found, heading) if number == heading)
    first, last = _extent(found, heading, labels)
    labels = [*labels, *[None] * (last + 1)][first : last + 1]
    above = sum(any(row) for number, row in islice(_records(found, 0), heading) if number < heading)
    notes = found.notes
    if above and not chosen:
        notes += (f"The headings are taken from row {heading + 1}; the rows above it are not records.",)
    if not chosen and looks_like_records(labels):
        notes += (f"Row {heading + 1} is taken for headings but looks like a record; set header_row if that is wrong.",)
    skipped: list[Skipped] = []
    return Extract(
        table=request.table,
        path=path,
        columns=name_columns(labels, left + first),
        content=Rows(_batches(found, heading + 1, first, last + 1, skipped)),
        files=(path,),
        sheet=found.sheet.name,
        first_row=heading + 2,
        first_column=left + first,
        skipped=skipped,
        notes=notes,
    )


def _extent(found: _Sheet, heading: int, labels: list[str | None]) -> tuple[int, int]:
    """Give the first and the last column that hold a heading or, below it, anything."""
    left = found.sheet.start[1] if found.sheet.start else 0
    used = {position for position, label in enumerate(labels) if label is not None and label.strip()}
    used |= {column - left for row, column in found.errors if row > heading and column >= left}
    open_ = [position for position in range(found.sheet.width) if not min(used) <= position <= max(used)]
    for cells in islice(found.sheet.iter_rows(), heading + 1, None) if open_ else ():
        filled = [position for position in open_ if cells[position] != "" and str(cells[position]).strip()]
        if filled:
            used.update(filled)
            open_ = [position for position in open_ if not min(used) <= position <= max(used)]
    return min(used), max(used)


def _batches(found: _Sheet, start: int, first: int, end: int, skipped: list[Skipped]) -> Iterator[Batch]:
    skipped.clear()
    rows: list[int] = []
    records: list[list[str | None]] = []
    for number, row in _records(found, start):
        record = row[first:end]
        if not any(cell is not None and cell.strip() for cell in record):
            continue
        if is_total(record):
            skipped.append(Skipped(number + 1, "a totals row, not a record"))
            continue
        rows.append(number + 1)
        records.append([*record, *[None] * (end - first - len(record))])
        if len(rows) == _BATCH:
            yield Batch(columns=tuple(map(list, zip(*records, strict=True))), rows=rows)
            rows, records = [], []
    if rows:
        yield Batch(columns=tuple(map(list, zip(*records, strict=True))), rows=rows)
