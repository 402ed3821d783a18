"""The functions that trees have by their names, on Spark. One that is not listed here is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache as remembered

from qmscheck.sql.dialects import UnsayableError
from qmscheck.sql.dialects.java_patterns import java
from qmscheck.sql.dialects.spark_casts import as_instant
from qmscheck.sql.dialects.spark_formats import parsed
from qmscheck.sql.dialects.spark_kinds import kind_of, zoned
from qmscheck.sql.dialects.spark_numbers import rounded
from qmscheck.sql.dialects.spark_parts import call, fits, once, replaced, spark_type, text, tried, whole
from qmscheck.sql.trees import exp

__all__ = ["function"]

#: Translates a part of a tree; writes a function with given values.
Say = Callable[[exp.Expr], exp.Expr]
Writer = Callable[[list[exp.Expr], Say], exp.Expr]


def function(node: exp.Anonymous, say: Say) -> exp.Expr:
    """Write a function that a tree has by its name. Raises UnsayableError for one that is not known."""
    name = str(node.this).lower()
    write = _functions().get(name)
    if write is None:
        raise UnsayableError(f"Spark is not known to say {name}() exactly")
    return write(list(node.expressions), say)


def _named(name: str, *, least: int = 1, most: int = 1) -> Writer:
    """Write a function that means the same on Spark, under its name there."""

    def write(given: list[exp.Expr], say: Say) -> exp.Expr:
        if not least <= len(given) <= most:
            raise UnsayableError(f"{name}() with {len(given)} values is not known on Spark")
        return call(name, *(say(g) for g in given))

    return write


def _pattern(node: exp.Expr) -> str:
    if not (isinstance(node, exp.Literal) and node.is_string):
        raise UnsayableError("a pattern must be written out on Spark")
    return java(node.name)


def _epoch(given: list[exp.Expr], say: Say) -> exp.Expr:
    """Write the seconds between two times. Its argument is their difference."""
    span = given[0].unnest()
    if not (isinstance(span, exp.Sub) and kind_of(span.left) == kind_of(span.right) == "timestamp"):
        raise UnsayableError("only the time between two times can be counted on Spark")
    micros = [
        call("unix_micros", exp.Cast(this=say(side), to=spark_type("timestamp"))) for side in (span.left, span.right)
    ]
    between = exp.paren(exp.Sub(this=micros[0], expression=micros[1]))
    return exp.paren(
        exp.Div(this=exp.Cast(this=between, to=spark_type("double")), expression=exp.Literal.number("1e6"))
    )


def _is_finite(given: list[exp.Expr], say: Say) -> exp.Expr:
    return once(say(given[0]), _limited)


def _limited(given: exp.Expr) -> exp.Expr:
    value = exp.Cast(this=given, to=spark_type("double"))
    endless = exp.EQ(this=call("abs", value), expression=tried(text("Infinity"), "double"))
    return exp.paren(exp.and_(exp.not_(call("isnan", value)), exp.not_(exp.paren(endless)), copy=False))


def _time_read(given: list[exp.Expr], say: Say) -> exp.Expr:
    """Write `try_strptime(text, [format])`; a format with an offset is read by `_in_zone` only."""
    value, has_offset = _formatted(given, say)
    if has_offset:
        raise UnsayableError("a date format with an offset needs a zone")
    return value


def _formatted(given: list[exp.Expr], say: Say) -> tuple[exp.Expr, bool]:
    forms = given[1].expressions if isinstance(given[1], exp.Array) else []
    if len(forms) != 1 or not isinstance(forms[0], exp.Literal):
        raise UnsayableError("one date format at a time can be read on Spark")
    found: list[bool] = []

    def write(value: exp.Expr) -> exp.Expr:
        tree, has_offset = parsed(value, forms[0].name)
        found.append(has_offset)
        return tree

    return once(say(given[0]), write), found[0]


def _in_zone(given: list[exp.Expr], say: Say) -> exp.Expr:
    """Write `timezone(zone, cast(... as timestamptz))`: the time that a clock of the zone shows."""
    zone, instant = given
    if not (isinstance(instant, exp.Cast | exp.TryCast) and instant.to.this in zoned()):
        raise UnsayableError("only a text with its offset can be told by the clock of a zone on Spark")
    inner = instant.this
    if isinstance(inner, exp.Anonymous) and str(inner.this).lower() == "try_strptime":
        value, has_offset = _formatted(list(inner.expressions), say)
        if not has_offset:
            raise UnsayableError("a date format without an offset has no instant")
        return call("convert_timezone", text("UTC"), say(zone), value)
    return once(say(inner), lambda told: as_instant(told, say(zone)))


def _length_of(given: list[exp.Expr], say: Say) -> exp.Expr:
    return call("size", say(given[0]))


def _first_or_last(given: list[exp.Expr], say: Say) -> exp.Expr:
    """Write `array_extract(text, 1)` or -1: a sign of a text."""
    return call("substring", say(given[0]), say(given[1]), whole(1))


def _extracted(given: list[exp.Expr], say: Say) -> exp.Expr:
    group = say(given[2]) if len(given) > 2 else whole(0)  # noqa: PLR2004
    return call("regexp_extract", say(given[0]), text(_pattern(given[1])), group)


def _all_replaced(given: list[exp.Expr], say: Say) -> exp.Expr:
    signs = [g.name for g in given[2:]]
    if signs[1:] != ["g"] or not all(isinstance(g, exp.Literal) for g in given[2:]) or set("\\$") & set(signs[0]):
        raise UnsayableError("this replacement of a pattern is not known on Spark")
    return replaced(say(given[0]), _pattern(given[1]), signs[0])


@remembered
def _functions() -> Mapping[str, Writer]:
    """Give the functions that trees have by their names."""
    return {
        "regexp_matches": lambda g, say: fits(say(g[0]), _pattern(g[1])),
        "regexp_full_match": lambda g, say: fits(say(g[0]), rf"\A(?:{_pattern(g[1])})\z"),
        "regexp_extract": _extracted,
        "regexp_replace": _all_replaced,
        "contains": _named("contains", least=2, most=2),
        "starts_with": _named("startswith", least=2, most=2),
        "ends_with": _named("endswith", least=2, most=2),
        "replace": _named("replace", least=3, most=3),
        "split_part": _named("split_part", least=3, most=3),
        "concat_ws": _named("concat_ws", least=2, most=99),
        "coalesce": _named("coalesce", least=1, most=99),
        "least": _named("least", least=2, most=99),
        "greatest": _named("greatest", least=2, most=99),
        "arg_min": _named("min_by", least=2, most=2),
        "floor": _named("floor"),
        "ceil": _named("ceil"),
        "round": lambda g, say: rounded(g[0], g[1] if len(g) > 1 else None, say),
        "sha256": lambda g, say: call("sha2", say(g[0]), whole(256)),
        "epoch": _epoch,
        "isfinite": _is_finite,
        "try_strptime": _time_read,
        "timezone": _in_zone,
        "len": _length_of,
        "array_extract": _first_or_last,
        "list_filter": lambda g, say: call("filter", say(g[0]), say(g[1])),
        "pseudonym": _named("pseudonym"),
        "personal_mark": _named("personal_mark"),
    }
