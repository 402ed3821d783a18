"""How much must change so that a statistic meets its target: in records, or in the unit of the statistic."""

from __future__ import annotations

import math
from fractions import Fraction

from qmscheck.judge.counting.scan import Count
from qmscheck.judge.measuring import reading as told
from qmscheck.judge.measuring.estimates import Asked, Estimated, Numbers, Sample, estimate, standing
from qmscheck.model import Rule

__all__ = ["smallest_change"]


def smallest_change(
    rule: Rule,
    asked: Asked,
    found: Estimated,
    numbers: Numbers,
    one: Count,
    sample: Sample,
    unit: str,
    missed: tuple[str, ...],
) -> str:
    """Say the smallest change that would turn the fail."""
    whole = one.population
    if asked.kind == "share":
        needed = _hits_needed(asked, numbers, sample)
        if needed is not None and needed != numbers.hits:
            change, side = abs(needed - numbers.hits), "more" if asked.at_least else "fewer"
            verb = "must satisfy what is asked" if asked.at_least else "may satisfy it"
            return f"{change} {side} of the {told.records(whole)} of {rule.table} {verb}: {needed} in all."
    if missed and found.value is not None and _reaches(asked, found):
        return f"{', '.join(missed)} must reach the target as well."
    if asked.kind == "rate":
        allowed = asked.target * numbers.exposure[0] / asked.per
        least = math.ceil(allowed) if asked.at_least else math.floor(allowed)
        side = "more" if asked.at_least else "fewer"
        return f"{abs(least - numbers.hits)} {side} of {rule.table} at the same exposure: {least}."
    if found.value is None:
        return f"The {told.name(asked.kind)} must reach {told.figure(asked.target, asked.kind, unit)}."
    verb = "rise" if asked.at_least else "fall"
    gap = abs(Fraction(found.value) - asked.target)
    move = told.figure(gap, asked.kind, unit).replace(" %", " percentage points")
    start, end = (told.figure(x, asked.kind, unit, asked.target) for x in (found.value, asked.target))
    return f"The {told.name(asked.kind)} must {verb} by {move}, from {start} to {end}."


def _reaches(asked: Asked, found: Estimated) -> bool:
    return found.value is not None and (found.value >= asked.target if asked.at_least else found.value <= asked.target)


def _hits_needed(asked: Asked, numbers: Numbers, sample: Sample) -> int | None:
    """Search the number of hits, of the same records, that would show the target."""
    n = numbers.n + numbers.unknown

    def shown(hits: int) -> bool:
        return standing(asked, estimate(asked, Numbers(n, 0, hits=hits), sample), sample) == "met"

    if sample.inference == "judgement-sample":
        return math.ceil(asked.target * n) if asked.at_least else math.floor(asked.target * n)
    low, high = (numbers.hits, n) if asked.at_least else (0, numbers.hits)
    if not shown(high if asked.at_least else low):
        return None
    while low < high:
        middle = (low + high) // 2 if asked.at_least else (low + high + 1) // 2
        if asked.at_least:
            low, high = (low, middle) if shown(middle) else (middle + 1, high)
        else:
            low, high = (middle, high) if shown(middle) else (low, middle - 1)
    return low
