"""Trees as Apache Spark reads them (ANSI mode, time zone UTC, names by their letters), with the meaning of DuckDB 2.0.

An allow-list: what is not named here is refused. Functions are written by their own names, so that nobody else has
a say in how they are spelt. Times are TIMESTAMP_NTZ: they have no zone. Where the two differ, the reason stands
beside it; `tests/dialects/vectors.toml` holds what was compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache as remembered
from typing import Any

from qmscheck.sql.dialects import UnsayableError
from qmscheck.sql.dialects.spark_casts import as_date, as_decimal, as_integer, as_number, as_text, as_timestamp
from qmscheck.sql.dialects.spark_functions import function
from qmscheck.sql.dialects.spark_kinds import kind_of, target_of
from qmscheck.sql.dialects.spark_letters import capitals, small
from qmscheck.sql.dialects.spark_numbers import mean, rounded
from qmscheck.sql.dialects.spark_parts import call, fits, once, spark_type, text, tried, whole
from qmscheck.sql.dialects.spark_reach import refuse_far_looks
from qmscheck.sql.trees import exp

__all__ = ["translated"]

#: White space that DuckDB's trim takes off by itself: Unicode's Zs.
_SPACES = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"


def translated(tree: exp.Expr) -> exp.Expr:
    """Give the tree that means on Spark what this one means on DuckDB. Raises UnsayableError for what is not known."""
    if isinstance(tree, exp.Select):
        refuse_far_looks(tree)
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
    given: dict[str, Any] = {}
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


# ---------------------------------------------------------------- arithmetic


def _moved(node: exp.Binary) -> exp.Expr | None:
    """Write the distance of two days, and a time moved by a step; None for a sum or difference of numbers."""
    left, right = kind_of(node.left), kind_of(node.right)
    step = node.right
    if isinstance(step, exp.Anonymous) and str(step.this).lower() in _STEPS:
        begin: exp.Expr = exp.Cast(this=translated(node.left), to=spark_type("timestamp_ntz"))
        span = _STEPS[str(step.this).lower()](translated(step.expressions[0]))
        return exp.paren(type(node)(this=begin, expression=span), copy=False)
    if left == right == "date" and isinstance(node, exp.Sub):
        return exp.paren(
            exp.Cast(this=call("datediff", translated(node.left), translated(node.right)), to=spark_type("bigint"))
        )
    if {"date", "timestamp"} & {left, right}:
        raise UnsayableError("Spark is not known to add or subtract these dates exactly")
    return None


def _sum(node: exp.Binary) -> exp.Expr:
    return _moved(node) or _same(node)


def _divided(node: exp.Div) -> exp.Expr:
    """Divide as floating point: Spark would divide decimals as such, and `1 / 0` cannot come here."""
    sides = [exp.Cast(this=translated(side), to=spark_type("double")) for side in (node.left, node.right)]
    return exp.Div(this=sides[0], expression=sides[1])


def _whole_quotient(node: exp.IntDiv) -> exp.Expr:
    return exp.IntDiv(this=translated(node.left), expression=translated(node.right))


_STEPS: Mapping[str, Callable[[exp.Expr], exp.Expr]] = {
    "to_days": lambda n: call("make_dt_interval", _short(n)),
    "to_months": lambda n: call("make_ym_interval", whole(0), _short(n)),
    "to_seconds": lambda n: call("make_dt_interval", whole(0), whole(0), whole(0), tried(n, "decimal(18, 6)")),
}


def _short(node: exp.Expr) -> exp.Expr:
    return exp.Cast(this=node, to=spark_type("int"))


# ---------------------------------------------------------------- casts and literals


def _cast(node: exp.Cast) -> exp.Expr:
    """Write a cast. A plain one is written by the product alone: a day of a time, a time of a day, a literal."""
    kind, target = kind_of(node.this), target_of(node.to)
    plain = not isinstance(node, exp.TryCast) and (isinstance(node.this, exp.Literal) or kind != "text")
    if plain and target in {"date", "timestamp"}:
        return exp.Cast(this=translated(node.this), to=spark_type("date" if target == "date" else "timestamp_ntz"))
    if plain and target == "bigint" and kind in {None, "bigint", "boolean"}:
        return exp.Cast(this=translated(node.this), to=spark_type("bigint"))
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
    told = exp.Cast(this=given, to=spark_type("string"))
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
    signs = node.expression
    if signs is not None and not (isinstance(signs, exp.Literal) and signs.is_string):
        raise UnsayableError("what is trimmed must be written out on Spark")
    return call("btrim", translated(node.this), text(_SPACES if signs is None else signs.name))


# ---------------------------------------------------------------- queries


def _ordered(node: exp.Ordered) -> exp.Expr:
    """Order with what is blank last, which is DuckDB's way in both directions, unless another is asked for."""
    first = bool(node.args.get("nulls_first"))
    return exp.Ordered(this=translated(node.this), desc=bool(node.args.get("desc")), nulls_first=first)


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


@remembered
def _writers() -> Mapping[type[exp.Expr], Callable[[Any], exp.Expr]]:
    """Give the kinds of nodes that are known: the allow-list."""
    same = (
        *(exp.Paren, exp.And, exp.Or, exp.Not, exp.Is, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between),
        *(
            exp.NullSafeEQ,
            exp.NullSafeNEQ,
            exp.In,
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
        exp.Avg: lambda n: mean(n, translated),
        exp.Like: _like,
        exp.ILike: _like,
        exp.Ordered: _ordered,
        exp.Lower: lambda n: small(translated(n.this)),
        exp.Upper: lambda n: capitals(translated(n.this)),
        exp.Trim: _trim,
        exp.Length: lambda n: call("char_length", translated(n.this)),
        exp.Year: lambda n: call("year", translated(n.this)),
        exp.Month: lambda n: call("month", translated(n.this)),
        exp.Day: lambda n: call("day", translated(n.this)),
        exp.Round: lambda n: rounded(n.this, n.args.get("decimals"), translated),
        exp.Floor: lambda n: call("floor", translated(n.this)),
        exp.Ceil: lambda n: call("ceil", translated(n.this)),
        exp.Contains: lambda n: call("contains", translated(n.this), translated(n.expression)),
        exp.StartsWith: lambda n: call("startswith", translated(n.this), translated(n.expression)),
        exp.EndsWith: lambda n: call("endswith", translated(n.this), translated(n.expression)),
        exp.Replace: lambda n: call("replace", *(translated(n.args[k]) for k in ("this", "expression", "replacement"))),
        exp.SHA2: lambda n: call("sha2", translated(n.this), whole(256)),
        exp.GroupConcat: _joined_text,
        exp.Lambda: _lambda,
        exp.Anonymous: lambda n: function(n, translated),
    }
