"""Events per exposure: complaints per order, failures per year. Exposure is in any unit, above 0; rates are per one."""

from __future__ import annotations

import math

from qmscheck.statistics.intervals import Interval, Sides, tail
from qmscheck.statistics.proportions import clopper_pearson
from qmscheck.statistics.quantiles import gamma_quantile

__all__ = ["enough", "poisson", "ratio"]


_MOST_EVENTS = 1e9


def poisson(events: int, exposure: float, *, confidence: float = 0.95, sides: Sides = 2) -> Interval:
    """Give the exact interval of a rate; with no event its upper end is -ln(alpha) / exposure (3.0 at one-sided 95 %).

    F. Garwood, Biometrika 28 (1936) 437-442, by quantiles of the gamma distribution.
    ValueError: events < 0, exposure not above 0, confidence outside 0..1.
    """
    _possible(events, exposure)
    alpha = tail(confidence, sides)
    low, high = _least(events, alpha) / exposure, _most(events, alpha) / exposure
    return Interval(low, high, confidence, sides, "exact Poisson (Garwood)")


def ratio(
    events1: int, exposure1: float, events2: int, exposure2: float, *, confidence: float = 0.95, sides: Sides = 2
) -> Interval:
    """Give the interval of rate 1 / rate 2, exact given all events: each event falls into one of the two exposures.

    J. Przyborowski and H. Wilenski, Biometrika 31 (1940) 313-323; Clopper-Pearson for the share of the first. Without
    an event in the second the upper end is inf; without any event nothing is known: 0 to inf.
    ValueError: a count < 0, an exposure not above 0, confidence outside 0..1.
    """
    _possible(events1, exposure1)
    _possible(events2, exposure2)
    method = "conditional binomial (exact)"
    if events1 + events2 == 0:
        tail(confidence, sides)
        return Interval(0.0, math.inf, confidence, sides, method)
    share = clopper_pearson(events1, events1 + events2, confidence=confidence, sides=sides)
    low, high = (p / (1 - p) * (exposure2 / exposure1) if p < 1 else math.inf for p in (share.low, share.high))
    return Interval(low, high, confidence, sides, method)


def enough(
    events: int,
    exposure: float,
    target: float,
    *,
    at_least: bool = False,
    confidence: float = 0.95,
    sides: Sides = 2,
) -> float | None:
    """Give the exposure (this and more) that would show a rate at or below `target`, if the rate stays as it is.

    `at_least=True`: at or above. Garwood's ends, with events in proportion to exposure. None where the observed rate
    lies on the target or on its wrong side, or so near that it takes a billion events.
    ValueError as for `poisson`, and for a target below 0.
    """
    _possible(events, exposure)
    alpha, rate = tail(confidence, sides), events / exposure
    if target < 0:
        raise ValueError(f"a rate is not below zero: {target}")
    if rate <= target if at_least else rate >= target:
        return None

    def shown(seen: float) -> bool:
        here = rate * seen
        return _least(here, alpha) >= target * seen if at_least else _most(here, alpha) <= target * seen

    low = high = exposure
    while not shown(high):
        low, high = high, high * 2
        if rate * high > _MOST_EVENTS:
            return None
    while high - low > 1e-9 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if shown(middle) else (middle, high)
    return high


def _least(events: float, alpha: float) -> float:
    return gamma_quantile(alpha, events) if events > 0 else 0.0


def _most(events: float, alpha: float) -> float:
    return gamma_quantile(alpha, events + 1, upper=True) if events > 0 else -math.log(alpha)


def _possible(events: int, exposure: float) -> None:
    if events < 0:
        raise ValueError(f"{events} events are not possible")
    if not 0 < exposure < math.inf:
        raise ValueError(f"there is no rate per an exposure of {exposure}")
