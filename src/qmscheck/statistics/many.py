"""Many looks at once: the worst of several units, mixes that mislead, and what two lists together miss."""

from __future__ import annotations

import math
from collections.abc import Sequence

from qmscheck.statistics.intervals import Estimate, Interval, counted, tail
from qmscheck.statistics.quantiles import normal_quantile

__all__ = ["chapman", "holm", "simpson"]

Count = tuple[int, int]


def holm(chances: Sequence[float]) -> tuple[float, ...]:
    """Adjust p values of several tests, in their order: one at or below 1 - confidence stands although many were made.

    S. Holm, Scandinavian Journal of Statistics 6 (1979) 65-70. ValueError: a p value outside 0..1.
    """
    if not all(0 <= chance <= 1 for chance in chances):
        raise ValueError("a p value lies between 0 and 1")
    adjusted, worst = [0.0] * len(chances), 0.0
    for done, place in enumerate(sorted(range(len(chances)), key=chances.__getitem__)):
        worst = max(worst, min(1.0, (len(chances) - done) * chances[place]))
        adjusted[place] = worst
    return tuple(adjusted)


def simpson(first: Sequence[Count], second: Sequence[Count]) -> bool:
    """Say whether the whole moves one way while no stratum moves with it and at least one moves against it.

    (k, n) of each stratum in the first and in the second wave, in the same order; exact. E. H. Simpson, Journal of the
    Royal Statistical Society B 13 (1951) 238-241; domain.md 9.7. A stratum that is empty, (0, 0), in a wave moves
    nowhere. ValueError: strata that do not match, counts that cannot be, a wave without records.
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} strata do not match {len(second)}")
    for k, n in (*first, *second):
        if (k, n) != (0, 0):
            counted(k, n)
    whole = _move(_sum(first), _sum(second))
    moves = [_move(a, b) for a, b in zip(first, second, strict=True) if a[1] and b[1]]
    return whole != 0 and -whole in moves and whole not in moves


def chapman(first: int, second: int, both: int, *, confidence: float = 0.95) -> Estimate:
    """Estimate how many there are in all from two independent lists and those on both (capture and recapture).

    D. G. Chapman, University of California Publications in Statistics 1 (1951) 131-160 (Lincoln-Petersen without its
    bias); variance G. A. F. Seber, Biometrika 57 (1970) 313-318; interval log-normal over those on no list, never below
    what was seen (A. Chao, Biometrics 43 (1987) 783-791). For information only: lists are rarely independent.
    ValueError: an empty list, more on both than on one, confidence outside 0..1.
    """
    counted(both, first)
    counted(both, second)
    seen = first + second - both
    total = (first + 1) * (second + 1) / (both + 1) - 1
    spread = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    z, unseen, method = normal_quantile(tail(confidence, 2)), total - seen, "Chapman, log-normal"
    if spread == 0:
        return Estimate(total, Interval(total, total, confidence, 2, method))
    factor = math.exp(z * math.sqrt(math.log1p(spread / unseen**2)))
    return Estimate(total, Interval(seen + unseen / factor, seen + unseen * factor, confidence, 2, method))


def _sum(counts: Sequence[Count]) -> Count:
    k, n = sum(k for k, _ in counts), sum(n for _, n in counts)
    counted(k, n)
    return k, n


def _move(first: Count, second: Count) -> int:
    """Say whether a share rises (1), falls (-1) or stays (0)."""
    rise = second[0] * first[1] - first[0] * second[1]
    return (rise > 0) - (rise < 0)
