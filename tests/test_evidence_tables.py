"""Fetch: tables as they really are, from the file to the tally: totals, short rows, two rows of headings, sheets."""

from __future__ import annotations

import gzip
import hashlib
import zipfile
from pathlib import Path

import pytest
from folders import audited
from shared import database
from test_evidence import RULESET, SOURCE, only, read
from test_evidence_mapping import tally

GOOD = "id,received,days\n1,2026-01-02,3\n2,2026-01-03,4\n"


@pytest.mark.parametrize(
    ("total", "row"),
    [
        ("Total,,7\n", 4),
        ("Total: ,,7.5\n", 4),
        ("Total\n", 4),
        (",,\nSumme,,7\n", 5),
        ('"Grand total",,\n', 4),
        ("\n\nTotal,,7\n\n", 6),
    ],
    ids=["padded", "colon", "short", "after a hollow row", "quoted", "after blank lines"],
)
def test_a_totals_row_is_no_record_however_it_is_written(tmp_path: Path, total: str, row: int) -> None:
    record = read(tmp_path, GOOD + total)
    assert tally(record, "O.quick") == (2, 0, 0)
    (skipped,) = only(record).rows_skipped
    assert (skipped.row, skipped.reason) == (row, "a totals row, not a record")


def test_a_subtotal_in_the_middle_is_no_record_and_shifts_no_row(tmp_path: Path) -> None:
    text = "id,received,days,note\n1,2026-01-02,3,\nSubtotal,,3,\n2,2026-01-03,soon,\nTotal\n"
    record = read(tmp_path, text)
    assert [s.row for s in only(record).rows_skipped] == [3, 5]
    (cell,) = only(record).unreadable
    assert cell.location.row == 4


def test_a_record_that_speaks_of_a_total_is_a_record(tmp_path: Path) -> None:
    record = read(tmp_path, GOOD + "3,2026-01-04,5\n4,,total\n")
    assert tally(record, "O.quick") == (3, 0, 1)
    assert only(record).rows_skipped == ()


@pytest.mark.parametrize("blanks", ["", "\n"])
def test_the_totals_row_of_a_large_file_is_found_at_its_end(tmp_path: Path, blanks: str) -> None:
    body = "".join(f"{i},2026-01-02,3\n" for i in range(70_000))
    record = read(tmp_path, f"id,received,days\n{body}{blanks}Total,,210000\n")
    assert tally(record, "O.quick") == (70_000, 0, 0)
    (skipped,) = only(record).rows_skipped
    assert skipped.row == 70_002 + len(blanks)


def test_a_compressed_small_file_has_totals_too(tmp_path: Path) -> None:
    record = read(tmp_path, gzip.compress((GOOD + "Total,,7\n").encode()), name="c.csv.gz")
    assert tally(record, "O.quick") == (2, 0, 0)


@pytest.mark.parametrize("quote", ["", '"'])
def test_short_rows_are_unreadable_records_unless_the_plan_fills_them_up(tmp_path: Path, quote: str) -> None:
    text = f"id,received,days\n{quote}1{quote},2026-01-02,3\n2,2026-01-03\n\n3\n4,2026-01-05,9\n"
    record = read(tmp_path, text)
    assert tally(record, "O.received") == (2, 0, 2)
    record = read(tmp_path, text, 'short_rows = "pad"\n')
    assert tally(record, "O.received") == (3, 1, 0)
    assert tally(record, "O.quick") == (2, 2, 0)
    assert "2 rows with fewer cells than there are headings were filled up with blanks." in only(record).notes
    (finding,) = (f for f in record.findings if f.rule == "O.received")
    assert [e.location.row for e in finding.exceptions if e.location] == [5]


def test_two_rows_of_headings_are_joined_where_the_plan_says_so(tmp_path: Path) -> None:
    text = "Log 2026,,,\nTicket,Received,,Days\n,on,by,\n1,2026-01-02,Ann,3\n2,,Bob,4\n"
    more = 'header_rows = 2\nheader_row = 2\n[source.columns]\nid = "Ticket"\nreceived = "Received on"\n'
    record = read(tmp_path, text, more)
    assert only(record).unmapped_columns == ("Received by",)
    assert tally(record, "O.received") == (1, 1, 0)
    assert only(record).notes == ("The headings are taken from rows 2 to 3.",)
    (finding,) = (f for f in record.findings if f.rule == "O.received")
    assert [e.location.row for e in finding.exceptions if e.location] == [5]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("Ticket,Received,,Closed,\nno,on,by,on,by\n1,2026-01-02,Ann,2026-01-03,Bob\n", 1),
        (
            "Ticket,Received,,Closed,,Site,Kind,Note,State,Owner\n,on,by,on,by,,,,,\n1,2026-01-02,A,2026-01-03,B,L,x,y,z,o\n",
            2,
        ),
    ],
    ids=["above the fuller row", "below the fuller row"],
)
def test_a_second_row_of_headings_that_the_plan_does_not_declare_is_told(tmp_path: Path, text: str, row: int) -> None:
    assert f"Row {row} may be a row of headings, too; set header_rows = 2 if it is." in only(read(tmp_path, text)).notes


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("header_rows = 0", "header_rows must be a whole number from 1"),
        ('short_rows = "drop"', "short_rows must be unreadable or pad"),
        ("short_rows = 3", "short_rows must be unreadable or pad"),
    ],
)
def test_a_wrong_option_is_told_at_its_line(tmp_path: Path, option: str, message: str) -> None:
    from qmscheck.errors import QmscheckError

    with pytest.raises(QmscheckError) as refused:
        read(tmp_path, GOOD, option + "\n")
    (problem,) = refused.value.problems
    assert (problem.line, problem.message) == (9, message)


def test_one_register_a_year_is_one_table_whatever_its_columns_are_called(tmp_path: Path) -> None:
    (tmp_path / "2024.csv").write_text("No;Eingang;Tage\n1;02.01.2024;3\n", "utf-8")
    (tmp_path / "2025.csv").write_text("Ticket,Received,Days\n2,2025-01-02,4\n3,2025-02-30,4\n", "utf-8")
    (tmp_path / "2026.csv").write_text("Ticket,Received\n4,2026-01-02\n", "utf-8")
    columns = 'id = { from = ["No", "Ticket"] }\nreceived = { from = ["Eingang", "Received"] }\n'
    more = f'[source.columns]\n{columns}days = {{ from = ["Tage", "Days"], optional = true }}\n'
    record = audited(tmp_path, RULESET, SOURCE.format(path="20*.csv", more=more))
    assert [(e.locator, e.columns.get("days")) for e in record.evidence] == [
        ("2024.csv", "Tage"),
        ("2025.csv", "Days"),
        ("2026.csv", None),
    ]
    assert tally(record, "O.received") == (3, 0, 1)
    assert tally(record, "O.quick") == (3, 0, 1)


def test_a_folder_of_parquet_is_one_table_and_its_folders_are_columns(tmp_path: Path) -> None:
    for year in (2025, 2026):
        folder = tmp_path / f"lake/days={year - 2024}"
        folder.mkdir(parents=True)
        query = f"select '{year}' as id, date '{year}-01-02' as received from range({year - 2024})"
        database().sql(query).write_parquet(str(folder / "part.parquet"))
    record = audited(tmp_path, RULESET, SOURCE.format(path="lake", more='reader = "parquet"\n'))
    assert tally(record, "O.quick") == (3, 0, 0)
    assert tally(record, "O.received") == (3, 0, 0)
    assert [(e.locator, e.rows_read) for e in record.evidence] == [
        ("lake/days=1/part.parquet", 1),
        ("lake/days=2/part.parquet", 2),
    ]
    (tmp_path / "lake/days=3.parquet").write_bytes(b"PAR1")
    record = audited(tmp_path, RULESET, SOURCE.format(path="lake", more='reader = "parquet"\n'))
    assert {f.verdict for f in record.findings} == {"insufficient"}


def test_a_table_in_an_archive_has_the_places_of_its_file_and_the_digest_of_the_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as made:
        made.writestr("log/c.csv", GOOD + "3,,5\n")
    record = audited(tmp_path, RULESET, SOURCE.format(path="export.zip", more=""))
    assert only(record).sha256 == hashlib.sha256((tmp_path / "export.zip").read_bytes()).hexdigest()
    (finding,) = (f for f in record.findings if f.rule == "O.received")
    assert [(e.location.path, e.location.row) for e in finding.exceptions if e.location] == [("export.zip", 4)]


@pytest.mark.parametrize(
    "text",
    [
        "id,received,days\n1,01/02/2026,3\n2\n",
        'id,received,days\n1,2026-01-02,"1,000"\n2\n',
        "id,received,days\n1,2026-01-02T10:00:00Z,3\n2\n",
    ],
    ids=["dates with two readings", "numbers with two readings", "offsets"],
)
def test_a_row_that_one_file_lost_is_not_lost_in_the_next(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.csv").write_text(text, "utf-8")
    (tmp_path / "b.csv").write_text(f'{GOOD}"3\n4",2026-01-04,5\n', "utf-8")  # read in one piece, for its line end
    record = audited(tmp_path, RULESET, SOURCE.format(path="[ab].csv", more=""))
    assert [[s.row for s in e.rows_skipped] for e in record.evidence] == [[3], []]


@pytest.mark.parametrize("second", ["c.csv", "*.csv"])
def test_a_file_that_two_sources_of_a_table_read_alike_shows_nothing(tmp_path: Path, second: str) -> None:
    (tmp_path / "c.csv").write_text("id,received,days\n1,2026-01-02,3\n2,2026-01-03,1\n", "utf-8")
    sources = [SOURCE.format(path=path, more="") for path in ("c.csv", second)]
    record = audited(tmp_path, RULESET, "".join(sources))
    assert {f.verdict for f in record.findings} == {"insufficient"}
    assert all("c.csv is read by the sources of lines 6 and " in f.reason for f in record.findings)
    assert all(f.reason.endswith("each of its records would count twice.") for f in record.findings)


@pytest.mark.parametrize("paths", [["*.csv"], ["c.csv", "b.csv"]], ids=["one source", "two sources"])
def test_a_copy_of_a_file_shows_nothing_under_another_name(tmp_path: Path, paths: list[str]) -> None:
    for name in ("b.csv", "c.csv"):
        (tmp_path / name).write_text(GOOD, "utf-8")
    record = audited(tmp_path, RULESET, "".join(SOURCE.format(path=path, more="") for path in paths))
    assert {f.verdict for f in record.findings} == {"insufficient"}
    told = "c.csv is a copy of b.csv: each of its records would count twice."
    assert all(f.reason.endswith(told) for f in record.findings)


def test_files_of_one_length_and_empty_files_are_no_copies(tmp_path: Path) -> None:
    texts = (GOOD, GOOD.replace("2026", "2025"), "id,received,days\n", "id,received,days\n")
    for name, text in zip("abcd", texts, strict=True):
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    record = audited(tmp_path, RULESET, SOURCE.format(path="*.csv", more=""))
    assert tally(record, "O.quick") == (4, 0, 0)
    assert not any("copy" in f.reason for f in record.findings)


def test_two_sources_may_take_other_columns_of_one_file(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id,received,again,days\n1,2026-01-02,2026-02-02,3\n", "utf-8")
    first = SOURCE.format(path="c.csv", more='[source.columns]\nreceived = "received"\n')
    record = audited(tmp_path, RULESET, first + first.replace('"received"\n', '"again"\n'))
    (finding,) = (f for f in record.findings if f.rule == "O.received")
    assert finding.tally is not None
    assert finding.tally.population == 2
