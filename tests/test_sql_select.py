"""The three-valued logic of rules: what the engine counts equals a slow reading of docs/rulesets.md in plain Python."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmscheck.engine import counts
from qmscheck.sql.candidates import candidates, doubled_hashes, narrows
from qmscheck.sql.expression import Expression, Scope, parse_condition
from qmscheck.sql.functions import Values
from qmscheck.sql.kinds import Kind
from qmscheck.sql.query import parse_query
from qmscheck.sql.render import render
from qmscheck.sql.select import (
    MET,
    PLACE,
    PLACE_WORDS,
    UNMET,
    UNREADABLE,
    Related,
    RowTest,
    columns_read,
    exceptions,
    states,
    states_of,
    strata,
    stray_keys,
    tallies,
)
from qmscheck.sql.select import judged as in_order
from qmscheck.sql.statement import Statement
from qmscheck.sql.totals import is_counted_at_once, totals

TABLES = {
    "a": {"id": Kind.TEXT, "n": Kind.INTEGER, "s": Kind.TEXT, "d": Kind.DATE, "ok": Kind.BOOLEAN},
    "b": {"id": Kind.TEXT, "m": Kind.INTEGER, "d": Kind.DATE},
}
SQL = {Kind.TEXT: "text", Kind.INTEGER: "bigint", Kind.DATE: "date", Kind.BOOLEAN: "boolean"}
DAY = date(2026, 6, 30)
VALUES = Values(DAY, DAY, (date(2025, 7, 1), DAY), {"two": 2}, {})
CELLS: dict[Kind, list[object]] = {
    Kind.TEXT: ["x", "y", "z"],
    Kind.INTEGER: [0, 1, 2, 3],
    Kind.DATE: [date(2024, 2, 29), DAY, date(2026, 7, 1)],
    Kind.BOOLEAN: [True, False],
}


class Unreadable:
    """A filled cell that cannot be read."""

    def __repr__(self) -> str:
        return "UNREADABLE"


UNREAD = Unreadable()
Record = dict[str, object]
Three = bool | None


@dataclass(frozen=True)
class Condition:
    """A condition as its author writes it, and as a person reads it: true, false or not known."""

    text: str
    reads: frozenset[str]
    judge: Callable[[Mapping[str, object]], Three]

    def unread(self, cells: Mapping[str, object]) -> bool:
        return any(cells[name] is UNREAD for name in self.reads)


def leaf(text: str, reads: str, judge: Callable[..., Three]) -> Condition:
    names = reads.split()

    def guarded(cells: Mapping[str, object]) -> Three:
        given_cells = [cells[name] for name in names]
        return None if any(c is UNREAD for c in given_cells) else judge(*given_cells)

    return Condition(text, frozenset(names), guarded)


def null_safe(judge: Callable[..., bool]) -> Callable[..., Three]:
    return lambda *cells: None if any(c is None for c in cells) else judge(*cells)


LEAVES = [
    leaf("n > 1", "a.n", null_safe(lambda n: n > 1)),
    leaf("n <> param('two')", "a.n", null_safe(lambda n: n != 2)),
    leaf("n is null", "a.n", lambda n: n is None),
    leaf("filled(s)", "a.s", lambda s: s is not None),
    leaf("s = 'x'", "a.s", null_safe(lambda s: s == "x")),
    leaf("matches(s, '^[xy]')", "a.s", null_safe(lambda s: s in {"x", "y"})),
    leaf("matches(s, '[yz]$')", "a.s", null_safe(lambda s: s in {"y", "z"})),
    leaf("s in ('x', 'y')", "a.s", null_safe(lambda s: s in {"x", "y"})),
    leaf("s is distinct from 'x'", "a.s", lambda s: s != "x"),
    leaf("d <= as_of()", "a.d", null_safe(lambda d: d <= DAY)),
    leaf("in_period(d)", "a.d", null_safe(lambda d: VALUES.period[0] <= d <= DAY)),
    leaf("ok", "a.ok", lambda ok: ok),
    leaf("ok is true", "a.ok", lambda ok: ok is True),
    leaf("s is not null and n > 0", "a.s a.n", lambda s, n: three_and(s is not None, None if n is None else n > 0)),
    leaf("case when n > 1 then ok else false end", "a.n a.ok", lambda n, ok: ok if n is not None and n > 1 else False),
    leaf("coalesce(n, 5) > 1", "a.n", lambda n: n is None or n > 1),
    leaf("n = length(s)", "a.n a.s", null_safe(lambda n, s: n == len(s))),
    Condition("true", frozenset(), lambda _: True),
]
MATCHES = [
    leaf("m > 1", "b.m", null_safe(lambda m: m > 1)),
    leaf("b.d <= a.d", "b.d a.d", null_safe(lambda bd, ad: bd <= ad)),
    leaf("m is null", "b.m", lambda m: m is None),
    leaf("m = a.n", "b.m a.n", null_safe(lambda m, n: m == n)),
]


def three_and(*sides: Three) -> Three:
    return False if False in sides else None if None in sides else True


def three_or(*sides: Three) -> Three:
    return True if True in sides else None if None in sides else False


def both(left: Condition, right: Condition) -> Condition:
    text = f"({left.text}) and ({right.text})"
    return Condition(text, left.reads | right.reads, lambda r: three_and(left.judge(r), right.judge(r)))


def either(left: Condition, right: Condition) -> Condition:
    text = f"({left.text}) or ({right.text})"
    return Condition(text, left.reads | right.reads, lambda r: three_or(left.judge(r), right.judge(r)))


def no(inner: Condition) -> Condition:
    def judge(cells: Mapping[str, object]) -> Three:
        found = inner.judge(cells)
        return None if found is None else not found

    return Condition(f"not ({inner.text})", inner.reads, judge)


def combined(leaves: Sequence[Condition]) -> st.SearchStrategy[Condition]:
    return st.recursive(
        st.sampled_from(leaves),
        lambda inner: st.one_of(st.builds(both, inner, inner), st.builds(either, inner, inner), st.builds(no, inner)),
        max_leaves=4,
    )


# "s is not null and n > 0" is one leaf for the reader, and two for the engine: only whole conditions are guarded alike.
PLAIN = [one for one in LEAVES if " and " not in one.text]
CONDITIONS = combined(PLAIN)


def cell(kind: Kind) -> st.SearchStrategy[object]:
    return st.one_of(st.sampled_from(CELLS[kind]), st.none(), st.just(UNREAD))


def records(table: str, most: int = 7, least: int = 0) -> st.SearchStrategy[list[Record]]:
    one = st.fixed_dictionaries({name: cell(kind) for name, kind in TABLES[table].items()})
    return st.lists(one, min_size=least, max_size=most)


# ---------------------------------------------------------------- the slow reading


def cells(table: str, record: Record, other: str = "", second: Record | None = None) -> dict[str, object]:
    found = {f"{table}.{name}": value for name, value in record.items()}
    return found | {f"{other}.{name}": value for name, value in (second or {}).items()}


def in_scope(scope: Condition | None, record: Record) -> Three:
    return True if scope is None else scope.judge(cells("a", record))


def by_condition(must: Condition, *, invert: bool = False, unknown_met: bool = False) -> Callable[[Record], int]:
    def judge(record: Record) -> int:
        found = must.judge(cells("a", record))
        if found is None:
            return UNREADABLE if unknown_met or must.unread(cells("a", record)) else UNMET
        return MET if found is not invert else UNMET

    return judge


def by_match(others: list[Record], where: Condition | None, *, lacks: bool) -> Callable[[Record], int]:
    def judge(record: Record) -> int:
        if record["id"] is UNREAD:
            return UNREADABLE
        if record["id"] is None:
            return UNREADABLE if lacks else UNMET
        possible = False
        for other in others:
            seen = cells("a", record, "b", other)
            possible = possible or other["id"] is UNREAD
            if other["id"] is None or other["id"] is UNREAD or other["id"] != record["id"]:
                continue
            found = True if where is None else where.judge(seen)
            if found:
                return UNMET if lacks else MET
            possible = possible or (found is None and where is not None and (lacks or where.unread(seen)))
        return UNREADABLE if possible else MET if lacks else UNMET

    return judge


def by_key(given_records: list[Record], scope: Condition | None, keys: Sequence[str]) -> Callable[[Record], int]:
    counted = [tuple(r[k] for k in keys) for r in given_records if in_scope(scope, r) is True]
    near = [tuple(r[k] for k in keys) for r in given_records if in_scope(scope, r) is not False]

    def judge(record: Record) -> int:
        key = tuple(record[k] for k in keys)
        if any(part is UNREAD for part in key):
            return UNREADABLE
        if any(part is None for part in key):
            return UNMET
        if sum(key == other for other in counted) > 1:
            return UNMET
        return UNREADABLE if sum(key == other for other in near) > 1 or any(UNREAD in k for k in near) else MET

    return judge


def expected(given_records: list[Record], scope: Condition | None, judge: Callable[[Record], int]) -> list[int | None]:
    found: list[int | None] = []
    for record in given_records:
        inside = in_scope(scope, record)
        found.append(None if inside is False else UNREADABLE if inside is None else judge(record))
    return found


# ---------------------------------------------------------------- the engine


@cache
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def rows(statement: Statement) -> list[tuple[object, ...]]:
    return connection().execute(render(statement, "duckdb")).fetchall()


def fill(**tables: list[Record]) -> dict[tuple[str, str], bool]:
    """Make tables as binding does: NULL and a flag for a cell that cannot be read. Give the flagged columns.

    A column of which no cell can be read is one that the source does not have: it needs no flag of its own.
    """
    flagged: dict[tuple[str, str], bool] = {}
    for table, given_records in tables.items():
        columns = TABLES[table]
        unread = [c for c in columns if any(r[c] is UNREAD for r in given_records)]
        flags = [c for c in unread if any(r[c] is not UNREAD for r in given_records)]
        flagged |= {(table, c): c not in flags for c in unread}
        named = [f'"{c}" {SQL[k]}' for c, k in columns.items()] + [f'"_u_{c}" boolean' for c in flags]
        named += [f'"{p}" {"text" if p in PLACE_WORDS else "bigint"}' for p in PLACE]
        connection().execute(f'create or replace table "{table}" ({", ".join(named)})')
        for row, record in enumerate(given_records):
            values = [None if record[c] is UNREAD else record[c] for c in columns]
            values += [record[c] is UNREAD for c in flags]
            values += [0, row, *[None] * (len(PLACE) - 2)]
            connection().execute(f'insert into "{table}" values ({", ".join("?" * len(values))})', values)
    return flagged


def condition(text: str, other: str = "") -> Expression:
    tables = {other or "a": TABLES[other or "a"], "a": TABLES["a"]}
    return parse_condition(text, Scope(tables, other or "a", {"two": Kind.INTEGER}, frozenset()))


def judged(tests: Sequence[RowTest], flags: dict[tuple[str, str], bool]) -> list[list[int | None]]:
    """Give the states of each test, in the order of the records' rows."""
    connection().execute(
        f'create or replace table "judged" as {render(states(tests, (), (), VALUES, flags), "duckdb")}'
    )
    listed = ", ".join(f"s{i}" for i in range(len(tests)))
    found = connection().execute(f'select {listed} from "judged" order by _row').fetchall()
    small = render(in_order(tests, (), (), VALUES, flags), "duckdb")  # as an audit judges a small table
    assert connection().execute(f"select {listed} from ({small}) order by _row").fetchall() == found
    assert_totals_are_those_of_the_states(tests, flags)
    for group in [[t for t in tests if t.is_plain], *([t] for t in tests if not t.is_plain)]:
        if group and all(narrows(t, flags) for t in group):
            assert_few_records_tell_the_same(group, flags)
    return [[row[i] for row in found] for i in range(len(tests))]


def assert_few_records_tell_the_same(tests: Sequence[RowTest], flags: dict[tuple[str, str], bool]) -> None:
    """Judge as an audit judges a large table, its candidates only: what is unmet or unreadable is the same."""
    connection().execute(f'create or replace table "few" as {few(tests, flags)}')
    assert_same(tests, flags)


def few(tests: Sequence[RowTest], flags: dict[tuple[str, str], bool]) -> str:
    """Write the candidates of tests; doubled hashes are asked for before."""
    doubled = None
    if tests[0].unique:
        hashes = render(doubled_hashes(tests[0], VALUES, flags), "duckdb")
        connection().execute(f'create or replace table "doubled" as {hashes}')
        doubled = "doubled" if connection().execute('select count(*) from "doubled"').fetchall() != [(0,)] else None
    return render(candidates(tests, VALUES, flags, doubled), "duckdb")


def assert_totals_are_those_of_the_states(tests: Sequence[RowTest], flags: dict[tuple[str, str], bool]) -> None:
    """Count tests at once, where they can be, and count their states: of the table "judged"."""
    counted = [i for i, t in enumerate(tests) if is_counted_at_once(t, flags)]
    scoped = [i for i, t in enumerate(tests) if t.scope is not None]
    if counted or scoped:
        statement = totals([tests[i] for i in counted], [tests[i] for i in scoped], VALUES, flags)
        by_state = [n for i in counted for n in counts(rows(tallies("judged", [i]))[0])]
        by_state += [counts(rows(tallies("judged", [i]))[0])[0] for i in scoped]
        assert counts(rows(statement)[0]) == by_state


def assert_same(tests: Sequence[RowTest], flags: dict[tuple[str, str], bool]) -> None:
    """Judge the records of "few", and all of the table."""
    shown = ", ".join(["_row", "k0", *(f"s{i}" for i in range(len(tests)))])
    plain = render(states(tests, (), (), VALUES, flags), "duckdb")
    narrowed = render(states_of("few", tests, VALUES, flags), "duckdb")
    bad = " or ".join(f"s{i} in ({UNMET}, {UNREADABLE})" for i in range(len(tests)))
    found, expected_rows = (
        connection().execute(f"select {shown} from ({sql}) where {bad} order by _row").fetchall()
        for sql in (narrowed, plain)
    )
    assert found == expected_rows


def made(test: RowTest, scope: Condition | None) -> RowTest:
    return test if scope is None else replace(test, scope=condition(scope.text))


SCOPES = st.one_of(st.none(), CONDITIONS)


def test_a_pattern_that_several_tests_look_for_is_looked_for_once_in_a_record_of_a_small_table() -> None:
    flags = fill(a=[])
    pattern = condition("matches(s, '^[xy]') or matches(s, 'z$')")
    tests = [RowTest("a", ("id",), scope=pattern, must=must) for must in (pattern, condition("n > 1"))]
    whole = render(in_order(tests, (), (), VALUES, flags), "duckdb")
    assert whole.count("REGEXP_MATCHES") == 2
    assert render(states(tests, (), (), VALUES, flags), "duckdb").count("REGEXP_MATCHES") == 4


def test_a_pattern_of_other_records_is_left_where_it_is() -> None:
    flags = fill(a=[], b=[])
    test = RowTest("a", ("id",), scope=condition("matches(s, '^[xy]')"), unique=("s",))
    whole = render(in_order([test], (), (), VALUES, flags), "duckdb")
    assert whole.count("REGEXP_MATCHES") == 3  # once for the record, twice among the records that may double it


# ---------------------------------------------------------------- each form


@settings(max_examples=100, deadline=None)
@given(records("a"), SCOPES, CONDITIONS, st.booleans(), st.booleans())
def test_a_condition_is_judged_as_the_documentation_says(
    given_records: list[Record], scope: Condition | None, must: Condition, invert: bool, unknown_met: bool
) -> None:
    """`must`, `must` with `at_most` (inverted), and `count` with `at_most` (a condition not known may stand for met)."""
    flags = fill(a=given_records)
    unknown_met = unknown_met and not invert
    test = RowTest("a", ("id",), must=condition(must.text), invert=invert, unknown_met=unknown_met)
    judge = by_condition(must, invert=invert, unknown_met=unknown_met)
    assert judged([made(test, scope)], flags) == [expected(given_records, scope, judge)]


@settings(max_examples=100, deadline=None)
@given(records("a", 5), records("b", 5), SCOPES, st.one_of(st.none(), combined(MATCHES)), st.booleans())
def test_a_match_is_judged_as_the_documentation_says(
    given_records: list[Record], others: list[Record], scope: Condition | None, where: Condition | None, lacks: bool
) -> None:
    flags = fill(a=given_records, b=others)
    related = Related("b", (("id", "id"),), None if where is None else condition(where.text, "b"))
    test = made(RowTest("a", ("id",), related=related, lacks=lacks), scope)
    assert judged([test], flags) == [expected(given_records, scope, by_match(others, where, lacks=lacks))]


@settings(max_examples=100, deadline=None)
@given(records("a"), SCOPES, st.sampled_from([("id",), ("id", "s"), ("n", "d")]))
def test_a_key_is_judged_as_the_documentation_says(
    given_records: list[Record], scope: Condition | None, keys: tuple[str, ...]
) -> None:
    flags = fill(a=given_records)
    test = made(RowTest("a", ("id",), unique=keys), scope)
    assert judged([test], flags) == [expected(given_records, scope, by_key(given_records, scope, keys))]


QUERY = "select a.id from a join b on b.id = a.id where b.m > a.n"


@settings(max_examples=60, deadline=None)
@given(records("a", 5), records("b", 5), SCOPES)
def test_the_rows_of_a_query_are_the_exceptions(
    given_records: list[Record], others: list[Record], scope: Condition | None
) -> None:
    """A query that reads a column with unreadable cells can show exceptions, and cannot show that there are no more."""
    flags = fill(a=given_records, b=others)
    query = parse_query(QUERY, Scope(TABLES, None, {}, frozenset()), {"id": Kind.TEXT})
    readable = not {("a", "id"), ("a", "n"), ("b", "id"), ("b", "m")} & flags.keys()
    bad = {
        a["id"]
        for a in given_records
        for b in others
        if a["id"] == b["id"] and isinstance(a["id"], str) and isinstance(a["n"], int) and isinstance(b["m"], int)
        if b["m"] > a["n"]
    }

    def judge(record: Record) -> int:
        return UNMET if record["id"] in bad else MET if readable else UNREADABLE

    test = made(RowTest("a", ("id",), query=query), scope)
    assert judged([test], flags) == [expected(given_records, scope, judge)]
    assert rows(stray_keys([test], VALUES)) == [(0,)]


def test_a_key_that_the_table_does_not_have_is_counted_as_stray() -> None:
    blank = dict.fromkeys(TABLES["a"])
    fill(a=[blank | {"id": "x"}], b=[{"id": "x", "m": 1, "d": None}, {"id": "q", "m": 1, "d": None}])
    query = parse_query("select id from b", Scope(TABLES, None, {}, frozenset()), {"id": Kind.TEXT})
    assert rows(stray_keys([RowTest("a", ("id",), query=query)], VALUES)) == [(1,)]


def queried(text: str, **tables: list[Record]) -> tuple[list[int | None], object]:
    """Give the state of each record of table a, and the number of stray keys."""
    flags = fill(**{
        name: [dict.fromkeys(TABLES[name]) | record for record in given_records]
        for name, given_records in tables.items()
    })  # fmt: skip
    query = parse_query(text, Scope(TABLES, None, {}, frozenset()), {"id": Kind.TEXT})
    test = RowTest("a", ("id",), query=query)
    return judged([test], flags)[0], rows(stray_keys([test], VALUES, flags))[0][0]


def test_what_a_query_finds_to_be_missing_may_stand_in_a_cell_that_cannot_be_read() -> None:
    text = "select a.id from a where not exists (select 1 from b where b.id = a.id)"
    ours: list[Record] = [{"id": "x"}, {"id": "y"}]
    assert queried(text, a=ours, b=[{"id": "y"}, {"id": "z"}]) == ([UNMET, MET], 0)
    assert queried(text, a=ours, b=[{"id": "y"}, {"id": UNREAD}]) == ([UNREADABLE, UNREADABLE], 0)
    outer = "select a.id from a left join b on b.id = a.id where b.id is null"
    assert queried(outer, a=ours, b=[{"id": "y"}, {"id": UNREAD}]) == ([UNREADABLE, UNREADABLE], 0)
    counted_text = "select id from a group by id having count(n) < 1"
    assert queried(counted_text, a=[{"id": "x", "n": UNREAD}, {"id": "y", "n": 1}], b=[]) == ([UNREADABLE] * 2, 0)


def test_an_exception_of_a_query_that_stands_whatever_a_cell_says_is_certain() -> None:
    ours: list[Record] = [{"id": "x", "n": 5, "s": "x"}, {"id": "y", "n": UNREAD, "s": "x"}, {"id": "z", "n": 0}]
    for text in (
        "select id from a where n > 1",
        "select one.id from a one where one.n > 1",
        "select distinct one.id from a one join a two on two.n = one.n where one.n > 1",
    ):
        assert queried(text, a=ours, b=[]) == ([UNMET, UNREADABLE, UNREADABLE], 0), text
    blank = "select id from a where n is null or n > 1"
    assert queried(blank, a=ours, b=[]) == ([UNMET, UNREADABLE, UNREADABLE], 0)


def test_a_record_with_a_blank_key_is_the_exception_of_a_blank_key() -> None:
    ours: list[Record] = [{"id": None, "n": 5}, {"id": "y", "n": 0}]
    assert queried("select id from a where n > 1", a=ours, b=[]) == ([UNMET, MET], 0)
    assert queried("select id from b", a=[{"id": "y"}], b=[{"id": None}]) == ([MET], 1)
    unread: list[Record] = [{"id": UNREAD, "m": 1}, {"id": "y", "m": 2}]
    assert queried("select id from b", a=[{"id": "y"}, {"id": "x"}], b=unread) == ([UNMET, UNREADABLE], 0)
    assert queried("select id from a where n > 1", a=[*ours, {"id": UNREAD, "n": 9}], b=[])[0] == [
        UNMET,
        UNREADABLE,
        UNREADABLE,
    ]


# ---------------------------------------------------------------- candidates


def test_what_makes_records_depend_on_each_other_in_unreadable_cells_is_judged_on_every_record() -> None:
    unread = {("a", "id"): False}
    lacks = RowTest("a", ("id",), related=Related("b", (("id", "id"),), None), lacks=True)
    assert narrows(RowTest("a", ("id",), unique=("n",)), unread)
    assert not narrows(RowTest("a", ("id",), unique=("n", "id")), unread)
    assert narrows(lacks, unread)
    assert not narrows(lacks, {("b", "id"): False})
    assert narrows(replace(lacks, lacks=False), {("b", "id"): False})
    assert not narrows(replace(lacks, related=Related("a", (("id", "id"),), None)), {})


def test_records_that_are_met_for_certain_are_no_candidates() -> None:
    blank = dict.fromkeys(TABLES["a"])
    flags = fill(a=[blank | {"id": x, "n": n} for x, n in (("x", 1), ("y", 2), ("y", 3), (None, 4), ("z", None))], b=[])
    tests = [RowTest("a", ("id",), must=condition("n < 3")), RowTest("a", ("id",), unique=("id",))]
    for test, ids in zip(tests, (["y", None, "z"], ["y", "y", None]), strict=True):
        found = connection().execute(f"select id from ({few([test], flags)}) order by _row").fetchall()
        assert [row[0] for row in found] == ids


# ---------------------------------------------------------------- what holds for all forms


def many(musts: Sequence[Condition], scope: Condition | None) -> list[RowTest]:
    related = Related("b", (("id", "id"),), condition("b.d <= a.d", "b"))
    tests = [RowTest("a", ("id",), must=condition(m.text), invert=i % 2 == 1) for i, m in enumerate(musts)]
    tests += [RowTest("a", ("id",), related=related), RowTest("a", ("id",), unique=("id",))]
    return [made(test, scope) for test in tests]


def counted(found: Sequence[int | None]) -> list[int]:
    return [sum(s is not None for s in found), found.count(MET), found.count(UNREADABLE)]


@pytest.mark.unmeasured
@settings(max_examples=60, deadline=None)
@given(records("a", least=1), records("b", 3), st.lists(CONDITIONS, min_size=1, max_size=4), SCOPES)
def test_one_scan_of_many_rules_equals_one_scan_each_and_the_three_counts_add_up(
    given_records: list[Record], others: list[Record], musts: list[Condition], scope: Condition | None
) -> None:
    flags = fill(a=given_records, b=others)
    tests = many(musts, scope)
    alone = [judged([test], flags)[0] for test in tests]
    assert judged(tests, flags) == alone
    (numbers,) = rows(tallies("judged", range(len(tests))))
    for i, found in enumerate(alone):
        population, met, unreadable = (n or 0 for n in numbers[3 * i : 3 * i + 3])  # a sum over nothing is NULL
        assert [population, met, unreadable] == counted(found)
        assert found.count(UNMET) == population - met - unreadable  # type: ignore[operator]


@pytest.mark.unmeasured
@settings(max_examples=60, deadline=None)
@given(records("a"), records("b", 3), st.lists(CONDITIONS, min_size=1, max_size=2), st.randoms(use_true_random=False))
def test_shuffled_rows_change_row_numbers_only(
    given_records: list[Record], others: list[Record], musts: list[Condition], rng: random.Random
) -> None:
    tests = many(musts, None)
    before = judged(tests, fill(a=given_records, b=others))
    order = list(range(len(given_records)))
    rng.shuffle(order)
    rng.shuffle(others)
    after = judged(tests, fill(a=[given_records[i] for i in order], b=others))
    assert after == [[found[i] for i in order] for found in before]


@settings(max_examples=60, deadline=None)
@given(records("a"), CONDITIONS, st.sets(st.sampled_from([UNMET, MET, UNREADABLE]), min_size=1), st.integers(1, 9))
def test_exceptions_are_exactly_the_records_in_the_states_asked_for_in_the_order_of_their_keys(
    given_records: list[Record], must: Condition, wanted: set[int], limit: int
) -> None:
    flags = fill(a=given_records)
    (found,) = judged([RowTest("a", ("id",), must=condition(must.text))], flags)
    listed = []
    for row, (record, state) in enumerate(zip(given_records, found, strict=True)):
        key = None if record["id"] is UNREAD else record["id"]
        if state in wanted:
            listed.append((key, state, 0, row, *[None] * (len(PLACE) - 2)))
    listed.sort(key=lambda e: (e[0] is None, e[0] or "", e[3]))
    assert rows(exceptions("judged", 0, 1, 0, wanted, limit)) == listed[:limit]


@settings(max_examples=40, deadline=None)
@given(records("a"), CONDITIONS)
def test_strata_add_up_to_the_whole(given_records: list[Record], must: Condition) -> None:
    flags = fill(a=given_records)
    test = RowTest("a", ("id",), must=condition(must.text))
    (found,) = judged([test], flags)
    sql = render(states([test], ("s",), (), VALUES, flags), "duckdb")
    connection().execute(f'create or replace table "layers" as {sql}')
    layers = rows(strata("layers", 0, [0]))
    values = [value for value, *_ in layers]
    assert values == sorted({v for v in values if v is not None}) + ([None] if None in values else [])
    for value, *numbers in layers:
        inside = [
            s for r, s in zip(given_records, found, strict=True) if (None if r["s"] is UNREAD else r["s"]) == value
        ]
        assert [n or 0 for n in numbers] == counted(inside)
    assert [sum(n or 0 for n in column) for column in zip(*(numbers for _, *numbers in layers), strict=True)] == (
        counted(found) if given_records else []
    )


def test_the_columns_that_tests_read_are_named_by_table() -> None:
    related = Related("b", (("id", "id"),), condition("b.d <= a.d", "b"))
    tests = [
        RowTest("a", ("id",), must=condition("n > 1"), scope=condition("s is not null")),
        RowTest("a", ("id",), related=related),
        RowTest("a", ("id",), unique=("ok",)),
    ]
    assert columns_read(tests) == {"a": {"id", "n", "s", "d", "ok"}, "b": {"id", "d"}}


# ---------------------------------------------------------------- by hand: the sentences of the documentation


def by_hand(record: Record, text: str, **more: object) -> int | None:
    flags = fill(a=[dict.fromkeys(TABLES["a"]) | record])
    scope = more.pop("scope", None)
    test = RowTest("a", ("id",), must=condition(text), **more)  # type: ignore[arg-type]
    return judged([replace(test, scope=condition(str(scope))) if scope else test], flags)[0][0]


def test_a_blank_cell_never_satisfies_a_condition() -> None:
    assert by_hand({"n": None}, "n > 1") == UNMET
    assert by_hand({"n": None}, "not (n > 1)") == UNMET
    assert by_hand({"n": None}, "n > 1 or n is null") == MET


def test_an_unreadable_cell_is_unreadable_and_not_blank() -> None:
    assert by_hand({"n": UNREAD}, "n > 1") == UNREADABLE
    assert by_hand({"n": UNREAD}, "n is null") == UNREADABLE
    assert by_hand({"n": UNREAD}, "filled(n)") == UNREADABLE
    assert by_hand({"n": UNREAD}, "coalesce(n, 5) > 1") == UNREADABLE


def test_an_unreadable_cell_that_cannot_matter_does_not_matter() -> None:
    assert by_hand({"n": UNREAD, "s": "x"}, "n > 1 or s = 'x'") == MET
    assert by_hand({"n": UNREAD, "s": "y"}, "n > 1 and s = 'x'") == UNMET
    assert by_hand({"n": UNREAD, "s": "y"}, "n > 1 or s = 'x'") == UNREADABLE
    assert by_hand({"n": UNREAD, "s": "y"}, "ok is null", scope="n > 1 and s = 'x'") is None


def test_a_scope_that_cannot_be_told_is_unreadable_and_not_out_of_scope() -> None:
    assert by_hand({"n": None, "s": "x"}, "s = 'x'", scope="n > 1") == UNREADABLE
    assert by_hand({"n": 0, "s": "x"}, "s = 'x'", scope="n > 1") is None
    assert by_hand({"n": None, "s": "x"}, "s = 'x'", scope="n is not null and n > 1") is None


def test_at_most_counts_what_is_not_known_as_satisfying() -> None:
    assert by_hand({"n": None}, "n > 1", invert=True) == UNMET
    assert by_hand({"n": 0}, "n > 1", invert=True) == MET
    assert by_hand({"n": 2}, "n > 1", invert=True) == UNMET


def test_a_table_may_have_any_name() -> None:
    """The names that the SELECTs give to their own parts must not hide a declared table."""
    columns = {"id": Kind.TEXT, "n": Kind.INTEGER}
    for name in ("q", "d", "t", "g", "a", "judged"):
        places = ", ".join(f"null as {p}" if p != "_row" else "n as _row" for p in PLACE)
        rows_of = "(values ('x', 0), ('y', 5)) v(id, n)"
        connection().execute(f'create or replace table "{name}" as select id, n, {places} from {rows_of}')
        query = parse_query(
            f"select id from {name} where n > 1", Scope({name: columns}, None, {}, frozenset()), {"id": Kind.TEXT}
        )
        sql = render(states([RowTest(name, ("id",), query=query)], (), (), VALUES, {}), "duckdb")
        assert connection().execute(f"select s0 from ({sql}) as whole order by k0").fetchall() == [(MET,), (UNMET,)], (
            name
        )
