"""Who is named in a column, without the names leaving the engine or standing in a statement."""

from __future__ import annotations

import datetime as dt

from qmscheck.sql.statement import statement
from qmscheck.sql.trees import exp

__all__ = ["named"]


@statement
def named(table: str, column: str, answers: str, obligation: str, on: dt.date) -> exp.Expr:
    """Count the records of a table whose column names who answered for an obligation on a day, and all its records.

    `answers` is the table of answers, with the columns `by` and `role`.
    """
    held = _plain(exp.column(column, table="t", quoted=True))
    persons = exp.union(
        _persons(answers, "by", obligation, on), _persons(answers, "role", obligation, on), distinct=False
    )
    same = exp.In(this=held, query=exp.Subquery(this=persons))
    tree = exp.select(exp.CountIf(this=same), exp.Count(this=exp.Star()))
    return tree.from_(_table(table, "t"), copy=False)


def _persons(answers: str, column: str, obligation: str, on: dt.date) -> exp.Select:
    day = exp.cast(exp.column("on", table="a", quoted=True), "text", copy=False)
    asked = exp.EQ(this=exp.column("obligation", table="a", quoted=True), expression=exp.Literal.string(obligation))
    dated = exp.EQ(this=day, expression=exp.Literal.string(on.isoformat()))
    name = _plain(exp.column(column, table="a", quoted=True))
    return exp.select(name).from_(_table(answers, "a"), copy=False).where(exp.And(this=asked, expression=dated))


def _table(name: str, alias: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(name, quoted=True), alias=exp.TableAlias(this=exp.to_identifier(alias)))


def _plain(value: exp.Expr) -> exp.Expr:
    """Write a name as it is compared: letter case, spaces and what cannot be seen do not matter."""
    for unseen, put in ((r"\p{Cf}+", ""), (r"\s+", " ")):
        found = [exp.Literal.string(text) for text in (unseen, put, "g")]
        value = exp.Anonymous(this="regexp_replace", expressions=[value, *found])
    return exp.Lower(this=exp.Trim(this=value))
