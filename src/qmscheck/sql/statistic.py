"""What a measure reads of each record: values and dates as checked expressions, and the tables beside them.

A value that decides is put together from checked parts only; nothing here is text of an author.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from qmscheck.cache import digest
from qmscheck.sql.expression import Expression
from qmscheck.sql.kinds import Kind
from qmscheck.sql.trees import exp

__all__ = ["EXACT", "By", "Other", "Statistic", "known_case", "known_value"]

By = Literal["month", "quarter", "year"]

#: Values are taken to six decimals, so that sums are exact whatever their order.
EXACT = "decimal(18, 6)"


@dataclass(frozen=True)
class Other:
    """Another table that the records are held against: an exposure, a base, reactions.

    `value` is what is summed there (None: records are counted), `date` their date, `group` the column of a mix, `units`
    the columns by which a rate is told apart.
    """

    table: str
    keys: tuple[str, ...]
    where: Expression | None = None
    value: Expression | None = None
    date: Expression | None = None
    group: Expression | None = None
    units: tuple[Expression, ...] = ()

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """All that it reads."""
        own = (self.where, self.value, self.date, self.group, *self.units)
        return tuple(e for e in own if e is not None)


@dataclass(frozen=True)
class Statistic:
    """What is measured of each record of a table.

    `value` is a number or, for a share, a condition; `below` the number under a ratio. `opened` and `closed` are the
    dates of a case, `hours` says that it is measured in hours. `date` places a record in a series. `known` is true of a
    record of which all that can be read.
    """

    kind: str
    known: Expression | None = None
    value: Expression | None = None
    below: Expression | None = None
    opened: Expression | None = None
    closed: Expression | None = None
    hours: bool = False
    date: Expression | None = None
    exposure: Other | None = None
    base: Other | None = None
    group: Expression | None = None
    answered: Expression | None = None
    reaction: Other | None = None

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """All that it reads, of its own table and of others."""
        own = (self.value, self.below, self.opened, self.closed, self.date, self.group, self.answered)
        return (*(e for e in own if e is not None), *(e for o in self.others for e in o.expressions))

    @property
    def others(self) -> tuple[Other, ...]:
        """The other tables."""
        return tuple(o for o in (self.exposure, self.base, self.reaction) if o is not None)


def known_value(
    values: tuple[Expression, ...], scale: tuple[float, float] | None, date: Expression | None = None
) -> Expression:
    """Write that all values of a record can be read (and lie on the scale): true, else NULL.

    A condition counts as read also where it is NULL: that is a blank cell, which never is a hit.
    """

    def read() -> exp.Expr:
        parts: list[exp.Expr] = []
        for value in values:
            if value.kind is Kind.BOOLEAN:
                parts.append(_filled(exp.func("coalesce", value.tree.copy(), exp.false())))
            elif scale is None:
                parts.append(_filled(_exact(value)))
            else:
                low, high = (_number(end) for end in scale)
                parts.append(exp.Between(this=_exact(value), low=low, high=high))
        if date is not None:
            parts.append(_filled(date.tree.copy()))
        return _case(parts)

    return _made("known", (*values, *([date] if date is not None else [])), (scale, date is not None), read)


def known_case(opened: Expression, closed: Expression) -> Expression:
    """Write that a case can be measured: it was opened on or before the audit, and not closed before it was opened."""

    def read() -> exp.Expr:
        start, end = opened.tree, closed.tree
        order = exp.or_(
            exp.Is(this=end.copy(), expression=exp.null()), exp.GTE(this=end.copy(), expression=start.copy())
        )
        begun = exp.LTE(this=_day(start), expression=exp.Anonymous(this="as_of"))
        return _case([begun, exp.paren(order)])

    return _made("case", (opened, closed), (), read)


def _made(
    name: str, parts: tuple[Expression, ...], given: tuple[object, ...], read: Callable[[], exp.Expr]
) -> Expression:
    """Put an expression together; it reads what its parts read, and is known by them."""
    return Expression(
        text=f"{name}({', '.join(p.text for p in parts)})",
        kind=Kind.BOOLEAN,
        columns=tuple(dict.fromkeys(c for p in parts for c in p.columns)),
        params=tuple(dict.fromkeys(n for p in parts for n in p.params)),
        terms=tuple(dict.fromkeys(n for p in parts for n in p.terms)),
        fingerprint=digest(name, tuple(p.fingerprint for p in parts), given),
        read=read,
    )


def _case(conditions: list[exp.Expr]) -> exp.Expr:
    return exp.Case(ifs=[exp.If(this=exp.and_(*conditions, copy=False), true=exp.true())])


def _exact(value: Expression) -> exp.Expr:
    return exp.TryCast(this=value.tree.copy(), to=exp.DataType.build(EXACT))


def _filled(node: exp.Expr) -> exp.Expr:
    return exp.not_(exp.paren(exp.Is(this=node, expression=exp.null())), copy=False)


def _day(node: exp.Expr) -> exp.Expr:
    return exp.cast(node.copy(), "date", copy=False)


def _number(value: float) -> exp.Expr:
    number = exp.Literal.number(repr(abs(value)))
    return exp.Neg(this=number) if value < 0 else number
