"""What a condition shows of a text by being true of it: that no white space stands at its start, or at its end.

A record that meets `site in ('Leeds', 'Brno')` or `matches(lot, '^L-[0-9]{4}$')` need not be looked at again for that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from qmscheck.cells import WHITE_SPACE
from qmscheck.sql.mapping import BOTH_ENDS, End
from qmscheck.sql.select import RowTest
from qmscheck.sql.trees import exp

__all__ = ["shown_by"]

Shown = Mapping[str, frozenset[End]]

_SOLID = r"[!-~]"
_ATOM = r"(?:\[\^[^\]\[\\]+\]|\[[^\]\[\\^][^\]\[\\]*\]|\\[^\w\s]|[^\[\]\\|()^$*+?{}])"
_TIMES = r"(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})?"
_PIECE = re.compile(f"({_ATOM})({_TIMES})")
#: A pattern for whole texts without groups and choices: of it, what begins and ends a text can be told.
_WHOLE = re.compile(rf"\^((?:{_ATOM}{_TIMES})+)\$")


def shown_by(tests: Sequence[RowTest]) -> dict[str, frozenset[End]]:
    """Give, by column, the ends at which a text that meets all these tests has no white space; a blank has none."""
    found: dict[str, frozenset[End]] = {}
    for test in tests:
        if test.must is not None and test.scope is None and not test.invert:
            for column, ends in _shown(test.must.tree).items():
                found[column] = found.get(column, frozenset()) | ends
    return found


def _shown(node: exp.Expr) -> Shown:
    """Look into a condition that is true."""
    if isinstance(node, exp.Paren):
        return _shown(node.this)
    if isinstance(node, exp.And | exp.Or):
        sides = [_shown(side) for side in node.flatten()]
        if isinstance(node, exp.And):
            return {c: frozenset().union(*(s.get(c, ()) for s in sides)) for s in sides for c in s}
        return {c: frozenset(BOTH_ENDS).intersection(*(s.get(c, ()) for s in sides)) for c in sides[0]}
    if isinstance(node.this, exp.Column):
        text = node.this
        if isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
            return {text.name: frozenset(BOTH_ENDS)}
        if isinstance(node, exp.In) and not node.args.get("query") and all(map(_is_bare, node.expressions)):
            return {text.name: frozenset(BOTH_ENDS)}
        if isinstance(node, exp.EQ) and _is_bare(node.expression):
            return {text.name: frozenset(BOTH_ENDS)}
    if isinstance(node, exp.Anonymous) and str(node.this).lower() == "matches":
        cell, pattern = node.expressions
        if isinstance(cell, exp.Column) and isinstance(pattern, exp.Literal):
            return {cell.name: _ends_of(pattern.name)}
    return {}


def _is_bare(node: exp.Expr) -> bool:
    return (
        isinstance(node, exp.Literal)
        and bool(node.is_string and node.name)
        and node.name == node.name.strip(WHITE_SPACE)
    )


def _ends_of(pattern: str) -> frozenset[End]:
    whole = _WHOLE.fullmatch(pattern)
    if whole is None:
        return frozenset()
    pieces = _PIECE.findall(whole[1])
    return frozenset(end for end, piece in zip(BOTH_ENDS, (pieces[0], pieces[-1]), strict=True) if _is_solid(*piece))


def _is_solid(atom: str, times: str) -> bool:
    """Tell whether a piece of a pattern always is a letter that prints: one of a set of such, or one itself."""
    if times[:1] in {"*", "?"} or re.match(r"\{0+[,}]", times):
        return False
    if atom.startswith("["):
        return re.fullmatch(rf"\[(?!\^){_SOLID}+\]", atom) is not None
    return atom != "." and re.fullmatch(_SOLID, atom[-1]) is not None
