"""The SELECTs of a draw: the records of a population in the order that a seed gives them, and the digest of their keys.

A record's place in the draw is the SHA-256 of the seed, its keys, and its number among records of the same keys:
neither the order of rows or files nor threads play a part. Library of this room: sqlglot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qmscheck.sql.expression import Expression
from qmscheck.sql.functions import Values, literal
from qmscheck.sql.select import PLACE, Flags, guarded, unreadable
from qmscheck.sql.statement import statement
from qmscheck.sql.trees import exp, table_named

__all__ = ["Frame", "frame", "keys_digest", "picks", "ranked", "sizes"]

#: What ends a key, and what stands between the keys of two records, where they are digested.
_KEY_END, _RECORD_END = "\x1f", "\x1e"


@dataclass(frozen=True)
class Frame:
    """The records that a draw is made from: those of `table` for which no condition of `scope` is false.

    `forced` picks records by a condition, `forced_keys` by their keys as they are shown.
    """

    table: str
    keys: tuple[str, ...]
    strata: tuple[str, ...]
    scope: tuple[Expression, ...]
    forced: Expression | None = None
    forced_keys: tuple[str, ...] = ()


@statement
def frame(of: Frame, values: Values, flags: Flags) -> exp.Expr:
    """Write the records of a population: `k0`... (keys), `v0`... (strata), places, and what is to be known of each.

    `told` is false where scope or stratum cannot be told; `forced` true of a record that is picked, or may be; `line`
    holds the keys as one text, a blank one apart from an empty one; `again` counts records of the same keys by place.
    """
    cells = [
        exp.alias_(_text(of.table, name), f"{letter}{i}", quoted=True, copy=False)
        for letter, names in (("k", of.keys), ("v", of.strata))
        for i, name in enumerate(names)
    ]
    places = [exp.column(p, table=of.table, quoted=True) for p in PLACE]
    known = [
        exp.alias_(node, name, quoted=True, copy=False)
        for node, name in (
            (_told(of, values, flags), "told"),
            (_forced(of, values, flags), "forced"),
            (_line(of), "line"),
        )
    ]
    inner = exp.select(*cells, *places, *known).from_(table_named(of.table), copy=False)
    for condition in of.scope:
        inside = exp.func("coalesce", guarded(condition, values, flags), exp.true())
        inner = inner.where(inside, copy=False)
    again = _numbered([exp.column("line", quoted=True)], [exp.column(p, quoted=True) for p in PLACE])
    return exp.select(exp.Star(), exp.alias_(again, "again", quoted=True)).from_(inner.subquery("_p", copy=False))


@statement
def ranked(relation: str, strata: int, seed: str) -> exp.Expr:
    """Write the records of a `frame` with `rank`, their place in the draw, and `position`, that in their stratum."""
    said = [
        exp.Literal.string(seed),
        exp.column("line", quoted=True),
        exp.cast(exp.column("again", quoted=True), "text"),
    ]
    rank = exp.SHA2(this=_joined(said), length=exp.Literal.number(256))
    inner = exp.select(exp.Star(), exp.alias_(rank, "rank", quoted=True)).from_(table_named(relation), copy=False)
    groups = [exp.column(n, quoted=True) for n in ("told", *(f"v{i}" for i in range(strata)))]
    order = [exp.column(n, quoted=True) for n in ("rank", "line", "again")]
    position = exp.alias_(_numbered(groups, order), "position", quoted=True)
    return exp.select(exp.Star(), position).from_(inner.subquery("_r", copy=False), copy=False)


@statement
def keys_digest(relation: str) -> exp.Expr:
    """Count the records of a `frame`, and give the SHA-256 of their keys in order, whatever order they stand in."""
    line = exp.column("line", quoted=True)
    sorted_ = exp.Order(this=line, expressions=[_ordered(line.copy())])
    joined = exp.GroupConcat(this=sorted_, separator=exp.Literal.string(_RECORD_END))
    digest = exp.SHA2(this=joined, length=exp.Literal.number(256))
    return exp.select(exp.Count(this=exp.Star()), digest).from_(table_named(relation), copy=False)


@statement
def sizes(relation: str, strata: int) -> exp.Expr:
    """Count the records of each stratum: whether it can be told, its values, the number."""
    named = [exp.column(n, quoted=True) for n in ("told", *(f"v{i}" for i in range(strata)))]
    found = exp.select(*named, exp.Count(this=exp.Star())).from_(table_named(relation), copy=False)
    found = found.group_by(*(c.copy() for c in named), copy=False)
    return found.order_by(*(_ordered(c.copy()) for c in named), copy=False)


@statement
def picks(relation: str, keys: int, strata: int, most: int) -> exp.Expr:
    """Fetch what may be drawn of a `ranked`: the first `most` of each stratum, what cannot be told, what is forced.

    Columns: keys, strata, places, told, forced, position; in the order of the draw.
    """
    names = [*(f"k{i}" for i in range(keys)), *(f"v{i}" for i in range(strata)), *PLACE, "told", "forced", "position"]
    first = exp.LTE(this=exp.column("position", quoted=True), expression=exp.Literal.number(most))
    untold = exp.not_(exp.column("told", quoted=True))
    found = exp.select(*(exp.column(n, quoted=True) for n in names)).from_(table_named(relation), copy=False)
    found = found.where(exp.or_(first, untold, exp.column("forced", quoted=True), copy=False), copy=False)
    return found.order_by(*(_ordered(exp.column(n, quoted=True)) for n in ("rank", "line", "again")), copy=False)


def _told(of: Frame, values: Values, flags: Flags) -> exp.Expr:
    doubts: list[exp.Expr] = [exp.Is(this=guarded(c, values, flags), expression=exp.null()) for c in of.scope]
    hidden = unreadable([(of.table, c) for c in of.strata], flags)
    doubts += [hidden] if hidden is not None else []
    return exp.not_(exp.paren(exp.or_(*doubts, copy=False), copy=False), copy=False) if doubts else exp.true()


def _forced(of: Frame, values: Values, flags: Flags) -> exp.Expr:
    """Write that a record is picked; where an unreadable cell hides whether it is, it is picked too."""
    picked: list[exp.Expr] = []
    if of.forced is not None:
        condition = guarded(of.forced, values, flags)
        picked.append(exp.func("coalesce", condition, exp.false()))
        hidden = unreadable(of.forced.columns, flags)
        if hidden is not None:
            unknown = exp.Is(this=condition.copy(), expression=exp.null())
            picked.append(exp.paren(exp.and_(unknown, hidden, copy=False), copy=False))
    if of.forced_keys:
        shown = [exp.func("coalesce", _text(of.table, k), exp.Literal.string("(blank)")) for k in of.keys]
        joined = _joined(shown, " / ")
        picked.append(exp.In(this=joined, expressions=[literal(k) for k in of.forced_keys]))
    return exp.paren(exp.or_(*picked, copy=False), copy=False) if picked else exp.false()


def _line(of: Frame) -> exp.Expr:
    """Write the keys as one text: `+` and the key, or `-` where it is blank."""
    parts = [
        exp.func(
            "coalesce",
            exp.paren(exp.DPipe(this=exp.Literal.string("+"), expression=_text(of.table, k)), copy=False),
            exp.Literal.string("-"),
        )
        for k in of.keys
    ]
    return _joined(parts)


def _joined(parts: Sequence[exp.Expr], between: str = _KEY_END) -> exp.Expr:
    whole = parts[0]
    for part in parts[1:]:
        whole = exp.DPipe(this=exp.DPipe(this=whole, expression=exp.Literal.string(between)), expression=part)
    return exp.paren(whole, copy=False)


def _numbered(groups: Sequence[exp.Expr], order: Sequence[exp.Expr]) -> exp.Expr:
    sorted_ = exp.Order(expressions=[_ordered(c) for c in order])
    return exp.Window(this=exp.RowNumber(), partition_by=list(groups), order=sorted_, over="OVER")


def _text(table: str, name: str) -> exp.Expr:
    return exp.cast(exp.column(name, table=table, quoted=True), "text", copy=False)


def _ordered(node: exp.Expr) -> exp.Expr:
    return exp.Ordered(this=node, desc=False, nulls_first=False)
