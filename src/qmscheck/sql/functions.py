"""The functions of the rule language: their signatures, and how each is written in an engine's SQL.

A function means the same in every engine; what dialects spell differently is written out here.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from qmscheck.cache import Fingerprinted
from qmscheck.sql.kinds import Kind
from qmscheck.sql.regex import words_needed
from qmscheck.sql.savings import ALL, Savings
from qmscheck.sql.trees import exp
from qmscheck.sql.veil import Pair, alike

__all__ = ["FUNCTIONS", "PATTERN", "Signature", "Values", "expand", "literal", "pattern"]


#: The engine's function that looks for a pattern.
PATTERN = "regexp_matches"

#: What is no letter, digit or combining accent.
_BOUNDARY = r"[^0-9A-Za-z\x{00C0}-\x{024F}\x{0300}-\x{052F}]"
_SPACE = r"[\s\x{00A0}\x{2000}-\x{200B}\x{202F}]"

_ANY: frozenset[Kind] = frozenset()
_TEXT = frozenset({Kind.TEXT})
_NUMBER = frozenset({Kind.INTEGER, Kind.NUMBER})
_WHOLE = frozenset({Kind.INTEGER})
_DAY = frozenset({Kind.DATE, Kind.TIMESTAMP})


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function takes and gives.

    `result` None: the type of the first argument. `literal`: the number of an argument that is a text in quotes.
    `same`: all arguments are of one type.
    """

    name: str
    usage: str
    arguments: tuple[frozenset[Kind], ...]
    arity: tuple[int, int]
    result: Kind | None
    literal: int | None = None
    same: bool = False


def _signature(
    usage: str,
    arguments: tuple[frozenset[Kind], ...],
    result: Kind | None,
    *,
    literal: int | None = None,
    same: bool = False,
    most: int | None = None,
) -> Signature:
    name = usage.split("(", maxsplit=1)[0]
    return Signature(name, usage, arguments, (len(arguments), most or len(arguments)), result, literal, same)


FUNCTIONS: Mapping[str, Signature] = {
    s.name: s
    for s in (
        _signature("as_of()", (), Kind.DATE),
        _signature("audit_date()", (), Kind.DATE),
        _signature("period_from()", (), Kind.DATE),
        _signature("period_to()", (), Kind.DATE),
        _signature("in_period(date)", (_DAY,), Kind.BOOLEAN),
        _signature("param('name')", (_TEXT,), None, literal=0),
        _signature("mentions(text, 'family')", (_TEXT, _TEXT), Kind.BOOLEAN, literal=1),
        _signature("filled(x)", (_ANY,), Kind.BOOLEAN),
        _signature("days_between(from, to)", (_DAY, _DAY), Kind.INTEGER),
        _signature("hours_between(from, to)", (_DAY, _DAY), Kind.NUMBER),
        _signature("working_days(from, to)", (_DAY, _DAY), Kind.INTEGER),
        _signature("add_days(date, n)", (_DAY, _WHOLE), None),
        _signature("add_months(date, n)", (_DAY, _WHOLE), None),
        _signature("year(date)", (_DAY,), Kind.INTEGER),
        _signature("month(date)", (_DAY,), Kind.INTEGER),
        _signature("day(date)", (_DAY,), Kind.INTEGER),
        _signature("lower(text)", (_TEXT,), Kind.TEXT),
        _signature("upper(text)", (_TEXT,), Kind.TEXT),
        _signature("trim(text)", (_TEXT,), Kind.TEXT),
        _signature("length(text)", (_TEXT,), Kind.INTEGER),
        _signature("starts_with(text, 'start')", (_TEXT, _TEXT), Kind.BOOLEAN),
        _signature("ends_with(text, 'end')", (_TEXT, _TEXT), Kind.BOOLEAN),
        _signature("contains(text, 'part')", (_TEXT, _TEXT), Kind.BOOLEAN),
        _signature("matches(text, 'pattern')", (_TEXT, _TEXT), Kind.BOOLEAN, literal=1),
        _signature("abs(number)", (_NUMBER,), None),
        _signature("round(number, digits)", (_NUMBER, _WHOLE), Kind.NUMBER),
        _signature("coalesce(x, y, ...)", (_ANY, _ANY), None, same=True, most=20),
        _signature("nullif(x, y)", (_ANY, _ANY), None, same=True),
        _signature("greatest(x, y, ...)", (_ANY, _ANY), None, same=True, most=20),
        _signature("least(x, y, ...)", (_ANY, _ANY), None, same=True, most=20),
    )
}


@dataclass(frozen=True)
class Values(Fingerprinted):
    """What the audit's own functions stand for. `patterns` maps a term family to its regular expression (RE2).

    `personal` are the columns that are never shown, `compared` those of them that hold pseudonyms. `savings` are the
    ways in which statements save work.
    """

    as_of: dt.date
    audit_date: dt.date
    period: tuple[dt.date, dt.date]
    params: Mapping[str, object] = field(default_factory=dict)
    patterns: Mapping[str, str] = field(default_factory=dict)
    personal: frozenset[Pair] = frozenset()
    compared: frozenset[Pair] = frozenset()
    savings: Savings = ALL


def expand(tree: exp.Expr, values: Values) -> exp.Expr:
    """Write the rule language's own functions, and their values, as plain SQL trees. The given tree is not changed."""
    root = exp.paren(tree.copy(), copy=False)
    for node in reversed(list(root.walk())):  # children before their parents
        written = _written(node, values)
        if written is not None:
            node.replace(written)
    return root.this  # type: ignore[no-any-return]


def _written(node: exp.Expr, values: Values) -> exp.Expr | None:
    """Write one node of the rule language in SQL; None where it already is."""
    if values.compared and (written := alike(node, values.compared)) is not None:
        return written
    if isinstance(node, exp.AddMonths):
        return _moved(node, "to_months", node.this, node.expression, 120_000)
    if isinstance(node, exp.Anonymous) and str(node.this).lower() == "add_days":
        return _moved(node, "to_days", node.expressions[0], node.expressions[1], 3_650_000)
    if isinstance(node, exp.Cast) and not isinstance(node, exp.TryCast) and not isinstance(node.this, exp.Literal):
        return exp.TryCast(this=node.this.copy(), to=node.args["to"].copy())
    write = _WRITERS.get(str(node.this).lower()) if isinstance(node, exp.Anonymous) else None
    return None if write is None else write(values, *(argument.copy() for argument in node.expressions))


def literal(value: object) -> exp.Expr:
    """Write a value as a literal tree."""
    if value is None:
        return exp.null()
    if isinstance(value, bool):
        return exp.true() if value else exp.false()
    if isinstance(value, dt.datetime):
        return exp.cast(exp.Literal.string(value.isoformat(sep=" ")), "timestamp", copy=False)
    if isinstance(value, dt.date):
        return exp.cast(exp.Literal.string(value.isoformat()), "date", copy=False)
    if isinstance(value, int | float):
        number = exp.Literal.number(repr(abs(value)))
        return exp.Neg(this=number) if value < 0 else number
    return exp.Literal.string(str(value))


def pattern(words: Iterable[str]) -> str:
    r"""Write a term family as one RE2 pattern: whole words, any case; `*` allows any ending.

    RE2's own `\b` and `\s` know ASCII only (RE2 syntax page), so boundaries are spelt out for the Latin, Greek and
    Cyrillic alphabets, and spaces with those of word processors. RE2's classes for all alphabets would do too, and cost
    five times as much to compile (measured, DuckDB 2.0). A family without words matches nothing.
    """
    whole: list[str] = []
    begun: list[str] = []
    for word in sorted({w.strip() for w in words}, key=lambda w: (-len(w), w)):
        stem = f"{_SPACE}+".join(re.escape(piece) for piece in word.rstrip("*").split())
        if stem:
            (begun if word.endswith("*") else whole).append(stem)
    if not whole and not begun:
        return r"[^\s\S]"
    parts = [f"(?:{'|'.join(whole)})(?:{_BOUNDARY}|$)"] if whole else []
    parts += [f"(?:{'|'.join(begun)})"] if begun else []
    return f"(?:^|{_BOUNDARY})(?i:{'|'.join(parts)})"


def _function(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _day(node: exp.Expr) -> exp.Expr:
    return exp.cast(node.copy(), "date", copy=False)


def _working_days_until(node: exp.Expr) -> exp.Expr:
    """Count Mondays to Fridays from 1 January of year 1, a Monday, up to and including a day."""
    days = exp.paren(
        exp.Sub(this=_day(node), expression=exp.cast(exp.Literal.string("0001-01-01"), "date", copy=False)), copy=False
    )
    weeks = exp.Mul(
        this=exp.paren(exp.IntDiv(this=days, expression=exp.Literal.number(7)), copy=False),
        expression=exp.Literal.number(5),
    )
    rest = exp.Add(this=exp.Mod(this=days.copy(), expression=exp.Literal.number(7)), expression=exp.Literal.number(1))
    return exp.Add(this=weeks, expression=exp.Least(this=rest, expressions=[exp.Literal.number(5)], ignore_nulls=True))


def _moved(node: exp.Expr, unit: str, day: exp.Expr, number: exp.Expr, most: int) -> exp.Expr:
    """Move a day, or a timestamp with its hours; a step of ten thousand years is NULL: an engine would stop at it.

    Months are taken off with their sign turned round. DuckDB 2.0 holds a month and 30 days to be the same constant, and
    computes a sum with them once for both, wherever they stand in a statement; a difference and a sum it tells apart.
    """
    step: exp.Expr = exp.cast(number.copy(), "int", copy=False)
    plain = number.unnest()
    if not (isinstance(plain, exp.Literal) and abs(int(plain.name)) <= most):
        near = exp.Between(this=exp.paren(number.copy(), copy=False), low=literal(-most), high=literal(most))
        step = exp.Case(ifs=[exp.If(this=near, true=step)])
    if unit == "to_months":
        turned = _function(unit, exp.Neg(this=exp.paren(step, copy=False)))
        moved: exp.Expr = exp.Sub(this=day.copy(), expression=turned)
    else:
        moved = exp.Add(this=day.copy(), expression=_function(unit, step))
    return exp.paren(moved if node.meta.get("keeps_hours") else exp.cast(moved, "date", copy=False), copy=False)


def _between(day: exp.Expr, period: tuple[dt.date, dt.date]) -> exp.Expr:
    return exp.paren(exp.Between(this=_day(day), low=literal(period[0]), high=literal(period[1])), copy=False)


def _seconds(start: exp.Expr, end: exp.Expr) -> exp.Expr:
    span = exp.Sub(
        this=exp.cast(end.copy(), "timestamp", copy=False), expression=exp.cast(start.copy(), "timestamp", copy=False)
    )
    return exp.paren(exp.Div(this=_function("epoch", span), expression=exp.Literal.number("3600.0")), copy=False)


def _matched(values: Values, text: exp.Expr, regex: exp.Expr) -> exp.Expr:
    """Look for words before a pattern that needs one of them: that is cheaper (measured: ten times)."""
    whole = _function(PATTERN, text, regex)
    words = words_needed(regex.name)
    if not words or not values.savings.words_first:
        return whole
    near = exp.or_(*(_function("contains", text.copy(), literal(word)) for word in words), copy=False)
    given = exp.not_(exp.Is(this=text.copy(), expression=exp.null()), copy=False)
    case = exp.Case(ifs=[exp.If(this=near, true=whole), exp.If(this=given, true=exp.false())])
    return exp.paren(case, copy=False)


_Writer = Callable[..., "exp.Expr"]

_WRITERS: dict[str, _Writer] = {
    "as_of": lambda v: literal(v.as_of),
    "audit_date": lambda v: literal(v.audit_date),
    "period_from": lambda v: literal(v.period[0]),
    "period_to": lambda v: literal(v.period[1]),
    "in_period": lambda v, day: _between(day, v.period),
    "param": lambda v, name: literal(v.params[name.name]),
    "mentions": lambda v, text, family: _function(PATTERN, text, literal(v.patterns[family.name])),
    "matches": _matched,
    "filled": lambda _v, x: exp.paren(exp.Not(this=exp.Is(this=x, expression=exp.null())), copy=False),
    "days_between": lambda _v, a, b: exp.paren(exp.Sub(this=_day(b), expression=_day(a)), copy=False),
    "hours_between": lambda _v, a, b: _seconds(a, b),
    "working_days": lambda _v, a, b: exp.paren(
        exp.Sub(
            this=exp.paren(_working_days_until(b), copy=False), expression=exp.paren(_working_days_until(a), copy=False)
        ),
        copy=False,
    ),
}
