"""What every estimate of this room comes as: an interval that says how it was made, and how it stands to a target."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

__all__ = ["Estimate", "Interval", "Sides", "Standing", "TooLittle", "against", "counted", "level", "tail"]

Sides = Literal[1, 2]
Standing = Literal["met", "missed", "not shown"]


@dataclass(frozen=True, slots=True)
class Interval:
    """The values that the observations do not refute.

    `low` and `high` are in the unit of what was estimated (a share is 0 to 1, NPS -100 to 100, days are days); an end
    that is not bounded is -inf or inf. `confidence` is 0 to 1. With `sides` 2 the two ends hold together with the
    confidence. With `sides` 1 each end alone holds with the confidence; read one of them, not both.
    `method` names the formula.
    """

    low: float
    high: float
    confidence: float
    sides: Sides
    method: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its interval, in one unit. None where the observations do not reach far enough to give one."""

    value: float | None
    interval: Interval


class TooLittle(ValueError):  # noqa: N818  (nothing went wrong: it is an answer)
    """The observations are possible, but too few or too much alike for the question: nothing is shown either way."""


def against(interval: Interval, target: float | Fraction, *, at_least: bool = True) -> Standing:
    """Compare an interval with a target in the same unit (domain.md 9.2).

    At least: met where the lower end reaches the target, missed where the upper end lies below it. At most: met where
    the upper end does not exceed the target, missed where the lower end does. Otherwise it is not shown either way.
    """
    goal = float(target)  # as the ends are: 7 / 10 is 7/10
    if at_least:
        good, bad = interval.low >= goal, interval.high < goal
    else:
        good, bad = interval.high <= goal, interval.low > goal
    return "met" if good else "missed" if bad else "not shown"


def level(confidence: float) -> Fraction:
    """Read a confidence exactly as it is written (0.95 is 19/20). ValueError where it is not between 0 and 1."""
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1, not at {confidence}")
    return Fraction(str(confidence))


def tail(confidence: float, sides: Sides) -> float:
    """Give the chance of error that each end may have, at most a half.

    ValueError on a confidence outside 0..1, on sides other than 1 or 2, and on one side held with less than a half.
    """
    if sides not in (1, 2):
        raise ValueError(f"an interval has 1 or 2 sides, not {sides}")
    alpha = (1 - level(confidence)) / sides
    if alpha > Fraction(1, 2):
        raise ValueError(f"one side with a confidence of {confidence} is less than a coin")
    return float(alpha)


def counted(part: int, whole: int) -> None:
    """Refuse counts that cannot be: ValueError on none at all, negative ones, or more than the whole."""
    if whole < 1:
        raise ValueError(f"nothing was counted (n = {whole}): there is no share of nothing")
    if not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole} is not possible")
