"""Numbers, days and casts in PostgreSQL, as DuckDB means them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache as remembered

from qmscheck.sql.dialects.postgres_parts import Write, by_letters, call, cast_to, own
from qmscheck.sql.dialects.unsayable import UnsayableError
from qmscheck.sql.trees import exp

__all__ = ["CAST_FUNCTIONS", "cast_writers"]


def _arithmetic(node: exp.Expr) -> exp.Expr:
    """Whole numbers have 64 bits: a small one that is written in a rule has 32 in PostgreSQL, and would overflow."""
    for key in ("this", "expression"):
        side = node.args.get(key)
        if isinstance(side, exp.Literal) and not side.is_string and side.name.isdigit():
            node.set(key, cast_to(side, "bigint"))
    return node


def _divided(node: exp.Div) -> exp.Expr:
    sides = [cast_to(exp.paren(side, copy=False), "double") for side in (node.this, node.expression)]
    return exp.paren(exp.Div(this=sides[0], expression=sides[1], typed=True, safe=False), copy=False)


def _divided_whole(node: exp.IntDiv) -> exp.Expr:
    """Both cut off what is behind the point."""
    _arithmetic(node)
    return exp.Div(this=node.this, expression=node.expression, typed=True, safe=False)


def _rounded(node: exp.Round) -> exp.Expr:
    digits = node.args.get("decimals")
    return own("round", node.this, *([digits] if digits is not None else []))


def _average(node: exp.Avg) -> exp.Expr:
    whole = cast_to(exp.Sum(this=node.this.copy()), "double")
    number = cast_to(exp.Nullif(this=exp.Count(this=node.this.copy()), expression=exp.Literal.number(0)), "double")
    return exp.paren(exp.Div(this=whole, expression=number, typed=True, safe=False), copy=False)


def _tried(node: exp.TryCast) -> exp.Expr:
    """Write a cast that gives NULL where it cannot."""
    value, target = node.this, _type(node.to)
    if isinstance(value, exp.Null):
        return cast_to(value, target)
    match target:
        case "text":
            return _text(value)
        case "bigint" | "double" | "date" | "timestamp":
            return own(target, value)
        case "timestamptz":
            return own("instant", value)
        case _ if target.startswith("decimal"):
            return own("decimal", value, *(exp.Literal.number(n) for n in re.findall(r"[0-9]+", target)))
    raise UnsayableError(f"a cast to {target} has no exact translation into PostgreSQL")


def _sure(node: exp.Cast) -> exp.Expr:
    """Write a cast of what the target holds; a literal is read like any other text."""
    value, target = node.this, _type(node.to)
    if target == "text" and not isinstance(value, exp.Null):
        return _text(value)
    if isinstance(value, exp.Literal) and target in {"bigint", "double"}:
        return own(target, value)
    if target == "bigint" and not isinstance(value, exp.Null | exp.Literal):
        return own("bigint", value)
    return cast_to(value, target)


def _type(kind: exp.DataType) -> str:
    """Name the target of a cast; one that is not known is refused."""
    name = _types().get(kind.this)
    if name is None or (kind.expressions and name != "decimal"):
        raise UnsayableError(f"the type {kind.sql('duckdb').lower()} has no counterpart in PostgreSQL")
    if name == "decimal":
        width, scale = (int(one.name) for one in kind.expressions)
        return f"decimal({width}, {scale})"
    return name


def _text(value: exp.Expr) -> exp.Expr:
    return by_letters(own("text", value))


@remembered
def _types() -> Mapping[exp.DType, str]:
    kinds = exp.DType
    return {
        **dict.fromkeys((kinds.TEXT, kinds.VARCHAR), "text"),
        kinds.INT: "int",
        kinds.BIGINT: "bigint",
        kinds.DOUBLE: "double",
        kinds.DECIMAL: "decimal",
        kinds.BOOLEAN: "boolean",
        kinds.DATE: "date",
        **dict.fromkeys((kinds.TIMESTAMP, kinds.TIMESTAMPNTZ), "timestamp"),
        kinds.TIMESTAMPTZ: "timestamptz",
    }


def _part(node: exp.Expr) -> exp.Expr:
    part = exp.Extract(this=exp.Var(this=type(node).__name__.upper()), expression=node.this)
    return cast_to(part, "bigint")


def _epoch(span: exp.Expr) -> exp.Expr:
    return cast_to(exp.Extract(this=exp.Var(this="EPOCH"), expression=span), "double")


def _interval(place: int) -> Callable[[exp.Expr], exp.Expr]:
    """Write an interval of so many months, days or seconds: PostgreSQL takes them by their place."""

    def write(number: exp.Expr) -> exp.Expr:
        before = [exp.Literal.number(0) for _ in range(place)]
        return call("make_interval", *before, number)

    return write


def _parsed(text: exp.Expr, formats: exp.Expr) -> exp.Expr:
    (form,) = formats.expressions
    listed = exp.Array(expressions=[exp.Literal.string(code) for code in _codes_of(form.name)])
    return own("parsed", text, cast_to(listed, "text[]"))


def _codes_of(form: str) -> list[str]:
    """Take a date format apart: each code, and each letter between them. Raises UnsayableError."""
    codes = [c.replace("-", "") if c.startswith("%") else c for c in re.findall(r"%-?.|[^%]", form, re.DOTALL)]
    for code in codes:
        if code.startswith("%") and code[1:] not in set("aAbBdmyYHIMSpf%"):
            raise UnsayableError(f"PostgreSQL reads no date with {code}, as in {form}")
    if "%p" in codes and "%I" not in codes:
        raise UnsayableError(f"PostgreSQL reads no hours up to 24 with AM or PM, as in {form}")
    return ["%" if code == "%%" else code for code in codes]


@remembered
def cast_writers() -> dict[type[exp.Expr], Write]:
    """Give what is written otherwise of numbers, days and casts, by the kind of its node."""
    return {
        **dict.fromkeys((exp.Add, exp.Sub, exp.Mul, exp.Mod, exp.Neg), _arithmetic),
        exp.Div: _divided,
        exp.IntDiv: _divided_whole,
        exp.Round: _rounded,
        exp.Ceil: lambda n: own("ceil", n.this),
        exp.Floor: lambda n: own("floor", n.this),
        exp.Avg: _average,
        exp.Cast: _sure,
        exp.TryCast: _tried,
        **dict.fromkeys((exp.Year, exp.Month, exp.Day), _part),
    }


#: The same, by the name of a function.
CAST_FUNCTIONS: dict[str, Write] = {
    "ceil": lambda x: own("ceil", x),
    "epoch": _epoch,
    "floor": lambda x: own("floor", x),
    "isfinite": lambda x: own("finite", x),
    "round": lambda *parts: own("round", *parts),
    "timezone": lambda zone, at: call("timezone", zone, at),
    "to_days": _interval(3),
    "to_months": _interval(1),
    "to_seconds": _interval(6),
    "try_strptime": _parsed,
}
