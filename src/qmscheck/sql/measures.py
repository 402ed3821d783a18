"""The SELECTs of measures and series: what a statistic needs of many records, as a few exact numbers.

Only records that are in scope and can be read count here; how many cannot is what the scan of states tells. Values are
decimals, so that sums do not depend on the order of records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qmscheck.sql.expression import Expression
from qmscheck.sql.functions import Values
from qmscheck.sql.kinds import Kind
from qmscheck.sql.select import RowTest, guarded, unreadable
from qmscheck.sql.statement import statement
from qmscheck.sql.statistic import EXACT, By, Other, Statistic
from qmscheck.sql.trees import exp, table_named

__all__ = [
    "cases",
    "days",
    "days_of",
    "groups",
    "groups_of",
    "halves",
    "moments",
    "periods",
    "ranked",
    "reached",
    "totals",
    "unread",
]

Flags = Mapping[tuple[str, str], bool]

_PROMOTER, _DETRACTOR = 9, 6
_PER_YEAR: Mapping[str, int] = {"month": 12, "quarter": 4, "year": 1}
_ROWS = "_m"


@statement
def moments(test: RowTest, stratum: str | None, values: Values, flags: Flags) -> exp.Expr:
    """Sum the values: [stratum,] n, hits, sum, sum of squares, promoters, detractors; of a ratio also the sum, the
    squares and the products with the number below.
    """
    keys = [_as_text(_column(test.table, stratum))] if stratum is not None else []
    return _summed(test, keys, values, flags)


@statement
def periods(test: RowTest, by: By, stratum: str | None, values: Values, flags: Flags) -> exp.Expr:
    """Sum the values by period: the period, the earliest and the latest day in it, [stratum,] then as `moments`.

    A period is a number that grows by one from each to the next: 12 times the year plus the month less one, and so on.
    """
    date = _statistic(test).date
    assert date is not None  # noqa: S101
    day = guarded(date, values, flags)
    keys = [_period(day, by), *([_as_text(_column(test.table, stratum))] if stratum is not None else [])]
    return _summed(test, keys, values, flags, _day(day))


@statement
def halves(test: RowTest, values: Values, flags: Flags) -> exp.Expr:
    """Sum the values by the day of an answer: the day, then as `moments`. Answers without a day are left out."""
    answered = _statistic(test).answered
    assert answered is not None  # noqa: S101
    day = _day(guarded(answered, values, flags))
    return _summed(test, [_as_text(day)], values, flags)


@statement
def days(test: RowTest, values: Values, flags: Flags) -> exp.Expr:
    """Count the records of each day, in order."""
    date = _statistic(test).date
    assert date is not None  # noqa: S101
    return _summed(test, [_as_text(_day(guarded(date, values, flags)))], values, flags)


@statement
def ranked(test: RowTest, ranks: Sequence[int], values: Values, flags: Flags) -> exp.Expr:
    """Fetch the values that have these places in ascending order, from 1: the place and the value."""
    order = exp.Order(expressions=[exp.Ordered(this=_named("v"), desc=False, nulls_first=False)])
    place = _alias(exp.Window(this=exp.RowNumber(), order=order), "place")
    rows = exp.select(place, _named("v")).from_(_known(test, [], values, flags), copy=False)
    wanted = exp.In(this=_named("place"), expressions=[exp.Literal.number(r) for r in ranks])
    found = exp.select(_named("place"), _named("v")).from_(rows.subquery("_r", copy=False), copy=False)
    return found.where(wanted, copy=False).order_by(_named("place"), copy=False)


@statement
def reached(test: RowTest, limit: str, stratum: str, values: Values, flags: Flags) -> exp.Expr:
    """Count per stratum the values, those at or below a limit (a decimal as text), and those below it."""
    key = _as_text(_column(test.table, stratum))
    bound = exp.cast(exp.Literal.string(limit), EXACT, copy=False)
    counted = [exp.CountIf(this=kind(this=_named("v"), expression=bound.copy())) for kind in (exp.LTE, exp.LT)]
    return _grouped([key], [exp.Count(this=exp.Star()), *counted], test, values, flags)


@statement
def cases(test: RowTest, limit: int, stratum: str | None, values: Values, flags: Flags) -> exp.Expr:
    """Count cases by how long they took, or were watched: [stratum,] the duration, closed after it, open after it.

    Whole days or hours: what is closed is rounded up, what is open down. Longer than the limit is one duration.
    """
    statistic = _statistic(test)
    assert statistic.opened is not None  # noqa: S101
    assert statistic.closed is not None  # noqa: S101
    start, end = (guarded(e, values, flags) for e in (statistic.opened, statistic.closed))
    today = exp.cast(exp.Literal.string(values.as_of.isoformat()), "date", copy=False)
    closed = exp.and_(_filled(end), exp.LTE(this=_day(end), expression=today.copy()), copy=False)
    took, seen = _span(start, end, hours=statistic.hours), _span(start, today, hours=statistic.hours)
    lasted = exp.Case(
        ifs=[exp.If(this=closed, true=_whole("ceil", took))],
        default=exp.Greatest(this=_whole("floor", seen), expressions=[exp.Literal.number(0)], ignore_nulls=True),
    )
    capped = exp.Least(this=lasted, expressions=[exp.Literal.number(limit + 1)], ignore_nulls=True)
    unit = [_alias(_as_text(_column(test.table, stratum)), "g")] if stratum is not None else []
    cells = [*unit, _alias(capped, "d"), _alias(closed.copy(), "c")]
    inner = exp.select(*cells).from_(table_named(test.table), copy=False)
    rows = _filtered(inner, test, values, flags).subquery(_ROWS, copy=False)
    counted = [exp.CountIf(this=_named("c")), exp.CountIf(this=exp.not_(_named("c"), copy=False))]
    keys = [*([_named("g")] if unit else []), _named("d")]
    return _by_keys(exp.select(*keys, *counted).from_(rows, copy=False), keys)


@statement
def totals(other: Other, by: By | None, stratum: str | None, values: Values, flags: Flags) -> exp.Expr:
    """Count and sum another table: [period,] [stratum,] the records that certainly count, their sum, those that may.

    A value below 0 is summed, and may be none: it can only take from what counts.
    """
    inside = [guarded(other.where, values, flags)] if other.where is not None else []
    value = _decimal(other.value, values, flags) if other.value is not None else None
    day = guarded(other.date, values, flags) if by is not None and other.date is not None else None
    parts = [*inside, *([_filled(value)] if value is not None else []), *([_filled(day)] if day is not None else [])]
    sure = exp.func("coalesce", exp.and_(*parts), exp.false()) if parts else exp.true()
    out = exp.func("coalesce", exp.not_(inside[0].copy(), copy=False), exp.false()) if inside else exp.false()
    cells = [_alias(sure, "sure"), _alias(out, "out")]
    cells += [_alias(value.copy(), "v")] if value is not None else []
    cells += [_alias(_period(day, by), "p")] if day is not None and by is not None else []
    cells += [_alias(_as_text(_column(other.table, stratum)), "g")] if stratum is not None else []
    rows = exp.select(*cells).from_(table_named(other.table), copy=False).subquery(_ROWS, copy=False)
    open_ = exp.and_(exp.not_(_named("sure"), copy=False), exp.not_(_named("out"), copy=False), copy=False)
    if value is not None:
        below = exp.LT(this=_named("v"), expression=exp.Literal.number(0))
        taken = exp.and_(_named("sure"), exp.paren(below, copy=False), copy=False)
        open_ = exp.or_(exp.paren(open_, copy=False), exp.paren(taken, copy=False), copy=False)
    summed = (
        exp.Sum(this=exp.Case(ifs=[exp.If(this=_named("sure"), true=_named("v"))])) if value is not None else exp.null()
    )
    keys = [*([_named("p")] if day is not None else []), *([_named("g")] if stratum is not None else [])]
    found = exp.select(*keys, exp.CountIf(this=_named("sure")), summed, exp.CountIf(this=open_)).from_(rows, copy=False)
    return _by_keys(found, keys)


@statement
def groups(test: RowTest, values: Values, flags: Flags) -> exp.Expr:
    """Count the records of each group of a mix."""
    group = _statistic(test).group
    assert group is not None  # noqa: S101
    return _grouped([_as_text(guarded(group, values, flags))], [exp.Count(this=exp.Star())], test, values, flags)


@statement
def groups_of(other: Other, values: Values, flags: Flags) -> exp.Expr:
    """Count the records of each group in the base."""
    assert other.group is not None  # noqa: S101
    key = _alias(_as_text(guarded(other.group, values, flags)), "g")
    rows = exp.select(key).from_(table_named(other.table), copy=False)
    if other.where is not None:
        rows = rows.where(guarded(other.where, values, flags), copy=False)
    found = exp.select(_named("g"), exp.Count(this=exp.Star())).from_(rows.subquery(_ROWS, copy=False), copy=False)
    return _by_keys(found, [_named("g")])


@statement
def days_of(other: Other, values: Values, flags: Flags) -> exp.Expr:
    """Fetch the days on which another table has a record that certainly counts."""
    assert other.date is not None  # noqa: S101
    day = _alias(_as_text(_day(guarded(other.date, values, flags))), "d")
    rows = exp.select(day).distinct().from_(table_named(other.table), copy=False)
    rows = rows.where(_filled(guarded(other.date, values, flags)), copy=False)
    return rows if other.where is None else rows.where(guarded(other.where, values, flags), copy=False)


@statement
def unread(other: Other, values: Values, flags: Flags) -> exp.Expr:
    """Count the records of another table that may be in its scope, with a cell that is filled and cannot be read."""
    del values
    found = unreadable([column for e in other.expressions for column in e.columns], flags)
    counted = exp.CountIf(this=found) if found is not None else exp.Literal.number(0)
    return exp.select(counted).from_(table_named(other.table), copy=False).limit(1, copy=False)


def _summed(
    test: RowTest, keys: Sequence[exp.Expr], values: Values, flags: Flags, day: exp.Expr | None = None
) -> exp.Expr:
    """Sum what is known by some keys."""
    statistic = _statistic(test)
    counted: list[exp.Expr] = [exp.Count(this=exp.Star())]
    value = statistic.value
    if value is not None and value.kind is Kind.BOOLEAN:
        counted += [exp.CountIf(this=_named("v")), *_nothing(4)]
    elif value is not None:
        v = _named("v")
        counted += [exp.null(), exp.Sum(this=v), exp.Sum(this=_times(v, v))]
        ends = (exp.GTE, _PROMOTER), (exp.LTE, _DETRACTOR)
        counted += [exp.CountIf(this=kind(this=v.copy(), expression=exp.Literal.number(n))) for kind, n in ends]
    else:
        counted += _nothing(5)
    if statistic.below is not None:
        v, w = _named("v"), _named("w")
        counted += [exp.Sum(this=w), *(exp.Sum(this=_times(a, w)) for a in (w, v))]
    return _grouped(keys, counted, test, values, flags, day)


def _times(a: exp.Expr, b: exp.Expr) -> exp.Expr:
    """Multiply in all the digits that a decimal has: in those of the values 3100 times 3100 is too large."""
    return exp.Mul(this=exp.cast(a.copy(), "decimal(38, 6)", copy=False), expression=b.copy())


def _nothing(number: int) -> list[exp.Expr]:
    return [exp.null() for _ in range(number)]


def _grouped(
    keys: Sequence[exp.Expr],
    counted: Sequence[exp.Expr],
    test: RowTest,
    values: Values,
    flags: Flags,
    day: exp.Expr | None = None,
) -> exp.Expr:
    """Count what is known by keys; `day` is one of which the earliest and the latest are told after the first key."""
    named = [_alias(k, f"g{i}") for i, k in enumerate(keys)]
    days_ = [_alias(day.copy(), "f")] if day is not None else []
    rows = _known(test, [*named, *days_], values, flags)
    shown = [_named(f"g{i}") for i in range(len(keys))]
    ends = [_as_text(end(this=_named("f"))) for end in (exp.Min, exp.Max)] if day is not None else []
    found = exp.select(*shown[:1], *ends, *shown[1:], *counted).from_(rows, copy=False)
    return _by_keys(found, shown)


def _by_keys(found: exp.Select, keys: Sequence[exp.Expr]) -> exp.Select:
    if not keys:
        return found
    order = [exp.Ordered(this=k.copy(), desc=False, nulls_first=False) for k in keys]
    return found.group_by(*(k.copy() for k in keys), copy=False).order_by(*order, copy=False)


def _known(test: RowTest, more: Sequence[exp.Expr], values: Values, flags: Flags) -> exp.Subquery:
    """Write the records in scope of which all is known: their value `v`, the number below a ratio `w`, and more."""
    statistic = _statistic(test)
    cells = list(more)
    if statistic.value is not None and statistic.value.kind is Kind.BOOLEAN:
        cells.append(_alias(guarded(statistic.value, values, flags), "v"))
    elif statistic.value is not None:
        cells.append(_alias(_decimal(statistic.value, values, flags), "v"))
    if statistic.below is not None:
        cells.append(_alias(_decimal(statistic.below, values, flags), "w"))
    rows = exp.select(*(cells or [exp.Literal.number(1)])).from_(table_named(test.table), copy=False)
    return _filtered(rows, test, values, flags).subquery(_ROWS, copy=False)


def _filtered(rows: exp.Select, test: RowTest, values: Values, flags: Flags) -> exp.Select:
    for condition in (test.scope, _statistic(test).known):
        if condition is not None:
            rows = rows.where(guarded(condition, values, flags), copy=False)
    return rows


def _statistic(test: RowTest) -> Statistic:
    assert test.statistic is not None  # noqa: S101
    return test.statistic


def _period(day: exp.Expr, by: By) -> exp.Expr:
    year = exp.Year(this=day.copy())
    if by == "year":
        return year
    month = exp.paren(exp.Sub(this=exp.Month(this=day.copy()), expression=exp.Literal.number(1)), copy=False)
    within = month if by == "month" else exp.paren(exp.IntDiv(this=month, expression=exp.Literal.number(3)), copy=False)
    return exp.Add(this=exp.Mul(this=year, expression=exp.Literal.number(_PER_YEAR[by])), expression=within)


def _span(start: exp.Expr, end: exp.Expr, *, hours: bool) -> exp.Expr:
    if not hours:
        return exp.paren(exp.Sub(this=_day(end), expression=_day(start)), copy=False)
    times = [exp.cast(e.copy(), "timestamp", copy=False) for e in (end, start)]
    gone = exp.paren(exp.Sub(this=times[0], expression=times[1]), copy=False)
    seconds = exp.Anonymous(this="epoch", expressions=[gone])
    return exp.paren(exp.Div(this=seconds, expression=exp.Literal.number("3600.0")), copy=False)


def _whole(name: str, span: exp.Expr) -> exp.Expr:
    return exp.cast(exp.Anonymous(this=name, expressions=[span]), "bigint", copy=False)


def _decimal(value: Expression, values: Values, flags: Flags) -> exp.Expr:
    return exp.TryCast(this=guarded(value, values, flags), to=exp.DataType.build(EXACT))


def _filled(node: exp.Expr) -> exp.Expr:
    return exp.not_(exp.paren(exp.Is(this=node.copy(), expression=exp.null()), copy=False), copy=False)


def _day(node: exp.Expr) -> exp.Expr:
    return exp.cast(node.copy(), "date", copy=False)


def _as_text(node: exp.Expr) -> exp.Expr:
    return exp.cast(node.copy(), "text", copy=False)


def _column(table: str, name: str) -> exp.Column:
    return exp.column(name, table=table, quoted=True)


def _named(name: str) -> exp.Column:
    return exp.column(name, quoted=True)


def _alias(node: exp.Expr, name: str) -> exp.Expr:
    return exp.alias_(node, name, quoted=True, copy=False)
