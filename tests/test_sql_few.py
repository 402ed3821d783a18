"""A condition on a column of few values, asked of each value once, says of every record what it says by itself."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_sql_select import VALUES

from qmscheck.sql.expression import Scope, parse_condition
from qmscheck.sql.few import MOST, Answer, answered, answers_in, conditions_on_one, each_value, variety
from qmscheck.sql.functions import expand
from qmscheck.sql.kinds import Kind
from qmscheck.sql.mapping import MappedColumn
from qmscheck.sql.savings import ALL, NAIVE, Savings
from qmscheck.sql.trees import exp

KINDS = {"a": Kind.TEXT, "b": Kind.TEXT, "n": Kind.INTEGER}
WORDS = ["open", "closed", "TBD", "x|y", "it's", "", "Ä"]
LEAVES = [
    "a in ('open', 'closed')",
    "a <> 'open'",
    "a is null",
    "matches(a, '^[a-z]+$')",
    "not matches(a, '(TBD|TODO)')",
    "length(a) between 2 and 5",
    "a is distinct from 'TBD'",
    "starts_with(b, 'x') or b is null",
    "a = b",
    "n > 1",
    "case when a = 'open' then b = 'x|y' else n > 0 end",
    "case when a = 'open' then null else 'it' end = 'it'",
    "coalesce(a, 'TBD') = 'TBD'",
]


def column(name: str) -> MappedColumn:
    return MappedColumn(name=name, kind=Kind.TEXT, header=name, native=Kind.TEXT)


def tree(text: str, savings: Savings = ALL) -> exp.Expr:
    scope = Scope({"t": KINDS}, "t", {}, frozenset())
    return expand(parse_condition(text, scope).tree, replace(VALUES, savings=savings))


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def told(connection: duckdb.DuckDBPyConnection, condition: exp.Expr) -> list[object]:
    return [row[0] for row in connection.execute(f"select {condition.sql('duckdb')} from t order by i").fetchall()]


def answers(connection: duckdb.DuckDBPyConnection, condition: exp.Expr) -> list[Answer]:
    found: list[Answer] = []
    for name, asked in conditions_on_one(exp.paren(condition.copy())).items():
        if KINDS[name] is Kind.TEXT:
            rows = connection.execute(each_value("t", column(name), "t", asked).sql("duckdb")).fetchall()
            found += answers_in(name, rows)
    return found


CELL = st.sampled_from([*WORDS, None])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(CELL, CELL, st.sampled_from([0, 1, 2, None])), min_size=1, max_size=8),
    st.lists(st.sampled_from(LEAVES), min_size=1, max_size=4),
    st.sampled_from([" and ", " or "]),
    st.sampled_from([ALL, NAIVE]),
)
def test_an_answered_condition_says_of_every_record_what_it_said(
    cells: list[tuple[str | None, str | None, int | None]], leaves: list[str], joint: str, savings: Savings
) -> None:
    with duckdb.connect() as connection:
        connection.execute("create table t (i integer, a varchar, b varchar, n bigint)")
        connection.executemany("insert into t values (?, ?, ?, ?)", [(i, *record) for i, record in enumerate(cells)])
        whole = tree(joint.join(f"({leaf})" for leaf in leaves), savings)
        found = answered(whole.copy(), answers(connection, whole))
        assert told(connection, found) == told(connection, whole)


def test_what_holds_for_every_value_is_not_looked_at(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create or replace table t as select 0 as i, 'open' as a, 'x' as b, 1::bigint as n")
    whole = tree("a in ('open', 'closed') and b is not null and n > 0")
    assert answered(whole.copy(), answers(connection, whole)).sql("duckdb") == 'TRUE AND TRUE AND "t"."n" > 0'


def test_only_the_values_that_are_out_of_the_ordinary_are_listed(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create or replace table t as select unnest(['Ada', 'Bob', 'Cy', 'me']) as a, 1 as b, 1 as n")
    whole = tree("matches(a, '^[A-Z][a-z]+$')")
    assert answers(connection, whole) == [Answer("a", 0, True, ("me",), False, True)]


def test_more_values_than_are_few_are_not_answered() -> None:
    assert list(answers_in("a", [(str(n), True) for n in range(MOST + 1)])) == []
    assert list(answers_in("a", [])) == []
    many = [(str(n), n % 2 == 0) for n in range(100)]
    assert list(answers_in("a", many)) == []


def test_the_variety_of_the_first_records_is_counted(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create or replace table t as select (i % 3)::varchar as a, i::varchar as b from range(10) x(i)")
    asked = variety("t", [column("a"), column("b")], 6)
    assert connection.execute(asked.tree.sql("duckdb")).fetchall() == [(3, 6)]
