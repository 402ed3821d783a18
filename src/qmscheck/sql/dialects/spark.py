"""Trees as Apache Spark reads them (ANSI mode, time zone UTC, names by their letters), with the meaning of DuckDB 2.0.

An allow-list: what is not named here is refused. Functions are written by their own names, so that nobody else has a say
in how they are spelt. Times are TIMESTAMP_NTZ: they have no zone. Where the two differ, the reason stands beside it;
`tests/dialects/vectors.toml` holds what was compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache as remembered

from qmscheck.sql.dialects import UnsayableError
from qmscheck.sql.dialects.java_patterns import java
from qmscheck.sql.dialects.spark_casts import (
    as_date,
    as_decimal,
    as_instant,
    as_integer,
    as_number,
    as_text,
    as_timestamp,
)
from qmscheck.sql.dialects.spark_formats import parsed
from qmscheck.sql.dialects.spark_letters import capitals, small
from qmscheck.sql.dialects.spark_parts import call, case, fits, is_type, once, replaced, text, tried, whole
from qmscheck.sql.trees import exp

__all__ = ["translated"]

#: White space that DuckDB's trim takes off by itself: Unicode's Zs.
_SPACES = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"


def translated(tree: exp.Expr) -> exp.Expr:
    """Give the tree that means on Spark what this one means on DuckDB. Raises UnsayableError for what is not known."""
    write = _writers().get(type(tree))
    more = {key for key, value in tree.args.items() if value} - _PARTS - _parts_of().get(type(tree), frozenset())
    if write is None or more:
        told = f" with {', '.join(sorted(more))}" if more else ""
        raise UnsayableError(f"Spark is not known to say {_name(tree)}{told} exactly")
    return write(tree)


#: What every node may have, and what some have beside it.
_PARTS = frozenset({"this", "expression", "expressions"})


@remembered
def _parts_of() -> Mapping[type[exp.Expr], frozenset[str]]:
    columns = {"table", "quoted"}
    return {
        kind: frozenset(parts)
        for kinds, parts in (
            ((exp.Identifier, exp.Column), columns),
            ((exp.Table, exp.Alias, exp.Subquery, exp.CTE), {"alias", "quoted"}),
            ((exp.Literal,), {"is_string"}),
            ((exp.Cast, exp.TryCast), {"to"}),
            ((exp.Like, exp.ILike), {"negate"}),
            ((exp.Between,), {"low", "high"}),
            ((exp.In,), {"query"}),
            ((exp.Case, exp.If), {"ifs", "default", "true"}),
            ((exp.Count,), {"big_int"}),
            ((exp.Greatest, exp.Least), {"ignore_nulls"}),
            ((exp.Div, exp.DPipe), {"typed", "safe"}),
            ((exp.Round,), {"decimals"}),
            ((exp.Replace,), {"replacement"}),
            ((exp.SHA2,), {"length"}),
            ((exp.GroupConcat,), {"separator"}),
            ((exp.Join,), {"on", "side", "kind"}),
            ((exp.Ordered,), {"desc", "nulls_first"}),
            ((exp.Window,), {"partition_by", "order", "over"}),
            ((exp.Union,), {"distinct", "side", "kind"}),
            (
                (exp.Select,),
                {"from_", "joins", "where", "group", "having", "order", "limit", "distinct", "with_"},
            ),
        )
        for kind in kinds
    }


def _name(node: exp.Expr) -> str:
    return f"{node.this}()" if isinstance(node, exp.Anonymous) else node.key.upper()


def _same(node: exp.Expr) -> exp.Expr:
    """Keep a node, with translated parts."""
    given = {}
    for key, value in node.args.items():
        if isinstance(value, exp.Expr):
            given[key] = translated(value)
        elif isinstance(value, list):
            given[key] = [translated(v) if isinstance(v, exp.Expr) else v for v in value]
        else:
            given[key] = value
    return type(node)(**given)


def _kept(node: exp.Expr) -> exp.Expr:
    return node.copy()


# ---------------------------------------------------------------- types


def _kind(node: exp.Expr) -> str | None:
    """Tell the type of a tree of DuckDB's meaning, as far as it shows: None where a column decides."""
    if isinstance(node, exp.Literal):
        return _of_literal(node)
    if isinstance(node, exp.Cast | exp.TryCast):
        return _of_cast(node.to)
    if isinstance(node, exp.Column):
        return _OF_COLUMNS.get(str(node.meta.get("kind")))
    if isinstance(node, exp.Anonymous):
        return _RESULTS.get(str(node.this).lower())
    known = _results().get(type(node))
    if known is not None:
        return known
    if isinstance(node, exp.Paren | exp.Neg | exp.Abs | exp.Nullif | exp.Min | exp.Max | exp.Filter | exp.AnyValue):
        return _kind(node.this)
    if isinstance(node, exp.Case):
        values = [branch.args["true"] for branch in node.args["ifs"]]
        default = node.args.get("default")
        return _joint([*values, *([default] if default is not None else [])])
    if isinstance(node, exp.Coalesce | exp.Greatest | exp.Least):
        return _joint([node.this, *node.expressions])
    if isinstance(node, exp.Add | exp.Sub | exp.Mul):
        return _of_arithmetic(node)
    return None


def _of_literal(node: exp.Literal) -> str:
    if node.is_string:
        return "text"
    if "e" in node.name.lower():
        return "double"
    return "decimal" if "." in node.name else "bigint"


def _of_cast(target: exp.DataType) -> str:
    found = _targets().get(target.this)
    if found is None:
        raise UnsayableError(f"Spark is not known to cast to {target.sql()} exactly")
    return found


def _joint(nodes: list[exp.Expr]) -> str | None:
    kinds = {_kind(node) for node in nodes} - {"null"}
    if len(kinds) == 1:
        return kinds.pop()
    if kinds == {"bigint", "double"} or kinds == {"decimal", "double"} or kinds == {"bigint", "decimal", "double"}:
        return "double"
    return "decimal" if kinds == {"bigint", "decimal"} else "null" if not kinds else None


def _of_arithmetic(node: exp.Binary) -> str | None:
    left, right = _kind(node.left), _kind(node.right)
    if left == right == "date":
        return "bigint"
    if "timestamp" in {left, right} or (left == "date" and isinstance(node.right, exp.Anonymous)):
        return "timestamp"
    if "double" in {left, right}:
        return "double"
    if {left, right} <= {"bigint", "decimal"}:
        return "bigint" if left == right == "bigint" else "decimal"
    return None


# ---------------------------------------------------------------- arithmetic


def _moved(node: exp.Binary) -> exp.Expr | None:
    """Write the distance of two days, and a time moved by a step; None for a sum or difference of numbers."""
    left, right = _kind(node.left), _kind(node.right)
    step = node.right
    if isinstance(step, exp.Anonymous) and str(step.this).lower() in _STEPS:
        begin: exp.Expr = exp.Cast(this=translated(node.left), to=_type("timestamp_ntz"))
        span = _STEPS[str(step.this).lower()](translated(step.expressions[0]))
        return exp.paren(type(node)(this=begin, expression=span), copy=False)
    if left == right == "date" and isinstance(node, exp.Sub):
        return exp.paren(
            exp.Cast(this=call("datediff", translated(node.left), translated(node.right)), to=_type("bigint"))
        )
    if {"date", "timestamp"} & {left, right}:
        raise UnsayableError("Spark is not known to add or subtract these dates exactly")
    return None


def _sum(node: exp.Binary) -> exp.Expr:
    return _moved(node) or _same(node)


def _divided(node: exp.Div) -> exp.Expr:
    """Divide as floating point: Spark would divide decimals as such, and `1 / 0` cannot come here."""
    sides = [exp.Cast(this=translated(side), to=_type("double")) for side in (node.left, node.right)]
    return exp.Div(this=sides[0], expression=sides[1])


def _mean(node: exp.Avg) -> exp.Expr:
    """Divide a sum by a number: Spark would add whole numbers as floating point."""
    kind = _kind(node.this)
    if kind not in {"bigint", "double"}:
        raise UnsayableError("a mean of decimals is not known on Spark: cast(x as double)")
    value = translated(node.this)
    if kind == "double":
        return exp.Avg(this=value)
    number = exp.Nullif(this=exp.Count(this=value.copy()), expression=whole(0))
    return exp.paren(exp.Div(this=exp.Cast(this=exp.Sum(this=value), to=_type("double")), expression=number))


def _whole_quotient(node: exp.IntDiv) -> exp.Expr:
    return exp.IntDiv(this=translated(node.left), expression=translated(node.right))


def _rounded(node: exp.Expr, value: exp.Expr, digits: exp.Expr | None) -> exp.Expr:
    """Round half away from zero. A double is multiplied first, and rounded then, as DuckDB does; Spark rounds what is
    written of it.
    """
    given = translated(value)
    number = 0
    if digits is not None:
        plain = digits.unnest()
        negative = isinstance(plain, exp.Neg)
        plain = plain.this.unnest() if isinstance(plain, exp.Neg) else plain
        if not (isinstance(plain, exp.Literal) and not plain.is_string and plain.name.isdigit()):
            raise UnsayableError("round() needs a number of digits that is written out on Spark")
        number = -int(plain.name) if negative else int(plain.name)
    kind = _kind(value)
    exact = call("round", given, whole(number))
    double = _double_rounded(exp.Cast(this=given.copy(), to=_type("double")), number)
    if kind == "double":
        return double
    if kind is not None:
        return exact
    return case([(is_type(given, "double", "float"), double)], exact)


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
    down = exp.Cast(this=call("floor", size), to=_type("double"))
    half = exp.GTE(this=exp.paren(exp.Sub(this=size, expression=down)), expression=exp.Literal.number("0.5e0"))
    up = exp.Add(this=down.copy(), expression=case([(half, exp.Literal.number("1e0"))], exp.Literal.number("0e0")))
    small = exp.LT(this=size.copy(), expression=exp.Literal.number("4503599627370496e0"))
    rounded = exp.Mul(this=call("signum", scaled), expression=exp.paren(up))
    return case([(small, rounded)], scaled)


_STEPS: Mapping[str, Callable[[exp.Expr], exp.Expr]] = {
    "to_days": lambda n: call("make_dt_interval", _short(n)),
    "to_months": lambda n: call("make_ym_interval", whole(0), _short(n)),
    "to_seconds": lambda n: call("make_dt_interval", whole(0), whole(0), whole(0), tried(n, "decimal(18, 6)")),
}


def _short(node: exp.Expr) -> exp.Expr:
    return exp.Cast(this=node, to=_type("int"))


def _type(name: str) -> exp.DataType:
    return exp.DataType.build(name, dialect="spark")


# ---------------------------------------------------------------- casts and literals


def _cast(node: exp.Cast) -> exp.Expr:
    """Write a cast. A plain one is written by the product alone: a day of a time, a time of a day, a literal."""
    kind, target = _kind(node.this), _of_cast(node.to)
    plain = not isinstance(node, exp.TryCast) and (isinstance(node.this, exp.Literal) or kind != "text")
    if plain and target in {"date", "timestamp"}:
        return exp.Cast(this=translated(node.this), to=_type("date" if target == "date" else "timestamp_ntz"))
    if plain and target == "bigint" and kind in {None, "bigint", "boolean"}:
        return exp.Cast(this=translated(node.this), to=_type("bigint"))
    return once(translated(node.this), lambda given: _cast_of(given, kind, target, node))


def _cast_of(given: exp.Expr, kind: str | None, target: str, node: exp.Cast) -> exp.Expr:
    match target:
        case "text":
            return as_text(given, kind)
        case "date":
            return as_date(given, kind)
        case "timestamp":
            return as_timestamp(given, kind)
        case "double":
            return as_number(given, kind)
        case "bigint":
            return as_integer(given, kind)
        case "decimal":
            precision, scale = (int(part.this.name) for part in node.to.expressions)
            return as_decimal(given, kind, precision, scale)
        case "boolean" if kind in {"null", "boolean"}:
            return tried(given, "boolean")
        case "boolean" if kind is None:
            return tried(given, "boolean") if _of_nothing(node.this) else _only_boolean(given)
    raise UnsayableError(f"Spark is not known to cast {kind} to {target} exactly")


def _of_nothing(node: exp.Expr) -> bool:
    return isinstance(node.unnest(), exp.Null)


def _only_boolean(given: exp.Expr) -> exp.Expr:
    """Take a column that is a yes or no already."""
    told = exp.Cast(this=given, to=_type("string"))
    return tried(told, "boolean")


def _like(node: exp.Expr) -> exp.Expr:
    """Write LIKE: its pattern has a sign of escape on Spark, and none on DuckDB."""
    pattern = node.expression
    if not (isinstance(pattern, exp.Literal) and pattern.is_string):
        raise UnsayableError("the pattern of 'like' must be written out on Spark")
    shape = "".join({"%": r"[\s\S]*", "_": r"[\s\S]"}.get(c, f"\\x{{{ord(c):X}}}") for c in _folded(node, pattern.name))
    value = translated(node.this)
    found = fits(small(value) if isinstance(node, exp.ILike) else value, rf"\A{shape}\z")
    return exp.not_(found, copy=False) if node.args.get("negate") else found


def _folded(node: exp.Expr, pattern: str) -> str:
    if not isinstance(node, exp.ILike):
        return pattern
    if any(len(c.lower()) != 1 for c in pattern):
        raise UnsayableError("'ilike' with a letter that has no single small letter")
    return "".join(c.lower() for c in pattern)


def _trim(node: exp.Trim) -> exp.Expr:
    if node.args.get("position"):
        raise UnsayableError("a trim at one end is not known on Spark")
    signs = node.expression
    if signs is not None and not (isinstance(signs, exp.Literal) and signs.is_string):
        raise UnsayableError("what is trimmed must be written out on Spark")
    return call("btrim", translated(node.this), text(_SPACES if signs is None else signs.name))


# ---------------------------------------------------------------- queries


def _ordered(node: exp.Ordered) -> exp.Expr:
    """Order with what is blank last, which is DuckDB's way in both directions, unless another is asked for."""
    first = bool(node.args.get("nulls_first"))
    return exp.Ordered(this=translated(node.this), desc=bool(node.args.get("desc")), nulls_first=first)


def _membership(node: exp.In) -> exp.Expr:
    """Write IN; among the rows of a query, as EXISTS does not look for NULL."""
    if set(k for k, v in node.args.items() if v) - {"this", "expressions", "query"}:
        raise UnsayableError("this form of IN is not known on Spark")
    return _same(node)


def _joined_text(node: exp.GroupConcat) -> exp.Expr:
    ordered, separator = node.this, node.args.get("separator")
    if not (isinstance(ordered, exp.Order) and isinstance(separator, exp.Literal)):
        raise UnsayableError("texts of many records are joined in an order only")
    order = exp.Order(expressions=[translated(o) for o in ordered.expressions])
    listed = call("listagg", translated(ordered.this), separator)
    return exp.WithinGroup(this=listed, expression=order)


def _lambda(node: exp.Lambda) -> exp.Expr:
    names = {str(n.name) for n in node.expressions}
    if len(names) != 1:
        raise UnsayableError("a function of several values is not known on Spark")
    return exp.Lambda(this=translated(node.this), expressions=[n.copy() for n in node.expressions])


# ---------------------------------------------------------------- functions


def _function(node: exp.Anonymous) -> exp.Expr:
    name = str(node.this).lower()
    write = _functions().get(name)
    if write is None:
        raise UnsayableError(f"Spark is not known to say {name}() exactly")
    return write(list(node.expressions))


def _named(name: str, *, least: int = 1, most: int = 1) -> Callable[[list[exp.Expr]], exp.Expr]:
    """Write a function that means the same on Spark, under its name there."""

    def write(given: list[exp.Expr]) -> exp.Expr:
        if not least <= len(given) <= most:
            raise UnsayableError(f"{name}() with {len(given)} values is not known on Spark")
        return call(name, *(translated(g) for g in given))

    return write


def _pattern(node: exp.Expr) -> str:
    if not (isinstance(node, exp.Literal) and node.is_string):
        raise UnsayableError("a pattern must be written out on Spark")
    return java(node.name)


def _epoch(given: list[exp.Expr]) -> exp.Expr:
    """Write the seconds between two times. Its argument is their difference."""
    span = given[0].unnest()
    if not (isinstance(span, exp.Sub) and _kind(span.left) == _kind(span.right) == "timestamp"):
        raise UnsayableError("only the time between two times can be counted on Spark")
    micros = [
        call("unix_micros", exp.Cast(this=translated(side), to=_type("timestamp"))) for side in (span.left, span.right)
    ]
    between = exp.paren(exp.Sub(this=micros[0], expression=micros[1]))
    return exp.paren(exp.Div(this=exp.Cast(this=between, to=_type("double")), expression=exp.Literal.number("1e6")))


def _is_finite(given: list[exp.Expr]) -> exp.Expr:
    return once(translated(given[0]), _limited)


def _limited(given: exp.Expr) -> exp.Expr:
    value = exp.Cast(this=given, to=_type("double"))
    endless = exp.EQ(this=call("abs", value), expression=tried(text("Infinity"), "double"))
    return exp.paren(exp.and_(exp.not_(call("isnan", value)), exp.not_(exp.paren(endless)), copy=False))


def _time_read(given: list[exp.Expr]) -> exp.Expr:
    """Write `try_strptime(text, [format])`; a format with an offset is read by `_in_zone` only."""
    value, zoned = _formatted(given)
    if zoned:
        raise UnsayableError("a date format with an offset needs a zone")
    return value


def _formatted(given: list[exp.Expr]) -> tuple[exp.Expr, bool]:
    forms = given[1].expressions if isinstance(given[1], exp.Array) else []
    if len(forms) != 1 or not isinstance(forms[0], exp.Literal):
        raise UnsayableError("one date format at a time can be read on Spark")
    found: list[bool] = []

    def write(value: exp.Expr) -> exp.Expr:
        tree, zoned = parsed(value, forms[0].name)
        found.append(zoned)
        return tree

    return once(translated(given[0]), write), found[0]


def _in_zone(given: list[exp.Expr]) -> exp.Expr:
    """Write `timezone(zone, cast(... as timestamptz))`: the time that a clock of the zone shows."""
    zone, instant = given
    if not (isinstance(instant, exp.Cast | exp.TryCast) and instant.to.this in _zoned()):
        raise UnsayableError("only a text with its offset can be told by the clock of a zone on Spark")
    inner = instant.this
    if isinstance(inner, exp.Anonymous) and str(inner.this).lower() == "try_strptime":
        value, zoned = _formatted(list(inner.expressions))
        if not zoned:
            raise UnsayableError("a date format without an offset has no instant")
        return call("convert_timezone", text("UTC"), translated(zone), value)
    return once(translated(inner), lambda told: as_instant(told, translated(zone)))


def _length_of(given: list[exp.Expr]) -> exp.Expr:
    return call("size", translated(given[0]))


def _first_or_last(given: list[exp.Expr]) -> exp.Expr:
    """Write `array_extract(text, 1)` or -1: a sign of a text."""
    return call("substring", translated(given[0]), translated(given[1]), whole(1))


def _extracted(given: list[exp.Expr]) -> exp.Expr:
    group = translated(given[2]) if len(given) > 2 else whole(0)  # noqa: PLR2004
    return call("regexp_extract", translated(given[0]), text(_pattern(given[1])), group)


def _all_replaced(given: list[exp.Expr]) -> exp.Expr:
    signs = [g.name for g in given[2:]]
    if signs[1:] != ["g"] or not all(isinstance(g, exp.Literal) for g in given[2:]) or set("\\$") & set(signs[0]):
        raise UnsayableError("this replacement of a pattern is not known on Spark")
    return replaced(translated(given[0]), _pattern(given[1]), signs[0])


@remembered
def _functions() -> Mapping[str, Callable[[list[exp.Expr]], exp.Expr]]:
    """Give the functions that trees have by their names."""
    return {
        "regexp_matches": lambda g: fits(translated(g[0]), _pattern(g[1])),
        "regexp_full_match": lambda g: fits(translated(g[0]), rf"\A(?:{_pattern(g[1])})\z"),
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
        "floor": lambda g: _to_whole("floor", g[0]),
        "ceil": lambda g: _to_whole("ceil", g[0]),
        "round": lambda g: _rounded(g[0], g[0], g[1] if len(g) > 1 else None),
        "sha256": lambda g: call("sha2", translated(g[0]), whole(256)),
        "epoch": _epoch,
        "isfinite": _is_finite,
        "try_strptime": _time_read,
        "timezone": _in_zone,
        "len": _length_of,
        "array_extract": _first_or_last,
        "list_filter": lambda g: call("filter", translated(g[0]), translated(g[1])),
        "pseudonym": _named("pseudonym"),
        "personal_mark": _named("personal_mark"),
    }


def _to_whole(name: str, value: exp.Expr) -> exp.Expr:
    """Round up or down; the result is a whole number, as what is done with it needs."""
    return call(name, translated(value))


#: What a column is that the rule language knows: a number is a double, whatever its source gave.
_OF_COLUMNS = {
    **{kind: kind for kind in ("text", "boolean", "date", "timestamp")},
    "integer": "bigint",
    "number": "double",
}

_RESULTS = {
    **dict.fromkeys(
        ("regexp_matches", "regexp_full_match", "contains", "starts_with", "ends_with", "isfinite"), "boolean"
    ),
    **dict.fromkeys(("regexp_extract", "regexp_replace", "replace", "concat_ws", "sha256", "array_extract"), "text"),
    **dict.fromkeys(("pseudonym", "personal_mark", "split_part"), "text"),
    **dict.fromkeys(("try_strptime", "timezone"), "timestamp"),
    "epoch": "double",
    "len": "bigint",
}


@remembered
def _results() -> Mapping[type[exp.Expr], str]:
    booleans = (
        *(exp.Boolean, exp.And, exp.Or, exp.Not, exp.Is, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE),
        *(exp.NullSafeEQ, exp.NullSafeNEQ, exp.Between, exp.In, exp.Like, exp.ILike, exp.Exists),
        *(exp.StartsWith, exp.EndsWith, exp.Contains, exp.LogicalOr),
    )
    return {
        **dict.fromkeys(booleans, "boolean"),
        **dict.fromkeys((exp.Lower, exp.Upper, exp.Trim, exp.DPipe, exp.Replace, exp.SHA2, exp.GroupConcat), "text"),
        **dict.fromkeys((exp.Length, exp.Year, exp.Month, exp.Day, exp.Count, exp.CountIf, exp.RowNumber), "bigint"),
        **dict.fromkeys((exp.Div, exp.Avg), "double"),
        exp.Null: "null",
    }


@remembered
def _targets() -> Mapping[exp.DType, str]:
    return {
        exp.DType.TEXT: "text",
        exp.DType.VARCHAR: "text",
        exp.DType.DATE: "date",
        exp.DType.TIMESTAMP: "timestamp",
        exp.DType.TIMESTAMPNTZ: "timestamp",
        exp.DType.INT: "bigint",
        exp.DType.BIGINT: "bigint",
        exp.DType.DOUBLE: "double",
        exp.DType.DECIMAL: "decimal",
        exp.DType.BOOLEAN: "boolean",
        **dict.fromkeys(_zoned(), "instant"),
    }


@remembered
def _zoned() -> frozenset[exp.DType]:
    return frozenset({exp.DType.TIMESTAMPTZ, exp.DType.TIMESTAMPLTZ})


@remembered
def _writers() -> Mapping[type[exp.Expr], Callable[[exp.Expr], exp.Expr]]:
    """Give the kinds of nodes that are known: the allow-list."""
    same = (
        *(exp.Paren, exp.And, exp.Or, exp.Not, exp.Is, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between),
        *(
            exp.NullSafeEQ,
            exp.NullSafeNEQ,
            exp.Neg,
            exp.Mul,
            exp.Mod,
            exp.DPipe,
            exp.Case,
            exp.If,
            exp.Exists,
            exp.Alias,
        ),
        *(
            exp.Select,
            exp.From,
            exp.Join,
            exp.Where,
            exp.Group,
            exp.Having,
            exp.Order,
            exp.Limit,
            exp.Subquery,
            exp.CTE,
        ),
        *(exp.Union, exp.With, exp.Distinct, exp.Tuple, exp.Count, exp.CountIf, exp.Sum, exp.Min, exp.Max),
        *(exp.Filter, exp.AnyValue, exp.LogicalOr, exp.Window, exp.RowNumber, exp.Coalesce, exp.Nullif, exp.Array),
        *(exp.Greatest, exp.Least, exp.Abs),
    )
    kept = (
        exp.Literal,
        exp.Column,
        exp.Table,
        exp.TableAlias,
        exp.Identifier,
        exp.Boolean,
        exp.Null,
        exp.Star,
        exp.WindowSpec,
    )
    return {
        **dict.fromkeys(same, _same),
        **dict.fromkeys(kept, _kept),
        exp.Add: _sum,
        exp.Sub: _sum,
        exp.Div: _divided,
        exp.IntDiv: _whole_quotient,
        exp.Cast: _cast,
        exp.TryCast: _cast,
        exp.Avg: _mean,
        exp.Like: _like,
        exp.ILike: _like,
        exp.In: _membership,
        exp.Ordered: _ordered,
        exp.Lower: lambda n: small(translated(n.this)),
        exp.Upper: lambda n: capitals(translated(n.this)),
        exp.Trim: _trim,
        exp.Length: lambda n: call("char_length", translated(n.this)),
        exp.Year: lambda n: call("year", translated(n.this)),
        exp.Month: lambda n: call("month", translated(n.this)),
        exp.Day: lambda n: call("day", translated(n.this)),
        exp.Round: lambda n: _rounded(n, n.this, n.args.get("decimals")),
        exp.Floor: lambda n: _to_whole("floor", n.this),
        exp.Ceil: lambda n: _to_whole("ceil", n.this),
        exp.Contains: lambda n: call("contains", translated(n.this), translated(n.expression)),
        exp.StartsWith: lambda n: call("startswith", translated(n.this), translated(n.expression)),
        exp.EndsWith: lambda n: call("endswith", translated(n.this), translated(n.expression)),
        exp.Replace: lambda n: call("replace", *(translated(n.args[k]) for k in ("this", "expression", "replacement"))),
        exp.SHA2: lambda n: call("sha2", translated(n.this), whole(256)),
        exp.GroupConcat: _joined_text,
        exp.Lambda: _lambda,
        exp.Anonymous: _function,
    }
