"""Did something happen? Control charts: limits from a frozen baseline, and the points that ask "what happened?".

Points are in order of time. The first `baseline` of them (all, where it is None; 12 at least, 20 are better) set the
limits and stay frozen until somebody decides otherwise. Two rules only, as more multiply false alarms (domain.md 9.6):
a point beyond a limit, and eight in a row on one side of the centre line; a point on the line ends a run.
Every function raises TooLittle where the baseline is shorter than 12 or does not vary, so that it sets no limits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from qmscheck.statistics.intervals import TooLittle, counted

__all__ = ["Chart", "Point", "Signal", "g", "laney_p", "laney_u", "p", "t", "u", "xmr"]

_BASELINE = 12
RUN = 8
_D2 = 1.128  # mean range of two normal values, in standard deviations
_POWER = 3.6

Widen = Callable[[Sequence[float]], float]
Rule = Literal["beyond a limit", "eight on one side"]


@dataclass(frozen=True, slots=True)
class Point:
    """One value, with the centre line and limits that hold for it (-inf or inf where there is none), in its unit."""

    value: float
    low: float
    centre: float
    high: float


@dataclass(frozen=True, slots=True)
class Signal:
    """The place of a point (from 0) that asks what happened, which rule says so, and on which side it lies."""

    place: int
    rule: Rule
    side: Literal["above", "below"]


@dataclass(frozen=True, slots=True)
class Chart:
    """Points with limits, the signals among them in order of time, and how many points set the limits."""

    kind: str
    points: tuple[Point, ...]
    signals: tuple[Signal, ...]
    baseline: int


def xmr(values: Sequence[float], *, baseline: int | None = None) -> Chart:
    """Chart single values: mean, and 3 moving ranges / 1.128 each way (2.66 times the mean moving range).

    W. A. Shewhart's limits for individuals: D. C. Montgomery, Introduction to Statistical Quality Control, 6.4.
    ValueError: a value that is infinite or not a number.
    """
    size = _baseline(len(values), baseline)
    if not all(map(math.isfinite, values)):
        raise ValueError("a chart shows numbers: one value is infinite or not a number")
    centre, reach = _individuals(values[:size])
    points = [Point(v, centre - reach, centre, centre + reach) for v in values]
    return _chart("XmR", points, size)


def p(counts: Sequence[tuple[int, int]], *, baseline: int | None = None) -> Chart:
    """Chart shares (k, n) per period, each with its own limits for its n, within 0 and 1 (Montgomery 7.2).

    ValueError: n < 1, k outside 0..n.
    """
    return _shares("p", counts, baseline, _unit)


def laney_p(counts: Sequence[tuple[int, int]], *, baseline: int | None = None) -> Chart:
    """Chart shares (k, n) as `p`, with limits as much wider (or narrower) as the baseline really varies: Laney's p'.

    For large n, where binomial limits become too tight. D. B. Laney, Quality Engineering 14 (2002) 531-537.
    """
    return _shares("Laney p'", counts, baseline, _spread_of)


def u(counts: Sequence[tuple[int, float]], *, baseline: int | None = None) -> Chart:
    """Chart events per exposure, given as (events, exposure) per period, each with its own limits (Montgomery 7.3).

    ValueError: events < 0, exposure not above 0.
    """
    return _rates("u", counts, baseline, _unit)


def laney_u(counts: Sequence[tuple[int, float]], *, baseline: int | None = None) -> Chart:
    """Chart events per exposure as `u`, with limits as much wider as the baseline really varies: Laney's u' (2002)."""
    return _rates("Laney u'", counts, baseline, _spread_of)


def g(gaps: Sequence[int], *, baseline: int | None = None) -> Chart:
    """Chart how many good ones lie between two rare events (geometric); the centre line is the median, for the runs.

    Limits are mean +- 3 sqrt(m (m + 1)), not below 0: a single short gap is no signal, a run of short ones is.
    J. C. Benneyan, Health Care Management Science 4 (2001) 305-318. ValueError: a gap below 0.
    """
    size = _baseline(len(gaps), baseline)
    if min(gaps) < 0:
        raise ValueError(f"a gap of {min(gaps)} is not possible")
    mean = math.fsum(gaps[:size]) / size
    if mean == 0:
        raise TooLittle("the baseline has nothing between its events: use a p chart")
    reach = 3 * math.sqrt(mean * (mean + 1))
    centre = math.log(0.5) / -math.log1p(1 / mean)
    return _chart("g", [Point(v, max(0.0, mean - reach), centre, mean + reach) for v in gaps], size)


def t(gaps: Sequence[float], *, baseline: int | None = None) -> Chart:
    """Chart the time between two rare events (in any unit): individuals of gap^(1/3.6), turned back into time.

    L. S. Nelson, Journal of Quality Technology 26 (1994) 239-240; Montgomery 7.3.5. ValueError: a gap below 0.
    """
    size = _baseline(len(gaps), baseline)
    if min(gaps) < 0 or not all(map(math.isfinite, gaps)):
        raise ValueError("a time between events is 0 or more, and finite")
    centre, reach = _individuals([v ** (1 / _POWER) for v in gaps[:size]])
    low, middle, high = (max(0.0, x) ** _POWER for x in (centre - reach, centre, centre + reach))
    return _chart("t", [Point(v, low, middle, high) for v in gaps], size)


def _shares(kind: str, counts: Sequence[tuple[int, int]], baseline: int | None, widen: Widen) -> Chart:
    size = _baseline(len(counts), baseline)
    for k, n in counts:
        counted(k, n)
    centre = sum(k for k, _ in counts[:size]) / sum(n for _, n in counts[:size])
    if centre in (0, 1):
        raise TooLittle("the baseline does not vary: all of it, or nothing, was counted")
    spreads = [math.sqrt(centre * (1 - centre) / n) for _, n in counts]
    values = [k / n for k, n in counts]
    wider = widen([(v - centre) / s for v, s in zip(values[:size], spreads, strict=False)])
    points = [
        Point(v, max(0.0, centre - 3 * s * wider), centre, min(1.0, centre + 3 * s * wider))
        for v, s in zip(values, spreads, strict=True)
    ]
    return _chart(kind, points, size)


def _rates(kind: str, counts: Sequence[tuple[int, float]], baseline: int | None, widen: Widen) -> Chart:
    size = _baseline(len(counts), baseline)
    if any(events < 0 or not 0 < exposure < math.inf for events, exposure in counts):
        raise ValueError("events are 0 or more, and each exposure is above 0")
    centre = sum(events for events, _ in counts[:size]) / math.fsum(exposure for _, exposure in counts[:size])
    if centre == 0:
        raise TooLittle("the baseline has no event: chart the time between events")
    spreads = [math.sqrt(centre / exposure) for _, exposure in counts]
    values = [events / exposure for events, exposure in counts]
    wider = widen([(v - centre) / s for v, s in zip(values[:size], spreads, strict=False)])
    points = [
        Point(v, max(0.0, centre - 3 * s * wider), centre, centre + 3 * s * wider)
        for v, s in zip(values, spreads, strict=True)
    ]
    return _chart(kind, points, size)


def _unit(_: Sequence[float]) -> float:
    return 1.0


def _spread_of(scores: Sequence[float]) -> float:
    """Give the short-term standard deviation of standardised values."""
    return _individuals(scores)[1] / 3


def _individuals(values: Sequence[float]) -> tuple[float, float]:
    """Give the mean, and how far the limits lie from it."""
    ranges = [abs(b - a) for a, b in pairwise(values)]
    reach = 3 * math.fsum(ranges) / len(ranges) / _D2
    if reach == 0:
        raise TooLittle("the baseline does not vary: it sets no limits")
    return math.fsum(values) / len(values), reach


def _baseline(n: int, wanted: int | None) -> int:
    size = n if wanted is None else wanted
    if size < _BASELINE or size > n:
        raise TooLittle(f"{min(size, n)} points set no limits: a baseline takes {max(_BASELINE, size)}")
    return size


def _chart(kind: str, points: Sequence[Point], baseline: int) -> Chart:
    signals: list[Signal] = []
    run = side = 0
    for place, point in enumerate(points):
        on_line = math.isclose(point.value, point.centre, rel_tol=1e-12)
        now = 0 if on_line else 1 if point.value > point.centre else -1
        run = run + 1 if now == side else 1
        side = now
        where: Literal["above", "below"] = "above" if side > 0 else "below"
        if point.value > point.high or point.value < point.low:
            signals.append(Signal(place, "beyond a limit", where))
        if side and run >= RUN:
            signals.append(Signal(place, "eight on one side", where))
    return Chart(kind, tuple(points), tuple(signals), baseline)
