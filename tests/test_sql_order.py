"""A duration that is bounded above and may be negative is told to the author of a rule, unless the order is asked for."""

from __future__ import annotations

import pytest

from qmscheck.sql.expression import Scope, parse_condition
from qmscheck.sql.kinds import Kind
from qmscheck.sql.order import backwards
from qmscheck.sql.select import RowTest

DAYS = {"id": Kind.TEXT, "received": Kind.DATE, "closed": Kind.DATE, "days": Kind.INTEGER}
SCOPE = Scope({"complaints": DAYS}, "complaints", {"days": Kind.INTEGER}, frozenset())
SHORT = "days_between(received, closed) <= 5"
TOLD = {"A": ("days_between(received, closed)", "closed >= received")}


def rule(must: str, where: str | None = None, *, invert: bool = False) -> RowTest:
    scope = None if where is None else parse_condition(where, SCOPE)
    return RowTest("complaints", ("id",), scope=scope, must=parse_condition(must, SCOPE), invert=invert)


@pytest.mark.parametrize(
    "must",
    [
        SHORT,
        "5 > days_between(received, closed)",
        f"{SHORT} and id is not null",
        f"{SHORT} and closed <= add_days(received, 9)",  # a bound is no order
        f"{SHORT} and received >= closed",  # the wrong order
        f"{SHORT} and received <= as_of()",  # an order of other days
    ],
)
def test_a_duration_that_may_be_negative_is_told_with_the_order_that_is_missing(must: str) -> None:
    assert backwards({"A": rule(must)}) == TOLD


@pytest.mark.parametrize(
    "must",
    [
        f"closed >= received and {SHORT}",
        f"{SHORT} and received < closed",
        f"{SHORT} and received between date '2026-01-01' and closed",
        f"{SHORT} and closed between received and as_of()",
        f"{SHORT} and closed >= coalesce(received, as_of())",
        "days_between(received, closed) >= 5",
        "not (days_between(received, closed) <= 5)",
        "days_between(received, closed) between 0 and 5",
    ],
)
def test_a_duration_whose_order_is_asked_for_or_that_is_not_bounded_above_is_not_told(must: str) -> None:
    assert backwards({"A": rule(must)}) == {}


def test_another_rule_may_ask_for_the_order_and_only_its_own_scope_says_it() -> None:
    order = "closed >= received"
    assert backwards({"A": rule(SHORT), "B": rule(order)}) == {}
    assert backwards({"A": rule(SHORT, where=order)}) == {}
    assert backwards({"A": rule(SHORT), "B": rule("id is not null", where=order)}) == TOLD


def test_the_day_of_the_audit_ends_a_duration_too_and_what_is_asked_for_the_other_way_round_is_not_told() -> None:
    young = "hours_between(received, as_of()) < days"
    told = {"A": ("hours_between(received, as_of())", "as_of() >= received")}
    assert backwards({"A": rule(young)}) == told
    assert backwards({"A": rule(f"received <= as_of() and {young}")}) == {}
    assert backwards({"A": rule(young, invert=True)}) == {}
