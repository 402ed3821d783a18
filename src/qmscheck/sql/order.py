"""Durations that a condition bounds above, and of which nothing says that they end after they begin.

`days_between(a, b) <= 5` holds, too, where b lies before a: a negative number is less than any bound. Only an author
knows whether that is meant (an early delivery) or a slip of the pen in the records. Library of this room: sqlglot.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from qmscheck.sql.expression import Expression
from qmscheck.sql.select import RowTest
from qmscheck.sql.trees import exp
from qmscheck.sql.words import CLOCK, DURATIONS

__all__ = ["backwards"]

#: What moves a day: beside it, a comparison is a bound and no order.
_MOVED = {"add_days", "add_months"}


def backwards(tests: Mapping[str, RowTest]) -> dict[str, tuple[str, str]]:
    """Give, by rule, the first duration that a test takes for short where it is negative, and what would say its order.

    The order is known where a rule asks it of records, or its own scope says it. What must not be there (`lacks`, and
    what is counted at most) is no better for a negative duration.
    """
    asked = [order for test in tests.values() for one in _asked(test) for order in _orders(one)]
    found: dict[str, tuple[str, str]] = {}
    for rule, test in tests.items():
        known = [*asked, *(_orders(test.scope) if test.scope is not None else ())]
        for short in () if test.invert or test.unknown_met else _bounded(test):
            begin, end = short.expressions
            low, high = _named(begin), _named(end)
            if low and high and not any(low & one and high & other for one, other in known):
                found.setdefault(rule, (_said(short, test), f"{_said(end, test)} >= {_said(begin, test)}"))
    return found


def _bounded(test: RowTest) -> Iterator[exp.Expr]:
    """Give the durations that a test bounds above."""
    for condition in _asked(test):
        for node in condition.tree.find_all(exp.LT, exp.LTE, exp.GT, exp.GTE):
            short = node.this if isinstance(node, exp.LT | exp.LTE) else node.expression
            if _name(short) in DURATIONS and node.find_ancestor(exp.Not) is None:
                yield short


def _said(node: exp.Expr, test: RowTest) -> str:
    return node.sql().replace('"', "").lower().replace(f"{test.table}.", "")


def _asked(test: RowTest) -> Iterator[Expression]:
    """Give what is asked of a record: the condition, or that of its match."""
    for one in (test.must, None if test.related is None or test.lacks else test.related.where):
        if one is not None:
            yield one


def _orders(condition: Expression) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """Give, of each comparison, what is less and what is more."""
    for node in condition.tree.find_all(exp.LT, exp.LTE, exp.GT, exp.GTE):
        low, high = _named(node.this), _named(node.expression)
        yield (low, high) if isinstance(node, exp.LT | exp.LTE) else (high, low)
    for within in condition.tree.find_all(exp.Between):
        middle = _named(within.this)
        yield _named(within.args["low"]), middle
        yield middle, _named(within.args["high"])


def _named(node: exp.Expr) -> frozenset[str]:
    """Name the columns and clocks whose days a side holds as they are."""
    if isinstance(node, exp.Column):
        return frozenset({node.sql()})
    name = _name(node)
    if name in CLOCK:
        return frozenset({name})
    if name in {*DURATIONS, *_MOVED}:
        return frozenset()
    return frozenset(found for child in node.iter_expressions() for found in _named(child))


def _name(node: exp.Expr) -> str:
    return str(node.this).lower() if isinstance(node, exp.Anonymous) else ""
