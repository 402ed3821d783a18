"""The same meaning on another engine: a tree as the embedded engine reads it becomes one that another engine reads so.

A translation knows every kind of node and every function that it may meet, and refuses the rest: what it cannot say
exactly it does not say.
"""

from __future__ import annotations

from qmscheck.sql.trees import exp

__all__ = ["OWN", "UnsayableError", "in_dialect"]

#: The dialect in which trees are built.
OWN = "duckdb"


class UnsayableError(Exception):
    """An engine cannot say exactly what a tree says. The message is the reason, for whoever wrote the rule."""


def in_dialect(tree: exp.Expr, dialect: str) -> exp.Expr:
    """Give the tree that means on another engine what this one means on the embedded one. It may change the given one.

    Raises UnsayableError for what that engine cannot say exactly.
    """
    if dialect == OWN:
        return tree
    if dialect == "spark":
        from qmscheck.sql.dialects.spark import translated  # noqa: PLC0415  (only where there is a Spark)

        return translated(tree)
    raise UnsayableError(f"there is no translation into {dialect}")
