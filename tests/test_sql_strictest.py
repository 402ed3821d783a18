"""The strictest of many conditions is true of a record exactly where all of them are."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_sql_select import VALUES

from qmscheck.sql.expression import Scope, parse_condition
from qmscheck.sql.functions import expand
from qmscheck.sql.kinds import Kind
from qmscheck.sql.strictest import Condition, scoped, strictest
from qmscheck.sql.trees import exp

KINDS = {"a": Kind.TEXT, "b": Kind.TEXT, "n": Kind.INTEGER}

WORDS = ["open", "closed", "TBD", "x|y", "A", "B7", "it's", ""]
LEAVES = [
    *(f"n {sign} {number}" for sign in ("<", "<=", ">", ">=") for number in ("1", "2.0", "2", "-1", "2.5")),
    *("2 > n", "n between 0 and 3", "n between -1 and 2.5", "n + 1 <= 3", "n + 1 < 2", "n = 2", "n <> 1", "n is null"),
    "n < 9007199254740993",
    "n < 9007199254740992",
    "a in ('open', 'closed')",
    "a in ('closed', 'TBD', 'A')",
    "a in ('x|y', 'it''s')",
    "a not in ('closed', 'x|y')",
    "a <> 'open'",
    "a <> 'OPEN'",
    "b <> 'A'",
    "a is null",
    "a is not null",
    "matches(a, '^[a-z]+$|^[A-Z]$')",
    "matches(a, '^[a-z]+$|^[A-Z][0-9]$')",
    "matches(b, '^[a-z]+$|T')",
    "matches(b, '(?i)^[a-z]+$|T')",
    "matches(b, '^[a-z]+$|[|]')",
    "length(a) between 2 and 5",
    "length(a) between 1 and 4",
    "a = b",
    "case when a = 'open' then null else n > 1 end",
]


def tree(text: str) -> exp.Expr:
    """Write a condition of a rule as it is asked."""
    return expand(parse_condition(text, Scope({"t": KINDS}, "t", {}, frozenset())).tree, VALUES)


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    cells = ", ".join("(" + repr(word).replace('"it\'s"', "'it''s'") + ")" for word in WORDS)
    connection.execute(
        f"create table t as select a.w as a, b.w as b, n.i as n from (values {cells}, (null)) a(w), "
        f"(values {cells}, (null)) b(w), (values (null), (-1), (0), (1), (2), (3), (9007199254740993)) n(i)"
    )
    return connection


def true_of(connection: duckdb.DuckDBPyConnection, whole: exp.Expr) -> list[tuple[object, ...]]:
    text = f"select a, b, n from t where coalesce({whole.sql('duckdb')}, false) order by all"
    return connection.execute(text).fetchall()


def joined(sides: list[str]) -> str:
    return " or ".join(f"({side})" for side in sides)


leaves = st.sampled_from(LEAVES)
alternatives = st.lists(leaves, min_size=1, max_size=3).map(joined)
both = st.lists(alternatives, min_size=1, max_size=2).map(lambda sides: " and ".join(f"({side})" for side in sides))
musts = st.one_of(alternatives, both, leaves.map(lambda leaf: f"not ({leaf})"))
conditions = st.lists(st.tuples(musts, st.one_of(st.none(), leaves, musts)), min_size=1, max_size=8)


@settings(max_examples=300, deadline=None)
@given(conditions)
def test_the_strictest_holds_exactly_where_all_conditions_hold(
    connection: duckdb.DuckDBPyConnection, asked: list[tuple[str, str | None]]
) -> None:
    def made() -> list[Condition]:
        return [Condition(tree(must), None if scope is None else tree(scope)) for must, scope in asked]

    naive = exp.and_(*(scoped(c.scope, [c.must]) for c in made()))
    assert true_of(connection, strictest(made())) == true_of(connection, naive)


def written(*conditions: tuple[str, str | None] | str) -> str:
    pairs = [(one, None) if isinstance(one, str) else one for one in conditions]
    whole = strictest(Condition(tree(must), None if scope is None else tree(scope)) for must, scope in pairs)
    return whole.sql("duckdb").replace('"t".', "").replace('"', "")


@pytest.mark.parametrize(
    ("conditions", "left"),
    [
        (["n < 5", "n < 3 and n > 0", "n >= 1"], "(n < 3 AND n >= 1)"),
        (["n <= 3", "n < 3"], "(n < 3)"),
        (["n < 3", "3 >= n"], "(n < 3)"),
        (["n between 1 and 5", "n between 2 and 9"], "(n >= 2 AND n <= 5)"),
        (["n > -1", "n > -2"], "(n > -1)"),
        (["n + 1 < 5", "n + 1 < 4", "n + 2 < 4"], "(n + 1 < 4 AND n + 2 < 4)"),
        (["a in ('A', 'B')", "a in ('B', 'C')", "a <> 'D'"], "(a IN ('B'))"),
        (["a <> 'A'", "a not in ('B', 'A')"], "(NOT a IN ('A', 'B'))"),
        (["a <> 'A'", "a <> 'a'"], "(NOT a IN ('A', 'a'))"),
        (["a in ('A')", "a in ('B')", "a <> 'C'"], "(a IN ('A') AND a IN ('B') AND a <> 'C')"),
        (["a is null or n < 3", "a is null or n < 2"], "((a IS NULL OR (n < 2)))"),
        (
            ["matches(a, '^A$|^1$')", "matches(a, '^A$|^2$')"],
            "((CASE WHEN REGEXP_MATCHES(a, '^A$') THEN TRUE ELSE (REGEXP_MATCHES(a, '^1$') AND REGEXP_MATCHES(a, '^2$')) END))",
        ),
        (["matches(a, '^A$|^1$')"], "(REGEXP_MATCHES(a, '^A$|^1$'))"),
    ],
)
def test_what_follows_from_others_is_left_out(conditions: list[str], left: str) -> None:
    assert written(*conditions) == left


def test_conditions_of_one_scope_are_asked_together() -> None:
    found = written(("n < 5", "a = 'A'"), ("n < 3", "a = 'A'"))
    assert found == "((CASE WHEN a = 'A' THEN (n < 3) ELSE NOT a = 'A' END))"


def test_simple_conditions_of_many_scopes_are_first_asked_of_all_records() -> None:
    found = written(*((f"n < {number}", f"b <> '{number}'") for number in range(4)))
    assert found.startswith("((CASE WHEN (NOT b IS NULL AND n < 0) THEN TRUE ELSE ((CASE WHEN b <> '0'")


def test_what_may_fail_is_not_asked_of_records_outside_its_scope() -> None:
    found = written(
        *((f"add_days(as_of(), n) < add_days(as_of(), {number})", f"b <> '{number}'") for number in range(1, 6))
    )
    assert found.startswith("((CASE WHEN b <> '1' THEN")


def test_no_condition_at_all_is_true() -> None:
    assert strictest([]).sql() == "TRUE"
