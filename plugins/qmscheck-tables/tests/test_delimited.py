from __future__ import annotations

import gzip

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from qmscheck_tables import encoding, survey

from qmscheck import Delimited, Extract, QmscheckError, Unread

LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n"


def test_a_plain_file_is_handed_over_where_it_stands(bench):
    extract, loaded = bench.csv("id,text\n1,late\n2,\n")
    assert extract.columns == ("id", "text")
    assert extract.first_row == 2
    assert extract.content == Delimited(bench.folder / "table.csv", ",", 1, quote="", lines=2, spaces=True)
    assert extract.files == (bench.folder / "table.csv",)
    assert loaded.rows == {2: ("1", "late"), 3: ("2", None)}
    assert extract.notes == ()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(bench, delimiter):
    text = "id;amount;text\n1;1.5;a\n2;2.5;b\n".replace(";", delimiter)
    extract, loaded = bench.csv(text)
    assert extract.columns == ("id", "amount", "text")
    assert loaded.rows[3] == ("2", "2.5", "b")


def test_decimal_commas_do_not_hide_semicolons(bench):
    extract, loaded = bench.csv("id;amount;paid\n1;1,5;2,5\n2;3,5;4,5\n")
    assert extract.columns == ("id", "amount", "paid")
    assert loaded.rows[2] == ("1", "1,5", "2,5")


def test_the_line_sep_chooses_the_delimiter_and_is_no_row_of_a_spreadsheet(bench):
    extract, loaded = bench.csv("sep=;\r\nid;name\r\n1;a,b\r\n2\r\n3;c\r\n")
    assert extract.columns == ("id", "name")
    assert loaded.rows == {2: ("1", "a,b"), 4: ("3", "c")}
    assert list(loaded.rejected) == [3]


def test_one_column_may_hold_commas_further_down(bench):
    extract, loaded = bench.csv("remark\ngood\n\nfine, thanks\n")
    assert extract.columns == ("remark",)
    assert loaded.rows == {2: ("good",), 4: ("fine, thanks",)}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_read(bench, end):
    text = 'id,text\n1,"two\nlines"\n\n3,x\n4\n5,y\n'.replace("\n", end)
    extract, loaded = bench.csv(text)
    assert loaded.rows == {2: ("1", f"two{end}lines"), 4: ("3", "x"), 6: ("5", "y")}
    assert list(loaded.rejected) == [5]
    assert extract.content.path == bench.folder / "table.csv"


@pytest.mark.parametrize(
    "text", ["a,b\r\n1,2\n3,4\r\n", "a,b\n1,2\r\n3,4\n", "a,b\r\n1,2\r3,4\n", "a,b\r\n1,2\r\n3,4\n"]
)
def test_mixed_line_ends_are_read_from_a_copy(bench, text):
    extract, loaded = bench.csv(text)
    assert loaded.rows == {2: ("1", "2"), 3: ("3", "4")}
    assert extract.content.path.parent == bench.folder / "scratch"
    assert extract.files == (bench.folder / "table.csv",)


def test_excels_line_feeds_inside_cells_are_kept(bench):
    _, loaded = bench.csv('id,text\r\n1,"two\nlines"\r\n2,x\r\n')
    assert loaded.rows == {2: ("1", "two\nlines"), 3: ("2", "x")}


def test_a_blank_line_does_not_shift_row_numbers(bench):
    extract, loaded = bench.csv("id,text\n\n1,a\n\n\n2,b\n\n")
    assert extract.content.missing_rows == (2, 4, 5)
    assert loaded.rows == {3: ("1", "a"), 6: ("2", "b")}


def test_a_quoted_line_end_is_no_row(bench):
    extract, loaded = bench.csv('id,text\n1,"a\n\nb"\n\n2,c\n3\n')
    assert extract.content.missing_rows == (3,)
    assert loaded.rows == {2: ("1", "a\n\nb"), 4: ("2", "c")}
    assert list(loaded.rejected) == [5]


def test_rows_that_are_too_short_or_too_long_are_reported_with_their_row(bench):
    _, loaded = bench.csv("a,b,c\n1,2,3\n4,5\n6,7,8,9\n7,8,9,\n")
    assert loaded.rows == {2: ("1", "2", "3"), 5: ("7", "8", "9")}
    assert loaded.rejected == {3: "MISSING COLUMNS", 4: "TOO MANY COLUMNS"}


def test_quotation_marks_inside_cells_are_kept(bench):
    _, loaded = bench.csv('id,text\n1,5" monitor\n2,"say ""no"""\n3,27"\n4,x\n')
    assert loaded.rows == {2: ("1", '5" monitor'), 3: ("2", 'say "no"'), 4: ("3", '27"'), 5: ("4", "x")}


def test_text_behind_a_closing_quotation_mark_is_reported_with_its_row(bench):
    _, loaded = bench.csv('id,text\n1,"x" y\n2,"ok"\n')
    assert loaded.rows == {3: ("2", "ok")}
    assert loaded.rejected == {2: "UNQUOTED VALUE"}


@pytest.mark.parametrize("rest", [10, 200_000])
def test_a_quotation_mark_that_is_never_closed_is_told_with_its_line(bench, rest):
    path = bench.write('id,text\n1,5" monitor\n2,"open\n' + "3,x\n" * rest)
    refused = bench.refused(path, "csv")
    assert refused.reason == "corrupt"
    assert "line 3" in refused.detail


@pytest.mark.parametrize("cell", [' "', '"x" " y', '"x" y, "', '"a""b'])
def test_no_way_to_leave_a_quotation_mark_open_swallows_records_silently(bench, cell):
    path = bench.write(f"id,text,by\n1,{cell}\n" + "2,a,b\n" * 50)
    assert "line 2" in bench.refused(path, "csv", delimiter=",").detail


@pytest.mark.parametrize("chunk", [1, 7, 64])
def test_the_survey_does_not_depend_on_its_pieces(bench, monkeypatch, chunk):
    text = 'id,text\r\n1,"a ""b"" \r\n\r\nc" \r\n\r\n2, "d" \r\n3,5" x\r\n'
    path = bench.write(text)
    expected = (survey.survey(path, ",", '"'), list(survey.blank_rows(path, ",", '"')))
    monkeypatch.setattr(encoding, "CHUNK", chunk)
    assert (survey.survey(path, ",", '"'), list(survey.blank_rows(path, ",", '"'))) == expected
    assert expected[1] == [3]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet='"", ;\n\rx', max_size=60))
def test_few_and_many_quotation_marks_are_looked_through_alike(bench, monkeypatch, text):
    path = bench.write(text)
    monkeypatch.setattr(survey, "_SPARSE", 1 << 40)
    dense = survey.survey(path, ",", '"')
    monkeypatch.setattr(survey, "_is_sparse", lambda _piece, _quote: True)
    assert survey.survey(path, ",", '"') == dense


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('id,text\n1,"a, b"\n2,5" x\n', 2),
        ('id,text\r\n1,"a, b"\r\n2,x', 2),
        ("id,text\r1,x\r2,y\r", 2),
        ('id,text\n1,"a\nb"\n2,x\n', None),
        ("id,text\n1,x\n\n2,y\n", None),
        ('"id\nno",text\n1,x\n', None),
    ],
)
def test_the_records_are_counted_by_lines_where_no_cell_holds_a_line_end(bench, text, lines):
    extract = bench.read(bench.write(text), "csv")
    assert extract.content.lines == lines


@pytest.mark.parametrize(
    ("cell", "spaces"),
    [
        ("a b", True),
        ("ä ö", True),
        ("a\tb", False),
        ("a\u00a0", False),
        ("\u3000a", False),
        ("a\u2009", False),
        ("\x1f", False),
    ],
)
def test_a_file_says_whether_its_only_white_space_is_the_space(bench, cell, spaces):
    extract = bench.read(bench.write(f"\ufeffid,text\n1,{cell}\n2,x\n"), "csv")
    assert extract.content.spaces is spaces


def test_every_white_space_but_the_space_and_line_ends_is_noticed(bench):
    from qmscheck.cells import WHITE_SPACE

    for space in set(WHITE_SPACE) - set(" \r\n"):
        extract = bench.read(bench.write(f"id,text\n1,a{space}\n2,x\n"), "csv")
        assert not extract.content.spaces, hex(ord(space))


def test_without_quoting_an_open_quotation_mark_is_a_letter(bench):
    _, loaded = bench.csv('id,text\n2,"open\n3,x\n', quote="")
    assert loaded.rows == {2: ("2", '"open'), 3: ("3", "x")}


def test_another_quotation_mark_may_be_set(bench):
    _, loaded = bench.csv("id,text\n2,'a,b'\n", quote="'")
    assert loaded.rows == {2: ("2", "a,b")}


def test_a_byte_order_mark_is_no_part_of_the_heading(bench):
    extract, loaded = bench.csv(b'\xef\xbb\xbf"Complaint\nno.",text\n1,a\n')
    assert extract.columns == ("Complaint no.", "text")
    assert loaded.rows == {2: ("1", "a")}


@pytest.mark.parametrize("name", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf16_and_utf32_are_read_from_a_copy(bench, name):
    extract, loaded = bench.csv("id;Größe\r\n1;groß\r\n".encode(name))
    assert extract.columns == ("id", "Größe")
    assert loaded.rows == {2: ("1", "groß")}


def test_a_guessed_encoding_is_noted(bench):
    extract, loaded = bench.csv("id;Straße\n1;Müller\n2;Hélène réglée à temps\n".encode("cp1252"))
    assert extract.columns == ("id", "Straße")
    assert loaded.rows[3] == ("2", "Hélène réglée à temps")
    assert "cp1252" in extract.notes[0]


def test_an_encoding_that_the_plan_gives_is_not_guessed(bench):
    extract, loaded = bench.csv("id;nazwa\n1;żółć\n".encode("iso8859-2"), encoding="iso8859-2")
    assert loaded.rows == {2: ("1", "żółć")}
    assert extract.notes == ()


def test_bytes_that_do_not_fit_the_given_encoding_are_told(bench):
    refused = bench.refused(bench.write(b"id;n\n1;\x81\n"), "csv", encoding="cp1252")
    assert refused.reason == "corrupt"


def test_an_accent_far_behind_the_beginning_is_read_too(bench):
    text = "id,name\n" + "1,plain\n" * 200_000 + "2,Müller\n"
    extract, loaded = bench.csv(text.encode("cp1252"))
    assert loaded.rows[200_002] == ("2", "Müller")
    assert "cp1252" in extract.notes[0]


def test_one_wrong_byte_among_utf8_costs_its_row_only(bench):
    extract, loaded = bench.csv(b"id,name\n" + "1,Größe\n".encode() * 30 + b"2,\xff\n" + b"3,x\n")
    assert loaded.rejected == {32: "INVALID ENCODING"}
    assert loaded.rows[33] == ("3", "x")
    assert any("not UTF-8" in note for note in extract.notes)


def test_title_lines_above_the_heading_are_no_records(bench):
    text = "Complaints 2026,,\nprinted 1 July,,\n\nid,date,text\n1,2026-01-02,a\n2,2026-01-03,b\n"
    extract, loaded = bench.csv(text)
    assert extract.columns == ("id", "date", "text")
    assert list(loaded.rows) == [5, 6]
    assert "row 4" in extract.notes[0]


def test_quotation_marks_in_title_lines_do_not_mislead_the_engine(bench):
    extract, loaded = bench.csv('"Report" of June\nid,date,text\n1,2,a\n2,3,b\n3\n')
    assert extract.columns == ("id", "date", "text")
    assert loaded.rows == {3: ("1", "2", "a"), 4: ("2", "3", "b")}
    assert list(loaded.rejected) == [5]


def test_the_plan_may_name_the_heading_row(bench):
    extract, loaded = bench.csv("a,b\nid,name\n1,x\n", header_row=2)
    assert extract.columns == ("id", "name")
    assert loaded.rows == {3: ("1", "x")}
    assert bench.refused(bench.folder / "table.csv", "csv", header_row=9).reason == "empty"


def test_headings_that_stand_twice_or_are_blank_get_names(bench):
    extract, _ = bench.csv("Label,Label,,Label\n1,2,3,4\n")
    assert extract.columns == ("Label", "Label (2)", "Column C", "Label (3)")


def test_a_delimiter_at_the_end_of_each_row_makes_no_column(bench):
    extract, loaded = bench.csv("a,b,\n1,2,\n3,4,\n")
    assert extract.columns == ("a", "b")
    assert loaded.rows == {2: ("1", "2"), 3: ("3", "4")}


def test_records_wider_than_their_headings_are_read_and_noted(bench):
    extract, loaded = bench.csv("a,b\n1,2,3\n4,5,6\n")
    assert extract.columns == ("a", "b", "Column C")
    assert loaded.rows[3] == ("4", "5", "6")
    assert any("more cells than" in note for note in extract.notes)


def test_a_file_without_headings_is_noted(bench):
    extract, _ = bench.csv("1,2026-01-01,5\n2,2026-01-02,6\n")
    assert any("looks like a record" in note for note in extract.notes)


def test_a_heading_alone_is_a_table_without_records(bench):
    extract, loaded = bench.csv("id,text\n")
    assert extract.columns == ("id", "text")
    assert loaded.rows == {}


def test_a_compressed_file_is_read(bench):
    extract, loaded = bench.csv(gzip.compress(b"id,text\n1,a\n\n2,b\n"), "table.csv.gz")
    assert extract.content.path.name == "table.csv.gz"
    assert loaded.rows == {2: ("1", "a"), 4: ("2", "b")}


def test_a_large_file_with_blank_lines_and_crlf_is_read_from_a_copy(bench):
    body = b"1,aaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n" * 560_000
    extract, _ = bench.csv(b"id,text\r\n" + body + b"\r\n2,b\r\n")
    assert extract.content.path.parent == bench.folder / "scratch"
    assert extract.content.missing_rows == (560_002,)


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "a.csv", "empty"),
        (b"\xef\xbb\xbf \n\n", "a.csv", "empty"),
        (b",,,\n,,,\n", "a.csv", "empty"),
        (LFS.encode(), "a.csv", "lfs-pointer"),
        (b"PK\x03\x04 rest", "a.csv", "unsupported"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "a.csv", "unsupported"),
        (bytes(range(256)) * 20, "a.csv", "corrupt"),
        (gzip.compress(b"id,text\n1,a\n" * 9000, mtime=0)[:90], "a.csv.gz", "corrupt"),
        (b"id,text\n1,a\n", "a.csv.gz", "corrupt"),
        (gzip.compress(b"id,text\n", mtime=0), "a.csv", "unsupported"),
    ],
)
def test_what_is_no_table_is_told(bench, content, name, reason):
    assert bench.refused(bench.write(content, name), "csv").reason == reason


def test_a_file_that_is_not_there_is_told(bench):
    assert bench.refused(bench.folder / "none.csv", "csv").reason == "missing"


@pytest.mark.parametrize(
    "options",
    [{"encoding": "klingon"}, {"encoding": "base64"}, {"delimiter": "ab"}, {"quote": "xy"}, {"header_row": 0}],
)
def test_a_wrong_option_stops_the_audit(bench, options):
    with pytest.raises(QmscheckError, match=next(iter(options))):
        bench.read(bench.write("a,b\n1,2\n"), "csv", **options)


CELLS = st.text(st.sampled_from('abc ,;"\n\r\té5'), max_size=8)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=300), CELLS.map(str.encode), st.lists(CELLS, max_size=9).map("\n".join).map(str.encode)
    )
)
def test_any_bytes_are_a_table_or_told(bench, content):
    outcome = bench.read(bench.write(content), "csv")
    assert isinstance(outcome, Extract | Unread)
    if isinstance(outcome, Extract):
        bench.load(outcome)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=8), st.sampled_from(["\n", "\r\n", "\r"]), st.integers(0, 2))
def test_what_a_spreadsheet_writes_is_read_back_with_its_rows(bench, records, end, blanks):
    import csv
    import io

    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(["one", "two", "three"])
    expected = {}
    row = 1
    for record in records:
        text.write(end * blanks)
        row += blanks + 1
        writer.writerow(record)
        expected[row] = tuple(cell or None for cell in record)
    extract, loaded = bench.csv(text.getvalue(), delimiter=",")
    plain = {row: tuple(_plain(cell) for cell in record) for row, record in expected.items() if any(record)}
    assert extract.columns == ("one", "two", "three")
    assert {row: tuple(map(_plain, record)) for row, record in loaded.rows.items()} == plain
    assert loaded.rejected == {}


def _plain(cell):
    return cell and cell.replace("\r\n", "\n").replace("\r", "\n")
