"""Workbooks that a person fills in: what is asked, what is known, cells to write into. Same input, same bytes."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter

__all__ = ["Cell", "Column", "Sheet", "workbook"]

Cell = str | int | float | bool | dt.date | None


#: Points of a line of text, and the most that a row can have.
_LINE, _HIGHEST = 15.0, 409.0


@dataclass(frozen=True)
class Column:
    """A column of a sheet. `width` is in characters; `choices` are the values that Excel offers and accepts.

    `fill` says that the person writes into it: its cells are coloured. `note` is shown when its heading is selected.
    `date` asks before it takes what is no date; `hidden` columns are there for the machine that reads the sheet back.
    """

    heading: str
    width: int = 18
    choices: tuple[str, ...] = ()
    fill: bool = False
    note: str | None = None
    date: bool = False
    hidden: bool = False


@dataclass(frozen=True)
class Sheet:
    """One sheet: lines of text (`head`), a row of headings, and rows of cells.

    `frozen` columns stay in view; a `protected` sheet is changed only on purpose (it has no password); `footer` stands
    on each printed page, with its number.
    """

    name: str
    head: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]
    frozen: int = 0
    protected: bool = False
    footer: str = ""


def workbook(sheets: Sequence[Sheet], written_on: dt.date) -> bytes:
    """Write sheets as an XLSX file. No text becomes a formula or a link, whatever it begins with."""
    kept = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(kept, options)
    book.set_properties({"created": dt.datetime.combine(written_on, dt.time(), dt.UTC)})
    formats = {
        "title": book.add_format({"bold": True, "font_size": 13}),
        "head": book.add_format({"text_wrap": False}),
        "heading": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "known": book.add_format({"text_wrap": True, "valign": "top"}),
        "known date": book.add_format({"valign": "top", "num_format": "yyyy-mm-dd", "align": "left"}),
        "fill": book.add_format({"text_wrap": True, "valign": "top", "bg_color": "#FFF7D6", "border": 1}),
        "fill date": book.add_format(
            {"valign": "top", "bg_color": "#FFF7D6", "border": 1, "num_format": "yyyy-mm-dd", "align": "left"}
        ),
    }
    for sheet in sheets:
        _write(book.add_worksheet(sheet.name), sheet, formats)
    book.close()
    return kept.getvalue()


def _write(page: xlsxwriter.worksheet.Worksheet, sheet: Sheet, formats: dict[str, xlsxwriter.format.Format]) -> None:
    for number, line in enumerate(sheet.head):
        page.write_string(number, 0, line, formats["head" if number else "title"])
    top = len(sheet.head)
    for i, column in enumerate(sheet.columns):
        page.set_column(i, i, column.width, None, {"hidden": column.hidden})
        page.write_string(top, i, column.heading, formats["heading"])
        if column.note is not None:
            page.write_comment(top, i, column.note, {"x_scale": 2})
        rule = _rule(column)
        if rule is not None and sheet.rows:
            page.data_validation(top + 1, i, top + len(sheet.rows), i, rule)
    for number, row in enumerate(sheet.rows, top + 1):
        page.set_row(number, _height(sheet.columns, row))
        for i, (column, cell) in enumerate(zip(sheet.columns, row, strict=True)):
            _cell(page, (number, i), cell, "fill" if column.fill else "known", formats)
    _print_set_up(page, sheet, top)


def _height(columns: Sequence[Column], row: Sequence[Cell]) -> float:
    """Give a row the height of its longest cell: not every program finds that itself."""
    shown = [(c.width, cell) for c, cell in zip(columns, row, strict=True) if isinstance(cell, str) and not c.hidden]
    lines = [sum(1 + len(line) // width for line in cell.split("\n")) for width, cell in shown]
    return min(_LINE * max(lines, default=1), _HIGHEST)


def _rule(column: Column) -> dict[str, object] | None:
    """Say what a spreadsheet program offers for a cell, and what it asks about before it takes it."""
    if column.choices:
        return {"validate": "list", "source": list(column.choices), "ignore_blank": True}
    if column.date:
        return {
            "validate": "date",
            "criteria": ">=",
            "value": dt.date(2000, 1, 1),
            "ignore_blank": True,
            "error_type": "warning",
            "error_title": "No date",
            "error_message": "Write a date, such as 2026-11-20.",
        }
    return None


def _print_set_up(page: xlsxwriter.worksheet.Worksheet, sheet: Sheet, top: int) -> None:
    page.freeze_panes(top + 1, sheet.frozen)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(top)
    if sheet.footer:
        page.set_footer(f"&L{sheet.footer.replace('&', '&&')}&RPage &P of &N")
    if sheet.protected:
        page.protect()


def _cell(
    page: xlsxwriter.worksheet.Worksheet,
    place: tuple[int, int],
    cell: Cell,
    kind: str,
    formats: dict[str, xlsxwriter.format.Format],
) -> None:
    match cell:
        case None:
            page.write_blank(*place, None, formats[kind])
        case bool():
            page.write_boolean(*place, cell, formats[kind])
        case int() | float():
            page.write_number(*place, cell, formats[kind])
        case dt.date():
            page.write_datetime(*place, dt.datetime.combine(cell, dt.time()), formats[f"{kind} date"])
        case _:
            page.write_string(*place, cell, formats[kind])
