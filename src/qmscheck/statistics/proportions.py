"""Shares: k of n, with what they do not tell. Every share is 0 to 1; k and n are counts of records."""

from __future__ import annotations

import math

from qmscheck.statistics.finite import failing_between
from qmscheck.statistics.intervals import Interval, Sides, counted, tail
from qmscheck.statistics.quantiles import beta_quantile, beta_tail, normal_quantile

__all__ = ["chance_of_at_most", "clopper_pearson", "hypergeometric", "none_of", "wilson"]


def wilson(k: int, n: int, *, confidence: float = 0.95, sides: Sides = 2, population: int | None = None) -> Interval:
    """Give the score interval of a share: the usual one, good from small n on.

    E. B. Wilson, Journal of the American Statistical Association 22 (1927) 209-212. With a `population` (n drawn
    without replacement from so many) n counts as n (N - 1) / (N - n), which is the finite-population correction of the
    variance, and the interval keeps within what was seen: k of N at least, k and all unseen at most. Of a whole
    population the share is known: both ends are k / n.
    ValueError: n < 1, k outside 0..n, population < n, confidence outside 0..1.
    """
    counted(k, n)
    z = normal_quantile(tail(confidence, sides))
    if population is None:
        low, high = _score(k, n - k, z)
        return Interval(min(low, k / n), max(high, k / n), confidence, sides, "Wilson")
    counted(n, population)
    method = "Wilson with finite-population correction"
    if population == n:
        return Interval(k / n, k / n, confidence, sides, method)
    scale = (population - 1) / (population - n)
    low, high = _score(k * scale, (n - k) * scale, z)
    low, high = max(low, k / population), min(high, (population - n + k) / population)
    return Interval(min(low, k / n), max(high, k / n), confidence, sides, method)


def clopper_pearson(k: int, n: int, *, confidence: float = 0.95, sides: Sides = 2) -> Interval:
    """Give the exact interval of a share: it holds with at least the confidence, whatever the share is.

    C. J. Clopper and E. S. Pearson, Biometrika 26 (1934) 404-413, by quantiles of the beta distribution. Independent
    observations (or a population that is many times n). ValueError as for `wilson`.
    """
    counted(k, n)
    alpha = tail(confidence, sides)
    low = high = 0.0
    if k == n:
        low, high = math.exp(math.log(alpha) / n), 1.0
    elif k == 0:
        high = -math.expm1(math.log(alpha) / n)
    else:
        low = beta_quantile(alpha, k, n - k + 1)
        high = beta_quantile(alpha, k + 1, n - k, upper=True)
    return Interval(low, high, confidence, sides, "Clopper-Pearson")


def hypergeometric(k: int, n: int, population: int, *, confidence: float = 0.95, sides: Sides = 2) -> Interval:
    """Give the exact interval of a share in a finite population, from n of it drawn at random without replacement.

    The ends are counts of the population divided by its size: the least and the greatest count under which k is not
    in a tail of at most 1 - confidence (halved for two sides). J. P. Buonaccorsi, The American Statistician 41 (1987)
    215-218. ValueError: n < 1, k outside 0..n, population < n, confidence outside 0..1.
    """
    least, most = failing_between(k, n, population, confidence=confidence, sides=sides)
    return Interval(least / population, most / population, confidence, sides, "exact hypergeometric")


def none_of(n: int, *, confidence: float = 0.95) -> float:
    """Give the greatest share that none in n leaves possible, one-sided; about 3 / n at 95 % ("rule of three").

    Exact: 1 - (1 - confidence)^(1/n). J. A. Hanley and A. Lippman-Hand, JAMA 249 (1983) 1743-1745.
    ValueError: n < 1, confidence outside 0..1.
    """
    return clopper_pearson(0, n, confidence=confidence, sides=1).high


def chance_of_at_most(k: int, n: int, share: float) -> float:
    """Give the chance of k or fewer in n independent observations, where each is a hit with chance `share` (0 to 1).

    The exact one-sided p value of "the share is lower"; for `many.holm`. ValueError: n < 1, k outside 0..n, share
    outside 0..1.
    """
    counted(k, n)
    if not 0 <= share <= 1:
        raise ValueError(f"a share lies between 0 and 1, not at {share}")
    return 1.0 if k == n else beta_tail(1 - share, share, n - k, k + 1)


def _score(k: float, miss: float, z: float) -> tuple[float, float]:
    """Solve Wilson's quadratic, each end in the form that loses no digits; k and misses may be weighted counts."""
    n = k + miss
    root = z * math.sqrt(z * z + 4 * k * miss / n)
    low = 2 * k * k / n / (2 * k + z * z + root) if k else 0.0
    high = (2 * k + z * z + root) / (2 * (n + z * z)) if miss else 1.0
    return low, high
