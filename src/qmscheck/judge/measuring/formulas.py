"""The formula of each statistic and the figures that it takes, written so that a person can repeat it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from qmscheck.judge.measuring import reading as told
from qmscheck.judge.measuring.estimates import Asked, Numbers
from qmscheck.statistics import survival

__all__ = ["FORMULAS", "inserted"]

#: So many durations are written out; more are not repeated by hand.
_DURATIONS = 60

FORMULAS: Mapping[str, str] = MappingProxyType(
    {
        "share": "share = records that satisfy it / records in scope",
        "mean": "mean = sum of values / number of values",
        "median": "median = the value at place ceiling(n / 2) in ascending order (nearest rank)",
        "percentile": "percentile = the value at place ceiling(share * n) in ascending order (nearest rank)",
        "nps": "NPS = 100 * (answers of 9 and 10 - answers of 0 to 6) / answers",
        "ratio": "ratio = sum above / sum below",
        "rate": "rate = events / exposure",
        "within": "share closed within the limit: 1 - product over durations of (1 - closed / still watched), "
        "Kaplan-Meier",
    }
)


def inserted(asked: Asked, numbers: Numbers) -> str:
    """Write the figures that the formula takes."""

    def plain(value: Fraction) -> str:
        return told.figure(value, "", "")

    if asked.kind == "share":
        return f"{numbers.hits} / {numbers.n + numbers.unknown}"
    if asked.kind == "mean":
        return f"{plain(numbers.total)} / {numbers.n}, sum of squares {plain(numbers.squares)}"
    if asked.kind == "nps":
        return f"100 * ({numbers.up} - {numbers.down}) / {numbers.n}"
    if asked.kind == "ratio":
        more = (plain(x) for x in (numbers.squares, numbers.below_squares, numbers.cross))
        sums = ", sums of squares {} and {}, of products {}".format(*more)
        return f"{plain(numbers.total)} / {plain(numbers.below)}, {numbers.n} records{sums}"
    if asked.kind == "rate":
        return f"{numbers.hits} * {asked.per} / {plain(numbers.exposure[0])}"
    if asked.kind == "within":
        return _curve(asked, numbers)
    return ", ".join(f"place {place}: {plain(value)}" for place, value in sorted(numbers.at.items()))


def _curve(asked: Asked, numbers: Numbers) -> str:
    """Write closed and still watched cases for each duration up to the limit."""
    if not numbers.cases:
        return ""
    steps = [s for s in survival.curve(numbers.cases) if s.closed and s.duration <= asked.limit]
    if len(steps) > _DURATIONS:
        return f"{len(steps)} durations up to the limit"
    return " ".join(f"{s.duration:g}: {s.closed}/{s.watched}" for s in steps)
