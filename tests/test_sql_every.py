"""Statements that read every cell of a column."""

from __future__ import annotations

import duckdb
import pytest

from qmscheck.sql.every import every_cell, every_value
from qmscheck.sql.render import render


@pytest.mark.parametrize("cells", ["('ab'), (NULL), ('cde')", "(12.5), (3), (-7)", "(DATE '2026-01-01'), (NULL)"])
def test_all_cells_of_a_column_of_any_type_are_looked_at(cells: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(f'CREATE TABLE "t 1" AS SELECT * FROM (VALUES {cells}) AS v("a ""b")')
        expected = sum(
            len(str(text))
            for (text,) in connection.execute('SELECT CAST("a ""b" AS TEXT) FROM "t 1"').fetchall()
            if text
        )
        found = connection.execute(render(every_cell("t 1", 'a "b'), "duckdb")).fetchall()
    assert found == [(expected,)]


def test_all_values_of_a_column_are_counted_a_blank_among_them() -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t AS SELECT * FROM (VALUES (1), (1), (NULL), (7)) AS v(a)")
        assert connection.execute(render(every_value("t", "a"), "duckdb")).fetchall() == [(3,)]
