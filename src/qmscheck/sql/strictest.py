"""Of conditions that must all hold, only the strictest: what follows from the others is left out of a sieve.

`amount < 5` makes `amount < 9` needless, and a hundred lists of allowed values are one. What is asked here is only
whether all conditions are true: false and NULL are not told apart, and so `and` and `or` are those of two values.
Nothing that may fail is evaluated in fewer records than before (`_cannot_fail`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from qmscheck.sql.functions import PATTERN
from qmscheck.sql.regex import branches
from qmscheck.sql.trees import exp

__all__ = ["Condition", "scoped", "strictest"]

#: Characters of a number up to which every engine compares it with an integer or a number without an overflow.
_LONGEST = 15
#: Alternatives of a condition up to which those that it shares with others are looked for.
_ALTERNATIVES = 8
#: Conditions of different scopes from which on all are asked first whether they hold in any scope.
_SEVERAL = 4


@dataclass(frozen=True)
class Condition:
    """What must hold of a record, where it is in a scope."""

    must: exp.Expr
    scope: exp.Expr | None = None


def strictest(conditions: Iterable[Condition]) -> exp.Expr:
    """Write that all conditions are true of a record, or that it is for certain not in their scope.

    The tree is true where this holds, and false or NULL elsewhere.
    """
    musts: dict[exp.Expr | None, list[exp.Expr]] = {}
    for condition in conditions:
        musts.setdefault(condition.scope, []).append(condition.must)
    everywhere = _reduced(musts.pop(None, []))
    somewhere = [scoped(scope, _reduced(given)) for scope, given in musts.items()]
    return _all([*everywhere, *_likely(musts, somewhere)])


def scoped(scope: exp.Expr | None, given: Sequence[exp.Expr]) -> exp.Expr:
    """Write that all that is given is true in a scope, or that a record is for certain not in it."""
    if scope is None:
        return _all(given)
    outside = exp.not_(scope.copy(), copy=False)
    inside = exp.If(this=scope, true=_all(given))
    return exp.paren(exp.Case(ifs=[inside], default=outside), copy=False)


def _likely(musts: dict[exp.Expr | None, list[exp.Expr]], cases: list[exp.Expr]) -> list[exp.Expr]:
    """Ask of simple conditions first whether all hold in whatever scope: most records are settled by that."""
    simple = {s: given for s, given in musts.items() if s is not None and all(map(_is_simple, [s, *given]))}
    if len(simple) < _SEVERAL:
        return cases
    cells = dict.fromkeys(cell for scope in simple for cell in scope.find_all(exp.Column))
    known = [exp.not_(exp.Is(this=cell.copy(), expression=exp.null()), copy=False) for cell in cells]
    held = _reduced([must.copy() for given in simple.values() for must in given])
    one_by_one = [case for scope, case in zip(musts, cases, strict=True) if scope in simple]
    rest = [case for scope, case in zip(musts, cases, strict=True) if scope not in simple]
    whole = exp.Case(ifs=[exp.If(this=_all([*known, *held]), true=exp.true())], default=_all(one_by_one))
    return [exp.paren(whole, copy=False), *rest]


def _is_simple(node: exp.Expr) -> bool:
    """Tell whether a condition compares cells with constants: it cannot fail, and without a blank it is no NULL."""
    if isinstance(node, exp.Paren | exp.Not):
        return _is_simple(node.this)
    if isinstance(node, exp.And | exp.Or):
        return all(map(_is_simple, node.flatten()))
    if isinstance(node, exp.Is):
        return isinstance(node.this, exp.Column) and isinstance(node.expression, exp.Null)
    if isinstance(node, exp.In):
        return isinstance(node.this, exp.Column) and _are_words(node)
    if isinstance(node, exp.Between):
        return isinstance(node.this, exp.Column) and None not in (_number(node.args["low"]), _number(node.args["high"]))
    if isinstance(node, exp.EQ | exp.NEQ | exp.LT | exp.LTE | exp.GT | exp.GTE) and isinstance(node.this, exp.Column):
        return _is_word(node.expression) or _number(node.expression) is not None
    return False


def _cannot_fail(node: exp.Expr) -> bool:
    return _is_pattern(node) or _is_simple(node)


def _reduced(conditions: Iterable[exp.Expr]) -> list[exp.Expr]:
    """Leave out of conditions that must all be true those that follow from others."""
    parts = list(dict.fromkeys(part for condition in conditions for part in _parts(condition)))
    for step in (_bounds, _lists, _alternatives):
        parts = step(parts)
    return parts


def _parts(node: exp.Expr) -> Iterator[exp.Expr]:
    """Take conditions apart that are true where all their parts are."""
    if isinstance(node, exp.Paren):
        yield from _parts(node.this)
    elif isinstance(node, exp.And):
        for side in node.flatten():
            yield from _parts(side)
    elif isinstance(node, exp.Between) and not node.args.get("symmetric"):
        yield exp.GTE(this=node.this, expression=node.args["low"])
        yield exp.LTE(this=node.this.copy(), expression=node.args["high"])
    else:
        yield node


def _together(
    parts: Sequence[exp.Expr], key: Callable[[exp.Expr], object], write: Callable[[list[exp.Expr]], list[exp.Expr]]
) -> list[exp.Expr]:
    """Write parts of the same key together, where the first of them stands; a part without a key stays as it is."""
    groups: dict[object, list[exp.Expr]] = {}
    for number, part in enumerate(parts):
        found = key(part)
        groups.setdefault(("alone", number) if found is None else found, []).append(part)
    return [one for group in groups.values() for one in (group if len(group) == 1 else write(group))]


# ------------------------------------------------------------------ bounds


def _bounds(parts: Sequence[exp.Expr]) -> list[exp.Expr]:
    return _together(parts, lambda part: (b.of, b.below) if (b := _bound(part)) is not None else None, _tightest)


@dataclass(frozen=True)
class _Bound:
    """That something lies `below` a number, or above it; `strict` that it is not the number itself."""

    of: exp.Expr
    below: bool
    at: Decimal
    strict: bool
    part: exp.Expr

    @property
    def order(self) -> tuple[Decimal, bool]:
        """Give what is larger the stricter the bound is."""
        return (-self.at if self.below else self.at), self.strict


def _bound(part: exp.Expr) -> _Bound | None:
    if not isinstance(part, exp.LT | exp.LTE | exp.GT | exp.GTE):
        return None
    of, at, below = part.this, _number(part.expression), isinstance(part, exp.LT | exp.LTE)
    if at is None:
        of, at, below = part.expression, _number(part.this), not below
    return _Bound(of, below, at, isinstance(part, exp.LT | exp.GT), part) if at is not None else None


def _tightest(group: list[exp.Expr]) -> list[exp.Expr]:
    bounds = [b for b in map(_bound, group) if b is not None]
    return [max(bounds, key=lambda b: b.order).part]


def _number(node: exp.Expr) -> Decimal | None:
    """Read a number that is written out; None for anything else.

    So is a number of very many digits: two of them may be one as binary numbers, which comparisons with reals are of.
    """
    if isinstance(node, exp.Neg):
        found = _number(node.this)
        return None if found is None else -found
    if not isinstance(node, exp.Literal) or node.is_string or len(node.name) > _LONGEST:
        return None
    return Decimal(node.name) if node.name.replace(".", "", 1).isdecimal() and node.name.isascii() else None


# ------------------------------------------------------------------ lists of words


def _lists(parts: Sequence[exp.Expr]) -> list[exp.Expr]:
    found = _together(parts, lambda part: part.this if _is_list(part) else None, _in_all)
    found = _together(found, lambda part: _refused(part)[0], _in_none)
    return _together(found, lambda part: part.this if _is_list(part) else _refused(part)[0], _in_some)


def _is_list(part: exp.Expr) -> bool:
    return isinstance(part, exp.In) and _are_words(part)


def _is_word(node: object) -> bool:
    return isinstance(node, exp.Literal) and bool(node.is_string)


def _are_words(node: exp.In) -> bool:
    return bool(node.expressions) and all(map(_is_word, node.expressions))


def _in_all(group: list[exp.Expr]) -> list[exp.Expr]:
    """Write lists of allowed words as the words that all have; as they are where there is none."""
    common = set.intersection(*({word.name for word in part.expressions} for part in group))
    words = [word for word in group[0].expressions if word.name in common]
    return [exp.In(this=group[0].this, expressions=words)] if words else group


def _refused(part: exp.Expr) -> tuple[exp.Expr | None, list[exp.Expr]]:
    """Give what must be none of some words, and these words."""
    if isinstance(part, exp.NEQ) and _is_word(part.expression):
        return part.this, [part.expression]
    inner = part.this.unnest() if isinstance(part, exp.Not) else None
    return (inner.this, inner.expressions) if inner is not None and _is_list(inner) else (None, [])


def _in_none(group: list[exp.Expr]) -> list[exp.Expr]:
    words = {word.name: word for part in group for word in _refused(part)[1]}
    listed = exp.In(this=_refused(group[0])[0], expressions=list(words.values()))
    return [exp.not_(listed, copy=False)]


def _in_some(group: list[exp.Expr]) -> list[exp.Expr]:
    """Write the words of a list that are not refused elsewhere; as they are where none is, or more than one list."""
    refused = {word.name for part in group for word in _refused(part)[1]}
    lists = [part for part in group if _is_list(part)]
    words = [word for word in lists[0].expressions if word.name not in refused]
    return [exp.In(this=lists[0].this, expressions=words)] if words and len(lists) == 1 else group


# ------------------------------------------------------------------ alternatives


def _alternatives(parts: Sequence[exp.Expr]) -> list[exp.Expr]:
    """Take out what several conditions have in common: `(a or b) and (a or c)` is `a or (b and c)`."""
    sides = {part: list(dict.fromkeys(_sides(part))) for part in parts}
    often = Counter(rest for found in sides.values() for rest in _rests(found))

    def shared(part: exp.Expr) -> object:
        best = max(_rests(sides[part]), key=lambda rest: often[rest], default=None)
        return best if best is not None and often[best] > 1 else None

    def write(group: list[exp.Expr]) -> list[exp.Expr]:
        common = shared(group[0])
        kept = [side for side in _sides(group[0]) if side in common]  # type: ignore[operator]
        others = [side for part in group for side in _sides(part) if side not in common]  # type: ignore[operator]
        return [_either(kept, _reduced(others))]

    return _together(parts, shared, write)


def _rests(sides: Sequence[exp.Expr]) -> list[frozenset[exp.Expr]]:
    """Give what is left of alternatives without one of them, for each of them."""
    if not 1 < len(sides) <= _ALTERNATIVES:
        return []
    return [frozenset(sides) - {side} for side in sides]


def _sides(part: exp.Expr) -> list[exp.Expr]:
    """Take a condition apart that is true where one of its sides is; a pattern is the patterns between its bars."""
    if isinstance(part, exp.Paren):
        return _sides(part.this)
    if isinstance(part, exp.Or):
        return [inner for side in part.flatten() for inner in _sides(side)]
    if _is_pattern(part):
        text, regex = part.expressions
        return [_pattern(text, branch) for branch in branches(regex.name)]
    return [part]


def _is_pattern(node: exp.Expr) -> bool:
    return isinstance(node, exp.Anonymous) and str(node.this).lower() == PATTERN


def _pattern(text: exp.Expr, regex: str) -> exp.Expr:
    return exp.Anonymous(this=PATTERN, expressions=[text.copy(), exp.Literal.string(regex)])


def _either(common: Sequence[exp.Expr], others: Sequence[exp.Expr]) -> exp.Expr:
    """Write that something common is true, or all others are; where the others cannot fail, they are asked late."""
    first = exp.or_(*common, copy=False)
    if not any(map(_is_pattern, common)) or not all(map(_cannot_fail, others)):
        return exp.paren(exp.or_(first, _all(others), copy=False), copy=False)
    return exp.paren(exp.Case(ifs=[exp.If(this=first, true=exp.true())], default=_all(others)), copy=False)


def _all(conditions: Sequence[exp.Expr]) -> exp.Expr:
    return exp.paren(exp.and_(*conditions, copy=False), copy=False) if conditions else exp.true()
