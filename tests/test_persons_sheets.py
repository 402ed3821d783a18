"""Workbooks that a person fills in."""

from __future__ import annotations

import datetime as dt
import io

import python_calamine

from qmscheck.persons.sheets import Column, Sheet, workbook

_SHEET = Sheet(
    "Questions",
    ("Twelve questions that the audit left open.",),
    (Column("Obligation"), Column("Asked on"), Column("Answer", choices=("yes", "no"), fill=True, note="yes or no")),
    (("=1+1", dt.date(2026, 11, 20), None), ("http://x", None, "yes")),
)


def test_a_sheet_holds_its_text_then_its_headings_then_its_rows():
    (sheet,) = _read(workbook([_SHEET], dt.date(2026, 11, 20)))

    assert sheet[0][0] == "Twelve questions that the audit left open."
    assert sheet[1] == ["Obligation", "Asked on", "Answer"]
    assert sheet[2][:2] == ["=1+1", dt.date(2026, 11, 20)]
    assert sheet[3] == ["http://x", "", "yes"]


def test_no_text_becomes_a_formula_or_a_link():
    content = workbook([_SHEET], dt.date(2026, 11, 20))

    import zipfile

    parts = zipfile.ZipFile(io.BytesIO(content))
    page = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in page
    assert "hyperlink" not in page


def test_the_same_sheets_give_the_same_bytes():
    assert workbook([_SHEET], dt.date(2026, 1, 1)) == workbook([_SHEET], dt.date(2026, 1, 1))


def test_a_cell_to_fill_offers_its_choices():
    import zipfile

    parts = zipfile.ZipFile(io.BytesIO(workbook([_SHEET], dt.date(2026, 11, 20))))
    assert '<formula1>"yes,no"</formula1>' in parts.read("xl/worksheets/sheet1.xml").decode()


def _read(content: bytes) -> list[list[list[object]]]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
