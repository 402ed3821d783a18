"""Workbooks in a folder of documents: sheet and cells."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence

import pytest
import xlsxwriter
from made_documents import compound, zipped
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


def changed(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Write a workbook again with one of its files changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as container:
        return zipped(
            {name: (change if name == part else bytes)(container.read(name)) for name in container.namelist()}
        )


def spreadsheet() -> bytes:
    """Give a workbook of OpenDocument with one cell."""
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    cell = '<table:table-cell office:value-type="string"><text:p>Ann</text:p></table:table-cell>'
    sheet = f'<table:table table:name="S"><table:table-row>{cell}</table:table-row></table:table>'
    body = f"<office:body><office:spreadsheet>{sheet}</office:spreadsheet></office:body>"
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": b'<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
            "content.xml": f"<office:document-content {names}>{body}</office:document-content>".encode(),
        }
    )


def test_an_opendocument_sheet_that_is_not_closed_is_damaged_and_not_waited_for() -> None:
    whole = spreadsheet()
    assert [block.text for block in parsed(whole).blocks] == ["S", "Ann"]
    cut = changed(whole, "content.xml", lambda xml: xml[: xml.index(b"</table:table>")])
    assert parse(cut) == Refused("corrupt", "The workbook is damaged: ParseError.")


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_a_workbook_whose_list_of_sheets_is_damaged_is_corrupt(part: str) -> None:
    whole = book(REGISTER)
    assert parse(changed(whole, part, lambda xml: xml[:-9])) == Refused(
        "corrupt", "The workbook is damaged: ParseError."
    )
    odd = changed(whole, part, lambda xml: xml.replace(b"UTF-8", b"UTF-9"))
    assert parse(odd) == Refused("corrupt", "The workbook is damaged: LookupError.")


def test_a_part_that_is_packed_in_a_way_that_nobody_knows_is_damaged() -> None:
    odd = bytearray(spreadsheet())
    for place in (odd.index(b"content.xml") - 22, odd.rindex(b"content.xml") - 36):
        odd[place] = 99
    assert parse(bytes(odd)) == Refused("corrupt", "The workbook is damaged: NotImplementedError.")


def test_a_row_that_a_merged_cell_reaches_into_does_not_part_a_table() -> None:
    stream = io.BytesIO()
    made = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = made.add_worksheet("Form")
    sheet.merge_range("A1:A2", "Approval")
    sheet.write_row("B1", ["Prepared", "Approved"])
    sheet.write_row("A3", ["Name", "Ann", ""])
    sheet.write_row("A5", ["Name", "Cem", "Dee"])
    made.close()
    found = parsed(stream.getvalue()).blocks
    assert [block.text for block in found if block.kind == "row"] == ["Approval: Name; Prepared: Ann", "Name; Cem; Dee"]
    assert found[1].signed is not None
    assert dict(found[1].signed.told) == {"prepared by": "Ann", "prepared on": "", "approved by": "", "approved on": ""}
