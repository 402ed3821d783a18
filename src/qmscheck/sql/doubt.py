"""Queries bounded from both sides where cells cannot be read: what they return whatever such cells say, and what they
may return for some reading of them.

Each condition is written once as certain and once as possible: `and` and `or` part by part, `not` by asking for the
opposite, `exists` by bounding the query inside. Cells are taken to be independent of each other, so the possible side
may be too wide (`x = x`), and never too narrow. Library of this room: sqlglot.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from qmscheck.sql.trees import exp

__all__ = ["Flagged", "certain", "possible"]

#: The columns with unreadable cells, and whether all of a column are.
_Flags = Mapping[tuple[str, str], bool]


class Flagged(Protocol):
    """Writes that one of the columns in a part of a query is unreadable; gives None where none ever is."""

    def __call__(self, node: exp.Expr, seen: _Flags, /) -> exp.Expr | None:
        """Write it; `seen` holds the flags by the names that the query gives its tables."""


class _UntoldError(Exception):
    """A query of a shape for which this is not told: what is missing from a count or an outer join may decide."""


def certain(tree: exp.Select, flags: _Flags, flagged: Flagged) -> exp.Select | None:
    """Write a query so that it returns only what it would return whatever unreadable cells say; None if untold."""
    try:
        found, seen = _bounded(tree.copy(), flags, {}, flagged, sure=True)
    except _UntoldError:
        return None
    shown = _shown(found, seen, flagged)
    return found if shown is None else found.where(exp.not_(exp.paren(shown, copy=False), copy=False), copy=False)


def possible(tree: exp.Select, flags: _Flags, flagged: Flagged) -> exp.Select | None:
    """Write a query so that it returns all that it may return for some reading of unreadable cells; None if untold.

    Where a key that it returns may itself be unreadable, the query may return any key: that is untold, too.
    """
    try:
        found, seen = _bounded(tree.copy(), flags, {}, flagged, sure=False)
    except _UntoldError:
        return None
    return found if _shown(found, seen, flagged) is None else None


def _shown(tree: exp.Select, seen: _Flags, flagged: Flagged) -> exp.Expr | None:
    return flagged(exp.Tuple(expressions=[e.copy() for e in tree.expressions]), seen)


def _bounded(
    tree: exp.Select, flags: _Flags, outer: _Flags, flagged: Flagged, *, sure: bool
) -> tuple[exp.Select, _Flags]:
    """Bound the conditions of a SELECT in place; also give the flags by the names of its tables."""
    joins = tree.args.get("joins") or []
    parts = [tree.args["from_"].this, *(join.this for join in joins)]
    other = any(tree.args.get(name) for name in ("with_", "group", "having"))
    if other or any(join.args.get("side") for join in joins) or not all(isinstance(p, exp.Table) for p in parts):
        raise _UntoldError
    if any(e.find(exp.AggFunc, exp.Query) for e in tree.expressions):
        raise _UntoldError
    named = {part.alias_or_name: part.name for part in parts}
    seen = {place: whole for place, whole in outer.items() if place[0] not in named}
    seen |= {(a, c): whole for (table, c), whole in flags.items() for a, name in named.items() if name == table}
    for clause, part in [(tree.args.get("where"), "this"), *((join, "on") for join in joins)]:
        if clause is not None and clause.args.get(part) is not None:
            clause.set(part, exp.paren(_told(clause.args[part], flags, seen, flagged, truth=True, sure=sure)))
    return tree, seen


def _told(node: exp.Expr, flags: _Flags, seen: _Flags, flagged: Flagged, *, truth: bool, sure: bool) -> exp.Expr:
    """Write that a condition is true (or false), for certain or possibly."""
    if isinstance(node, exp.Paren):
        return _told(node.this, flags, seen, flagged, truth=truth, sure=sure)
    if isinstance(node, exp.Not):
        return _told(node.this, flags, seen, flagged, truth=not truth, sure=sure)
    if isinstance(node, exp.And | exp.Or):
        sides = [exp.paren(_told(side, flags, seen, flagged, truth=truth, sure=sure)) for side in node.flatten()]
        return exp.and_(*sides, copy=False) if isinstance(node, exp.And) is truth else exp.or_(*sides, copy=False)
    if isinstance(node, exp.Exists) and isinstance(node.this, exp.Select):
        inner, _ = _bounded(node.this.copy(), flags, seen, flagged, sure=sure is truth)
        found = exp.Exists(this=inner)
        return found if truth else exp.not_(found, copy=False)
    if node.find(exp.Query, exp.AggFunc):
        raise _UntoldError
    plain = node.copy() if truth else exp.not_(exp.paren(node.copy(), copy=False), copy=False)
    unread = flagged(node, seen)
    if unread is None:
        return plain
    if sure:
        return exp.and_(exp.not_(exp.paren(unread, copy=False), copy=False), exp.paren(plain, copy=False), copy=False)
    filled = _filled(node, seen, flagged)
    return exp.or_(
        exp.and_(exp.paren(unread, copy=False), *filled, copy=False), exp.paren(plain, copy=False), copy=False
    )


def _filled(node: exp.Expr, seen: _Flags, flagged: Flagged) -> list[exp.Expr]:
    """Write that no side of a plain comparison is blank: with a blank one it is neither true nor false."""
    compares = isinstance(node, exp.EQ | exp.NEQ | exp.GT | exp.GTE | exp.LT | exp.LTE)
    sides = [node.this, node.expression] if compares else []
    if not all(isinstance(side, exp.Column | exp.Literal) for side in sides):
        return []
    found: list[exp.Expr] = []
    for side in sides:
        known = exp.not_(exp.Is(this=side.copy(), expression=exp.null()), copy=False)
        unread = flagged(side, seen)
        both = known if unread is None else exp.or_(known, exp.paren(unread, copy=False), copy=False)
        found.append(exp.paren(both, copy=False))
    return found
