"""A log of events as one record for each case: what its first, its last, or any of its events says.

A cell of a case is unreadable where the events do not show it: the event that decides cannot be read, nobody knows
which event came first, or the log begins after the case did.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qmscheck.sql.select import PLACE
from qmscheck.sql.statement import statement
from qmscheck.sql.trees import exp

__all__ = ["BEGIN", "CASE", "ORDER", "Fold", "case_counts", "cases", "ending_in", "stray"]

#: Columns of the typed events: what names the case, what orders its events, and what its first event has.
CASE, ORDER, BEGIN = "_case", "_order", "_begin"

_OPEN_ENDED = 9_000_000_000


@dataclass(frozen=True)
class Fold:
    """How cells are taken from the events: for each column first, last, first filled, last filled, min, max or count.

    `flagged` are the columns with a flag for what cannot be read; `begin` what the first event has, None if unasked.
    """

    takes: Mapping[str, str]
    flagged: frozenset[str]
    begin: str | None


@statement
def cases(events: str, fold: Fold) -> exp.Expr:
    """Write one record for each case, with a flag for each column, and the place of its last event."""
    below = _numbered(events).subquery("_e", copy=False)
    cells: list[exp.Expr] = []
    flags: list[exp.Expr] = []
    for column, take in fold.takes.items():
        unknown = exp.func("coalesce", _unknown(column, take, fold), exp.true())
        known = exp.not_(exp.paren(unknown.copy(), copy=False), copy=False)
        taken = exp.Case(ifs=[exp.If(this=known, true=_taken(column, take))])
        cells.append(exp.alias_(taken, column, quoted=True, copy=False))
        flags.append(exp.alias_(unknown, f"_u_{column}", quoted=True, copy=False))
    places = [exp.alias_(_only(exp.AnyValue(this=_column(p)), _at("_m")), p, quoted=True, copy=False) for p in PLACE]
    named = exp.not_(exp.Is(this=_column(CASE), expression=exp.null()), copy=False)
    found = exp.select(*cells, *flags, *places).from_(below, copy=False).where(named, copy=False)
    return found.group_by(_column(CASE), copy=False)


@statement
def case_counts(events: str, fold: Fold) -> exp.Expr:
    """Count the events, the cases, the cases that the log does not begin with, and those with an event out of order."""
    below = _numbered(events).subquery("_e", copy=False)
    per_case = exp.select(
        exp.alias_(exp.Count(this=exp.Star()), "events", copy=False),
        exp.alias_(_late(fold), "late", copy=False),
        exp.alias_(_loose(), "loose", copy=False),
    ).from_(below, copy=False)
    named = exp.not_(exp.Is(this=_column(CASE), expression=exp.null()), copy=False)
    per_case = per_case.where(named, copy=False).group_by(_column(CASE), copy=False)
    return exp.select(
        exp.Sum(this=exp.column("events")),
        exp.Count(this=exp.Star()),
        exp.CountIf(this=exp.column("late")),
        exp.CountIf(this=exp.column("loose")),
    ).from_(per_case.subquery("_c", copy=False), copy=False)


@statement
def stray(events: str) -> exp.Expr:
    """Fetch the rows of the events that name no case."""
    blank = exp.Is(this=_column(CASE), expression=exp.null())
    found = exp.select(_column("_row")).from_(exp.to_table(events, quoted=True), copy=False)
    return found.where(blank, copy=False).order_by(_column("_row"), copy=False)


@statement
def ending_in(made: str, source: int) -> exp.Expr:
    """Select the cases whose last event is in the extract of that number."""
    here = exp.EQ(this=_column("_source"), expression=exp.Literal.number(source))
    return exp.select(exp.Star()).from_(exp.to_table(made, quoted=True), copy=False).where(here, copy=False)


def _numbered(events: str) -> exp.Select:
    """Number the events of each case from its beginning (_n) and from its end (_m); those out of order come last.

    At the same time, they are in the order of their files and rows.
    """
    numbers = []
    for name, desc in (("_n", False), ("_m", True)):
        order = exp.Order(
            expressions=[
                exp.Ordered(this=_column(ORDER), desc=desc, nulls_first=False),
                exp.Ordered(this=_column("_source"), desc=desc, nulls_first=False),
                exp.Ordered(this=_column("_row"), desc=desc, nulls_first=False),
            ]
        )
        window = exp.Window(this=exp.RowNumber(), partition_by=[_column(CASE)], order=order)
        numbers.append(exp.alias_(window, name, quoted=True, copy=False))
    return exp.select(exp.Star(), *numbers).from_(exp.to_table(events, quoted=True), copy=False)


def _taken(column: str, take: str) -> exp.Expr:
    value = _column(column)
    match take:
        case "first" | "last":
            return _only(exp.AnyValue(this=value), _at("_n" if take == "first" else "_m"))
        case "first filled" | "last filled":
            number = _column("_n" if take == "first filled" else "_m")
            return exp.Anonymous(this="arg_min", expressions=[value, number])
        case "min":
            return exp.Min(this=value)
        case "max":
            return exp.Max(this=value)
        case _:
            return exp.Count(this=value)


def _unknown(column: str, take: str, fold: Fold) -> exp.Expr:
    """Write that the events do not show what a case has in a column."""
    flag: exp.Expr = _column(f"_u_{column}") if column in fold.flagged else exp.false()
    parts: list[exp.Expr] = []
    match take:
        case "first" | "last":
            here = exp.and_(flag, _at("_n" if take == "first" else "_m"), copy=False)
            parts += [_any(here), _loose()]
        case "first filled" | "last filled":
            number = _column("_n" if take == "first filled" else "_m")
            filled = exp.not_(exp.Is(this=_column(column), expression=exp.null()), copy=False)
            last = exp.Literal.number(_OPEN_ENDED)
            unread = exp.func("coalesce", _only(exp.Min(this=number.copy()), flag), last)
            read = exp.func("coalesce", _only(exp.Min(this=number.copy()), filled), last.copy())
            parts += [exp.LT(this=unread, expression=read), _loose()]
        case "min" | "max":
            parts.append(_any(flag))
        case _:
            parts.append(exp.false())
    if take in {"first", "first filled", "min", "count"}:
        parts.append(_late(fold))
    return exp.or_(*parts, copy=False)


def _late(fold: Fold) -> exp.Expr:
    """Write that the log does not hold the beginning of a case."""
    if fold.begin is None:
        return exp.false()
    same = exp.EQ(this=exp.Lower(this=_column(BEGIN)), expression=exp.Literal.string(fold.begin.strip().lower()))
    begun = _any(exp.and_(_at("_n"), same, copy=False))
    return exp.not_(exp.func("coalesce", begun, exp.false()), copy=False)


def _loose() -> exp.Expr:
    """Write that an event of the case has no place in the order."""
    return _any(exp.Is(this=_column(ORDER), expression=exp.null()))


def _at(number: str) -> exp.Expr:
    return exp.EQ(this=_column(number), expression=exp.Literal.number(1))


def _any(condition: exp.Expr) -> exp.Expr:
    return exp.LogicalOr(this=condition)


def _only(aggregate: exp.Expr, condition: exp.Expr) -> exp.Expr:
    return exp.Filter(this=aggregate, expression=exp.Where(this=condition.copy()))


def _column(name: str) -> exp.Column:
    return exp.column(name, quoted=True)
