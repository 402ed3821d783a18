"""Of a large table, the records that are unmet or unreadable: kept in the order in which they are shown, then asked.

They may be many. What is wrong with each stands in few columns: while a table is made, each thread holds a block of
256 KiB for each column and another for its blanks, so that 43 columns of states and two threads are 43 MiB; in two
columns they are 2 MiB (decision 0042). All rules that share the records are counted, and shown, by one statement each:
a statement for each rule sorts and reads them all again (decision 0064).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qmscheck.sql.functions import Values
from qmscheck.sql.margins import margin
from qmscheck.sql.packed import is_wrong, names, numbers
from qmscheck.sql.select import PLACE, UNMET, UNREADABLE, Flags, RowTest, in_order, states_of
from qmscheck.sql.statement import statement
from qmscheck.sql.trees import exp, table_named

__all__ = ["notable", "notable_first", "notable_nearest", "notable_tallies"]

#: More than any table has records.
_EVERYTHING = 2**62

#: Most records of which lists are made; beyond them, all are given that are in one of the states.
_LISTED = 100_000

#: The position of a record among those that were kept, which DuckDB knows of each row of a table.
_AT = "rowid"


@statement
def notable(
    relation: str,
    tests: Sequence[RowTest],
    measured: Sequence[int],
    kinds: Mapping[str, str],
    values: Values,
    flags: Flags,
) -> exp.Expr:
    """Write, of records that a relation holds (of the table itself if it has no name), those that are unmet or
    unreadable: keys, place, what is wrong (`w0`, `w1`..., `sql.packed`), and by how much they miss each of
    the `measured` tests (`m0`, `m1`... by number of the test), where they miss it by days or hours.

    The LIMIT, larger than any table, keeps the engine from judging each record twice, once for the condition and once
    for what is shown (measured at a million records and 47 tests: 2.3 s of CPU without it, 1.6 s with it).
    """
    judged = states_of(relation, tests, values, flags).tree
    assert isinstance(judged, exp.Select)  # noqa: S101
    known = _known(len(tests[0].keys))
    packed = names(len(tests))
    found = [_named(number, name) for name, number in zip(packed, numbers(len(tests)), strict=True)]
    for i in measured:
        judged.select(_named(margin(tests[i], kinds, values), f"_m{i}"), copy=False)
        found.append(_named(_missed(i), f"m{i}"))
    all_of_them = exp.select(*known, *found).from_(judged.subquery("_j", copy=False), copy=False)
    bad = [exp.NEQ(this=_column(name), expression=exp.Literal.number(0)) for name in packed]
    kept = exp.select(exp.Star()).from_(
        all_of_them.limit(_EVERYTHING, copy=False).subquery("_k", copy=False), copy=False
    )
    return kept.where(exp.or_(*bad, copy=False), copy=False).order_by(*in_order(known), copy=False)


@statement
def notable_tallies(relation: str, tests: int) -> exp.Expr:
    """Count the records of a relation that `notable` wrote: for each test unmet and unreadable, in order."""
    found = [exp.CountIf(this=is_wrong(i, state)) for i in range(tests) for state in (UNMET, UNREADABLE)]
    return exp.select(*found).from_(table_named(relation), copy=False)


@statement
def notable_first(relation: str, tests: int, keys: int, asked: Sequence[tuple[int, int]], limit: int) -> exp.Expr:
    """Write the records of a relation that `notable` wrote among which are, of each test and state that is `asked`
    for, the first so many: in order, with what is wrong, as `sql.packed.noted` does.
    """
    cells = [*_known(keys), *map(_column, names(tests))]
    found = exp.select(*cells).from_(table_named(relation), copy=False).order_by(*in_order([_column(_AT)]), copy=False)
    if limit > _LISTED:
        return found.where(exp.or_(*(is_wrong(test, state) for test, state in asked), copy=False), copy=False)
    first = [_least([_column(_AT)], limit, is_wrong(test, state)) for test, state in asked]
    lists = exp.Anonymous(this="unnest", expressions=[exp.Array(expressions=first)])
    each = exp.select(_named(lists, "l")).from_(table_named(relation), copy=False).subquery("_l", copy=False)
    chosen = exp.select(exp.Anonymous(this="unnest", expressions=[_column("l")])).from_(each, copy=False)
    return found.where(exp.In(this=_column(_AT), query=chosen.subquery(copy=False)), copy=False)


@statement
def notable_nearest(relation: str, measured: Sequence[int], keys: int, limit: int) -> exp.Expr:
    """Ask of a relation that `notable` wrote, of each of the `measured` tests, how many records miss it by something
    that can be told, the most, and a list of those that miss it by least, with their keys: at most so many.
    """
    found: list[exp.Expr] = []
    for i in measured:
        by = _column(f"m{i}")
        there = exp.not_(exp.Is(this=by.copy(), expression=exp.null()), copy=False)
        nearest = _least([by.copy(), *_known(keys)[:keys]], limit, there)
        found += [exp.Count(this=by), exp.Max(this=by.copy()), nearest]
    return exp.select(*found).from_(table_named(relation), copy=False)


def _missed(test: int) -> exp.Expr:
    """Write by how much a record that is unmet misses a test, where that is more than nothing."""
    unmet = exp.EQ(this=_column(f"s{test}"), expression=exp.Literal.number(UNMET))
    late = exp.GT(this=_column(f"_m{test}"), expression=exp.Literal.number(0))
    return exp.Case(ifs=[exp.If(this=exp.and_(unmet, late, copy=False), true=_column(f"_m{test}"))])


def _least(cells: Sequence[exp.Expr], limit: int, where: exp.Expr) -> exp.Expr:
    """Write a list of the least values, at most so many, of some cells where a condition holds."""
    each = cells[0] if len(cells) == 1 else exp.Tuple(expressions=list(cells))
    found = exp.Anonymous(this="min", expressions=[each, exp.Literal.number(limit)])
    return exp.Filter(this=found, expression=exp.Where(this=where))


def _known(keys: int) -> list[exp.Expr]:
    return [_column(name) for name in (*(f"k{i}" for i in range(keys)), *PLACE)]


def _named(node: exp.Expr, name: str) -> exp.Expr:
    return exp.alias_(node, name, quoted=True, copy=False)


def _column(name: str) -> exp.Expr:
    return exp.column(name, quoted=True)
