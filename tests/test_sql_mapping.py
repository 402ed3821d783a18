# ruff: noqa: DTZ001  (timestamps of the rule language have no zone)
"""Which text is read as which value of a declared type; a filled cell that is none of them is unreadable, never guessed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmscheck.cells import as_text
from qmscheck.engine import counts
from qmscheck.sql.days import DATE_FORMATS, format_mistake
from qmscheck.sql.figures import Spelling, spelling_mistake
from qmscheck.sql.kinds import Kind
from qmscheck.sql.mapping import (
    SPREADSHEET_ERRORS,
    MappedColumn,
    RowNumber,
    as_it_stands,
    can_fail,
    census,
    finished,
    format_fits,
    inspection,
    placed,
    typed,
    union,
    unreadable_cells,
)
from qmscheck.sql.render import render
from qmscheck.sql.select import PLACE
from qmscheck.sql.statement import Statement

UNREADABLE = "(unreadable)"
COMMA = Spelling(decimal=",")
POINT = Spelling(decimal=".")


@cache
def connection() -> duckdb.DuckDBPyConnection:
    opened = duckdb.connect(config={"threads": 1})
    opened.execute("set timezone = 'UTC'")
    return opened


def rows(statement: Statement) -> list[tuple[object, ...]]:
    return connection().execute(render(statement, "duckdb")).fetchall()


def read(texts: list[str | None], kind: Kind, **more: object) -> list[object]:
    """Read cells of one column: the value, None for a blank cell, UNREADABLE for a filled one that is no value."""
    connection().execute('create or replace table "raw" ("Heading" text, "_row" bigint)')
    for i, text in enumerate(texts):
        connection().execute('insert into "raw" values (?, ?)', (text, i))
    return _read(MappedColumn("c", kind, "Heading", **more))  # type: ignore[arg-type]


def read_native(sql: str, native: Kind, kind: Kind, **more: object) -> list[object]:
    """Read the cells of a column that has a type in its file."""
    connection().execute(
        f'create or replace table "raw" as select v as "Heading", row_number() over () as "_row" from ({sql})'
    )
    return _read(MappedColumn("c", kind, "Heading", native=native, **more))  # type: ignore[arg-type]


def _read(column: MappedColumn) -> list[object]:
    statement = typed("raw", [column], ["_row"])
    found = connection().execute(f"select * from ({render(statement, 'duckdb')}) order by _row").fetchall()
    return [UNREADABLE if can_fail(column) and row[1] else row[0] for row in found]


def one(text: str | None, kind: str, **more: object) -> object:
    (value,) = read([text], Kind(kind), **more)
    return value


# ---------------------------------------------------------------- blanks, missing codes, value maps


@pytest.mark.parametrize("kind", ["text", "integer", "number", "boolean", "date", "timestamp"])
def test_a_blank_cell_is_blank_in_every_type(kind: str) -> None:
    assert read([None, "", " ", "   "], Kind(kind)) == [None] * 4


@pytest.mark.parametrize("kind", ["text", "integer", "number", "boolean", "date", "timestamp"])
def test_a_missing_code_is_blank_whatever_its_case_and_spaces(kind: str) -> None:
    assert read(["n/a", "N/A", " n/A ", "?", ""], Kind(kind), missing=("n/a", " ? ")) == [None] * 5


def test_a_code_that_was_not_declared_missing_is_a_filled_cell() -> None:
    assert one("n/a", "text") == "n/a"
    assert one("n/a", "date") == UNREADABLE


def test_values_are_mapped_whatever_their_case_and_spaces() -> None:
    values = {"erledigt": "closed", "In Arbeit": "open", "Ö": "oe"}
    assert read(["erledigt", " ERLEDIGT ", "in arbeit", "ö", "other", ""], Kind.TEXT, values=values) == [
        "closed",
        "closed",
        "open",
        "oe",
        "other",
        None,
    ]


def test_a_mapped_value_is_read_as_the_declared_type() -> None:
    assert one("erhalten", "boolean", values={"erhalten": "true"}) is True
    assert one("sofort", "date", values={"sofort": "2026-01-31"}) == dt.date(2026, 1, 31)
    assert one("drei", "integer", values={"drei": "3"}) == 3


def test_a_mapped_value_is_stronger_than_a_missing_code() -> None:
    assert one("-", "text", values={"-": "none"}, missing=("-",)) == "none"


def test_a_cell_of_white_space_only_is_blank_whatever_the_space() -> None:
    """A line break in an otherwise empty cell of a workbook must not count as an owner."""
    assert read(["\t", "\n", "\r\n", "\u00a0", " \n "], Kind.TEXT) == [None] * 5
    assert read(["5\t", "\n5\n", "5\u00a0"], Kind.INTEGER) == [5] * 3
    texts = ["\u3000Ada\ufeff", "Ada\x85", "\u00e9t\u00e9\n", "~ Ada ~", " \u0301", "n/a\t", "e\u0301\t"]
    assert read(list(texts), Kind.TEXT, missing=("n/a",)) == [
        *("Ada", "Ada", "\u00e9t\u00e9", "~ Ada ~", "\u0301", None, "e\u0301"),
    ]


def test_a_value_that_is_mapped_to_nothing_is_blank() -> None:
    assert one("n/a", "text", values={"n/a": ""}) is None
    assert one("n/a", "date", values={"n/a": ""}) is None
    assert read(["", None, "x"], Kind.TEXT, values={"": "none"}) == ["none", "none", "x"]


# ---------------------------------------------------------------- each type


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("00123", "00123"),
        (" trailing  ", "trailing"),
        ("two  spaces", "two  spaces"),
        ("line\nbreak", "line\nbreak"),
        ("NULL", "NULL"),
        ("nan", "nan"),
        ("#N/A", "#N/A"),
        ("größe ☃", "größe ☃"),
        ("'; drop table raw; --", "'; drop table raw; --"),
    ],
)
def test_text_is_taken_to_the_letter(text: str, expected: str) -> None:
    assert one(text, "text") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("00123", 123),
        ("-5", -5),
        ("+5", 5),
        (" 7 ", 7),
        ("1,234", 1234),
        ("12,345,678", 12345678),
        ("12,000", UNREADABLE),
        ("12,010", 12010),
        ("3.0", 3),
        ("3.", 3),
        ("9223372036854775807", 2**63 - 1),
        ("-9223372036854775808", -(2**63)),
        ("9223372036854775808", UNREADABLE),
        ("1" * 60, UNREADABLE),
        ("3.5", UNREADABLE),
        ("1e5", UNREADABLE),
        ("1,5", UNREADABLE),
        ("1,2345", UNREADABLE),
        ("1 234", UNREADABLE),
        ("1_000", UNREADABLE),
        ("0x10", UNREADABLE),
        ("5 %", UNREADABLE),
        ("€5", UNREADABLE),
        ("--5", UNREADABLE),
        ("five", UNREADABLE),
        ("٣", UNREADABLE),
        ("true", UNREADABLE),
        ("2026-01-31", UNREADABLE),
    ],
)
def test_a_whole_number(text: str, expected: object) -> None:
    assert one(text, "integer") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0.0),
        ("1.5", 1.5),
        (".5", 0.5),
        ("-.5", -0.5),
        ("007.50", 7.5),
        ("1e5", 100000.0),
        ("1.5E-3", 0.0015),
        ("1,234.5", 1234.5),
        ("1,234", UNREADABLE),
        ("1,234,567", 1234567.0),
        ("-1,234,567.891", -1234567.891),
        ("9" * 30, 1e30),
        ("1,5", UNREADABLE),
        ("1.234,5", UNREADABLE),
        ("12,34", UNREADABLE),
        ("1,234,5", UNREADABLE),
        ("nan", UNREADABLE),
        ("NaN", UNREADABLE),
        ("inf", UNREADABLE),
        ("-inf", UNREADABLE),
        ("Infinity", UNREADABLE),
        ("1e400", UNREADABLE),
        ("1_000", UNREADABLE),
        ("0x10", UNREADABLE),
        ("1.2.3", UNREADABLE),
        ("50 %", UNREADABLE),
        ("1 000", UNREADABLE),
        ("e5", UNREADABLE),
        ("-", UNREADABLE),
    ],
)
def test_a_number_with_a_decimal_point(text: str, expected: object) -> None:
    assert one(text, "number") == (expected if expected == UNREADABLE else pytest.approx(expected))


@pytest.mark.parametrize(
    ("text", "number", "integer"),
    [
        ("1,5", 1.5, UNREADABLE),
        ("1.234,5", 1234.5, UNREADABLE),
        ("1.234", 1234.0, 1234),
        ("1.234.567", 1234567.0, 1234567),
        ("-0,25", -0.25, UNREADABLE),
        (",5", 0.5, UNREADABLE),
        ("12", 12.0, 12),
        ("12,00", 12.0, 12),
        ("1.5", UNREADABLE, UNREADABLE),
        ("1.23", UNREADABLE, UNREADABLE),
        ("1,234.5", UNREADABLE, UNREADABLE),
        ("1e5", 100000.0, UNREADABLE),
        ("nan", UNREADABLE, UNREADABLE),
        ("1e400", UNREADABLE, UNREADABLE),
    ],
)
def test_a_number_with_a_decimal_comma(text: str, number: object, integer: object) -> None:
    assert one(text, "number", spelling=COMMA) == number
    assert one(text, "integer", spelling=COMMA) == integer


@pytest.mark.parametrize(
    ("text", "spelling", "number", "integer"),
    [
        ("1,234", POINT, 1234.0, 1234),
        ("12,000", POINT, 12000.0, 12000),
        ("1.234", POINT, 1.234, UNREADABLE),
        ("1'234.50", Spelling(thousands="'"), 1234.5, UNREADABLE),
        ("1\u2019234", Spelling(thousands="'"), 1234.0, 1234),
        ("1,234", Spelling(thousands="'"), UNREADABLE, UNREADABLE),
        ("1 234,5", Spelling(decimal=",", thousands=" "), 1234.5, UNREADABLE),
        ("1\u202f234\u00a0567", Spelling(decimal=",", thousands=" "), 1234567.0, 1234567),
        ("1.234,5", Spelling(decimal=",", thousands=" "), UNREADABLE, UNREADABLE),
        ("1.234,5", Spelling(thousands="."), 1234.5, UNREADABLE),
        ("1.234", Spelling(thousands="."), 1234.0, 1234),
        ("1,234", Spelling(thousands=""), UNREADABLE, UNREADABLE),
        ("1234.5", Spelling(thousands=""), 1234.5, UNREADABLE),
        ("\u20ac 1.234,50", Spelling(decimal=",", units=("\u20ac", "EUR")), 1234.5, UNREADABLE),
        ("1234,50 EUR", Spelling(decimal=",", units=("\u20ac", "EUR")), 1234.5, UNREADABLE),
        ("-eur 7", Spelling(units=("EUR",)), -7.0, -7),
        ("7", Spelling(units=("EUR",)), 7.0, 7),
        ("7 USD", Spelling(units=("EUR",)), UNREADABLE, UNREADABLE),
        ("7 EUR", POINT, UNREADABLE, UNREADABLE),
        ("3 days", Spelling(units=("day", "days")), 3.0, 3),
        ("1,234 EUR", Spelling(units=("EUR",)), UNREADABLE, 1234),
        ("12.5 %", Spelling(percent="fraction"), 0.125, UNREADABLE),
        ("12.5%", Spelling(percent="number"), 12.5, UNREADABLE),
        ("12%", Spelling(percent="number"), 12.0, 12),
        ("12", Spelling(percent="number"), UNREADABLE, UNREADABLE),
        ("0.12", Spelling(percent="fraction"), UNREADABLE, UNREADABLE),
        ("87,5 %", Spelling(decimal=",", percent="fraction"), 0.875, UNREADABLE),
        ("12%%", Spelling(percent="number"), UNREADABLE, UNREADABLE),
        ("1.5", Spelling(decimal=",", machine=True), 1.5, UNREADABLE),
        ("1234.567", Spelling(decimal=",", machine=True), 1234.567, UNREADABLE),
        ("0.1250", Spelling(decimal=",", machine=True), 0.125, UNREADABLE),
        ("1.234", Spelling(decimal=",", machine=True), 1234.0, 1234),
        ("1,5", Spelling(decimal=",", machine=True), 1.5, UNREADABLE),
    ],
)
def test_a_declared_spelling_decides_and_what_does_not_fit_it_is_unreadable(
    text: str, spelling: Spelling, number: object, integer: object
) -> None:
    assert one(text, "number", spelling=spelling) == (number if number == UNREADABLE else pytest.approx(number))
    assert one(text, "integer", spelling=spelling) == integer


@pytest.mark.parametrize(
    ("spelling", "mistake"),
    [
        (Spelling(decimal=",", thousands=","), "cannot be the decimal mark"),
        (Spelling(decimal=".", thousands="."), "cannot be the decimal mark"),
        (Spelling(units=("5x",)), "no unit"),
        (Spelling(units=(" ",)), "no unit"),
        (Spelling(units=("e",)), "no unit"),
        (Spelling(units=("EUR", "%")), "percent"),
    ],
)
def test_a_spelling_that_would_take_a_number_apart_is_refused(spelling: Spelling, mistake: str) -> None:
    assert mistake in str(spelling_mistake(spelling))
    assert spelling_mistake(Spelling(decimal=",", thousands=" ", units=("EUR",))) is None


@settings(max_examples=10, deadline=None)
@given(st.lists(st.from_regex(r"\A[0-9]{1,4}(,[0-9]{3}){0,2}([.,][0-9]{1,3})?\Z"), min_size=20, max_size=60))
def test_a_comma_that_the_plan_does_not_explain_is_read_only_where_one_reading_is_possible(texts: list[str]) -> None:
    unexplained, point, comma = (read(list(texts), Kind.NUMBER, spelling=s) for s in (Spelling(), POINT, COMMA))
    for text, found, thousands, fraction in zip(texts, unexplained, point, comma, strict=True):
        if "," in text and UNREADABLE not in {thousands, fraction} and thousands != fraction:
            assert found == UNREADABLE
        else:
            assert found == thousands


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((t, True) for t in ("true", "TRUE", "Yes", "y", "1", "x", "X", "ja", "J", "wahr", "oui", "sí", " ja ", "✓")),
        *((t, False) for t in ("false", "No", "n", "0", "nein", "NEIN", "falsch", "non", "-")),
        *((t, UNREADABLE) for t in ("2", "maybe", "ja?", "1.0", "yes no", "vielleicht", "o")),
    ],
)
def test_a_yes_or_no(text: str, expected: object) -> None:
    assert one(text, "boolean") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-31", dt.date(2026, 1, 31)),
        ("2024-02-29", dt.date(2024, 2, 29)),
        (" 2026-01-31 ", dt.date(2026, 1, 31)),
        ("0001-01-01", dt.date(1, 1, 1)),
        ("9999-12-31", dt.date(9999, 12, 31)),
        ("2026-01-31 00:00:00", dt.date(2026, 1, 31)),
        ("2026-01-31T23:59:59", dt.date(2026, 1, 31)),
        ("2026-01-31T00:30:00+02:00", dt.date(2026, 1, 31)),
        ("2025-02-29", UNREADABLE),
        ("2026-02-30", UNREADABLE),
        ("2026-13-01", UNREADABLE),
        ("2026-00-10", UNREADABLE),
        ("0000-01-01", UNREADABLE),
        ("-0001-01-01", UNREADABLE),
        ("31.01.2026", UNREADABLE),
        ("01/02/2026", UNREADABLE),
        ("2026/01/31", UNREADABLE),
        ("2026-1-31", UNREADABLE),
        ("20260131", UNREADABLE),
        ("2026-01", UNREADABLE),
        ("2026", UNREADABLE),
        ("46053", UNREADABLE),
        ("today", UNREADABLE),
        ("epoch", UNREADABLE),
        ("infinity", UNREADABLE),
        ("open", UNREADABLE),
        ("2026-01-31 (planned)", UNREADABLE),
        ("2026-01-31 (BC)", UNREADABLE),
    ],
)
def test_a_date_without_a_format_is_iso_8601(text: str, expected: object) -> None:
    assert one(text, "date") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-31", dt.datetime(2026, 1, 31)),
        ("2026-01-31 15:30", dt.datetime(2026, 1, 31, 15, 30)),
        ("2026-01-31T15:30:05", dt.datetime(2026, 1, 31, 15, 30, 5)),
        ("2026-01-31 15:30:05.250", dt.datetime(2026, 1, 31, 15, 30, 5, 250000)),
        ("2026-01-31T23:30:00Z", dt.datetime(2026, 1, 31, 23, 30)),
        ("2026-01-31T00:30:00+02:00", dt.datetime(2026, 1, 31, 0, 30)),
        ("2026-02-30 15:30", UNREADABLE),
        ("2026-01-31 25:00", UNREADABLE),
        ("31.01.2026 15:30", UNREADABLE),
        ("15:30", UNREADABLE),
    ],
)
def test_a_timestamp_without_a_format_is_iso_8601(text: str, expected: object) -> None:
    assert one(text, "timestamp") == expected


@pytest.mark.parametrize(
    ("text", "formats", "expected"),
    [
        ("31/01/2026", ("%d/%m/%Y",), dt.date(2026, 1, 31)),
        ("1/2/2026", ("%d/%m/%Y",), dt.date(2026, 2, 1)),
        ("02/01/2026", ("%m/%d/%Y",), dt.date(2026, 2, 1)),
        ("29.02.2024", ("%d.%m.%Y",), dt.date(2024, 2, 29)),
        ("29.02.2025", ("%d.%m.%Y",), UNREADABLE),
        ("31.04.2026", ("%d.%m.%Y",), UNREADABLE),
        ("31.01.26", ("%d.%m.%y",), dt.date(2026, 1, 31)),
        ("31.01.26", ("%d.%m.%Y",), UNREADABLE),
        ("31.01.2026", ("%d/%m/%Y",), UNREADABLE),
        ("01/31/2026", ("%d/%m/%Y",), UNREADABLE),
        ("31-Jan-2026", ("%d-%b-%Y",), dt.date(2026, 1, 31)),
        ("31 January 2026", ("%d %B %Y",), dt.date(2026, 1, 31)),
        ("20260131", ("%Y%m%d",), dt.date(2026, 1, 31)),
        ("31.01.2026 15:30", ("%d.%m.%Y %H:%M",), dt.date(2026, 1, 31)),
        ("31.01.2026 late", ("%d.%m.%Y",), UNREADABLE),
        ("2026-01-31", ("%d.%m.%Y",), dt.date(2026, 1, 31)),
        ("31.01.2026", ("%m/%d/%Y", "%d.%m.%Y"), dt.date(2026, 1, 31)),
        ("01/31/2026", ("%m/%d/%Y", "%d.%m.%Y"), dt.date(2026, 1, 31)),
        ("13/02/2026", ("%m/%d/%Y", "%d/%m/%Y"), dt.date(2026, 2, 13)),
        ("02/01/2026", ("%m/%d/%Y", "%d/%m/%Y"), UNREADABLE),
        ("02/02/2026", ("%m/%d/%Y", "%d/%m/%Y"), dt.date(2026, 2, 2)),
        ("2.6.06", ("%d.%m.%Y", "%d.%m.%y"), dt.date(2006, 6, 2)),
        ("46053", ("excel",), dt.date(2026, 1, 31)),
        ("46053.75", ("excel",), dt.date(2026, 1, 31)),
        ("46053,75", ("excel",), dt.date(2026, 1, 31)),
        ("1", ("excel",), dt.date(1900, 1, 1)),
        ("59", ("excel",), dt.date(1900, 2, 28)),
        ("60", ("excel",), UNREADABLE),
        ("61", ("excel",), dt.date(1900, 3, 1)),
        ("0", ("excel",), UNREADABLE),
        ("2958465", ("excel",), dt.date(9999, 12, 31)),
        ("2958466", ("excel",), UNREADABLE),
        ("44591", ("excel-1904",), dt.date(2026, 1, 31)),
        ("44591", ("excel", "excel-1904"), UNREADABLE),
        ("44591", ("%d.%m.%Y", "excel"), dt.date(2022, 1, 30)),
        ("31.01.2026", ("%d.%m.%Y", "excel"), dt.date(2026, 1, 31)),
        ("-5", ("excel",), UNREADABLE),
    ],
)
def test_a_declared_format_reads_its_own_dates_and_iso(text: str, formats: tuple[str, ...], expected: object) -> None:
    assert one(text, "date", formats=formats) == expected


@pytest.mark.parametrize(
    ("text", "date", "time"),
    [
        ("2026-01-31T23:30:00Z", dt.date(2026, 2, 1), dt.datetime(2026, 2, 1, 0, 30)),
        ("2026-07-31T22:30:00+00:00", dt.date(2026, 8, 1), dt.datetime(2026, 8, 1, 0, 30)),
        ("2026-02-01 00:30:00+0200", dt.date(2026, 1, 31), dt.datetime(2026, 1, 31, 23, 30)),
        ("2026-02-01 00:30:00.5+02", dt.date(2026, 1, 31), dt.datetime(2026, 1, 31, 23, 30, 0, 500000)),
        ("2026-01-31T20:00:00-05:00", dt.date(2026, 2, 1), dt.datetime(2026, 2, 1, 2)),
        ("2026-01-31T23:30:00", dt.date(2026, 1, 31), dt.datetime(2026, 1, 31, 23, 30)),
        ("2026-01-31", dt.date(2026, 1, 31), dt.datetime(2026, 1, 31)),
        ("2026-01-31T25:30:00Z", UNREADABLE, UNREADABLE),
    ],
)
def test_with_a_declared_zone_an_instant_is_told_by_its_clock(text: str, date: object, time: object) -> None:
    assert one(text, "date", zone="Europe/Berlin") == date
    assert one(text, "timestamp", zone="Europe/Berlin") == time


def test_a_format_may_hold_an_offset_where_a_zone_is_declared() -> None:
    form = "%d.%m.%Y %H:%M %z"
    found = read(["31.01.2026 23:30 +0000", "31.01.2026 23:30"], Kind.DATE, formats=(form,), zone="Europe/Berlin")
    assert found == [dt.date(2026, 2, 1), UNREADABLE]
    assert format_mistake(form, "Europe/Berlin") is None
    assert "timezone" in str(format_mistake(form))


def test_cells_under_one_heading_are_joined() -> None:
    connection().execute('create or replace table "raw" as select * from (values (\'a\', \' b \', null, 1), '
                         '(null, \'\', \'c\', 2), (null, null, \' \', 3), (\'n/a\', null, null, 4)) t("H", "I", "J", "_row")')  # fmt: skip
    column = MappedColumn("c", Kind.TEXT, "H", others=("I", "J"), missing=("n/a",))
    assert _read(column) == ["a; b", "c", None, None]


@pytest.mark.parametrize("kind", ["text", "integer", "number", "boolean", "date", "timestamp"])
@pytest.mark.parametrize("text", SPREADSHEET_ERRORS)
def test_an_error_of_a_spreadsheet_is_unreadable_in_every_type(kind: str, text: str) -> None:
    assert one(text, kind, spreadsheet=True) == UNREADABLE


def test_a_column_that_the_source_does_not_have_is_blank_and_of_its_type() -> None:
    connection().execute('create or replace table "raw" as select 1 as "_row"')
    for kind, sql in (("integer", "BIGINT"), ("date", "DATE"), ("text", "VARCHAR"), ("boolean", "BOOLEAN")):
        statement = typed("raw", [MappedColumn("c", Kind(kind), None)], [])
        found = connection().execute(render(statement, "duckdb"))
        assert str(found.description[0][1]) == sql
        assert found.fetchall() == [(None,)]


# ---------------------------------------------------------------- columns that have a type in their file


def test_native_types_are_taken_as_they_are() -> None:
    assert read_native("select 5::bigint as v", Kind.INTEGER, Kind.INTEGER) == [5]
    assert read_native("select 5::bigint as v", Kind.INTEGER, Kind.NUMBER) == [5.0]
    assert read_native("select 1.25::double as v", Kind.NUMBER, Kind.NUMBER) == [1.25]
    assert read_native("select true as v", Kind.BOOLEAN, Kind.BOOLEAN) == [True]
    assert read_native("select date '2024-02-29' as v", Kind.DATE, Kind.DATE) == [dt.date(2024, 2, 29)]
    night = "select timestamp '2026-01-31 23:30:00' as v"
    assert read_native(night, Kind.TIMESTAMP, Kind.TIMESTAMP) == [dt.datetime(2026, 1, 31, 23, 30)]
    assert read_native(night, Kind.TIMESTAMP, Kind.DATE) == [dt.date(2026, 1, 31)]
    assert read_native("select null::bigint as v", Kind.INTEGER, Kind.INTEGER) == [None]


def test_a_native_number_that_is_none_is_unreadable() -> None:
    """An engine counts NaN as greater than every number: it would satisfy a target."""
    sql = "select 'nan'::double as v union all select 'inf'::double union all select 1.5"
    assert read_native(sql, Kind.NUMBER, Kind.NUMBER) == [UNREADABLE, UNREADABLE, 1.5]


def test_a_missing_code_is_blank_in_a_native_column_too() -> None:
    assert read_native("select -1::bigint as v union all select 5", Kind.INTEGER, Kind.INTEGER, missing=("-1",)) == [
        None,
        5,
    ]


@pytest.mark.parametrize(
    ("native", "sql", "codes"),
    [
        (Kind.NUMBER, "-1::double", ("-1",)),
        (Kind.NUMBER, "-1.5::decimal(9, 2)", ("n/a", "-1.5")),
        (Kind.DATE, "date '1900-01-01'", ("1900-01-01",)),
        (Kind.TIMESTAMP, "timestamp '1900-01-01 00:00:00'", ("1900-01-01",)),
        (Kind.BOOLEAN, "false", ("FALSE ",)),
    ],
)
def test_a_missing_code_of_a_native_column_is_a_value_of_its_type(native: Kind, sql: str, codes: tuple[str]) -> None:
    text = f"select {sql} as v"
    assert read_native(text, native, native, missing=codes) == [None]
    assert read_native(text, native, native, missing=("n/a", "?", "999999999999999999999999")) != [None]


def test_a_missing_code_of_a_native_column_holds_where_the_column_is_read_as_another_type() -> None:
    assert read_native("select -1::double as v", Kind.NUMBER, Kind.INTEGER, missing=("-1",)) == [None]
    assert read_native("select -1::double as v", Kind.NUMBER, Kind.TEXT, missing=("-1",)) == [None]
    assert read_native("select 'nan'::double as v", Kind.NUMBER, Kind.TEXT) == [UNREADABLE]


def test_a_native_type_that_is_not_the_declared_one_is_read_through_its_text() -> None:
    assert read_native("select 5::bigint as v", Kind.INTEGER, Kind.TEXT) == ["5"]
    assert read_native("select 3.0::double as v", Kind.NUMBER, Kind.INTEGER) == [3]
    assert read_native("select 3.5::double as v", Kind.NUMBER, Kind.INTEGER) == [UNREADABLE]
    assert read_native("select 1::bigint as v", Kind.INTEGER, Kind.BOOLEAN) == [True]
    assert read_native("select 46053::bigint as v", Kind.INTEGER, Kind.DATE) == [UNREADABLE]
    assert read_native("select date '2026-01-31' as v", Kind.DATE, Kind.TIMESTAMP) == [dt.datetime(2026, 1, 31)]
    assert read_native("select 'x' as v", Kind.TEXT, Kind.DATE) == [UNREADABLE]


# ---------------------------------------------------------------- what holds for all


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=8))
def test_whole_numbers_survive_being_written_and_read(numbers: list[int]) -> None:
    assert read([as_text(n) for n in numbers], Kind.INTEGER) == numbers


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=8))
def test_numbers_survive_being_written_and_read(numbers: list[float]) -> None:
    assert read([as_text(n) for n in numbers], Kind.NUMBER) == numbers


@settings(max_examples=50, deadline=None)
@given(st.lists(st.dates(), max_size=8), st.lists(st.datetimes(), max_size=8))
def test_dates_survive_being_written_and_read(days: list[dt.date], times: list[dt.datetime]) -> None:
    assert read([as_text(d) for d in days], Kind.DATE) == days
    assert read([as_text(t) for t in times], Kind.TIMESTAMP) == times


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12), max_size=8),
    st.sampled_from(["integer", "number", "boolean", "date", "timestamp"]),
    st.sampled_from([(), ("%d.%m.%Y",), ("%d/%m/%y", "%H:%M")]),
    st.sampled_from([".", ","]),
)
def test_any_cell_is_blank_a_value_or_unreadable_and_stops_nothing(
    texts: list[str], kind: str, formats: tuple[str, ...], decimal: str
) -> None:
    for text, value in zip(
        texts, read(list(texts), Kind(kind), formats=formats, spelling=Spelling(decimal=decimal)), strict=True
    ):
        assert (value is None) == all(c.isspace() or c in "\u200b\u2060\ufeff" for c in text)


def test_unreadable_cells_are_counted_and_found_by_their_rows() -> None:
    connection().execute(
        "create or replace table \"raw\" as select * from (values (1, 'x'), (2, '5'), (3, ''), (4, 'y')) v(p, \"N\")"
    )
    column = MappedColumn("n", Kind.INTEGER, "N")
    connection().execute(f'create or replace table "base" as {render(typed("raw", [column], ["p"]), "duckdb")}')
    assert rows(census("base", ["n"], ["n"])) == [(4, 2, 1)]
    whole = placed("base", ["n", "_u_n"], {"_source": 0}, RowNumber("p", 1))
    connection().execute(f'create or replace table "whole" as {render(whole, "duckdb")}')
    assert [row[:2] for row in rows(unreadable_cells("whole", "n", 10))] == [(0, 2), (0, 5)]
    assert len(rows(unreadable_cells("whole", "n", 1))) == 1


def test_row_numbers_step_over_rows_that_hold_no_record() -> None:
    connection().execute('create or replace table "base" as select range as p, range as c from range(5)')
    found = rows(placed("base", ["c"], {"_source": 0}, RowNumber("p", 2, (1, 1, 4))))
    at = 1 + PLACE.index("_row")
    assert [row[at] for row in found] == [2, 5, 6, 7, 9]


def test_sources_put_together_have_every_flag_and_a_column_that_one_lacks_is_unreadable_there() -> None:
    places = ", ".join(f"null as {p}" for p in PLACE)
    connection().execute(f'create or replace table "v1" as select 1 as c, true as _u_c, {places}')
    connection().execute(f'create or replace table "v2" as select 2 as c, {places}')
    connection().execute(f'create or replace table "v3" as select null::bigint as c, {places}')
    none: frozenset[str] = frozenset()
    views = [("v1", frozenset({"c"}), none), ("v2", none, none), ("v3", none, frozenset({"c"}))]
    found = [row[:2] for row in rows(union(views, ["c"], ["c"]))]
    assert found == [(1, True), (2, False), (None, True)]


def test_the_dates_that_each_format_reads_are_counted() -> None:
    texts = ["31.01.2026", "01.02.2026", "", "2026-03-01"]
    connection().execute('create or replace table "raw" ("Heading" text)')
    connection().executemany('insert into "raw" values (?)', [(t,) for t in texts])
    ((filled, iso, *fits),) = rows(format_fits("raw", MappedColumn("c", Kind.DATE, "Heading")))
    counted = dict(zip(DATE_FORMATS, fits, strict=True))
    assert (filled, iso) == (3, 1)
    assert counted["%d.%m.%Y"] == 3
    assert counted["%d/%m/%Y"] == 1


@pytest.mark.parametrize(
    "form", ["%d/%m/%Y", "%Y-%m-%d", "%-d.%-m.%y", "%d %b %Y", "%j %Y", "%d.%m.%Y %H:%M:%S", "100%% %d%m%Y"]
)
def test_a_format_with_day_month_and_year_is_fine(form: str) -> None:
    assert format_mistake(form) is None


@pytest.mark.parametrize(
    ("form", "mistake"),
    [
        ("", "a date format needs day, month and year (%d, %m, %Y)"),
        ("dd.mm.yyyy", "a date format needs day, month and year (%d, %m, %Y)"),
        (
            "%m/%Y",
            'a date format needs day, month and year (%d, %m, %Y): day = "first" would read a month as its first day',
        ),
        ("%Y", "a date format needs day, month and year (%d, %m, %Y)"),
        ("%d.%m.%Q", "'%Q' is no code of a date format (%d day, %m month, %Y year, %b Jan, %H:%M time)"),
        ("%d.%m.%", "'%' is no code of a date format (%d day, %m month, %Y year, %b Jan, %H:%M time)"),
    ],
)
def test_a_format_that_cannot_give_a_date_is_refused(form: str, mistake: str) -> None:
    assert format_mistake(form) == mistake


@settings(max_examples=60, deadline=None)
@given(st.lists(st.none() | st.text(st.sampled_from("  a1-.,~!é\x7f\x01"), max_size=5), max_size=8))
def test_cells_whose_only_white_space_is_the_space_are_trimmed_as_all_cells_are(texts: list[str | None]) -> None:
    for kind in (Kind.TEXT, Kind.INTEGER):
        assert read(texts, kind, spaces=True) == read(texts, kind)


# ---------------------------------------------------------------- a look at a file that is read in place

ENDS = ["", " ", "\t", "\u00a0", "\u200b", "\x7f", "\x1f", "!", "~", "a", "\u00e9", "e\u0301", "\u0301"]


def inspected(column: MappedColumn) -> tuple[MappedColumn, int]:
    """Look at a column of the table raw as an audit does: its finished form, and how many cells it has."""
    cells, quick = counts(rows(inspection("raw", [column]))[0])
    same, exact = counts(rows(inspection("raw", [column], exactly=True))[0])
    assert cells == same
    assert quick >= exact
    return finished(column, exact), cells


@given(
    st.lists(st.none() | st.tuples(*[st.sampled_from(ENDS)] * 3).map("".join), max_size=5),
    st.sampled_from([(), ("a",)]),
)
@settings(max_examples=150, deadline=None)
def test_text_that_is_taken_as_it_stands_is_what_treatment_would_make_of_it(
    texts: list[str | None], missing: tuple[str, ...]
) -> None:
    column = MappedColumn("c", Kind.TEXT, "Heading", native=Kind.TEXT, missing=missing)
    treated = read(texts, Kind.TEXT, native=Kind.TEXT, missing=missing)
    looked, given_cells = inspected(column)
    assert _read(looked) == treated
    assert looked.bare == all(t is None or (t != "" and read([t], Kind.TEXT) == [t]) for t in texts)
    if as_it_stands(looked):
        assert given_cells == sum(cell is not None for cell in treated)


@given(st.lists(st.none() | st.floats(), max_size=5), st.sampled_from([Kind.NUMBER, Kind.INTEGER, Kind.TEXT]))
@settings(max_examples=100, deadline=None)
def test_numbers_that_are_taken_as_they_stand_are_what_treatment_would_make_of_them(
    numbers: list[float | None], kind: Kind
) -> None:
    listed = ", ".join("null" if n is None else f"'{n}'::double" for n in numbers)
    treated = read_native(f"select unnest([{listed}]::double[]) as v", Kind.NUMBER, kind)
    looked, given_cells = inspected(MappedColumn("c", kind, "Heading", native=Kind.NUMBER))
    assert _read(looked) == treated
    if as_it_stands(looked):
        assert given_cells == sum(cell is not None for cell in treated)
        assert UNREADABLE not in treated


def test_a_cell_that_ends_in_a_letter_beyond_ascii_needs_no_treatment_either() -> None:
    read(["Am\u00e9lie", "Ren\u00e9"], Kind.TEXT)
    looked, _ = inspected(MappedColumn("c", Kind.TEXT, "Heading", native=Kind.TEXT))
    assert looked.bare


def test_a_column_that_no_source_has_or_whose_words_are_mapped_is_never_taken_as_it_stands() -> None:
    assert not as_it_stands(MappedColumn("c", Kind.TEXT, None, native=Kind.TEXT, bare=True))
    assert not as_it_stands(MappedColumn("c", Kind.TEXT, "Heading", native=Kind.TEXT, bare=True, values={"a": ""}))
    assert not as_it_stands(MappedColumn("c", Kind.DATE, "Heading", native=Kind.TEXT, bare=True))
    assert as_it_stands(MappedColumn("c", Kind.DATE, "Heading", native=Kind.TIMESTAMP))


def test_every_error_of_a_spreadsheet_begins_with_the_sign_that_loading_looks_for() -> None:
    assert {error[0] for error in SPREADSHEET_ERRORS} == {"#"}


BARE_CELLS = st.none() | st.sampled_from(
    ["x", "1", "1,5", "1.234", "-", "n/a", "ja", "no", "2026-01-02", "31.12.2025", "nan", "1e400", "_1", "ü #"]
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(BARE_CELLS, min_size=1, max_size=8),
    st.sampled_from(["text", "integer", "number", "boolean", "date", "timestamp"]),
    st.booleans(),
    st.sampled_from([(), ("%d.%m.%Y",)]),
)
def test_bare_cells_without_errors_are_read_alike_whatever_is_known_of_them(
    cells: list[str | None], kind: str, mapped: bool, formats: tuple[str, ...]
) -> None:
    """What loading knows of cells (no white space, no error of a sheet) spares work and changes nothing."""
    connection().execute("create or replace table raw (c0 text, p bigint)")
    connection().executemany("insert into raw values (?, ?)", [(cell, i) for i, cell in enumerate(cells)])
    whole = MappedColumn(
        "v", Kind(kind), "c0", formats, {"ja": "yes", "x": ""} if mapped else None, ("", "n/a"), spreadsheet=True
    )
    places = {"_source": 3, "_row": "p"}

    def found(column: MappedColumn) -> list[tuple[object, ...]]:
        connection().execute(
            f'create or replace table "made" as {render(typed("raw", [column], ["p"], places), "duckdb")}'
        )
        flag = "_u_v" if can_fail(column) else "false"
        return connection().execute(f'select v, {flag}, _source, _row from "made" order by _row').fetchall()

    known = replace(whole, bare=True)
    assert found(whole) == found(known) == found(replace(known, spreadsheet=False))


@pytest.mark.parametrize(
    ("form", "mistake"), [("%Y-%m", False), ("%B %Y", False), ("%m/%y", False), ("%Y", True), ("", True)]
)
def test_a_month_is_a_format_where_the_plan_says_which_day_it_stands_for(form: str, mistake: bool) -> None:
    assert (format_mistake(form, months=True) is not None) is mistake
    assert format_mistake(form) is not None
