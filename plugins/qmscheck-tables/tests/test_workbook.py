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

from qmscheck import Extract, QmscheckError, Unread

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
    assert extract.notes == (
        "The sheet Register is read; not read: Cover, Empty. Set sheet to choose another.",
        "Hidden sheets are not read: Old.",
    )
    assert bench.rows(bench.extract(path, "excel", sheet="Old")) == {2: ("0", "0", "0")}
    assert bench.refused(path, "excel", sheet="Empty").reason == "empty"
    missing = bench.refused(path, "excel", sheet="Nope")
    assert missing.reason == "no-such-sheet"
    assert "Register" in missing.detail


def sheet_of(path, write, **options):
    """Write a workbook of one sheet as `write` wants it."""
    with xlsxwriter.Workbook(path, options) as book:
        write(book, book.add_worksheet("S"))
    return path


def two_rows(book, sheet):
    sheet.write("A1", "Complaints 2026")
    sheet.merge_range("A2:A3", "No")
    sheet.merge_range("B2:C2", "Received")
    sheet.merge_range("D2:D3", "Site")
    sheet.write_row("B3", ["on", "by"])
    sheet.write_row("A4", [1, "2026-01-02", "Ann", "Leeds"])
    sheet.write_row("A5", [2, "2026-01-03", "Bob", "Brno"])


def test_two_rows_of_headings_are_joined_as_their_cells_are_merged(bench):
    path = sheet_of(bench.folder / "a.xlsx", two_rows)
    extract = bench.extract(path, "excel", header_rows=2, header_row=2)
    assert extract.columns == ("No", "Received on", "Received by", "Site")
    assert extract.first_row == 4
    assert bench.rows(extract) == {4: ("1", "2026-01-02", "Ann", "Leeds"), 5: ("2", "2026-01-03", "Bob", "Brno")}
    assert extract.notes == ("The headings are taken from rows 2 to 3.",)
    assert bench.extract(path, "excel", header_rows=2).columns == extract.columns


def test_a_second_row_of_headings_is_told(bench):
    extract = bench.extract(sheet_of(bench.folder / "a.xlsx", two_rows), "excel")
    assert any("may be a row of headings, too; set header_rows = 2" in note for note in extract.notes)


def test_more_rows_of_headings_than_there_are_rows_is_told(bench):
    path = workbook(bench.folder / "a.xlsx", S=[["a", "b"]])
    assert bench.refused(path, "excel", header_rows=4).reason == "empty"


def groups(book, sheet):
    sheet.write_row("B2", ["site", "id", "text"])
    sheet.merge_range("B3:B5", "Leeds")
    sheet.merge_range("B6:B7", "Brno")
    for row in range(3, 9):
        sheet.write(f"C{row}", row)


def test_a_merged_cell_counts_for_its_first_row_until_the_plan_says_otherwise(bench):
    path = sheet_of(bench.folder / "a.xlsx", groups)
    extract = bench.extract(path, "excel")
    assert [row[0] for row in bench.rows(extract).values()] == ["Leeds", None, None, "Brno", None, None]
    (note,) = extract.notes
    assert note.startswith("2 merged cells reach over several rows (the first: B3)")
    assert bench.extract(path, "excel", fill_merged=False).notes == ()
    filled = bench.extract(path, "excel", fill_merged=True)
    assert [row[0] for row in bench.rows(filled).values()] == ["Leeds", "Leeds", "Leeds", "Brno", "Brno", None]
    assert filled.notes == ("The value of 2 merged cells counts for each of their rows (fill_merged).",)


def hiding(book, sheet):
    sheet.write_row("A1", ["id", "text", "days"])
    for row in range(1, 8):
        sheet.write_row(row, 0, [row, "x", 3])
    for row in (2, 3, 6, 40):
        sheet.set_row(row, None, None, {"hidden": True})
    sheet.set_column("B:B", None, None, {"hidden": True})
    sheet.set_column("G:XFD", None, None, {"hidden": True})


def test_hidden_rows_and_columns_are_read_and_named(bench):
    extract = bench.extract(sheet_of(bench.folder / "a.xlsx", hiding), "excel")
    assert list(bench.rows(extract)) == [2, 3, 4, 5, 6, 7, 8]
    assert extract.notes == (
        'Hidden rows are read: 3 to 4, 7; hidden = "skip" leaves them out.',
        "Hidden columns are read: B.",
    )


def test_hidden_rows_are_left_out_and_named_where_the_plan_says_so(bench):
    extract = bench.extract(sheet_of(bench.folder / "a.xlsx", hiding), "excel", hidden="skip")
    assert list(bench.rows(extract)) == [2, 5, 6, 8]
    assert [(s.row, s.lost) for s in extract.skipped] == [(3, False), (4, False), (7, False)]


def two_tables(book, sheet):
    sheet.write_row("A1", ["id", "days"])
    sheet.write_row("A2", [1, 3])
    sheet.add_table("D4:E7", {"name": "Orders", "total_row": True, "columns": [
        {"header": "order", "total_string": "Total"}, {"header": "value", "total_function": "sum"}]})  # fmt: skip
    sheet.write_row("D5", ["A1", 10])
    sheet.write_row("D6", ["A2", 20])
    sheet.merge_range("A5:A6", "far")
    book.define_name("Left_part", "=S!$A$1:$B$2")
    book.define_name("Moving", "=OFFSET(S!$A$1,0,0,2,2)")


@pytest.mark.parametrize("area", ["D4:E6", "$D$4:$E$6", "E6:D4", "S!D4:E6", "'S'!D4:E6", "Orders", "orders"])
def test_one_of_several_tables_of_a_sheet_is_read_by_its_cells_or_its_name(bench, area):
    extract = bench.extract(sheet_of(bench.folder / "a.xlsx", two_tables), "excel", range=area)
    assert extract.columns == ("order", "value")
    assert (extract.first_row, extract.first_column, extract.notes) == (5, 3, ())
    assert bench.rows(extract) == {5: ("A1", "10"), 6: ("A2", "20")}


def test_a_defined_name_is_a_range(bench):
    extract = bench.extract(sheet_of(bench.folder / "a.xlsx", two_tables), "excel", range="Left_part")
    assert (extract.columns, bench.rows(extract)) == (("id", "days"), {2: ("1", "3")})


@pytest.mark.parametrize(
    ("options", "reason", "told"),
    [
        ({"range": "Nothing"}, "no-such-table", "one of its names: Left_part, Orders"),
        ({"range": "Moving"}, "no-such-table", "there is no range Moving"),
        ({"range": "A0:B2"}, "no-such-table", "there is no range A0:B2"),
        ({"range": "Other!A1:B2"}, "no-such-sheet", "there is no sheet Other"),
        ({"range": "Orders", "sheet": "T"}, "no-such-table", "lies in the sheet S, not in T"),
        ({"range": "A3:B4"}, "empty", "has no headings in its first row"),
    ],
)
def test_a_range_that_is_not_there_is_told(bench, options, reason, told):
    refused = bench.refused(sheet_of(bench.folder / "a.xlsx", two_tables), "excel", **options)
    assert refused.reason == reason
    assert told in refused.detail


def test_a_name_is_no_range_of_a_workbook_that_keeps_none(bench):
    path = bench.write(b"\xd0\xcf\x11\xe0" + b"\0" * 600, "a.xls")
    assert bench.refused(path, "excel", range="Orders").reason == "no-such-table"


def test_days_counted_from_1904_are_the_days_they_mean(bench):
    def write(book, sheet):
        sheet.write_row("A1", ["id", "received"])
        sheet.write("A2", 1)
        sheet.write_datetime("B2", dt.date(2026, 1, 31), book.add_format({"num_format": "yyyy-mm-dd"}))

    path = sheet_of(bench.folder / "a.xlsx", write, date_1904=True)
    assert bench.rows(bench.extract(path, "excel")) == {2: ("1", "2026-01-31")}


@pytest.mark.parametrize("options", [{"hidden": "maybe"}, {"fill_merged": "yes"}, {"range": 5}, {"header_rows": 0}])
def test_an_option_that_cannot_be_stops_the_audit(bench, options):
    path = workbook(bench.folder / "a.xlsx", S=[["a", "b"], ["x", "y"]])
    with pytest.raises(QmscheckError, match=next(iter(options))):
        bench.read(path, "excel", **options)


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


def opendocument(path, rows, columns="", before=""):
    """Write the smallest OpenDocument sheet: a cell is a text, or XML as it stands; a row may begin with attributes."""
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    body = ""
    for row in rows:
        how, given = (row[0], row[1:]) if row and isinstance(row[0], dict) else ({}, row)
        attributes = "".join(f' table:{name}="{value}"' for name, value in how.items())
        cells = "".join(c if c.startswith("<") else cell.format(c) for c in given)
        body += f"<table:table-row{attributes}>{cells}</table:table-row>"
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    names += ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    with zipfile.ZipFile(path, "w") as container:
        container.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        container.writestr("META-INF/manifest.xml", "<manifest/>")
        container.writestr(
            "content.xml",
            f'<?xml version="1.0"?><office:document-content{names}><office:body><office:spreadsheet>{before}'
            f'<table:table table:name="S">{columns}{body}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def test_an_opendocument_sheet_is_read_after_a_trial(bench):
    extract = bench.extract(opendocument(bench.folder / "a.ods", [["id", "text"], ["1", "x"]]), "excel")
    assert bench.rows(extract) == {2: ("1", "x")}
    assert extract.notes == ()


def failed(text):
    return (
        '<table:table-cell table:formula="of:=NA()" office:value-type="string" office:string-value="" '
        f'calcext:value-type="error"><text:p>{text}</text:p></table:table-cell>'
    )


def test_errors_and_formulas_without_a_value_are_not_blank_in_an_opendocument_sheet(bench):
    unvalued = '<table:table-cell table:formula="of:=1+1"/>'
    valued = '<table:table-cell table:formula="of:=1+1" office:value-type="float" office:value="2"><text:p>2</text:p></table:table-cell>'
    other = '<table:table table:name="T"><table:table-row><table:table-cell table:formula="of:=1"/></table:table-row></table:table>'
    rows = [
        ["id", "a", "b"],
        ["1", failed("#N/A"), unvalued],
        [{"number-rows-repeated": "2"}, "2", failed("Err:502"), valued],
    ]
    path = opendocument(bench.folder / "a.ods", rows, before=other)
    extract = bench.extract(path, "excel", sheet="S")
    assert bench.rows(extract) == {
        2: ("1", "#N/A", "#FORMULA!"),
        3: ("2", "#ERROR!", "2"),
        4: ("2", "#ERROR!", "2"),
    }
    marked = bench.rows(bench.extract(path, "excel", sheet="S", formulas="mark"))
    assert marked[3] == ("2", "#ERROR!", "#FORMULA!")


def test_merged_and_hidden_cells_of_an_opendocument_sheet_are_told(bench):
    tall = '<table:table-cell table:number-rows-spanned="2" office:value-type="string"><text:p>Leeds</text:p></table:table-cell>'
    rows = [["site", "id"], [tall, "1"], [{"visibility": "filter"}, "<table:covered-table-cell/>", "2"], ["Brno", "3"]]
    columns = '<table:table-column/><table:table-column table:visibility="collapse"/>'
    path = opendocument(bench.folder / "a.ods", rows, columns)
    extract = bench.extract(path, "excel")
    assert [note.split(";")[0] for note in extract.notes] == [
        "1 merged cells reach over several rows (the first: A2)",
        "Hidden rows are read: 3",
        "Hidden columns are read: B.",
    ]
    filled = bench.extract(path, "excel", fill_merged=True, hidden="read")
    assert bench.rows(filled) == {2: ("Leeds", "1"), 3: ("Leeds", "2"), 4: ("Brno", "3")}


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


def test_a_book_written_in_letters_that_nobody_knows_is_told(bench):
    path = workbook(bench.folder / "a.xlsx", S=[HEADINGS, [1, "x", None]])
    changed(path, "xl/workbook.xml", lambda xml: xml.replace(b"UTF-8", b"UTF-yes"))
    assert bench.refused(path, "excel").reason == "corrupt"


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


def test_a_workbook_with_a_document_type_is_refused_because_its_entities_would_be_lost(bench):
    path = workbook(bench.folder / "a.xlsx", S=[HEADINGS, ["C1", "Ann"]])
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    strings = parts["xl/sharedStrings.xml"].replace(b"?>", b'?><!DOCTYPE sst [<!ENTITY who "Ann">]>', 1)
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, strings if name == "xl/sharedStrings.xml" else content)
    assert bench.refused(path, "excel").reason == "corrupt"


def test_a_sheet_of_libreoffice_that_is_not_closed_is_damaged_and_nobody_waits_for_its_end(bench):
    names = "office:1.0", "table:1.0", "text:1.0"
    declared = " ".join(f'xmlns:{n.split(":")[0]}="urn:oasis:names:tc:opendocument:xmlns:{n}"' for n in names)
    row = "<table:table-row><table:table-cell><text:p>id</text:p></table:table-cell></table:table-row>"
    whole = f"<office:document-content {declared}><office:body><office:spreadsheet>"
    ends = "</office:spreadsheet></office:body></office:document-content>"
    path = bench.folder / "a.ods"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        made.writestr("content.xml", f'{whole}<table:table table:name="A">{row}{ends}')
        made.writestr("META-INF/manifest.xml", "")
    refused = bench.refused(path, "excel")
    assert refused.reason == "corrupt"
    assert refused.detail.startswith("the workbook is damaged: mismatched tag")
