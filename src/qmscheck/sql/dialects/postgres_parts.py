"""What the translation into PostgreSQL is written with."""

from __future__ import annotations

from collections.abc import Callable

from qmscheck.sql.trees import exp

__all__ = ["Write", "by_letters", "call", "cast_to", "is_said", "own"]

#: Writes a node, or a call by its arguments.
Write = Callable[..., "exp.Expr"]

_OWN = "pg_temp.qm_"


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """Call a function of PostgreSQL."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def own(name: str, *arguments: exp.Expr) -> exp.Expr:
    """Call a function that `postgres_session` makes."""
    return exp.Anonymous(this=f"{_OWN}{name}", expressions=list(arguments))


def cast_to(value: exp.Expr, target: str) -> exp.Expr:
    """Write a cast; the target is named as DuckDB names it."""
    return exp.cast(value, target, copy=False, dialect="duckdb")


def is_said(node: exp.Expr) -> bool:
    """Tell whether a value is a text that the statement itself holds."""
    if isinstance(node, exp.Literal):
        return bool(node.is_string)
    if isinstance(node, exp.Paren | exp.Nullif):
        return is_said(node.this)
    if isinstance(node, exp.DPipe):
        return True
    if isinstance(node, exp.Case):
        return any(is_said(i.args["true"]) for i in node.args["ifs"]) or (
            node.args.get("default") is not None and is_said(node.args["default"])
        )
    return isinstance(node, exp.Coalesce) and any(is_said(part) for part in (node.this, *node.expressions))


def by_letters(text: exp.Expr) -> exp.Expr:
    """Write a text that is ordered by the numbers of its letters."""
    inner = (
        text if isinstance(text, exp.Column | exp.Paren | exp.Literal | exp.Anonymous) else exp.paren(text, copy=False)
    )
    return exp.paren(exp.Collate(this=inner, expression=exp.to_identifier("C", quoted=True)), copy=False)
