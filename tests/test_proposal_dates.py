"""The date format of a column: the one that a cell proves, or the question."""

from __future__ import annotations

from pathlib import Path

import pytest
from proposing import one_column

from qmscheck.proposal.dates import Dates, dates_of


def _dates(tmp_path: Path, *values: str) -> Dates:
    given, table, column = one_column(tmp_path, values)
    try:
        return dates_of(given.engine, table.view, column)
    finally:
        given.engine.close()


@pytest.mark.parametrize(
    ("values", "form", "proof"),
    [
        (["01/02/2026", "31/01/2026"], "%d/%m/%Y", "'31/01/2026' in row 3 cannot be read as month/day/year"),
        (["01/02/2026", "01/31/2026"], "%m/%d/%Y", "'01/31/2026' in row 3 cannot be read as day/month/year"),
        (["1/2/26", "13/2/26"], "%d/%m/%y", "'13/2/26' in row 3"),
        (["01.02.2026", "17.02.2026"], "%d.%m.%Y", "'17.02.2026' in row 3 cannot be read as month.day.year"),
        (["01.02.2026"], "%d.%m.%Y", "no cell proves it"),
        (["20260102"], "%Y%m%d", "as in '20260102'"),
        (["4-Aug-09"], "%d-%b-%y", "as in '4-Aug-09'"),
        (["05/Jan/26 9:14 AM"], "%d/%b/%y %I:%M %p", "as in '05/Jan/26 9:14 AM'"),
        (["05/Jan/2026 21:14"], "%d/%b/%Y %H:%M", "as in '05/Jan/2026 21:14'"),
        (["May 3, 2026"], "%b %d, %Y", "as in 'May 3, 2026'"),
        (["June 3, 2026"], "%B %d, %Y", "as in 'June 3, 2026'"),
        (["29/2/2016 01:16"], "%d/%m/%Y %H:%M", "'29/2/2016 01:16' in row 2"),
        (["05/31/2016 12:00:00 AM"], "%m/%d/%Y %I:%M:%S %p", "'05/31/2016 12:00:00 AM' in row 2"),
    ],
)
def test_a_format_is_proposed_with_the_cell_that_proves_it(
    tmp_path: Path, values: list[str], form: str, proof: str
) -> None:
    found = _dates(tmp_path, *values)
    assert found.formats == (form,)
    assert found.question == ""
    assert found.read == len(values)
    assert proof in found.why[0]


def test_iso_dates_need_no_format(tmp_path: Path) -> None:
    assert _dates(tmp_path, "2026-01-02", "2026-01-02T10:00:00Z") == Dates(2)


def test_two_ways_of_writing_are_two_formats(tmp_path: Path) -> None:
    found = _dates(tmp_path, "2026-01-02", "31/01/2026", "4-Aug-09")
    assert set(found.formats) == {"%d/%m/%Y", "%d-%b-%y"}
    assert found.read == 3


def test_dates_that_can_be_read_twice_are_a_question_with_both_formats(tmp_path: Path) -> None:
    found = _dates(tmp_path, "01/02/2026", "03/04/2026")
    assert (found.formats, found.either) == ((), ("%d/%m/%Y", "%m/%d/%Y"))
    assert "can be read as day/month/year and as month/day/year, such as '01/02/2026' in row 2" in found.question


def test_day_first_and_month_first_in_one_column_are_a_question_with_a_cell_of_each(tmp_path: Path) -> None:
    found = _dates(tmp_path, "31/01/2026", "01/31/2026", "01/02/2026")
    assert found.formats == ()
    assert "'31/01/2026' in row 2" in found.question
    assert "'01/31/2026' in row 3" in found.question


def test_a_column_of_words_with_some_dates_is_looked_at_and_one_with_a_stray_date_is_not(tmp_path: Path) -> None:
    days = [f"{day:02}.03.2026" for day in range(1, 29)]
    assert _dates(tmp_path, *(["unknown"] * 90), *days).formats == ("%d.%m.%Y",)
    assert _dates(tmp_path, *(f"word {n}" for n in range(20)), "01.02.2026") == Dates(0)


def test_what_looks_like_a_date_and_is_none_has_no_format(tmp_path: Path) -> None:
    assert _dates(tmp_path, "99/99/2026", "98/99/2026") == Dates(0)
    assert _dates(tmp_path, "10/11") == Dates(0)
    assert _dates(tmp_path, "") == Dates(0)
