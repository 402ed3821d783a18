"""Intervals against a target, and the counts and confidences that cannot be."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmscheck.statistics.intervals import Interval, against, counted, level, tail


def made(low, high):
    return Interval(low, high, 0.95, 2, "by hand")


@pytest.mark.parametrize(
    ("low", "high", "at_least", "at_most"),
    [
        (0.8, 0.9, "met", "not shown"),
        (0.79, 0.81, "not shown", "not shown"),
        (0.7, 0.8, "not shown", "met"),
        (0.7, 0.79, "missed", "met"),
        (0.81, 0.9, "met", "missed"),
        (0.8, 0.8, "met", "met"),
    ],
)
def test_an_interval_meets_a_target_misses_it_or_does_not_show(low, high, at_least, at_most):
    assert against(made(low, high), 0.8) == at_least
    assert against(made(low, high), 0.8, at_least=False) == at_most


@given(st.integers(1, 1000), st.data())
def test_a_target_may_be_exact_and_a_known_share_that_equals_it_meets_it(n, data):
    k = data.draw(st.integers(0, n))
    known = made(k / n, k / n)
    for at_least in (True, False):
        assert against(known, Fraction(k, n), at_least=at_least) == "met"
    assert against(known, Fraction(2 * k + 1, 2 * n)) == "missed"


def test_a_confidence_is_read_as_it_is_written():
    assert level(0.95) == Fraction(19, 20)
    assert tail(0.95, 1) == 0.05
    assert tail(0.95, 2) == 0.025


@pytest.mark.parametrize("confidence", [0, 1, -0.1, 95, float("nan")])
def test_a_confidence_outside_0_to_1_is_refused(confidence):
    with pytest.raises(ValueError, match="between 0 and 1"):
        tail(confidence, 2)


def test_an_interval_has_one_side_or_two():
    with pytest.raises(ValueError, match="1 or 2 sides, not 3"):
        tail(0.95, 3)


def test_one_side_held_with_less_than_a_half_is_refused():
    assert tail(0.4, 2) == 0.3
    with pytest.raises(ValueError, match="less than a coin"):
        tail(0.4, 1)


@pytest.mark.parametrize(
    ("part", "whole", "said"), [(0, 0, "no share of nothing"), (-1, 5, "-1 of 5"), (6, 5, "6 of 5")]
)
def test_counts_that_cannot_be_are_refused(part, whole, said):
    with pytest.raises(ValueError, match=said):
        counted(part, whole)
