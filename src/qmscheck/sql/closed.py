"""The closed records of a table, each with a digest of what it says: to notice later whether one was changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from qmscheck.sql.functions import literal
from qmscheck.sql.statement import statement
from qmscheck.sql.trees import exp

__all__ = ["closed_records"]

#: What stands between two cells, and before one that is filled: so that no two records have the same text by chance.
_BETWEEN, _FILLED = "\x1f", "="


@statement
def closed_records(table: str, keys: Sequence[str], columns: Sequence[str], closed: str, until: dt.date) -> exp.Expr:
    """Give key cells as text, and SHA-256 of the cells of some columns, of the records closed up to a day."""
    own = [exp.cast(exp.column(k, quoted=True), "text", copy=False) for k in keys]
    cells: list[exp.Expr] = []
    for column in columns:
        text = exp.cast(exp.column(column, quoted=True), "text", copy=False)
        filled = exp.DPipe(this=exp.Literal.string(_FILLED), expression=text)
        cells += [exp.func("coalesce", filled, exp.Literal.string("")), exp.Literal.string(_BETWEEN)]
    whole = cells[0]
    for cell in cells[1:]:
        whole = exp.DPipe(this=whole, expression=cell)
    day = exp.cast(exp.column(closed, quoted=True), "date", copy=False)
    sealed = exp.Anonymous(this="sha256", expressions=[whole])
    found = exp.select(*own, sealed).from_(exp.Table(this=exp.to_identifier(table, quoted=True)), copy=False)
    return found.where(exp.LTE(this=day, expression=literal(until)), copy=False)
