"""Workbooks of Excel and LibreOffice. Library of this module: python-calamine."""

from __future__ import annotations

import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from qmscheck import Extract, Holding, Request, Rows, Skipped, Unread
from qmscheck_tables.headings import name_columns
from qmscheck_tables.opening import (
    RefusedError,
    choice_option,
    first_bytes,
    flag_option,
    source_path,
    text_option,
    whole_option,
)
from qmscheck_tables.ranges import named_area, named_areas
from qmscheck_tables.sheet_binary import binary_parts, look_through_xls, look_through_xlsb
from qmscheck_tables.sheet_ods import CONTENT, check_whole, look_through_ods
from qmscheck_tables.sheet_xml import (
    Cells,
    absurd_container,
    declares_entities,
    is_encrypted,
    look_through,
    sheet_parts,
)
from qmscheck_tables.sheets import Area, Shape, Sheet, Wanted, areas, batches, has_records, shape

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

__all__ = ["holds", "read"]

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
#: What names begin with that Excel itself has given: print areas, filters.
_OF_EXCEL = "_xlnm"
_PATIENCE = 120
_MOST_MEMORY = 4 << 30
_NO_ERRORS = "Where the cells of this sheet stand in the file was not found: a formula error is read as blank."
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
    LookupError,
    NotImplementedError,
    RuntimeError,
)


@dataclass(frozen=True, slots=True)
class _Choice:
    """What the plan says: the sheet, a part of it, whether formulas are marked, and how the sheet is read."""

    sheet: str | None
    area: str | None
    formulas: bool
    wanted: Wanted


def read(request: Request) -> Iterator[Extract | Unread]:
    """Give the records of one sheet of a workbook, or say why they cannot be read."""
    path = source_path(request)
    choice = _choice(request)
    head = first_bytes(path, 4096)
    if isinstance(head, Unread):
        yield head
        return
    try:
        yield _extract(request, path, head, choice)
    except _DAMAGE as error:
        refused = _refusal(error)
        yield Unread(path, refused.reason, refused.detail)


def _choice(request: Request) -> _Choice:
    """Read the options of the source. Raises QmscheckError for one that cannot be."""
    return _Choice(
        sheet=text_option(request, "sheet"),
        area=text_option(request, "range"),
        formulas=choice_option(request, "formulas", ("value", "mark")) == "mark",
        wanted=Wanted(
            header_row=whole_option(request, "header_row"),
            header_rows=whole_option(request, "header_rows") or 1,
            skip_hidden=choice_option(request, "hidden", ("read", "skip")) == "skip",
            fill=flag_option(request, "fill_merged"),
            comma=request.comma,
        ),
    )


def holds(request: Request) -> Iterator[Holding]:
    """Name the visible sheets of a workbook, and the tables of a sheet that holds several; none where it cannot be
    opened.
    """
    path = source_path(request)
    head = first_bytes(path, 4096)
    if isinstance(head, Unread):
        return
    try:
        parts = _guarded(path, head)
        with path.open("rb") as stream:
            book = _opened(path, stream)
            names = _visible(book)
            named = _named(path, head, parts)
            inside = {name: list(_several(book, path, name, parts, named)) for name in names}
    except _DAMAGE:
        return
    for name in names:
        yield from inside[name] or [Holding(name, {"sheet": name} if len(names) > 1 else {})]


def _named(path: Path, head: bytes, parts: Mapping[str, str]) -> Mapping[str, tuple[str | None, Area]]:
    """Give the named tables and ranges of a workbook."""
    if not head.startswith(_ZIP):
        return {}
    with zipfile.ZipFile(path) as container:
        return named_areas(container, parts)


def _several(
    book: CalamineWorkbook,
    path: Path,
    name: str,
    parts: Mapping[str, str],
    named: Mapping[str, tuple[str | None, Area]],
) -> Iterator[Holding]:
    """Give the tables of a sheet that holds several: by their names, or else by their cells."""
    of_sheet = {area: text for text, (sheet, area) in named.items() if sheet == name and not text.startswith(_OF_EXCEL)}
    known = {text: area for area, text in of_sheet.items() if area.is_table}
    apart = [text for text in known if not any(known[text].meets(known[other]) for other in known if other != text)]
    if len(apart) > 1:
        yield from (Holding(text, {"range": text}) for text in apart)
        return
    quoted = name if name.isalnum() else "'" + name.replace("'", "''") + "'"
    for cells in areas(_sheet(book, path, name, parts, formulas=False)):
        yield Holding(name, {"range": f"{quoted}!{cells}"})


def _refusal(error: Exception) -> RefusedError:
    """Say what an error of the libraries means for the workbook."""
    if isinstance(error, RefusedError):
        return error
    lost = " or incomplete" if isinstance(error, (KeyError, NotImplementedError, RuntimeError)) else ""
    return RefusedError("corrupt", f"the workbook is damaged{lost}: {error}")


def _extract(request: Request, path: Path, head: bytes, choice: _Choice) -> Extract:
    parts = _guarded(path, head)
    wanted, area = _chosen(path, head, choice, parts)
    with path.open("rb") as stream:
        book = _opened(path, stream)
        visible = _visible(book)
        lesser: list[tuple[bool, int, Extract]] = []
        for name in [wanted] if wanted is not None else visible:
            found = _sheet(book, path, _known(book, name), parts, formulas=choice.formulas)
            found = replace(found, area=area, wanted=choice.wanted)
            table = shape(found)
            if table is None:
                continue
            extract = _table(request, path, found, table)
            records = has_records(found, table.heading)
            if wanted is not None or (records and len(extract.columns) > 1):
                return _with_others(extract, book, wanted)
            lesser.append((records, len(extract.columns), extract))
    if lesser:
        return _with_others(max(lesser, key=lambda kept: kept[:2])[2], book, wanted)
    header_row = choice.wanted.header_row
    if header_row is not None:
        raise RefusedError("empty", f"row {header_row}, given as header_row, is not in the sheet or is blank")
    if choice.area is not None:
        raise RefusedError("empty", f"the range {choice.area} has no headings in its first row")
    raise RefusedError("empty", f"the sheet {wanted} is empty" if wanted else "every visible sheet is empty")


def _chosen(path: Path, head: bytes, choice: _Choice, parts: Mapping[str, str]) -> tuple[str | None, Area | None]:
    """Give the sheet and the part of it that the plan names."""
    if choice.area is None:
        return choice.sheet, None
    opened = zipfile.ZipFile(path) if head.startswith(_ZIP) else nullcontext()
    with opened as container:
        sheet, area = named_area(choice.area, container, parts)
    if sheet is not None and choice.sheet not in {None, sheet}:
        raise RefusedError("no-such-table", f"the range {choice.area} lies in the sheet {sheet}, not in {choice.sheet}")
    return sheet or choice.sheet, area


def _table(request: Request, path: Path, found: Sheet, table: Shape) -> Extract:
    skipped: list[Skipped] = []
    return Extract(
        table=request.table,
        path=path,
        columns=name_columns(table.labels, found.left + table.first),
        content=Rows(batches(found, table, skipped)),
        files=(path,),
        sheet=found.sheet.name,
        first_row=table.heading + 2,
        first_column=found.left + table.first,
        skipped=skipped,
        notes=table.notes,
        advised={} if table.advised is None else {"header_rows": table.advised},
    )


def _known(book: CalamineWorkbook, name: str) -> str:
    if name not in book.sheet_names:
        raise RefusedError("no-such-sheet", f"there is no sheet {name}; there are: {', '.join(book.sheet_names)}")
    return name


def _with_others(table: Extract, book: CalamineWorkbook, wanted: str | None) -> Extract:
    """Say which sheets were not read, where the plan names none; hidden ones are told of either way."""
    visible = _visible(book)
    if wanted is not None:
        hidden = ", ".join(name for name in book.sheet_names if name not in visible)
        return replace(table, notes=(*table.notes, f"The workbook has hidden sheets: {hidden}.")) if hidden else table
    others = ", ".join(name for name in visible if name != table.sheet)
    hidden = ", ".join(name for name in book.sheet_names if name not in visible)
    notes = table.notes
    if others:
        notes += (f"The sheet {table.sheet} is read; not read: {others}. Set sheet to choose another.",)
    if hidden:
        notes += (f"Hidden sheets are not read: {hidden}.",)
    return replace(table, notes=notes)


def _guarded(path: Path, head: bytes) -> Mapping[str, str]:
    """Look at the container before the parser does; give the files of the sheets where they are XML, or the one file of
    all of them.
    """
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
        if part := declares_entities(container):
            raise RefusedError("corrupt", f"{part} inside the workbook has a document type, which no workbook has")
        names = container.namelist()
        if "xl/workbook.xml" in names:
            return sheet_parts(container)
        if "xl/workbook.bin" in names:
            return binary_parts(container)
        if CONTENT not in names:
            return {}
        check_whole(container)
        return {CONTENT: CONTENT}


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


def _sheet(book: CalamineWorkbook, path: Path, name: str, parts: Mapping[str, str], *, formulas: bool) -> Sheet:
    from python_calamine import CalamineError  # noqa: PLC0415

    part = parts.get(name, "")
    if not part.endswith(".xml") or CONTENT in parts:
        _try_out(path, name)
    known = _looked_through(book, path, name, parts, formulas=formulas)
    cells = known or Cells()
    if part.endswith(".xml") and cells.is_absurd:
        raise RefusedError("too-large", f"the cells of sheet {name} lie too far apart; delete the stray ones")
    try:
        sheet = book.get_sheet_by_name(name)
    except CalamineError as error:
        raise RefusedError("corrupt", f"the sheet {name} is damaged: {error}") from error
    except BaseException as error:
        raise _panic(error) from error
    return Sheet(
        sheet,
        cells.errors,
        merged=tuple(sheet.merged_cell_ranges or cells.merged),
        hidden=frozenset(cells.hidden),
        hidden_columns=tuple(cells.hidden_columns),
        notes=() if known else (_NO_ERRORS,),
    )


def _looked_through(
    book: CalamineWorkbook, path: Path, name: str, parts: Mapping[str, str], *, formulas: bool
) -> Cells | None:
    """Look at the cells of a sheet as its format keeps them; None where nothing is known of them."""
    if not parts:
        return look_through_xls(path.read_bytes(), book.sheet_names.index(name), formulas=formulas)
    with zipfile.ZipFile(path) as container:
        if CONTENT in parts:
            return look_through_ods(container, name, formulas=formulas)
        if name not in parts:
            return None
        look = look_through if parts[name].endswith(".xml") else look_through_xlsb
        return look(container, parts[name], formulas=formulas)


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
