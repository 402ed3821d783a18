from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from qmscheck_tables.headings import (
    column_letters,
    combined,
    find_heading,
    is_total,
    looks_like_records,
    name_columns,
    second_heading,
    top_heading,
)


def test_the_fullest_first_row_is_the_heading():
    assert find_heading([["Report", ""], ["", ""], ["id", "text"], ["1", "a"], ["2", ""]]) == 2


def test_a_heading_with_gaps_is_taken_before_a_row_of_figures():
    assert find_heading([["id", "text", "", "sum"], ["1", "2", "3", "4"], ["5", "6", "7", "8"]]) == 0


def test_a_title_of_two_cells_is_not_taken_before_a_row_of_labels():
    assert find_heading([["Report", "June", "", ""], ["id", "text", "owner", "state"], ["1", "a", "b", "c"]]) == 1


def test_blank_rows_have_no_heading():
    assert find_heading([["", " "], []]) is None


@pytest.mark.parametrize(
    ("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")]
)
def test_columns_are_lettered_as_in_a_spreadsheet(index, letters):
    assert column_letters(index) == letters


def test_dates_and_figures_look_like_records():
    assert looks_like_records(["1", "2026-01-02", "open"])
    assert not looks_like_records(["id", "2026", "state"])


@given(st.lists(st.one_of(st.none(), st.text(max_size=3), st.sampled_from(["A", "A (2)", "Column B"])), max_size=8))
def test_every_column_has_one_name_of_its_own(headings):
    names = name_columns(headings)
    assert len(names) == len(headings)
    assert len(set(names)) == len(names)
    assert all(names)


@pytest.mark.parametrize(
    ("record", "total"),
    [
        ((None, None, "Summe (9 Reklamationen)", None, "468"), True),
        (("Total", None, None, "12"), True),
        (("Gesamtsumme:", None, None, "12"), True),
        ((None, "Grand total", None, "12"), True),
        (("C-1", "Total loss of the pump", None, None), False),
        ((None, "Total loss", "open", "Ada"), False),
        (("Summit Ltd", None, None, "12"), False),
        ((None, None, None, "12"), False),
        ((None, None), False),
        (("Total", None, "7"), True),
        (("Summe:", None, "7,5 %"), True),
        (("Total", "open", "7"), False),
        (("Total", "6", "7"), False),
        ((None, "Total loss of the pump", None, None), False),
        ((None, "Total loss", None, "12"), False),
        ((None, "Total of all sites", None, "12"), True),
        ((None, "Gesamt 2025", None, "12"), True),
    ],
)
def test_a_totals_row_is_told_from_a_record(record, total):
    assert is_total(record) is total


@pytest.mark.parametrize(
    ("rows", "spread", "names"),
    [
        (
            [["No", "Received", None, "Note"], [None, "on", "by", None]],
            True,
            ["No", "Received on", "Received by", "Note"],
        ),
        ([["No", "Received", None, "Note"], [None, "on", "by", None]], False, ["No", "Received on", "by", "Note"]),
        ([["No", "Received"], ["No", "on", "by"]], True, ["No", "Received on", "Received by"]),
        ([["A", None, "B"], ["x", None, None], ["1", "2", "3"]], True, ["A x 1", "A x 2", "B 3"]),
    ],
)
def test_labels_of_several_rows_are_one_heading(rows, spread, names):
    assert combined(rows, spread=spread) == names


@pytest.mark.parametrize(
    ("records", "found", "rows", "top"),
    [
        ([["Log"], ["a", "b"], ["c", "d"]], 1, 2, 1),
        ([["Log"], ["a", "b"], ["c", "d"]], 2, 2, 1),
        ([["a", "b"], ["c", "d"]], 0, 2, 0),
        ([["a", "b"], ["c", "d"]], 1, 1, 1),
    ],
)
def test_the_first_row_of_headings_is_found_below_a_title(records, found, rows, top):
    assert top_heading(records, found, rows) == top


def test_figures_under_blank_headings_are_no_second_row_of_headings():
    records = [["a", None, "c"], ["x", "1", "y"], ["z", "2", "w"]]
    assert second_heading(records, 0) is None
    assert second_heading([["a", None, "c"], ["x", "on", "y"]], 0) is None
