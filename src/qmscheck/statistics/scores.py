"""Scores: net promoter score, means, medians and percentiles, ratios of means. All from counts and moments."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from qmscheck.statistics.finite import at_most_chance
from qmscheck.statistics.intervals import Estimate, Interval, Sides, TooLittle, counted, tail
from qmscheck.statistics.quantiles import beta_tail, normal_quantile, t_quantile

__all__ = ["Ranks", "enough", "mean", "nps", "quantile", "quantile_ranks", "ratio_of_means"]


class Ranks(NamedTuple):
    """Places in ascending order, from 1; None where the interval has no end because n is too small."""

    low: int | None
    high: int | None


def nps(
    promoters: int,
    passives: int,
    detractors: int,
    *,
    confidence: float = 0.95,
    sides: Sides = 2,
    population: int | None = None,
) -> Interval:
    """Give the interval of a net promoter score in points (-100 to 100), from the numbers of 9-10, 7-8 and 0-6.

    Adjusted Wald: three answers more (3/4, 3/2, 3/4). B. Rocks, The American Statistician 70 (2016) 365-372;
    domain.md 9.3. With a `population`, answers count as n (N - 1) / (N - n), as in `proportions.wilson`; of a whole
    population the score is known. ValueError: a negative count, no answer, population < n, confidence outside 0..1.
    """
    if min(promoters, passives, detractors) < 0:
        raise ValueError(f"counts below zero: {promoters}, {passives}, {detractors}")
    n = promoters + passives + detractors
    counted(0, n)
    z = normal_quantile(tail(confidence, sides))
    scale, method = 1.0, "adjusted Wald (Rocks)"
    if population is not None:
        counted(n, population)
        method += " with finite-population correction"
        if n == population:
            score = 100 * (promoters - detractors) / n
            return Interval(score, score, confidence, sides, method)
        scale = (population - 1) / (population - n)
    whole = n * scale + 3
    up, down = (promoters * scale + 0.75) / whole, (detractors * scale + 0.75) / whole
    half = 100 * z * math.sqrt((up + down - (up - down) ** 2) / whole)
    middle = 100 * (up - down)
    return Interval(max(-100.0, middle - half), min(100.0, middle + half), confidence, sides, method)


def mean(
    n: int,
    average: float,
    deviation: float,
    *,
    confidence: float = 0.95,
    sides: Sides = 2,
    population: int | None = None,
) -> Interval:
    """Give Student's interval of a mean, in the unit of the values; `deviation` is the sample's (divided by n - 1).

    "Student", Biometrika 6 (1908) 1-25. With a `population` the standard error shrinks by sqrt(1 - n / N) (Cochran,
    Sampling Techniques, 1977, 2.6). ValueError: n < 1, a negative deviation, population < n, confidence outside 0..1;
    TooLittle: n = 1, because one value shows no spread (but a population of one is known).
    """
    counted(0, n)
    if not 0 <= deviation < math.inf:
        raise ValueError(f"a standard deviation of {deviation} is not possible")
    alpha, shrink = tail(confidence, sides), 1.0
    if population is not None:
        counted(n, population)
        shrink = math.sqrt(1 - n / population)
    if n == 1 and shrink:
        raise TooLittle("one value shows no spread")
    half = t_quantile(alpha, n - 1) * deviation / math.sqrt(n) * shrink if shrink else 0.0
    return Interval(average - half, average + half, confidence, sides, "Student's t")


def quantile_ranks(
    n: int,
    share: float = 0.5,
    *,
    confidence: float = 0.95,
    sides: Sides = 2,
    population: int | None = None,
) -> Ranks:
    """Give the ranks of the ordered values between which a percentile lies; `share` 0.5 is the median, 0.9 the 90th.

    Exact and without any assumption on the distribution (binomial; W. J. Conover, Practical Nonparametric Statistics,
    3rd ed. 1999, 3.2). With a `population` (n drawn without replacement from so many) it is hypergeometric, about the
    smallest value that at least `share` of the population do not exceed (J. Sedransk and J. Meyer, Journal of the Royal
    Statistical Society B 40 (1978) 239-252). ValueError: n < 1, population < n, share outside 0..1 (ends excluded),
    confidence outside 0..1.
    """
    counted(0, n)
    if not 0 < share < 1:
        raise ValueError(f"a percentile lies between 0 and 1, not at {share}")
    alpha = tail(confidence, sides)
    if population is None:
        low, mirrored = _rank(n, share, alpha), _rank(n, 1 - share, alpha)
    else:
        counted(n, population)
        place = math.ceil(Fraction(str(share)) * population)
        low = _rank_of_draw(n, place, population, alpha)
        mirrored = _rank_of_draw(n, population - place + 1, population, alpha)
    return Ranks(low or None, n + 1 - mirrored if mirrored else None)


def quantile(values: Sequence[float], share: float = 0.5, *, confidence: float = 0.95, sides: Sides = 2) -> Interval:
    """Give the interval of a percentile of these values (any order, their unit); -inf or inf where n is too small.

    See `quantile_ranks`.
    """
    ranks = quantile_ranks(len(values), share, confidence=confidence, sides=sides)
    ordered = sorted(values)
    low = -math.inf if ranks.low is None else ordered[ranks.low - 1]
    high = math.inf if ranks.high is None else ordered[ranks.high - 1]
    return Interval(low, high, confidence, sides, "order statistics (binomial)")


def ratio_of_means(
    n: int,
    top: float,
    bottom: float,
    top_variance: float,
    bottom_variance: float,
    covariance: float,
    *,
    confidence: float = 0.95,
    sides: Sides = 2,
    population: int | None = None,
) -> Estimate:
    """Give top / bottom, two means over the same n records (so a ratio of totals), with Fieller's interval.

    Variances and covariance of the sample (divided by n - 1). E. C. Fieller, Journal of the Royal Statistical Society B
    16 (1954) 175-185, with Student's t. With a `population` variances and covariance shrink by 1 - n / N (Cochran,
    Sampling Techniques, 1977, 6.5). Where the lower mean may be zero the interval is -inf to inf.
    ValueError: n < 1, population < n, a negative variance, a covariance that cannot be, confidence; TooLittle: n = 1
    (but a population of one is known), or bottom = 0.
    """
    counted(0, n)
    if min(top_variance, bottom_variance) < 0 or covariance**2 > top_variance * bottom_variance * (1 + 1e-9):
        raise ValueError("these variances and this covariance are not possible")
    shrink = 1.0
    if population is not None:
        counted(n, population)
        shrink = 1 - n / population
    if bottom == 0:
        raise TooLittle("there is no ratio to a mean of zero")
    if n == 1 and shrink:
        raise TooLittle("one record shows no spread")
    alpha, method = tail(confidence, sides), "Fieller" + (" with finite-population correction" if population else "")
    if not shrink:
        return Estimate(top / bottom, Interval(top / bottom, top / bottom, confidence, sides, method))
    weight = t_quantile(alpha, n - 1) ** 2 / n * shrink
    a = bottom**2 - weight * bottom_variance
    b = top * bottom - weight * covariance
    c = top**2 - weight * top_variance
    if a <= 0:
        return Estimate(top / bottom, Interval(-math.inf, math.inf, confidence, sides, method))
    root = math.sqrt(max(0.0, b * b - a * c))
    return Estimate(top / bottom, Interval((b - root) / a, (b + root) / a, confidence, sides, method))


def enough(
    n: int,
    value: float,
    deviation: float,
    target: float,
    *,
    at_least: bool = True,
    confidence: float = 0.95,
    sides: Sides = 2,
) -> int | None:
    """Give how many answers (n and more) would show a mean or NPS at or above `target`, if value and spread stay.

    (z s / gap)^2, by the normal distribution; for NPS s is 100 sqrt(p + d - (p - d)^2). `at_least=False`: at or below.
    None where the value lies on the target or on its wrong side. ValueError: n < 1, a negative deviation, confidence.
    """
    counted(0, n)
    if not 0 <= deviation < math.inf:
        raise ValueError(f"a standard deviation of {deviation} is not possible")
    gap = value - target if at_least else target - value
    z = normal_quantile(tail(confidence, sides))
    return max(n, math.ceil((z * deviation / gap) ** 2)) if gap > 0 else None


def _rank(n: int, share: float, alpha: float) -> int:
    """Give the greatest r with at most alpha for fewer than r of n below the percentile; 0 where there is none."""
    low, high = 0, n
    while low < high:
        middle = (low + high + 1) // 2
        fewer = beta_tail(1 - share, share, n - middle + 1, middle)
        low, high = (middle, high) if fewer <= alpha * (1 + 1e-12) else (low, middle - 1)
    return low


def _rank_of_draw(n: int, place: int, population: int, alpha: float) -> int:
    """Give the greatest r with at most alpha for fewer than r of n drawn among the `place` lowest of the population."""
    low, high = 0, n
    while low < high:
        middle = (low + high + 1) // 2
        fewer = at_most_chance(middle - 1, n, place, population)
        low, high = (middle, high) if fewer <= alpha * (1 + 1e-12) else (low, middle - 1)
    return low
