from __future__ import annotations

import datetime as dt
import io
import random
import zipfile

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from qmscheck_tables import sheet_xml

from qmscheck import Extract, Unread

HEADINGS = ["id", "received", "text"]


def workbook(path, **sheets):
    """Write a workbook: each sheet is a list of rows that begin at A1."""
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for position, cell in enumerate(row):
                    sheet.write(number, position, cell)
    return path


def changed(path, part, change):
    """Write a workbook again with one of its parts changed."""
    content = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            text = old.read(entry)
            new.writestr(entry.filename, change(text) if entry.filename == part else text)
    path.write_bytes(content.getvalue())
    return path


def test_cells_are_text_and_rows_are_those_of_the_sheet(bench):
    path = workbook(
        bench.folder / "a.xlsx", S=[HEADINGS, [1.0, dt.date(2026, 1, 2), "late"], [], [2.5, "unknown", True]]
    )
    extract = bench.extract(path, "excel")
    assert extract.columns == ("id", "received", "text")
    assert (extract.sheet, extract.first_row, extract.first_column) == ("S", 2, 0)
    assert bench.rows(extract) == {2: ("1", "2026-01-02", "late"), 4: ("2.5", "unknown", "true")}


def test_a_table_may_begin_anywhere_below_a_title(bench):
    path = bench.folder / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        sheet.write("B2", "Complaints 2026")
        sheet.write_row("C5", HEADINGS)
        sheet.write_row("C6", [1, "x", "y"])
        sheet.write_row("C8", [2, "", "z"])
    extract = bench.extract(path, "excel")
    assert extract.columns == ("id", "received", "text")
    assert (extract.first_row, extract.first_column) == (6, 2)
    assert bench.rows(extract) == {6: ("1", "x", "y"), 8: ("2", None, "z")}
    assert "row 5" in extract.notes[0]


def test_a_column_without_heading_is_kept_and_named_by_its_letter(bench):
    path = workbook(bench.folder / "a.xlsx", S=[["id", "", "text", "id"], [1, "hidden", "x", 2, "beyond"]])
    extract = bench.extract(path, "excel")
    assert extract.columns == ("id", "Column B", "text", "id (2)", "Column E")
    assert bench.rows(extract) == {2: ("1", "hidden", "x", "2", "beyond")}


def test_merged_headings_leave_the_covered_ones_blank(bench):
    path = bench.folder / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        sheet.write("A1", "id")
        sheet.merge_range("B1:C1", "period")
        sheet.write_row("D1", ["text", "owner"])
        sheet.write_row("A2", [1, "a", "b", "c", "d"])
    assert bench.extract(path, "excel").columns == ("id", "period", "Column C", "text", "owner")


def test_errors_and_formulas_without_a_value_are_not_blank(bench):
    path = bench.folder / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        sheet.write_row("B1", ["a", "b", "c", "d"])
        sheet.write_formula("B2", "=NA()", None, "#N/A")
        sheet.write_formula("C2", "=1+1", None, "")
        sheet.write_formula("D2", "=1+1", None, 2)
        sheet.write_formula("E2", '=""', None, "x")
        sheet.write_formula("D4", "=1/0", None, "#DIV/0!")
    rows = bench.rows(bench.extract(path, "excel"))
    assert rows == {2: ("#N/A", "#FORMULA!", "2", "x"), 4: (None, None, "#DIV/0!", None)}


def test_a_formula_that_gives_no_text_is_blank(bench):
    path = workbook(bench.folder / "a.xlsx", S=[["a", "b"], ["x", "y"]])
    empty = b'<c r="B2" t="str"><f>""</f><v></v></c>'
    changed(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'<c r="B2" t="s"><v>3</v></c>', empty))
    assert bench.rows(bench.extract(path, "excel")) == {2: ("x", None)}


def test_times_and_durations_are_text(bench):
    path = bench.folder / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        sheet.write_row("A1", ["at", "moment", "took"])
        sheet.write_datetime("A2", dt.time(3, 4), book.add_format({"num_format": "hh:mm"}))
        sheet.write_number("B2", 46024 + 184 / 1440, book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))
        sheet.write_number("C2", 1.5, book.add_format({"num_format": "[h]:mm"}))
    assert bench.rows(bench.extract(path, "excel")) == {2: ("03:04:00", "2026-01-02 03:04:00", "36:00:00")}


def test_the_first_visible_sheet_with_records_is_read_and_the_others_are_named(bench):
    path = bench.folder / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Cover").write("A1", "Complaints")
        hidden = book.add_worksheet("Old")
        hidden.write_row("A1", HEADINGS)
        hidden.write_row("A2", [0, 0, 0])
        hidden.hide()
        book.add_worksheet("Empty")
        register = book.add_worksheet("Register")
        register.write_row("A1", HEADINGS)
        register.write_row("A2", [1, 2, 3])
        register.activate()
    extract = bench.extract(path, "excel")
    assert extract.sheet == "Register"
    assert extract.notes == ("The sheet Register is read; not read: Cover, Empty. Set sheet to choose another.",)
    assert bench.rows(bench.extract(path, "excel", sheet="Old")) == {2: ("0", "0", "0")}
    assert bench.refused(path, "excel", sheet="Empty").reason == "empty"
    missing = bench.refused(path, "excel", sheet="Nope")
    assert missing.reason == "no-such-sheet"
    assert "Register" in missing.detail


def test_headings_alone_are_a_table_without_records(bench):
    extract = bench.extract(workbook(bench.folder / "a.xlsx", Cover=[["x"]], S=[HEADINGS]), "excel")
    assert extract.columns == ("id", "received", "text")
    assert bench.rows(extract) == {}


def test_the_plan_may_name_the_heading_row(bench):
    path = workbook(bench.folder / "a.xlsx", S=[["a", "b"], ["id", "text"], [1, "x"]])
    extract = bench.extract(path, "excel", header_row=2)
    assert extract.columns == ("id", "text")
    assert bench.rows(extract) == {3: ("1", "x")}
    assert bench.refused(path, "excel", header_row=50).reason == "empty"


def test_many_records_come_in_batches(bench):
    extract = bench.extract(
        workbook(bench.folder / "a.xlsx", S=[["id", "n"], *([n, n] for n in range(12_000))]), "excel"
    )
    sizes = [len(batch.rows) for batch in extract.content.batches]
    assert sizes == [5000, 5000, 2000]


def test_two_cells_a_whole_sheet_apart_are_refused_before_they_end_the_process(bench):
    path = workbook(bench.folder / "a.xlsx", S=[["id", "text"], [1, "x"]])
    far = b'<c r="XFD1048576"><v>1</v></c></row></sheetData>'
    changed(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"</row></sheetData>", far))
    assert bench.refused(path, "excel").reason == "too-large"


def test_a_far_cell_without_a_name_of_its_own_is_refused_too(bench):
    path = workbook(bench.folder / "a.xlsx", S=[["id", "text"], [1, "x"]])
    far = b'</row><row r="3"><c r="XFD3"><v>1</v></c></row><row r="1048576"><c><v>1</v></c></row></sheetData>'
    changed(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"</row></sheetData>", far))
    assert bench.refused(path, "excel").reason == "too-large"


def test_a_format_far_below_the_records_is_no_reason_to_refuse(bench):
    path = bench.folder / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        sheet.write_row("A1", ["id", "text"])
        sheet.write_row("A2", [1, "x"])
        sheet.write_blank("XFD1048576", None, book.add_format({"bold": True}))
    assert bench.rows(bench.extract(path, "excel")) == {2: ("1", "x")}


def test_a_container_that_unpacks_to_absurd_size_is_refused(bench):
    path = bench.folder / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr("xl/worksheets/sheet1.xml", b"0" * (70 << 20))
    assert bench.refused(path, "excel").reason == "too-large"


def test_a_workbook_with_a_password_is_encrypted(bench):
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    assert bench.refused(bench.write(content, "a.xlsx"), "excel").reason == "encrypted"


def test_an_opendocument_file_with_a_password_is_encrypted(bench):
    path = bench.folder / "a.ods"
    with zipfile.ZipFile(path, "w") as container:
        container.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")
    assert bench.refused(path, "excel").reason == "encrypted"


def opendocument(path, rows):
    """Write the smallest OpenDocument sheet."""
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    body = "".join(f"<table:table-row>{''.join(map(cell.format, row))}</table:table-row>" for row in rows)
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    with zipfile.ZipFile(path, "w") as container:
        container.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        container.writestr("META-INF/manifest.xml", "<manifest/>")
        container.writestr(
            "content.xml",
            f'<?xml version="1.0"?><office:document-content{names}><office:body><office:spreadsheet>'
            f'<table:table table:name="S">{body}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def test_an_opendocument_sheet_is_read_after_a_trial_and_its_weakness_is_noted(bench):
    extract = bench.extract(opendocument(bench.folder / "a.ods", [["id", "text"], ["1", "x"]]), "excel")
    assert bench.rows(extract) == {2: ("1", "x")}
    assert "read as blank" in extract.notes[0]


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "a.xlsx", "empty"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a.xlsx", "lfs-pointer"),
        (b"PK\x03\x04 rubbish", "a.xlsx", "corrupt"),
        (b"rubbish", "a.xls", "corrupt"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xls", "corrupt"),
        (b"<html><table></table></html>", "a.xls", "unsupported"),
    ],
)
def test_what_is_no_workbook_is_told(bench, content, name, reason):
    assert bench.refused(bench.write(content, name), "excel").reason == reason


def test_a_cut_sheet_is_told(bench):
    path = workbook(bench.folder / "a.xlsx", S=[HEADINGS, [1, 2, 3]])
    changed(path, "xl/worksheets/sheet1.xml", lambda xml: xml[: len(xml) // 2])
    assert bench.refused(path, "excel").reason == "corrupt"


def test_cells_with_a_prefix_or_other_quotation_marks_are_seen():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as container:
        container.writestr("s.xml", "<x:row r='2'><x:c s='1' r='C2' t='e'><x:v>#REF!</x:v></x:c></x:row>")
    with zipfile.ZipFile(content) as container:
        cells = sheet_xml.look_through(container, "s.xml")
    assert (cells.first, cells.last) == ((1, 2), (1, 2))
    assert cells.errors == {(1, 2): "#REF!"}


def damaged(content, seed):
    chance = random.Random(seed)
    changed_bytes = bytearray(content)
    for _ in range(chance.randrange(1, 6)):
        changed_bytes[chance.randrange(len(changed_bytes))] = chance.randrange(256)
    return bytes(changed_bytes[: chance.choice([len(content), len(content), chance.randrange(len(content))])])


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**9), st.booleans())
def test_any_damage_is_survived(bench, seed, inside):
    path = workbook(bench.folder / "a.xlsx", S=[HEADINGS, [1, "x", dt.date(2026, 1, 1)]])
    if inside:
        changed(path, "xl/worksheets/sheet1.xml", lambda xml: damaged(xml, seed))
    else:
        path.write_bytes(damaged(path.read_bytes(), seed))
    outcome = bench.read(path, "excel")
    assert isinstance(outcome, Extract | Unread)
    if isinstance(outcome, Extract):
        bench.rows(outcome)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]), st.binary(max_size=300))
def test_any_bytes_are_a_workbook_or_told(bench, mark, content):
    assert isinstance(bench.read(bench.write(mark + content, "a.xls"), "excel"), Unread)


def test_the_visible_sheets_are_listed(bench):
    path = bench.folder / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("One", "Two", "Secret"):
            book.add_worksheet(name).write_row(0, 0, HEADINGS)
        book.get_worksheet_by_name("Secret").hide()
    held = bench.holds(path, "excel")
    assert held == {"One": {"sheet": "One"}, "Two": {"sheet": "Two"}}
    assert bench.extract(path, "excel", **held["Two"]).sheet == "Two"


def test_the_only_sheet_is_listed_without_an_option_and_a_broken_book_lists_nothing(bench):
    assert bench.holds(workbook(bench.folder / "a.xlsx", S=[HEADINGS]), "excel") == {"S": {}}
    assert bench.holds(bench.write("no workbook", "b.xlsx"), "excel") == {}
    assert bench.holds(bench.write("PK\x03\x04 cut off", "c.xlsx"), "excel") == {}
    assert bench.holds(bench.write("", "d.xlsx"), "excel") == {}
