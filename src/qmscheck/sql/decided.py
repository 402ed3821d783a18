"""Conditions that are decided before a record is read, or that two people read in two ways: slips of their authors.

A rule that holds such a condition says the same of whatever evidence there is; or it asks for something else than its
author meant. Each is told with what was probably meant. Only what the text alone shows is looked at: columns, values
of parameters and the day of the audit may still make a condition true or false. Library of this room: sqlglot.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache as remembered

from qmscheck.sql.kinds import Kind
from qmscheck.sql.trees import exp

__all__ = ["Slip", "slip"]


@dataclass(frozen=True, slots=True)
class Slip:
    """What is wrong with a condition, in words of its author, what to write instead, and the part that is wrong."""

    node: exp.Expr
    message: str
    hint: str | None = None


_ALWAYS = "holds for every record that is filled"
_NEVER = "holds for no record"


def slip(node: exp.Expr) -> Slip | None:
    """Look at one node of a checked tree, whose columns know their table and type; None where nothing is wrong."""
    for look in _looks().get(type(node), ()):
        for found in look(node):
            return found
    return None


# ---------------------------------------------------------------- and, or


def _mixed(node: exp.Or) -> Iterator[Slip]:
    """Find `and` beside `or` without parentheses: SQL reads one of the two meanings, and people read either."""
    if isinstance(node.parent, exp.Or) or not any(isinstance(side, exp.And) for side in _sides(node, exp.Or)):
        return
    parts = [[_said(s) for s in _sides(side, exp.And)] for side in _sides(node, exp.Or)]
    bound = " or ".join(f"({' and '.join(part)})" if len(part) > 1 else part[0] for part in parts)
    groups: list[list[str]] = [[]]
    for part in parts:  # what stands on both sides of an `or` belongs together, if `or` is read first
        groups[-1].append(part[0])
        groups += [[s] for s in part[1:]]
    loose = " and ".join(f"({' or '.join(group)})" if len(group) > 1 else group[0] for group in groups)
    yield Slip(node, "'and' and 'or' stand beside each other without parentheses", f"write {bound}, or {loose}")


def _sides(node: exp.Expr, kind: type[exp.Connector]) -> list[exp.Expr]:
    return list(node.flatten(unnest=False)) if isinstance(node, kind) else [node]


def _chained(node: exp.Connector) -> Iterator[Slip]:
    """Look at the sides of a whole chain of `and` or of `or`."""
    if isinstance(node.parent, type(node)):
        return  # a part of a longer chain
    sides = [side.unnest() for side in node.flatten(unnest=False)]
    either = isinstance(node, exp.Or)
    for side in sides:
        if isinstance(side, exp.Boolean):
            word = "true" if side.this else "false"
            yield Slip(node, f"'{word}' beside '{node.key}' decides the whole, or nothing", "leave it out")
    seen: set[exp.Expr] = set()
    turned: set[object] = set()
    for side in sides:
        if side in seen:
            yield Slip(side, f"the same condition stands twice beside '{node.key}'", "was another column meant?")
        if side in turned or _opposite(side) in seen or _compares(side, type(side)) in turned:
            if either:
                yield Slip(side, f"one of the two always holds: it {_ALWAYS}")
            yield Slip(side, f"the two never hold together: it {_NEVER}", "was 'or' meant?")
        seen.add(side)
        turned |= {_opposite(side), _compares(side, _turned().get(type(side)))} - {None}
    yield from _excluded(sides, either=either)
    yield from _ranges(sides, either=either)


def _opposite(node: exp.Expr) -> exp.Expr | None:
    """Give what `not` is said of."""
    return node.this.unnest() if isinstance(node, exp.Not) else None


def _compares(node: exp.Expr, kind: type[exp.Expr] | None) -> object:
    """Give a comparison as one of some kind, to be looked up; None of anything else."""
    return None if kind not in _turned() else (kind, node.args["this"], node.args["expression"])


def _excluded(sides: Sequence[exp.Expr], *, either: bool) -> Iterator[Slip]:
    """Find `a <> 'x' or a <> 'y'`, which always holds, and `a = 'x' and a = 'y'`, which never does."""
    wanted, word = (exp.NEQ, "not in") if either else (exp.EQ, "in")
    seen: dict[exp.Expr, exp.Expr] = {}
    for side in sides:
        if not isinstance(side, wanted):
            continue
        subject, value = (side.left.unnest(), side.right.unnest())
        if isinstance(subject, exp.Literal):
            subject, value = value, subject
        if not _is_fixed(value) or isinstance(subject, exp.Literal):
            continue
        known = seen.setdefault(subject, value)
        if known != value:
            hint = f"write {_said(subject)} {word} ({_said(known)}, {_said(value)})"
            verdict = _ALWAYS if either else _NEVER
            yield Slip(side, f"{_said(subject)} is never both: this {verdict}", hint)


def _ranges(sides: Sequence[exp.Expr], *, either: bool) -> Iterator[Slip]:
    """Find `a > 9 and a < 5`, which never holds, and `a > 5 or a < 9`, which always does."""
    nearest: dict[tuple[exp.Expr, type, bool], _Bound] = {}
    for side in sides:
        new = _bound(side)
        if new is None:
            continue
        key = (new.subject, type(new.value))
        other = nearest.get((*key, not new.above))
        if other is not None:
            low, high = (new, other) if new.above else (other, new)
            if either and _meet(low, high):
                hint = f"was 'and' meant? It asks only that {_said(new.subject)} is filled"
                yield Slip(side, f"one of the two always holds: it {_ALWAYS}", hint)
            if not either and not _meet(low, high, closed=True):
                yield Slip(side, f"the two never hold together: it {_NEVER}", "was 'or' meant?")
        known = nearest.get((*key, new.above))
        # Of several, the one that reaches furthest (or leaves least, beside `and`) decides.
        if known is None or (new.value < known.value) == (new.above == either):  # type: ignore[operator]
            nearest[(*key, new.above)] = new


def _meet(low: _Bound, high: _Bound, *, closed: bool = False) -> bool:
    """Tell whether what lies above one bound and what lies below another leave nothing out; `closed`: overlap."""
    both = low.closed and high.closed if closed else low.closed or high.closed
    return low.value < high.value or (low.value == high.value and both)  # type: ignore[operator]


@dataclass(frozen=True, slots=True)
class _Bound:
    """`subject` lies above or below a value, which is one of its own if it is `closed`."""

    node: exp.Expr
    subject: exp.Expr
    above: bool
    closed: bool
    value: float | dt.date


def _bound(node: exp.Expr) -> _Bound | None:
    if not isinstance(node, exp.GT | exp.GTE | exp.LT | exp.LTE):
        return None
    subject, other, above = node.left.unnest(), node.right.unnest(), isinstance(node, exp.GT | exp.GTE)
    value = _value(other)
    if value is None:
        subject, value, above = other, _value(subject), not above
    if value is None or isinstance(value, str) or _value(subject) is not None:
        return None
    return _Bound(node, subject, above, isinstance(node, exp.GTE | exp.LTE), value)


# ---------------------------------------------------------------- one comparison


def _compared(node: exp.Binary) -> Iterator[Slip]:
    left, right = node.left.unnest(), node.right.unnest()
    if _is_fixed(left) and _is_fixed(right):
        yield Slip(node, "two fixed values are compared: it comes out the same for every record", "name a column")
    if _unmoved(left) == right or left == _unmoved(right):
        told = "what is compared with itself comes out the same for every record"
        yield Slip(node, told, "name another side")
    for side, other in ((left, right), (right, left)):
        if isinstance(node, exp.EQ | exp.NEQ | exp.NullSafeEQ | exp.NullSafeNEQ):
            yield from _equal(node, side, other)
    yield from _reached(node)


def _equal(node: exp.Expr, side: exp.Expr, other: exp.Expr) -> Iterator[Slip]:
    """Find values that a cell can never have: nothing at all, a fraction, a capital letter after lower()."""
    value = _value(other)
    if value == "" and _is_text(side) and not isinstance(node, exp.NEQ):  # <> '' is how some write 'filled'
        hint = f"write {_said(side)} {'is not null' if isinstance(node, exp.NullSafeNEQ) else 'is null'}"
        yield Slip(other, "no cell holds an empty text: a blank one is NULL", hint)
    if isinstance(value, float) and not value.is_integer() and _is_whole(side):
        yield Slip(other, f"{_said(side)} is a whole number, and never {_said(other)}")
    yield from _cased(side, other)


def _cased(side: exp.Expr, other: exp.Expr) -> Iterator[Slip]:
    """Find a text whose letters lower() or upper() never give."""
    text = _value(other)
    if not isinstance(side, exp.Lower | exp.Upper) or not isinstance(text, str):
        return
    fold = str.lower if isinstance(side, exp.Lower) else str.upper
    given = "".join(fold(letter) if len(fold(letter)) == 1 else letter for letter in text)
    if given != text:
        yield Slip(other, f"{side.key}() gives no such letters", f"write '{given}'")


def _reached(node: exp.Binary) -> Iterator[Slip]:
    """Find a number on the far side of all that a function gives: `length(x) >= 0`, `month(x) = 13`."""
    order: type[exp.Expr] = type(node)
    subject, value = node.left.unnest(), _value(node.right)
    if value is None:
        subject, value, order = node.right.unnest(), _value(node.left), _mirrored().get(order, order)
    reach = _reach(subject)
    if reach is None or not isinstance(value, float):
        return
    low, high = reach
    both: dict[type[exp.Expr], tuple[bool, bool]] = {
        exp.GT: (low > value, high <= value),
        exp.GTE: (low >= value, high < value),
        exp.LT: (high < value, low >= value),
        exp.LTE: (high <= value, low > value),
        exp.EQ: (False, not low <= value <= high),
        exp.NEQ: (not low <= value <= high, False),
    }
    holds = both.get(order)
    if holds is None or not any(holds):
        return
    yield Slip(node, f"{_said(subject)} gives {_ends(reach)}: this {_ALWAYS if holds[0] else _NEVER}")


def _reach(node: exp.Expr) -> tuple[float, float] | None:
    """Give the least and the greatest number that a function gives."""
    reaches: dict[type[exp.Expr], tuple[float, float]] = {
        exp.Length: (0.0, math.inf),
        exp.Abs: (0.0, math.inf),
        exp.Year: (1.0, 9999.0),
        exp.Month: (1.0, 12.0),
        exp.Day: (1.0, 31.0),
    }
    return reaches.get(type(node))


def _ends(reach: tuple[float, float]) -> str:
    low, high = reach
    return f"{low:g} or more" if high == math.inf else f"{low:g} to {high:g}"


def _between(node: exp.Between) -> Iterator[Slip]:
    low, high = node.args["low"].unnest(), node.args["high"].unnest()
    first, last = _value(low), _value(high)
    if type(first) is type(last) and first is not None and first > last:  # type: ignore[operator]
        hint = f"write {_said(node.this)} between {_said(high)} and {_said(low)}"
        yield Slip(node, f"the first bound is above the second: this {_NEVER}", hint)
    reach = _reach(node.this.unnest())
    if reach is not None and isinstance(first, float) and isinstance(last, float):
        if first <= reach[0] and last >= reach[1]:
            yield Slip(node, f"{_said(node.this)} gives {_ends(reach)}: this {_ALWAYS}")
        if first > reach[1] or last < reach[0]:
            yield Slip(node, f"{_said(node.this)} gives {_ends(reach)}: this {_NEVER}")
    if node.this.unnest() in (low, high):
        yield Slip(node, "what is compared with itself comes out the same for every record", "name another bound")


def _listed(node: exp.In) -> Iterator[Slip]:
    subject, values = node.this.unnest(), [value.unnest() for value in node.expressions]
    for i, value in enumerate(values):
        if value in values[:i]:
            yield Slip(value, f"{_said(value)} stands twice in the list", "was another value meant?")
        if value == subject:
            yield Slip(node, "what is compared with itself comes out the same for every record", "name another value")
        yield from _equal(node, subject, value)
        reach, number = _reach(subject), _value(value)
        if reach is not None and isinstance(number, float) and not reach[0] <= number <= reach[1]:
            yield Slip(value, f"{_said(subject)} gives {_ends(reach)}, and never {_said(value)}")
    if {one.this for one in values if isinstance(one, exp.Boolean)} == {True, False}:
        yield Slip(node, f"yes and no: this {_ALWAYS}", f"write {_said(subject)} is not null")


def _asked_of_nothing(node: exp.Is) -> Iterator[Slip]:
    """Find `is null` of what is never NULL."""
    if isinstance(node.expression, exp.Null) and _is_never_null(node.this.unnest()):
        yield Slip(node.this, "this is never NULL, so it comes out the same for every record", "name a column alone")


# ---------------------------------------------------------------- texts


def _fitted(node: exp.Binary) -> Iterator[Slip]:
    pattern = _value(node.right)
    if not isinstance(pattern, str):
        return
    if pattern.count("%") and pattern.count("_") <= 1 and not set(pattern) - {"%", "_"}:
        yield Slip(node.right, f"'{pattern}' fits every text", f"write {_said(node.this)} is not null")
    if isinstance(node, exp.Like):
        yield from _cased(node.this.unnest(), node.right)


def _part(node: exp.Expr) -> Iterator[Slip]:
    """Look at starts_with, ends_with and contains."""
    other = node.expression
    if _value(other) == "":
        yield Slip(other, "every text holds an empty text", f"write {_said(node.this)} is not null")
    yield from _of_no_record(node)
    yield from _cased(node.this.unnest(), other)


def _of_no_record(node: exp.Expr) -> Iterator[Slip]:
    """Find a question that is asked of no column and of no parameter."""
    asked = node.find(exp.Column) is not None or any(
        str(call.this).lower() == "param" for call in node.find_all(exp.Anonymous)
    )
    if not asked:
        yield Slip(node, "this reads no column: it comes out the same for every record", "name a column")


def _called(node: exp.Anonymous) -> Iterator[Slip]:
    name, given = str(node.this).lower(), [argument.unnest() for argument in node.expressions]
    if name == "matches" and _fits_all(str(given[1].name)):
        yield Slip(given[1], "this pattern fits every text", f"write {_said(given[0])} is not null")
    if name in {"matches", "mentions", "in_period", "filled"}:
        yield from _of_no_record(node)
    if name in {"days_between", "hours_between", "working_days"} and given[0] == given[1]:
        yield Slip(node, f"{name}() of one and the same is always 0", "name another day")
    if name == "filled" and _is_never_null(given[0]):
        yield Slip(node, "this is never NULL, so it comes out the same for every record", "name a column alone")


#: Texts that have little in common. A pattern that each of them fits is taken to fit all.
_PROBES = (
    *(chr(code) for code in range(0x21, 0x7F)),
    *("ä", "Ж", "漢", "ab", "A b\nc", "0-0", "x" * 5_000),
)


@remembered
def _fits_all(pattern: str) -> bool:
    try:
        found = re.compile(pattern)
    except re.error:  # what RE2 alone knows
        return False
    return all(found.search(probe) for probe in _PROBES)


def _branches(node: exp.Case) -> Iterator[Slip]:
    """Find a case that is decided."""
    for branch in node.args["ifs"]:
        if isinstance(branch.this.unnest(), exp.Boolean):
            yield Slip(branch.this, "this branch is decided: it comes out the same for every record", "name a column")


def _repeated(node: exp.Expr) -> Iterator[Slip]:
    """Find an argument that stands twice in coalesce, greatest, least and nullif."""
    more = node.args.get("expression")
    given = [node.this, *node.expressions, *([more] if isinstance(more, exp.Expr) else [])]
    plain = [one.unnest() for one in given]
    for i, one in enumerate(plain):
        if one in plain[:i]:
            yield Slip(one, f"{_said(one)} stands twice", "was another column meant?")


def _with_itself(node: exp.Binary) -> Iterator[Slip]:
    if node.left.unnest() == node.right.unnest() and node.find(exp.Column):
        yield Slip(node, f"{_said(node)} is the same for every record", "was another column meant?")


# ---------------------------------------------------------------- what is known of a part


def _value(node: exp.Expr) -> float | str | dt.date | None:
    """Give a fixed number, text or day."""
    node = node.unnest()
    if isinstance(node, exp.Neg):
        inner = _value(node.this)
        return -inner if isinstance(inner, float) else None
    if isinstance(node, exp.Cast) and isinstance(node.this, exp.Literal):
        try:
            return dt.date.fromisoformat(node.this.name) if node.to.this == exp.DType.DATE else None
        except ValueError:
            return None
    return (node.name if node.is_string else float(node.name)) if isinstance(node, exp.Literal) else None


def _is_fixed(node: exp.Expr) -> bool:
    return isinstance(node, exp.Boolean) or _value(node) is not None


def _unmoved(node: exp.Expr) -> exp.Expr:
    """Take a day as it was before it is moved, as far as all are moved alike."""
    while True:
        if isinstance(node, exp.AddMonths):
            day, number = node.this, node.expression
        elif isinstance(node, exp.Anonymous) and str(node.this).lower() == "add_days":
            day, number = node.expressions
        else:
            return node
        if number.find(exp.Column) is not None:
            return node
        node = day.unnest()


def _is_text(node: exp.Expr) -> bool:
    """Tell whether a part is the text of a cell of a declared table, which is NULL or not empty."""
    while isinstance(node, exp.Lower | exp.Upper | exp.Trim | exp.Paren):
        node = node.this
    return isinstance(node, exp.Column) and "base" in node.meta and node.meta.get("kind") is Kind.TEXT


def _is_whole(node: exp.Expr) -> bool:
    if isinstance(node, exp.Column):
        return node.meta.get("kind") is Kind.INTEGER
    whole = {"days_between", "working_days"}
    called = isinstance(node, exp.Anonymous) and str(node.this).lower() in whole
    return called or isinstance(node, exp.Year | exp.Month | exp.Day | exp.Length)


def _is_never_null(node: exp.Expr) -> bool:
    node = node.unnest()
    if isinstance(node, exp.Coalesce):
        return any(_is_never_null(one) for one in (node.this, *node.expressions))
    if isinstance(node, exp.Anonymous):
        return str(node.this).lower() in {"as_of", "audit_date", "period_from", "period_to", "filled"}
    return isinstance(node, exp.Is) or _is_fixed(node)


_LONG = 80
_NEGATED = re.compile(r"\bnot (\w+(?:\.\w+)?(?:\([^()]*\))?) (is|in|like|ilike|between)\b")


def _said(node: exp.Expr) -> str:
    """Write a part as its author may have written it."""
    plain = node.copy()
    for column in plain.find_all(exp.Column):
        column.this.set("quoted", False)
        if "plain" in column.meta:
            column.set("table", None)
        elif column.table:
            column.args["table"].set("quoted", False)
    text = plain.sql(comments=False, normalize_functions=False)
    pieces = re.split(r"('(?:[^']|'')*')", text)
    text = "".join(piece if i % 2 else piece.lower() for i, piece in enumerate(pieces))
    text = re.sub(r"cast\(('[^']*') as date\)", r"date \1", text)
    text = _NEGATED.sub(lambda m: f"{m[1]} is not" if m[2] == "is" else f"{m[1]} not {m[2]}", text)
    return text if len(text) <= _LONG else f"{text[:_LONG].rstrip()} ..."


_Look = Callable[..., Iterator[Slip]]


@remembered
def _looks() -> Mapping[type[exp.Expr], tuple[_Look, ...]]:
    """Say which nodes are looked at, and how."""
    compared: tuple[type[exp.Expr], ...] = (exp.EQ, exp.NEQ, exp.NullSafeEQ, exp.NullSafeNEQ, *_orders())
    return {
        exp.Or: (_mixed, _chained),
        exp.And: (_chained,),
        **dict.fromkeys(compared, (_compared,)),
        exp.Between: (_between,),
        exp.In: (_listed,),
        exp.Is: (_asked_of_nothing,),
        **dict.fromkeys((exp.Like, exp.ILike), (_fitted,)),
        **dict.fromkeys((exp.StartsWith, exp.EndsWith, exp.Contains), (_part,)),
        exp.Anonymous: (_called,),
        **dict.fromkeys((exp.Coalesce, exp.Greatest, exp.Least, exp.Nullif), (_repeated,)),
        **dict.fromkeys((exp.Sub, exp.Div), (_with_itself,)),
        exp.Case: (_branches,),
    }


@remembered
def _orders() -> tuple[type[exp.Binary], ...]:
    return (exp.GT, exp.GTE, exp.LT, exp.LTE)


@remembered
def _turned() -> Mapping[type[exp.Expr], type[exp.Expr]]:
    """Give the comparison that holds where another one does not."""
    pairs = ((exp.GT, exp.LTE), (exp.GTE, exp.LT), (exp.EQ, exp.NEQ), (exp.NullSafeEQ, exp.NullSafeNEQ))
    return {**dict(pairs), **{other: one for one, other in pairs}}


@remembered
def _mirrored() -> Mapping[type[exp.Expr], type[exp.Expr]]:
    """Give the comparison that says the same with its sides exchanged."""
    return {exp.GT: exp.LT, exp.LT: exp.GT, exp.GTE: exp.LTE, exp.LTE: exp.GTE}
