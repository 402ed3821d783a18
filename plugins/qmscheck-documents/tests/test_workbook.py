"""Workbooks in a folder of documents: sheet and cells."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
import xlsxwriter
from made_documents import compound
from qmscheck_documents.blocks import Parsed, Refused
from qmscheck_documents.workbook import parse


def book(*sheets: tuple[str, Sequence[Sequence[object]]], hidden: str = "") -> bytes:
    stream = io.BytesIO()
    made = xlsxwriter.Workbook(stream, {"in_memory": True})
    for name, rows in sheets:
        sheet = made.add_worksheet(name)
        for n, row in enumerate(rows):
            sheet.write_row(n, 0, row)
        if name == hidden:
            sheet.hide()
    made.close()
    return stream.getvalue()


def parsed(content: bytes) -> Parsed:
    found = parse(content)
    assert isinstance(found, Parsed)
    return found


REGISTER = ("Register", [["", "Complaints"], [], ["", "No", "Owner", "Cost"], ["", 1, "Ann", 2.5], ["", 2, "", ""]])


def test_each_row_is_a_passage_of_its_sheet_with_its_cells() -> None:
    assert [(block.kind, block.cell, block.line, block.text) for block in parsed(book(REGISTER)).blocks] == [
        ("heading", "", 0, "Register"),
        ("row", "B1:B1", 1, "Complaints"),
        ("row", "B4:D4", 4, "No: 1; Owner: Ann; Cost: 2.5"),
        ("row", "B5:D5", 5, "No: 2; Owner: (blank); Cost: (blank)"),
    ]


def test_a_hidden_sheet_says_so_and_an_empty_one_is_left_out() -> None:
    found = parsed(book(("Open", [["x"]]), ("Old", [["y"]]), ("Empty", []), hidden="Old"))
    assert [block.text for block in found.blocks] == ["Open", "x", "Old (hidden)", "y"]


def test_columns_beyond_z_have_two_letters() -> None:
    assert parsed(book(("S", [[*([""] * 27), "x"]]))).blocks[1].cell == "AB1:AB1"


def test_a_workbook_with_more_rows_than_a_person_reads_is_a_table() -> None:
    found = parse(book(("S", [[n] for n in range(20_001)])))
    assert found == Refused("too-large", "The workbook has more than 20,000 rows: name it as a table.")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no workbook", "corrupt"),
        (compound({"EncryptedPackage": b"x"}), "encrypted"),
        (book(("S", [["x"]]))[:500], "corrupt"),
    ],
)
def test_damaged_and_locked_workbooks_are_named(content: bytes, reason: str) -> None:
    found = parse(content)
    assert isinstance(found, Refused)
    assert found.reason == reason
