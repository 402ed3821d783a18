"""What trees mean in PostgreSQL, from version 15 on.

Every node is of a kind that is known here, or the tree is refused. Functions that PostgreSQL has not, or means
otherwise, are those that `postgres_session` makes for a session. Texts are ordered by the numbers of their letters
(COLLATE "C"), as DuckDB orders them: columns of tables have that collation from the start, and what becomes a text here
is given it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache as remembered
from hashlib import sha256

from qmscheck.sql.dialects.postgres_casts import CAST_FUNCTIONS, cast_writers
from qmscheck.sql.dialects.postgres_parts import Write, own
from qmscheck.sql.dialects.postgres_prints import both
from qmscheck.sql.dialects.postgres_texts import TEXT_FUNCTIONS, text_writers
from qmscheck.sql.dialects.unsayable import UnsayableError
from qmscheck.sql.trees import exp

__all__ = ["relation", "translated"]

#: The longest name that PostgreSQL keeps whole, in bytes.
_LONGEST = 63
_MOST_DIGITS = 38
#: The parts of a node that is written otherwise which its writer looks at, or which say nothing.
_PARTS = frozenset(
    {
        *("this", "expression", "expressions", "low", "high", "to", "decimals", "length", "separator", "position"),
        *("negate", "is_string", "quoted", "desc", "nulls_first", "ignore_nulls", "typed", "safe"),
    }
)


def translated(tree: exp.Expr) -> exp.Expr:
    """Give the tree that means in PostgreSQL what this one means in DuckDB. Raises UnsayableError."""
    root = exp.paren(tree, copy=False)
    parts = {one.alias for one in tree.find_all(exp.CTE)}
    for table in list(tree.find_all(exp.Table)):
        _called(table, parts)
    for node in reversed(list(root.walk())):  # children before their parents
        if node is root:
            continue
        written = _written(node)
        if written is not node:
            node.replace(written)
    found: exp.Expr = root.this
    found.pop()
    return found


def relation(name: str) -> str:
    """Give the name of a relation: one that no table of a server has."""
    return _name(f"~{name}").replace('"', "'")


def _called(table: exp.Table, parts: Collection[str]) -> None:
    """Call a table by the name of its relation, and what is said of it by its own."""
    if table.name not in parts:
        if not table.alias:
            table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name, quoted=True)))
        table.set("this", exp.to_identifier(relation(table.name), quoted=True))


def _name(name: str) -> str:
    """Give a name as PostgreSQL keeps it: a long one is cut, and told apart by its digest."""
    if len(name.encode()) <= _LONGEST:
        return name
    return f"{name.encode()[:40].decode(errors='ignore')}~{sha256(name.encode()).hexdigest()[:20]}"


def _written(node: exp.Expr) -> exp.Expr:
    if type(node) in _same():
        return node
    write = _writers().get(type(node))
    if write is not None:
        more = {key for key, value in node.args.items() if value} - _PARTS
        if more:
            raise UnsayableError(f"{type(node).__name__} with {min(more)} has no exact translation into PostgreSQL")
        return write(node)
    if isinstance(node, exp.Anonymous):
        name = str(node.this).lower()
        call = _FUNCTIONS.get(name)
        if call is not None:
            return call(*node.expressions)
        raise UnsayableError(f"the function {name}() has no exact translation into PostgreSQL")
    raise UnsayableError(f"{type(node).__name__} has no exact translation into PostgreSQL")


@remembered
def _same() -> frozenset[type[exp.Expr]]:
    """Give the kinds of nodes that mean the same in both."""
    return frozenset(
        {
            *(exp.Select, exp.From, exp.Join, exp.Where, exp.Group, exp.Having, exp.With, exp.CTE, exp.Table),
            *(exp.TableAlias, exp.Alias, exp.Distinct, exp.Star, exp.Subquery, exp.Union, exp.Limit, exp.Order),
            *(exp.Column, exp.Boolean, exp.Null, exp.Paren, exp.Or, exp.Not, exp.If, exp.Case, exp.Is),
            *(exp.EQ, exp.NEQ, exp.NullSafeEQ, exp.NullSafeNEQ, exp.In, exp.Exists, exp.Tuple, exp.DataType),
            *(exp.DataTypeParam, exp.DPipe, exp.Coalesce, exp.Nullif, exp.Abs, exp.Count, exp.Sum, exp.RowNumber),
            *(exp.Window, exp.Filter, exp.StartsWith, exp.Replace, exp.SplitPart, exp.Var),
        }
    )


# ---------------------------------------------------------------- names and values


def _identifier(node: exp.Identifier) -> exp.Expr:
    node.set("this", _name(node.name if node.args.get("quoted") else node.name.lower()))
    node.set("quoted", True)
    return node


def _literal(node: exp.Literal) -> exp.Expr:
    """A number with an exponent, or of more digits than a decimal of DuckDB has, is one of floating point."""
    if node.is_string:
        if "\0" in node.name:
            raise UnsayableError("a text of PostgreSQL holds no NUL")
        return node
    if re.search(r"[eE]", node.name) or len(re.sub(r"[^0-9]", "", node.name)) > _MOST_DIGITS:
        return exp.cast(exp.Literal.string(node.name), "double", copy=False)
    return node


def _ordered(node: exp.Ordered) -> exp.Expr:
    """What is blank comes last, unless it is asked for first; PostgreSQL puts it first where the order is turned."""
    node.set("nulls_first", bool(node.args.get("nulls_first")))
    return node


def _hashed(*cells: exp.Expr) -> exp.Expr:
    """Write a number that is the same for the same cells."""
    row = exp.Anonymous(this="row", expressions=list(cells))
    return exp.Anonymous(this="hash_record_extended", expressions=[row, exp.Literal.number(0)])


# ---------------------------------------------------------------- aggregates


def _counted_if(node: exp.CountIf) -> exp.Expr:
    return exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=node.this))


def _any_true(node: exp.LogicalOr) -> exp.Expr:
    return exp.Anonymous(this="bool_or", expressions=[node.this])


def _any_value(node: exp.AnyValue) -> exp.Expr:
    return own("any", node.this)


def _first(value: exp.Expr, by: exp.Expr) -> exp.Expr:
    """Write the value that is filled and has the smallest number."""
    order = exp.Order(this=value, expressions=[exp.Ordered(this=by, desc=False, nulls_first=False)])
    return own("any", order)


def _strung(node: exp.GroupConcat) -> exp.Expr:
    inner = node.this
    if not isinstance(inner, exp.Order):
        raise UnsayableError("texts are put together in an order only")
    return exp.GroupConcat(this=inner, separator=node.args["separator"])


@remembered
def _writers() -> dict[type[exp.Expr], Write]:
    """Give what is written otherwise, by the kind of its node."""
    return {
        exp.Identifier: _identifier,
        exp.Literal: _literal,
        exp.Ordered: _ordered,
        exp.And: both,
        **text_writers(),
        **cast_writers(),
        exp.CountIf: _counted_if,
        exp.LogicalOr: _any_true,
        exp.AnyValue: _any_value,
        exp.GroupConcat: _strung,
        exp.Array: lambda n: n,
    }


_FUNCTIONS: dict[str, Write] = {
    **TEXT_FUNCTIONS,
    **CAST_FUNCTIONS,
    "arg_min": _first,
    "hash": _hashed,
    "personal_mark": lambda x: own("personal_mark", x),
    "pseudonym": lambda x: own("pseudonym", x),
}
