"""Errors in XLS and XLSB: the parser gives them as blanks, and an error is not a blank.

`errors.xls` was written by LibreOffice (sheets Notes and Büro, with the formulas =NA(), =1/0, =3+4, =SQRT(-1)), and
`hidden.xls` (days counted from 1904, merged cells, a hidden row, column and sheet); the XLSB files are made here,
record by record.
"""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from qmscheck_tables.sheet_binary import binary_parts, look_through_xls, look_through_xlsb

from qmscheck import Extract, Unread

XLS = Path(__file__).with_name("errors.xls")
OFFICE = "http://schemas.openxmlformats.org"


def number(value):
    """Write a number in groups of seven bits."""
    groups = []
    while True:
        value, low = value >> 7, value & 0x7F
        groups.append(low | (0x80 if value else 0))
        if not value:
            return bytes(groups)


def record(kind, body=b""):
    return number(kind) + number(len(body)) + body


def text(words):
    return struct.pack("<I", len(words)) + words.encode("utf-16-le")


def cell(kind, column, body=b""):
    return record(kind, struct.pack("<II", column, 0) + body)


def row(place, *cells):
    head = struct.pack("<IIHBBBI", place, 0, 300, 0, 0, 0, 0)
    return record(0, head) + b"".join(cells)


def word(column, words):
    return cell(6, column, text(words))


def binary_workbook(path, *rows, name="Büro", before=b"", after=b""):
    """Write an XLSB file of one sheet."""
    size = struct.pack("<IIII", 0, max(0, len(rows) - 1), 0, 3)
    sheet = (record(129), record(148, size), before, record(145), *rows, record(146), after, record(130))
    bundle = struct.pack("<II", 0, 1) + text("rId1") + text(name)
    kind = f"{OFFICE}/officeDocument/2006/relationships/worksheet"
    with zipfile.ZipFile(path, "w") as container:
        container.writestr("[Content_Types].xml", f'<Types xmlns="{OFFICE}/package/2006/content-types"/>')
        container.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<Relationships xmlns="{OFFICE}/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{kind}" Target="worksheets/sheet1.bin"/></Relationships>',
        )
        container.writestr(
            "xl/workbook.bin", record(131) + record(143) + record(156, bundle) + record(144) + record(132)
        )
        container.writestr("xl/worksheets/sheet1.bin", b"".join(sheet))
    return path


def formula(kind, column, result):
    return cell(kind, column, result + struct.pack("<HI", 0, 0) + struct.pack("<I", 0))


@pytest.fixture
def xlsb(bench):
    return binary_workbook(
        bench.folder / "a.xlsb",
        row(0, word(0, "id"), word(1, "text"), word(2, "n")),
        row(1, word(0, "1"), cell(3, 1, b"\x2a"), formula(11, 2, b"\x07")),
        row(2, word(0, "2"), cell(1, 1), formula(9, 2, struct.pack("<d", 7))),
        row(3, word(0, "3"), cell(3, 1, b"\x2b"), cell(5, 2, struct.pack("<d", 2.5))),
    )


def test_an_error_in_an_xls_sheet_is_no_blank(bench):
    path = bench.write(XLS.read_bytes(), "errors.xls")
    extract = bench.extract(path, "excel", sheet="Büro")
    assert bench.rows(extract) == {
        2: ("1", "late", "#N/A", "#DIV/0!"),
        3: ("2", "soon", None, "7"),
        4: ("3", "soon", "plain", "#VALUE!"),
        5: ("4", None, None, "0"),
    }
    assert not any("blank" in note for note in extract.notes)


def test_formulas_of_an_xls_sheet_are_marked_where_the_plan_asks(bench):
    path = bench.write(XLS.read_bytes(), "errors.xls")
    marked = bench.rows(bench.extract(path, "excel", sheet="Büro", formulas="mark"))
    assert (marked[2][3], marked[3][3]) == ("#DIV/0!", "#FORMULA!")


MERGED = (
    "2 merged cells reach over several rows (the first: C2); their value counts for the first of these rows only; "
    "set fill_merged = true to count it for each."
)
HIDDEN = (
    MERGED,
    'Hidden rows are read: 4; hidden = "skip" leaves them out.',
    "Hidden columns are read: D.",
)


def test_merged_and_hidden_cells_and_hidden_sheets_of_an_xls_file_are_told(bench):
    path = bench.write(Path(__file__).with_name("hidden.xls").read_bytes(), "hidden.xls")
    extract = bench.extract(path, "excel")
    assert extract.notes == (*HIDDEN, "Hidden sheets are not read: Old.")
    assert bench.rows(extract) == {
        2: ("1", "2026-01-02", "Leeds", "x"),
        3: ("2", "2026-01-03", None, "x"),
        4: ("3", "2026-01-04", "Brno", "x"),
        5: ("4", "2026-01-05", None, "x"),
    }
    chosen = bench.extract(path, "excel", sheet="Log", hidden="skip")
    assert list(bench.rows(chosen)) == [2, 3, 5]
    assert "The workbook has hidden sheets: Old." in chosen.notes


def test_merged_and_hidden_cells_of_an_xlsb_file_are_told(bench):
    def line(place, *cells, hidden=False):
        return record(0, struct.pack("<IIHBBBI", place, 0, 300, 0, 0x10 if hidden else 0, 0, 0)) + b"".join(cells)

    merged = [record(176, struct.pack("<IIII", top, top + 1, 2, 2)) for top in (1, 3)]
    path = binary_workbook(
        bench.folder / "a.xlsb",
        line(0, word(0, "id"), word(1, "received"), word(2, "site"), word(3, "note")),
        *(line(n, word(0, str(n)), word(1, "a"), word(2, "b"), word(3, "x"), hidden=n == 3) for n in range(1, 5)),
        before=record(390) + record(60, struct.pack("<IIIIH", 3, 3, 2000, 0, 1)) + record(391),
        after=record(177, struct.pack("<I", 2)) + b"".join(merged) + record(178),
    )
    extract = bench.extract(path, "excel")
    assert extract.notes == HIDDEN
    assert list(bench.rows(bench.extract(path, "excel", hidden="skip"))) == [2, 3, 5]


def test_an_error_in_an_xlsb_sheet_is_no_blank(bench, xlsb):
    extract = bench.extract(xlsb, "excel")
    assert bench.rows(extract) == {2: ("1", "#N/A", "#DIV/0!"), 3: ("2", None, "7"), 4: ("3", "#ERROR!", "2.5")}
    assert not any("blank" in note for note in extract.notes)


def test_formulas_of_an_xlsb_sheet_are_marked_where_the_plan_asks(bench, xlsb):
    assert bench.rows(bench.extract(xlsb, "excel", formulas="mark"))[3] == ("2", None, "#FORMULA!")


def test_only_the_sheet_that_is_read_is_looked_at():
    content = XLS.read_bytes()
    first, second = look_through_xls(content, 0), look_through_xls(content, 1)
    assert first is not None
    assert second is not None
    assert (first.errors, len(second.errors)) == ({}, 3)


def test_what_is_not_found_is_not_said_to_be_without_errors():
    assert look_through_xls(XLS.read_bytes(), 2) is None
    assert look_through_xls(b"no compound file", 0) is None


def test_an_xlsb_workbook_tells_where_its_sheets_are(tmp_path):
    with zipfile.ZipFile(binary_workbook(tmp_path / "a.xlsb", name="Q1")) as container:
        assert binary_parts(container) == {"Q1": "xl/worksheets/sheet1.bin"}


def test_a_sheet_that_is_too_large_to_look_at_is_not_said_to_be_without_errors(tmp_path, monkeypatch):
    monkeypatch.setattr("qmscheck_tables.sheet_binary._LARGEST_SHEET", 10)
    with zipfile.ZipFile(binary_workbook(tmp_path / "a.xlsb")) as container:
        assert look_through_xlsb(container, "xl/worksheets/sheet1.bin") is None


def test_a_workbook_without_relations_names_no_sheets(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsb", "w") as container:
        container.writestr("xl/workbook.bin", record(131))
    with zipfile.ZipFile(tmp_path / "a.xlsb") as container:
        assert binary_parts(container) == {}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 6655), st.binary(min_size=1, max_size=40))
def test_a_damaged_xls_file_is_read_or_refused(bench, place, junk):
    content = bytearray(XLS.read_bytes())
    content[place : place + len(junk)] = junk
    assert isinstance(look_through_xls(bytes(content), 1), object)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_walked_as_a_binary_sheet(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "a.xlsb"
    with zipfile.ZipFile(path, "w") as container:
        container.writestr("s.bin", content)
    with zipfile.ZipFile(path) as container:
        cells = look_through_xlsb(container, "s.bin")
    assert cells is not None
    assert all(row >= 0 <= column for row, column in cells.errors)


@pytest.mark.parametrize("cut", [600, 3000, 6000])
def test_a_truncated_xls_file_is_read_or_refused(bench, cut):
    assert isinstance(bench.read(bench.write(XLS.read_bytes()[:cut], "a.xls"), "excel"), Extract | Unread)
