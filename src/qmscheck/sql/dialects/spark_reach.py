"""How far a sub-query may look out on Spark: to the query around it, and no further.

Spark resolves a name of an inner query in that query or in the one around it (UNRESOLVED_COLUMN for any further out;
seen with 4.3 on two rules of iso9001). DuckDB and PostgreSQL look out any number of queries.
"""

from __future__ import annotations

from qmscheck.sql.dialects.unsayable import UnsayableError
from qmscheck.sql.trees import exp

__all__ = ["refuse_far_looks"]


def refuse_far_looks(query: exp.Select) -> None:
    """Raise UnsayableError where a sub-query within a sub-query of a condition names a table of this query."""
    own = _names(query)
    for column in query.find_all(exp.Column):
        if column.table in own and _steps(column, query) > 1:
            told = f"Spark cannot look from a sub-query for {column.table}.{column.name}, two queries further out"
            raise UnsayableError(told)


def _names(query: exp.Select) -> frozenset[str]:
    sources = [query.args.get("from_"), *query.args.get("joins", ())]
    return frozenset(source.this.alias_or_name for source in sources if source is not None)


def _steps(column: exp.Column, query: exp.Select) -> int:
    """Count the sub-queries of conditions between a column and a query; 0 where the column is of one between."""
    steps = 0
    inner = column.find_ancestor(exp.Select)
    while inner is not None and inner is not query:
        if column.table in _names(inner):
            return 0
        steps += not isinstance(_holder(inner), exp.From | exp.Join | exp.CTE | exp.Lateral)
        inner = inner.find_ancestor(exp.Select)
    return steps


def _holder(query: exp.Select) -> exp.Expr | None:
    """Give what a query stands in: a condition, or the list of tables of another."""
    holder = query.parent
    while isinstance(holder, exp.Subquery | exp.SetOperation | exp.Paren):
        holder = holder.parent
    return holder
