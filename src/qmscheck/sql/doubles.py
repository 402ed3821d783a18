"""Which records of a large table may have the key of another.

Keys that *grow* from record to record are all different, but for those beside a *descent*: where these are few, nothing
is hashed. Other keys are told apart by their hashes. Either way there may be a record too many, and never one too few.
"""

from __future__ import annotations

from collections.abc import Sequence

from qmscheck.sql.functions import Values
from qmscheck.sql.mapping import NUMBER
from qmscheck.sql.select import PLACE, Flags, RowTest, columns_read, guarded
from qmscheck.sql.statement import statement
from qmscheck.sql.trees import exp, table_named

__all__ = ["among", "beside", "descents", "hashes", "keys_beside", "out_of_order"]


@statement
def descents(table: str, column: str, first: int | None = None, most: int | None = None) -> exp.Expr:
    """Write the numbers of the records of which it does not show that their key is greater than that of the record
    with the number before; of the `first` ones, or of all; `most` of them, or all.

    In whatever order the engine gives the records: one that does not come right behind its neighbour counts as well.
    """
    below = exp.select(_col(NUMBER), exp.alias_(_col(column), "_k", quoted=True)).from_(table_named(table), copy=False)
    if first is not None:
        below = below.limit(first, copy=False)
    told = [_col(NUMBER), _col("_k"), _before("_k", "_p"), _before(NUMBER, "_b")]
    passed = exp.select(*told).from_(below.subquery("_r", copy=False), copy=False)
    grown = exp.and_(
        exp.GT(this=_col("_k"), expression=_col("_p")),
        exp.EQ(this=_col(NUMBER), expression=exp.Add(this=_col("_b"), expression=exp.Literal.number(1))),
        copy=False,
    )
    shown = exp.func("coalesce", grown, exp.false())
    found = exp.select(_col(NUMBER)).from_(passed.subquery("_w", copy=False), copy=False)
    found = found.where(exp.not_(shown, copy=False), copy=False)
    return found if most is None else found.limit(most, copy=False)


@statement
def keys_beside(table: str, column: str, falls: str) -> exp.Expr:
    """Write the keys of the two records before and the one behind each descent, and its own; `_astray` tells that one
    stands right at a descent. The others beside them must grow as well: then all that are not astray do.
    """
    near = exp.union(*(_shifted(falls, step) for step in (-2, -1, 0, 1)), distinct=True, copy=False)
    at = [_within(_col(NUMBER), _shifted(falls, step)) for step in (-1, 0)]
    astray = exp.alias_(exp.paren(exp.or_(*at, copy=False), copy=False), "_astray", quoted=True)
    key = exp.alias_(_col(column), "_k", quoted=True)
    found = exp.select(_col(NUMBER), key, astray).from_(table_named(table), copy=False)
    return found.where(_within(_col(NUMBER), near), copy=False)


@statement
def out_of_order(near: str) -> exp.Expr:
    """Count the records that are not astray and whose key is not greater than that of the one before them."""
    straight = exp.select(_col("_k"), _before("_k", "_p", by=NUMBER)).from_(table_named(near), copy=False)
    straight = straight.where(exp.not_(_col("_astray"), copy=False), copy=False)
    falls = exp.not_(exp.func("coalesce", exp.GT(this=_col("_k"), expression=_col("_p")), exp.true()), copy=False)
    return exp.select(exp.Count(this=exp.Star())).from_(straight.subquery("_s", copy=False), copy=False).where(falls)


@statement
def beside(test: RowTest, near: str, flags: Flags) -> exp.Expr:
    """Write the records that have the key of one astray, and those without a key, with their numbers, their places and
    the columns that it takes to judge them: so the table is read through once, and not again for these.
    """
    (column,) = test.unique
    stray = exp.select(_col("_k")).from_(table_named(near), copy=False).where(_col("_astray"), copy=False)
    blank = exp.select(_col(NUMBER)).from_(table_named(near), copy=False).where(_is_null(_col("_k")), copy=False)
    same = _records(test, test.table, flags, NUMBER).where(_within(_col(column), stray), copy=False)
    none = _records(test, test.table, flags, NUMBER).where(_within(_col(NUMBER), blank), copy=False)
    return exp.union(same, none, distinct=False, copy=False)


@statement
def hashes(test: RowTest, values: Values, flags: Flags) -> exp.Expr:
    """Write the hashes that several keys have, of the records that may be in scope of a test: equal ones stand beside
    one another when they are sorted, which costs less than groups of which nearly each has one record.
    """
    hashed = exp.select(exp.alias_(_hash(test.unique), "_h", quoted=True)).from_(table_named(test.table), copy=False)
    if test.scope is not None:
        near = exp.func("coalesce", guarded(test.scope, values, flags), exp.true())
        hashed = hashed.where(near, copy=False)
    sorted_ = exp.select(_col("_h"), _before("_h", "_p", by="_h")).from_(hashed.subquery("_r", copy=False), copy=False)
    found = exp.select(_col("_h")).from_(sorted_.subquery("_w", copy=False), copy=False).distinct(copy=False)
    return found.where(exp.EQ(this=_col("_h"), expression=_col("_p")), copy=False)


@statement
def among(test: RowTest, doubled: str, flags: Flags) -> exp.Expr:
    """Write the records that `beside` found, without their numbers."""
    return _records(test, doubled, flags)


def _records(test: RowTest, relation: str, flags: Flags, *more: str) -> exp.Select:
    """Select the columns that it takes to judge a record, its place, and some `more`."""
    names = sorted(columns_read([test]).get(test.table, ()))
    flagged = [f"_u_{c}" for c in names if flags.get((test.table, c)) is False]
    cells = [_col(c) for c in [*names, *flagged, *PLACE, *more]]
    return exp.select(*cells).from_(table_named(relation), copy=False)


def _shifted(falls: str, step: int) -> exp.Select:
    number = exp.Add(this=_col(NUMBER), expression=exp.Literal.number(step))
    return exp.select(exp.alias_(number, NUMBER, quoted=True)).from_(table_named(falls), copy=False)


def _before(column: str, name: str, by: str | None = None) -> exp.Expr:
    """Write a column of the record before; without an order, of the one that comes before it."""
    order = exp.Order(expressions=[exp.Ordered(this=_col(by))]) if by is not None else None
    return exp.alias_(exp.Window(this=exp.Lag(this=_col(column)), order=order), name, quoted=True)


def _hash(columns: Sequence[str]) -> exp.Expr:
    return exp.Anonymous(this="hash", expressions=[_col(c) for c in columns])


def _within(cell: exp.Expr, query: exp.Query) -> exp.Expr:
    return exp.In(this=cell, query=query.subquery(copy=False))


def _is_null(node: exp.Expr) -> exp.Expr:
    return exp.Is(this=node, expression=exp.null())


def _col(name: str) -> exp.Column:
    return exp.column(name, quoted=True)
