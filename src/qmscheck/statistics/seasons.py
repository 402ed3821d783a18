"""Trends where the time of year matters: each month is compared with the same month of other years only."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations

from qmscheck.statistics.intervals import TooLittle
from qmscheck.statistics.quantiles import normal_quantile
from qmscheck.statistics.trends import Points, Series, Trend, checked, normal_chances, score, sen

__all__ = ["seasonal_mann_kendall"]

_YEARS = 2
_YEARS_DEPENDENT = 5


def seasonal_mann_kendall(
    series: Series, *, period: int = 12, dependent: bool = False, confidence: float = 0.95
) -> Trend:
    """Test for a trend within seasons; `period` seasons a year (12 months, 4 quarters), from whole years.

    R. M. Hirsch, J. R. Slack and R. A. Smith, Water Resources Research 18 (1982) 107-121; with `dependent` months,
    R. M. Hirsch and J. R. Slack, ibid. 20 (1984) 727-732, which needs years: 5 at least, 10 are better. The slope is
    the median over pairs within seasons, per period (times `period`: per year).
    TooLittle: no whole years, fewer than two (monthly: 24 values), all values of each season the same, or so few that
    even a perfect order would not be shown at 5 %. ValueError: period < 2, an infinite value, a gap with `dependent`.
    """
    if period < 2:
        raise ValueError(f"a year of {period} seasons has no season")
    points = checked(series)
    years = _years(series, period, _YEARS_DEPENDENT if dependent else _YEARS)
    seasons = [[(t, v) for t, v in points if t % period == g] for g in range(period)]
    scores = [score([v for _, v in season]) for season in seasons]
    s = sum(one for one, _ in scores)
    variance = math.fsum(one for _, one in scores)
    if variance == 0:
        raise TooLittle("within each season all values are the same: there is nothing to test")
    _may_show(seasons, variance)
    method = "seasonal Mann-Kendall (Hirsch-Slack-Smith)"
    if dependent:
        if len(points) < len(series):
            raise ValueError("months that depend on each other are tested without gaps only")
        variance += 2 * math.fsum(_covariance(a, b, years) for a, b in combinations(seasons, 2))
        method = "seasonal Mann-Kendall (Hirsch-Slack)"
    rising, falling = normal_chances(s, variance)
    slope = sen(_slopes(seasons), max(0.0, variance), confidence)
    both = min(1.0, 2 * min(rising, falling))
    return Trend(len(points), s, variance, rising, falling, both, slope, method)


def _years(series: Series, period: int, least: int) -> int:
    years, rest = divmod(len(series), period)
    if rest or years < least:
        raise TooLittle(
            f"{len(series)} periods are {years} years and {rest} more: it takes whole years, {least} or more"
        )
    return years


def _may_show(seasons: Sequence[Points], variance: float) -> None:
    most = sum(len(season) * (len(season) - 1) // 2 for season in seasons)
    if (most - 1) / math.sqrt(variance) < normal_quantile(0.025):
        raise TooLittle("so few years cannot show a trend, even if every season rose each year")


def _slopes(seasons: Sequence[Points]) -> Iterator[float]:
    return ((b - a) / (u - t) for season in seasons for (t, a), (u, b) in combinations(season, 2))


def _covariance(one: Points, two: Points, years: int) -> float:
    """Give the covariance of the scores of two seasons (Hirsch and Slack 1984, equations 7 and 8, no gaps)."""
    pairs = list(zip(one, two, strict=True))
    together = sum(_sign(b - a) * _sign(d - c) for ((_, a), (_, c)), ((_, b), (_, d)) in combinations(pairs, 2))
    products = math.fsum(x * y for x, y in zip(_midranks(one), _midranks(two), strict=True))
    return (together + 4 * products - years * (years + 1) ** 2) / 3


def _midranks(season: Points) -> list[float]:
    values = [v for _, v in season]
    return [(len(values) + 1 + sum(_sign(v - w) for w in values)) / 2 for v in values]


def _sign(x: float) -> int:
    return (x > 0) - (x < 0)
