"""How much a period resembles those before it, and how much less its values tell for that.

Points are (place in time, value), in order; a missing place counts as an average one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

__all__ = ["hamed_rao_factor", "lag_one", "lagged", "yue_wang_factor"]

Points = Sequence[tuple[int, float]]
_MOST = 0.9


def lagged(points: Points, lag: int) -> float:
    """Give the autocorrelation (-1 to 1) at a lag of so many periods; 0 where the values do not vary."""
    middle = sum(v for _, v in points) / len(points)
    gaps = {t: v - middle for t, v in points}
    spread = math.fsum(g * g for g in gaps.values())
    shared = math.fsum(g * gaps[t + lag] for t, g in gaps.items() if t + lag in gaps)
    return shared / spread if spread > 0 else 0.0


def lag_one(points: Points) -> float:
    """Give the autocorrelation at lag 1, kept within -0.9 and 0.9 so that something is left when it is taken out."""
    return max(-_MOST, min(_MOST, lagged(points, 1)))


def yue_wang_factor(flat: Points) -> float:
    """Give by how much first-order autocorrelation widens the variance of s (1 or more), from values without trend.

    1 + 2 sum (1 - k / n) r^k (Yue and Wang 2004, equation 12 with r_k = r^k), r corrected for its bias around a fitted
    line, (n r + 2) / (n - 4).
    """
    n = len(flat)
    r = max(-_MOST, min(_MOST, (n * lagged(flat, 1) + 2) / (n - 4)))
    return max(1.0, 1 + 2 * math.fsum((1 - k / n) * r**k for k in range(1, n)))


def hamed_rao_factor(flat: Points) -> float:
    """Give by how much significant autocorrelation of ranks changes the variance of s, from values without trend.

    Hamed and Rao 1998, equation 18; lags beyond 1.96 / sqrt(n) count.
    """
    n = len(flat)
    ranks = _ranks([v for _, v in flat])
    placed = [(t, rank) for (t, _), rank in zip(flat, ranks, strict=True)]
    total = 0.0
    for lag in range(1, n - 2):
        r = lagged(placed, lag)
        if abs(r) > 1.96 / math.sqrt(n):
            total += (n - lag) * (n - lag - 1) * (n - lag - 2) * r
    return max(0.05, 1 + 2 * total / (n * (n - 1) * (n - 2)))


def _ranks(values: Sequence[float]) -> list[float]:
    """Give each value's rank; equal ones share the middle of theirs."""
    ordered = sorted(values)
    first = {v: i for i, v in reversed(list(enumerate(ordered, 1)))}
    last = {v: i for i, v in enumerate(ordered, 1)}
    return [(first[v] + last[v]) / 2 for v in values]
