"""Populations of a large table and the shares that meet a condition, counted in one scan.

Nothing is made of a record but what is counted: to write the state of each and to count states takes twice as long.
"""

from __future__ import annotations

from collections.abc import Sequence

from qmscheck.sql.functions import Values
from qmscheck.sql.select import Flags, RowTest, guarded, unreadable
from qmscheck.sql.statement import statement
from qmscheck.sql.trees import exp

__all__ = ["is_counted_at_once", "totals"]


def is_counted_at_once(test: RowTest, flags: Flags) -> bool:
    """Tell whether a record is met or unmet by a condition alone, and unreadable by its scope alone."""
    if test.must is None or not test.is_plain or test.unknown_met:
        return False
    return unreadable(test.must.columns, flags) is None


@statement
def totals(counted: Sequence[RowTest], scoped: Sequence[RowTest], values: Values, flags: Flags) -> exp.Expr:
    """Count, of one table, the population, the met and the unreadable records of each `counted` test (one that
    `is_counted_at_once`), in order; then the population of each `scoped` one, which has a scope.
    """
    found: list[exp.Expr] = []
    for test in counted:
        assert test.must is not None  # noqa: S101
        met = guarded(test.must, values, flags)
        if test.invert:
            met = exp.not_(met, copy=False)
        untold: exp.Expr = exp.Literal.number(0)
        if test.scope is not None:
            scope = guarded(test.scope, values, flags)
            met = exp.Case(ifs=[exp.If(this=scope, true=met)])
            untold = exp.CountIf(this=exp.Is(this=scope.copy(), expression=exp.null()))
        found += [_population(test, values, flags), exp.CountIf(this=met), untold]
    found += [_population(test, values, flags) for test in scoped]
    table = exp.to_identifier((*counted, *scoped)[0].table, quoted=True)
    return exp.select(*found).from_(exp.Table(this=table), copy=False)


def _population(test: RowTest, values: Values, flags: Flags) -> exp.Expr:
    """Count the records that are not out of scope for certain. Where it is told of none, `count_if` is NULL."""
    if test.scope is None:
        return exp.Count(this=exp.Star())
    outside = exp.CountIf(this=exp.not_(guarded(test.scope, values, flags), copy=False))
    none = exp.func("coalesce", outside, exp.Literal.number(0))
    return exp.Sub(this=exp.Count(this=exp.Star()), expression=none)
