"""By how much a record misses a condition on days or durations, and how often keys are doubled.

A margin is the number of days (working days, hours) by which a date would have to move for the condition to hold: of
`a <= b`, `days_between(a, b) <= n`, `a <= add_days(b, n)` and the like; of several joined by `and` the largest, by `or`
the smallest. Where a cell is blank, or something else than a date is not met either, a record has none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from qmscheck.sql.functions import Values, expand
from qmscheck.sql.packed import noted
from qmscheck.sql.select import PLACE, UNMET, Flags, RowTest, instead, shown, states_of
from qmscheck.sql.statement import statement
from qmscheck.sql.trees import exp

__all__ = ["margin", "margins", "misses", "noted_with_margins", "sizes", "with_margin"]

_DURATIONS = {"days_between": "days", "working_days": "working days", "hours_between": "hours"}
_DAYS = {"as_of", "audit_date", "period_from", "period_to", "add_days"}

Gap = tuple["exp.Expr", str]


@statement
def margins(
    test: RowTest, kinds: Mapping[str, str], values: Values, flags: Flags, limit: int, relation: str = ""
) -> exp.Expr:
    """Write the unmet records of a condition with their margin, the smallest first.

    Columns: the keys as text, the unit, the margin, the number of records with one, and the largest. `kinds` are the
    types of the columns that the condition reads. `relation` may stand for the table: it has all unmet records.
    """
    names = [*(f"k{i}" for i in range(len(test.keys))), "_m"]
    inner = states_of(relation, (test,), values, flags).tree
    assert isinstance(inner, exp.Select)  # noqa: S101
    inner = inner.select(exp.alias_(margin(test, kinds, values), "_m", quoted=True), copy=False)
    cells = [exp.column(n, quoted=True) for n in names]
    told = [*cells[:-1], exp.Literal.string(test.margin or ""), cells[-1]]
    over = [exp.Window(this=f) for f in (exp.Count(this=exp.Star()), exp.Max(this=cells[-1].copy()))]
    unmet = exp.EQ(this=exp.column("s0", quoted=True), expression=exp.Literal.number(UNMET))
    late = exp.GT(this=cells[-1].copy(), expression=exp.Literal.number(0))
    found = exp.select(*told, *over).from_(inner.subquery("_j", copy=False), copy=False).where(unmet, late, copy=False)
    order = [exp.Ordered(this=c.copy(), desc=False, nulls_first=False) for c in [cells[-1], *cells[:-1]]]
    return found.order_by(*order, copy=False).limit(limit, copy=False)


@statement
def misses(tests: Sequence[RowTest], kinds: Mapping[str, str], values: Values, relation: str = "") -> exp.Expr:
    """Write the margin of every record of a table for several conditions, and the unit of each: keys as text, places,
    then unit and margin of each test. Which records are unmet is not asked. `relation` may stand for the table.
    """
    table, keys = tests[0].table, tests[0].keys
    named = [shown(table, k, values) for k in keys]
    told: list[exp.Expr] = [*named, *(exp.column(p, table=table, quoted=True) for p in PLACE)]
    for test in tests:
        told += [exp.Literal.string(test.margin or ""), margin(test, kinds, values)]
    found = exp.select(*told).from_(exp.Table(this=exp.to_identifier(table, quoted=True)), copy=False)
    return instead(found, table, relation)


@statement
def noted_with_margins(
    relation: str,
    tests: Sequence[RowTest],
    measured: Sequence[int],
    kinds: Mapping[str, str],
    values: Values,
    flags: Flags,
    most: int,
) -> exp.Expr:
    """Write what `sql.packed.noted` does, and after it the margin of each of the `measured` tests (by number)."""
    found = noted(relation, tests, values, flags, most).tree
    assert isinstance(found, exp.Select)  # noqa: S101
    inner = found.args["from_"].this.this
    for i in measured:
        gap = exp.alias_(margin(tests[i], kinds, values), f"_m{i}", quoted=True, copy=False)
        inner.select(gap, copy=False)
        found.select(exp.column(f"_m{i}", quoted=True), copy=False)
    return found


def margin(test: RowTest, kinds: Mapping[str, str], values: Values) -> exp.Expr:
    """Write by how much a record misses the condition of a test; nothing where that cannot be told of any."""
    gap = None if test.must is None else _gap(test.must.tree, kinds)
    return exp.paren(expand(exp.null() if gap is None else gap[0], values), copy=False)


def with_margin(test: RowTest, kinds: Mapping[str, str]) -> RowTest:
    """Note in a test the unit in which records miss it, where its condition compares days or times.

    `kinds` are the types of the columns of its table.
    """
    if test.must is None or test.invert:
        return test
    if {"date", "timestamp"}.isdisjoint(kinds[column] for _, column in test.must.columns):
        return test
    gap = _gap(test.must.tree, kinds)
    return test if gap is None else replace(test, margin=gap[1])


@statement
def sizes(test: RowTest, values: Values, relation: str = "") -> exp.Expr:
    """Write how many keys in scope occur twice, three times and so on: the number, and how many keys.

    `relation` may stand for the table: it has all records in scope whose key another one has too.
    """
    keys = [exp.column(c, table=test.table, quoted=True) for c in test.unique]
    table = exp.Table(this=exp.to_identifier(test.table, quoted=True))
    inside: list[exp.Expr] = [exp.not_(exp.Is(this=k.copy(), expression=exp.null()), copy=False) for k in keys]
    if test.scope is not None:
        inside.append(exp.paren(expand(test.scope.tree, values), copy=False))
    counted = exp.alias_(exp.Count(this=exp.Star()), "n", quoted=True)
    groups = exp.select(counted).from_(table, copy=False).where(*inside, copy=False).group_by(*keys, copy=False)
    number = exp.column("n", quoted=True)
    twice = exp.GT(this=number.copy(), expression=exp.Literal.number(1))
    found = exp.select(number, exp.Count(this=exp.Star())).from_(groups.subquery("_g", copy=False), copy=False)
    found = found.where(twice, copy=False).group_by(number.copy(), copy=False).order_by(number.copy(), copy=False)
    return instead(found, test.table, relation)


# ---------------------------------------------------------------- the margin of a condition


def _gap(node: exp.Expr, kinds: Mapping[str, str]) -> Gap | None:
    """Give the margin of a condition and its unit; None where it has none. Positive: so much is missing."""
    if isinstance(node, exp.Paren):
        return _gap(node.this, kinds)
    if isinstance(node, exp.And | exp.Or):
        parts = list(node.flatten())
        found = [(part, _gap(part, kinds)) for part in parts]
        gaps = [gap for _, gap in found if gap is not None]
        if len({unit for _, unit in gaps}) != 1:
            return None
        trees = [tree for tree, _ in gaps]
        if isinstance(node, exp.Or):
            return _one("least", trees), gaps[0][1]
        others = [exp.paren(part.copy(), copy=False) for part, gap in found if gap is None]
        known = [exp.not_(exp.Is(this=t.copy(), expression=exp.null()), copy=False) for t in trees]
        whole = exp.Case(ifs=[exp.If(this=exp.and_(*others, *known, copy=False), true=_one("greatest", trees))])
        return whole, gaps[0][1]
    if isinstance(node, exp.LTE | exp.LT):
        return _between(node.this, node.expression, kinds, strict=isinstance(node, exp.LT))
    if isinstance(node, exp.GTE | exp.GT):
        return _between(node.expression, node.this, kinds, strict=isinstance(node, exp.GT))
    return None


def _between(low: exp.Expr, high: exp.Expr, kinds: Mapping[str, str], *, strict: bool) -> Gap | None:
    """Give by how much `low` is above `high`: two durations, or two days."""
    unit = _duration(low) or _duration(high)
    if unit is not None:
        over: exp.Expr = exp.Sub(this=exp.paren(low.copy(), copy=False), expression=exp.paren(high.copy(), copy=False))
        if unit == "hours":
            return None if strict else (exp.paren(over, copy=False), unit)
        return _whole(over, strict=strict), unit
    if not (_is_day(low, kinds) or _is_day(high, kinds)) or any(_is_stamp(side, kinds) for side in (low, high)):
        return None
    days = exp.Anonymous(this="days_between", expressions=[high.copy(), low.copy()])
    return _whole(days, strict=strict), "days"


def _whole(over: exp.Expr, *, strict: bool) -> exp.Expr:
    """Round to the whole days that must go: what is exactly on the limit meets `<=`, and misses `<` by one."""
    if strict:
        return exp.paren(exp.Add(this=exp.Floor(this=over), expression=exp.Literal.number(1)), copy=False)
    return exp.Ceil(this=over)


def _duration(node: exp.Expr) -> str | None:
    plain = node.unnest()
    return _DURATIONS.get(str(plain.this).lower()) if isinstance(plain, exp.Anonymous) else None


def _is_day(node: exp.Expr, kinds: Mapping[str, str]) -> bool:
    """Tell whether a side is a day for certain; the check of types has made the other side comparable with it."""
    plain = node.unnest()
    if isinstance(plain, exp.AddMonths):
        return True
    if isinstance(plain, exp.Column):
        return kinds.get(plain.name) == "date"
    if isinstance(plain, exp.Cast):
        return bool(plain.to.is_type("date"))
    return isinstance(plain, exp.Anonymous) and str(plain.this).lower() in _DAYS


def _is_stamp(node: exp.Expr, kinds: Mapping[str, str]) -> bool:
    return any(kinds.get(column.name) == "timestamp" for column in node.find_all(exp.Column))


def _one(name: str, trees: Sequence[exp.Expr]) -> exp.Expr:
    """Write the least or the greatest of some trees; a blank is skipped."""
    first, *rest = (tree.copy() for tree in trees)
    if not rest:
        return first
    return exp.func(name, first, *rest)
