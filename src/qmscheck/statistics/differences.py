"""Did a share change? Two waves of different persons, or the same ones asked twice."""

from __future__ import annotations

import math

from qmscheck.statistics.intervals import Interval, Sides, counted
from qmscheck.statistics.proportions import chance_of_at_most, wilson

__all__ = ["mcnemar", "newcombe", "newcombe_paired"]


def newcombe(k1: int, n1: int, k2: int, n2: int, *, confidence: float = 0.95, sides: Sides = 2) -> Interval:
    """Give the interval of k1 / n1 - k2 / n2 (-1 to 1), two independent groups: hybrid of two score intervals.

    R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10. ValueError as for `proportions.wilson`.
    """
    one, two = (wilson(k, n, confidence=confidence, sides=sides) for k, n in ((k1, n1), (k2, n2)))
    p1, p2 = k1 / n1, k2 / n2
    below = math.hypot(p1 - one.low, two.high - p2)
    above = math.hypot(one.high - p1, p2 - two.low)
    return Interval(p1 - p2 - below, p1 - p2 + above, confidence, sides, "Newcombe hybrid score")


def newcombe_paired(
    both: int, first: int, second: int, neither: int, *, confidence: float = 0.95, sides: Sides = 2
) -> Interval:
    """Give the interval of a change in share (first wave minus second, -1 to 1) where the same persons answered twice.

    Counts of persons: hit in both waves, only in the first, only in the second, in neither.
    R. G. Newcombe, Statistics in Medicine 17 (1998) 2635-2650, method 10: square-and-add of two score intervals with
    the correlation of the waves, continuity corrected. ValueError: a negative count, no person at all, confidence.
    """
    n = _persons(both, first, second, neither)
    k1, k2 = both + first, both + second
    one, two = (wilson(k, n, confidence=confidence, sides=sides) for k in (k1, k2))
    p1, p2 = k1 / n, k2 / n
    tied = _correlation(both, first, second, neither)
    below = _joined(p1 - one.low, two.high - p2, tied)
    above = _joined(one.high - p1, p2 - two.low, tied)
    difference = (first - second) / n
    return Interval(difference - below, difference + above, confidence, sides, "Newcombe paired score")


def mcnemar(first: int, second: int) -> float:
    """Give the exact two-sided p value of "nothing changed", from those who changed: hit only first, only second.

    Q. McNemar, Psychometrika 12 (1947) 153-157, by the binomial distribution. 1 where nobody changed.
    ValueError: a negative count.
    """
    changed = first + second
    if min(first, second) < 0:
        raise ValueError(f"{first} and {second} are not two counts")
    return 1.0 if changed == 0 else min(1.0, 2 * chance_of_at_most(min(first, second), changed, 0.5))


def _persons(*counts: int) -> int:
    if min(counts) < 0:
        raise ValueError(f"counts below zero: {', '.join(map(str, counts))}")
    counted(0, sum(counts))
    return sum(counts)


def _correlation(both: int, first: int, second: int, neither: int) -> float:
    """Give phi of the two waves, drawn towards zero by half a person each way."""
    spread = (both + first) * (second + neither) * (both + second) * (first + neither)
    if spread == 0:
        return 0.0
    product = both * neither - first * second
    half = (both + first + second + neither) / 2
    return (min(product, 0) or max(product - half, 0)) / math.sqrt(spread)


def _joined(one: float, two: float, tied: float) -> float:
    return math.sqrt(max(0.0, one * one - 2 * tied * one * two + two * two))
