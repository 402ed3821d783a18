"""A statement that looks at every cell of a column, and makes nothing of it."""

from __future__ import annotations

from qmscheck.sql.statement import statement
from qmscheck.sql.trees import exp

__all__ = ["every_cell"]


@statement
def every_cell(view: str, column: str) -> exp.Expr:
    """Add up the lengths of all cells: no statistics of a file answer that, so that each page of it is read."""
    text = exp.Cast(this=exp.column(column, quoted=True), to=exp.DataType.build("text"))
    return exp.select(exp.Sum(this=exp.Length(this=text))).from_(
        exp.Table(this=exp.to_identifier(view, quoted=True)), copy=False
    )
