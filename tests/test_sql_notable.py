"""What is asked of the records that were kept is answered as by the states of all records."""

from __future__ import annotations

from functools import cache

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_sql_functions import VALUES

from qmscheck.engine import counts
from qmscheck.judge.counting.noted import noted
from qmscheck.sql import notable as module
from qmscheck.sql.expression import Scope, parse_condition
from qmscheck.sql.kinds import Kind
from qmscheck.sql.margins import margins, with_margin
from qmscheck.sql.notable import notable, notable_first, notable_nearest, notable_tallies
from qmscheck.sql.packed import TESTS as PACKED
from qmscheck.sql.render import render
from qmscheck.sql.select import PLACE, UNMET, UNREADABLE, RowTest, exceptions, states
from qmscheck.sql.statement import Statement

#: What stands in a cell that a test looks at: unmet, met, unreadable, out of scope.
CELLS = st.sampled_from([0, 1, None, 9])
TESTS = st.sampled_from([1, 2, PACKED, PACKED + 3])

Record = tuple[int | None, ...]


@cache
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def asked(number: int) -> list[RowTest]:
    """Give tests of which each looks at a column of its own, which has unreadable cells."""
    scope = Scope({"t": {f"c{i}": Kind.INTEGER for i in range(number)}}, default="t", params={}, terms=frozenset())
    return [
        RowTest("t", ("k",), scope=parse_condition(f"c{i} <> 9", scope), must=parse_condition(f"c{i} = 1", scope))
        for i in range(number)
    ]


def made(records: list[Record], keys: list[str | None]) -> None:
    """Make a table, whose first column is the key, and the relation that is kept of it."""
    number = len(records[0])
    cells = ", ".join(f"c{i} INTEGER, _u_c{i} BOOLEAN" for i in range(number))
    places = ", ".join(f"{p} {'VARCHAR' if p in ('_path', '_heading', '_cell') else 'BIGINT'}" for p in PLACE)
    connection().execute(f"CREATE OR REPLACE TABLE t (k VARCHAR, {places}, {cells})")
    connection().executemany(
        f"INSERT INTO t VALUES ({', '.join('?' * (1 + len(PLACE) + 2 * number))})",
        [
            (key, 0, n, None, None, None, None, None, *(x for cell in record for x in (cell, cell is None)))
            for n, (key, record) in enumerate(zip(keys, records, strict=True))
        ],
    )
    flags = {("t", f"c{i}"): False for i in range(number)}
    text = render(notable("", asked(number), (), {}, VALUES, flags), "duckdb")
    connection().execute(f"CREATE OR REPLACE TABLE kept AS {text}")
    text = render(states(asked(number), (), (), VALUES, flags), "duckdb")
    connection().execute(f"CREATE OR REPLACE TABLE judged AS {text}")


def rows(statement: Statement) -> list[tuple[object, ...]]:
    return connection().execute(render(statement, "duckdb")).fetchall()


@settings(max_examples=12, deadline=None)
@given(TESTS.flatmap(lambda n: st.lists(st.tuples(*[CELLS] * n), min_size=1, max_size=6)), st.data())
@example([(None,) * 62], None)
@example([(9,) * 31, (0,) * 31], None)
def test_what_is_asked_of_the_kept_is_what_all_records_say(records: list[Record], data: st.DataObject | None) -> None:
    number = len(records[0])
    words = [None, "a", "B", "b"]
    made(records, [words[data.draw(st.integers(0, 3))] if data else "a" for _ in records])
    numbers = counts(rows(notable_tallies("kept", number))[0])
    cells = [[record[i] for record in records] for i in range(number)]
    assert numbers == [n for column in cells for n in (column.count(0), column.count(None))]
    limit = data.draw(st.sampled_from([1, 2, 1000, 200_000])) if data else 1000
    wanted = [(i, s) for i in range(number) for s in (UNMET, UNREADABLE)]
    found = noted(rows(notable_first("kept", number, 1, wanted, limit)), 1, number)
    for i in {0, number - 1}:
        for chosen in ([UNMET], [UNREADABLE], [UNMET, UNREADABLE]):
            assert found.listed(i, chosen, limit) == rows(exceptions("judged", i, 1, 0, chosen, limit))


def test_records_with_which_nothing_is_wrong_are_not_kept() -> None:
    made([(1, 1), (9, 1), (9, 9), (0, 9), (1, None)], ["a", "b", "c", "d", "e"])
    assert connection().execute("SELECT k0 FROM kept").fetchall() == [("d",), ("e",)]


def test_no_more_records_are_fetched_than_some_test_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    made([(0, 1)] * 5 + [(1, 0)] * 3, list("abcdefgh"))
    fetched = rows(notable_first("kept", 2, 1, [(0, UNMET), (1, UNMET)], 2))
    assert [row[0] for row in fetched] == ["a", "b", "f", "g"]
    monkeypatch.setattr(module, "_LISTED", 1)  # lists of many records take more than they spare
    fetched = rows(notable_first("kept", 2, 1, [(0, UNMET)], 2))
    assert [row[0] for row in fetched] == ["a", "b", "c", "d", "e"]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([None, "a", "b"]), st.integers(-3, 3) | st.none()), min_size=1, max_size=8))
def test_the_nearest_of_the_kept_are_the_nearest_of_all(records: list[tuple[str | None, int | None]]) -> None:
    kinds = {"k": "text", "a": "date", "b": "date"}
    scope = Scope({"t": {"a": Kind.DATE, "b": Kind.DATE}}, default="t", params={}, terms=frozenset())
    given_tests = [RowTest("t", ("k",), must=parse_condition(must, scope)) for must in ("a <= b", "a < b")]
    tests = [with_margin(test, {"a": "date", "b": "date"}) for test in given_tests]
    places = ", ".join(f"NULL::{'VARCHAR' if p in ('_path', '_heading', '_cell') else 'BIGINT'} AS {p}" for p in PLACE)
    values = ", ".join(
        f"({'NULL' if k is None else repr(k)}, {'NULL' if by is None else f'{by}'}::INTEGER)" for k, by in records
    )
    connection().execute(
        f"CREATE OR REPLACE TABLE t AS SELECT k::VARCHAR AS k, {places}, DATE '2026-05-10' + d AS a, "
        f"DATE '2026-05-10' AS b FROM (VALUES {values}) v(k, d)"
    )
    text = render(notable("", tests, (0, 1), kinds, VALUES, {}), "duckdb")
    connection().execute(f"CREATE OR REPLACE TABLE kept AS {text}")
    (row,) = rows(notable_nearest("kept", (0, 1), 1, 3))
    for i, test in enumerate(tests):
        measured, most, least = row[3 * i : 3 * i + 3]
        wanted = rows(margins(test, kinds, VALUES, {}, 3))
        assert [(key, by, measured, most) for by, key in least or ()] == [(k, by, n, m) for k, _, by, n, m in wanted]  # type: ignore[attr-defined]
