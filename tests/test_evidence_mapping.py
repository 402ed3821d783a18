"""Fetch: what the plan may say of a column: spelling of numbers, several headings, lists, time zones."""

from __future__ import annotations

from pathlib import Path

import pytest
from folders import audited
from shared import database
from test_evidence import RULESET, SOURCE, only, read
from xlsxwriter import Workbook

from qmscheck.errors import QmscheckError
from qmscheck.model import AuditRecord

TIMES = RULESET.replace('received = { type = "date" }', 'received = { type = "timestamp" }')
TEXTS = RULESET.replace('id = { type = "text", synonyms = ["ticket", "Reklamation-Nr."] }', 'id = { type = "text" }')


def times(folder: Path, text: str, head: str = "", more: str = "", name: str = "c.csv") -> AuditRecord:
    (folder / name).write_text(text, "utf-8")
    return audited(folder, TIMES, head + SOURCE.format(path=name, more=more))


def tally(record: AuditRecord, rule: str) -> tuple[int, int, int]:
    (finding,) = (f for f in record.findings if f.rule == rule)
    assert finding.tally is not None
    return finding.tally.met, finding.tally.unmet, finding.tally.unreadable


def test_a_unit_that_the_plan_declares_is_no_part_of_the_number(tmp_path: Path) -> None:
    text = "id,received,days\n1,2026-01-02,3 days\n2,2026-01-03,1 day\n3,2026-01-04,2 weeks\n"
    record = read(tmp_path, text, '[source.columns]\ndays = { from = "days", unit = ["day", "days"] }\n')
    assert tally(record, "O.quick") == (2, 0, 1)
    (cell,) = only(record).unreadable
    assert cell.location.row == 4
    assert cell.expected == "integer written with day or days or nothing beside it"


def test_a_comma_with_two_readings_is_unreadable_until_the_plan_declares_it(tmp_path: Path) -> None:
    text = 'id,received,days\n1,2026-01-02,"12,000"\n2,2026-01-03,"1,234"\n'
    record = read(tmp_path, text)
    assert tally(record, "O.quick") == (1, 0, 1)
    told = "2 cells of 'days' are written like 1,234, which may be 1.234 or 1234: declare its decimal mark"
    assert only(record).notes == (told,)
    declared = '[source.columns]\ndays = { from = "days", thousands = "," }\n'
    assert tally(read(tmp_path, text, declared), "O.quick") == (2, 0, 0)


@pytest.mark.parametrize(
    ("mapping", "place", "message"),
    [
        ('decimal = ",", thousands = ","', "10:", "cannot be the decimal mark"),
        ('unit = "%"', "10:", "percent"),
        ('format = "%d.%m.%Y %z"', "10:", "timezone"),
        ('format = "excel-1899"', "10:", "needs day, month and year"),
        ('percent = "share"', "10:", "should be 'fraction' or 'number'"),
        ("from = []", "10:", "'from'"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_at_its_line(
    tmp_path: Path, mapping: str, place: str, message: str
) -> None:
    given = mapping if mapping.startswith("from") else f'from = "days", {mapping}'
    with pytest.raises(QmscheckError) as refused:
        read(tmp_path, "id,received,days\n", f"[source.columns]\ndays = {{ {given} }}\n")
    (problem,) = refused.value.problems
    assert f"{problem.line}:" == place
    assert message in problem.message


def test_a_column_may_have_another_heading_in_each_file(tmp_path: Path) -> None:
    (tmp_path / "c2024.csv").write_text("id,Received on,days\n1,2024-01-02,3\n", "utf-8")
    (tmp_path / "c2025.csv").write_text("id,Date in,days\n2,2025-01-02,3\n3,,4\n", "utf-8")
    more = '[source.columns]\nreceived = { from = ["Received on", "Date in"] }\n'
    record = audited(tmp_path, RULESET, SOURCE.format(path="c*.csv", more=more))
    assert [e.columns["received"] for e in record.evidence] == ["Received on", "Date in"]
    assert tally(record, "O.received") == (2, 1, 0)


def test_a_file_with_two_of_the_headings_is_a_question(tmp_path: Path) -> None:
    more = '[source.columns]\nreceived = { from = ["Received on", "Date in"] }\n'
    with pytest.raises(QmscheckError) as refused:
        read(tmp_path, "id,Received on,Date in,days\n1,2026-01-02,2026-01-03,1\n", more)
    (problem,) = refused.value.problems
    assert problem.line == 10
    assert problem.message == "c.csv has the columns 'Received on' or 'Date in', and each of them may be 'received'"


def test_a_file_without_an_optional_column_says_so_and_its_cells_are_unreadable(tmp_path: Path) -> None:
    (tmp_path / "c2024.csv").write_text("id,received\n1,2024-01-02\n", "utf-8")
    (tmp_path / "c2025.csv").write_text("id,received,Tage\n2,2025-01-02,3\n", "utf-8")
    more = '[source.columns]\ndays = { from = "Tage", optional = true }\n'
    record = audited(tmp_path, RULESET, SOURCE.format(path="c*.csv", more=more))
    assert [e.missing_columns for e in record.evidence] == [("days",), ()]
    assert tally(record, "O.quick") == (1, 0, 1)
    with pytest.raises(QmscheckError, match=r"c2024\.csv has no column 'Tage'"):
        audited(tmp_path, RULESET, SOURCE.format(path="c*.csv", more=more.replace(", optional = true", "")))


def test_cells_under_a_heading_that_stands_several_times_are_one_list(tmp_path: Path) -> None:
    ruleset = RULESET.replace('must = "days >= 0"', "must = \"id = 'a; b' or id = 'c'\"").replace("days", "spent")
    text = "id,received,id,spent,id\na,2026-01-02,b,1,\n,2026-01-02,,1,c\nd,2026-01-02,,1,\n"
    (tmp_path / "c.csv").write_text(text, "utf-8")
    record = audited(tmp_path, ruleset, SOURCE.format(path="c.csv", more=""))
    assert tally(record, "O.quick") == (2, 1, 0)
    assert only(record).unmapped_columns == ("spent",)
    assert "'id' stands 3 times: its cells are joined with '; '" in only(record).notes


def test_a_date_whose_heading_stands_twice_is_the_first_and_that_is_said(tmp_path: Path) -> None:
    record = read(tmp_path, "id,received,days,received\n1,2026-01-02,3,2026-02-02\n")
    assert only(record).notes == ("'received' stands 2 times: the first is read; the others are 'received (2)' ...",)
    assert only(record).unmapped_columns == ("received (2)",)


def test_times_with_one_offset_are_read_as_written_and_that_is_said(tmp_path: Path) -> None:
    record = times(tmp_path, "id,received,days\n1,2026-01-31T23:30:00Z,3\n2,2026-01-31T10:30:00Z,3\n")
    assert only(record).notes == (
        "times in 'received' have the offset Z: they are read as they are written, as [audit] names no timezone",
    )
    assert only(record).status == "read"


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_times_with_different_offsets_are_a_question_until_the_plan_has_a_zone(tmp_path: Path, suffix: str) -> None:
    cells = ["2026-01-31T23:30:00+0100", "2026-07-31T23:30:00+0200"]
    text = "id,received,days\n" + "".join(f"{i},{c},3\n" for i, c in enumerate(cells))
    if suffix == "jsonl":
        text = "".join(f'{{"id": {i}, "received": "{c}", "days": 3}}\n' for i, c in enumerate(cells))
    record = times(tmp_path, text, name=f"c.{suffix}")
    assert only(record).status == "ambiguous"
    assert 'declare the zone whose clock the audit goes by, [audit] timezone = "Europe/London"' in str(
        only(record).detail
    )
    assert {f.rule: str(f.verdict) for f in record.findings} == {"O.received": "insufficient", "O.quick": "pass"}
    record = times(tmp_path, text, head='timezone = "Europe/Berlin"\n', name=f"c.{suffix}")
    assert only(record).status == "read"
    assert only(record).notes == ("times in 'received' have an offset from UTC: they are told by Europe/Berlin",)


@pytest.mark.parametrize(("zone", "met"), [("", 1), ('timezone = "Asia/Tokyo"\n', 2)])
def test_an_instant_of_a_parquet_file_is_told_by_the_clock_of_the_zone(tmp_path: Path, zone: str, met: int) -> None:
    query = (
        "select '1' as id, timestamptz '2026-01-31 23:30+00' as received, 3 as days "
        "union all select '2', timestamptz '2026-02-01 01:00+00', 3"
    )
    database().sql(query).write_parquet(str(tmp_path / "c.parquet"))
    ruleset = RULESET.replace("received is not null", "received >= DATE '2026-02-01'")
    record = audited(tmp_path, ruleset, zone + SOURCE.format(path="c.parquet", more=""))
    assert tally(record, "O.received") == (met, 2 - met, 0)
    assert only(record).status == "read"
    assert len(only(record).notes) == 1


def test_a_zone_that_there_is_not_is_refused_at_its_line(tmp_path: Path) -> None:
    with pytest.raises(QmscheckError) as refused:
        times(tmp_path, "id,received,days\n", head='timezone = "Mars/Olympus"\n')
    (problem,) = refused.value.problems
    assert (problem.line, problem.message) == (6, "there is no time zone 'Mars/Olympus'")


def test_numbers_of_a_workbook_are_what_they_are_beside_text_with_a_decimal_comma(tmp_path: Path) -> None:
    ruleset = RULESET.replace('days = { type = "integer" }', 'days = { type = "number" }')
    ruleset = ruleset.replace("days >= 0", "days in (0.125, 1.5, 1234)")
    with Workbook(tmp_path / "c.xlsx") as book:
        sheet = book.add_worksheet("Log")
        for row, cells in enumerate(
            (["id", "received", "days"], ["1", "", 0.125], ["2", "", "1,5"], ["3", "", "1.234"])
        ):
            sheet.write_row(row, 0, cells)
    more = '[source.columns]\ndays = { from = "days", decimal = "," }\n'
    record = audited(tmp_path, ruleset, SOURCE.format(path="c.xlsx", more=more))
    assert tally(record, "O.quick") == (3, 0, 0)


def test_two_formats_that_read_a_cell_differently_leave_it_unreadable(tmp_path: Path) -> None:
    text = "id,received,days\n1,13/02/2026,1\n2,02/14/2026,1\n3,02/03/2026,1\n4,46053,1\n"
    more = '[source.columns]\nreceived = { from = "received", format = ["%d/%m/%Y", "%m/%d/%Y", "excel"] }\n'
    record = read(tmp_path, text, more)
    assert tally(record, "O.received") == (3, 0, 1)
    (cell,) = only(record).unreadable
    assert cell.location.row == 4


MONTHS = "id,received\n1,2026-03\n2,2026-04-05\n3,soon\n4,2026-13\n"


def test_a_month_is_read_as_its_first_day_where_the_plan_says_so(tmp_path: Path) -> None:
    more = '[source.columns]\nreceived = { from = "received", format = "%Y-%m", day = "first" }\n'
    ruleset = RULESET.replace(
        "received is not null", "received = cast('2026-03-01' as date) or received = cast('2026-04-05' as date)"
    )
    (tmp_path / "c.csv").write_text(MONTHS, "utf-8")
    record = audited(tmp_path, ruleset, SOURCE.format(path="c.csv", more=more))
    assert tally(record, "O.received") == (2, 0, 2)


def test_a_month_is_unreadable_where_the_plan_says_nothing_of_its_day(tmp_path: Path) -> None:
    assert [cell.location.row for cell in only(read(tmp_path, MONTHS)).unreadable] == [2, 4, 5]


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ('format = "%Y-%m"', 'day = "first" would read a month as its first day'),
        ('format = "%d.%m.%Y", day = "first"', "'day' says which day stands for a month, and no format is one"),
        ('day = "first"', "'day' says which day stands for a month, and no format is one"),
        ('format = "%Y", day = "first"', "a date format needs day, month and year"),
    ],
)
def test_a_format_of_months_and_the_day_they_stand_for_are_told_together(
    tmp_path: Path, column: str, message: str
) -> None:
    with pytest.raises(QmscheckError) as refused:
        read(tmp_path, MONTHS, f'[source.columns]\nreceived = {{ from = "received", {column} }}\n')
    assert message in refused.value.problems[0].message
    assert refused.value.problems[0].line > 0


def test_dates_written_in_several_ways_are_a_question_that_names_them_all(tmp_path: Path) -> None:
    record = read(tmp_path, "id,received\n1,2026-01-02\n2,13/01/2026\n3,16.01.26\n")
    told = (
        "the dates in 'received' are written in more than one way: declare all of them, "
        'received = { from = "received", format = ["%d.%m.%y", "%d/%m/%Y"] }'
    )
    assert only(record).detail == told
    both = '[source.columns]\nreceived = { from = "received", format = ["%d.%m.%y", "%d/%m/%Y"] }\n'
    assert tally(read(tmp_path, "id,received\n1,2026-01-02\n2,13/01/2026\n3,16.01.26\n", both), "O.received")[2] == 0


def test_day_and_month_that_may_change_places_stay_a_question_of_two_readings(tmp_path: Path) -> None:
    record = read(tmp_path, "id,received\n1,01/02/2026\n2,03/04/2026\n")
    assert "can be read as day/month/year and as month/day/year" in str(only(record).detail)


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        (
            "id,received,days\n1,N/A,4\n2,tbd,5\n3,2026-01-02,-\n",
            (
                "2 cells of 'received' hold a code such as n/a, - or tbd: if it means blank, declare missing = [...]",
                "1 cells of 'days' hold a code such as n/a, - or tbd: if it means blank, declare missing = [...]",
            ),
        ),
        (
            "id,received,days\n1,2026-01-02,12 %\n2,2026-01-02,€ 7\n3,2026-01-02,3 days\n4,2026-01-02,soon\n",
            ("3 cells of 'days' have a unit or a sign of per cent beside the number: declare unit = [...] or percent",),
        ),
        ("id,received,days\n1,2026-01-02,soon\n2,2026-01-02,K 12 b\n", ()),
    ],
)
def test_what_the_plan_could_declare_of_cells_that_cannot_be_read_is_said(
    tmp_path: Path, text: str, notes: tuple[str, ...]
) -> None:
    found = only(read(tmp_path, text))
    assert found.notes == notes
    assert found.unreadable_count > 0


def test_what_the_plan_declares_is_not_asked_for_again(tmp_path: Path) -> None:
    more = 'missing = ["", "N/A"]\n[source.columns]\ndays = { from = "days", unit = "EUR" }\n'
    found = only(read(tmp_path, "id,received,days\n1,N/A,4 EUR\n2,2026-01-02,5 USD\n3,soon,6\n", more))
    assert found.notes == ()
