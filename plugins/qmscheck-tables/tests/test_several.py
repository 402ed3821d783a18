"""Several tables in one sheet: what is one table with a gap, and what are two."""

from __future__ import annotations

import datetime as dt

import pytest
import xlsxwriter
from qmscheck_tables import qmscheck_readers
from qmscheck_tables.several import Block, blocks, cells_of

from qmscheck import Extract, Request

LOG = [["id", "date", "text"], ["C1", "2026-01-01", "x"], ["C2", "2026-01-02", "y"]]
VISITS = [["visit", "on", "who"], ["V1", "2026-01-01", "A"], ["V2", "2026-01-02", "B"], ["V3", "2026-01-03", "C"]]
BLANK: list[str | None] = [None, None, None]


def beside(one, other, gap=1):
    """Write two tables beside each other."""
    rows = max(len(one), len(other))
    left = [*one, *[[None] * len(one[0])] * rows][:rows]
    right = [*other, *[[None] * len(other[0])] * rows][:rows]
    return [[*a, *[None] * gap, *b] for a, b in zip(left, right, strict=True)]


def test_a_table_below_another_is_one_of_its_own():
    assert blocks([*LOG, BLANK, *VISITS]) == [Block(0, 0, 2, 2), Block(4, 0, 7, 2)]


def test_a_title_over_the_second_table_is_none_of_its_rows():
    found = blocks([["Log", None, None], *LOG, BLANK, ["Visits", None, None], *VISITS])
    assert [cells_of(block) for block in found] == ["A2:C4", "A7:C10"]


def test_a_table_beside_another_is_one_of_its_own():
    assert blocks(beside(LOG, VISITS)) == [Block(0, 0, 2, 2), Block(0, 4, 3, 6)]


def test_a_list_of_two_columns_beside_a_table_is_one_of_its_own():
    codes = [["code", "meaning"], ["R", "refund"], ["X", "exchange"], ["N", "nothing"]]
    assert blocks(beside(LOG, codes, gap=2)) == [Block(0, 0, 2, 2), Block(0, 5, 3, 6)]


@pytest.mark.parametrize(
    "rows",
    [
        LOG,
        [*LOG, BLANK, *LOG[1:]],  # a gap between records
        [*LOG, BLANK, *LOG],  # its headings once more, as printed pages have them
        [["Owner", "QM", None], ["As of", "2026-01-01", None], BLANK, *LOG],  # who made it, and when
        [*LOG, BLANK, ["Total", "2", None]],
        [*LOG, BLANK, ["seen", "by", "QM"], ["on", "Monday", "late"]],  # a note
        beside(LOG, [["note", "by"], [None, None], ["z", "A"]]),  # a narrow gap in one table
        [],
        [[None, None]],
    ],
)
def test_gaps_notes_and_totals_make_no_second_table(rows):
    assert blocks(rows) == []


def test_cells_are_named_as_in_the_sheet():
    assert cells_of(Block(3, 0, 9, 2), left=1) == "B4:D10"


def _holds(bench, path):
    reader = next(known for known in qmscheck_readers() if known.name == "excel")
    asked = Request("found", path, {}, dt.date(2026, 6, 30), bench.folder, bench.folder)
    return [(holding.name, dict(holding.options)) for holding in reader.holds(asked)]


def test_the_tables_of_a_sheet_are_held_by_their_cells_or_their_names(bench):
    path = bench.folder / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        one = book.add_worksheet("All lists")
        for number, row in enumerate([*LOG, BLANK, *VISITS]):
            one.write_row(number + 1, 1, row)
        two = book.add_worksheet("Named")
        for at, rows, name in ((0, LOG, "Log"), (4, VISITS, "Visits")):
            for number, row in enumerate(rows):
                two.write_row(number, at, row)
            columns = [{"header": heading} for heading in rows[0]]
            two.add_table(0, at, len(rows) - 1, at + 2, {"name": name, "columns": columns})
        book.add_worksheet("Single").write_row(0, 0, ["a", "b"])

    assert _holds(bench, path) == [
        ("All lists", {"range": "'All lists'!B2:D4"}),
        ("All lists", {"range": "'All lists'!B6:D9"}),
        ("Log", {"range": "Log"}),
        ("Visits", {"range": "Visits"}),
        ("Single", {"sheet": "Single"}),
    ]


def test_a_sheet_with_two_tables_is_told_of_where_the_plan_names_none(bench):
    path = bench.folder / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        for number, row in enumerate([*LOG, BLANK, *VISITS]):
            sheet.write_row(number, 0, row)

    found = bench.extract(path, "excel")
    assert isinstance(found, Extract)
    assert any("seems to hold 2 tables (A1:C3, A5:C8), read as one; set range" in note for note in found.notes)
    chosen = bench.extract(path, "excel", range="A5:C8")
    assert chosen.columns == ("visit", "on", "who")
    assert not any("tables" in note for note in chosen.notes)
