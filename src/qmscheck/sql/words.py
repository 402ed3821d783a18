"""A condition in words, for persons who read no SQL: which records a rule asks for.

Only what has a plain way to be said is said, when the ruleset is checked: an audit whose criteria are kept reads no
condition. Library of this room: sqlglot.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from qmscheck.sql.reading import read_condition
from qmscheck.sql.select import Part
from qmscheck.sql.trees import exp, sides

__all__ = ["CLOCK", "DURATIONS", "in_words", "parts_of"]

#: Days that the audit knows, and how they are called.
CLOCK = {
    "as_of": "the day of the audit",
    "audit_date": "the audit",
    "period_from": "the first day of the period",
    "period_to": "the last day of the period",
}
#: What takes two days or times and says how far they are apart: the end is the second.
DURATIONS = {"days_between": "days", "working_days": "working days", "hours_between": "hours"}
#: How a day lies to another one, and how far before it at most or at least.
_DAYS: Mapping[type[exp.Expr], tuple[str, str]] = {
    exp.LT: ("before", "more than"),
    exp.LTE: ("no later than", "at least"),
    exp.GT: ("after", "less than"),
    exp.GTE: ("not before", "at most"),
}
_APART: Mapping[type[exp.Expr], str] = {
    exp.LT: "less than",
    exp.LTE: "at most",
    exp.GT: "more than",
    exp.GTE: "at least",
}
_NUMBERS: Mapping[type[exp.Expr], str] = {
    exp.LT: "below",
    exp.LTE: "at most",
    exp.GT: "above",
    exp.GTE: "at least",
}


class _UnsaidError(Exception):
    """There is no plain way to say it."""


def in_words(condition: str, days: Collection[str]) -> str | None:
    """Say a condition that was checked, with the names of parameters in braces for `str.format`; None where there is no
    plain way to say it. `days` names the parameters that are days.

    `source_type = 'risk' and add_days(a, param('n')) < as_of()` is "source_type is risk and a is more than {n} days
    before the day of the audit".
    """
    try:
        return _said(read_condition(condition), days)
    except _UnsaidError:
        return None


def parts_of(condition: str, days: Collection[str]) -> tuple[Part, ...]:
    """Take a condition that was checked apart at `and`, in the order of `sides`."""
    return tuple(_part(side, days) for side in sides(read_condition(condition)))


def _part(node: exp.Expr, days: Collection[str]) -> Part:
    try:
        said = _said(node, days)
    except _UnsaidError:
        said = None
    column = _judged(node)
    alone = len(_columns(node)) == 1 or isinstance(node, tuple(_NUMBERS))
    return Part(said, None if column is None else column.name, alone and not isinstance(node, exp.Or))


def _judged(node: exp.Expr) -> exp.Column | None:
    """Give the column that a condition is about: what is compared, not what it is compared with.

    Of a duration it is its end; of two sides the one that is no limit, such as a day moved by some days.
    """
    if isinstance(node, exp.Not | exp.Paren):
        return _judged(node.this)
    if type(node) not in _NUMBERS:
        return _first(node)
    both = (node.args["this"].unnest(), node.args["expression"].unnest())
    for side in both:
        if _call(side) in DURATIONS:
            start, end = side.expressions[:2]
            return _first(end) or _first(start)
    return next((found for side in sorted(both, key=_is_moved) if (found := _first(side)) is not None), None)


def _is_moved(node: exp.Expr) -> bool:
    return _shift(node) is not None or isinstance(node, exp.Add | exp.Sub | exp.Mul | exp.Div)


def _first(node: exp.Expr) -> exp.Column | None:
    """Give the column that is written first."""
    return next(node.find_all(exp.Column, bfs=False), None)


def _said(node: exp.Expr, days: Collection[str]) -> str:
    node = node.unnest()
    if isinstance(node, exp.And):
        every = list(sides(node))
        return " and ".join(_side(s, days) for s in every if not _said_by_others(s, every))
    if isinstance(node, exp.Or):
        return " or ".join(_asked(side.unnest(), days) for side in node.flatten())
    return _asked(node, days)


def _side(node: exp.Expr, days: Collection[str]) -> str:
    """Say one side of `and` or `or`; of two that are nested nobody could tell what belongs together."""
    if isinstance(node, exp.Or) and not node.find(exp.And):
        return f"({_said(node, days)})"
    if isinstance(node, exp.Connector):
        raise _UnsaidError
    return _asked(node, days)


def _said_by_others(side: exp.Expr, every: Sequence[exp.Expr]) -> bool:
    """Tell whether a column that has to be filled is one of which another side asks more."""
    column = _filled(side)
    return column is not None and any(
        other is not side and not isinstance(other, exp.Or) and column in _columns(other) for other in every
    )


def _columns(node: exp.Expr) -> set[str]:
    return {column.sql() for column in node.find_all(exp.Column)}


def _filled(node: exp.Expr) -> str | None:
    """Give the column that only has to be filled."""
    found: object = None
    if isinstance(node, exp.Not) and _is_null(node.this.unnest()):
        found = node.this.unnest().this
    elif _call(node) == "filled":
        found = node.expressions[0]
    return found.sql() if isinstance(found, exp.Column) else None


def _asked(node: exp.Expr, days: Collection[str]) -> str:
    """Say a condition without `and` and `or`."""
    told = _of_column(node)
    if told is not None:
        return told
    if type(node) in _NUMBERS:
        return _compared(node, days)
    if isinstance(node, exp.EQ | exp.NullSafeEQ | exp.NEQ | exp.NullSafeNEQ):
        return _equal(node, same=isinstance(node, exp.EQ | exp.NullSafeEQ))
    raise _UnsaidError


def _of_column(node: exp.Expr) -> str | None:
    """Say what is asked of one column: filled or blank, yes or no, in the period, in a list, with words for a thing."""
    filled = _filled(node)
    if filled is not None:
        return f"{filled} is filled in"
    if _is_null(node):
        return f"{_subject(node.this)} is blank"
    if isinstance(node, exp.Column) or _call(node) == "param":
        return f"{_subject(node)} is yes"
    if isinstance(node, exp.Is) and isinstance(node.expression, exp.Boolean):
        return f"{_subject(node.this)} is {'yes' if node.expression.this else 'no'}"
    if _call(node) == "in_period":
        return f"{_subject(node.expressions[0])} is in the period"
    if _call(node) == "mentions":
        return f"{_subject(node.expressions[0])} has words for {node.expressions[1].name.replace('_', ' ')}"
    if isinstance(node, exp.In):
        return _listed(node, "or", "is")
    if isinstance(node, exp.Not) and isinstance(node.this.unnest(), exp.In):
        return _listed(node.this.unnest(), "nor", "is neither")
    return None


def _listed(node: exp.Expr, last: str, verb: str) -> str:
    subject, default = _with_default(node.this)
    values = [_value(v) for v in node.expressions]
    if default in values and last == "or":
        values.append("blank")
    *others, end = values
    if not others:
        return f"{subject} is {'not ' if last == 'nor' else ''}{end}"
    return f"{subject} {verb} {', '.join(others)} {last} {end}"


def _equal(node: exp.Expr, *, same: bool) -> str:
    left, right = node.args["this"], node.args["expression"]
    subject, default = _with_default(left)
    if isinstance(right, exp.Boolean):
        return f"{subject} is {'' if same else 'not '}{'yes' if right.this else 'no'}"
    value = _value(right)
    if value == "":
        return f"{subject} is {'not set' if same else 'set'}"
    return f"{subject} is {'' if same else 'not '}{value}{' or blank' if same and default == value else ''}"


def _compared(node: exp.Expr, days: Collection[str]) -> str:
    """Say how a day or a number lies to another one."""
    left, right = node.args["this"], node.args["expression"]
    before, far = _DAYS[type(node)]
    unit = DURATIONS.get(_call(left) or "")
    if unit is not None and isinstance(right, exp.Literal | exp.Anonymous):
        start, end = left.expressions[:2]
        return f"{_subject(end)} is {_APART[type(node)]} {_value(right)} {unit} after {_subject(start)}"
    if _call(right) in CLOCK:
        day = CLOCK[str(_call(right))]
        if isinstance(left, exp.Coalesce) and left.expressions == [right]:
            return f"({_subject(left.this)} is blank or {before} {day})"
        shift = _shift(left)
        if shift is None:
            return f"{_subject(left)} is {before} {day}"
        column, number, unit = shift
        return f"{_subject(column)} is {far} {_value(number)} {unit} before {day}"
    if isinstance(right, exp.Literal) or _call(right) == "param":
        dated = _call(right) == "param" and right.expressions[0].name in days
        return f"{_subject(left)} is {before if dated else _NUMBERS[type(node)]} {_value(right)}"
    raise _UnsaidError


def _shift(node: exp.Expr) -> tuple[exp.Expr, exp.Expr, str] | None:
    """Take a day that is moved by days or months apart."""
    if isinstance(node, exp.AddMonths):
        return node.this, node.args["expression"], "months"
    if _call(node) == "add_days":
        return node.expressions[0], node.expressions[1], "days"
    return None


def _with_default(node: exp.Expr) -> tuple[str, str | None]:
    """Name what is asked about, and what a blank counts as."""
    if isinstance(node, exp.Coalesce) and len(node.expressions) == 1 and isinstance(node.expressions[0], exp.Literal):
        return _subject(node.this), node.expressions[0].name
    return _subject(node), None


def _subject(node: exp.Expr) -> str:
    """Name a column, whatever its case and spaces, or a parameter."""
    while isinstance(node, exp.Lower | exp.Upper | exp.Trim | exp.Paren):
        node = node.this
    if isinstance(node, exp.Column):
        return str(node.sql())
    if _call(node) == "param":
        return f"the parameter {node.expressions[0].name}"
    raise _UnsaidError


def _value(node: exp.Expr) -> str:
    """Give a text, a number, or the name of a parameter in braces."""
    if isinstance(node, exp.Literal):
        return str(node.name).replace("{", "{{").replace("}", "}}")
    if _call(node) == "param":
        return f"{{{node.expressions[0].name}}}"
    raise _UnsaidError


def _is_null(node: exp.Expr) -> bool:
    return isinstance(node, exp.Is) and isinstance(node.expression, exp.Null)


def _call(node: exp.Expr) -> str | None:
    """Name the function of ours that is called."""
    return str(node.this).lower() if isinstance(node, exp.Anonymous) else None
