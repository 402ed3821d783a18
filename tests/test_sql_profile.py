"""What columns of unknown text look like: each question is asked of records, and the answer is known beforehand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import duckdb
import pytest

from qmscheck.sql import profile
from qmscheck.sql.kinds import Kind
from qmscheck.sql.mapping import MappedColumn
from qmscheck.sql.render import render
from qmscheck.sql.statement import Statement

Rows = list[tuple[object, ...]]

RECORDS = (
    ("C1", "12.5", "01.02.2026"),
    ("C2", "3", "13.02.2026"),
    ("C3", "1.234,50", "2026-02-14"),
    ("C3", "3", "tomorrow"),
    (None, None, None),
)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute('CREATE TABLE "a list" ("No" TEXT, cost TEXT, "day" TEXT, _row INTEGER)')
        opened.executemany(
            'INSERT INTO "a list" VALUES (?, ?, ?, ?)', [[*cells, n] for n, cells in enumerate(RECORDS, 2)]
        )
        yield opened


class Asking:
    """Asks a statement of the records."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Take the connection."""
        self._connection = connection

    def __call__(self, statement: Statement) -> Rows:
        """Give all rows."""
        return self._connection.execute(render(statement, "duckdb")).fetchall()

    def keep(self, name: str, statement: Statement) -> None:
        """Make a table of what a statement gives."""
        self._connection.execute(f'CREATE TABLE "{name}" AS {render(statement, "duckdb")}')


@pytest.fixture
def ask(connection: duckdb.DuckDBPyConnection) -> Asking:
    return Asking(connection)


def test_values_counts_each_value_of_each_column_once_with_its_first_row_and_leaves_blanks_out(ask: Asking) -> None:
    found = set(ask(profile.values("a list", ["No", "cost"])))
    assert found == {
        ("No", "C1", 1, 2), ("No", "C2", 1, 3), ("No", "C3", 2, 4),
        ("cost", "12.5", 1, 2), ("cost", "3", 2, 3), ("cost", "1.234,50", 1, 4),
    }  # fmt: skip


def test_values_of_a_large_table_are_those_of_each_so_many_th_row(ask: Asking) -> None:
    assert {(v, r) for _, v, _, r in ask(profile.values("a list", ["No"], 2))} == {("C1", 2), ("C3", 4)}


def test_profile_counts_filled_and_distinct_cells_what_reads_as_what_and_letters(ask: Asking) -> None:
    ask.keep("counted", profile.values("a list", ["No", "cost", "day"]))
    names = ("filled", "distinct", *(one.name for one in profile.COUNTED), "letters")
    found = {str(row[0]): dict(zip(names, row[1:], strict=True)) for row in ask(profile.profile("counted"))}
    assert found["No"] == {
        "filled": 4, "distinct": 3, "number": None, "comma": None, "integer": None, "boolean": None, "date": None,
        "letters": 8,
    }  # fmt: skip
    cost = found["cost"]
    assert (cost["filled"], cost["distinct"], cost["number"], cost["comma"], cost["integer"]) == (4, 3, 3, 3, 2)
    assert found["day"]["date"] == 1  # that of ISO 8601: no other format is known yet


def test_the_commonest_values_come_in_their_order_and_no_more_than_asked_for(ask: Asking) -> None:
    ask.keep("counted", profile.values("a list", ["No", "cost"]))
    assert ask(profile.commonest("counted", 2)) == [
        ("No", "C3", 2, 4), ("No", "C1", 1, 2), ("cost", "3", 2, 3), ("cost", "1.234,50", 1, 4),
    ]  # fmt: skip


def test_odd_values_are_those_that_do_not_read_as_was_said(ask: Asking) -> None:
    number = MappedColumn("cost", Kind.NUMBER, "cost")
    assert ask(profile.odd("a list", "cost", number, 5)) == [("1.234,50", 1, 4)]
    integer = MappedColumn("cost", Kind.INTEGER, "cost")
    assert ask(profile.odd("a list", "cost", integer, 1)) == [("1.234,50", 1, 4)]
    assert not ask(profile.odd("a list", "No", MappedColumn("No", Kind.TEXT, "No"), 5))


def test_a_date_format_fits_the_cells_that_it_reads_and_iso_does_not(ask: Asking) -> None:
    assert ask(profile.fits("a list", "day", ["%d.%m.%Y", "%m.%d.%Y"])) == [(1, 2, 1)]


def test_the_proof_of_a_format_is_the_first_cell_that_only_it_reads(ask: Asking) -> None:
    assert ask(profile.proof("a list", "day", "%d.%m.%Y", "%m.%d.%Y")) == [("13.02.2026", 3)]
    assert ask(profile.proof("a list", "day", "%m.%d.%Y", "%d.%m.%Y")) == []


def test_keys_join_where_the_other_table_has_their_values(ask: Asking, connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute('DELETE FROM "a list" WHERE "No" IS NULL')
    connection.execute(
        "CREATE TABLE other AS SELECT * FROM (VALUES ('C1', '12.5'), ('C3', '9'), (NULL, '3')) AS v(k, c)"
    )
    assert ask(profile.joined("a list", ["No"], "other", ["k"])) == [(3, 2)]
    assert ask(profile.joined("a list", ["No", "cost"], "other", ["k", "c"])) == [(4, 1)]


def test_the_newest_day_of_each_source_is_not_after_the_audit(
    ask: Asking, connection: duckdb.DuckDBPyConnection
) -> None:
    connection.execute(
        "CREATE TABLE seen AS SELECT * FROM (VALUES"
        " (0, DATE '2026-01-05', TIMESTAMP '2026-03-01 12:00:00'), (0, DATE '2026-12-24', NULL),"
        " (1, DATE '2027-01-01', NULL)) AS v(_source, d, t)"
    )
    assert sorted(ask(profile.newest("seen", ["d", "t"], "2026-03-01"))) == [
        (0, dt.date(2026, 1, 5), dt.date(2026, 3, 1)),
        (1, None, None),
    ]


def test_the_first_cell_that_only_one_mapping_reads_is_its_proof(ask: Asking) -> None:
    number, integer = (MappedColumn("cost", kind, "cost") for kind in (Kind.NUMBER, Kind.INTEGER))
    assert ask(profile.alone("a list", "cost", number, integer)) == [("12.5", 2)]
    assert ask(profile.alone("a list", "cost", integer, number)) == []


def test_the_cells_that_each_mapping_reads_are_counted(ask: Asking) -> None:
    mapped = [MappedColumn("cost", kind, "cost") for kind in (Kind.NUMBER, Kind.INTEGER, Kind.TEXT)]
    assert ask(profile.reads("a list", "cost", mapped)) == [(3, 2, 4)]


def test_a_key_and_what_stands_beside_it_are_counted_together(ask: Asking) -> None:
    assert ask(profile.together("a list", "No", ["cost", "No"])) == [(4, 4, 3)]
