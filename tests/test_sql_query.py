"""A query of a rule is one SELECT over the declared tables that returns the key; all else is refused at its place."""

from __future__ import annotations

import datetime as dt
import random

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmscheck.sql.expression import Expression, Scope, SqlProblem
from qmscheck.sql.functions import Values, expand
from qmscheck.sql.kinds import Kind
from qmscheck.sql.query import parse_query

SCOPE = Scope(
    {
        "orders": {"id": Kind.TEXT, "n": Kind.INTEGER, "site": Kind.TEXT, "day": Kind.DATE},
        "lines": {"line": Kind.TEXT, "order_id": Kind.TEXT, "n": Kind.INTEGER},
        "old": {"id": Kind.TEXT},
    },
    None,
    {"most": Kind.INTEGER},
    frozenset({"customer"}),
)
VALUES = Values(
    dt.date(2026, 6, 30),
    dt.date(2026, 6, 30),
    (dt.date(2025, 7, 1), dt.date(2026, 6, 30)),
    {"most": 2},
    {"customer": "customer"},
)


def query(text: str) -> Expression:
    return parse_query(text, SCOPE, {"id": Kind.TEXT})


def refusal(text: str) -> SqlProblem:
    with pytest.raises(SqlProblem) as error:
        query(text)
    return error.value


@pytest.fixture(scope="module")
def database() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("""
        create table orders (id text, n bigint, site text, day date);
        create table lines (line text, order_id text, n bigint);
        create table old (id text);
        insert into orders values ('A', 1, 'x', '2026-01-01'), ('B', 5, 'y', '2025-01-01'), ('C', null, null, null);
        insert into lines values ('1', 'A', 3), ('2', 'A', 4), ('3', 'B', 1), ('4', null, 9);
        insert into old values ('A');
    """)
    return connection


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("select id from orders where n > 1", "B"),
        ('select "id" from "orders" where "n" > 1', "B"),
        ("select o.id from orders as o join lines l on l.order_id = o.id where l.n >= 4", "A"),
        ("select o.id from orders o left join lines l on l.order_id = o.id where l.line is null", "C"),
        ("select a.id from orders a join orders b on a.id < b.id and b.n is null", "AB"),
        ("select orders.id from orders, old where orders.id = old.id", "A"),
        ("select orders.id from orders cross join old where orders.id <> old.id", "BC"),
        ("select distinct order_id as id from lines where order_id is not null", "AB"),
        ("select id from orders where id in (select order_id from lines where n > 2)", "A"),
        ("select id from orders where not exists (select line from lines where order_id = orders.id)", "C"),
        ("select id from orders where not exists (select line from lines where lines.order_id = orders.id)", "C"),
        ("select id from orders where n > (select avg(l.n) from lines l where l.order_id = orders.id)", "B"),
        ("select id from orders where (select count(*) from lines where order_id = orders.id) = 0", "C"),
        ("select order_id as id from lines where order_id is not null group by order_id having count(*) > 1", "A"),
        (
            "select order_id as id from lines group by order_id having sum(n) > 5 and count(distinct line) >= param('most')",
            "A",
        ),
        (
            "select order_id as id from lines where order_id is not null group by order_id having max(n) > (select avg(n) from orders) and min(n) > 2",
            "A",
        ),
        ("select max(id) as id from orders", "C"),
        ("select upper(id) as id from orders group by id having max(day) < as_of()", "AB"),
        ("select q.id from (select id, n from orders) as q where q.n > 1", "B"),
        (
            "with c as (select order_id, count(*) as lines_of from lines group by order_id) select orders.id from orders join c on c.order_id = orders.id where c.lines_of > 1",
            "A",
        ),
        ("with x as (select id from orders), y as (select id from x where id > 'A') select id from y", "BC"),
        ("select id from orders where in_period(day) and mentions(site || 'customer', 'customer')", "A"),
        ("select case when n > 1 then id else 'A' end as id from orders", "AAB"),
    ],
)
def test_a_query_returns_the_keys_of_the_exceptions(text: str, rows: str, database: duckdb.DuckDBPyConnection) -> None:
    found = database.execute(expand(query(text).tree, VALUES).sql("duckdb")).fetchall()
    assert sorted(str(key) for (key,) in found) == list(rows)


def test_a_query_says_what_it_reads() -> None:
    text = "select o.id from orders o where exists (select 'x' as y from lines) and o.n > param('most')"
    expression = query(text)
    assert expression.columns == (("orders", "n"), ("orders", "id"), ("lines", ""))
    assert expression.tables == {"orders", "lines"}
    assert expression.params == ("most",)


def test_a_derived_column_counts_as_the_columns_it_was_made_of() -> None:
    assert query("with x as (select id, n as m from orders) select id from x where m > 1").columns == (
        ("orders", "id"),
        ("orders", "n"),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the expression is empty"),
        ("id > 1", "a query is one SELECT"),
        ("from orders select id", "a query is one SELECT"),
        ("table orders", "a query is one SELECT"),
        ("values ('a')", "a query is one SELECT"),
        ("(select id from orders)", "a query is one SELECT"),
        ("insert into orders select id from orders", "a query is one SELECT"),
        ("copy (select id from orders) to 'x'", "a query is one SELECT"),
        ("explain select id from orders", "a query is one SELECT"),
        ("select id from orders; drop table orders", "one expression only: a second statement is refused"),
        ("select id from orders -- all", "comments are refused inside an expression"),
        ("select id from orders union select id from old", "only SELECT is allowed in a query"),
        ("select id from orders except select id from old", "only SELECT is allowed in a query"),
        ("select id from orders limit 1", "'limit' is not allowed in a query"),
        ("select id from orders fetch first 1 rows only", "'limit' is not allowed in a query"),
        ("select id from orders offset 1", "'offset' is not allowed in a query"),
        ("select id from orders order by id", "'order' is not allowed in a query"),
        ("select id from orders for update", "'locks' is not allowed in a query"),
        ("select id into x from orders", "'into' is not allowed in a query"),
        ("select as struct id from orders", "'kind' is not allowed in a query"),
        ("select id from orders qualify row_number() over () = 1", "'qualify' is not allowed in a query"),
        ("select id from orders window w as (partition by id)", "'windows' is not allowed in a query"),
        ("select * from orders", "name the columns: '*' is not allowed"),
        ("select orders.* from orders", "name the columns: '*' is not allowed"),
        ("select * exclude (n) from orders", "name the columns: '*' is not allowed"),
        ("select columns('id') from orders", "the function columns() is not part of the rule language"),
        ("select distinct on (site) id from orders", "'distinct on' is not allowed in a query"),
        ("select distinct on (getenv('x')) id from orders", "'distinct on' is not allowed in a query"),
        ("with recursive x as (select id from orders) select id from x", "a recursive query is refused"),
        ("with orders as (select id from old) select id from orders", "'orders' is the name of a table already"),
        ("with x as (select id from old), x as (select id from orders) select id from x", "'x' is the name of a table already"),
        ("with x(id) as (select line from lines) select id from x", "an alias is one name"),
        ("with x as materialized (select id from old) select id from x", "only 'with name as (select ...)' is known"),
        ("with x as (insert into orders values (1)) select id from orders", "only SELECT is allowed in a query"),
        ("select id from orders as o(a, b)", "an alias is one name"),
        ("select id from (select id from orders) as q(z)", "an alias is one name"),
        ("select id from (select id from orders)", "a query reads declared tables, and sub-queries with a name"),
        ("select id from (values ('a')) as v", "a query reads declared tables, and sub-queries with a name"),
        ("select id from orders, lateral (select n) as z", "a query reads declared tables, and sub-queries with a name"),
        ("select id from read_csv('x')", "a query reads declared tables, and sub-queries with a name"),
        ("select id from range(10)", "a query reads declared tables, and sub-queries with a name"),
        ("select id from duckdb_settings()", "a query reads declared tables, and sub-queries with a name"),
        ("select id from main.orders", "a query reads declared tables, and sub-queries with a name"),
        ("select id from memory.main.orders", "a query reads declared tables, and sub-queries with a name"),
        ("select id from information_schema.tables", "a query reads declared tables, and sub-queries with a name"),
        ("select id from orders tablesample 10%", "a query reads declared tables, and sub-queries with a name"),
        ("select id from (select id from orders) as q tablesample 10%", "a query reads declared tables, and sub-queries with a name"),
        ("select id from orders pivot (count(*) for site in ('a'))", "a query reads declared tables, and sub-queries with a name"),
        ("select id from 'file.csv'", "there is no table 'file.csv'"),
        ("select id from orderz", "there is no table 'orderz'"),
        ("select id from Orders", "there is no table 'Orders'"),
        ("select 'x' as id", "a query reads at least one declared table"),
        ("select orders.id from orders join orders on true", "'orders' stands twice in FROM"),
        ("select id from orders natural join old", "this kind of join is not allowed"),
        ("select orders.id from orders semi join old on old.id = orders.id", "this kind of join is not allowed"),
        ("select orders.id from orders asof join old on old.id = orders.id", "this kind of join is not allowed"),
        ("select orders.id from orders positional join old", "this kind of join is not allowed"),
        ("select orders.id from orders left join old", "this join needs 'on'"),
        ("select orders.id from orders cross join old on true", "a cross join has no 'on'"),
        ("select orders.id from orders join old using (id)", "'using' is not allowed"),
        ("select orders.id from orders join old on orders.n", "expected a condition, and this is an integer"),
        ("select id from orders join old on true", "'id' is a column of orders and old"),
        ("select o.id from orders o where orders.n > 1", "there is no table 'orders' here"),
        ("select id from orders where exists (select line from lines where x.n = 1)", "there is no table 'x' here"),
        ("select id from orders where exists (select nope from lines)", "the tables here have no column 'nope'"),
        ("select id from orders where id not in (select order_id from lines)", "'not in (select ...)' finds nothing as soon as one value is blank"),
        ("select id from orders where not (id in (select order_id from lines))", "'not in (select ...)' finds nothing as soon as one value is blank"),
        ("select id from orders where n = any (select n from lines)", "comparisons with 'any' and 'all' are refused"),
        ("select id from orders where n > all (select n from lines)", "comparisons with 'any' and 'all' are refused"),
        ("select id from orders where n in (select id from old)", "integer cannot be compared with text"),
        ("select id from orders where n = (select n, line from lines)", "a sub-query that gives a value returns one column"),
        ("select id from orders where n in ((select n from lines order by random()))", "'order' is not allowed in a query"),
        ("select id from orders where count(*) > 1", "an aggregate may stand in SELECT and HAVING only, and not inside another"),
        ("select id from orders group by id having sum(sum(n)) > 1", "an aggregate may stand in SELECT and HAVING only, and not inside another"),
        ("select id from orders group by id having sum(site) > 1", "expected a number, and this is text"),
        ("select id from orders group by id having string_agg(site, ',') = 'x'", "of the aggregates, count, sum, avg, min and max are known; windows are refused"),
        ("select id from orders group by id having count(*) filter (where n > 1) > 1", "of the aggregates, count, sum, avg, min and max are known; windows are refused"),
        ("select id from orders where row_number() over () = 1", "of the aggregates, count, sum, avg, min and max are known; windows are refused"),
        ("select id from orders having n > 1", "'id' is neither grouped by nor inside count, sum, avg, min or max"),
        ("select id from orders group by site", "'id' is neither grouped by nor inside count, sum, avg, min or max"),
        ("select id from orders having count(*) > 1", "'id' is neither grouped by nor inside count, sum, avg, min or max"),
        ("select id from orders group by distinct id", "only a plain GROUP BY is allowed"),
        ("select id from orders group by all", "only a plain GROUP BY is allowed"),
        ("select id from orders group by 1", "only a plain GROUP BY is allowed"),
        ("select id from orders where day > now()", "the function now() is not part of the rule language"),
        ("select id, id from orders", "two columns are called 'id'"),
        ("select id, n from orders", "the query must return the key of the table, id, and returns id, n"),
        ("select from orders", "the query returns nothing"),
        ("select n as id from orders", "the query returns id as integer, and the key is text"),
        ("select id from orders where", "not valid SQL: something is missing after this"),
        ("select id from orders where exists (select from lines)", "the query returns nothing"),
        ("select id, orders where n > 1", "a query reads at least one declared table"),
        ("select id form orders", "not valid SQL: this was not expected here"),
    ],
)  # fmt: skip
def test_a_query_that_is_more_than_a_select_over_declared_tables_is_refused(text: str, message: str) -> None:
    assert refusal(text).message == message


def test_a_mistake_inside_a_sub_query_has_its_place() -> None:
    text = "select id from orders\nwhere not exists (select line from lines\n  where order_id = orders.idd)"
    problem = refusal(text)
    line, column, length = problem.place
    assert text.split("\n")[line - 1][column - 1 :][:length] == "orders.idd"
    assert problem.hint == "did you mean 'id'?"


WORDS = [
    "select", "id", "from", "orders", "where", "n", ">", "1", "lines", "old", "join", "on", "orders.id", "=",
    "lines.order_id", "group", "by", "having", "count(*)", "sum(", ")", "(", "exists", "in", "with", "x", "as", ",",
    "union", "limit", "1", "order", "distinct", "*", "'a'", "left", "cross", "lateral", "not", "and", "or",
    "as_of()", "param('most')", "max(", "avg(", ".n", "o.", "q", ";", "using", "true", "pivot", "range(3)", "over",
    "()", "values", "all", "recursive",
]  # fmt: skip


def survives(text: str) -> Expression | None:
    try:
        return query(text)
    except SqlProblem as problem:
        line, column, length = problem.place
        assert line >= 1
        assert column >= 1
        assert length >= 1
        return None


@settings(max_examples=100, deadline=2000)
@given(st.text(max_size=40))
def test_any_text_after_select_is_a_query_or_a_problem(text: str) -> None:
    survives(f"select {text}")


@settings(max_examples=100, deadline=2000)
@given(st.lists(st.sampled_from(WORDS), max_size=20))
def test_any_words_after_select_are_a_query_or_a_problem(words: list[str]) -> None:
    survives(" ".join(["select", *words]))


def test_mutated_queries_that_are_accepted_run_in_the_engine(database: duckdb.DuckDBPyConnection) -> None:
    good = [
        "select orders.id from orders join lines on lines.order_id = orders.id where lines.n > 1",
        "select id from orders where exists ( select line from lines where order_id = orders.id )",
        "select order_id as id from lines group by order_id having sum( n ) > 1",
        "with x as ( select id from orders where n > 1 ) select id from x",
    ]
    rng = random.Random(2)
    accepted = 0
    for _ in range(500):
        words = rng.choice(good).split()
        at = rng.randrange(len(words))
        words[at : at + rng.randint(0, 1)] = [rng.choice(WORDS)]
        found = survives(" ".join(words))
        if found is not None:
            accepted += 1
            database.execute(expand(found.tree, VALUES).sql("duckdb"))
    assert accepted >= 10


def test_a_query_compares_a_column_with_words_of_its_closed_list_only() -> None:
    scope = Scope({"a": {"id": Kind.TEXT, "s": Kind.TEXT}}, None, {}, frozenset(), words={"a": {"s": ("open",)}})
    text = "select id from a where exists (select 1 from a as other where other.s = 'opne')"
    with pytest.raises(SqlProblem, match="'opne' is none of the 'values'"):
        parse_query(text, scope, {"id": Kind.TEXT})
    assert parse_query(text.replace("opne", "open"), scope, {"id": Kind.TEXT}).kind is not None
