"""An expression changed in one place at a time, as a slip of its author would change it: for tests of tests.

Each change comes as text, which is read and checked like any other. Library of this room: sqlglot.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal

from qmscheck.sql.reading import read_condition, read_query
from qmscheck.sql.trees import exp

__all__ = ["MOVES", "Changed", "changed_condition", "changed_query", "moved_name"]

#: What a bound is moved by: one step down, one step up.
MOVES = (-1, 1)

_SHOWN = 72

#: Comparisons with a bound.
_ORDERS = (exp.LT, exp.LTE, exp.GT, exp.GTE)


@dataclass(frozen=True, slots=True)
class Changed:
    """A changed expression, and what was changed in it, in words that name it. `bound`: a bound, or what lies on it."""

    change: str
    text: str
    bound: bool


def changed_condition(text: str, params: Collection[str]) -> Iterator[Changed]:
    """Give every change of a condition or a value; `params` are the parameters that can be moved."""
    yield from _changed(read_condition(text), params)


def changed_query(text: str, params: Collection[str]) -> Iterator[Changed]:
    """Give every change of a query."""
    yield from _changed(read_query(text), params)


def moved_name(param: str, step: int) -> str:
    """Name the parameter that stands for another one, moved by a step."""
    return f"{param}_moved_{'up' if step > 0 else 'down'}"


def _changed(tree: exp.Expr, params: Collection[str]) -> Iterator[Changed]:
    """Change one node after the other; two ways to the same text are one change."""
    seen = {_written(tree)}
    named: dict[str, int] = {}
    for number, node in enumerate(list(tree.walk(bfs=False))):
        of_bound = list(_of_bound(node, params))
        for change, edit in (*_edits(node), *of_bound):
            whole = tree.copy()
            twin = list(whole.walk(bfs=False))[number]
            text = _written(_put(whole, twin, edit(twin)))
            if text not in seen:
                seen.add(text)
                named[change] = named.get(change, 0) + 1
                name = change if named[change] == 1 else f"{change} ({named[change]})"
                yield Changed(name, text, bound=any(edit is e for _, e in of_bound))


#: A node becomes another one; None stands for a node that is gone.
Edit = Callable[[exp.Expr], exp.Expr | None]


def _edits(node: exp.Expr) -> Iterator[tuple[str, Edit]]:
    """Give what can be changed of one node, but for bounds."""
    shown = _shown(node)
    if isinstance(node, exp.And | exp.Or) and not isinstance(node.parent, type(node)):
        yield from _of_chain(node, shown)
    elif isinstance(node, exp.Exists | exp.Between | exp.Like | exp.ILike) or _asks(node):
        if not isinstance(node.parent, exp.Not):
            yield f"not {shown}", lambda n: exp.Not(this=exp.paren(n.copy()))
    elif isinstance(node, exp.Not):
        yield f"{shown} without not", lambda n: n.this.copy()
    elif isinstance(node, exp.Is) and isinstance(node.expression, exp.Null) and not isinstance(node.parent, exp.Not):
        yield f"{shown} becomes is not null", lambda n: exp.Not(this=n.copy())
    elif type(node) in _flips() and not isinstance(node, _ORDERS):
        yield _flipped(node)
    elif isinstance(node, exp.Where):
        yield f"{shown} dropped", lambda _: None
    yield from _of_list(node, shown)


def _of_chain(node: exp.Expr, shown: str) -> Iterator[tuple[str, Edit]]:
    """Drop each side of a chain of `and` or `or`; exchange the two."""
    kind, other = (exp.And, exp.Or) if isinstance(node, exp.And) else (exp.Or, exp.And)
    sides = [side.copy() for side in node.flatten(unnest=False)]
    for i, side in enumerate(sides):
        rest = [*sides[:i], *sides[i + 1 :]]
        yield f"{_shown(side)} dropped", lambda _, rest=rest: exp.paren(_chain(kind, rest))  # type: ignore[misc]
    yield f"{kind.key} becomes {other.key}: {shown}", lambda _: exp.paren(_chain(other, sides))


def _chain(kind: type[exp.Expr], sides: list[exp.Expr]) -> exp.Expr:
    """Join conditions, each in parentheses of its own where it needs them."""
    whole, *rest = [exp.paren(s.copy()) if isinstance(s, exp.Connector) else s.copy() for s in sides]
    for side in rest:
        whole = kind(this=whole, expression=side)
    return whole


def _of_list(node: exp.Expr, shown: str) -> Iterator[tuple[str, Edit]]:
    """Take each value out of a list."""
    if not isinstance(node, exp.In) or len(node.expressions) < 2:  # noqa: PLR2004  (an empty list is none)
        return
    for i, value in enumerate(node.expressions):
        rest = [v.copy() for v in (*node.expressions[:i], *node.expressions[i + 1 :])]
        less = exp.In(this=node.this.copy(), expressions=rest)
        yield f"{_shown(value)} taken out of {shown}", lambda _, less=less: less.copy()  # type: ignore[misc]


def _of_bound(node: exp.Expr, params: Collection[str]) -> Iterator[tuple[str, Edit]]:
    """Move a number by one in its last place, a parameter by its step, and what lies on a bound to its other side."""
    if isinstance(node, _ORDERS):
        yield _flipped(node)
    elif isinstance(node, exp.Literal) and not node.is_string and not _only_there(node):
        value = Decimal(node.name)
        step = Decimal((0, (1,), min(0, int(value.as_tuple().exponent))))
        for by in MOVES:
            moved = value + by * step
            number = exp.Literal.number(str(abs(moved)))
            new = exp.paren(exp.Neg(this=number)) if moved < 0 else number
            yield f"{node.name} becomes {moved}{_around(node)}", lambda _, new=new: new.copy()  # type: ignore[misc]
    elif isinstance(node, exp.Anonymous) and str(node.this).lower() == "param" and node.expressions:
        name = str(node.expressions[0].name)
        for by in MOVES if name in params else ():
            other = exp.Anonymous(this="param", expressions=[exp.Literal.string(moved_name(name, by))])
            sign = "up" if by > 0 else "down"
            yield f"param('{name}') moved {sign}{_around(node)}", lambda _, other=other: other.copy()  # type: ignore[misc]


def _flipped(node: exp.Expr) -> tuple[str, Edit]:
    """Exchange a comparison for what it is taken for by mistake."""
    other = _flips()[type(node)](this=node.args["this"].copy(), expression=node.args["expression"].copy())
    return f"{_shown(node)} becomes {_shown(other)}", lambda _: other.copy()


def _only_there(node: exp.Expr) -> bool:
    """Tell whether a number only has to be there: as what EXISTS selects, or what COUNT counts where a case holds."""
    parent = node.parent
    if isinstance(parent, exp.Select):
        return node.arg_key == "expressions" and isinstance(parent.parent, exp.Exists)
    return (
        isinstance(parent, exp.If)
        and node.arg_key == "true"
        and isinstance(parent.parent, exp.Case)
        and isinstance(parent.parent.parent, exp.Count)
    )


def _around(node: exp.Expr) -> str:
    """Say in which comparison a bound stands."""
    found = node.find_ancestor(*_flips(), exp.Between)
    return f" in {_shown(found)}" if found is not None else ""


def _asks(node: exp.Expr) -> bool:
    """Tell whether a node is a call or a list that stands where a condition does."""
    holders = (exp.Connector, exp.Where, exp.Having, exp.Join, exp.If, exp.Paren)
    call = isinstance(node, exp.Anonymous | exp.In | exp.StartsWith | exp.EndsWith | exp.Contains)
    return call and (node.parent is None or isinstance(node.parent, holders))


def _flips() -> dict[type[exp.Expr], type[exp.Binary]]:
    """Give what each comparison is taken for by mistake."""
    return {
        exp.LT: exp.LTE,
        exp.LTE: exp.LT,
        exp.GT: exp.GTE,
        exp.GTE: exp.GT,
        exp.EQ: exp.NEQ,
        exp.NEQ: exp.EQ,
        exp.NullSafeEQ: exp.NullSafeNEQ,
        exp.NullSafeNEQ: exp.NullSafeEQ,
    }


def _put(whole: exp.Expr, old: exp.Expr, new: exp.Expr | None) -> exp.Expr:
    """Put a node in the place of another; give the tree."""
    if old is whole:
        return new if new is not None else whole
    if new is None:
        old.pop()
    else:
        old.replace(new)
    return whole


def _written(tree: exp.Expr) -> str:
    """Write a tree in words that read back as the same tree: those of the engine would not (it renames functions)."""
    return tree.sql(comments=False, normalize_functions=False)


def _shown(node: exp.Expr) -> str:
    text = " ".join(_written(node).split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
