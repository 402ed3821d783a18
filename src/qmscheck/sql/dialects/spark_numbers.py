"""Means and rounding on Spark as DuckDB 2.0 does them."""

from __future__ import annotations

from collections.abc import Callable

from qmscheck.sql.dialects import UnsayableError
from qmscheck.sql.dialects.spark_kinds import kind_of
from qmscheck.sql.dialects.spark_parts import call, case, is_type, once, spark_type, whole
from qmscheck.sql.trees import exp

__all__ = ["mean", "rounded"]

#: Translates a part of a tree.
Say = Callable[[exp.Expr], exp.Expr]


def mean(node: exp.Avg, say: Say) -> exp.Expr:
    """Divide a sum by a number: Spark would add whole numbers as floating point."""
    kind = kind_of(node.this)
    if kind not in {"bigint", "double"}:
        raise UnsayableError("a mean of decimals is not known on Spark: cast(x as double)")
    value = say(node.this)
    if kind == "double":
        return exp.Avg(this=value)
    number = exp.Nullif(this=exp.Count(this=value.copy()), expression=whole(0))
    return exp.paren(exp.Div(this=exp.Cast(this=exp.Sum(this=value), to=spark_type("double")), expression=number))


def rounded(value: exp.Expr, digits: exp.Expr | None, say: Say) -> exp.Expr:
    """Round half away from zero. A double is multiplied first, and rounded then, as DuckDB does; Spark rounds what is
    written of it.
    """
    given, number = say(value), _digits(digits)
    kind = kind_of(value)
    exact = call("round", given, whole(number))
    double = _double_rounded(exp.Cast(this=given.copy(), to=spark_type("double")), number)
    if kind == "double":
        return double
    if kind is not None:
        return exact
    return case([(is_type(given, "double", "float"), double)], exact)


def _digits(node: exp.Expr | None) -> int:
    """Read how many digits are kept; less than none for tens and hundreds."""
    if node is None:
        return 0
    plain = node.unnest()
    negative = isinstance(plain, exp.Neg)
    plain = plain.this.unnest() if negative else plain
    if not (isinstance(plain, exp.Literal) and not plain.is_string and plain.name.isdigit()):
        raise UnsayableError("round() needs a number of digits that is written out on Spark")
    return -int(plain.name) if negative else int(plain.name)


def _double_rounded(value: exp.Expr, digits: int) -> exp.Expr:
    power = exp.Literal.number(f"1e{abs(digits)}")
    operations = (exp.Mul, exp.Div) if digits >= 0 else (exp.Div, exp.Mul)
    scaled = exp.paren(operations[0](this=value, expression=power)) if digits else value
    result = once(scaled, _half_away)
    if not digits:
        return result
    return exp.paren(operations[1](this=exp.paren(result), expression=power.copy()))


def _half_away(scaled: exp.Expr) -> exp.Expr:
    size = call("abs", scaled)
    down = exp.Cast(this=call("floor", size), to=spark_type("double"))
    half = exp.GTE(this=exp.paren(exp.Sub(this=size, expression=down)), expression=exp.Literal.number("0.5e0"))
    up = exp.Add(this=down.copy(), expression=case([(half, exp.Literal.number("1e0"))], exp.Literal.number("0e0")))
    small = exp.LT(this=size.copy(), expression=exp.Literal.number("4503599627370496e0"))
    rounded = exp.Mul(this=call("signum", scaled), expression=exp.paren(up))
    return case([(small, rounded)], scaled)
