"""What a condition may say, with which types; everything else is refused at its place, in words a person understands."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qmscheck.sql.expression import Checker, Expression, Scope, SqlProblem, parse_condition
from qmscheck.sql.functions import FUNCTIONS
from qmscheck.sql.kinds import Kind
from qmscheck.sql.reading import read_condition

if TYPE_CHECKING:
    from _pytest.logging import LogCaptureFixture

ORDERS = {
    "id": Kind.TEXT,
    "note": Kind.TEXT,
    "comment": Kind.TEXT,
    "load": Kind.INTEGER,
    "n": Kind.INTEGER,
    "value": Kind.NUMBER,
    "rush": Kind.BOOLEAN,
    "day": Kind.DATE,
    "at": Kind.TIMESTAMP,
}
COLUMNS_ARE = "its columns are id, note, comment, load, n, value, rush, day, at"
SCOPE = Scope(
    {"orders": ORDERS},
    "orders",
    {"days": Kind.INTEGER, "rate": Kind.NUMBER, "word": Kind.TEXT, "since": Kind.DATE, "on": Kind.BOOLEAN},
    frozenset({"customer"}),
)


def kind(text: str) -> Kind:
    return Checker(SCOPE, text).kind(read_condition(text))


def refusal(text: str) -> SqlProblem:
    with pytest.raises(SqlProblem) as error:
        parse_condition(text, SCOPE)
    return error.value


def marked(text: str, problem: SqlProblem) -> str:
    line, column, length = problem.place
    return text.split("\n")[line - 1][column - 1 :][:length]


# ---------------------------------------------------------------- the table of docs/rulesets.md


@pytest.mark.parametrize(
    "text",
    [
        # logic
        "rush and n > 1 or not rush",
        "note is null",
        "note is not null",
        "note is distinct from 'x'",
        "note is distinct from null",
        "day is not distinct from as_of()",
        "rush is true",
        "rush is false",
        "rush is not true",
        # comparison
        "n = 1",
        "n <> 1",
        "n < 1.5",
        "value <= n",
        "day > at",
        "note >= 'a'",
        "n between 1 and 5",
        "day between date '2026-01-01' and as_of()",
        "note in ('a', 'b')",
        "note not in ('a', 'b')",
        "note like 'a%'",
        "note ilike 'a_'",
        "note not like '%x%'",
        # numbers
        "n + 1 - 2 * 3 > 0",
        "n / 2 > 1",
        "n / -2 > 1",
        "n / nullif(value, 0) > 1",
        "abs(n) > 1",
        "round(value, 2) > 1",
        "-n > 1",
        # text
        "lower(note) = upper(id)",
        "trim(note) = ''",
        "length(note) > 3",
        "starts_with(note, 'a')",
        "ends_with(note, 'a')",
        "contains(note, id)",
        "note || id = 'ab'",
        r"matches(note, '^[A-Z]{2}-\d+$')",
        r"matches(note, '(?i)\bgr\x{f6}\x{df}e\p{L}*')",
        # choice
        "case when rush then n > 1 else n > 2 end",
        "case when n > 1 then 'a' when n > 2 then 'b' end = 'a'",
        "coalesce(note, id, '') = ''",
        "nullif(n, 0) is null",
        "greatest(day, at) > as_of()",
        "least(n, value, 3) > 1",
        # dates
        "day = date '2024-02-29'",
        "year(day) = 2026 and month(at) = 1 and day(day) = 31",
        "days_between(day, at) > 5",
        "working_days(day, as_of()) <= param('days')",
        "hours_between(at, at) < 1.5",
        "add_days(day, n) > day",
        "add_months(day, -12) > day",
        "add_months(at, param('days')) > at",
        # the audit
        "as_of() > day",
        "audit_date() >= as_of()",
        "in_period(day)",
        "in_period(at)",
        "period_from() < period_to()",
        "param('on')",
        "param('word') = note",
        "param('since') <= at",
        # words
        "mentions(note, 'customer')",
        "filled(note) and filled(n) and filled(day)",
        # casts
        "cast(n as text) = '1'",
        "cast(note as date) = day",
        "cast(at as date) = day",
        "cast(note as number) = 1",
        "cast(value as integer) = 1",
        "note::integer = 1",
        # how it may be written
        "orders.note = 'x'",
        '"note" = \'x\' and "orders"."n" = 1',
        "note IS NULL AND LOWER(note) = 'x'",
        "note = 'größe ☃ 😀 ''quoted'' -- no comment; /* none */ $1 ? @x'",
        "n =\n  1\n  and rush",
        "comment is not null",
        "orders.comment is not null and orders.load > 1",
        "(n = 1) = rush",
        "(((n = 1)))",
        "true",
    ],
)
def test_a_condition_of_the_documented_language_is_accepted(text: str) -> None:
    assert parse_condition(text, SCOPE).kind is Kind.BOOLEAN


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("n + n", "integer"),
        ("n + value", "number"),
        ("n / 2", "number"),
        ("-n", "integer"),
        ("abs(n)", "integer"),
        ("abs(value)", "number"),
        ("round(n, 2)", "number"),
        ("1", "integer"),
        ("1.5", "number"),
        ("99999999999999999999", "number"),
        ("'1'", "text"),
        ("lower(note)", "text"),
        ("length(note)", "integer"),
        ("note || id", "text"),
        ("case when rush then 1 end", "integer"),
        ("case when rush then 1 else 1.5 end", "number"),
        ("case when rush then null else day end", "date"),
        ("coalesce(day, at)", "timestamp"),
        ("nullif(note, '')", "text"),
        ("greatest(n, value)", "number"),
        ("year(day)", "integer"),
        ("date '2026-01-31'", "date"),
        ("days_between(day, at)", "integer"),
        ("working_days(day, at)", "integer"),
        ("hours_between(day, at)", "number"),
        ("add_days(day, 1)", "date"),
        ("add_days(at, 1)", "timestamp"),
        ("add_months(day, 1)", "date"),
        ("as_of()", "date"),
        ("param('days')", "integer"),
        ("param('rate')", "number"),
        ("param('word')", "text"),
        ("param('since')", "date"),
        ("param('on')", "boolean"),
        ("cast(n as text)", "text"),
        ("cast(note as date)", "date"),
        ("cast(note as number)", "number"),
        ("cast(note as integer)", "integer"),
    ],
)
def test_an_expression_has_the_type_that_the_documentation_says(text: str, expected: str) -> None:
    assert kind(text) == expected


def test_every_function_of_the_language_is_accepted_once() -> None:
    arguments = {
        "text": "note",
        "date": "day",
        "number": "value",
        "n": "n",
        "from": "day",
        "to": "day",
        "x": "n",
        "y": "n",
    }
    literals = {"'name'": "'days'", "'family'": "'customer'", "'pattern'": "'a+'"}
    for function in FUNCTIONS.values():
        inside = function.usage.partition("(")[2].rstrip(")")
        names = [a.strip() for a in inside.split(",") if a.strip() not in {"", "..."}]
        given = ", ".join(literals.get(a) or arguments.get(a) or (a if a.startswith("'") else "1") for a in names)
        assert kind(f"{function.name}({given})") in Kind


def test_an_expression_says_what_it_reads() -> None:
    expression = parse_condition(
        "n > param('days') and orders.note = id and mentions(note, 'customer') and n < 9", SCOPE
    )
    assert expression.columns == (("orders", "n"), ("orders", "note"), ("orders", "id"))
    assert expression.columns_of("orders") == ("n", "note", "id")
    assert expression.columns_of("lines") == ()
    assert expression.tables == {"orders"}
    assert expression.params == ("days",)
    assert expression.terms == ("customer",)
    assert expression.tree.sql("duckdb").startswith(
        '"orders"."n" > PARAM(\'days\') AND "orders"."note" = "orders"."id"'
    )


def test_names_of_another_table_are_qualified_and_plain_names_are_the_inner_table() -> None:
    scope = Scope({"reviews": {"on": Kind.DATE, "n": Kind.INTEGER}, "orders": ORDERS}, "reviews", {}, frozenset())
    expression = parse_condition("n = 1 and orders.n = 2 and reviews.on <= orders.day", scope)
    assert expression.columns == (("reviews", "n"), ("orders", "n"), ("reviews", "on"), ("orders", "day"))


# ---------------------------------------------------------------- refused: whole messages


@pytest.mark.parametrize(
    ("text", "message", "hint", "place"),
    [
        ("", "the expression is empty", None, ""),
        ("  \n ", "the expression is empty", None, " "),
        ("n", "a condition must be true or false, and this is an integer", None, "n"),
        ("note", "a condition must be true or false, and this is text", None, "note"),
        ("null", "a condition must be true or false, and this is NULL", None, "null"),
        ("day and rush", "expected a condition, and this is a date", None, "day"),
        ("not n", "expected a condition, and this is an integer", None, "n"),
        ("noted = 'x'", "table 'orders' has no column 'noted'", "did you mean 'note'?", "noted"),
        ("NOTE = 'x'", "table 'orders' has no column 'NOTE'", "did you mean 'note'?", "NOTE"),
        ("größe = 1", "table 'orders' has no column 'größe'", COLUMNS_ARE, "größe"),
        ("orders.nn = 1", "table 'orders' has no column 'nn'", "did you mean 'n'?", "orders.nn"),
        ("order.n = 1", "there is no table 'order' here", "did you mean 'orders'?", "order.n"),
        ("lines.n = 1", "there is no table 'lines' here", "the tables here are orders", "lines.n"),
        ("a.b.c = 1", "a column is written 'column' or 'table.column'", None, "a.b.c"),
        ("note.x = 1", "there is no table 'note' here", "the tables here are orders", "note.x"),
        ("_row = 1", "table 'orders' has no column '_row'", COLUMNS_ARE, "_row"),
        ("n = null", "a comparison with NULL is never true", "write 'is null' or 'is not null'", "n"),
        ("null <> n", "a comparison with NULL is never true", "write 'is null' or 'is not null'", "n"),
        ("n in (1, null)", "NULL in a list is never equal to anything", "leave it out", "n in (1"),
        ("n is 1", "only 'is null', 'is true' and 'is false' are known", None, "n is 1"),
        ("day = '2026-01-31'", "date cannot be compared with text", "write a date as date '2026-01-31'", None),
        ("at < '2026-01-31'", "timestamp cannot be compared with text", "write a date as date '2026-01-31'", None),
        ("day = 5", "date cannot be compared with integer", None, None),
        ("note = 5", "text cannot be compared with integer", None, None),
        ("rush = 1", "boolean cannot be compared with integer", None, None),
        ("rush = 'true'", "boolean cannot be compared with text", None, None),
        ("n between 1 and 'x'", "integer cannot be compared with text", None, None),
        ("note in ('a', 3)", "text cannot be compared with integer", None, "note in ('a', 3"),
        ("1 < n < 3", "comparisons cannot be chained", "join them with 'and', or put one in parentheses", None),
        ("n = 1 = rush", "comparisons cannot be chained", "join them with 'and', or put one in parentheses", None),
        ("n = 1e", "'1e' is not a number", None, "1e"),
        ("date '2026-02-30' = day", "'2026-02-30' is not a date", "write a date as date '2026-01-31'", "'2026-02-30'"),
        ("day = date '2026-1-1'", "'2026-1-1' is not a date", "write a date as date '2026-01-31'", "'2026-1-1'"),
        ("date '0000-01-01' = day", "'0000-01-01' is not a date", "write a date as date '2026-01-31'", "'0000-01-01'"),
        ("cast('x' as number) = n", "'x' is not a number", None, "'x'"),
        ("cast(day as integer) = n", "a date cannot become a number", None, "day"),
        ("cast(n as date) = day", "an integer cannot become a date", None, "n"),
        ("n / value > 1", "this could divide by zero", "write nullif(x, 0)", "value"),
        ("n / 0 > 1", "this could divide by zero", "write nullif(x, 0)", "0"),
        ("n / 0.0 > 1", "this could divide by zero", "write nullif(x, 0)", "0.0"),
        ("n / nullif(value, 1) > 1", "this could divide by zero", "write nullif(x, 0)", "nullif"),
        ("n / param('days') > 1", "this could divide by zero", "write nullif(x, 0)", "param"),
        ("n > 1e400", "the number is too large", None, "1e400"),
        ("n + note > 1", "expected numbers, and these are integer and text", None, "n + note"),
        (
            "day + 1 > day",
            "dates are moved with add_days() and add_months()",
            "days_between(a, b) counts days",
            "day + 1",
        ),
        ("day - day > 1", "dates are moved with add_days() and add_months()", "days_between(a, b) counts days", None),
        ("- note > 1", "a minus sign needs a number, and this is text", None, "note"),
        ("note || n = 'x'", "'||' joins texts", "cast(x as text)", "note || n"),
        ("note like id", "the pattern of 'like' is a text in quotes", None, "note like id"),
        ("n like 'x'", "'like' needs text", None, "n like 'x'"),
        (
            "note like 'leak'",
            "a pattern without % and _ fits that very text only",
            "write '%leak%' for a part of the text, and = 'leak' for all of it",
            "'leak'",
        ),
        ("case n when 1 then rush end", "write 'case when condition then ...'", None, "case"),
        ("case when n then rush end", "expected a condition, and this is an integer", None, "n"),
        ("case when rush then 1 else 'x' end = 1", "integer cannot be compared with text", None, "case"),
        ("n in ()", "'in' takes a list of values in parentheses", None, "n"),
        ("lower(n) = 'x'", "lower() takes text here, and this is an integer", "it is lower(text)", "n"),
        ("abs(note) > 1", "abs() takes integer or number here, and this is text", "it is abs(number)", "note"),
        (
            "add_days(day, 1.5) > day",
            "add_days() takes integer here, and this is a number",
            "it is add_days(date, n)",
            "1.5",
        ),
        ("year(note) = 1", "year() takes date or timestamp here, and this is text", "it is year(date)", "note"),
        (
            "days_between(day) > 1",
            "days_between() has the wrong number of arguments",
            "it is days_between(from, to)",
            "days_between",
        ),
        ("round(value) > 1", "round() has the wrong number of arguments", "it is round(number, digits)", "round"),
        ("abs(n, n) > 1", "not valid SQL: too many arguments", "it is abs(number)", ")"),
        ("param('dayz') = 1", "there is no parameter 'dayz'", "did you mean 'days'?", "'dayz'"),
        ("param(note) = 1", "param() takes a text in quotes here", "it is param('name')", "note"),
        (
            "mentions(note, 'custommer')",
            "there is no term family 'custommer'",
            "did you mean 'customer'?",
            "'custommer'",
        ),
        ("coalesce(n, 'x') = 1", "integer cannot be compared with text", None, "coalesce"),
        ("nullif(n, 'x') = 1", "integer cannot be compared with text", None, "nullif"),
        ("low(note) = 'x'", "the function low() is not part of the rule language", "did you mean 'lower'?", "low"),
        ("now() > at", "the function now() is not part of the rule language", "as_of() is the only clock", "now"),
        ("concat(note, id) = 'x'", "the function concat() is not part of the rule language", "write x || y", "concat"),
        (
            "n > (select max(n) from orders)",
            "a sub-query is not allowed here",
            "use 'has', 'lacks' or 'query'",
            "select max(n) from orders",
        ),
        (
            "max(n) > 1",
            "an aggregate is not allowed in a condition on one record",
            "use 'count' or 'query'",
            "max",
        ),
        ("n = 1; n = 2", "one expression only: a second statement is refused", None, ";"),
        (
            "n = 1 -- why",
            "comments are refused inside an expression",
            "put a TOML comment (#) on a line of its own",
            "--",
        ),
        ("n = $1", "the character $ is not part of the rule language", None, "$"),
        ("n = @x", "the character @ is not part of the rule language", None, "@"),
        ("n = 1\x00", "the character U+0000 is not part of the rule language", None, "\x00"),
        ("note = 'x", "the quotation mark ' is not closed", None, "'"),
        ('"note = 1', 'the quotation mark " is not closed', None, '"'),
        (
            "select 1",
            "a condition is one expression, not a statement",
            "write only the condition, as after WHERE",
            "select",
        ),
        ("n = 1 and", "not valid SQL: something is missing after this", None, "and"),
        ("(n = 1", "not valid SQL: a closing parenthesis is missing after this", None, "1"),
        ("n = 1)", "not valid SQL: this was not expected here", None, ")"),
        ("n = 1 n = 2", "not valid SQL: this was not expected here", None, "n"),
        ("n = 1\n  and noted = 'x'", "table 'orders' has no column 'noted'", "did you mean 'note'?", "noted"),
        ("note = '☃😀' and noted = 'x'", "table 'orders' has no column 'noted'", "did you mean 'note'?", "noted"),
    ],
)
def test_a_mistake_is_told_in_plain_words_with_a_hint_at_its_place(
    text: str, message: str, hint: str | None, place: str | None
) -> None:
    problem = refusal(text)
    assert (problem.message, problem.hint) == (message, hint)
    if place is not None:
        assert marked(text, problem) == place


def test_the_place_of_a_mistake_counts_lines_and_columns_from_one() -> None:
    assert refusal("n = 1\n  and noted = 'x'").place == (2, 7, 5)


# ---------------------------------------------------------------- refused: attacks (each kind was tried on DuckDB)

ATTACKS = """
exists (select 1 from orders)
n in (select n from orders)
n = any (select n from orders)
n > all (select n from orders)
not exists (select 1)
count(*) > 1
sum(n) over (partition by note) > 1
row_number() over () = 1
lag(n) over (order by n) = 1
string_agg(note) = 'x'
any_value(n) = 1
count(*) filter (where n > 1) > 1
n = 1; drop table orders
n = 1 union select 1
n = 1 /* x */
n = ?
n = :x
n = $x
n = %s
list_transform([1], x -> x) is null
list_filter(note, lambda x: x > 1) is null
x -> x
[1, 2] is null
{'a': 1} is null
note[1] = 'a'
'abc'[1] = 'a'
struct_pack(a := 1) is null
row(1, 2) is null
(n, value) = (1, 2)
map(n, n) is null
n::json is null
cast(note as blob) is null
note::blob is null
cast(note as json) is null
cast(note as struct(a integer)) is null
cast(note as uuid) is null
cast(note as timestamp) is null
cast(note as time) is null
cast(n as boolean)
try_cast(note as integer) = 1
json '{}' is null
blob 'x' is null
timestamp '2026-01-01' = at
read_csv('/etc/passwd') is null
read_text('/etc/passwd') is null
read_blob('/etc/passwd') is null
glob('*') is null
note glob '*'
getenv('HOME') = 'x'
getvariable('x') is null
current_setting('x') = 'y'
set_config('x', 'y') = 'y'
query('select 1') is null
query_table('orders') is null
duckdb_secrets() is null
duckdb_settings() is null
nextval('s') = 1
sleep_ms(1000) is null
pg_sleep(1) is null
pg_read_file('x') is null
write_log('x') is null
error('x') is null
reflect('x') is null
java_method('a', 'b') is null
load_extension('x') is null
system('ls') is null
repeat('x', 2000000000) = 'y'
lpad('x', 2000000000, 'y') = 'z'
rpad('x', 2000000000, 'y') = 'z'
range(100000000) is null
generate_series(1, 100000000) is null
unnest(note) = 1
random() > 0.5
uuid() = note
now() > at
today() > day
current_date > day
current_timestamp > at
localtime is null
version() = 'x'
current_user = 'x'
session_user = 'x'
hash(n) = 1
md5(note) = 'x'
levenshtein(note, id) < 3
regexp_matches(note, id)
regexp_replace(note, 'a', 'b') = 'x'
matches(note, id)
matches(note, 'a' || 'b')
note ~ 'x'
note similar to 'x'
note like 'a' escape 'b'
note like any ('a', 'b')
note collate nocase = 'x'
e'x' = note
E'\\\\n' = note
x'00' = note
'a' 'b' = note
$$x$$ = note
`note` = 'x'
* = 1
orders.* is null
count(orders.*) = 1
columns(*) is null
COLUMNS('n') is null
try(n) = 1
try(cast(note as integer)) = 1
n % 2 = 0
n // 2 = 1
n ** 2 = 1
n & 1 = 1
n << 1 = 1
~n = 1
day + interval 1 day > day
interval '1 day' is null
at at time zone 'utc' = at
extract(year from day) = 2026
date_trunc('month', day) = day
strftime(day, '%Y') = '2026'
ltrim(note) = 'x'
trim(both 'x' from note) = 'x'
trim(note, 'x') = 'x'
if(rush, true, false)
main.orders.n = 1
db.main.orders.n = 1
rowid = 1
_u_note
filled(*)
filled(x := 1)
note as x
n = 1 as x
n = 1, n = 2
id = 'x' limit 1
id = 'x' order by 1
id = 'x' group by 1
id = 'x' from orders
distinct n = 1
n := 1
n in orders
default = 1
set x = 1
pragma version
attach 'x'
install httpfs
load httpfs
copy orders to 'x'
create table x (a int)
insert into orders values (1)
update orders set n = 1
delete from orders
with x as (select 1) select 1
values (1)
from orders
explain select 1
call x()
export database 'x'
summarize orders
pivot orders on n
case when rush then sleep(1) else true end
coalesce(rush, pg_sleep(1))
lower(read_text('/etc/passwd')) = 'x'
n in (1, random())
n between 1 and nextval('s')
cast(getenv('HOME') as text) = 'x'
note || getenv('HOME') = 'x'
""".strip().split("\n")


@pytest.mark.parametrize("text", ATTACKS)
def test_an_attack_is_refused(text: str) -> None:
    problem = refusal(text)
    assert "sqlglot" not in problem.message
    assert "TokenType" not in problem.message
    line, column, length = problem.place
    assert line == 1
    assert 1 <= column <= len(text)
    assert length >= 1


def test_there_are_at_least_as_many_attacks_as_were_tried_before() -> None:
    assert len(set(ATTACKS)) >= 63


@pytest.mark.parametrize(
    "text", ["load httpfs", "call x()", "explain select 1", "vacuum", "grant all to x", "comment on x"]
)
def test_a_refused_statement_leaves_nothing_in_the_log(text: str, caplog: LogCaptureFixture) -> None:
    refusal(text)
    assert caplog.text == ""


@pytest.mark.parametrize(
    "text",
    [
        "(" * 31 + "rush" + ")" * 31,
        "(" * 5000,
        "case when rush then " * 31 + "rush" + " end" * 31,
        "not " * 1500 + "rush",
        "- " * 1500 + "n > 1",
        "n" + " + n" * 1500 + " > 1",
        "note" + " || note" * 800 + " = 'x'",
        "n" + "::text" * 500 + " = 'x'",
        "interval " * 500 + "1",
        "coalesce(" * 500,
        "lower(" * 200 + "note" + ")" * 200 + " = 'x'",
        "n = " + "1" * 9000,
        "rush" + " or rush" * 1100,
    ],
)
def test_a_very_long_or_very_deep_expression_is_refused_at_once(text: str) -> None:
    start = time.process_time()
    problem = refusal(text)
    assert "nested" in problem.message or "longer" in problem.message
    assert time.process_time() - start < 2


def test_a_long_flat_condition_is_accepted() -> None:
    assert parse_condition(" or ".join(f"n = {i}" for i in range(700)), SCOPE).kind is Kind.BOOLEAN
    assert parse_condition("n in (" + ", ".join(map(str, range(1500))) + ")", SCOPE).kind is Kind.BOOLEAN
    assert parse_condition("(" * 29 + "rush" + ")" * 29, SCOPE).kind is Kind.BOOLEAN


# ---------------------------------------------------------------- any text at all


WORDS = [
    "n", "note", "id", "rush", "day", "at", "orders", ".", ",", "(", ")", "[", "]", "{", "}", "=", "<>", "<", ">",
    "+", "-", "*", "/", "||", "::", "'", "''", '"', "and", "or", "not", "is", "null", "in", "like", "between",
    "case", "when", "then", "else", "end", "cast", "as", "text", "date", "integer", "number", "lower", "coalesce",
    "filled", "param", "mentions", "matches", "exists", "select", "from", "where", "with", "union", "over", "filter",
    "distinct", "interval", "true", "false", "1", "1.5", "0", "'x'", "'days'", "'customer'", "date", "'2026-01-31'",
    ";", "--", "/*", "*/", "$1", "?", "@x", "\n", "\t", "é", "😀", "limit", "order", "by", "group", "having",
    "lambda", "->", ":=", "e'x'", "values", "row", "try", "*", "%", "^", "~", "!",
]  # fmt: skip


def survives(text: str) -> Expression | SqlProblem:
    try:
        return parse_condition(text, SCOPE)
    except SqlProblem as problem:
        line, column, length = problem.place
        assert 1 <= line <= text.count("\n") + 1
        assert column >= 1
        assert length >= 1
        return problem


@settings(max_examples=100, deadline=2000)
@given(st.text(max_size=60))
@example("\ud7ff\ue000﻿")
@example("'\\")
@example("n = 1e")
@example("0x")
@example("0\r0")
@example("abs(1,\r2)")
@example("1_")
@example('""')
@example("''''")
@example("(((((")
@example("date''")
@example("::")
def test_any_text_is_an_expression_or_a_problem_with_a_place(text: str) -> None:
    survives(text)


@settings(max_examples=100, deadline=2000)
@given(st.lists(st.sampled_from(WORDS), max_size=25))
def test_any_words_of_sql_are_an_expression_or_a_problem_with_a_place(words: list[str]) -> None:
    survives(" ".join(words))


def test_mutations_of_good_conditions_are_an_expression_or_a_problem_and_what_is_accepted_runs() -> None:
    connection = duckdb.connect()
    connection.execute(
        "create table orders (id text, note text, comment text, load bigint, n bigint, value double, rush boolean, day date,"
        ' "at" timestamp)'
    )
    good = [
        "note is not null and n > 1",
        "case when rush then n / 2 else value end > 1.5",
        "cast(note as number) between 1 and 2 or day < date '2026-01-31'",
        "lower(trim(note)) in ('a', 'b') and length(note) > 3",
    ]
    rng = random.Random(2)
    accepted = 0
    for _ in range(700):
        words = rng.choice(good).replace("(", " ( ").replace(")", " ) ").split()
        for _ in range(rng.choice([1, 1, 2])):
            at = rng.randrange(len(words))
            words[at : at + rng.randint(0, 1)] = [rng.choice(WORDS)]
        found = survives(" ".join(words))
        if isinstance(found, Expression) and not found.params and not found.terms and "FILLED" not in found.tree.sql():
            accepted += 1
            connection.execute(f"select {found.tree.sql('duckdb')} from orders")
    assert accepted >= 10


WORDED = Scope(
    {"t": {"s": Kind.TEXT, "other": Kind.TEXT}}, "t", {}, frozenset(), words={"t": {"s": ("open", "not needed")}}
)


@pytest.mark.parametrize(
    ("text", "word", "hint"),
    [
        ("s = 'opne'", "opne", "did you mean 'open'?"),
        ("'gone' <> s", "gone", "its words: open, not needed"),
        ("s in ('open', 'Open')", "Open", "did you mean 'open'?"),
        ("s is distinct from 'gone'", "gone", "its words: open, not needed"),
        ("coalesce(s, 'none') = 'gone'", "gone", "its words: open, not needed"),
        ("other = 'x' or not (s) = ('gone')", "gone", "its words: open, not needed"),
    ],
)
def test_a_word_that_is_none_of_the_closed_list_of_its_column_is_refused(text: str, word: str, hint: str) -> None:
    with pytest.raises(SqlProblem) as refused:
        parse_condition(text, WORDED)
    assert refused.value.message == f"'{word}' is none of the 'values' of t.s"
    assert refused.value.hint == hint
    assert text[refused.value.place[1] - 1 :].startswith(f"'{word}'")


@pytest.mark.parametrize(
    "text",
    [
        "s = 'open'",
        "s in ('not needed', 'open')",
        "coalesce(s, 'none') = 'none'",
        "s like 'op%'",
        "other = 'x'",
        "upper(trim(s)) = 'OPEN'",
        "lower(upper(s)) = 'open'",
        "lower(coalesce(s, 'NONE')) in ('none', 'open')",
    ],
)
def test_words_of_the_list_and_texts_without_one_are_taken(text: str) -> None:
    assert parse_condition(text, WORDED).kind is Kind.BOOLEAN


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        (
            "a >= current_date",
            6,
            "the function current_date() is not part of the rule language",
            "as_of() is the only clock",
        ),
        ("a >= today", 6, "table 't' has no column 'today'", "as_of() is the only clock"),
        ('s = "open"', 5, "table 't' has no column 'open'", "a text stands between single quotation marks: 'open'"),
        ("s = 'x' && s = 'y'", 9, "'&&' is not part of the rule language", "write 'and'"),
        ("n = 1,5", 6, "not valid SQL: this was not expected here", "a number has a point before its fraction: 1.5"),
        ("zzz = 1", 1, "table 't' has no column 'zzz'", "its columns are a, s, n"),
    ],
)
def test_what_people_bring_from_elsewhere_is_told_at_its_place(text: str, place: int, message: str, hint: str) -> None:
    scope = Scope({"t": {"a": Kind.DATE, "s": Kind.TEXT, "n": Kind.NUMBER}}, "t", {}, frozenset())
    with pytest.raises(SqlProblem) as refused:
        parse_condition(text, scope)
    assert (refused.value.message, refused.value.hint) == (message, hint)
    assert refused.value.place[:2] == (1, place)
