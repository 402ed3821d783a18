"""Draws without replacement: chances of a hypergeometric count, and the population counts that a draw leaves possible.

Floating point decides where it is clear; where a chance is within a billionth of the limit, integers decide, so that
a tie (19 of 20 read, one bad: exactly 5 %) falls the same way on every machine. Draws of many thousands, where integers
would take minutes and a tie is one record of many, are left to floating point.
"""

from __future__ import annotations

import math
from fractions import Fraction

from qmscheck.statistics.intervals import Sides, counted, level, tail
from qmscheck.statistics.quantiles import binomial_log

__all__ = ["at_most_chance", "failing_between", "failing_most", "reaches"]

_CLEAR = 1e-9
_MANY = 1_000_000


def failing_between(k: int, n: int, population: int, *, confidence: float = 0.95, sides: Sides = 2) -> tuple[int, int]:
    """Give the least and the greatest number failing in the population that k failing of n drawn do not refute.

    ValueError: n < 1, k outside 0..n, population < n, confidence outside 0..1.
    """
    counted(k, n)
    counted(n, population)
    most = failing_most(k, n, population, confidence=confidence, sides=sides)
    fewest_good = population - failing_most(n - k, n, population, confidence=confidence, sides=sides)
    return fewest_good, most


def failing_most(k: int, n: int, population: int, *, confidence: float = 0.95, sides: Sides = 1) -> int:
    """Give the greatest number failing in the population under which k or fewer of n drawn is not too rare.

    Too rare is a chance of at most 1 - confidence (halved for two sides). ValueError as for `failing_between`.
    """
    counted(k, n)
    counted(n, population)
    tail(confidence, sides)
    alpha = (1 - level(confidence)) / sides
    low, high = k, population - n + k
    while low < high:
        middle = (low + high + 1) // 2
        if reaches(k, n, middle, population, alpha):
            high = middle - 1
        else:
            low = middle
    return low


def reaches(k: int, n: int, failing: int, population: int, alpha: Fraction) -> bool:
    """Say whether k or fewer failing among n drawn has a chance of at most alpha."""
    chance = at_most_chance(k, n, failing, population)
    clear = abs(chance - float(alpha)) > _CLEAR * float(alpha)
    few, many = sorted((n, failing))  # the two change places without changing a chance
    if clear or few * (k + 1) > _MANY:
        return chance <= alpha
    seen = range(max(0, few + many - population), k + 1)
    part = sum(math.comb(many, i) * math.comb(population - many, few - i) for i in seen)
    return part * alpha.denominator <= alpha.numerator * math.comb(population, few)


def at_most_chance(k: int, n: int, failing: int, population: int) -> float:
    """Give the chance that at most k of n drawn without replacement fail, where so many of the population do.

    Counts with 0 <= failing <= population and 0 <= n <= population; otherwise ValueError.
    """
    if not 0 <= failing <= population or not 0 <= n <= population:
        raise ValueError(f"{n} drawn and {failing} failing of {population} is not possible")
    least, most = max(0, n + failing - population), min(n, failing)
    if k < least:
        return 0.0
    if k >= most:
        return 1.0
    if k * (population + 2) <= n * failing:
        return _downwards(k, n, failing, population)
    return 1 - _downwards(n - k - 1, n, population - failing, population)


def _downwards(k: int, n: int, failing: int, population: int) -> float:
    """Add the chances of k, k - 1, ... failing, which shrink below the mode."""
    total = term = 1.0
    good = population - failing
    for i in range(k, max(0, n - good), -1):
        term *= i * (good - n + i) / ((failing - i + 1) * (n - i + 1))
        total += term
        if term < total * 1e-17:
            break
    hit, missed = n / population, (population - n) / population
    logs = binomial_log(k, failing, hit, missed) + binomial_log(n - k, good, hit, missed)
    return total * math.exp(logs - binomial_log(n, population, hit, missed))
