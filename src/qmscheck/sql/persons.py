"""Who is named in a column, without the names leaving the engine or standing in a statement."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from qmscheck.sql.statement import statement
from qmscheck.sql.trees import exp
from qmscheck.sql.veil import PSEUDONYM, Pair
from qmscheck.sql.veil import veiled as veil

__all__ = ["named", "names", "written"]


@statement
def named(held: Sequence[Pair], answers: str, compared: Collection[Pair] = ()) -> exp.Expr:
    """Count, in each of some columns of tables, the records that name who answered for an obligation on a day.

    `answers` is the table of answers, with the columns `obligation`, `on`, `by` and `role`. Columns of the result: the
    number of the column in `held`, obligation, day, records; nothing where no record does. Where some columns hold
    pseudonyms (`compared`), pseudonyms are compared.
    """
    veiled = bool(compared)
    cells = [
        exp.select(
            exp.alias_(exp.Literal.number(i), "at"),
            exp.alias_(_name(_text(pair[1], "t"), veiled=veiled, done=pair in compared), "name"),
        ).from_(_table(pair[0], "t"), copy=False)
        for i, pair in enumerate(held)
    ]
    records = exp.select("at", "name").from_(_all(cells).subquery("c", copy=False), copy=False)
    signed = exp.select("obligation", "day", exp.alias_(_name(exp.column("name"), veiled=veiled), "name")).distinct()
    signed = signed.from_(_all([_signed(answers, c) for c in ("by", "role")]).subquery("s", copy=False), copy=False)
    same = exp.EQ(this=exp.column("name", table="r"), expression=exp.column("name", table="p"))
    keys = [exp.column("at", table="r"), exp.column("obligation", table="p"), exp.column("day", table="p")]
    tree = exp.select(*keys, exp.Count(this=exp.Star())).from_(records.subquery("r", copy=False), copy=False)
    return tree.join(signed.subquery("p", copy=False), on=same, copy=False).group_by(*(k.copy() for k in keys))


@statement
def names(columns: Sequence[Pair], clear: Collection[Pair]) -> exp.Expr:
    """Give the pseudonyms of the texts of personal columns, each once, without the words that stand beside them.

    Those of the columns in `clear` are made now.
    """
    cells = []
    for pair in columns:
        text = _text(pair[1], "t")
        found = veil(text, PSEUDONYM) if pair in clear else text
        alone = exp.func("split_part", found, exp.Literal.string("|"), exp.Literal.number(1))
        cells.append(exp.select(exp.alias_(alone, "name")).distinct().from_(_table(pair[0], "t"), copy=False))
    return exp.select("name").distinct().from_(_all(cells).subquery("c", copy=False), copy=False)


@statement
def written(columns: Sequence[Pair]) -> exp.Expr:
    """Give the texts of personal columns as they stand, each once."""
    cells = [
        exp.select(exp.alias_(_text(pair[1], "t"), "name")).distinct().from_(_table(pair[0], "t"), copy=False)
        for pair in columns
    ]
    return exp.select("name").distinct().from_(_all(cells).subquery("c", copy=False), copy=False)


def _name(text: exp.Expr, *, veiled: bool, done: bool = False) -> exp.Expr:
    """Write a name as it is compared: its pseudonym where others are such, else the name without case and spaces."""
    if done:
        return text
    return veil(text, PSEUDONYM) if veiled else _plain(text)


def _signed(answers: str, column: str) -> exp.Select:
    given = (("obligation", "obligation"), ("on", "day"), (column, "name"))
    cells = [exp.alias_(_text(name, "a"), alias) for name, alias in given]
    return exp.select(*cells).from_(_table(answers, "a"), copy=False)


def _all(selects: Sequence[exp.Select]) -> exp.Query:
    """Put the rows of SELECTs one after another."""
    return selects[0] if len(selects) == 1 else exp.union(*selects, distinct=False, copy=False)


def _text(column: str, table: str) -> exp.Expr:
    return exp.cast(exp.column(column, table=table, quoted=True), "text", copy=False)


def _table(name: str, alias: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(name, quoted=True), alias=exp.TableAlias(this=exp.to_identifier(alias)))


def _plain(value: exp.Expr) -> exp.Expr:
    """Write a name as it is compared: letter case, spaces and what cannot be seen do not matter."""
    for unseen, put in ((r"\p{Cf}+", ""), (r"\s+", " ")):
        found = [exp.Literal.string(text) for text in (unseen, put, "g")]
        value = exp.Anonymous(this="regexp_replace", expressions=[value, *found])
    return exp.Lower(this=exp.Trim(this=value))
