"""Days as persons write them: midnight beside a day is cut, and no other time."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmscheck.persons.days import parse_day, read_day

DAY = dt.date(2026, 11, 20)


@pytest.mark.parametrize("text", ["2026-11-20", "20261120", "2026-W47-5"])
def test_a_day_alone_is_read_and_nothing_is_cut(text: str) -> None:
    assert (read_day(text).day, read_day(text).cut) == (DAY, None)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("2026-11-20 00:00", "00:00"),
        ("2026-11-20 0:00", "0:00"),
        ("2026-11-20T00:00:00", "00:00:00"),
        ("2026-11-20 00:00:00.000", "00:00:00.000"),
        ("2026-11-20T00:00:00Z", "00:00:00Z"),
        ("2026-11-20 00:00:00+01:00", "00:00:00+01:00"),
        ("2026-11-20 12:00 AM", "12:00 AM"),
    ],
)
def test_midnight_is_cut(text: str, cut: str) -> None:
    assert (read_day(text).day, read_day(text).cut) == (DAY, cut)


@pytest.mark.parametrize(
    "text", ["2026-11-20 00:01", "2026-11-20T23:59:59Z", "2026-11-20 12:00", "2026-11-20 00:00:01"]
)
def test_another_time_is_refused_with_what_to_write(text: str) -> None:
    found = read_day(text)
    assert (found.day, found.mistake) == (None, f"'{text}' holds a time of day")
    assert found.hint == "write the day alone, 2026-11-20: a day is all that is kept"


@pytest.mark.parametrize(
    "text", ["", "soon", "20.11.2026", "46346", "2026-11-31", "2026-13-01", "00:00", " 00:00", "2026-11-20 99:99x"]
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert parse_day(text) is None
    assert read_day(text).mistake == f"'{text}' cannot be read as a date"


def test_a_declared_format_is_taken_with_midnight_and_without() -> None:
    forms = ["%d.%m.%Y", "%d/%m/%Y %H:%M"]
    assert parse_day("20.11.2026", forms) == DAY
    assert read_day("20.11.2026 00:00", forms).cut == "00:00"
    assert (read_day("20/11/2026 00:00", forms).day, read_day("20/11/2026 00:00", forms).cut) == (DAY, "00:00")
    for text in ("20/11/2026 14:30", "20.11.2026 14:30"):
        assert read_day(text, forms).mistake == f"'{text}' holds a time of day"


@given(st.text())
def test_whatever_is_written_is_a_day_or_has_a_mistake(text: str) -> None:
    found = read_day(text, ["%d.%m.%Y"])
    assert (found.day is None) == (found.mistake is not None)


@given(st.datetimes())
def test_only_midnight_is_cut(when: dt.datetime) -> None:
    found = read_day(str(when))
    assert found.day == (when.date() if when.time() == dt.time() else None)
