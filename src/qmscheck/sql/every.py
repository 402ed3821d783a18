"""Statements that look at every cell of a column, and make nothing of it."""

from __future__ import annotations

from qmscheck.sql.statement import statement
from qmscheck.sql.trees import exp

__all__ = ["every_cell", "every_value"]


@statement
def every_cell(view: str, column: str) -> exp.Expr:
    """Add up the lengths of all cells: no statistics of a file answer that, so that each page of it is read."""
    text = exp.Cast(this=exp.column(column, quoted=True), to=exp.DataType.build("text"))
    return exp.select(exp.Sum(this=exp.Length(this=text))).from_(
        exp.Table(this=exp.to_identifier(view, quoted=True)), copy=False
    )


@statement
def every_value(view: str, column: str) -> exp.Expr:
    """Count the different cells: an engine that is told by a file between which bounds they lie finds those beyond."""
    cell = exp.column(column, quoted=True)
    values = exp.select(cell).from_(exp.Table(this=exp.to_identifier(view, quoted=True)), copy=False)
    each = values.group_by(cell.copy(), copy=False).subquery("_v", copy=False)
    return exp.select(exp.Count(this=exp.Star())).from_(each, copy=False)
