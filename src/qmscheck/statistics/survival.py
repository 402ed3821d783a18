"""How long things take when some are still open: Kaplan-Meier. Means of closed cases flatter; this does not.

Durations are in any unit (days), 0 or more. The engine counts first: how many closed, and how many were last seen open,
at each duration.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from qmscheck.statistics.intervals import Estimate, Interval, Sides, tail
from qmscheck.statistics.quantiles import normal_quantile

__all__ = ["Counted", "Step", "curve", "time_until", "within"]

_METHOD = "Kaplan-Meier, log-log"


class Counted(NamedTuple):
    """How many cases closed after exactly this long, and how many were still open when last seen, after this long."""

    duration: float
    closed: int
    open: int


class Step(NamedTuple):
    """The curve after one duration: cases under watch just before it, closed at it, the share still open after it, and
    Greenwood's sum for the variance.
    """

    duration: float
    watched: int
    closed: int
    still_open: float
    greenwood: float


def curve(cases: Iterable[Counted]) -> tuple[Step, ...]:
    """Give the share still open after each duration, in ascending order; equal durations may be given in parts.

    E. L. Kaplan and P. Meier, JASA 53 (1958) 457-481; M. Greenwood (1926). A case open at a duration outlasts those
    that close at it. ValueError: no case, a negative count, a duration that is negative or infinite.
    """
    ordered = sorted(cases)
    if any(not 0 <= d < math.inf or min(closed, still) < 0 for d, closed, still in ordered):
        raise ValueError("durations are 0 or more, and so are numbers of cases")
    watched = sum(closed + still for _, closed, still in ordered)
    if watched == 0:
        raise ValueError("no case: there is no share of nothing")
    steps, share, total = [], 1.0, 0.0
    for duration, same in groupby(ordered, key=lambda case: case.duration):
        parts = list(same)
        closed, gone = sum(c.closed for c in parts), sum(c.closed + c.open for c in parts)
        if closed:
            share *= 1 - closed / watched
            total += closed / (watched * (watched - closed)) if closed < watched else math.inf
        if gone:
            steps.append(Step(duration, watched, closed, share, total))
        watched -= gone
    return tuple(steps)


def within(steps: tuple[Step, ...], limit: float, *, confidence: float = 0.95, sides: Sides = 2) -> Estimate:
    """Give the share (0 to 1) closed within a limit (inclusive), counting open cases as long as they were watched.

    Interval: Greenwood's variance on the log-log scale (J. D. Kalbfleisch and R. L. Prentice, The Statistical Analysis
    of Failure Time Data, 1980, 1.3); exact (Clopper-Pearson) where none or all have closed. Beyond the
    longest watch, if some were open then, the value is None: only the share closed by then is known, as the lower end.
    ValueError: no step, confidence outside 0..1.
    """
    z, alpha = _checked(steps, confidence, sides)
    reached = [step for step in steps if step.duration <= limit]
    last = reached[-1] if reached else None
    low, high = _closed_between(steps, last, z, alpha)
    if limit > steps[-1].duration and steps[-1].still_open > 0:
        return Estimate(None, Interval(low, 1.0, confidence, sides, _METHOD))
    value = 1 - last.still_open if last else 0.0
    return Estimate(value, Interval(low, high, confidence, sides, _METHOD))


def time_until(steps: tuple[Step, ...], share: float = 0.5, *, confidence: float = 0.95, sides: Sides = 2) -> Estimate:
    """Give the duration by which a share of cases (0.5: the median) is closed; None and inf where it is not reached.

    The interval holds the durations at which the interval of the curve holds the share (R. Brookmeyer and J. Crowley,
    Biometrics 38 (1982) 29-41). ValueError: no step, share outside 0..1 (ends excluded), confidence outside 0..1.
    """
    if not 0 < share < 1:
        raise ValueError(f"a share of cases lies between 0 and 1, not at {share}")
    z, alpha = _checked(steps, confidence, sides)
    ends = [(step, _closed_between(steps, step, z, alpha)) for step in steps]
    value = next((step.duration for step in steps if 1 - step.still_open >= share - 1e-12), None)
    low = next((step.duration for step, (_, most) in ends if most >= share), math.inf)
    high = next((step.duration for step, (least, _) in ends if least >= share), math.inf)
    return Estimate(value, Interval(low, high, confidence, sides, _METHOD))


def _checked(steps: tuple[Step, ...], confidence: float, sides: Sides) -> tuple[float, float]:
    if not steps:
        raise ValueError("no case: there is no share of nothing")
    alpha = tail(confidence, sides)
    return normal_quantile(alpha), alpha


def _closed_between(steps: tuple[Step, ...], at: Step | None, z: float, alpha: float) -> tuple[float, float]:
    """Give the interval of the share closed by a step."""
    if at is None or at.still_open == 1:
        watched = at.watched if at else steps[0].watched
        return 0.0, -math.expm1(math.log(alpha) / watched)
    if at.still_open == 0:
        closed = sum(step.closed for step in steps)
        return math.exp(math.log(alpha) / closed), 1.0
    reach = z * math.sqrt(at.greenwood) / -math.log(at.still_open)
    least_open, most_open = at.still_open ** math.exp(reach), at.still_open ** math.exp(-reach)
    return 1 - most_open, 1 - least_open
