"""Is a series by period rising or falling? Rank tests and slopes, that do not mind outliers or skew.

A series is one value per period, in order of time, all in one unit; None is a period without a value. Slopes are in
that unit per period. Tests walk all pairs: series of periods, not of records (1,000 periods take about a second).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, combinations

from qmscheck.statistics.autocorrelation import hamed_rao_factor, lag_one, yue_wang_factor
from qmscheck.statistics.intervals import Estimate, Interval, TooLittle, tail
from qmscheck.statistics.quantiles import normal_quantile, normal_tail

__all__ = ["Series", "Trend", "hamed_rao", "mann_kendall", "prewhitened", "yue_wang"]

_MINIMUM = 8  # with 4 no order is rare enough for 5 %, with 5 only a perfect one (domain.md 9.5)
EXACT = 40
_ROUNDING = 1e-12

Series = Sequence[float | None]
Points = list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Trend:
    """What a rank test found: the number of values, rises less falls over all pairs (s) and its variance, the chances
    without a trend of an s as high (`p_rising`), as low (`p_falling`), as far from 0 (`p`), and the median slope.
    """

    n: int
    s: int
    variance: float
    p_rising: float
    p_falling: float
    p: float
    slope: Estimate
    method: str


def mann_kendall(series: Series, *, confidence: float = 0.95) -> Trend:
    """Test for a monotonic trend, as if neighbouring periods were independent and there were no season.

    H. B. Mann, Econometrica 13 (1945) 245-259; M. G. Kendall, Rank Correlation Methods (1975). Exact without ties up to
    40 values, else normal with the correction for ties and continuity. Slope: P. K. Sen, JASA 63 (1968) 1379-1389,
    interval after R. O. Gilbert, Statistical Methods for Environmental Pollution Monitoring (1987) 16.3-16.4, 17.
    TooLittle: fewer than 8 values, or all the same. ValueError: a value that is no number, confidence outside 0..1.
    """
    points = checked(series)
    return _tested(points, 1.0, confidence, "Mann-Kendall")


def hamed_rao(series: Series, *, confidence: float = 0.95) -> Trend:
    """Test as `mann_kendall`, with the variance widened (or narrowed) for lags of significant autocorrelation.

    K. H. Hamed and A. R. Rao, Journal of Hydrology 204 (1998) 182-196. To compare with others who use it: with 100
    values it still gives 8 to 17 % false alarms instead of 5 (docs/decisions/0012). Raises as `mann_kendall`.
    """
    points = checked(series)
    return _tested(points, hamed_rao_factor(_flat(points)), confidence, "Mann-Kendall, Hamed-Rao")


def yue_wang(series: Series, *, confidence: float = 0.95) -> Trend:
    """Test as `mann_kendall`, with the variance widened for first-order autocorrelation: the usual choice.

    S. Yue and C. Y. Wang, Water Resources Management 18 (2004) 201-218; lag 1 only, corrected for its bias in short
    series (M. G. Kendall, Biometrika 41 (1954) 403-404), and never narrowed. Raises as `mann_kendall`.
    """
    points = checked(series)
    return _tested(points, yue_wang_factor(_flat(points)), confidence, "Mann-Kendall, Yue-Wang")


def prewhitened(series: Series, *, confidence: float = 0.95) -> Trend:
    """Test what each period adds to the part that the one before explains: few false alarms, and little power.

    H. von Storch, in Analysis of Climate Variability (1995) 11-26: values less r times the value before, r being the
    autocorrelation at lag 1; the slope is divided by 1 - r again. Costs one value, and power where r is large.
    Raises as `mann_kendall`; where gaps leave fewer than 7 values, TooLittle.
    """
    points = checked(series)
    r = lag_one(points)
    known = dict(points)
    left = [(t, v - r * known[t - 1]) for t, v in points if t - 1 in known]
    return _tested(_enough(left, _MINIMUM - 1), 1.0, confidence, "Mann-Kendall, pre-whitened", scale=1 - r)


def checked(series: Series, minimum: int = _MINIMUM) -> Points:
    """Give the (place, value) of the periods that have one; refuse what no test can answer (see `mann_kendall`)."""
    points = [(t, float(v)) for t, v in enumerate(series) if v is not None]
    if not all(math.isfinite(v) for _, v in points):
        raise ValueError("a series holds numbers: one value is infinite or not a number")
    return _enough(points, minimum)


def score(values: Sequence[float]) -> tuple[int, float]:
    """Give s (rises less falls over all pairs) and its variance, corrected for ties."""
    n, s = len(values), sum((b > a) - (b < a) for a, b in combinations(values, 2))
    ties = sum(_spread(count) for count in Counter(values).values())
    return s, (_spread(n) - ties) / 18


def normal_chances(s: int, variance: float) -> tuple[float, float]:
    """Give the chances of an s at least, and at most, this high: normal, with continuity correction."""
    if variance <= 0:
        return 1.0, 1.0
    root = math.sqrt(variance)
    return normal_tail((s - 1) / root), normal_tail((-s - 1) / root)


def sen(pairs: Iterator[float], variance: float, confidence: float, *, scale: float = 1.0) -> Estimate:
    """Give the median of pairwise slopes, with the interval that the variance of s allows; divided by `scale`."""
    slopes = sorted(pairs)
    middle = (slopes[(len(slopes) - 1) // 2] + slopes[len(slopes) // 2]) / 2
    reach = normal_quantile(tail(confidence, 2)) * math.sqrt(variance)
    low = _between(slopes, (len(slopes) - reach) / 2)
    high = _between(slopes, (len(slopes) + reach) / 2 + 1)
    return Estimate(middle / scale, Interval(low / scale, high / scale, confidence, 2, "Sen's slope"))


def _tested(points: Points, factor: float, confidence: float, method: str, *, scale: float = 1.0) -> Trend:
    values = [v for _, v in points]
    s, variance = score(values)
    slope = sen(_slopes(points), variance * factor, confidence, scale=scale)
    exact = factor == 1 and len(values) <= EXACT and len(set(values)) == len(values)
    rising, falling = _exact_chances(s, len(values)) if exact else normal_chances(s, variance * factor)
    both = min(1.0, 2 * min(rising, falling))
    kind = ", exact" if exact else ", normal"
    return Trend(len(values), s, variance * factor, rising, falling, both, slope, method + kind)


def _exact_chances(s: int, n: int) -> tuple[float, float]:
    """Give the chances of an s at least, and at most, this high, when all n! orders are alike (no ties)."""
    ways = [1]
    for m in range(2, n + 1):
        up_to = list(accumulate(ways + [0] * (m - 1)))
        ways = [one - (up_to[place - m] if place >= m else 0) for place, one in enumerate(up_to)]
    rises = (s + n * (n - 1) // 2) // 2
    whole = math.factorial(n)
    return sum(ways[rises:]) / whole, sum(ways[: rises + 1]) / whole


def _slopes(points: Points) -> Iterator[float]:
    return ((b - a) / (u - t) for (t, a), (u, b) in combinations(points, 2))


def _flat(points: Points) -> Points:
    """Take Sen's line out. What is left of an exact line is nothing, and not the rounding of its numbers."""
    slope = sen(_slopes(points), 0.0, 0.95).value or 0.0
    left = [(t, v - slope * t) for t, v in points]
    height = max(abs(v) for _, v in points) * _ROUNDING
    rest = [v for _, v in left]
    return [(t, 0.0) for t, _ in left] if max(rest) - min(rest) <= height else left


def _between(ordered: Sequence[float], rank: float) -> float:
    """Give the value at a rank (from 1), between neighbours where it is not whole; beyond the ends, infinity."""
    if rank < 1:
        return -math.inf
    if rank > len(ordered):
        return math.inf
    below = math.floor(rank)
    above = min(below + 1, len(ordered))
    return ordered[below - 1] + (rank - below) * (ordered[above - 1] - ordered[below - 1])


def _enough(points: Points, minimum: int = _MINIMUM) -> Points:
    if len(points) < minimum:
        number = "1 value" if len(points) == 1 else f"{len(points)} values"
        raise TooLittle(f"{number} cannot show a trend: it takes {minimum}")
    if len({v for _, v in points}) == 1:
        raise TooLittle("all values are the same: there is nothing to test")
    return points


def _spread(n: int) -> int:
    return n * (n - 1) * (2 * n + 5)
