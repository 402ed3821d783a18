"""From counts to an interval: what the records leave possible, and what sampling leaves possible beyond that.

Every formula is one of `qmscheck.statistics`; here is only which of them a statistic takes, and with which numbers at
worst and at best. Values that cannot be read, or are blank, may be anything that their scale allows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import NamedTuple, TypedDict

from qmscheck.model import Inference
from qmscheck.statistics import proportions, rates, samples, scores, survival
from qmscheck.statistics.intervals import Interval, Sides, Standing, TooLittle, against

__all__ = ["Estimated", "Numbers", "Sample", "estimate", "standing"]

Number = Fraction | float


class _Level(TypedDict):
    """How sure an interval is asked to be."""

    confidence: float
    sides: Sides


class _Drawn(_Level):
    """The same of a draw from so many; None: from endlessly many."""

    population: int | None


@dataclass(frozen=True)
class Sample:
    """What the records stand for. `base` is the size of what they were drawn from, None where it is not declared."""

    inference: Inference
    confidence: float
    sides: Sides
    minimum: int
    base: int | None = None

    @property
    def widens(self) -> bool:
        """True where something is said of more than these records."""
        return self.inference in {"random-sample", "self-selected", "process"}

    @property
    def drawn_from(self) -> int | None:
        """The finite population for an interval: none for a process, which could go on."""
        return None if self.inference == "process" else self.base

    @property
    def level(self) -> _Level:
        """How sure an interval is asked to be."""
        return {"confidence": self.confidence, "sides": self.sides}

    @property
    def drawn(self) -> _Drawn:
        """The same, with what was drawn from."""
        return {**self.level, "population": self.drawn_from}

    @property
    def fewest(self) -> int:
        """Below so many records there is no percentage: the minimum, or all where there are not so many."""
        return self.minimum if self.base is None else min(self.minimum, max(1, self.base))


@dataclass(frozen=True)
class Numbers:
    """What was counted and summed of a whole or a unit: `unknown` records have no value that can be read.

    `hits` of a share, at worst, with `unknown` that may be hits too; `total`, `squares` of values; `up` and `down` are
    promoters and detractors; `below`, `below_squares`, `cross` belong to a ratio; `at` holds values by rank; `within`
    and `under` count values at or below, and below, the target; `cases` are durations; `exposure` has two ends.
    """

    n: int
    unknown: int
    hits: int = 0
    total: Fraction = Fraction(0)
    squares: Fraction = Fraction(0)
    up: int = 0
    down: int = 0
    below: Fraction = Fraction(0)
    below_squares: Fraction = Fraction(0)
    cross: Fraction = Fraction(0)
    within: int = 0
    under: int = 0
    at: Mapping[int, Fraction] = field(default_factory=dict)
    cases: Sequence[survival.Counted] = ()
    exposure: tuple[Fraction, Fraction | None] = (Fraction(0), Fraction(0))


class Asked(NamedTuple):
    """What is asked of a statistic: its target, on which side, and what shapes the statistic itself."""

    kind: str
    target: Fraction
    at_least: bool
    scale: tuple[Fraction, Fraction] | None = None
    at: Fraction = Fraction(1, 2)
    per: int = 1
    limit: int = 0


class Estimated(NamedTuple):
    """A statistic: of what can be read, at least and at most with what cannot, and widened by sampling (None: not).

    `enough` is how many records (of a rate: how much exposure) would show it, if it stayed as it is; `notes` what
    else is to be told.
    """

    value: Number | None
    low: Number
    high: Number
    interval: Interval | None = None
    enough: float | None = None
    notes: tuple[str, ...] = ()


def estimate(asked: Asked, numbers: Numbers, sample: Sample) -> Estimated:
    """Estimate one statistic."""
    return _KINDS[asked.kind](asked, numbers, sample)


def standing(asked: Asked, found: Estimated, sample: Sample) -> Standing:
    """Say how a statistic stands to its target: met, missed or not shown. A judgement sample never meets it."""
    if found.interval is not None:
        return against(found.interval, asked.target, at_least=asked.at_least)
    if asked.at_least:
        good, bad = found.low >= asked.target, found.high < asked.target
    else:
        good, bad = found.high <= asked.target, found.low > asked.target
    if bad:
        return "missed"
    return "met" if good and sample.inference == "census" else "not shown"


def _share(asked: Asked, numbers: Numbers, sample: Sample) -> Estimated:
    k, more, n = numbers.hits, numbers.hits + numbers.unknown, numbers.n + numbers.unknown
    known = numbers.n
    value = Fraction(k, known) if known else None
    low, high = Fraction(k, n), Fraction(more, n)
    if not sample.widens:
        return Estimated(value, low, high)
    worst = proportions.wilson(k, n, **sample.drawn)
    best = worst if more == k else proportions.wilson(more, n, **sample.drawn)
    enough = _enough(
        lambda at_least: samples.enough(k, n, float(asked.target), at_least=at_least, **sample.drawn),
        asked,
    )
    return Estimated(value, low, high, _joined(worst, best), enough)


def _mean(asked: Asked, numbers: Numbers, sample: Sample) -> Estimated:
    n, unknown, total = numbers.n, numbers.unknown, numbers.total
    value = total / n if n else None
    if unknown and asked.scale is None:
        open_ = Interval(-math.inf, math.inf, sample.confidence, sample.sides, "no scale is declared")
        return Estimated(value, -math.inf, math.inf, open_ if sample.widens else None)
    ends = [total + unknown * end for end in asked.scale or (Fraction(0), Fraction(0))]
    low, high = (end / (n + unknown) for end in ends)
    if not sample.widens:
        return Estimated(value, low, high)
    squares = [numbers.squares + unknown * end * end for end in asked.scale or (Fraction(0), Fraction(0))]
    try:
        both = [
            _around(n + unknown, end, square, asked.scale, sample) for end, square in zip(ends, squares, strict=True)
        ]
    except TooLittle as little:
        return Estimated(value, low, high, _unbounded(sample, str(little)))
    spread = _deviation(n + unknown, ends[0], squares[0])
    return Estimated(
        value,
        low,
        high,
        _joined(*both),
        _enough_of_scores(asked, n + unknown, float(low if unknown else value or 0), spread, sample),
    )


def _around(
    n: int, total: Fraction, squares: Fraction, scale: tuple[Fraction, Fraction] | None, sample: Sample
) -> Interval:
    """Give the interval of a mean. Equal values show no spread, and Student's t would be sure of them.

    Then at most the share of others that none of n leaves possible (Clopper-Pearson) lies at an end of the scale.
    TooLittle: equal values without a scale.
    """
    average, spread = total / n, _deviation(n, total, squares)
    if spread or n in {1, sample.drawn_from}:
        return scores.mean(n, float(average), spread, **sample.drawn)
    if scale is None:
        raise TooLittle("equal values show no spread, and no scale is declared")
    others = proportions.clopper_pearson(0, n, **sample.level).high
    low, high = (float(average) + others * float(end - average) for end in scale)
    return Interval(low, high, sample.confidence, sample.sides, "equal values (exact binomial)")


def _nps(asked: Asked, numbers: Numbers, sample: Sample) -> Estimated:
    up, down, n, unknown = numbers.up, numbers.down, numbers.n, numbers.unknown
    middle = n - up - down
    value = Fraction(100 * (up - down), n) if n else None
    low, high = (Fraction(100 * (up - down + turn * unknown), n + unknown) for turn in (-1, 1))
    if not sample.widens:
        return Estimated(value, low, high)
    worst = scores.nps(up, middle, down + unknown, **sample.drawn)
    best = scores.nps(up + unknown, middle, down, **sample.drawn)
    p, d = up / (n + unknown), (down + unknown) / (n + unknown)
    spread = 100 * math.sqrt(max(0.0, p + d - (p - d) ** 2))
    return Estimated(
        value, low, high, _joined(worst, best), _enough_of_scores(asked, n + unknown, float(low), spread, sample)
    )


def ranks(asked: Asked, n: int, unknown: int, sample: Sample) -> dict[str, int | None]:
    """Give the places, among the values that can be read, that a percentile and its ends have; None: no value there.

    At worst for the low end all that is unknown stands before the others, for the high end after them.
    """
    whole = n + unknown
    if not whole:
        return {}
    own = math.ceil(asked.at * whole)
    spread = (
        scores.quantile_ranks(
            whole, float(asked.at), confidence=sample.confidence, sides=sample.sides, population=sample.drawn_from
        )
        if sample.widens
        else scores.Ranks(own, own)
    )
    given = {
        "value": math.ceil(asked.at * n) if n else None,
        "low": own - unknown,
        "high": own,
        "least": None if spread.low is None else spread.low - unknown,
        "most": spread.high,
    }
    return {name: place if place is not None and 1 <= place <= n else None for name, place in given.items()}


def _percentile(asked: Asked, numbers: Numbers, sample: Sample) -> Estimated:
    places = ranks(asked, numbers.n, numbers.unknown, sample)
    bottom, top = asked.scale or (-math.inf, math.inf)
    found = {name: numbers.at[place] for name, place in places.items() if place is not None}
    low, high = found.get("low", bottom), found.get("high", top)
    value = found.get("value")
    if not sample.widens:
        return Estimated(value, low, high)
    interval = Interval(
        float(found.get("least", bottom)),
        float(found.get("most", top)),
        sample.confidence,
        sample.sides,
        f"order statistics ({'binomial' if sample.drawn_from is None else 'hypergeometric'})",
    )
    return Estimated(value, low, high, interval)


def _reaching(asked: Asked, numbers: Numbers, sample: Sample) -> Estimated:
    """Estimate the share at or below a limit: a percentile of at most that much, by counting."""
    return _share(asked, replace(numbers, hits=numbers.within), sample)


def _keeping(asked: Asked, numbers: Numbers, sample: Sample) -> Estimated:
    """Estimate the share at or above a limit: a percentile of at least that much, by counting."""
    return _share(asked, replace(numbers, hits=numbers.n - numbers.under), sample)


def _ratio(asked: Asked, numbers: Numbers, sample: Sample) -> Estimated:
    del asked
    n, top, below = numbers.n, numbers.total, numbers.below
    if below <= 0:
        return Estimated(None, -math.inf, math.inf, None, None, ("The sum below the ratio is not above 0.",))
    value = top / below
    if numbers.unknown:
        return Estimated(value, -math.inf, math.inf, _unbounded(sample, "unknown values") if sample.widens else None)
    if not sample.widens:
        return Estimated(value, value, value)
    spread = numbers.squares - 2 * value * numbers.cross + value * value * numbers.below_squares
    if spread == 0 and n != sample.drawn_from:  # of a whole base nothing is left to spread
        return Estimated(value, value, value, _unbounded(sample, "equal ratios show no spread"))
    pairs = ((numbers.squares, top, top), (numbers.below_squares, below, below), (numbers.cross, top, below))
    try:
        spreads = [float((s - a * b / n) / (n - 1)) if n > 1 else 0.0 for s, a, b in pairs]
        found = scores.ratio_of_means(
            n,
            float(top / n),
            float(below / n),
            *spreads,
            confidence=sample.confidence,
            sides=sample.sides,
            population=sample.drawn_from,
        )
    except TooLittle as little:
        return Estimated(value, value, value, _unbounded(sample, str(little)))
    return Estimated(value, value, value, found.interval)


def _rate(asked: Asked, numbers: Numbers, sample: Sample) -> Estimated:
    least, most = numbers.exposure
    events, more, per = numbers.hits, numbers.hits + numbers.unknown, asked.per
    if least <= 0:
        return Estimated(
            None, 0, math.inf, None, None, ("There is nothing to count against: the exposure is not above 0.",)
        )
    value = events * per / least
    low: Number = events * per / most if most is not None else 0
    high = more * per / least
    if not sample.widens:
        return Estimated(value, low, high)
    worst = rates.poisson(more, float(least / per), **sample.level)
    best = rates.poisson(events, float((most if most is not None else least) / per), **sample.level)
    interval = Interval(
        best.low if most is not None else 0.0, worst.high, sample.confidence, sample.sides, worst.method
    )
    target = float(asked.target)
    enough = _enough(
        lambda at_least: rates.enough(events, float(least / per), target, at_least=at_least, **sample.level),
        asked,
    )
    return Estimated(value, low, high, interval, None if enough is None else enough * per)


def _within(asked: Asked, numbers: Numbers, sample: Sample) -> Estimated:
    """Estimate the share closed within a limit: certain of closed and of long-open cases, else Kaplan-Meier."""
    limit, n, unknown = asked.limit, numbers.n, numbers.unknown
    in_time = sum(c.closed for c in numbers.cases if c.duration <= limit)
    young = sum(c.open for c in numbers.cases if c.duration < limit)
    closed = sum(c.closed for c in numbers.cases)
    low, high = Fraction(in_time, n + unknown), Fraction(in_time + young + unknown, n + unknown)
    if not n:
        return Estimated(None, low, high)
    found = survival.within(survival.curve(numbers.cases), limit, **sample.level)
    notes = [f"{closed} closed, of which {in_time} in time; {n - closed} open, of which {young} may still be in time"]
    if 0 < closed < n:
        notes.append(f"of closed cases only, {in_time} of {closed} were in time, which flatters")
    if not sample.widens:
        return Estimated(found.value, low, high, None, None, tuple(notes))
    late = survival.Counted(limit + 1, 0, unknown)
    soon = survival.Counted(0, unknown, 0)
    both = [
        survival.within(survival.curve([*numbers.cases, more]), limit, **sample.level).interval for more in (late, soon)
    ]
    return Estimated(found.value, low, high, _joined(*both), None, tuple(notes))


def _enough(ask: Callable[[bool], float | None], asked: Asked) -> float | None:
    """Ask for how many would show the target; on its wrong side, for how many would show that."""
    for at_least in (asked.at_least, not asked.at_least):
        found = ask(at_least)
        if found is not None:
            return found
    return None


def _enough_of_scores(asked: Asked, n: int, value: float, spread: float, sample: Sample) -> float | None:
    target = float(asked.target)
    found = _enough(
        lambda at_least: scores.enough(n, value, spread, target, at_least=at_least, **sample.level),
        asked,
    )
    base = sample.drawn_from
    return found if found is None or base is None else min(found, base)


def _deviation(n: int, total: Fraction, squares: Fraction) -> float:
    return math.sqrt(max(Fraction(0), (squares - total * total / n) / (n - 1))) if n > 1 else 0.0


def _joined(worst: Interval, best: Interval) -> Interval:
    """Give what either leaves possible."""
    low, high = min(worst.low, best.low), max(worst.high, best.high)
    return Interval(low, high, worst.confidence, worst.sides, worst.method)


def _unbounded(sample: Sample, method: str) -> Interval:
    return Interval(-math.inf, math.inf, sample.confidence, sample.sides, method)


_KINDS: Mapping[str, Callable[[Asked, Numbers, Sample], Estimated]] = {
    "share": _share,
    "mean": _mean,
    "median": _percentile,
    "percentile": _percentile,
    "reaching": _reaching,
    "keeping": _keeping,
    "nps": _nps,
    "ratio": _ratio,
    "rate": _rate,
    "within": _within,
}
