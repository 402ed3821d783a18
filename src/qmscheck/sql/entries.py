"""Conditions on texts in a form that the engine asks of each entry of a dictionary, and not of each record.

A column of few texts stands in a Parquet file as numbers of the entries of a dictionary. DuckDB asks a function of each
entry once, unless the function may fail: a list of values (`IN`) and `regexp_matches` are asked of every record, a cast
to an ENUM and `regexp_extract` are not (measured, decision 0053). A long list is cheaper as ENUM in any column.
"""

from __future__ import annotations

from collections.abc import Iterator

from qmscheck.sql.functions import PATTERN
from qmscheck.sql.trees import exp

__all__ = ["LONG", "SHORT", "by_entry"]

#: Values of a list from which on it is a cast: of a file with dictionaries, and of one without (measured).
SHORT, LONG = 3, 12


def by_entry(doubtful: exp.Expr, least: int, *, patterns: bool) -> exp.Expr:
    """Rewrite, within `NOT coalesce(..., false)`, lists of `least` values or more, and patterns for whole texts.

    Only whether such a condition is true counts there, and it is true of the same texts; but a pattern that is true of
    the empty text is not true of it any more, so that a record too many may be doubtful, and never one too few.
    """
    if not isinstance(doubtful, exp.Not) or not isinstance(doubtful.this, exp.Coalesce):
        return doubtful
    for node in list(_counted(doubtful.this.this)):
        if isinstance(node, exp.In) and _is_list(node, least):
            node.replace(_cast(node))
        elif patterns and _is_whole_pattern(node):
            node.replace(_extracted(node))
    return doubtful


def _counted(node: exp.Expr) -> Iterator[exp.Expr]:
    """Give the conditions of a tree of which nothing counts but whether they are true, and that make it true."""
    if isinstance(node, exp.Paren):
        yield from _counted(node.this)
    elif isinstance(node, exp.And | exp.Or):
        for side in node.flatten():
            yield from _counted(side)
    elif isinstance(node, exp.Case) and node.this is None:
        for branch in node.args["ifs"]:
            yield from _counted(branch.args["true"])
        if node.args.get("default") is not None:
            yield from _counted(node.args["default"])
    else:
        yield node


def _is_list(node: exp.In, least: int) -> bool:
    """Tell whether a cell is looked for among enough different words."""
    words = [word for word in node.expressions if isinstance(word, exp.Literal) and word.is_string]
    return isinstance(node.this, exp.Column) and len(words) == len(node.expressions) >= least


def _cast(node: exp.In) -> exp.Expr:
    words = [exp.Literal.string(word) for word in dict.fromkeys(word.name for word in node.expressions)]
    kind = exp.DataType(this=exp.DataType.Type.ENUM, expressions=words)
    found = exp.Is(this=exp.TryCast(this=node.this, to=kind), expression=exp.null())
    return exp.not_(found, copy=False)


def _is_whole_pattern(node: exp.Expr) -> bool:
    """Tell whether a pattern is looked for in a cell and matches nothing but the whole of it."""
    if not isinstance(node, exp.Anonymous) or str(node.this).lower() != PATTERN:
        return False
    text, regex = node.expressions[:2]
    if len(node.expressions) > 2 or not isinstance(text, exp.Column) or not isinstance(regex, exp.Literal):  # noqa: PLR2004
        return False
    return regex.name.startswith("^") and regex.name.endswith("$") and "|" not in regex.name


def _extracted(node: exp.Expr) -> exp.Expr:
    found = exp.Anonymous(this="regexp_extract", expressions=node.expressions)
    return exp.NEQ(this=found, expression=exp.Literal.string(""))
