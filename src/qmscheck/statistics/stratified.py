"""Draws from several strata: how many to draw of each, and how many failing records of all that leaves possible."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from qmscheck.statistics.finite import failing_most
from qmscheck.statistics.intervals import Sides, counted, tail
from qmscheck.statistics.proportions import clopper_pearson
from qmscheck.statistics.samples import discovery_size

__all__ = ["DrawnFrom", "allocation", "estimate", "limits", "stratified_size"]

_CLEAR = 1e-9


@dataclass(frozen=True, slots=True)
class DrawnFrom:
    """A stratum of `size` records, of which `drawn` were drawn at random, of which `failing` fail."""

    size: int
    drawn: int
    failing: int = 0


def allocation(sizes: Sequence[int], n: int, *, least: int = 2) -> tuple[int, ...]:
    """Share n among strata in proportion to their sizes, at least `least` of each (all of a smaller one).

    Shares are rounded by largest remainder (ties: the larger, then the earlier stratum), so that they add up to n; n is
    raised to what the least of each takes, and lowered to all records. W. G. Cochran, Sampling Techniques, 3rd ed.
    1977, section 5.5 (proportional allocation). ValueError: no stratum, an empty one, n < 0, least < 0.
    """
    if not sizes or min(sizes) < 1 or n < 0 or least < 0:
        raise ValueError(f"{n} records cannot be shared among strata of {list(sizes)}, at least {least} each")
    floors = [min(least, size) for size in sizes]
    n = min(max(n, sum(floors)), sum(sizes))
    shares: dict[int, Fraction] = {}
    open_ = set(range(len(sizes)))
    while True:
        left = n - sum(floors[i] for i in range(len(sizes)) if i not in open_)
        whole = sum(sizes[i] for i in open_)
        shares = {i: Fraction(left * sizes[i], whole) for i in open_}
        short = {i for i in open_ if shares[i] < floors[i]}
        if not short:
            break
        open_ -= short
    found = [math.floor(shares[i]) if i in open_ else floors[i] for i in range(len(sizes))]
    order = sorted(open_, key=lambda i: (found[i] - shares[i], -sizes[i], i))
    for i in order[: n - sum(found)]:
        found[i] += 1
    return tuple(found)


def stratified_size(sizes: Sequence[int], rate: float, *, confidence: float = 0.95, least: int = 2) -> int:
    """Give how many to draw so that no failing one among them shows that fewer than `rate` of all records fail.

    At least the discovery size of a draw that is not stratified; more where the least of each stratum, or rounding,
    makes the draw see less. ValueError as for `discovery_size` and `allocation`.
    """
    population = sum(sizes)
    n = discovery_size(population, rate, confidence=confidence)
    if len(sizes) == 1:
        return n
    failing = math.ceil(Fraction(str(rate)) * population)
    while n < population:
        drawn = allocation(sizes, n, least=least)
        strata = [DrawnFrom(s, d) for s, d in zip(sizes, drawn, strict=True)]
        if limits(strata, confidence=confidence, sides=1)[1] < failing:
            return sum(drawn)
        n = max(n, sum(drawn)) + 1
    return population


def estimate(strata: Sequence[DrawnFrom]) -> float:
    """Give the share that fails, each stratum weighted with its size (Cochran 1977, section 5.3). ValueError: none."""
    population = sum(s.size for s in strata)
    counted(0, population)
    return float(sum(Fraction(s.size * s.failing, s.drawn) for s in strata) / population)


def limits(strata: Sequence[DrawnFrom], *, confidence: float = 0.95, sides: Sides = 1) -> tuple[int, int]:
    """Give the least and the greatest number failing in all strata together that the draw does not refute.

    A number is refuted where a draw would show so few (so many) failing with a chance of at most 1 - confidence, halved
    for two sides, however they are spread over the strata. One stratum: exact (hypergeometric). Several, none failing:
    exact, the spread that hides them best. Several, some failing: the binomial bound of W. Hoeffding (On the
    distribution of the number of successes in independent trials, Ann. Math. Stat. 27, 1956, theorem 4), which is never
    too small. Strata that were read whole are certain. With one side, read one of the two. ValueError: no stratum, one
    of which nothing was drawn, counts that cannot be.
    """
    counted(0, len(strata))
    for stratum in strata:
        counted(stratum.failing, stratum.drawn)
        counted(stratum.drawn, stratum.size)
    good = [DrawnFrom(s.size, s.drawn, s.drawn - s.failing) for s in strata]
    population = sum(s.size for s in strata)
    return population - _most(good, confidence, sides), _most(strata, confidence, sides)


def _most(strata: Sequence[DrawnFrom], confidence: float, sides: Sides) -> int:
    certain = sum(s.failing for s in strata if s.drawn == s.size)
    parts = [s for s in strata if s.drawn < s.size]
    failing = sum(s.failing for s in parts)
    if not parts:
        return certain
    if len(parts) == 1:
        (one,) = parts
        return certain + failing_most(one.failing, one.drawn, one.size, confidence=confidence, sides=sides)
    possible = sum(s.size - s.drawn + s.failing for s in parts)
    hidden = _hidden(parts, tail(confidence, sides)) if not failing else _bounded(parts, failing, confidence, sides)
    return certain + min(possible, hidden)


def _hidden(parts: Sequence[DrawnFrom], alpha: float) -> int:
    """Count how many failing records may be hidden, one by one, each where it lowers the chance of silence least.

    The logarithm of a stratum's chance of silence, ln C(N - D, n) / C(N, n), is concave in D: the greedy way is the
    best one.
    """
    found, chance = 0, 0.0
    steps = [(-math.log1p(-s.drawn / s.size), i, 0) for i, s in enumerate(parts)]
    heapq.heapify(steps)
    while steps:
        step, i, hidden = heapq.heappop(steps)
        chance -= step
        if chance < math.log(alpha) - _CLEAR:
            return found
        found += 1
        left = parts[i].size - hidden - 1
        if left > parts[i].drawn:
            heapq.heappush(steps, (-math.log1p(-parts[i].drawn / left), i, hidden + 1))
    return found


def _bounded(parts: Sequence[DrawnFrom], failing: int, confidence: float, sides: Sides) -> int:
    """Fill the strata that are looked at least until as many failing ones must be expected as Hoeffding's bound takes.

    The number found is a sum of independent indicators (a hypergeometric count is one: V. A. Vatutin and V. G.
    Mikhailov, Theory Probab. Appl. 27, 1982); the bound holds where it lies at least 1 below its mean.
    """
    drawn = sum(s.drawn for s in parts)
    share = clopper_pearson(failing, drawn, confidence=confidence, sides=sides).high
    mean = max(Fraction(share) * drawn, Fraction(failing + 1)) + Fraction(_CLEAR)
    found = 0
    for part in sorted(parts, key=lambda s: Fraction(s.drawn, s.size)):
        fit = min(part.size, math.floor(mean * part.size / part.drawn))
        found += fit
        mean -= Fraction(fit * part.drawn, part.size)
        if fit < part.size:
            break
    return found
