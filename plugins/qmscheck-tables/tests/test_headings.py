from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from qmscheck_tables.headings import column_letters, find_heading, is_total, looks_like_records, name_columns


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
    ],
)
def test_a_totals_row_is_told_from_a_record(record, total):
    assert is_total(record) is total
