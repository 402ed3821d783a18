"""How many to read, and how much more would show something. Sizes are counts of records; rates are shares, 0 to 1."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Literal

from qmscheck.statistics.finite import at_most_chance, reaches
from qmscheck.statistics.intervals import Sides, counted, level, tail
from qmscheck.statistics.proportions import clopper_pearson
from qmscheck.statistics.quantiles import normal_quantile

__all__ = ["accreditation_sites", "discovery_size", "enough", "finding_chance", "half_width", "plan_size", "root_size"]

Stage = Literal["initial", "surveillance", "recertification"]
_STAGES: dict[Stage, tuple[int, int]] = {"initial": (1, 1), "surveillance": (3, 5), "recertification": (4, 5)}


def discovery_size(population: int, rate: float, *, confidence: float = 0.95) -> int:
    """Give the smallest n so that no failing record among n drawn shows fewer than `rate` of the population failing.

    Hypergeometric, one-sided, exact at ties (domain.md 5.3). The whole population where nothing less will do.
    ValueError: population < 1, rate outside 0..1 (0 excluded), confidence outside 0..1.
    """
    counted(0, population)
    failing = math.ceil(_rate(rate) * population)
    alpha = 1 - level(confidence)
    low, high = 1, population - failing + 1
    while low < high:
        middle = (low + high) // 2
        if reaches(0, middle, failing, population, alpha):
            high = middle
        else:
            low = middle + 1
    return low


def plan_size(rate: float, failures: int = 0, *, confidence: float = 0.95, sides: Sides = 2) -> int:
    """Give the smallest n so that `failures` in n leaves an exact upper limit (Clopper-Pearson) of at most `rate`.

    The binomial plans of the FDA's Guide to Inspections of Quality Systems (QSIT, 1999, Sampling Plans, table 1) are
    the two-sided ones at 95 %, rounded: it prints 35 for 10 %, where the limit is 10.003 %; exactly it takes 36.
    ValueError: rate outside 0..1 (ends excluded), failures < 0, confidence outside 0..1.
    """
    tail(confidence, sides)
    if not 0 < _rate(rate) < 1 or failures < 0:
        raise ValueError(f"no plan for a limit of {rate} and {failures} failures")

    def shown(n: int) -> bool:
        return clopper_pearson(failures, n, confidence=confidence, sides=sides).high <= rate

    high = failures + 1
    while not shown(high):
        high *= 2
    low = high // 2 + 1 if high > failures + 1 else high
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if shown(middle) else (middle + 1, high)
    return low


def finding_chance(n: int, rate: float, *, population: int | None = None) -> float:
    """Give the chance that at least one of n drawn records shows a fault that `rate` of the records have.

    Without a population, 1 - (1 - rate)^n; with one, hypergeometric, where at least that share of it has the fault.
    ValueError: n < 1, n > population, rate outside 0..1 (0 excluded).
    """
    share = _rate(rate)
    if population is None:
        counted(0, n)
        return -math.expm1(n * math.log1p(-float(share))) if share < 1 else 1.0
    counted(0, n)
    counted(n, population)
    return 1 - at_most_chance(0, n, math.ceil(share * population), population)


def root_size(population: int) -> int:
    """Give the square root of a population, rounded up: the auditors' habit, for comparison. ValueError below 1."""
    counted(0, population)
    return math.isqrt(population - 1) + 1


def accreditation_sites(sites: int, stage: Stage) -> int:
    """Give how many sites accreditation rules ask for, besides the central function (IAF MD 1; domain.md 5.3, EA46).

    The square root of the number of sites, times 1, 0.6 (surveillance) or 0.8 (recertification), rounded up; exact.
    ValueError: sites < 1, or a stage that is none of these.
    """
    counted(0, sites)
    if stage not in _STAGES:
        raise ValueError(f"'{stage}' is none of {', '.join(_STAGES)}")
    top, bottom = _STAGES[stage]
    square = top * top * sites
    return math.isqrt((square - 1) // (bottom * bottom)) + 1


def enough(
    k: int,
    n: int,
    target: float,
    *,
    at_least: bool = True,
    confidence: float = 0.95,
    sides: Sides = 2,
    population: int | None = None,
) -> int | None:
    """Give how many observations (n and more) would show a share at or above `target`, if the share stays k / n.

    Inverts Wilson's interval (`proportions.wilson`): z^2 t (1 - t) / (p - t)^2; of a population with the
    finite-population correction, or as many as make it certain. Never fewer than n. `at_least=False`: at or below the
    target. None where the observed share lies on the wrong side, or exactly on the target: no number would show it.
    ValueError as for `wilson`, and for a target outside 0..1.
    """
    counted(k, n)
    if population is not None:
        counted(n, population)
    goal, share = Fraction(str(target)), Fraction(k, n)
    if not 0 <= goal <= 1:
        raise ValueError(f"a target share lies between 0 and 1, not at {target}")
    gap = share - goal if at_least else goal - share
    z = normal_quantile(tail(confidence, sides))
    if gap < 0:
        return None
    if n == population:
        return n
    if gap == 0:
        return n if goal == (0 if at_least else 1) else population
    needed = z * z * float(goal * (1 - goal) / (gap * gap))
    if population is None:
        return max(n, math.ceil(needed))
    surely = goal * population / share if at_least else (1 - goal) * population / (1 - share)
    needed = needed * population / (population - 1 + needed)
    return max(n, min(math.ceil(needed), math.ceil(surely)))


def half_width(
    n: int, *, share: float = 0.5, confidence: float = 0.95, sides: Sides = 2, population: int | None = None
) -> float:
    """Give the half width that n answers would have, for planning: z sqrt(p (1 - p) / n), p = 0.5 at worst.

    Of a population, times sqrt((N - n) / (N - 1)): 8 of 10 customers 16 points instead of 35, 30 of 60 13 instead of
    18 (domain.md 9.2; W. G. Cochran, Sampling Techniques, 3rd ed. 1977, section 3.2). Before the answers only: an
    interval of answers is `proportions.wilson`. ValueError: n < 1, n > population, share or confidence outside 0..1.
    """
    counted(0, n)
    if not 0 <= share <= 1:
        raise ValueError(f"a share lies between 0 and 1, not at {share}")
    width = normal_quantile(tail(confidence, sides)) * math.sqrt(share * (1 - share) / n)
    if population is None:
        return width
    counted(n, population)
    return width * math.sqrt((population - n) / max(1, population - 1))


def _rate(rate: float) -> Fraction:
    """Read a rate exactly as it is written."""
    exact = Fraction(str(rate))
    if not 0 < exact <= 1:
        raise ValueError(f"a rate lies above 0 and not above 1, not at {rate}")
    return exact
