"""What type a tree of DuckDB's meaning has, as far as it shows: Spark's functions are chosen by it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache as remembered

from qmscheck.sql.dialects import UnsayableError
from qmscheck.sql.trees import exp

__all__ = ["kind_of", "target_of", "zoned"]


def kind_of(node: exp.Expr) -> str | None:
    """Tell the type of a tree of DuckDB's meaning, as far as it shows: None where a column decides."""
    if isinstance(node, exp.Literal):
        return _of_literal(node)
    if isinstance(node, exp.Cast | exp.TryCast):
        return target_of(node.to)
    if isinstance(node, exp.Column):
        return _OF_COLUMNS.get(str(node.meta.get("kind")))
    if isinstance(node, exp.Anonymous):
        return _RESULTS.get(str(node.this).lower())
    known = _results().get(type(node))
    if known is not None:
        return known
    if isinstance(node, exp.Paren | exp.Neg | exp.Abs | exp.Nullif | exp.Min | exp.Max | exp.Filter | exp.AnyValue):
        return kind_of(node.this)
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


def target_of(target: exp.DataType) -> str:
    """Tell the type that a cast goes to. Raises UnsayableError for one that is not known."""
    found = _targets().get(target.this)
    if found is None:
        raise UnsayableError(f"Spark is not known to cast to {target.sql()} exactly")
    return found


def _joint(nodes: list[exp.Expr]) -> str | None:
    kinds = {kind_of(node) for node in nodes} - {"null"}
    if len(kinds) == 1:
        return kinds.pop()
    if "double" in kinds and kinds <= {"bigint", "decimal", "double"}:
        return "double"
    return "decimal" if kinds == {"bigint", "decimal"} else "null" if not kinds else None


def _of_arithmetic(node: exp.Binary) -> str | None:
    left, right = kind_of(node.left), kind_of(node.right)
    if left == right == "date":
        return "bigint"
    if "timestamp" in {left, right} or (left == "date" and isinstance(node.right, exp.Anonymous)):
        return "timestamp"
    if "double" in {left, right}:
        return "double"
    if {left, right} <= {"bigint", "decimal"}:
        return "bigint" if left == right == "bigint" else "decimal"
    return None


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
        **dict.fromkeys(zoned(), "instant"),
    }


@remembered
def zoned() -> frozenset[exp.DType]:
    """Give the types of an instant."""
    return frozenset({exp.DType.TIMESTAMPTZ, exp.DType.TIMESTAMPLTZ})
