"""Workbooks that a person fills in: what is asked, what is known, cells to write into. Same input, same bytes."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter

__all__ = ["Cell", "Column", "Sheet", "workbook"]

Cell = str | int | float | bool | dt.date | None


@dataclass(frozen=True)
class Column:
    """A column of a sheet. `width` is in characters; `choices` are the values that Excel offers and accepts.

    `fill` says that the person writes into it: its cells are coloured. `note` is shown when its heading is selected.
    """

    heading: str
    width: int = 18
    choices: tuple[str, ...] = ()
    fill: bool = False
    note: str | None = None


@dataclass(frozen=True)
class Sheet:
    """One sheet: lines of text (`head`), a row of headings, and rows of cells."""

    name: str
    head: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]


def workbook(sheets: Sequence[Sheet], written_on: dt.date) -> bytes:
    """Write sheets as an XLSX file. No text becomes a formula or a link, whatever it begins with."""
    kept = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(kept, options)
    book.set_properties({"created": dt.datetime.combine(written_on, dt.time(), dt.UTC)})
    formats = {
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
        page.write_string(number, 0, line, formats["head"])
    top = len(sheet.head)
    for i, column in enumerate(sheet.columns):
        page.set_column(i, i, column.width)
        page.write_string(top, i, column.heading, formats["heading"])
        if column.note is not None:
            page.write_comment(top, i, column.note)
        if column.choices and sheet.rows:
            rule = {"validate": "list", "source": list(column.choices), "ignore_blank": True}
            page.data_validation(top + 1, i, top + len(sheet.rows), i, rule)
    for number, row in enumerate(sheet.rows, top + 1):
        for i, (column, cell) in enumerate(zip(sheet.columns, row, strict=True)):
            _cell(page, (number, i), cell, "fill" if column.fill else "known", formats)
    page.freeze_panes(top + 1, 0)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(top)


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
