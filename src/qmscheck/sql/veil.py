"""What takes the place of a personal text in the engine, and how such a text is compared with others."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache as remembered

from qmscheck.sql.trees import exp

__all__ = ["MARK", "PSEUDONYM", "Pair", "alike", "bare", "equal", "veiled"]

#: Functions that the engine is given before personal columns are read: the pseudonym of a text; a mark in its place.
PSEUDONYM, MARK = "pseudonym", "personal_mark"

#: A declared table and its column.
Pair = tuple[str, str]


def veiled(text: exp.Expr, veil: str) -> exp.Expr:
    """Write what stands for a text; a veil without a name is none."""
    return exp.Anonymous(this=veil, expressions=[text]) if veil else text


def bare(node: exp.Expr) -> exp.Expr:
    """Take off what changes nothing of a pseudonym: parentheses, lower case, spaces around it."""
    while isinstance(node, exp.Paren | exp.Lower) or (isinstance(node, exp.Trim) and not node.expression):
        node = node.this
    return node


def equal(left: Pair, right: Pair, compared: Collection[Pair]) -> exp.Expr:
    """Write that a column equals another, where one of them, or both, may hold pseudonyms."""
    sides = [exp.column(name, table=table, quoted=True) for table, name in (left, right)]
    if (left in compared) is not (right in compared):
        at = 1 if left in compared else 0
        sides[at] = veiled(sides[at], PSEUDONYM)  # type: ignore[call-overload]
    return exp.EQ(this=sides[0], expression=sides[1])


def alike(node: exp.Expr, compared: Collection[Pair]) -> exp.Expr | None:
    """Write a comparison with a pseudonym anew: the other side becomes one, too. None where nothing is to be done."""
    if isinstance(node, exp.In):
        if not _is_pseudonym(node.this, compared):
            return None
        listed = [veiled(one.copy(), PSEUDONYM) for one in node.expressions]
        return exp.In(this=node.this.copy(), expressions=listed)
    if not isinstance(node, _equalities()):
        return None
    left, right = (_is_pseudonym(side, compared) for side in (node.this, node.expression))
    if left is right:
        return None
    this, that = node.this.copy(), node.expression.copy()
    return type(node)(
        this=this if left else veiled(this, PSEUDONYM), expression=that if right else veiled(that, PSEUDONYM)
    )


def _is_pseudonym(node: exp.Expr, compared: Collection[Pair]) -> bool:
    return bare(node).meta.get("base") in compared


@remembered
def _equalities() -> tuple[type[exp.Expr], ...]:
    return (exp.EQ, exp.NEQ, exp.NullSafeEQ, exp.NullSafeNEQ)
