"""What columns of unknown text look like: counts of what reads as what, commonest values, dates, and keys that join.

Every cell is read here just as an audit would read it (`sql.mapping`), so that what is proposed is what will be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qmscheck.sql.figures import Spelling
from qmscheck.sql.kinds import Kind
from qmscheck.sql.mapping import MappedColumn, value
from qmscheck.sql.statement import statement
from qmscheck.sql.trees import exp, table_named

__all__ = [
    "COUNTED",
    "alone",
    "commonest",
    "fits",
    "joined",
    "newest",
    "odd",
    "profile",
    "proof",
    "reads",
    "together",
    "values",
]

#: How a text is tried, one count each, after the counts of filled and of distinct cells.
COUNTED = (
    MappedColumn("number", Kind.NUMBER, "number"),
    MappedColumn("comma", Kind.NUMBER, "comma", spelling=Spelling(decimal=",")),
    MappedColumn("integer", Kind.INTEGER, "integer"),
    MappedColumn("boolean", Kind.BOOLEAN, "boolean"),
    MappedColumn("date", Kind.TIMESTAMP, "date"),
)


@statement
def values(view: str, columns: Sequence[str], each: int = 1) -> exp.Expr:
    """Count every value of every column in one pass (a statement for each takes longer to plan): `c` is the column,
    `v` the text, `n` how often, `r` the first row. Of a large table only each so many-th row is looked at.
    """
    named = exp.Array(expressions=[exp.Literal.string(name) for name in columns])
    cells = exp.Array(expressions=[exp.column(name, quoted=True) for name in columns])
    row = exp.column("_row", quoted=True)
    parts = [
        exp.alias_(exp.Anonymous(this="unnest", expressions=[listed]), name, quoted=True, copy=False)
        for listed, name in ((named, "c"), (cells, "v"))
    ]
    below = exp.select(*parts, row).from_(table_named(view), copy=False)
    if each > 1:
        rest = exp.Mod(this=row.copy(), expression=exp.Literal.number(each))
        below = below.where(exp.EQ(this=rest, expression=exp.Literal.number(0)), copy=False)
    name, cell = exp.column("c", quoted=True), exp.column("v", quoted=True)
    counts = ((exp.Count(this=exp.Star()), "n"), (exp.Min(this=row.copy()), "r"))
    return (
        exp.select(name, cell, *(exp.alias_(count, as_, quoted=True, copy=False) for count, as_ in counts))
        .from_(below.subquery("_c", copy=False), copy=False)
        .where(_filled(cell), copy=False)
        .group_by(name.copy(), cell.copy(), copy=False)
    )


@statement
def profile(counted: str) -> exp.Expr:
    """Count, from what `values` gave, for each column with a value: its filled cells, its distinct values, the cells
    that read as each of `COUNTED`, and the letters of all its cells.
    """
    cell, number = exp.column("v", quoted=True), exp.column("n", quoted=True)
    found: list[exp.Expr] = [exp.column("c", quoted=True), exp.Sum(this=number), exp.Count(this=exp.Star())]
    for tried in COUNTED:
        read = _filled(value(tried, cell.copy()))
        found.append(exp.Sum(this=exp.Case(ifs=[exp.If(this=read, true=number.copy())])))
    found.append(exp.Sum(this=exp.Mul(this=number.copy(), expression=exp.Length(this=cell.copy()))))
    return exp.select(*found).from_(table_named(counted), copy=False).group_by(exp.column("c", quoted=True), copy=False)


@statement
def commonest(counted: str, limit: int) -> exp.Expr:
    """Fetch, from what `values` gave, the commonest values of each column: its name, text, how often, first row."""
    names = [exp.column(name, quoted=True) for name in ("c", "v", "n", "r")]
    name, cell, number, _row = names
    order = [exp.Ordered(this=number.copy(), desc=True), exp.Ordered(this=cell.copy(), desc=False)]
    place = exp.Window(this=exp.RowNumber(), partition_by=[name.copy()], order=exp.Order(expressions=order))
    ranked = (
        exp.select(*names, exp.alias_(place, "k", quoted=True, copy=False))
        .from_(table_named(counted), copy=False)
        .subquery("_k", copy=False)
    )
    rank = exp.column("k", quoted=True)
    return (
        exp.select(*(each.copy() for each in names))
        .from_(ranked, copy=False)
        .where(exp.LTE(this=rank, expression=exp.Literal.number(limit)), copy=False)
        .order_by(name.copy(), rank.copy(), copy=False)
    )


@statement
def odd(view: str, column: str, mapped: MappedColumn, limit: int) -> exp.Expr:
    """Fetch the commonest values that cannot be read as `mapped` says: text, how often, and the first row."""
    unread = exp.Is(this=value(mapped, exp.column(column, quoted=True)), expression=exp.null())
    return _grouped(view, column, unread, limit)


@statement
def fits(view: str, column: str, formats: Sequence[str]) -> exp.Expr:
    """Count the cells of a column that each date format reads and ISO 8601 does not, and those that ISO reads."""
    cell = exp.column(column, quoted=True)
    iso = value(_dated(()), cell.copy())
    found: list[exp.Expr] = [exp.Count(this=iso)]
    for form in formats:
        read = value(_dated((form,)), cell.copy())
        alone = exp.Case(ifs=[exp.If(this=exp.Is(this=iso.copy(), expression=exp.null()), true=read)])
        found.append(exp.Count(this=alone))
    return exp.select(*found).from_(table_named(view), copy=False)


@statement
def proof(view: str, column: str, form: str, other: str) -> exp.Expr:
    """Fetch the first cell that one date format reads, and neither another format nor ISO 8601: text and row."""
    return _first(view, column, _dated((form,)), _dated((other,)))


@statement
def alone(view: str, column: str, mapped: MappedColumn, other: MappedColumn) -> exp.Expr:
    """Fetch the first cell that one mapping reads and another does not: text and row."""
    return _first(view, column, mapped, other)


@statement
def reads(view: str, column: str, mapped: Sequence[MappedColumn]) -> exp.Expr:
    """Count the cells of a column that each mapping reads."""
    cell = exp.column(column, quoted=True)
    found = [exp.Count(this=value(one, cell.copy())) for one in mapped]
    return exp.select(*found).from_(table_named(view), copy=False)


def _first(view: str, column: str, mapped: MappedColumn, other: MappedColumn) -> exp.Expr:
    cell = exp.column(column, quoted=True)
    read = exp.not_(exp.Is(this=value(mapped, cell.copy()), expression=exp.null()), copy=False)
    unread = exp.Is(this=value(other, cell.copy()), expression=exp.null())
    row = exp.column("_row", quoted=True)
    first = [exp.Ordered(this=row.copy(), desc=False, nulls_first=False), exp.Ordered(this=cell.copy(), desc=False)]
    return (
        exp.select(cell.copy(), row)
        .from_(table_named(view), copy=False)
        .where(exp.and_(read, unread, copy=False), copy=False)
        .order_by(*first, copy=False)
        .limit(1, copy=False)
    )


@statement
def joined(view: str, columns: Sequence[str], other: str, keys: Sequence[str]) -> exp.Expr:
    """Count the distinct values of a column, and those of them that are values of another table's; or, of several
    columns, what they hold together.
    """
    cell, known = _together(columns), _together(keys)
    there = exp.select(known).from_(table_named(other), copy=False).where(_filled(known), copy=False)
    inside = exp.In(this=cell.copy(), query=there.subquery(copy=False))
    matched = exp.Case(ifs=[exp.If(this=inside, true=cell.copy())])
    both = [exp.Count(this=exp.Distinct(expressions=[each])) for each in (cell.copy(), matched)]
    return exp.select(*both).from_(table_named(view), copy=False)


@statement
def together(view: str, key: str, columns: Sequence[str]) -> exp.Expr:
    """Count the rows that have a key, and for each other column the different pairs of the key and its value."""
    named = _filled(exp.column(key, quoted=True))
    pairs = [exp.Count(this=exp.Distinct(expressions=[_together([key, name])])) for name in columns]
    return exp.select(exp.Count(this=exp.Star()), *pairs).from_(table_named(view), copy=False).where(named, copy=False)


def _together(columns: Sequence[str]) -> exp.Expr:
    cells = [exp.column(name, quoted=True) for name in columns]
    if len(cells) == 1:
        return cells[0]
    return exp.Anonymous(this="concat_ws", expressions=[exp.Literal.string("\x1f"), *cells])


@statement
def newest(table: str, columns: Sequence[str], as_of: str) -> exp.Expr:
    """Fetch, for each source of a table, its number and the newest day of each date column that is not after a day."""
    source = exp.column("_source", quoted=True)
    limit = exp.cast(exp.Literal.string(as_of), "date", copy=False)
    cells = []
    for name in columns:
        day = exp.cast(exp.column(name, quoted=True), "date", copy=False)
        past = exp.Case(ifs=[exp.If(this=exp.LTE(this=day, expression=limit.copy()), true=day.copy())])
        cells.append(exp.Max(this=past))
    return exp.select(source, *cells).from_(table_named(table), copy=False).group_by(source.copy(), copy=False)


def _grouped(view: str, column: str, where: exp.Expr, limit: int) -> exp.Expr:
    cell = exp.column(column, quoted=True)
    number = exp.Count(this=exp.Star())
    order = [exp.Ordered(this=number.copy(), desc=True), exp.Ordered(this=cell.copy(), desc=False)]
    return (
        exp.select(cell.copy(), number, exp.Min(this=exp.column("_row", quoted=True)))
        .from_(table_named(view), copy=False)
        .where(exp.and_(_filled(cell), where, copy=False), copy=False)
        .group_by(cell.copy(), copy=False)
        .order_by(*order, copy=False)
        .limit(limit, copy=False)
    )


def _dated(formats: tuple[str, ...]) -> MappedColumn:
    return replace(COUNTED[-1], formats=formats)


def _filled(cell: exp.Expr) -> exp.Expr:
    return exp.not_(exp.Is(this=cell.copy(), expression=exp.null()), copy=False)
