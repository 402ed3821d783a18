"""A form as it came back: what a person wrote, each text with its place. Whether it is right is not judged here."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from qmscheck import toml
from qmscheck.cells import cell_name, visible
from qmscheck.errors import Problem, QmscheckError
from qmscheck.extracts import Extract, Request, Rows, Unread
from qmscheck.hookspecs import Reader
from qmscheck.model import EvidenceSeen
from qmscheck.persons.form_sheets import EVIDENCE, FORM, HEADINGS, QUESTIONS
from qmscheck.persons.interview import FIELDS
from qmscheck.toml import Document

__all__ = ["ERROR", "FORMULA", "Filled", "Row", "Written", "read"]

_NEEDED = ("obligation", "prompt", "seen", "key", *FIELDS)
_LAST_HEADING_ROW = 40
_RANGE = re.compile(r"(\d+)(?:-(\d+))?")
#: How the reader of workbooks marks a formula, whatever it shows.
FORMULA = "#FORMULA!"
#: What a spreadsheet program shows where it cannot compute.
ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|FIELD!|BUSY!|BLOCKED!|UNKNOWN!)|Err:\d+")


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in one place of a form, without what is blank or invisible around it; None where nothing is left.

    `wrong` makes a problem of it.
    """

    text: str | None
    wrong: Callable[[str, str | None], Problem]


@dataclass(frozen=True, slots=True)
class Row:
    """One question with what a person wrote; `cells` by the names of what they hold."""

    cells: Mapping[str, Written]
    seen: tuple[EvidenceSeen, ...]

    @property
    def filled(self) -> bool:
        """True where a person wrote anything."""
        return any(self.cells[name].text is not None for name in FIELDS)


@dataclass(frozen=True, slots=True)
class Filled:
    """A whole form. `rulesets` are (id, version, digest); `notes` tell what is not taken over."""

    id: Written
    organization: Written
    as_of: Written
    rulesets: tuple[tuple[str, ...], ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class _InCell(Problem):
    """A problem in a cell of a workbook; `line` and `column` are those of the cell."""

    sheet: str = ""

    def __str__(self) -> str:
        cell = f", cell {cell_name(self.column - 1, self.line)}" if self.line else ""
        hint = f"\n  hint: {self.hint}" if self.hint else ""
        return f'{self.path}, sheet "{self.sheet}"{cell}: {self.message}{hint}'


def read(path: Path, name: str, readers: Mapping[str, Reader], scratch: Path) -> Filled:
    """Read a filled form, a workbook by the installed reader of its suffix, or TOML. `name` is how messages call it.

    Raises QmscheckError where it is no form.
    """
    suffix = path.suffix.lower()
    if suffix == ".toml":
        return _of_toml(toml.read(path, name))
    reader = next((one for one in readers.values() if suffix in one.suffixes and "formulas" in one.options), None)
    if suffix != ".xlsx" or reader is None:
        hint = "a form is a file .xlsx or .toml" if suffix != ".xlsx" else "the plugin 'tables' reads workbooks"
        raise QmscheckError(Problem(name, 0, 0, "cannot be read as a form", hint))
    if not path.is_file():
        raise QmscheckError(Problem(name, 0, 0, "cannot be read: there is no such file"))
    if path.stat().st_size == 0:
        raise QmscheckError(Problem(name, 0, 0, "cannot be read as a form: the file has no bytes"))
    return _of_workbook(_Book(path, name, reader, scratch))


# ---------------------------------------------------------------- a workbook


@dataclass(frozen=True)
class _Book:
    path: Path
    name: str
    reader: Reader
    scratch: Path

    def table(self, sheet: str, needed: Sequence[str]) -> Extract:
        """Find the row of headings of a sheet: rows may have been added above it."""
        for row in range(1, _LAST_HEADING_ROW):
            options: dict[str, str | int | bool | tuple[str, ...]] = {
                "sheet": sheet,
                "header_row": row,
                "formulas": "mark",
            }
            request = Request("form", self.path, options, dt.date.min, self.scratch, self.path.parent)
            for part in self.reader.read(request):
                if isinstance(part, Unread):
                    if part.reason != "empty":
                        raise QmscheckError(Problem(self.name, 0, 0, f"cannot be read as a form: {part.detail}"))
                elif isinstance(part, Extract) and {_plain(one) for one in needed} <= {
                    _plain(one) for one in part.columns
                }:
                    return part
        missing = ", ".join(f"'{one}'" for one in needed)
        raise QmscheckError(_InCell(self.name, 0, 0, f"has no row with the headings {missing}", sheet=sheet))

    def cells(self, table: Extract, sheet: str) -> Iterator[dict[str, Written]]:
        """Give the rows of a sheet, by heading."""
        content = table.content
        for batch in content.batches if isinstance(content, Rows) else ():
            for number, row in zip(batch.rows or (), zip(*batch.columns, strict=True), strict=True):
                named = zip(table.columns, row, strict=True)
                yield {
                    heading: Written(
                        visible(cell),
                        partial(_in_cell, self.name, sheet, number, table.first_column + at + 1),
                    )
                    for at, (heading, cell) in enumerate(named)
                }


def _in_cell(name: str, sheet: str, row: int, column: int, message: str, hint: str | None) -> Problem:
    return _InCell(name, row, column, message, hint, sheet=sheet)


def _plain(heading: str) -> str:
    return " ".join(heading.split()).casefold()


def _of_workbook(book: _Book) -> Filled:
    files = _files(book)
    table = book.table(QUESTIONS, [HEADINGS[name] for name in _NEEDED])
    problems: list[Problem] = []
    rows = []
    for cells in book.cells(table, QUESTIONS):
        named = _named(cells)
        problems += _broken(named)
        if named["obligation"].text is not None or any(named[n].text is not None for n in _NEEDED):
            rows.append(Row(named, _seen(named["seen"], files, problems)))
    problems += [
        _InCell(book.name, skipped.row or 0, 1, f"cannot be taken for an answer: {skipped.reason}", sheet=QUESTIONS)
        for skipped in table.skipped
    ]
    if problems:
        raise QmscheckError(*problems)
    known = {_plain(one) for one in HEADINGS.values()}
    extra = [heading for heading in table.columns if _plain(heading) not in known]
    facts = _facts(book)
    return Filled(
        id=facts["form"][0],
        organization=facts["organization"][0],
        as_of=facts["as of"][0],
        rulesets=tuple(tuple((one.text or "").split(" ")) for one in facts["ruleset"]),
        rows=tuple(rows),
        notes=tuple(f"the column '{heading}' of the form is not taken over" for heading in extra),
    )


def _named(cells: Mapping[str, Written]) -> dict[str, Written]:
    by_heading = {_plain(heading): written for heading, written in cells.items()}
    return {name: by_heading[_plain(heading)] for name, heading in HEADINGS.items() if _plain(heading) in by_heading}


def _broken(cells: Mapping[str, Written]) -> Iterator[Problem]:
    """Refuse formulas and errors: what a cell shows is not what a person wrote."""
    for name in _NEEDED:
        text = cells[name].text or ""
        if text == FORMULA:
            yield cells[name].wrong("holds a formula: write the text or the date itself", None)
        elif ERROR.fullmatch(text):
            yield cells[name].wrong(f"holds the error {text}", "write the text or the date itself")


def _files(book: _Book) -> dict[int, EvidenceSeen]:
    table = book.table(EVIDENCE, ["No.", "File", "SHA-256"])
    found = {}
    for cells in book.cells(table, EVIDENCE):
        number, path, digest = (cells[heading].text for heading in ("No.", "File", "SHA-256"))
        if number is None or path is None or digest is None or not number.isdecimal():
            place = cells["No."]
            raise QmscheckError(place.wrong("this line was changed: it names no file with its digest", None))
        found[int(number)] = EvidenceSeen(path=path, sha256=digest)
    return found


def _facts(book: _Book) -> dict[str, list[Written]]:
    found: dict[str, list[Written]] = {}
    for cells in book.cells(book.table(FORM, ["What", "Is"]), FORM):
        found.setdefault(cells["What"].text or "", []).append(cells["Is"])
    missing = [name for name in ("form", "organization", "as of", "ruleset") if name not in found]
    if missing:
        raise QmscheckError(_InCell(book.name, 0, 0, f"the line '{missing[0]}' is missing", sheet=FORM))
    return found


def _seen(cell: Written, files: Mapping[int, EvidenceSeen], problems: list[Problem]) -> tuple[EvidenceSeen, ...]:
    numbers: list[int] = []
    for part in re.split(r"[,;\s]+", cell.text or ""):
        match = _RANGE.fullmatch(part)
        if match:
            first = int(match[1])
            numbers += range(first, min(int(match[2] or first), first + len(files)) + 1)
    if any(number not in files for number in numbers):
        problems.append(cell.wrong("names evidence that the sheet 'Evidence seen' does not have", None))
    return tuple(files[number] for number in numbers if number in files)


# ---------------------------------------------------------------- TOML


def _of_toml(document: Document) -> Filled:
    value = document.value
    head, listed = value.get("form"), value.get("question")
    if not isinstance(head, Mapping) or not isinstance(listed, list) or not all(isinstance(q, Mapping) for q in listed):
        hint = "a form has the table [form] and tables [[question]]"
        raise QmscheckError(document.problem((), "is no form of questions", hint))
    rows = [
        Row(_toml_row(document, number, one), _toml_seen(document, number, one)) for number, one in enumerate(listed)
    ]
    rulesets = head.get("rulesets", [])
    found = Filled(
        id=_written(document, ("form", "id"), head.get("id")),
        organization=_written(document, ("form", "organization"), head.get("organization")),
        as_of=_written(document, ("form", "as_of"), head.get("as_of")),
        rulesets=tuple(tuple(str(one).split(" ")) for one in rulesets) if isinstance(rulesets, list) else (),
        rows=tuple(rows),
        notes=tuple(_extra(listed)),
    )
    if document.problems:
        raise QmscheckError(*document.problems)
    return found


def _toml_row(document: Document, number: int, one: Mapping[str, Any]) -> dict[str, Written]:
    names = [*_NEEDED[:2], "key", *FIELDS]
    return {name: _written(document, ("question", number, name), one.get(name)) for name in names}


def _written(document: Document, loc: toml.Loc, value: object) -> Written:
    wrong = partial(_in_toml, document, loc)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        value = "\n".join(value)
    if isinstance(value, dt.date) or value is None:
        return Written(None if value is None else str(value), wrong)
    if not isinstance(value, str):
        document.add(wrong(f"'{loc[-1]}' should be text", None))
        return Written(None, wrong)
    return Written(visible(value), wrong)


def _in_toml(document: Document, loc: toml.Loc, message: str, hint: str | None) -> Problem:
    return document.problem(loc, message, hint)


def _toml_seen(document: Document, number: int, one: Mapping[str, Any]) -> tuple[EvidenceSeen, ...]:
    listed = one.get("seen", [])
    checked = document.check(toml.shape(tuple[EvidenceSeen, ...]), listed, ("question", number, "seen"))
    return checked or ()


def _extra(listed: Sequence[Mapping[str, Any]]) -> list[str]:
    known = {*HEADINGS, *FIELDS}
    extra = dict.fromkeys(key for one in listed for key in one if key not in known)
    return [f"the key '{key}' of the form is not taken over" for key in extra]
